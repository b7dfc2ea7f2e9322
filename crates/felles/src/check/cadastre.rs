//! Matrikkelen, with its change log.

use std::collections::HashMap;

use clients::matrikkel::{Eiendom, Eiendomsadresse, Posisjon};
use kernel::store::Store;
use matrikkel::gjennomgang::{self, Kopi, Ting};
use matrikkel::model::innlasting::andeler;
use matrikkel::model::kommune::kanter;
use matrikkel::model::rutenett::deler;
use matrikkel::model::svar::Rad;

use super::addresses::Municipalities;
use super::people::People;
use super::report::{Report, Rule};
use super::units::Units;
use super::{Read, next, shown};
use crate::commands::nation::Progress;

/// The municipalities, with the box around each.
pub async fn municipalities(store: &Store) -> Read<Municipalities> {
    let all = gjennomgang::kommuner(store).await?;
    Ok(all.into_iter().map(|one| (one.kommunenummer, kanter(&one.avgrensningsboks))).collect())
}

/// Checks the register.
pub async fn check(
    store: &Store,
    people: &People,
    units: &Units,
    kommuner: &Municipalities,
    report: &mut Report,
) -> Read<()> {
    let (total, can_be_found) = gjennomgang::antall(store).await?;
    let mut progress = Progress::new("Reading Matrikkelen");
    let (mut things, mut addresses) = (Vec::new(), 0);
    let (mut after, mut done) = (0, 0);
    loop {
        let part = gjennomgang::eiendommer(store, after).await?;
        let Some(last) = part.last() else { break };
        after = last.id;
        done += part.len();
        let read: Vec<(&Kopi, &Eiendom)> = part.iter().filter_map(|kopi| readable(kopi, report)).collect();
        let of_all = || read.iter().map(|(_, eiendom)| *eiendom);
        let numbers: Vec<i64> = of_all().flat_map(|one| &one.adresser).map(|address| address.id).collect();
        let rows = gjennomgang::adresser(store, &numbers).await?;
        addresses += numbers.len() as i64;
        let numbers: Vec<i64> =
            of_all().flat_map(|one| &one.bygninger).map(|one| one.bygningsnummer).collect();
        let standing = gjennomgang::bygninger(store, &numbers).await?;
        for (kopi, eiendom) in read {
            owners(eiendom, people, units, report);
            points(eiendom, kommuner, report);
            found(kopi, eiendom, &rows, &standing, report);
            things.push(Ting::Eiendom(kopi.nummer.clone()));
            things.extend(eiendom.adresser.iter().map(|address| Ting::Adresse(address.id)));
            things.extend(eiendom.bygninger.iter().map(|building| Ting::Bygning(building.bygningsnummer)));
        }
        progress.show(done as u64, total.unsigned_abs());
    }
    progress.end();
    if addresses != can_be_found {
        report.check(Rule::AdresseSoekbar, false, || {
            format!("{can_be_found} addresses are found, but properties have {addresses}")
        });
    }
    rebuild(store, things, report).await
}

/// The property, where it can be read and is the one that its number says.
fn readable<'a>(kopi: &'a Kopi, report: &mut Report) -> Option<(&'a Kopi, &'a Eiendom)> {
    let eiendom = kopi.eiendom.as_ref().filter(|one| one.matrikkelnummer.to_string() == kopi.nummer);
    report.check(Rule::EiendomLesbar, eiendom.is_some(), || {
        format!("{} cannot be read, or is another property", kopi.nummer)
    });
    Some((kopi, eiendom?))
}

fn owners(eiendom: &Eiendom, people: &People, units: &Units, report: &mut Report) {
    let of = &eiendom.matrikkelnummer;
    for share in andeler(eiendom) {
        if let Some(pid) = &share.rettighetshaver.personidentifikator {
            report.check(Rule::EierPerson, people.find(pid).is_some(), || {
                format!("{of} is owned by {}, who is not there", shown(pid))
            });
        }
        if let Some(orgnr) = &share.rettighetshaver.organisasjonsnummer {
            report.check(Rule::EierEnhet, units.in_use(orgnr), || {
                format!("{of} is owned by {orgnr}, which is not there, or deleted")
            });
        }
    }
}

/// The register has no borders, only boxes around the municipalities.
fn points(eiendom: &Eiendom, kommuner: &Municipalities, report: &mut Report) {
    let number = &eiendom.matrikkelnummer;
    let edges = kommuner.get(&number.kommunenummer);
    let inside = |point: &Posisjon| {
        edges.is_some_and(|[south, west, north, east]| {
            (*south..=*north).contains(&point.lat) && (*west..=*east).contains(&point.lon)
        })
    };
    for address in &eiendom.adresser {
        report.check(Rule::PunktIKommune, inside(&address.punkt), || {
            format!("{number}: address {} lies outside the municipality", address.id)
        });
    }
    for building in &eiendom.bygninger {
        report.check(Rule::PunktIKommune, inside(&building.punkt), || {
            format!("{number}: building {} lies outside the municipality", building.bygningsnummer)
        });
    }
}

/// Whether what a property holds is also found by its own number.
fn found(
    kopi: &Kopi,
    eiendom: &Eiendom,
    rows: &HashMap<i64, Rad>,
    standing: &HashMap<i64, i64>,
    report: &mut Report,
) {
    let number = &eiendom.matrikkelnummer;
    for address in &eiendom.adresser {
        let same = rows.get(&address.id).is_some_and(|row| same(eiendom, address, row));
        report.check(Rule::AdresseSoekbar, same, || {
            format!("{number}: address {} is not found, or is found otherwise", address.id)
        });
    }
    for building in &eiendom.bygninger {
        let there = standing.get(&building.bygningsnummer) == Some(&kopi.id);
        for unit in &building.bruksenheter {
            let reached = eiendom.adresser.iter().any(|address| address.id == unit.adresse);
            report.check(Rule::BygningFinnes, there && reached, || {
                let (building, dwelling) = (building.bygningsnummer, &unit.bruksenhetsnummer);
                format!("{number}: dwelling {dwelling} of building {building}: the building or the address is not there")
            });
        }
    }
}

/// Whether an address is found as the property has it.
fn same(eiendom: &Eiendom, address: &Eiendomsadresse, row: &Rad) -> bool {
    let number = &eiendom.matrikkelnummer;
    let text = |text: &Option<String>| text.as_deref().unwrap_or_default().to_owned();
    let mut dwellings: Vec<&str> = eiendom
        .bygninger
        .iter()
        .flat_map(|building| &building.bruksenheter)
        .filter(|unit| unit.adresse == address.id)
        .map(|unit| unit.bruksenhetsnummer.as_str())
        .collect();
    dwellings.sort_unstable();
    let parts =
        [number.gardsnummer, number.bruksnummer, number.festenummer, address.undernummer.unwrap_or(0)];
    row.kommune == number.kommunenummer
        && row.eiendom == parts
        && row.kode == address.adressekode.unwrap_or(0)
        && row.nummer == address.nummer.unwrap_or(0)
        && row.navn == text(&address.adressenavn)
        && row.tillegg == text(&address.adressetilleggsnavn)
        && row.bokstav == text(&address.bokstav).to_uppercase()
        && row.postnummer == address.postnummer
        && row.poststed == address.poststed.to_uppercase()
        && row.punkt == (deler(address.punkt.lat), deler(address.punkt.lon))
        && row.bruksenheter == dwellings.join(" ")
}

/// Holds what the change log has told of up against what is there.
async fn rebuild(store: &Store, mut there: Vec<Ting>, report: &mut Report) -> Read<()> {
    let mut told = Vec::new();
    let mut expected = 1;
    loop {
        let part = gjennomgang::hendelser(store, expected - 1).await?;
        if part.is_empty() {
            break;
        }
        for (seq, ting) in part {
            let whole = next(seq, &mut expected) && ting != Ting::Ukjent;
            report.check(Rule::MatrikkelHel, whole, || {
                format!("event {seq} cannot be read, or the one before is missing")
            });
            if ting != Ting::Ukjent {
                told.push(ting);
            }
        }
    }
    for list in [&mut there, &mut told] {
        list.sort_unstable();
        list.dedup();
    }
    for one in &there {
        let known = told.binary_search(one).is_ok();
        report.check(Rule::MatrikkelBygger, known, || format!("the change log never told of {}", named(one)));
    }
    for one in told.iter().filter(|one| there.binary_search(one).is_err()) {
        report.check(Rule::MatrikkelBygger, false, || {
            format!("the change log tells of {}, which is not there", named(one))
        });
    }
    Ok(())
}

fn named(ting: &Ting) -> String {
    match ting {
        Ting::Eiendom(number) => format!("property {number}"),
        Ting::Adresse(number) => format!("address {number}"),
        Ting::Bygning(number) => format!("building {number}"),
        Ting::Ukjent => "nothing that is known".to_owned(),
    }
}
