//! The printer takes letters from the queue and tells how they go.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use clients::orgs;
use clients::postkasse::Returposthaandtering;
use common::*;
use http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

async fn report(f: &Fixture, token: &str, id: Uuid, status: &str) -> (StatusCode, Value) {
    let body = json!({ "status": status }).to_string().into_bytes();
    let answer = f.raw("POST", &format!("{QUEUE}/{id}/status"), token, "application/json", body).await;
    (answer.0, json(&answer))
}

#[tokio::test]
async fn a_letter_goes_from_the_queue_to_the_post_and_back() {
    let f = fixture().await;
    let melding = f.print();
    assert_eq!(f.send(&melding).await.1["status"], "SENDT");
    let kinds = || async { f.receipts("").await.into_iter().map(|(kind, _)| kind).collect::<Vec<_>>() };
    assert_eq!(kinds().await, ["mottakskvittering"]);

    let printer = f.organisation(orgs::UTSKRIFT.orgnr, "felles:utskrift");
    let (status, queue) = f.get_json(QUEUE, &printer).await;
    assert_eq!((status, &queue["flere"]), (StatusCode::OK, &json!(false)));
    let sent = melding.standard_business_document.utskrift.as_ref().unwrap();
    let expected = json!({
        "id": melding.id(), "avsender": NAV, "mottatt": f.clock.now(), "status": "koe", "mottaker": sent.mottaker, "retur": sent.retur,
        "utskriftstype": "SORT_HVIT", "stoerrelse": PDF.len(),
        "dokumenter": [{ "navn": "brev.pdf", "mime": "application/pdf", "stoerrelse": PDF.len() }],
    });
    assert_eq!(queue["brev"], json!([expected]));
    let (status, headers, body) = f.get(&format!("{QUEUE}/{}/dokumenter/0", melding.id()), &printer).await;
    assert_eq!(
        (status, headers["content-type"].to_str().unwrap(), body.as_slice()),
        (StatusCode::OK, "application/pdf", PDF)
    );

    for (status, receipts) in
        [("skrevet", 1), ("skrevet", 1), ("postlagt", 2), ("postlagt", 2), ("retur", 3), ("retur", 3)]
    {
        let (answered, brev) = report(&f, &printer, melding.id(), status).await;
        assert_eq!((answered, &brev["status"]), (StatusCode::OK, &json!(status)));
        assert_eq!(kinds().await.len(), receipts, "{status}");
    }
    assert_eq!(kinds().await, ["mottakskvittering", "leveringskvittering", "returpostkvittering"]);
    // Only onwards.
    for status in ["koe", "skrevet", "postlagt"] {
        let (answered, problem) = report(&f, &printer, melding.id(), status).await;
        assert_eq!((answered, &problem["felt"]), (StatusCode::CONFLICT, &json!("status")));
    }
    assert_eq!(f.get_json(QUEUE, &printer).await.1["brev"], json!([]));
    assert_eq!(
        f.get_json(&format!("{QUEUE}?status=retur"), &printer).await.1["brev"][0]["id"],
        json!(melding.id())
    );
    // It lies in nobody's mailbox.
    assert_eq!(f.titles(KARI).await, [""; 0]);
}

#[tokio::test]
async fn a_letter_that_goes_straight_back_gives_no_receipt_of_it() {
    let f = fixture().await;
    let mut melding = f.print();
    let utskrift = melding.standard_business_document.utskrift.as_mut().unwrap();
    utskrift.retur.returposthaandtering = Returposthaandtering::DirekteRetur;
    f.send(&melding).await;
    let printer = f.organisation(orgs::UTSKRIFT.orgnr, "felles:utskrift");
    for status in ["postlagt", "retur"] {
        assert_eq!(report(&f, &printer, melding.id(), status).await.0, StatusCode::OK);
    }
    assert_eq!(f.receipts("").await.len(), 2);
}

#[tokio::test]
async fn a_long_queue_comes_page_by_page() {
    let f = fixture().await;
    let mut sent = Vec::new();
    for _ in 0..5 {
        let melding = f.print();
        f.send(&melding).await;
        f.send(&f.digital()).await;
        sent.push(melding.id().to_string());
    }
    let printer = f.organisation(orgs::UTSKRIFT.orgnr, "felles:utskrift");
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let (_, page) = f.get_json(&format!("{QUEUE}?antall=2{after}"), &printer).await;
        seen.extend(
            page["brev"].as_array().unwrap().iter().map(|brev| brev["id"].as_str().unwrap().to_owned()),
        );
        if page["flere"] == false {
            break;
        }
        after = format!("&etter={}", seen.last().unwrap());
    }
    assert_eq!(seen, sent);
    for query in ["?antall=0", "?antall=101", "?status=borte", "?etter=x"] {
        assert_eq!(f.get(&format!("{QUEUE}{query}"), &printer).await.0, StatusCode::BAD_REQUEST, "{query}");
    }
    assert_eq!(f.get_json(&format!("{QUEUE}?etter={}", f.rng.uuid()), &printer).await.1["felt"], "etter");
}

#[tokio::test]
async fn only_the_printer_gets_in_and_only_to_letters_to_print() {
    let f = fixture().await;
    let (print, digital) = (f.print(), f.digital());
    f.send(&print).await;
    f.send(&digital).await;
    let document = format!("{QUEUE}/{}/dokumenter/0", print.id());
    for (token, status) in [(f.nav.clone(), 403), (f.person(KARI), 401), ("x".to_owned(), 401)] {
        assert_eq!(f.get(QUEUE, &token).await.0.as_u16(), status);
        assert_eq!(f.get(&document, &token).await.0.as_u16(), status);
        assert_eq!(report(&f, &token, print.id(), "skrevet").await.0.as_u16(), status);
    }
    let printer = f.organisation(orgs::UTSKRIFT.orgnr, "felles:utskrift");
    for id in [digital.id(), f.rng.uuid()] {
        assert_eq!(f.get(&format!("{QUEUE}/{id}/dokumenter/0"), &printer).await.0, StatusCode::NOT_FOUND);
        assert_eq!(report(&f, &printer, id, "skrevet").await.0, StatusCode::NOT_FOUND);
    }
    for (kind, body, status) in [
        ("text/plain", r#"{"status":"skrevet"}"#, 415),
        ("application/json", r#"{"status":"borte"}"#, 400),
        ("application/json", r#"{"status":"skrevet","av":"meg"}"#, 400),
        ("application/json", "", 400),
    ] {
        let path = format!("{QUEUE}/{}/status", print.id());
        assert_eq!(f.raw("POST", &path, &printer, kind, body.into()).await.0.as_u16(), status, "{body}");
    }
}
