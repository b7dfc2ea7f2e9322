//! The parameters of a query, read with what is wrong with each.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use clients::matrikkel::{MAX_HITS, Objtype};
use jiff::Timestamp;

use super::ord::{self, Krav, Slag};
use super::projeksjon::{EUREF89, Projeksjon};

/// What is wrong, by parameter.
pub type Mangler = BTreeMap<String, String>;

/// Longest value of a parameter, in bytes, and the most words in one: more is no search but an attempt at the server.
const LONGEST: usize = 500;
const MOST_WORDS: usize = 20;

/// A query being read.
#[derive(Debug)]
pub struct Sporring<'a> {
    pairs: &'a [(String, String)],
    /// What is wrong so far.
    pub feil: Mangler,
}

impl<'a> Sporring<'a> {
    /// Of its pairs. What no parameter asks for is let be, as the real API does.
    pub fn av(pairs: &'a [(String, String)]) -> Self {
        Self { pairs, feil: Mangler::new() }
    }

    /// Notes what is wrong with a parameter, unless something is already.
    pub(super) fn galt(&mut self, name: &str, what: &str) {
        self.feil.entry(name.to_owned()).or_insert_with(|| what.to_owned());
    }

    /// A parameter, also where it is empty.
    pub fn verdi(&mut self, name: &str) -> Option<&'a str> {
        let value = self.pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim())?;
        if value.len() > LONGEST {
            self.galt(name, "Verdien er for lang.");
            return None;
        }
        Some(value)
    }

    /// A parameter that is not empty.
    pub fn tekst(&mut self, name: &str) -> Option<&'a str> {
        self.verdi(name).filter(|value| !value.is_empty())
    }

    /// A whole number that is not negative.
    pub fn tall(&mut self, name: &str) -> Option<i64> {
        let text = self.tekst(name)?;
        let number = text.parse().ok().filter(|number| (0..=i64::from(i32::MAX)).contains(number));
        if number.is_none() {
            self.galt(name, "Må være et heltall som ikke er negativt.");
        }
        number
    }

    /// A whole number within these.
    pub fn heltall(&mut self, name: &str, range: RangeInclusive<i64>) -> Option<i64> {
        let number = self.tekst(name)?.parse::<i64>().ok().filter(|number| range.contains(number));
        if number.is_none() {
            self.galt(name, &format!("Må være et heltall fra {} til {}.", range.start(), range.end()));
        }
        number
    }

    /// A moment.
    pub fn tidspunkt(&mut self, name: &str) -> Option<Timestamp> {
        let moment = self.tekst(name)?.parse().ok();
        if moment.is_none() {
            self.galt(name, "Må være et tidspunkt som 2026-11-23T09:00:00Z.");
        }
        moment
    }

    /// Hits on a page, and the page.
    pub fn side(&mut self) -> (usize, usize) {
        let per_side = self.tall("treffPerSide").unwrap_or(10) as usize;
        let side = self.tall("side").unwrap_or(0) as usize;
        if !(1..=1000).contains(&per_side) {
            self.galt("treffPerSide", "Må være fra 1 til 1000.");
        } else if per_side.saturating_mul(side.saturating_add(1)) > MAX_HITS {
            self.galt("side", "Bare de første 10 000 treffene kan hentes.");
        }
        (per_side, side)
    }

    /// A coordinate.
    pub fn desimal(&mut self, name: &str) -> Option<f64> {
        let Some(text) = self.tekst(name) else {
            self.galt(name, "Parameteren må være med.");
            return None;
        };
        let number = text.parse().ok().filter(|number: &f64| number.is_finite());
        if number.is_none() {
            self.galt(name, "Må være et tall.");
        }
        number
    }

    /// A truth.
    pub fn sant(&mut self, name: &str, otherwise: bool) -> bool {
        let Some(text) = self.tekst(name) else { return otherwise };
        match text.to_ascii_lowercase().as_str() {
            "true" | "1" => true,
            "false" | "0" => false,
            _ => {
                self.galt(name, "Må være true eller false.");
                otherwise
            }
        }
    }

    /// One of these.
    pub fn valg<T: Copy>(&mut self, name: &str, all: &[(&str, T)]) -> Option<T> {
        let text = self.tekst(name)?;
        let found = all.iter().find(|(one, _)| *one == text).map(|(_, value)| *value);
        if found.is_none() {
            let names: Vec<&str> = all.iter().map(|(one, _)| *one).collect();
            self.galt(name, &format!("Må være en av: {}.", names.join(", ")));
        }
        found
    }

    /// Four digits.
    pub fn fire_siffer(&mut self, name: &str) -> Option<&'a str> {
        let text = self.tekst(name)?;
        let fits = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        if !fits {
            self.galt(name, "Må bestå av fire siffer.");
        }
        fits.then_some(text)
    }

    /// A reference system.
    pub fn koordsys(&mut self, name: &str) -> Option<Projeksjon> {
        let known = Projeksjon::av(self.tall(name).unwrap_or(EUREF89));
        if known.is_none() {
            self.galt(
                name,
                "Koordinatsystemet støttes ikke. Bruk 4258, 4326, 25831–25836, 32631–32636 eller 3857.",
            );
        }
        known
    }

    /// The demands of words.
    fn krav(&mut self, name: &str, slag: &'static [Slag], tall: bool, fuzzy: bool) -> Vec<Krav> {
        let Some(text) = self.tekst(name) else { return Vec::new() };
        if text.chars().all(|c| c == '*' || c.is_whitespace()) {
            self.galt(name, "Søkeparameteren kan ikke kun være et wildcard.");
            return Vec::new();
        }
        let all = ord::krav(text, slag, tall, fuzzy);
        if all.len() > MOST_WORDS {
            self.galt(name, "For mange ord.");
        }
        if all.is_empty() {
            self.galt(name, "Det er ingen ord å søke etter.");
        }
        all
    }
}

/// Which part of the hits is shown, and how.
#[derive(Debug)]
pub struct Utsnitt {
    /// Hits on a page.
    pub per_side: usize,
    /// The page.
    pub side: usize,
    /// The coordinates' system.
    pub ut: Projeksjon,
    /// Whether letters beyond ASCII are escaped.
    pub ascii: bool,
    /// The fields that are shown; none: all.
    pub filtrer: Vec<String>,
}

impl Utsnitt {
    /// Reads it.
    pub fn les(q: &mut Sporring<'_>) -> Option<Self> {
        let (per_side, side) = q.side();
        let ut = q.koordsys("utkoordsys");
        let ascii = q.sant("asciiKompatibel", true);
        let filtrer = filtrer(q);
        Some(Self { per_side, side, ut: ut?, ascii, filtrer })
    }
}

/// The fields that are wanted.
pub fn filtrer(q: &mut Sporring<'_>) -> Vec<String> {
    let fields = q.tekst("filtrer").unwrap_or_default().split(',');
    fields.map(str::trim).filter(|field| !field.is_empty()).map(str::to_owned).collect()
}

/// What an address has to be, besides its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Vilkaar {
    /// In this municipality.
    Kommune(String),
    /// In this post code.
    Postnummer(String),
    /// At the street of this number.
    Kode(i64),
    /// Of this kind.
    Slag(Objtype),
    /// A number of its own, by the store's column.
    Tall(&'static str, i64),
    /// With this letter; empty: without.
    Bokstav(String),
    /// With this dwelling unit.
    Bruksenhet(String),
}

/// A search for addresses.
#[derive(Debug)]
pub struct Soek {
    /// What hits fulfil: all of it, or (`eller`) any.
    pub krav: Vec<Krav>,
    /// What hits fulfil besides.
    pub andre: Vec<Krav>,
    /// Whether any of `krav` will do.
    pub eller: bool,
    /// What hits are.
    pub vilkaar: Vec<Vilkaar>,
}

impl Soek {
    /// Reads it.
    pub fn les(q: &mut Sporring<'_>) -> Self {
        let fuzzy = q.sant("fuzzy", false);
        let eller = q.valg("sokemodus", &[("AND", false), ("OR", true)]).unwrap_or(false);
        let krav = q.krav("sok", ord::ALLE, true, fuzzy);
        let mut andre = q.krav("adressenavn", &[Slag::Adressenavn], false, false);
        andre.extend(q.krav("adressetekst", &[Slag::Adressenavn, Slag::Tilleggsnavn], true, false));
        andre.extend(q.krav("adressetilleggsnavn", &[Slag::Tilleggsnavn], false, false));
        andre.extend(q.krav("kommunenavn", &[Slag::Kommunenavn], false, false));
        andre.extend(q.krav("poststed", &[Slag::Poststed], false, false));
        let mut vilkaar = Vec::new();
        vilkaar.extend(q.fire_siffer("kommunenummer").map(|text| Vilkaar::Kommune(text.to_owned())));
        vilkaar.extend(q.fire_siffer("postnummer").map(|text| Vilkaar::Postnummer(text.to_owned())));
        vilkaar.extend(q.tall("adressekode").map(Vilkaar::Kode));
        for (name, column) in [
            ("nummer", "nummer"),
            ("gardsnummer", "gnr"),
            ("bruksnummer", "bnr"),
            ("festenummer", "fnr"),
            ("undernummer", "unr"),
        ] {
            vilkaar.extend(q.tall(name).map(|number| Vilkaar::Tall(column, number)));
        }
        match q.verdi("bokstav") {
            Some(text) if text.chars().count() <= 1 && text.chars().all(char::is_alphabetic) => {
                vilkaar.push(Vilkaar::Bokstav(text.to_uppercase()));
            }
            Some(_) => q.galt("bokstav", "Må være én bokstav, eller tom."),
            None => {}
        }
        if let Some(text) = q.tekst("bruksenhetsnummer") {
            match ord::bruksenhet(text) {
                Some(unit) => vilkaar.push(Vilkaar::Bruksenhet(unit)),
                None => q.galt("bruksenhetsnummer", "Må være som H0101: en av H, L, U og K, og fire siffer."),
            }
        }
        let slag = [("Vegadresse", Objtype::Vegadresse), ("Matrikkeladresse", Objtype::Matrikkeladresse)];
        vilkaar.extend(q.valg("objtype", &slag).map(Vilkaar::Slag));
        if krav.is_empty() && andre.is_empty() && vilkaar.is_empty() && q.feil.is_empty() {
            q.galt("sok", "Minst ett søkeparameter må benyttes.");
        }
        Self { krav, andre, eller, vilkaar }
    }
}
