//! Words of names and streets: how what is written becomes what is compared, and which names sound alike.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The words of a text: runs of letters and digits in capitals, without accents. `Åse-Anaïs` has `ÅSE` and `ANAIS`.
pub fn ord(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric() && !is_combining_mark(c))
        .map(fold)
        .filter(|word| !word.is_empty())
}

/// In capitals and without accents. The letters of Norwegian and its neighbours are letters of their own.
fn fold(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for letter in word.nfc().flat_map(char::to_uppercase) {
        match letter {
            'Æ' | 'Ø' | 'Å' | 'Ä' | 'Ö' => out.push(letter),
            other => out.extend(std::iter::once(other).nfd().filter(|part| !is_combining_mark(*part))),
        }
    }
    out
}

/// A street's name as it is compared: its words with one blank between.
pub fn gate(text: &str) -> String {
    ord(text).collect::<Vec<_>>().join(" ")
}

/// Spellings of a sound, the longer first; what one becomes is not read again.
const LYDER: &[(&str, &str)] = &[
    ("SCH", "SJ"),
    ("SKJ", "SJ"),
    ("AA", "Å"),
    ("AE", "E"),
    ("CE", "SE"),
    ("CH", "K"),
    ("CI", "SI"),
    ("CK", "K"),
    ("CY", "SI"),
    ("DH", "D"),
    ("DT", "T"),
    ("GH", "G"),
    ("GJ", "J"),
    ("HJ", "J"),
    ("HV", "V"),
    ("KH", "K"),
    ("LD", "L"),
    ("ND", "N"),
    ("OE", "Ø"),
    ("PH", "F"),
    ("QU", "KV"),
    ("SH", "SJ"),
    ("TH", "T"),
    ("TS", "S"),
    ("TZ", "S"),
    ("C", "K"),
    ("Q", "K"),
    ("W", "V"),
    ("X", "KS"),
    ("Y", "I"),
    ("Z", "S"),
    ("Ä", "E"),
    ("Æ", "E"),
    ("Ö", "Ø"),
];

/// The sound of a word of [`ord`]: `KRISTOFFER`, `CHRISTOPHER` and `CHRISTOFFER` have the same. Of the project's own making:
/// the register does not say how it finds names that sound alike.
pub fn lyd(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut rest = word;
    while let Some(letter) = rest.chars().next() {
        let spelt = LYDER.iter().find_map(|(spelt, sound)| Some((rest.strip_prefix(spelt)?, *sound)));
        let (after, sound) = spelt.unwrap_or_else(|| {
            let (own, after) = rest.split_at(letter.len_utf8());
            (after, own)
        });
        for letter in sound.chars() {
            if !out.ends_with(letter) {
                out.push(letter);
            }
        }
        rest = after;
    }
    for (end, same) in [("SON", "SEN"), ("IE", "I")] {
        if let Some(stem) = out.strip_suffix(end) {
            return format!("{stem}{same}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_compared_without_accents_and_hyphens() {
        let words = |text| ord(text).collect::<Vec<_>>();
        assert_eq!(words("Åse-Anaïs d'Orléans"), ["ÅSE", "ANAIS", "D", "ORLEANS"]);
        assert_eq!(words("A\u{30a}se  "), ["ÅSE"], "an accent apart from its letter is the same letter");
        assert_eq!(words("Møller Ängström"), ["MØLLER", "ÄNGSTRÖM"]);
        assert!(words(" -- ").is_empty());
        assert_eq!(gate("  Adolph   Bergs vei"), "ADOLPH BERGS VEI");
    }

    #[test]
    fn names_that_sound_alike_have_one_sound() {
        for alike in [
            &["KRISTOFFER", "CHRISTOPHER", "CHRISTOFFER", "KRISTOPHER"][..],
            &["HANSEN", "HANSSEN", "HANSON", "HANSSON"],
            &["MARIE", "MARI"],
            &["KATRINE", "CATHRINE", "KATHRINE"],
            &["SMIT", "SMITH"],
            &["ÅSE", "AASE"],
            &["SÆTHER", "SETER", "SETHER", "SÄTHER"],
            &["LAURITS", "LAURITZ"],
            &["AMUND", "AMUN"],
        ] {
            let sounds: Vec<String> = alike.iter().map(|word| lyd(word)).collect();
            assert!(sounds.windows(2).all(|two| two[0] == two[1]), "{alike:?}: {sounds:?}");
        }
        for (one, other) in [("HANSEN", "JENSEN"), ("ANNE", "ANNA"), ("OLE", "OLA"), ("KARI", "KARIN")] {
            assert_ne!(lyd(one), lyd(other));
        }
    }
}
