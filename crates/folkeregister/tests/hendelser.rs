//! Following what happens.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use clients::folkeregister::*;
use common::*;
use http::StatusCode;
use kernel::id::Pid;
use serde_json::{Value, json};

#[tokio::test]
async fn a_follower_reads_from_its_cursor_and_fetches_what_stands_behind_an_event() {
    let register = register().await;
    let f = folk();
    assert_eq!(register.get(&format!("{BASE}/hendelser/siste/sekvensnummer")).await.json(), json!(0));
    assert_eq!(register.get(&format!("{BASE}/hendelser/feed?seq=1")).await.json(), json!([]));
    let child = register.foedsel(&foedselsmelding("h-1", &f.mor)).await.foedsels_eller_d_nummer.unwrap();

    assert_eq!(register.get(&format!("{BASE}/hendelser/siste/sekvensnummer")).await.json(), json!(3));
    let feed = register.feed().await;
    let rest = register.get(&format!("{BASE}/hendelser/feed?seq=3")).await.json();
    assert_eq!(rest.as_array().unwrap().len(), 1);
    assert_eq!(rest[0]["sekvensnummer"], 3);
    assert_eq!(register.get(&format!("{BASE}/hendelser/feed?seq=4")).await.json(), json!([]));

    let born = &feed[0].hendelse;
    let id = born.hendelsesdokument.as_ref().unwrap();
    let thick: DokumentForHendelse =
        serde_json::from_value(register.get(&format!("{BASE}/hendelser/{id}")).await.json()).unwrap();
    assert_eq!(&thick.dokumentidentifikator, id);
    assert_eq!(
        (thick.hendelse.folkeregisteridentifikator, thick.hendelse.hendelsestype.as_str()),
        (child, "personErOpprettet")
    );
    let told: Vec<&str> = thick.hendelse.egenskapshendelse.iter().map(|one| one.entitet.as_str()).collect();
    for element in ["identifikasjonsnummer", "foedsel", "familierelasjon", "foreldreansvar", "bostedsadresse"]
    {
        assert!(told.contains(&element), "{element}");
    }
    let grounds =
        thick.hendelse.egenskapshendelse.iter().find(|one| one.entitet == "identitetsgrunnlag").unwrap();
    assert_eq!(grounds.opplysning["identitetsgrunnlag"]["legitimasjonskontroll"], "ikkeKontrollert");
    assert!(grounds.opplysning["identitetsgrunnlag"].get("erGjeldende").is_none());

    // The document as the event left it stays when the person changes again.
    let stored = feed[1].hendelse.persondokument.as_ref().unwrap();
    let path = format!("{BASE}/personer/arkiv/{stored}?part=familierelasjon");
    register.foedsel(&foedselsmelding("h-2", &f.mor)).await;
    assert_eq!(register.get(&path).await.json()["familierelasjon"].as_array().unwrap().len(), 1);
    assert_eq!(register.alt(&f.mor).await.familierelasjon.len(), 2);

    let asked = json!({"dokumentidentifikator": [stored, "0".repeat(32)]});
    let bulk = register.post(&format!("{BASE}/personer/bulkoppslag/arkiv/"), SCOPE_MED_HJEMMEL, &asked).await;
    assert_eq!(bulk.json().as_array().unwrap().len(), 1);
    let asked = json!({"dokumentidentifikator": [feed[2].hendelse.hendelsesdokument, id]});
    let bulk =
        register.post(&format!("{BASE}/hendelser/bulkoppslag/"), SCOPE_MED_HJEMMEL, &asked).await.json();
    assert_eq!(bulk[0]["hendelse"]["hendelsestype"], "endringIForeldreansvar");
    assert_eq!(bulk[1]["dokumentidentifikator"], Value::from(id.as_str()));
    let used = register.log.entries_about(&child, None, 100).await.unwrap();
    assert!(used.iter().any(|entry| entry.access.what.starts_with("Leste hva som er endret")));
    assert!(used.iter().any(|entry| entry.access.what.starts_with("Leste at noe er endret")));
}

#[tokio::test]
async fn a_cursor_that_cannot_be_is_refused() {
    let register = register().await;
    for query in [
        "?seq=2",
        "?seq=9000000000000000000",
        "?seq=-1",
        "?seq=x",
        "",
        "?seq=1&seq=2",
        "?seq=99999999999999999999",
    ] {
        let svar = register.get(&format!("{BASE}/hendelser/feed/{query}")).await;
        assert_eq!(svar.status, StatusCode::BAD_REQUEST, "{query}: {}", svar.tekst);
        assert!(svar.json()["melding"].as_str().unwrap().starts_with("seq"), "{query}: {}", svar.tekst);
    }
    assert_eq!(register.get(&format!("{BASE}/hendelser/feed/?seq=0")).await.status, StatusCode::OK);
    let refused = register.get_som(&format!("{BASE}/hendelser/feed/?seq=1"), SCOPE_FINANS).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn someone_who_becomes_protected_is_protected_in_the_archive_too() {
    let register = register().await;
    let mor = folk().mor;
    register.foedsel(&foedselsmelding("a-1", &mor)).await;
    let stored = register.feed().await[1].hendelse.persondokument.clone().unwrap();
    let path = format!("{BASE}/personer/arkiv/{stored}");
    assert!(register.get(&path).await.json().get("bostedsadresse").is_some());
    let mut person = dokumenter().remove(0);
    person.adressebeskyttelse.push(Adressebeskyttelse {
        graderingsnivaa: Gradering::StrengtFortrolig,
        er_gjeldende: true,
        ..Adressebeskyttelse::default()
    });
    assert_eq!(register.last_inn(&ndjson(&[person])).await.status, StatusCode::OK);
    assert!(register.get(&path).await.json().get("bostedsadresse").is_none());
}

#[tokio::test]
async fn an_event_tells_no_address_of_one_who_is_or_has_become_protected() {
    let register = register().await;
    let f = folk();
    /// The elements of all events about a person, singly and in bulk.
    async fn told(register: &Register, pid: &Pid) -> (Vec<String>, String) {
        let of_person = register.feed().await.into_iter().map(|line| line.hendelse);
        let of_person = of_person.filter(|one| one.folkeregisteridentifikator == *pid);
        let ids: Vec<String> = of_person.filter_map(|one| one.hendelsesdokument).collect();
        let (mut elements, mut text) = (Vec::new(), String::new());
        for id in &ids {
            let event = register.get(&format!("{BASE}/hendelser/{id}")).await.json();
            let entries = event["hendelse"]["egenskapshendelse"].as_array().unwrap();
            elements.extend(entries.iter().map(|one| one["entitet"].as_str().unwrap().to_owned()));
            text += &event.to_string();
        }
        let asked = json!({ "dokumentidentifikator": ids });
        text += &register
            .post(&format!("{BASE}/hendelser/bulkoppslag"), SCOPE_MED_HJEMMEL, &asked)
            .await
            .json()
            .to_string();
        (elements, text)
    }
    let has = |elements: &[String]| elements.iter().any(|one| one == "bostedsadresse");

    let child = register.foedsel(&foedselsmelding("b-1", &f.kode6)).await.foedsels_eller_d_nummer.unwrap();
    let (elements, text) = told(&register, &child).await;
    assert!(!has(&elements) && elements.len() > 5, "{elements:?}");
    assert!(!text.contains("vegadresse") && !text.contains("matrikkel"), "no address leaves the register");

    let child = register.foedsel(&foedselsmelding("b-2", &f.mor)).await.foedsels_eller_d_nummer.unwrap();
    assert!(has(&told(&register, &child).await.0), "others' are told");
    let mut person = register.alt(&child).await;
    person.adressebeskyttelse = vec![Adressebeskyttelse {
        graderingsnivaa: Gradering::StrengtFortrolig,
        ..Adressebeskyttelse::fra(&Opphav::default())
    }];
    assert_eq!(register.last_inn(&ndjson(&[person])).await.status, StatusCode::OK);
    let (elements, text) = told(&register, &child).await;
    assert!(!has(&elements) && !text.contains("vegadresse"), "what was told before is told no more");
}

#[tokio::test]
async fn each_package_follows_what_it_may_know_of() {
    let register = register().await;
    let f = folk();
    register.foedsel(&foedselsmelding("f-1", &f.mor)).await;
    let all = register.feed().await;
    let open: Vec<i64> = all
        .iter()
        .filter(|one| {
            !["endringIFamilierelasjon", "endringIForeldreansvar"]
                .contains(&one.hendelse.hendelsetype.as_str())
        })
        .map(|one| one.sekvensnummer)
        .collect();
    assert!(open.len() < all.len() && !open.is_empty());
    for package in ["offentligutenhjemmel", "privatutenhjemmel", "finans", "privat"] {
        let base = format!("/folkeregisteret/api/{package}/v1/hendelser");
        let scope = format!("folkeregister:deling/{package}");
        for path in [format!("{base}/feed/?seq=1"), format!("{base}/feed?seq=1")] {
            let page = register.get_som(&path, &scope).await;
            assert_eq!(page.status, StatusCode::OK, "{}", page.tekst);
            let page: Vec<LagretHendelse> = serde_json::from_value(page.json()).unwrap();
            assert_eq!(page.iter().map(|one| one.sekvensnummer).collect::<Vec<_>>(), open);
            assert!(page.iter().all(|one| {
                one.hendelse.hendelsesdokument.is_none() && one.hendelse.persondokument.is_none()
            }));
        }
        let last = register.get_som(&format!("{base}/siste/sekvensnummer"), &scope).await;
        assert_eq!(last.json(), json!(all.len()));
        let ahead = register.get_som(&format!("{base}/feed?seq={}", all.len() + 2), &scope).await;
        assert_eq!(ahead.status, StatusCode::BAD_REQUEST);
    }
    for (package, scope) in [("presse", "presse"), ("eid", "utstedereid")] {
        let path = format!("/folkeregisteret/api/{package}/v1/hendelser/feed?seq=1");
        let scope = format!("folkeregister:deling/{scope}");
        assert_eq!(register.get_som(&path, &scope).await.status, StatusCode::FORBIDDEN);
    }
}
