//! Followers read the feed of changes; the nation is loaded.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use common::*;
use http::StatusCode;
use serde_json::{Value, json};

const PATH: &str = "/kontaktregisteret/rest/v2/krr/hentEndringer";

async fn read(f: &Fixture, from: i64, scopes: &str) -> Value {
    let (status, answer) =
        f.send("POST", PATH, &f.organisation(scopes), &json!({ "fraEndringsId": from })).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    answer
}

#[tokio::test]
async fn a_follower_reads_to_the_end_and_goes_on_from_there() {
    let f = fixture().await;
    let all = format!("{FEED} {CONTACT} {MAILBOX}");
    let first = read(&f, 0, &all).await;
    assert_eq!(
        (&first["fraEndringsId"], &first["tilEndringsId"], &first["sisteEndringsId"]),
        (&json!(0), &json!(2), &json!(2))
    );
    assert_eq!(first["list"][0]["digital_post"], kari()["digital_post"]);
    assert_eq!(first.as_object().unwrap().len(), 4);

    // From and including: what was last comes again, with what is new.
    let token = f.person(KARI, "krr:user/kontaktinformasjon.write");
    for language in ["en", "nn"] {
        f.send("PUT", "/kontaktregisteret/rest/v2/person", &token, &json!({ "spraak": language })).await;
    }
    let next = read(&f, 2, &all).await;
    assert_eq!((&next["tilEndringsId"], &next["sisteEndringsId"]), (&json!(4), &json!(4)));
    // Each person once, in their newest state.
    let list = next["list"].as_array().unwrap();
    assert_eq!(
        list.iter().map(|p| p["personidentifikator"].as_str().unwrap()).collect::<Vec<_>>(),
        [OLA, KARI]
    );
    assert_eq!(list[1]["spraak"], "nn");
    let end = read(&f, 5, &all).await;
    assert_eq!(
        (end["list"].as_array().unwrap().len(), &end["tilEndringsId"], &end["sisteEndringsId"]),
        (0, &json!(4), &json!(4))
    );
    // What is sent again as it was is no change.
    f.load(&[ola()]).await;
    assert_eq!(read(&f, 5, &all).await["sisteEndringsId"], 4);
}

#[tokio::test]
async fn scopes_filter_the_feed_as_they_filter_look_ups() {
    let f = fixture().await;
    let bare = read(&f, 0, FEED).await["list"][0].clone();
    assert_eq!(
        bare,
        json!({ "personidentifikator": KARI, "reservasjon": "NEI", "reservasjon_oppdatert": "2023-06-13T11:42:34Z", "status": "AKTIV" })
    );
    let contact = read(&f, 0, &format!("{FEED} {CONTACT}")).await["list"][0].clone();
    assert!(contact.get("kontaktinformasjon").is_some() && contact.get("digital_post").is_none());
    let (status, _) = f
        .send("POST", PATH, &f.organisation(&format!("{CONTACT} {MAILBOX}")), &json!({ "fraEndringsId": 0 }))
        .await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert_eq!(f.logged().await, 4);
}

#[tokio::test]
async fn a_long_feed_comes_in_stretches_of_a_thousand() {
    let f = fixture().await;
    let persons: Vec<Value> = strangers(1500)
        .iter()
        .map(|pid| json!({ "personidentifikator": pid, "reservasjon": "NEI", "status": "AKTIV" }))
        .collect();
    assert_eq!(f.load(&persons).await.1, json!({ "lest": 1500 }));
    let (mut from, mut seen) = (0, std::collections::BTreeSet::new());
    loop {
        let stretch = read(&f, from, FEED).await;
        let list = stretch["list"].as_array().unwrap();
        assert!(list.len() <= 1000);
        seen.extend(list.iter().map(|person| person["personidentifikator"].to_string()));
        from = stretch["tilEndringsId"].as_i64().unwrap();
        if stretch["tilEndringsId"] == stretch["sisteEndringsId"] {
            break;
        }
    }
    assert_eq!((from, seen.len()), (1502, 1502));
}

#[tokio::test]
async fn a_wrong_place_in_the_feed_is_told() {
    let f = fixture().await;
    let token = f.organisation(FEED);
    for body in [
        json!({ "fraEndringsId": -1 }),
        json!({ "fraEndringsId": 4 }),
        json!({ "fraEndringsId": i64::MAX }),
        json!({ "fraEndringsId": "1" }),
        json!({ "fraEndringsId": 1.5 }),
    ] {
        let (status, problem) = f.send("POST", PATH, &token, &body).await;
        assert_eq!((status, &problem["felt"]), (StatusCode::BAD_REQUEST, &json!("fraEndringsId")), "{body}");
    }
    assert_eq!(f.send("POST", PATH, &token, &json!({})).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_load_is_taken_whole_or_not_at_all() {
    let f = fixture().await;
    let token = f.organisation("felles:innlasting");
    let stranger = strangers(1)[0];
    let good = json!({ "personidentifikator": stranger, "reservasjon": "NEI", "status": "AKTIV" });
    let with = |name: &str, value: Value| {
        let mut person = good.clone();
        person[name] = value;
        person
    };
    for (bad, field) in [
        (with("personidentifikator", json!("03851598731")), "2:personidentifikator"),
        (with("status", json!("IKKE_REGISTRERT")), "2:status"),
        (with("reservasjon", json!("?")), "2:reservasjon"),
        (with("spraak", json!("xx")), "2:spraak"),
        (with("kontaktinformasjon", json!({ "epostadresse": "x" })), "2:kontaktinformasjon.epostadresse"),
        (
            with("digital_post", json!({ "postkasseadresse": "a", "postkasseleverandoeradresse": "1" })),
            "2:digital_post.postkasseleverandoeradresse",
        ),
    ] {
        let (status, problem) = f.load(&[good.clone(), bad]).await;
        assert_eq!((status, &problem["felt"]), (StatusCode::BAD_REQUEST, &json!(field)), "{problem}");
    }
    assert_eq!(f.look_up(&[stranger.as_str()], MAILBOX).await[0]["status"], "IKKE_REGISTRERT");
    // Empty lines are nothing; repeating is safe.
    for _ in 0..2 {
        let (status, answer) =
            f.raw("POST", LOAD, &token, "application/x-ndjson", format!("\n{good}\n\n")).await;
        assert_eq!((status, answer), (StatusCode::OK, json!({ "lest": 1 })));
    }
    let foreign = f.organisation(CONTACT);
    assert_eq!(
        f.raw("POST", LOAD, &foreign, "application/x-ndjson", String::new()).await.0,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        f.raw("POST", LOAD, &token, "application/x-ndjson", "x".repeat(20 << 20)).await.0,
        StatusCode::PAYLOAD_TOO_LARGE
    );
}
