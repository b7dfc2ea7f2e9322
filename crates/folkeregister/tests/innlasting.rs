//! Loading a nation.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use std::time::Instant;

use clients::folkeregister::*;
use common::*;
use folkeregister::Component;
use http::StatusCode;
use jiff::civil::date;
use kernel::id::{Kjoenn, Pid};
use serde_json::json;

#[tokio::test]
async fn a_load_makes_no_events_and_once_more_changes_nothing() {
    let register = register().await;
    assert_eq!(register.feed().await, []);
    let count =
        async |sql: &str| register.store.query_opt(sql, &[]).await.unwrap().unwrap().get::<i64>(0).unwrap();
    let before = count("SELECT count(*) FROM dokument").await;
    assert_eq!(register.last_inn(&ndjson(&dokumenter())).await.status, StatusCode::OK);
    assert_eq!((count("SELECT count(*) FROM dokument").await, register.feed().await.len()), (before, 0));

    let mut changed = dokumenter();
    changed[0].navn[0].etternavn = "HANSEN".to_owned();
    assert_eq!(register.last_inn(&ndjson(&changed)).await.json(), json!({"lest": changed.len()}));
    let feed = register.feed().await;
    assert_eq!((feed.len(), feed[0].hendelse.hendelsetype.as_str()), (1, hendelsetype::PERSON_ER_OPPDATERT));
    assert_eq!(
        (feed[0].hendelse.folkeregisteridentifikator, &feed[0].hendelse.hendelsesdokument),
        (folk().mor, &None)
    );
    assert_eq!(register.alt(&folk().mor).await.fullt_navn().unwrap(), "KARI HANSEN");
}

#[tokio::test]
async fn a_load_with_a_fault_loads_nobody_and_names_the_line() {
    let register = tomt().await;
    let good = ndjson(&dokumenter()[..2]);
    let cases = [
        (400, "{}".to_owned(), "linje 3: identifikasjonsnummer"),
        (400, "{\"identifikasjonsnummer\":[{\"foedselsEllerDNummer\":\"03851598731\",\"status\":\"iBruk\",\"identifikatortype\":\"foedselsnummer\"}]}".to_owned(),
            "linje 3: identifikasjonsnummer[0].foedselsEllerDNummer"),
        (400, "{\"navn\":[{\"fornavn\":1}]}".to_owned(), "linje 3: navn[0].fornavn"),
        (400, ndjson(&dokumenter()[..1]), "linje 3: identifikasjonsnummer"),
    ];
    for (status, line, felt) in cases {
        let svar = register.last_inn(&format!("{good}{line}\n")).await;
        assert_eq!(
            (svar.status.as_u16(), svar.json()["felt"].clone()),
            (status, json!(felt)),
            "{}",
            svar.tekst
        );
    }
    let svar = register.last_inn(&format!("{good}x")).await;
    assert_eq!(svar.status, StatusCode::BAD_REQUEST);
    assert!(svar.json()["melding"].as_str().unwrap().contains("linje 3"), "{}", svar.tekst);
    assert_eq!(
        register.get(&format!("{BASE}/personer/{}", folk().mor.as_str())).await.status,
        StatusCode::NOT_FOUND
    );

    // A number belongs to one person.
    assert_eq!(register.last_inn(&ndjson(&dokumenter())).await.status, StatusCode::OK);
    let mut thief = person(folk().ukjent, date(1970, 5, 16), Kjoenn::Kvinne);
    let stolen = Identifikasjonsnummer {
        er_gjeldende: false,
        foedsels_eller_d_nummer: folk().gammelt.as_str().to_owned(),
        ..thief.identifikasjonsnummer[0].clone()
    };
    thief.identifikasjonsnummer.push(stolen);
    let svar = register.last_inn(&ndjson(&[thief])).await;
    assert_eq!(svar.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", svar.tekst);
    assert_eq!(
        register.post("/folkeregisteret/innlasting/v1", SCOPE_MED_HJEMMEL, &json!({})).await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        register.post("/folkeregisteret/innlasting/v1", SCOPE_INNLASTING, &json!({})).await.status,
        StatusCode::UNSUPPORTED_MEDIA_TYPE
    );
}

#[tokio::test]
async fn ten_thousand_people_are_loaded_in_seconds() {
    let register = tomt().await;
    let days = (1950..).flat_map(|year| (1..=12).map(move |month| date(year, month, 1)));
    let people = days.flat_map(|day| {
        Pid::synthetic_series(day, Kjoenn::Kvinne).take(20).map(move |pid| person(pid, day, Kjoenn::Kvinne))
    });
    let people: Vec<Persondokument> = people.take(10_000).collect();
    let lines = ndjson(&people);
    let start = Instant::now();
    assert_eq!(register.last_inn(&lines).await.json(), json!({"lest": 10_000}));
    let took = start.elapsed();
    println!("10000 people, {} MB, in {took:?}", lines.len() >> 20);
    assert!(took.as_secs() < 10, "an unoptimised build on a busy machine: {took:?}");
    let last = people[9_999].pid().unwrap();
    assert_eq!(register.alt(&last).await.pid(), Some(last));
}

#[tokio::test]
async fn a_load_in_many_parts_is_searched_when_it_is_done() {
    let register = tomt().await;
    let [first, second, rest @ ..] = &dokumenter()[..] else { panic!("there are many") };
    let load = async |query: &str, people: &[Persondokument]| {
        let path = format!("/folkeregisteret/innlasting/v1{query}");
        register.post_som(&path, NAV, SCOPE_INNLASTING, "application/x-ndjson", ndjson(people)).await.status
    };
    let found = async || {
        let svar = register.get(&format!("{BASE}/personer/soek?navn=kari+nordmann")).await;
        svar.json()["foedselsEllerDNummer"].as_array().map_or(0, Vec::len)
    };
    assert_eq!(load("?soek=snart", &[]).await, StatusCode::BAD_REQUEST);
    assert_eq!(load("?soek=senere", std::slice::from_ref(first)).await, StatusCode::OK);
    assert_eq!(load("?soek=senere", std::slice::from_ref(second)).await, StatusCode::OK);
    assert_eq!(found().await, 0);
    assert_eq!(load("", &[]).await, StatusCode::OK);
    assert_eq!(found().await, 2);

    // Broken off, and begun anew by another process.
    assert_eq!(load("?soek=senere", rest).await, StatusCode::OK);
    assert_eq!(found().await, 2);
    Component::new(register.test.ctx.clone()).oppgrader().await.unwrap();
    assert_eq!(found().await, dokumenter().len() - 1, "all but the dead, who are not asked for");
}
