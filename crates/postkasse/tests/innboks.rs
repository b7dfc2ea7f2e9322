//! A person reads their own letters, no one else's, and the sender is told as it was agreed.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use common::*;
use http::StatusCode;
use jiff::SignedDuration;
use kernel::testing::token;
use serde_json::json;

#[tokio::test]
async fn a_letter_is_listed_shown_and_opened() {
    let f = fixture().await;
    let melding = f.digital();
    f.send(&melding).await;
    let token = f.person(KARI);
    let expected = json!({
        "id": melding.id(), "avsender": { "orgnr": NAV, "navn": "ARBEIDS- OG VELFERDSETATEN (NAV)" },
        "tittel": "Vedtak om barnetrygd", "mottatt": f.clock.now(), "aapnet": null, "sikkerhetsnivaa": 4,
        "aapningskvittering": false, "konversasjon": melding.konversasjon(), "stoerrelse": PDF.len(),
        "dokumenter": [{ "navn": "brev.pdf", "mime": "application/pdf", "stoerrelse": PDF.len() }], "signert": false,
    });
    assert_eq!(
        f.get_json(INBOX, &token).await,
        (StatusCode::OK, json!({ "meldinger": [expected], "flere": false }))
    );
    let one = format!("{INBOX}/{}", melding.id());
    assert_eq!(f.get_json(&one, &token).await, (StatusCode::OK, expected));

    f.clock.advance(SignedDuration::from_secs(60));
    let token = f.person(KARI);
    let opened = f.clock.now();
    let (status, headers, body) = f.get(&format!("{one}/dokumenter/0"), &token).await;
    assert_eq!((status, body.as_slice()), (StatusCode::OK, PDF));
    assert_eq!(headers["content-type"], "application/pdf");
    assert_eq!(headers["content-disposition"], "inline; filename*=UTF-8''brev.pdf");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert_eq!(headers["cache-control"], "no-store");
    // Opened is when it was opened first.
    f.clock.advance(SignedDuration::from_secs(60));
    f.get(&format!("{one}/dokumenter/0"), &f.person(KARI)).await;
    assert_eq!(f.get_json(&one, &f.person(KARI)).await.1["aapnet"], json!(opened));
    // No receipt was ordered, so the sender learns of the delivery alone.
    assert_eq!(f.receipts("").await.len(), 1);

    // Each reading stands in the log, and none in another's.
    let uses = f.uses(KARI).await;
    let what: Vec<&str> = uses.iter().rev().map(|entry| entry.access.what.as_str()).collect();
    let (opened, seen) = ("Åpnet eget brev", "Så hvem et eget brev er fra");
    assert_eq!(what, ["Så listen over egne brev", seen, opened, opened, seen]);
    assert!(uses.iter().all(|entry| entry.access.actor.pid == Some(entry.subject)));
    assert_eq!(f.uses(OLA).await.len(), 0);
}

#[tokio::test]
async fn the_sender_who_ordered_it_is_told_of_the_opening_after_consent() {
    let f = fixture().await;
    let mut melding = f.digital();
    part(&mut melding).aapningskvittering = true;
    f.send_as(&f.nav, "?kanal=a", &melding, PDF).await;
    let path = format!("{INBOX}/{}/dokumenter/0", melding.id());
    let token = f.person(KARI);
    for query in ["", "?godtaKvittering=false"] {
        let (status, problem) = f.get_json(&format!("{path}{query}"), &token).await;
        assert_eq!((status, &problem["felt"]), (StatusCode::CONFLICT, &json!("godtaKvittering")));
    }
    assert_eq!(f.get(&format!("{path}?godtaKvittering=kanskje"), &token).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(f.receipts("?kanal=a").await.len(), 1);
    assert_eq!(f.uses(KARI).await.len(), 0);
    for _ in 0..2 {
        assert_eq!(f.get(&format!("{path}?godtaKvittering=true"), &token).await.0, StatusCode::OK);
        // Once opened, it needs no more consent.
        assert_eq!(f.get(&path, &token).await.0, StatusCode::OK);
    }
    let kinds: Vec<String> = f.receipts("?kanal=a").await.into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["leveringskvittering", "aapningskvittering"]);
}

#[tokio::test]
async fn the_level_of_the_letter_is_demanded_for_opening_it() {
    let f = fixture().await;
    let (high, mut substantial) = (f.digital(), f.digital());
    part(&mut substantial).sikkerhetsnivaa = 3;
    f.send(&high).await;
    f.send(&substantial).await;
    for (acr, opens) in [
        ("idporten-loa-high", [true, true]),
        ("Level4", [true, true]),
        ("idporten-loa-substantial", [false, true]),
        ("Level3", [false, true]),
        ("idporten-loa-low", [false, false]),
        ("", [false, false]),
    ] {
        let token = f.person_at(KARI, acr);
        for (melding, opens) in [&high, &substantial].into_iter().zip(opens) {
            let (status, problem) =
                f.get_json(&format!("{INBOX}/{}/dokumenter/0", melding.id()), &token).await;
            assert_eq!(status == StatusCode::OK, opens, "{acr}");
            assert!(opens || (status == StatusCode::FORBIDDEN && problem["felt"] == "acr"), "{problem}");
        }
        // The title is not sensitive.
        assert_eq!(f.get_json(INBOX, &token).await.1["meldinger"].as_array().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn a_letter_is_not_seen_before_its_day() {
    let f = fixture().await;
    let (mut day, mut moment) = (f.digital(), f.digital());
    part(&mut day).virkningsdato = Some("2026-11-24".parse().unwrap());
    part(&mut moment).virkningstidspunkt = Some("2026-11-23T09:30:00Z".parse().unwrap());
    part(&mut moment).ikkesensitivtittel = "Time".to_owned();
    f.send(&day).await;
    f.send(&moment).await;
    let path = format!("{INBOX}/{}", day.id());
    assert_eq!(f.titles(KARI).await, [""; 0]);
    f.clock.set("2026-11-23T09:30:00Z".parse().unwrap());
    assert_eq!(f.titles(KARI).await, ["Time"]);
    f.clock.set("2026-11-23T22:59:59Z".parse().unwrap());
    assert_eq!(f.get(&path, &f.person(KARI)).await.0, StatusCode::NOT_FOUND);
    assert_eq!(f.get(&format!("{path}/dokumenter/0"), &f.person(KARI)).await.0, StatusCode::NOT_FOUND);
    // Midnight in Oslo.
    f.clock.set("2026-11-23T23:00:00Z".parse().unwrap());
    assert_eq!(f.titles(KARI).await, ["Vedtak om barnetrygd", "Time"]);
    assert_eq!(f.get_json(&path, &f.person(KARI)).await.1["mottatt"], "2026-11-23T23:00:00Z");
}

#[tokio::test]
async fn a_full_mailbox_comes_page_by_page() {
    let f = fixture().await;
    let mut sent = Vec::new();
    for n in 0..5 {
        // Two of them in the same moment.
        if n != 3 {
            f.clock.advance(SignedDuration::from_secs(1));
        }
        let melding = f.digital();
        assert_eq!(f.send(&melding).await.0, StatusCode::CREATED);
        sent.insert(0, melding.id().to_string());
    }
    let token = f.person(KARI);
    let (mut seen, mut before) = (Vec::new(), String::new());
    loop {
        let (_, page) = f.get_json(&format!("{INBOX}?antall=2{before}"), &token).await;
        seen.extend(
            page["meldinger"].as_array().unwrap().iter().map(|brev| brev["id"].as_str().unwrap().to_owned()),
        );
        if page["flere"] == false {
            break;
        }
        before = format!("&foer={}", seen.last().unwrap());
    }
    assert_eq!(seen, sent);
    for query in ["?antall=0", "?antall=101", "?antall=x", "?foer=x"] {
        assert_eq!(f.get(&format!("{INBOX}{query}"), &token).await.0, StatusCode::BAD_REQUEST, "{query}");
    }
    let (status, problem) = f.get_json(&format!("{INBOX}?foer={}", f.rng.uuid()), &token).await;
    assert_eq!((status, &problem["felt"]), (StatusCode::BAD_REQUEST, &json!("foer")));
}

#[tokio::test]
async fn nobody_else_gets_in() {
    let f = fixture().await;
    let melding = f.digital();
    f.send(&melding).await;
    let one = format!("{INBOX}/{}", melding.id());
    let document = format!("{one}/dokumenter/0?godtaKvittering=true");
    // The same answer for another's letter and for one that does not exist.
    let ola = f.person(OLA);
    let (_, theirs) = f.get_json(&one, &ola).await;
    let (_, nobodys) = f.get_json(&format!("{INBOX}/{}", f.rng.uuid()), &ola).await;
    assert_eq!(theirs, nobodys);
    for path in [&one, &document, &format!("{INBOX}/x")] {
        assert_eq!(f.get(path, &ola).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(f.get(&format!("{INBOX}?foer={}", melding.id()), &ola).await.0, StatusCode::BAD_REQUEST);
    let claims = |claims| token(&f.test.ctx, claims);
    for (token, status) in [
        (String::new(), 401),
        (
            claims(
                json!({ "iss": "maskinporten", "scope": "felles:post", "pid": KARI, "acr": "idporten-loa-high" }),
            ),
            401,
        ),
        (
            claims(
                json!({ "iss": "idporten", "scope": "felles:post", "pid": KARI, "exp": f.clock.now().as_second() - 60 }),
            ),
            401,
        ),
        (
            claims(json!({ "iss": "idporten", "scope": "openid", "pid": KARI, "acr": "idporten-loa-high" })),
            403,
        ),
        (claims(json!({ "iss": "idporten", "scope": "felles:post", "acr": "idporten-loa-high" })), 403),
        (f.nav.clone(), 401),
    ] {
        for path in [INBOX, &one, &document] {
            assert_eq!(f.get(path, &token).await.0.as_u16(), status, "{path}");
        }
    }
    assert_eq!(f.uses(KARI).await.len(), 0);
}

#[tokio::test]
async fn mailboxes_are_loaded_whole_or_not_at_all() {
    let f = fixture().await;
    let loader = f.organisation(SUPPLIER, "felles:innlasting");
    let load = |token: String, body: String| {
        let f = &f;
        async move {
            let answer =
                f.raw("POST", "/postkasse/innlasting/v1", &token, "application/x-ndjson", body.into()).await;
            (answer.0, json(&answer))
        }
    };
    let good = json!({ "postkasseadresse": "ny#0001", "personidentifikator": KARI }).to_string();
    for (bad, field) in [
        (
            json!({ "postkasseadresse": "ny#0002", "personidentifikator": "03851598731" }),
            "2:personidentifikator",
        ),
        (json!({ "postkasseadresse": 7, "personidentifikator": KARI }), "2:postkasseadresse"),
        (json!({ "postkasseadresse": "ny#0002", "personidentifikator": KARI, "navn": "Kari" }), "2:navn"),
    ] {
        let (status, problem) = load(loader.clone(), format!("{good}\n{bad}")).await;
        assert_eq!((status, &problem["felt"]), (StatusCode::BAD_REQUEST, &json!(field)), "{problem}");
    }
    let mut melding = f.digital();
    part(&mut melding).mottaker.postkasseadresse = "ny#0001".to_owned();
    assert_eq!(f.send(&melding).await.1["status"], "FEILET");
    assert_eq!(
        load(loader.clone(), format!("{good}\n\n{good}\n")).await,
        (StatusCode::OK, json!({ "lest": 2 }))
    );
    let mut melding = f.digital();
    part(&mut melding).mottaker.postkasseadresse = "ny#0001".to_owned();
    assert_eq!(f.send(&melding).await.1["status"], "SENDT");
    assert_eq!(load(f.nav.clone(), good.clone()).await.0, StatusCode::FORBIDDEN);
    assert_eq!(load("x".to_owned(), good).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(load(loader, "x".repeat(51 << 20)).await.0, StatusCode::PAYLOAD_TOO_LARGE);
}
