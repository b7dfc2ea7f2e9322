//! The addresses of people against Matrikkelen, looked up by their numbers, some hundred documents at a time.

use std::collections::HashMap;

use clients::folkeregister::{Matrikkeladresse, Persondokument, Poststed, UkjentBosted, Vegadresse};
use kernel::id::Pid;
use kernel::store::Store;
use matrikkel::gjennomgang;
use matrikkel::model::svar::Rad;

use super::report::{Report, Rule};
use super::{Read, shown};

/// The municipalities, with the south, west, north and east of the box around each.
pub type Municipalities = HashMap<String, [f64; 4]>;

/// An address in a document, in the form that it has.
struct Place<'a> {
    what: &'static str,
    number: Option<&'a str>,
    street: Option<&'a Vegadresse>,
    property: Option<&'a Matrikkeladresse>,
    unknown: Option<&'a UkjentBosted>,
}

/// Checks the addresses of some people, also those where they lived before.
pub async fn check(
    store: &Store,
    people: &[(Pid, &Persondokument)],
    kommuner: &Municipalities,
    report: &mut Report,
) -> Read<()> {
    let places = || people.iter().flat_map(|(pid, person)| places(person).map(move |place| (pid, place)));
    let mut numbers: Vec<i64> = places().filter_map(|(_, place)| place.number?.parse().ok()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let found = gjennomgang::adresser(store, &numbers).await?;
    for (pid, place) in places() {
        let what = place.what;
        let kommune = place.kommune();
        report.check(
            Rule::KommuneFinnes,
            kommune.is_some_and(|number| kommuner.contains_key(number)),
            || format!("{} {what}: no such municipality", shown(pid)),
        );
        if place.unknown.is_some() {
            continue;
        }
        let row = place.number.and_then(|number| found.get(&number.parse().ok()?));
        report.check(Rule::AdresseFinnes, row.is_some(), || {
            format!("{} {what} {}: no such address", shown(pid), place.number.unwrap_or("without number"))
        });
        let Some(row) = row else { continue };
        let differs = place.differs(row);
        report.check(Rule::AdresseLik, differs.is_none(), || {
            format!("{} {what} {}: another {}", shown(pid), row.id, differs.unwrap_or_default())
        });
        if let Some(dwelling) = place.dwelling() {
            let there = row.bruksenheter.split(' ').any(|one| one == dwelling);
            report.check(Rule::BruksenhetFinnes, there, || {
                format!("{} {what} {}: no dwelling {dwelling}", shown(pid), row.id)
            });
        }
    }
    Ok(())
}

/// The addresses of a document that are Matrikkelen's business. One abroad, or of which nothing is known, is not.
fn places(person: &Persondokument) -> impl Iterator<Item = Place<'_>> {
    let homes = person.bostedsadresse.iter().map(|home| Place {
        what: "bostedsadresse",
        number: home.adresse_identifikator_fra_matrikkelen.as_deref(),
        street: home.vegadresse.as_ref(),
        property: home.matrikkeladresse.as_ref(),
        unknown: home.ukjent_bosted.as_ref(),
    });
    let second = person.delt_bosted.iter().map(|home| Place {
        what: "deltBosted",
        number: home.adresse_identifikator_fra_matrikkelen.as_deref(),
        street: home.vegadresse.as_ref(),
        property: home.matrikkeladresse.as_ref(),
        unknown: home.ukjent_bosted.as_ref(),
    });
    let stays = person.oppholdsadresse.iter().map(|stay| Place {
        what: "oppholdsadresse",
        number: stay.adresse_identifikator_fra_matrikkelen.as_deref(),
        street: stay.vegadresse.as_ref(),
        property: stay.matrikkeladresse.as_ref(),
        unknown: None,
    });
    let all = homes.chain(second).chain(stays);
    all.filter(|one| one.street.is_some() || one.property.is_some() || one.unknown.is_some())
}

impl Place<'_> {
    fn kommune(&self) -> Option<&str> {
        let street = self.street.and_then(|street| street.kommunenummer.as_deref());
        let property = self.property.map(|property| property.matrikkelnummer.kommunenummer.as_str());
        street.or(property).or_else(|| self.unknown?.bostedskommune.as_deref())
    }

    fn dwelling(&self) -> Option<&str> {
        let street = self.street.and_then(|street| street.bruksenhetsnummer.as_deref());
        street.or_else(|| self.property?.bruksenhetsnummer.as_deref())
    }

    /// What Matrikkelen has otherwise.
    fn differs(&self, row: &Rad) -> Option<&'static str> {
        let mut pairs = vec![("municipality", self.kommune() == Some(row.kommune.as_str()))];
        let post = |post: Option<&Poststed>| {
            post.is_some_and(|post| {
                post.postnummer.as_deref() == Some(row.postnummer.as_str())
                    && post.poststedsnavn.as_ref().map(|name| name.to_uppercase()).as_deref()
                        == Some(row.poststed.as_str())
            })
        };
        let name = |name: Option<&str>| name.unwrap_or_default() == row.tillegg;
        if let Some(street) = self.street {
            let code = street.adressekode.as_ref().and_then(|code| code.parse().ok());
            let number = street.adressenummer.as_ref();
            let letter = number.and_then(|number| number.husbokstav.as_ref());
            pairs.extend([
                ("street", street.adressenavn == row.navn && code == Some(row.kode)),
                ("house number", number.and_then(|one| one.husnummer.parse().ok()) == Some(row.nummer)),
                ("letter", letter.map(|one| one.to_uppercase()).unwrap_or_default() == row.bokstav),
                ("farm or place", name(street.adressetilleggsnavn.as_deref())),
                ("post code or place", post(street.poststed.as_ref())),
            ]);
        }
        if let Some(property) = self.property {
            let number = &property.matrikkelnummer;
            let parts = [number.gaardsnummer, number.bruksnummer, number.festenummer, property.undernummer];
            pairs.extend([
                ("form", row.kode == 0),
                ("property", parts.map(Option::unwrap_or_default) == row.eiendom),
                ("farm or place", name(property.adressetilleggsnavn.as_deref())),
                ("post code or place", post(property.poststed.as_ref())),
            ]);
        }
        pairs.into_iter().find(|(_, same)| !same).map(|(what, _)| what)
    }
}
