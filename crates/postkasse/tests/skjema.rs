//! What is sent and taken fits the published schemas of Digital post til innbyggere, and what does not fit is refused.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use clients::postkasse::{Epostvarsel, Melding, Smsvarsel, Varsler};
use common::*;
use http::StatusCode;
use serde_json::{Value, json};

fn schemas() -> Option<(schema::Schemas, std::path::PathBuf)> {
    let root = schema::standards();
    if root.is_none() {
        eprintln!("skipped: the published schemas are not here (FELLES_STANDARDS names their directory)");
    }
    root.map(|root| (schema::Schemas::read(&root), root))
}

/// The same message with one change.
fn with(melding: &Melding, pointer: &str, value: Option<Value>) -> Value {
    let mut all = serde_json::to_value(melding).unwrap();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent =
        all.pointer_mut(&format!("/standardBusinessDocument{parent}")).unwrap_or_else(|| panic!("{pointer}"));
    match (parent, value) {
        (Value::Array(items), Some(value)) => items[name.parse::<usize>().unwrap()] = value,
        (Value::Object(object), Some(value)) => drop(object.insert(name.to_owned(), value)),
        (Value::Object(object), None) => drop(object.remove(name)),
        other => panic!("{pointer}: {other:?}"),
    }
    all
}

fn full(f: &Fixture) -> Melding {
    let mut melding = f.digital();
    let digital = part(&mut melding);
    digital.virkningsdato = Some("2026-11-23".parse().unwrap());
    digital.virkningstidspunkt = Some(f.clock.now());
    digital.varsler = Some(Varsler {
        epostvarsel: Some(Epostvarsel {
            epostadresse: "kari@example.no".to_owned(),
            varslingstekst: "Nytt brev".to_owned(),
            repetisjoner: vec![0, 7],
        }),
        smsvarsel: Some(Smsvarsel {
            mobiltelefonnummer: "+47 999 99 999".to_owned(),
            varslingstekst: "Nytt brev".to_owned(),
            repetisjoner: vec![0, 7],
        }),
    });
    melding
}

#[tokio::test]
async fn what_we_send_fits() {
    let Some((schemas, _)) = schemas() else { return };
    let f = fixture().await;
    for melding in [f.digital(), full(&f), f.print()] {
        let value = serde_json::to_value(&melding).unwrap();
        assert_eq!(schemas.faults(melding.kind(), &value), [""; 0]);
        assert_eq!(f.send(&melding).await.0, StatusCode::CREATED);
    }
    // Every kind of receipt.
    let mut opened = f.digital();
    part(&mut opened).aapningskvittering = true;
    let mut lost = f.digital();
    part(&mut lost).mottaker.postkasseadresse = "ingen#0000".to_owned();
    let printed = f.print();
    for melding in [&opened, &lost, &printed] {
        assert_eq!(f.send(melding).await.0, StatusCode::CREATED);
    }
    f.get(&format!("{INBOX}/{}/dokumenter/0?godtaKvittering=true", opened.id()), &f.person(KARI)).await;
    let printer = f.organisation(SUPPLIER, "felles:utskrift");
    for status in ["skrevet", "postlagt", "retur"] {
        let path = format!("{QUEUE}/{}/status", printed.id());
        let body = json!({ "status": status }).to_string().into_bytes();
        assert_eq!(f.raw("POST", &path, &printer, "application/json", body).await.0, StatusCode::OK);
    }
    let receipts = f.receipt_messages("").await;
    let mut kinds: Vec<&str> = receipts.iter().map(Melding::kind).collect();
    for receipt in &receipts {
        assert_eq!(schemas.faults(receipt.kind(), &serde_json::to_value(receipt).unwrap()), [""; 0]);
    }
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(
        kinds,
        ["aapningskvittering", "feil", "leveringskvittering", "mottakskvittering", "returpostkvittering"]
    );
}

#[tokio::test]
async fn one_fault_each_is_refused_by_the_schema_and_by_us() {
    let Some((schemas, _)) = schemas() else { return };
    let f = fixture().await;
    let long = |length: usize| Some(json!("x".repeat(length)));
    const D: &str = "/standardBusinessDocumentHeader/documentIdentification";
    let (digital, print) = (full(&f), f.print());
    let faults: Vec<(&Melding, String, Option<Value>)> = [
        ("/standardBusinessDocumentHeader/headerVersion", None),
        ("/standardBusinessDocumentHeader/sender", None),
        ("/standardBusinessDocumentHeader/sender/0/identifier/value", Some(json!(7))),
        ("/standardBusinessDocumentHeader/ekstra", Some(json!(1))),
        ("/standardBusinessDocumentHeader/documentIdentification/typeVersion", None),
        ("/standardBusinessDocumentHeader/documentIdentification/creationDateAndTime", None),
        (
            "/standardBusinessDocumentHeader/documentIdentification/instanceIdentifier",
            Some(json!("ikke-uuid")),
        ),
        ("/standardBusinessDocumentHeader/businessScope/scope/0/type", None),
        ("/ekstra", Some(json!({}))),
        ("/digital", None),
        ("/digital/avsender", None),
        ("/digital/avsender/virksomhetsidentifikator/authority", Some(json!("orgnr"))),
        ("/digital/avsender/virksomhetsidentifikator/value", Some(json!("310000027"))),
        ("/digital/avsender/avsenderidentifikator", long(101)),
        ("/digital/avsender/fakturaReferanse", long(41)),
        ("/digital/mottaker/postkasseadresse", None),
        ("/digital/mottaker/personidentifikator", Some(json!("x"))),
        ("/digital/dokumentpakkefingeravtrykk/digestMethod", None),
        ("/digital/maskinportentoken", None),
        ("/digital/sikkerhetsnivaa", Some(json!(2))),
        ("/digital/sikkerhetsnivaa", Some(json!("4"))),
        ("/digital/ikkesensitivtittel", long(0)),
        ("/digital/ikkesensitivtittel", long(256)),
        ("/digital/spraak", Some(json!("nob"))),
        ("/digital/virkningsdato", Some(json!("i morgen"))),
        ("/digital/virkningstidspunkt", Some(json!("2026-11-23"))),
        ("/digital/aapningskvittering", Some(json!("ja"))),
        ("/digital/aapningskvittering", Some(json!(null))),
        ("/digital/ekstra", Some(json!(1))),
        ("/digital/varsler/epostvarsel/epostadresse", Some(json!("kari"))),
        ("/digital/varsler/epostvarsel/varslingstekst", long(501)),
        ("/digital/varsler/epostvarsel/repetisjoner", Some(json!([]))),
        ("/digital/varsler/epostvarsel/repetisjoner", Some(json!([26]))),
        ("/digital/varsler/smsvarsel/mobiltelefonnummer", Some(json!("abcdefgh"))),
        ("/digital/varsler/smsvarsel/mobiltelefonnummer", Some(json!("1234567"))),
        ("/digital/varsler/smsvarsel/varslingstekst", long(161)),
        ("/digital/varsler/smsvarsel/repetisjoner", Some(json!((0..11).collect::<Vec<_>>()))),
    ]
    .into_iter()
    .map(|(pointer, value)| (&digital, pointer.to_owned(), value))
    .chain(
        [
            ("/utskrift/mottaker/navn", None),
            ("/utskrift/mottaker/adresselinje1", None),
            ("/utskrift/mottaker/adresselinje1", long(101)),
            ("/utskrift/mottaker/adresselinje4", long(101)),
            ("/utskrift/mottaker/postnummer", None),
            ("/utskrift/mottaker/postnummer", Some(json!("155"))),
            ("/utskrift/mottaker/poststed", long(81)),
            ("/utskrift/mottaker/land", Some(json!("Norge"))),
            ("/utskrift/mottaker/landkode", Some(json!("NOR"))),
            ("/utskrift/utskriftstype", Some(json!("SORT_HVITT"))),
            ("/utskrift/posttype", Some(json!("C"))),
            ("/utskrift/retur", None),
            ("/utskrift/retur/returposthaandtering", Some(json!("KASTES"))),
            ("/utskrift/maskinportentoken", None),
            ("/digital", Some(json!({}))),
        ]
        .into_iter()
        .map(|(pointer, value)| (&print, pointer.to_owned(), value)),
    )
    .collect();
    assert!(faults.iter().all(|(_, pointer, _)| !pointer.starts_with(D) || pointer.len() > D.len()));
    for (melding, pointer, value) in faults {
        let bad = with(melding, &pointer, value.clone());
        assert!(!schemas.faults(melding.kind(), &bad).is_empty(), "the schema takes {pointer} = {value:?}");
        let (status, problem) = f.send_changed(melding, |message| *message = bad).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{pointer} = {value:?}: {problem}");
        let field = problem["felt"].as_str().unwrap_or_else(|| panic!("{pointer}: {problem}"));
        assert!(field.starts_with("standardBusinessDocument"), "{pointer}: {field}");
    }
    assert_eq!(f.titles(KARI).await, [""; 0]);
    assert_eq!(f.receipts("").await, []);
}

#[tokio::test]
async fn the_published_complete_message_is_read() {
    let Some((schemas, root)) = schemas() else { return };
    let text = std::fs::read(root.join("dpi/examples/digital-forretningsmelding.json")).unwrap();
    let value: Value = serde_json::from_slice(&text).unwrap();
    assert_eq!(schemas.faults("digital", &value), [""; 0]);
    let melding: Melding = serde_json::from_slice(&text).unwrap();
    assert_eq!(melding.kind(), "digital");
    // The package that comes with it gives the digest that stands in it.
    let package = std::fs::read(root.join("dpi/examples/digital-dokumentpakke.cms")).unwrap();
    let digital = melding.standard_business_document.digital.as_ref().unwrap();
    assert_eq!(clients::postkasse::Fingeravtrykk::of(&package), digital.dokumentpakkefingeravtrykk);
    // Nothing of it is lost when it is written again, but for how moments are written.
    let mut again = serde_json::to_value(&melding).unwrap();
    for pointer in [
        "/standardBusinessDocument/standardBusinessDocumentHeader/documentIdentification/creationDateAndTime",
        "/standardBusinessDocument/digital/virkningstidspunkt",
    ] {
        let moment = |value: &Value| {
            value.pointer(pointer).unwrap().as_str().unwrap().parse::<jiff::Timestamp>().unwrap()
        };
        assert_eq!(moment(&again), moment(&value));
        *again.pointer_mut(pointer).unwrap() = value.pointer(pointer).unwrap().clone();
    }
    assert_eq!(again, value);
}
