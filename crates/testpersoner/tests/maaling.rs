//! How long searches take. Measures and asserts nothing, so it runs only when it is asked for, in a release build:
//!
//! ```sh
//! FELLES_MEASURE_PEOPLE=1000000 cargo test --release -p testpersoner --test maaling -- --ignored --nocapture
//! ```
//!
//! Rows are those of a nation, through the load; Folkeregisteret is empty, so each answer's look-up of names finds nobody.
#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

mod common;

use std::time::Instant;

use clients::testpersoner::Linje;
use common::*;

/// Common searches, rare ones, and some that nobody fits.
const SOEK_SOM_MAALES: &[&str] = &[
    "kjoenn=kvinne&alderFra=25&alderTil=40",
    "kjoenn=kvinne&kommune=Troms%C3%B8&antallBarn=2&barnUnder=6",
    "kjoenn=kvinne&kommune=Troms%C3%B8&antallBarn=2&barnUnder=6&reservert=true&foretak=true",
    "kommune=Oslo&sivilstand=gift&eierBolig=true&harPostkasse=false",
    "adressebeskyttelse=strengtFortrolig&barnUnder=18&alderFra=18",
    "harVerge=true&reservert=true&alderTil=40",
    "erVerge=true&rolle=DAGL",
    "nummertype=dNummer&harEpost=true&alderFra=18&alderTil=30",
    "status=utflyttet&sivilstand=gift&kontaktUtdatert=true",
    "antallBarn=9&barnUnder=6",
    "status=bosatt&nummertype=dNummer&kjoenn=kvinne&alderFra=18&harEpost=true&reservert=false",
    "kommune=Oslo&adressebeskyttelse=fortrolig&status=bosatt&kjoenn=mann&reservert=false",
];

fn i_ms(times: &mut [u128]) -> String {
    times.sort_unstable();
    let at = |part: usize| times[(times.len() - 1) * part / 100] as f64 / 1000.0;
    format!("median {:.2} ms, most {:.2} ms", at(50), at(100))
}

#[tokio::test]
#[ignore = "measures; asked for by name"]
async fn searches_in_a_nation() {
    let people = std::env::var("FELLES_MEASURE_PEOPLE").map_or(10_000, |text| text.parse().unwrap());
    let begin = Instant::now();
    let v = tomme_registre(people).await;
    eprintln!("{people} people made in {:.1} s", begin.elapsed().as_secs_f64());
    let begin = Instant::now();
    let mut rader = 0;
    let mut bunke: Vec<Linje> = Vec::new();
    for linje in v.nasjon.traits() {
        bunke.push(linje);
        rader += 1;
        if bunke.len() == 2000 {
            v.last(INNLASTING, &bunke).await;
            bunke.clear();
        }
    }
    v.last(INNLASTING, &bunke).await;
    let took = begin.elapsed().as_secs_f64();
    eprintln!("{rader} lines made, sent and kept in {took:.1} s");
    if let Some(directory) = v.store.directory() {
        let size: u64 = ["testpersoner.sqlite", "testpersoner.sqlite-wal"]
            .iter()
            .filter_map(|file| std::fs::metadata(directory.join(file)).ok())
            .map(|file| file.len())
            .sum();
        eprintln!("{} bytes a person", size / u64::from(people));
    }
    for query in SOEK_SOM_MAALES {
        let mut times = Vec::new();
        let mut svar = serde_json::Value::Null;
        for _ in 0..11 {
            let begin = Instant::now();
            svar = v.soek(query).await;
            times.push(begin.elapsed().as_micros());
        }
        let treff = svar["treff"].as_array().unwrap().len();
        let utelat = svar.get("utelat").map_or(0, |utelat| utelat.as_array().unwrap().len());
        eprintln!("{}; {treff} hits, {utelat} to leave out: {query}", i_ms(&mut times));
    }
}
