//! Cadastral units: their numbers in paths and searches, and sections.

use std::collections::HashSet;

use clients::matrikkel::{Matrikkelenhet, Matrikkelnummer};

use super::parametre::Sporring;

/// The number in a path: as it is written (`0301-208/123/0/2`), or with a hyphen for each slash (`0301-208-123-0-2`).
pub fn nummer_av_sti(text: &str) -> Option<Matrikkelnummer> {
    let (kommune, rest) = text.split_once('-')?;
    format!("{kommune}-{}", rest.replace('-', "/")).parse().ok()
}

/// The unit of a number within its property: all of it for 0, otherwise the section with its dwelling units, the buildings
/// that have them and the addresses that they are reached by. `None` where there is no such section.
pub fn enhet(mut eiendom: Matrikkelenhet, seksjonsnummer: i64) -> Option<Matrikkelenhet> {
    if seksjonsnummer == 0 {
        return Some(eiendom);
    }
    if !eiendom.seksjoner.iter().any(|section| section.seksjonsnummer == seksjonsnummer) {
        return None;
    }
    let mut reached = HashSet::new();
    for building in &mut eiendom.bygninger {
        building.bruksenheter.retain(|unit| unit.seksjonsnummer == seksjonsnummer);
        reached.extend(building.bruksenheter.iter().map(|unit| unit.adresse));
    }
    eiendom.bygninger.retain(|building| !building.bruksenheter.is_empty());
    eiendom.adresser.retain(|address| reached.contains(&address.id));
    eiendom.seksjoner.clear();
    eiendom.matrikkelnummer.seksjonsnummer = seksjonsnummer;
    Some(eiendom)
}

/// The parts of a number, but for the municipality.
pub const DELER: [&str; 4] = ["gardsnummer", "bruksnummer", "festenummer", "seksjonsnummer"];

/// A search by the beginning of the number.
#[derive(Debug)]
pub struct Nummersoek {
    /// Four digits.
    pub kommunenummer: String,
    /// The parts that are given, in their order.
    pub deler: Vec<i64>,
}

impl Nummersoek {
    /// Reads it. A part is of use only with those before it: by itself it would be looked for in the whole country.
    pub fn les(q: &mut Sporring<'_>) -> Self {
        let kommunenummer = q.fire_siffer("kommunenummer").unwrap_or_default().to_owned();
        if kommunenummer.is_empty() {
            q.galt("kommunenummer", "Parameteren må være med.");
        }
        let parts = DELER.map(|name| q.heltall(name, 0..=99_999));
        let deler: Vec<i64> = parts.into_iter().map_while(|part| part).collect();
        let loose = DELER.iter().zip(parts).skip(deler.len()).find(|(_, part)| part.is_some());
        if let Some((name, _)) = loose.filter(|_| q.feil.is_empty()) {
            q.galt(name, "Delene foran i matrikkelnummeret må også være med.");
        }
        Self { kommunenummer, deler }
    }

    /// The number of the one unit that is looked for, where all parts are given.
    pub fn helt(&self) -> Option<Matrikkelnummer> {
        let &[gardsnummer, bruksnummer, festenummer, seksjonsnummer] = self.deler.as_slice() else {
            return None;
        };
        let kommunenummer = self.kommunenummer.clone();
        Some(Matrikkelnummer { kommunenummer, gardsnummer, bruksnummer, festenummer, seksjonsnummer })
    }
}
