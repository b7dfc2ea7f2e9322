//! Senders hand letters over and fetch receipts.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use axum::body::Body;
use clients::orgs;
use clients::postkasse::{Fingeravtrykk, multipart};
use common::*;
use http::{Request, StatusCode};
use jiff::SignedDuration;
use kernel::testing::token;
use serde_json::{Value, json};

#[tokio::test]
async fn a_letter_to_a_mailbox_is_delivered_and_receipted() {
    let f = fixture().await;
    let melding = f.digital();
    let (status, answer) = f.send(&melding).await;
    assert_eq!(
        (status, answer),
        (StatusCode::CREATED, json!({ "messageId": melding.id(), "status": "SENDT" }))
    );
    assert_eq!(f.titles(KARI).await, ["Vedtak om barnetrygd"]);
    assert_eq!(f.titles(OLA).await, [""; 0]);

    let (status, statuses) = f.get_json(&format!("{OUT}/{}/statuses", melding.id()), &f.nav).await;
    let now = f.clock.now().to_string();
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        statuses,
        json!([{ "status": "OPPRETTET", "timestamp": now }, { "status": "SENDT", "timestamp": now }])
    );

    let receipts = f.receipt_messages("").await;
    let [receipt] = receipts.as_slice() else { panic!("{receipts:?}") };
    assert_eq!((receipt.kind(), receipt.konversasjon()), ("leveringskvittering", melding.konversasjon()));
    let header = &receipt.standard_business_document.header;
    assert_eq!(header.sender[0].identifier, of(orgs::POSTKASSE.orgnr));
    assert_eq!(header.receiver[0].identifier, of(NAV));
    assert_ne!(receipt.id(), melding.id());
    // Read once, and never seen again; reading it twice is no fault, and no other sender's business.
    let read = format!("{IN}/{}/read", receipt.id());
    let other = f.organisation(orgs::SKATTEETATEN.orgnr, SEND);
    assert_eq!(f.raw("POST", &read, &other, "application/json", vec![]).await.0, StatusCode::NOT_FOUND);
    for _ in 0..2 {
        assert_eq!(f.raw("POST", &read, &f.nav, "application/json", vec![]).await.0, StatusCode::OK);
    }
    assert_eq!(f.receipts("").await, []);
}

#[tokio::test]
async fn the_same_message_again_changes_nothing_and_another_with_its_id_is_refused() {
    let f = fixture().await;
    let melding = f.digital();
    let first = f.send(&melding).await;
    // Sent again later: another token, another moment of making, the same letter.
    f.clock.advance(SignedDuration::from_secs(600));
    let mut again = melding.clone();
    let token = f.organisation(NAV, SEND);
    part(&mut again).maskinportentoken.clone_from(&token);
    again.standard_business_document.header.document_identification.creation_date_and_time = f.clock.now();
    assert_eq!(f.send_as(&token, "", &again, PDF).await, first);

    let mut other_title = melding.clone();
    part(&mut other_title).ikkesensitivtittel.push('!');
    let mut other_document = melding.clone();
    part(&mut other_document).dokumentpakkefingeravtrykk = Fingeravtrykk::of(b"%PDF-1.7 another");
    let mut print = f.print();
    print.standard_business_document.header.document_identification.instance_identifier = melding.id();
    for (other, pdf) in [(other_title, PDF), (other_document, b"%PDF-1.7 another".as_slice()), (print, PDF)] {
        let (status, problem) = f.send_as(&f.nav, "", &other, pdf).await;
        assert_eq!(status, StatusCode::CONFLICT, "{problem}");
        assert!(problem["felt"].as_str().unwrap().ends_with("documentIdentification.instanceIdentifier"));
    }
    assert_eq!(f.send_as(&f.nav, "?kanal=b", &melding, PDF).await.0, StatusCode::CONFLICT);
    assert_eq!(f.titles(KARI).await.len(), 1);
    assert_eq!(f.receipts("").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_at_once_one_is_kept() {
    let f = std::sync::Arc::new(fixture().await);
    let melding = f.digital();
    let sending = (0..24).map(|_| {
        let (f, melding) = (f.clone(), melding.clone());
        tokio::spawn(async move { f.send(&melding).await.0 })
    });
    let statuses = futures::future::join_all(sending).await;
    assert!(statuses.iter().all(|status| *status.as_ref().unwrap() == StatusCode::CREATED));
    assert_eq!(f.titles(KARI).await.len(), 1);
    assert_eq!(f.receipts("").await.len(), 1);
}

#[tokio::test]
async fn a_receipt_comes_on_the_channel_and_to_the_unit_of_its_message() {
    let f = fixture().await;
    let (plain, mut unit) = (f.digital(), f.digital());
    part(&mut unit).avsender.avsenderidentifikator = Some("enhet-1".to_owned());
    f.send(&plain).await;
    f.send_as(&f.nav, "?kanal=fagsystem%20a", &unit, PDF).await;
    let of = |melding: &clients::postkasse::Melding| {
        [("leveringskvittering".to_owned(), melding.konversasjon().unwrap())]
    };
    assert_eq!(f.receipts("").await, of(&plain));
    assert_eq!(f.receipts("?kanal=fagsystem%20a").await, of(&unit));
    assert_eq!(f.receipts("?kanal=fagsystem%20a&avsenderidentifikator=enhet-1").await, of(&unit));
    assert_eq!(f.receipts("?kanal=fagsystem%20a&avsenderidentifikator=enhet-2").await, []);
    assert_eq!(f.receipts("?kanal=b").await, []);
    let (_, problem) = f.send_as(&f.nav, &format!("?kanal={}", "k".repeat(101)), &f.digital(), PDF).await;
    assert_eq!(problem["felt"], "kanal");
    for query in ["?page_size=0", "?page_size=101", "?page_size=x"] {
        assert_eq!(f.get(&format!("{IN}{query}"), &f.nav).await.0, StatusCode::BAD_REQUEST, "{query}");
    }
    for n in 0..3 {
        f.send(&f.digital()).await;
        assert_eq!(f.receipts("?page_size=2").await.len(), 2.min(n + 2));
    }
}

#[tokio::test]
async fn what_cannot_be_delivered_gives_a_receipt_of_the_fault() {
    let f = fixture().await;
    let mut lost = f.digital();
    part(&mut lost).mottaker.postkasseadresse = "ingen#0000".to_owned();
    // The supplier signs for NAV, with a token that was not given to it.
    let mut forged = f.digital();
    forged.standard_business_document.header.sender[0].identifier = of(SUPPLIER);
    for melding in [&lost, &forged] {
        let (status, answer) = f.send(melding).await;
        assert_eq!((status, &answer["status"]), (StatusCode::CREATED, &json!("FEILET")));
        assert_eq!(f.send(melding).await, (status, answer));
        let (_, statuses) = f.get_json(&format!("{OUT}/{}/statuses", melding.id()), &f.nav).await;
        assert_eq!(statuses[1]["status"], "FEILET");
        assert!(!statuses[1]["beskrivelse"].as_str().unwrap().is_empty());
    }
    let receipts = f.receipt_messages("").await;
    assert_eq!(receipts.len(), 2);
    for receipt in receipts {
        let feil = receipt.standard_business_document.feil.unwrap();
        assert_eq!(feil.feiltype, clients::postkasse::Feiltype::Klient);
        assert!(feil.detaljer.is_some());
    }
    assert_eq!(f.titles(KARI).await, [""; 0]);
    assert_eq!(f.store.query("SELECT 1 FROM dokument", &[]).await.unwrap().len(), 0);

    // With a token that names it as supplier, it may.
    let token = organisation_token(&f.test.ctx, NAV, Some(SUPPLIER), SEND);
    let mut supplied = f.digital();
    part(&mut supplied).maskinportentoken.clone_from(&token);
    supplied.standard_business_document.header.sender[0].identifier = of(SUPPLIER);
    assert_eq!(f.send_as(&token, "", &supplied, PDF).await.1["status"], "SENDT");
}

#[tokio::test]
async fn the_access_point_checks_what_it_is_given() {
    let f = fixture().await;
    let refused = |status: StatusCode, answer: (StatusCode, Value), field: &str| {
        assert_eq!(
            (answer.0, answer.1["felt"].as_str().unwrap_or_default()),
            (status, field),
            "{}",
            answer.1
        );
    };
    let bad = StatusCode::BAD_REQUEST;
    let melding = f.digital();
    // Another's name as sender; another token inside than outside; another document than the digest's.
    let mut other = f.digital();
    part(&mut other).avsender.virksomhetsidentifikator = of(orgs::SKATTEETATEN.orgnr);
    refused(
        StatusCode::FORBIDDEN,
        f.send(&other).await,
        "standardBusinessDocument.digital.avsender.virksomhetsidentifikator.value",
    );
    let token = f.organisation(NAV, SEND);
    refused(
        bad,
        f.send_as(&token, "", &melding, PDF).await,
        "standardBusinessDocument.digital.maskinportentoken",
    );
    let digest = "standardBusinessDocument.digital.dokumentpakkefingeravtrykk.digestValue";
    refused(bad, f.send_as(&f.nav, "", &melding, b"%PDF-1.7 another").await, digest);
    refused(
        bad,
        f.send_changed(&melding, |m| {
            m["standardBusinessDocument"]["digital"]["dokumentpakkefingeravtrykk"]["digestValue"] =
                json!("AAAA");
        })
        .await,
        digest,
    );
    refused(bad, f.send_as(&f.nav, "", &melding, b"<html>").await, "dokumentpakke");
    refused(bad, f.send_as(&f.nav, "", &melding, b"").await, "dokumentpakke");
    // A provider that is not served here, and a mailbox provider for a letter to print.
    let receiver = "standardBusinessDocument.standardBusinessDocumentHeader.receiver[0].identifier.value";
    for (mut melding, number) in [
        (f.digital(), orgs::SKATTEETATEN.orgnr),
        (f.print(), orgs::POSTKASSE.orgnr),
        (f.digital(), orgs::UTSKRIFT.orgnr),
    ] {
        melding.standard_business_document.header.receiver[0].identifier = of(number);
        refused(bad, f.send(&melding).await, receiver);
    }
    for number in ["984661185", "922020175"] {
        let mut melding = f.digital();
        melding.standard_business_document.header.receiver[0].identifier = of(number);
        assert_eq!(f.send(&melding).await.0, StatusCode::CREATED);
    }
    // What the schemas leave open.
    let header = |name: &str| format!("standardBusinessDocument.standardBusinessDocumentHeader.{name}");
    for (pointer, value, field) in [
        ("/sender/0/identifier/value", json!("0192:310000028"), header("sender[0].identifier.value")),
        ("/sender", json!([]), header("sender")),
        ("/documentIdentification/type", json!("flyttet"), header("documentIdentification.type")),
        ("/documentIdentification/standard", json!("x"), header("documentIdentification.standard")),
        ("/businessScope/scope", json!([]), header("businessScope.scope")),
        ("/businessScope/scope/0/identifier", json!("x"), header("businessScope.scope[0].identifier")),
    ] {
        let answer = f
            .send_changed(&melding, |m| {
                *m.pointer_mut(&format!(
                    "/standardBusinessDocument/standardBusinessDocumentHeader{pointer}"
                ))
                .unwrap() = value;
            })
            .await;
        refused(bad, answer, &field);
    }
    assert_eq!(f.titles(KARI).await.len(), 2);
}

#[tokio::test]
async fn the_form_has_two_parts_of_known_types() {
    let f = fixture().await;
    let message = serde_json::to_vec(&f.digital()).unwrap();
    let good = ("forretningsmelding", "application/json", message.as_slice());
    let pdf = ("dokumentpakke", "application/pdf", PDF);
    for (parts, status, field) in [
        (vec![good], 400, "dokumentpakke"),
        (vec![pdf], 400, "forretningsmelding"),
        (vec![], 400, ""),
        (vec![good, good, pdf], 400, "multipart"),
        (vec![good, pdf, ("ekstra", "text/plain", b"x".as_slice())], 400, "multipart"),
        (vec![("forretningsmelding", "application/jwt", b"a.b.c"), pdf], 400, "dokumentpakke"),
        (vec![good, ("dokumentpakke", "application/cms", b"x")], 400, "dokumentpakke"),
        (vec![("forretningsmelding", "text/xml", b"<x/>"), pdf], 415, "forretningsmelding"),
        (vec![good, ("dokumentpakke", "application/zip", b"PK")], 415, "dokumentpakke"),
        (vec![("forretningsmelding", "application/json", b"{"), pdf], 400, "forretningsmelding"),
        (vec![("forretningsmelding", "application/json", b"[]"), pdf], 400, "forretningsmelding"),
    ] {
        let (answered, problem) = f.send_parts(&parts).await;
        assert_eq!(answered.as_u16(), status, "{problem}");
        assert!(field.is_empty() || problem["felt"] == field, "{field}: {problem}");
    }
    let (status, _, _) = f.raw("POST", OUT, &f.nav, "application/json", message.clone()).await;
    assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let (status, _, _) =
        f.raw("POST", OUT, &f.nav, "multipart/form-data; boundary=b", b"--b\r\nContent-Disp".to_vec()).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(f.send_parts(&[good, pdf]).await.0, StatusCode::CREATED);
}

#[tokio::test]
async fn a_letter_may_be_large_and_not_too_large() {
    let f = fixture().await;
    let mut pdf = PDF.to_vec();
    pdf.resize(50_000_000, b' ');
    let mut melding = f.digital();
    part(&mut melding).dokumentpakkefingeravtrykk = Fingeravtrykk::of(&pdf);
    assert_eq!(f.send_as(&f.nav, "", &melding, &pdf).await.0, StatusCode::CREATED);
    let (_, headers, body) = f.get(&format!("{INBOX}/{}/dokumenter/0", melding.id()), &f.person(KARI)).await;
    assert_eq!((headers["content-type"].to_str().unwrap(), body.len()), ("application/pdf", pdf.len()));

    pdf.resize(51_000_000, b' ');
    let (status, problem) = f.send_as(&f.nav, "", &f.digital(), &pdf).await;
    assert_eq!(
        (status, &problem["felt"]),
        (StatusCode::PAYLOAD_TOO_LARGE, &json!("dokumentpakke")),
        "{problem}"
    );
    let printer = f.organisation(SUPPLIER, "felles:utskrift");
    let path = format!("{QUEUE}/{}/status", melding.id());
    assert_eq!(
        f.raw("POST", &path, &printer, "application/json", pdf).await.0,
        StatusCode::PAYLOAD_TOO_LARGE
    );
}

#[tokio::test]
async fn only_a_senders_valid_token_opens_the_access_point() {
    let f = fixture().await;
    let melding = f.digital();
    f.send(&melding).await;
    let (kind, body) = multipart(melding.id(), &melding, PDF).unwrap();
    let id = melding.id();
    let (statuses, read) = (format!("{OUT}/{id}/statuses"), format!("{IN}/{id}/read"));
    let doors = [("POST", OUT), ("GET", statuses.as_str()), ("GET", IN), ("POST", read.as_str())];
    let now = f.clock.now().as_second();
    let consumer = json!({ "authority": "iso6523-actorid-upis", "ID": format!("0192:{NAV}") });
    let claims = |claims: Value| token(&f.test.ctx, claims);
    for (token, status) in [
        (claims(json!({ "iss": "maskinporten", "scope": SEND, "consumer": consumer, "exp": now - 60 })), 401),
        (claims(json!({ "iss": "idporten", "scope": SEND, "pid": KARI, "consumer": consumer })), 401),
        ("x.y.z".to_owned(), 401),
        (f.organisation(NAV, "felles:utskrift"), 403),
        (claims(json!({ "iss": "maskinporten", "scope": SEND })), 403),
    ] {
        for (method, path) in doors {
            let answer = f.raw(method, path, &token, &kind, body.clone()).await;
            assert!(
                answer.0.as_u16() == status || (answer.0 == 403 && status == 403),
                "{method} {path}: {}",
                answer.0
            );
        }
    }
    for (method, path) in doors {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", &kind)
            .body(Body::from(body.clone()))
            .unwrap();
        let (status, headers, _) = f.answer(request).await;
        assert_eq!(
            (status, headers["www-authenticate"].to_str().unwrap()),
            (StatusCode::UNAUTHORIZED, "Bearer"),
            "{method} {path}"
        );
    }
    // Another sender does not see that the message exists.
    let other = f.organisation(orgs::SKATTEETATEN.orgnr, SEND);
    for path in [statuses.as_str(), &format!("{OUT}/{}/statuses", f.rng.uuid()), &format!("{OUT}/x/statuses")]
    {
        assert_eq!(f.get(path, &other).await.0, StatusCode::NOT_FOUND, "{path}");
    }
}

/// What a letter of 20 kB costs, through the router. `cargo test -p postkasse --release -- --ignored --nocapture`
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures and asserts nothing"]
async fn a_letter_costs() {
    let f = std::sync::Arc::new(fixture().await);
    let mut pdf = PDF.to_vec();
    pdf.resize(20_000, b' ');
    for callers in [1_usize, 16, 64] {
        let each = 1600 / callers.max(4);
        let bodies: Vec<Vec<_>> = (0..callers)
            .map(|_| {
                let made = (0..each).map(|_| {
                    let mut melding = f.digital();
                    part(&mut melding).dokumentpakkefingeravtrykk = Fingeravtrykk::of(&pdf);
                    multipart(melding.id(), &melding, &pdf).unwrap()
                });
                made.collect()
            })
            .collect();
        let begin = std::time::Instant::now();
        let sending = bodies.into_iter().map(|bodies| {
            let f = f.clone();
            tokio::spawn(async move {
                for (kind, body) in bodies {
                    assert_eq!(f.raw("POST", OUT, &f.nav, &kind, body).await.0, StatusCode::CREATED);
                }
            })
        });
        futures::future::join_all(sending.collect::<Vec<_>>()).await;
        let micros = begin.elapsed().as_micros() as f64 / (callers * each) as f64;
        println!("{callers} callers: {micros:.0} µs a letter, {:.0} letters/s", 1e6 / micros);
    }
}
