//! What must hold between Matrikkelen and Folkeregisteret: people live at addresses that there are, in dwelling units that
//! there are, and someone owns each.

#![allow(clippy::expect_used, clippy::panic, reason = "in tests a failure is a panic")]

use std::collections::{BTreeMap, BTreeSet};

use clients::folkeregister::{Gradering, Personstatus};
use clients::matrikkel::{Eiendom, Eierandel, Kommune, Linje};
use jiff::civil::date;
use kernel::id::Pid;
use nation::{Nation, Options, generate};

fn made(seed: u64) -> (Nation, BTreeMap<String, Kommune>, Vec<Eiendom>) {
    let nation = generate(&Options { population: 12_000, seed, date: date(2026, 11, 1) }, &mut |_, _| {});
    let mut kommuner = BTreeMap::new();
    for line in nation.municipalities() {
        let Linje::Kommune(kommune) = line else { panic!("a municipality") };
        kommuner.insert(kommune.kommunenummer.clone(), kommune);
    }
    let properties = nation.properties().map(|line| match line {
        Linje::Eiendom(eiendom) => eiendom,
        Linje::Kommune(_) => panic!("a property"),
    });
    let properties = properties.collect();
    (nation, kommuner, properties)
}

#[test]
fn people_live_at_addresses_that_there_are() {
    for seed in [1, 77] {
        let (nation, _, properties) = made(seed);
        let mut addresses = BTreeMap::new();
        for property in &properties {
            for address in &property.adresser {
                assert!(addresses.insert(address.id, (property, address)).is_none(), "an address twice");
            }
        }
        let mut known = 0;
        for person in nation.persons() {
            for home in &person.bostedsadresse {
                let Some(id) = &home.adresse_identifikator_fra_matrikkelen else { continue };
                let (property, address) = addresses[&id.parse::<i64>().expect("a number")];
                known += 1;
                assert_eq!(home.grunnkrets, address.grunnkrets);
                let unit = if let Some(street) = &home.vegadresse {
                    assert_eq!(street.kommunenummer.as_ref(), Some(&property.matrikkelnummer.kommunenummer));
                    assert_eq!(Some(&street.adressenavn), address.adressenavn.as_ref());
                    let number = street.adressenummer.as_ref().expect("a number");
                    assert_eq!(number.husnummer.parse().ok(), address.nummer);
                    assert_eq!(number.husbokstav, address.bokstav);
                    street.bruksenhetsnummer.as_ref()
                } else {
                    let farm = home.matrikkeladresse.as_ref().expect("an address");
                    assert_eq!(farm.matrikkelnummer.gaardsnummer, Some(property.matrikkelnummer.gardsnummer));
                    assert_eq!(farm.matrikkelnummer.bruksnummer, Some(property.matrikkelnummer.bruksnummer));
                    farm.bruksenhetsnummer.as_ref()
                };
                let mut units = property.bygninger.iter().flat_map(|building| &building.bruksenheter);
                assert!(
                    units.any(|one| Some(&one.bruksenhetsnummer) == unit),
                    "seed {seed}: no unit {unit:?}"
                );
            }
        }
        assert!(known > 9_000, "{known}");
    }
}

#[test]
fn properties_are_in_their_municipalities_and_someones() {
    let (nation, kommuner, properties) = made(2);
    let mut home: BTreeMap<Pid, BTreeSet<String>> = BTreeMap::new();
    let mut protected = BTreeSet::new();
    for person in nation.persons() {
        let pid = person.pid().expect("a number");
        assert!(person.gjeldende_status().is_some_and(|status| status != Personstatus::Opphoert));
        let level = person.bostedsadresse.iter().any(|home| home.adressegradering != Gradering::Ugradert);
        if level {
            protected.insert(pid);
        }
        let ids = person
            .bostedsadresse
            .iter()
            .filter_map(|home| home.adresse_identifikator_fra_matrikkelen.clone());
        home.insert(pid, ids.collect());
    }
    let (mut numbers, mut lived_in, mut owned, mut screened) = (BTreeSet::new(), 0, 0, 0);
    for property in &properties {
        assert!(numbers.insert(property.matrikkelnummer.clone()), "{} twice", property.matrikkelnummer);
        let ring = &kommuner[&property.matrikkelnummer.kommunenummer].avgrensningsboks.coordinates[0];
        for address in &property.adresser {
            let [west, south] = ring[0];
            let [east, north] = ring[2];
            assert!(
                (south..=north).contains(&address.punkt.lat) && (west..=east).contains(&address.punkt.lon)
            );
        }
        let parts: Vec<&Vec<Eierandel>> = if property.seksjoner.is_empty() {
            vec![&property.eiere]
        } else {
            property.seksjoner.iter().map(|section| &section.eiere).collect()
        };
        for shares in parts {
            assert!(!shares.is_empty(), "{} is nobody's", property.matrikkelnummer);
            assert_eq!(shares.iter().map(|share| share.teller).sum::<i64>(), shares[0].nevner);
            owned += 1;
            for share in shares {
                let Some(pid) = share.rettighetshaver.personidentifikator else { continue };
                assert_eq!(share.skjermet, protected.contains(&pid));
                screened += usize::from(share.skjermet);
                let id = property.adresser[0].id.to_string();
                lived_in += usize::from(home[&pid].contains(&id)) * shares.len().min(1);
            }
        }
    }
    // Most own what they live in; a couple counts twice.
    assert!(lived_in > owned * 6 / 10, "{lived_in} of {owned}");
    assert!(screened > 0 || protected.is_empty());
}
