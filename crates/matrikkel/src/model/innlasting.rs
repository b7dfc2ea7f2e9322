//! What a loaded property has to be.

use std::collections::HashSet;

use clients::matrikkel::{Eiendom, Eierandel, Kommune};

use super::ord;

/// A field that is wrong, and what is wrong with it.
pub type Mangel = (&'static str, &'static str);

fn four_digits(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn on_earth(lat: f64, lon: f64) -> bool {
    (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon)
}

/// Checks a municipality.
pub fn kommune(kommune: &Kommune) -> Result<(), Mangel> {
    if !four_digits(&kommune.kommunenummer) || !kommune.kommunenummer.starts_with(&kommune.fylkesnummer) {
        return Err(("kommunenummer", "må være fire siffer og begynne med fylkesnummeret"));
    }
    if kommune.fylkesnummer.len() != 2 {
        return Err(("fylkesnummer", "må være to siffer"));
    }
    if kommune.kommunenavn_norsk.is_empty() {
        return Err(("kommunenavnNorsk", "mangler"));
    }
    let [lon, lat] = kommune.punkt_i_omrade.coordinates;
    let ring = kommune.avgrensningsboks.coordinates.first().map_or(&[][..], Vec::as_slice);
    if !on_earth(lat, lon) || ring.is_empty() || ring.iter().any(|[lon, lat]| !on_earth(*lat, *lon)) {
        return Err(("avgrensningsboks", "eller punktIOmrade er ikke på jorden"));
    }
    Ok(())
}

/// Checks a property.
pub fn eiendom(eiendom: &Eiendom) -> Result<(), Mangel> {
    const NUMBERS: std::ops::RangeInclusive<i64> = 0..=99_999;
    let number = &eiendom.matrikkelnummer;
    let parts = [number.gardsnummer, number.bruksnummer, number.festenummer];
    if !four_digits(&number.kommunenummer)
        || !parts.iter().all(|part| NUMBERS.contains(part))
        || number.seksjonsnummer != 0
    {
        return Err(("matrikkelnummer", "er ikke nummeret på en grunneiendom eller festegrunn"));
    }
    let mut addresses = HashSet::new();
    for address in &eiendom.adresser {
        if address.id <= 0 || !addresses.insert(address.id) {
            return Err(("adresser.id", "må være over null og stå én gang"));
        }
        if !four_digits(&address.postnummer) || address.poststed.is_empty() {
            return Err(("adresser.postnummer", "må være fire siffer, med poststed"));
        }
        let texts = [&address.adressenavn, &address.adressetilleggsnavn, &address.bokstav];
        let texts = texts.into_iter().flatten().chain([&address.poststed]);
        if texts
            .into_iter()
            .any(|text| text.is_empty() || text.len() > 200 || text.contains(char::is_control))
        {
            return Err(("adresser.adressenavn", "eller en annen tekst er tom, for lang eller ikke tekst"));
        }
        if !on_earth(address.punkt.lat, address.punkt.lon) {
            return Err(("adresser.punkt", "er ikke på jorden"));
        }
        let street = [address.adressekode.is_some(), address.adressenavn.is_some(), address.nummer.is_some()];
        if street.iter().any(|part| *part != street[0])
            || address.adressekode.is_some_and(|code| !(1..=99_999).contains(&code))
            || address.nummer.is_some_and(|nummer| !(1..=99_999).contains(&nummer))
            || address.undernummer.is_some_and(|counter| !NUMBERS.contains(&counter))
        {
            return Err(("adresser.adressekode", "må være med adressenavn og nummer, og bare da"));
        }
    }
    let sections: HashSet<i64> = eiendom.seksjoner.iter().map(|section| section.seksjonsnummer).collect();
    if sections.len() != eiendom.seksjoner.len()
        || sections.iter().any(|section| !(1..=99_999).contains(section))
    {
        return Err(("seksjoner.seksjonsnummer", "må være over null og stå én gang"));
    }
    for building in &eiendom.bygninger {
        if building.bygningsnummer <= 0 || !on_earth(building.punkt.lat, building.punkt.lon) {
            return Err(("bygninger", "må ha nummer over null, på jorden"));
        }
        for unit in &building.bruksenheter {
            if ord::bruksenhet(&unit.bruksenhetsnummer).as_deref() != Some(&unit.bruksenhetsnummer) {
                return Err(("bruksenheter.bruksenhetsnummer", "må være som H0101"));
            }
            if !addresses.contains(&unit.adresse) {
                return Err(("bruksenheter.adresse", "er ingen av eiendommens adresser"));
            }
            if unit.seksjonsnummer != 0 && !sections.contains(&unit.seksjonsnummer) {
                return Err(("bruksenheter.seksjonsnummer", "er ingen av eiendommens seksjoner"));
            }
        }
    }
    eiere(&eiendom.eiere)?;
    eiendom.seksjoner.iter().try_for_each(|section| eiere(&section.eiere))
}

fn eiere(all: &[Eierandel]) -> Result<(), Mangel> {
    for one in all {
        let who = &one.rettighetshaver;
        if who.personidentifikator.is_some() == who.organisasjonsnummer.is_some() {
            return Err(("eiere.rettighetshaver", "må være en person eller en enhet"));
        }
        if one.teller < 1 || one.nevner < one.teller {
            return Err(("eiere.teller", "må være fra 1 til nevneren"));
        }
    }
    Ok(())
}

/// Everyone and everything that owns some of it.
pub fn andeler(eiendom: &Eiendom) -> impl Iterator<Item = &Eierandel> {
    eiendom.eiere.iter().chain(eiendom.seksjoner.iter().flat_map(|section| &section.eiere))
}
