//! The same options give the same nation to the byte; others give another.

#![allow(clippy::expect_used, clippy::panic, reason = "in tests a failure is a panic")]

use std::collections::BTreeSet;
use std::path::Path;

use jiff::civil::date;
use nation::{FIRST_DATE, LAST_DATE, MOST_PEOPLE, Nation, Options, Testperson, generate, mothers};

const FILES: [&str; 7] = [
    "folkeregister.jsonl",
    "kontaktregister.jsonl",
    "postkasse.jsonl",
    "life-events.jsonl",
    "enhetsregister.jsonl",
    "matrikkel.jsonl",
    "testpersoner.json",
];

fn make(population: u32, seed: u64) -> Nation {
    generate(&Options { population, seed, date: date(2026, 11, 1) }, &mut |_, _| {})
}

fn written(nation: &Nation) -> Vec<Vec<u8>> {
    let directory = tempfile::tempdir().expect("a directory");
    nation.write(directory.path()).expect("files");
    FILES.iter().map(|file| std::fs::read(directory.path().join(file)).expect(file)).collect()
}

#[test]
fn a_seed_is_a_nation_to_the_byte() {
    let (first, again, other) = (make(1500, 3), make(1500, 3), make(1500, 4));
    assert_eq!(mothers(&first), mothers(&again));
    let (first, again, other) = (written(&first), written(&again), written(&other));
    for (n, file) in FILES.iter().enumerate() {
        assert!(!first[n].is_empty(), "{file} is empty");
        assert!(first[n] == again[n], "{file} differs");
        assert!(first[n] != other[n], "{file} is the same for another seed");
    }
}

/// What any machine makes of a seed: a change of this number is a change of every nation, and must be meant.
#[test]
fn a_seed_is_the_same_nation_on_every_machine() {
    let all = written(&make(400, 1));
    // FNV-1a, enough to tell two nations apart.
    let sum = all
        .iter()
        .flatten()
        .fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    assert_eq!(format!("{sum:016x}"), "507788ec43133089");
}

#[test]
fn a_nation_of_any_size_can_be_made() {
    for population in [0, 1, 2, 3, 7, 20, 61, 150] {
        for seed in 0..6 {
            let nation = make(population, seed);
            assert_eq!(nation.persons().count(), population as usize);
            written(&nation);
        }
    }
}

#[test]
fn everyone_has_a_number_from_the_first_date_to_the_last() {
    for date in [FIRST_DATE, LAST_DATE] {
        let options = Options { population: 3000, seed: 5, date };
        assert_eq!(options.check(), Ok(()));
        let numbers: BTreeSet<_> =
            generate(&options, &mut |_, _| {}).persons().filter_map(|one| one.pid()).collect();
        assert_eq!(numbers.len(), 3000, "{date}");
    }
    let refused = |population, date| Options { population, seed: 1, date }.check().expect_err("refused");
    assert!(refused(10, date(1979, 12, 31)).starts_with("date:"));
    assert!(refused(10, date(2040, 1, 1)).starts_with("date:"));
    assert!(refused(MOST_PEOPLE + 1, LAST_DATE).starts_with("population:"));
}

#[test]
fn progress_rises_to_the_end() {
    let mut seen = Vec::new();
    generate(&Options { population: 300, seed: 1, date: date(2026, 11, 1) }, &mut |done, total| {
        seen.push((done, total));
    });
    assert!(seen.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 == pair[1].1));
    assert_eq!(seen.last().map(|(done, total)| done == total), Some(true));
}

#[test]
fn a_directory_that_is_missing_is_an_error() {
    assert!(make(10, 1).write(Path::new("/no/such/place")).is_err());
}

#[test]
fn testpersons_are_what_they_say() {
    let nation = make(3000, 1);
    let people = nation.testpersons();
    assert!((12..=20).contains(&people.len()), "{}", people.len());
    let mothers: Vec<_> = mothers(&nation).into_iter().take(2).collect();
    let shown: Vec<_> = people.iter().take(2).map(|person| person.personidentifikator).collect();
    assert_eq!(shown, mothers, "the first to sign in as are the first to give birth");
    let named: BTreeSet<_> = people.iter().map(|person| person.personidentifikator).collect();
    assert_eq!(named.len(), people.len(), "nobody twice");
    let text = serde_json::to_string(&people).expect("JSON");
    assert_eq!(serde_json::from_str::<Vec<Testperson>>(&text).expect("the same"), people);
    let caseworkers: Vec<_> = nation.caseworkers().map(|one| one.personidentifikator).collect();
    let said = people.iter().filter(|person| person.hvem.starts_with("Saksbehandler"));
    assert!(
        said.clone().count() == 2
            && said.clone().all(|person| caseworkers.contains(&person.personidentifikator))
    );
}
