//! A death is reported.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use clients::folkeregister::*;
use common::*;
use http::StatusCode;
use jiff::civil::date;
use kernel::id::Pid;
use serde_json::{Value, json};

fn doedsmelding(id: &str, pid: &Pid) -> Value {
    json!({"meldingsId": id, "kilde": "helse", "doedPerson": {"foedselsnummer": pid, "doedsdato": "2026-11-22", "kommune": "0301"}})
}

async fn meld(register: &Register, melding: &Value) -> Svar {
    register.post(&format!("{MOTTAK}/doedsmelding"), SCOPE_DOEDSMELDING, melding).await
}

#[tokio::test]
async fn a_death_leaves_a_widow_and_a_parent_alone() {
    let register = register().await;
    let f = folk();
    let svar = meld(&register, &doedsmelding("d-1", &f.ektemann)).await;
    assert_eq!(svar.status, StatusCode::ACCEPTED, "{}", svar.tekst);
    let kvittering: Kvittering = serde_json::from_value(svar.json()).unwrap();
    assert_eq!(kvittering.foedsels_eller_d_nummer, Some(f.ektemann));

    let dead = register.alt(&f.ektemann).await;
    assert_eq!(
        (dead.gjeldende_status(), dead.doedsdato()),
        (Some(Personstatus::Doed), Some(date(2026, 11, 22)))
    );
    assert!(dead.er_doed() && dead.foreldreansvar.is_empty());
    let history = register
        .get(&format!("{BASE}/personer/{}?part=status&part=historikk", f.ektemann.as_str()))
        .await
        .json();
    assert_eq!(history["status"][1]["status"], "bosatt");
    assert_eq!(history["status"][1]["erGjeldende"], false);

    let widow = register.alt(&f.gift).await;
    let left = widow.gjeldende_sivilstand().unwrap();
    assert_eq!(left.sivilstand, Sivilstandstype::EnkeEllerEnkemann);
    assert_eq!(left.relatert_ved_sivilstand, Some(f.ektemann));
    assert_eq!(
        widow.foreldreansvar.iter().map(|e| (e.ansvar, e.ansvarssubjekt)).collect::<Vec<_>>(),
        [(Ansvar::Mor, Some(f.sonn))]
    );
    let son = register.alt(&f.sonn).await;
    assert_eq!(
        son.foreldreansvar.iter().map(|e| (e.ansvar, e.ansvarlig)).collect::<Vec<_>>(),
        [(Ansvar::Mor, Some(f.gift))]
    );
    assert_eq!(son.foreldre().len(), 2, "he is still the father");

    let mut told: Vec<_> = register
        .feed()
        .await
        .into_iter()
        .map(|one| (one.hendelse.folkeregisteridentifikator, one.hendelse.hendelsetype))
        .collect();
    assert_eq!(told.remove(0), (f.ektemann, "personErDoed".to_owned()));
    told.sort();
    let mut expected = vec![
        (f.ektemann, "endringIForeldreansvar".to_owned()),
        (f.gift, "endringISivilstand".to_owned()),
        (f.gift, "endringIForeldreansvar".to_owned()),
        (f.sonn, "endringIForeldreansvar".to_owned()),
    ];
    expected.sort();
    assert_eq!(told, expected);
    assert_eq!(kvittering.hendelser, [1, 2, 3, 4, 5]);

    // Then the mother dies too: the boy has nobody, and nobody is made up.
    assert_eq!(meld(&register, &doedsmelding("d-2", &f.gift)).await.status, StatusCode::ACCEPTED);
    assert!(register.alt(&f.sonn).await.foreldreansvar.is_empty());
}

#[tokio::test]
async fn a_death_is_registered_once() {
    let register = register().await;
    let mor = folk().mor;
    let first = meld(&register, &doedsmelding("d-1", &mor)).await;
    let again = meld(&register, &doedsmelding("d-1", &mor)).await;
    assert_eq!((again.status, again.tekst), (StatusCode::OK, first.tekst));
    let by_another = meld(&register, &doedsmelding("d-2", &mor)).await;
    assert_eq!(by_another.status, StatusCode::ACCEPTED);
    assert_eq!(
        (by_another.json()["merknader"].clone(), by_another.json()["hendelser"].clone()),
        (json!([merknad::ALLEREDE_DOED]), json!([]))
    );
    // A birth under the number of a death is another message.
    let birth = register
        .post(
            &format!("{MOTTAK}/foedselsmelding"),
            SCOPE_FOEDSELSMELDING,
            &foedselsmelding("d-1", &folk().kode7),
        )
        .await;
    assert_eq!(birth.status, StatusCode::CONFLICT);
    assert_eq!(register.feed().await.len(), 1);
    let refused = register
        .post(&format!("{MOTTAK}/doedsmelding"), SCOPE_FOEDSELSMELDING, &doedsmelding("d-3", &mor))
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}
