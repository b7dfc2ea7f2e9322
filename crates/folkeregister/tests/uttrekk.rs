//! Extracts: the whole register as of an event, and groups of people.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use std::collections::BTreeMap;
use std::time::Duration;

use clients::folkeregister::*;
use common::*;
use http::StatusCode;
use jiff::SignedDuration;
use kernel::id::Pid;
use kernel::params;
use serde_json::{Value, json};

const KOMPLETT: &str = "/folkeregisteret/offentlig-med-hjemmel/api/v1/uttrekk/komplett";
const TILPASSET: &str = "/folkeregisteret/offentlig-med-hjemmel/api/v1/uttrekk/tilpasset";

/// Reads a batch as soon as it is there.
async fn batch(register: &Register, jobb: &str, nr: u32) -> Uttrekksbatch {
    for _ in 0..500 {
        let svar = register.get(&format!("{BASE}/uttrekk/{jobb}/batch/{nr}")).await;
        match svar.status {
            StatusCode::OK => return serde_json::from_value(svar.json()).unwrap(),
            StatusCode::NOT_FOUND => tokio::time::sleep(Duration::from_millis(10)).await,
            _ => panic!("{}", svar.tekst),
        }
    }
    panic!("the extract does not get ready");
}

fn jobb(svar: &Svar) -> String {
    assert_eq!(svar.status, StatusCode::OK, "{}", svar.tekst);
    svar.json()["jobbId"].as_str().unwrap().to_owned()
}

/// Everyone's document in an extract of the whole register, history too.
async fn komplett(register: &Register, query: &str) -> BTreeMap<Pid, Persondokument> {
    let jobb = jobb(&register.get(&format!("{KOMPLETT}{query}")).await);
    let ids = batch(register, &jobb, 0).await.dokumentidentifikator;
    assert_eq!(batch(register, &jobb, 1).await, Uttrekksbatch::default(), "there are no more");
    let parts: Vec<String> = Element::ALLE.iter().map(|element| format!("part={}", element.navn())).collect();
    let path = format!("{BASE}/personer/bulkoppslag/arkiv?part=historikk&{}", parts.join("&"));
    let found = register.post(&path, SCOPE_MED_HJEMMEL, &json!({"dokumentidentifikator": ids})).await.json();
    let found: Vec<Persondokument> = serde_json::from_value(found).unwrap();
    assert_eq!(found.len(), ids.len());
    found.into_iter().map(|person| (person.pid().unwrap(), person)).collect()
}

fn hjem() -> Value {
    json!({"ukjentBosted": {"bostedskommune": "5501"}})
}

async fn meldt(register: &Register, slag: &str, melding: &Value) {
    register.clock.advance(SignedDuration::from_mins(1));
    let svar = register.post(&format!("{MOTTAK}/{slag}"), &mottaksscope(slag), melding).await;
    assert_eq!(svar.status, StatusCode::ACCEPTED, "{}", svar.tekst);
}

#[tokio::test]
async fn an_extract_is_the_register_as_of_an_event_and_the_feed_leads_on_from_it() {
    let register = register().await;
    let f = folk();
    let inn = |id: &str, kandidat: Value| json!({"meldingsId": id, "kandidat": kandidat, "bostedsadresse": hjem(), "fraflyttingsland": "SWE", "innflyttingsdato": "2026-11-01"});
    let flytt = |id: &str, pid: Pid| json!({"meldingsId": id, "personSomFlytter": [pid], "nyAdresse": hjem(), "flyttedato": "2026-11-02"});
    meldt(&register, "flyttemelding", &flytt("1", f.mor)).await;
    let da = komplett(&register, "").await;
    let seq = register.feed().await.len();
    // Somebody changes twice, somebody is new, somebody with a D-number changes and then has another number.
    meldt(&register, "navnevalg", &json!({"meldingsId": "2", "foedselsEllerDNummer": f.mor, "navn": {"fornavn": "Åse", "etternavn": "Lie"}})).await;
    meldt(&register, "flyttemelding", &flytt("3", f.mor)).await;
    let ny = json!({"navn": {"fornavn": "Nils", "etternavn": "Ny"}, "foedselsdato": "1990-01-02", "kjoenn": "mann", "foedeland": "SWE",
        "statsborgerskap": ["SWE"], "legitimasjonskontroll": "kontrollert"});
    meldt(&register, "innflytting", &inn("4", json!({"person": ny}))).await;
    meldt(&register, "navnevalg", &json!({"meldingsId": "5", "foedselsEllerDNummer": f.d_nummer, "navn": {"fornavn": "Eva", "etternavn": "Ek"}})).await;
    meldt(&register, "innflytting", &inn("6", json!({"foedselsEllerDNummer": f.d_nummer}))).await;

    let again = komplett(&register, &format!("?feedsekvensnr={seq}")).await;
    assert_eq!(again, da, "as of the same event it is the same");
    assert_eq!(da.len(), dokumenter().len());
    assert!(da.contains_key(&f.d_nummer) && da[&f.nytt].pid() == Some(f.nytt));
    let now = komplett(&register, &format!("?feedsekvensnr={}", i64::MAX)).await;
    assert_eq!(now.len(), da.len() + 1);

    let mut copy = da;
    for one in register.feed().await.split_off(seq) {
        let path = format!("{BASE}/hendelser/{}", one.hendelse.hendelsesdokument.unwrap());
        let full: DokumentForHendelse = serde_json::from_value(register.get(&path).await.json()).unwrap();
        let pid = one.hendelse.folkeregisteridentifikator;
        if one.hendelse.hendelsetype == Element::Identifikasjonsnummer.endring() {
            let before = copy.remove(&f.d_nummer).unwrap();
            copy.insert(pid, before);
        }
        copy.entry(pid).or_default().foelg(&full.hendelse).unwrap();
    }
    for (pid, person) in &now {
        assert!(copy[pid].har_de_samme(person), "{:#?} is not {person:#?}", copy[pid]);
    }
    assert_eq!(copy.len(), now.len());
}

#[tokio::test]
async fn a_group_has_whom_it_asks_for_and_nobody_who_may_not_be_found_so() {
    let register = register().await;
    let f = folk();
    let in_package = async |path: &str, scope: &str, ordered: Value| {
        let base = path.rsplit_once("/tilpasset").unwrap().0.to_owned();
        let jobb = jobb(&register.post_som(path, NAV, scope, "application/json", ordered.to_string()).await);
        loop {
            let svar = register.get_som(&format!("{base}/{jobb}/batch/0"), scope).await;
            if svar.status == StatusCode::OK {
                let found: Uttrekksbatch = serde_json::from_value(svar.json()).unwrap();
                break found.foedsels_eller_d_nummer;
            }
            assert_eq!(svar.status, StatusCode::NOT_FOUND, "{}", svar.tekst);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let group = async |ordered: Value| in_package(TILPASSET, SCOPE_MED_HJEMMEL, ordered).await;
    let numbers = |pids: &[Pid]| {
        let mut numbers: Vec<String> = pids.iter().map(|pid| pid.as_str().to_owned()).collect();
        numbers.sort();
        numbers
    };
    let all = group(json!({"personstatustyper": ["bosatt", "aktiv", "doed", "utflyttet", "inaktiv"]})).await;
    assert_eq!(all.len(), dokumenter().len(), "each once, who has had two numbers too");
    assert_eq!(group(json!({"personstatustyper": ["aktiv"]})).await, numbers(&[f.d_nummer]));
    assert_eq!(
        group(json!({"personstatustyper": ["doed"], "doedsaarFraOgMed": "2026"})).await,
        numbers(&[f.doed])
    );
    assert!(group(json!({"personstatustyper": ["doed"], "doedsaarTilOgMed": "2025"})).await.is_empty());
    let young = json!({"personstatustyper": ["bosatt"], "foedselsaarFraOgMed": "1995", "kjoenn": "mann"});
    assert_eq!(group(young).await, numbers(&[f.mann, f.sonn]));
    let married = json!({"personstatustyper": ["bosatt"], "sivilstandstype": "gift", "foedselsaarTilOgMed": "1992", "statsborgerskap": "NOR"});
    assert_eq!(group(married).await, numbers(&[f.gift, f.ektemann]));

    // By where they live nobody finds whom the law hides from them.
    let here = json!({"personstatustyper": ["bosatt"], "kommunenummer": {"bostedskommunenummer": "0301"}});
    let found = group(here.clone()).await;
    let has = |found: &[String], pid: Pid| found.contains(&pid.as_str().to_owned());
    assert!(has(&found, f.kode7) && !has(&found, f.kode6) && has(&found, f.mor));
    let private = "/folkeregisteret/api/privatutenhjemmel/v1/uttrekk/tilpasset";
    let found = in_package(private, SCOPE_PRIVAT_UTEN_HJEMMEL, here).await;
    assert!(!has(&found, f.kode7) && !has(&found, f.kode6) && has(&found, f.mor));
    assert!(
        in_package(private, SCOPE_PRIVAT_UTEN_HJEMMEL, json!({"personstatustyper": ["aktiv"]}))
            .await
            .is_empty()
    );
    let uses = register.bruk(&f.d_nummer).await;
    group(json!({"personstatustyper": ["aktiv"]})).await;
    assert_eq!(register.bruk(&f.d_nummer).await, uses + 1, "who is in an extract sees that");
}

#[tokio::test]
async fn an_extract_is_its_owners_alone_and_lasts_a_week() {
    let register = register().await;
    let jobb = jobb(&register.get(KOMPLETT).await);
    batch(&register, &jobb, 0).await;
    let path = format!("{BASE}/uttrekk/{jobb}/batch/0");
    let bearer = format!("Bearer {}", register.token(SYKEHUS, SCOPE_MED_HJEMMEL));
    let other = http::Request::get(&path).header("authorization", bearer).body(axum::body::Body::empty());
    assert_eq!(register.send(other.unwrap()).await.status, StatusCode::GONE);
    let package = format!("/folkeregisteret/api/offentligutenhjemmel/v1/uttrekk/{jobb}/batch/0");
    assert_eq!(register.get_som(&package, SCOPE_UTEN_HJEMMEL).await.status, StatusCode::GONE);
    register.clock.advance(SignedDuration::from_hours(7 * 24 - 1));
    assert_eq!(register.get(&path).await.status, StatusCode::OK);
    register.clock.advance(SignedDuration::from_hours(2));
    assert_eq!(register.get(&path).await.status, StatusCode::GONE);
    assert_eq!(register.get(KOMPLETT).await.status, StatusCode::OK);
    let rest = "SELECT COUNT(*) FROM uttrekksbatch WHERE uttrekk = $1";
    let rest = register.store.query_opt(rest, params![jobb]).await.unwrap().unwrap();
    assert_eq!(rest.get::<i64>(0).unwrap(), 0, "nothing is kept of it");
}

#[tokio::test]
async fn an_organisation_has_ten_in_the_making_and_those_that_were_broken_off_do_not_count() {
    let register = register().await;
    let now = format!("{:.6}", register.clock.now());
    for n in 0..10 {
        let (id, now) = (format!("jobb-{n}"), now.clone());
        let written = register.store.write(move |tx| {
            Box::pin(async move {
                let sql = "INSERT INTO uttrekk (id, eier, pakke, laget, sist, ferdig) VALUES ($1, $2, $3, $4, $4, 0)";
                tx.execute(sql, params![id, NAV, SCOPE_MED_HJEMMEL, now]).await
            })
        });
        written.await.unwrap();
    }
    let path = format!("{BASE}/uttrekk/jobb-0/batch/0");
    assert_eq!(register.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(register.get(KOMPLETT).await.status, StatusCode::TOO_MANY_REQUESTS);
    let bosatte = json!({"personstatustyper": ["bosatt"]});
    assert_eq!(
        register.post(TILPASSET, SCOPE_MED_HJEMMEL, &bosatte).await.status,
        StatusCode::OK,
        "another organisation"
    );
    register.clock.advance(SignedDuration::from_mins(3));
    assert_eq!(register.get(&path).await.status, StatusCode::GONE, "nobody has gone on with it");
    assert_eq!(register.get(KOMPLETT).await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_no_extract_is_for_is_refused() {
    let register = register().await;
    for (query, felt) in [
        ("?feedsekvensnr=x", "feedsekvensnr"),
        ("?feedsekvensnr=-1", "feedsekvensnr"),
        ("?feedsekvensnr=1&feedsekvensnr=2", "feedsekvensnr"),
    ] {
        let svar = register.get(&format!("{KOMPLETT}{query}")).await;
        assert_eq!(
            (svar.status, svar.json()["felt"].as_str()),
            (StatusCode::BAD_REQUEST, Some(felt)),
            "{query}"
        );
    }
    assert_eq!(register.get(&format!("{KOMPLETT}?seq=1")).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(register.get_som(KOMPLETT, SCOPE_FINANS).await.status, StatusCode::FORBIDDEN);
    for (ordered, felt) in [
        (json!({}), "personstatustyper"),
        (json!({"personstatustyper": []}), "personstatustyper"),
        (json!({"personstatustyper": ["ukjent"]}), "personstatustyper[0]"),
        (json!({"personstatustyper": ["bosatt"], "kommunenummer": {}}), "kommunenummer"),
        (
            json!({"personstatustyper": ["bosatt"], "kommunenummer": {"bostedskommunenummer": "0301", "oppholdskommunenummer": "0301"}}),
            "kommunenummer",
        ),
        (
            json!({"personstatustyper": ["bosatt"], "kommunenummer": {"oppholdskommunenummer": "301"}}),
            "kommunenummer.oppholdskommunenummer",
        ),
        (json!({"personstatustyper": ["bosatt"], "foedselsaarFraOgMed": "85"}), "foedselsaarFraOgMed"),
        (
            json!({"personstatustyper": ["bosatt"], "foedselsaarFraOgMed": "1990", "foedselsaarTilOgMed": "1989"}),
            "foedselsaarTilOgMed",
        ),
        (json!({"personstatustyper": ["bosatt"], "doedsaarTilOgMed": "+202"}), "doedsaarTilOgMed"),
        (json!({"personstatustyper": ["bosatt"], "statsborgerskap": "Norge"}), "statsborgerskap"),
        (json!({"personstatustyper": ["bosatt"], "alder": 6}), "alder"),
    ] {
        let svar = register.post(TILPASSET, SCOPE_MED_HJEMMEL, &ordered).await;
        assert_eq!(
            (svar.status, svar.json()["felt"].as_str()),
            (StatusCode::BAD_REQUEST, Some(felt)),
            "{ordered}: {}",
            svar.tekst
        );
    }
    for (path, scope) in [
        ("/folkeregisteret/api/finans/v1/uttrekk/tilpasset", SCOPE_FINANS),
        ("/folkeregisteret/api/privat/v1/uttrekk/tilpasset", "folkeregister:deling/privat"),
    ] {
        let svar = register.post(path, scope, &json!({"personstatustyper": ["bosatt"]})).await;
        assert_eq!(svar.status, StatusCode::FORBIDDEN, "{path}");
    }
    let elsewhere = register.get_som("/folkeregisteret/api/finans/v1/uttrekk/komplett", SCOPE_FINANS).await;
    assert_eq!(elsewhere.status, StatusCode::FORBIDDEN);
    assert_eq!(register.get(&format!("{BASE}/uttrekk/x/batch/0")).await.status, StatusCode::GONE);
    assert_eq!(register.get(&format!("{BASE}/uttrekk/x/batch/-1")).await.status, StatusCode::BAD_REQUEST);
}
