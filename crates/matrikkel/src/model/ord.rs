//! Words: how what is written becomes what is compared, and what a word of a search may mean.

/// Where a word stands. The numbers are the store's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Slag {
    /// A street's name.
    Adressenavn = 1,
    /// A farm's or a place's name.
    Tilleggsnavn = 2,
    /// The place of a post code.
    Poststed = 3,
    /// A municipality's name.
    Kommunenavn = 4,
    /// A post code.
    Postnummer = 5,
    /// A municipality's number.
    Kommunenummer = 6,
}

/// All of them.
pub const ALLE: &[Slag] = &[
    Slag::Adressenavn,
    Slag::Tilleggsnavn,
    Slag::Poststed,
    Slag::Kommunenavn,
    Slag::Postnummer,
    Slag::Kommunenummer,
];

/// The words of a text: runs of letters and digits, small.
pub fn ord(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

/// What a word of a search may be besides a word: a part of an address's own numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tall {
    /// A house number.
    Nummer(i64),
    /// A house number with a letter.
    NummerOgBokstav(i64, String),
    /// A house letter.
    Bokstav(String),
    /// `123/4`, and a leasehold where there is a third.
    Eiendom {
        /// Holding.
        gnr: i64,
        /// Unit.
        bnr: i64,
        /// Leasehold.
        fnr: Option<i64>,
        /// Counter.
        unr: Option<i64>,
    },
    /// `H0101`.
    Bruksenhet(String),
}

/// The largest number that the store compares.
const MAX_DIGITS: usize = 9;

fn number(text: &str) -> Option<i64> {
    let fits = (1..=MAX_DIGITS).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if fits { text.parse().ok() } else { None }
}

/// Whether this is the number of a dwelling unit.
pub fn bruksenhet(text: &str) -> Option<String> {
    let upper = text.to_uppercase();
    let (letter, digits) = upper.split_at_checked(1)?;
    (matches!(letter, "H" | "U" | "L" | "K") && digits.len() == 4 && number(digits).is_some())
        .then(|| upper.clone())
}

impl Tall {
    /// What a word without blanks may mean.
    pub fn les(word: &str) -> Option<Self> {
        if let Some(nummer) = number(word) {
            return Some(Self::Nummer(nummer));
        }
        if let Some(unit) = bruksenhet(word) {
            return Some(Self::Bruksenhet(unit));
        }
        let mut letters = word.chars();
        if let (Some(only), None) = (letters.next(), letters.next()) {
            return only.is_alphabetic().then(|| Self::Bokstav(word.to_uppercase()));
        }
        if word.contains('/') {
            let (word, unr) = match word.split_once('-') {
                Some((word, unr)) => (word, Some(number(unr)?)),
                None => (word, None),
            };
            let parts = word.split('/').map(number).collect::<Option<Vec<_>>>()?;
            return match parts.as_slice() {
                [gnr, bnr] => Some(Self::Eiendom { gnr: *gnr, bnr: *bnr, fnr: None, unr }),
                [gnr, bnr, fnr] => Some(Self::Eiendom { gnr: *gnr, bnr: *bnr, fnr: Some(*fnr), unr }),
                _ => None,
            };
        }
        let letter = word.chars().last().filter(|letter| letter.is_alphabetic())?;
        let nummer = number(word.strip_suffix(letter)?)?;
        Some(Self::NummerOgBokstav(nummer, letter.to_uppercase().collect()))
    }
}

/// Something that a hit has to fulfil: by a word of its street or area, or by its own numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Krav {
    /// The word, with wildcards where it has any; none where only numbers will do.
    pub ord: Option<String>,
    /// Where the word may stand.
    pub slag: &'static [Slag],
    /// What else it may be.
    pub tall: Option<Tall>,
    /// Whether similar words will do.
    pub fuzzy: bool,
}

/// The demands of a text that is searched for.
pub fn krav(text: &str, slag: &'static [Slag], tall: bool, fuzzy: bool) -> Vec<Krav> {
    let mut all = Vec::new();
    for part in text.split(|c: char| c.is_whitespace() || c == ',').filter(|part| !part.is_empty()) {
        let meant = Tall::les(part).filter(|_| tall);
        if part.contains('*') {
            all.push(Krav { ord: Some(part.to_lowercase()), slag, tall: None, fuzzy: false });
        } else if matches!(meant, Some(Tall::Eiendom { .. })) {
            all.push(Krav { ord: None, slag, tall: meant, fuzzy: false });
        } else {
            let words: Vec<String> = ord(part).collect();
            let meant = meant.filter(|_| words.len() == 1);
            all.extend(words.into_iter().map(|word| Krav {
                ord: Some(word),
                slag,
                tall: meant.clone(),
                fuzzy,
            }));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_mean_what_they_look_like() {
        let eiendom = |gnr, bnr, fnr, unr| Some(Tall::Eiendom { gnr, bnr, fnr, unr });
        for (word, meant) in [
            ("1", Some(Tall::Nummer(1))),
            ("0155", Some(Tall::Nummer(155))),
            ("12b", Some(Tall::NummerOgBokstav(12, "B".to_owned()))),
            ("12å", Some(Tall::NummerOgBokstav(12, "Å".to_owned()))),
            ("b", Some(Tall::Bokstav("B".to_owned()))),
            ("h0101", Some(Tall::Bruksenhet("H0101".to_owned()))),
            ("207/454", eiendom(207, 454, None, None)),
            ("207/454/1-2", eiendom(207, 454, Some(1), Some(2))),
            ("storgata", None),
            ("99999999999999999999", None),
            ("1/2/3/4", None),
            ("/", None),
            ("1/", None),
            ("-", None),
            ("ß", Some(Tall::Bokstav("SS".to_owned()))),
        ] {
            assert_eq!(Tall::les(word), meant, "{word}");
        }
    }

    #[test]
    fn a_text_is_its_words() {
        let words: Vec<_> =
            krav(" Nord-Aurdal,  207/454 *veien", ALLE, true, false).into_iter().map(|k| k.ord).collect();
        assert_eq!(
            words,
            [Some("nord".to_owned()), Some("aurdal".to_owned()), None, Some("*veien".to_owned())]
        );
        assert!(krav(" ,, - ", ALLE, true, false).is_empty());
    }
}
