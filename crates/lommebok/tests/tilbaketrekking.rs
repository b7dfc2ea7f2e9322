//! A person sees what they have fetched and withdraws it, and verifiers learn of it by the status list. And the issuer with a
//! certificate.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{Answer, Browser, Fixture, ISSUER, KARI, fixture, fixture_of, key, request};
use http::Request;
use jiff::SignedDuration;
use kernel::jose::status_list::{self, Place, StatusList};
use kernel::jose::{Alg, Certified, Jwt, KeySet, sd_jwt};
use serde_json::{Value, json};

/// Fetches this many credentials.
async fn fetch(f: &Fixture, count: usize) -> Vec<String> {
    let (token, nonce) = (f.token().await, f.nonce().await);
    let proofs: Vec<String> = (0..count).map(|_| f.proof(&key(), &nonce, &json!({}))).collect();
    let answer = f.ask(&format!("Bearer {token}"), None, &request(&proofs)).await.is(200).json();
    let list = answer["credentials"].as_array().unwrap().clone();
    list.iter().map(|one| one["credential"].as_str().unwrap().to_owned()).collect()
}

async fn keys(f: &Fixture) -> KeySet {
    KeySet::parse(f.get("/lommebok/jwks.json").await.is(200).text.as_bytes()).unwrap()
}

/// The place of a credential, as its verified claims say.
async fn place(f: &Fixture, credential: &str) -> Place {
    let parsed = sd_jwt::SdJwt::parse(credential).unwrap();
    let kid = parsed.header().unwrap().kid.unwrap();
    let verified = parsed.verify(keys(f).await.get(&kid).unwrap(), &[Alg::ES256]).unwrap();
    Place::of(verified.claims()).unwrap().unwrap()
}

async fn status(f: &Fixture, place: &Place) -> u8 {
    let path = place.uri.strip_prefix(common::BASE).unwrap();
    let answer = f.get(path).await.is(200);
    assert_eq!(answer.headers["content-type"], "application/statuslist+jwt");
    assert_eq!(answer.headers["cache-control"], "public, max-age=60");
    let list = StatusList::verify(&answer.text, &place.uri, &keys(f).await, &[Alg::ES256], f.now()).unwrap();
    assert_eq!(list.until(f.now(), 3600), f.now() + 60);
    list.status(place.idx).unwrap()
}

/// Signs in to the page of one's credentials; the page.
async fn mine(browser: &mut Browser<'_>) -> Answer {
    assert_eq!(browser.get("/lommebok/mine").await.is(303).location(), "/lommebok/logg-inn?til=mine");
    let back = browser.begin_at("/lommebok/logg-inn?til=mine").await;
    assert_eq!(browser.get(&back).await.is(303).location(), "/lommebok/mine");
    browser.get("/lommebok/mine").await.is(200)
}

fn hidden(page: &str, name: &str) -> Vec<String> {
    let before = format!("name=\"{name}\" value=\"");
    page.split(&before).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

async fn post(f: &Fixture, browser: &Browser<'_>, fields: &[(&str, &str)]) -> Answer {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let cookies: Vec<String> =
        browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let request = Request::post("/lommebok/mine/trekk-tilbake")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("cookie", cookies.join("; "));
    f.send(request.body(body.into()).unwrap()).await
}

#[tokio::test]
async fn a_person_withdraws_what_they_have_fetched_and_nothing_else_is() {
    let f = fixture().await;
    let (first, second) = (fetch(&f, 3).await, fetch(&f, 1).await);
    let mut places = Vec::new();
    for credential in first.iter().chain(&second) {
        let place = place(&f, credential).await;
        assert!(place.uri.starts_with(&format!("{ISSUER}/status/")) && place.idx < 1 << 17);
        assert_eq!(status(&f, &place).await, 0);
        places.push(place);
    }
    let different: BTreeSet<u64> = places.iter().map(|place| place.idx).collect();
    assert_eq!(different.len(), 4);
    assert!(
        different.iter().zip(different.iter().skip(1)).any(|(one, next)| next - one > 1),
        "drawn at random"
    );

    let browser = || Browser { fixture: &f, cookies: BTreeMap::new() };
    let mut own = browser();
    let page = mine(&mut own).await.text;
    assert!(!page.contains(KARI));
    assert!(page.contains("Antall eksemplarer: 3") && page.contains("Antall eksemplarer: 1"), "{page}");
    let (batches, csrf) = (hidden(&page, "bevis"), hidden(&page, "csrf")[0].clone());
    assert_eq!(batches.len(), 2);
    let three = page.find("Antall eksemplarer: 3").unwrap() < page.find("Antall eksemplarer: 1").unwrap();
    let batch = if three { &batches[0] } else { &batches[1] };

    // Without the form's token, another browser's, doubled, or of a batch that is nobody's.
    let mut other = browser();
    let others = hidden(&mine(&mut other).await.text, "csrf")[0].clone();
    for fields in [
        vec![("bevis", batch.as_str())],
        vec![("csrf", "x"), ("bevis", batch)],
        vec![("csrf", others.as_str()), ("bevis", batch)],
        vec![("csrf", csrf.as_str())],
        vec![("csrf", csrf.as_str()), ("csrf", &csrf), ("bevis", batch)],
        vec![("csrf", csrf.as_str()), ("bevis", batch), ("bevis", batch)],
    ] {
        post(&f, &own, &fields).await.is(400);
    }
    post(&f, &own, &[("csrf", &csrf), ("bevis", "x")]).await.is(404);
    let nobody = post(&f, &browser(), &[("csrf", &csrf), ("bevis", batch)]).await.is(303);
    assert_eq!(nobody.location(), "/lommebok/logg-inn?til=mine");
    for place in &places {
        assert_eq!(status(&f, place).await, 0);
    }

    let done = post(&f, &own, &[("csrf", &csrf), ("bevis", batch)]).await.is(303);
    let page = own.get(&done.location()).await.is(200).text;
    assert!(
        page.contains("Beviset er trukket tilbake") && page.contains("Trukket tilbake 23.11.2026 kl. 10:00"),
        "{page}"
    );
    assert_eq!(hidden(&page, "bevis").len(), 1);
    post(&f, &own, &[("csrf", &csrf), ("bevis", batch)]).await.is(404);
    for (at, place) in places.iter().enumerate() {
        assert_eq!(status(&f, place).await, u8::from(at < 3), "{at}");
    }

    // The visit is over after ten minutes; what has expired is forgotten.
    f.clock.advance(SignedDuration::from_secs(600));
    own.get("/lommebok/mine").await.is(303);
    post(&f, &own, &[("csrf", &csrf), ("bevis", &batches[1])]).await.is(303);
    f.clock.advance(SignedDuration::from_hours(14 * 24));
    f.component.look_after().await.unwrap();
    let page = mine(&mut own).await.text;
    assert!(page.contains("Du har ingen bevis som gjelder"), "{page}");
    let rows = f.store.query_opt("SELECT COUNT(*) FROM issued", &[]).await.unwrap().unwrap();
    assert_eq!(rows.get::<i64>(0).unwrap(), 0);
}

#[tokio::test]
async fn there_are_no_other_lists_and_a_full_one_is_followed_by_the_next() {
    let f = fixture().await;
    for path in [
        "/lommebok/status/1",
        "/lommebok/status/x",
        "/lommebok/status/-1",
        "/lommebok/status/99999999999999999999",
    ] {
        f.get(path).await.is(404);
    }
    let first = place(&f, &fetch(&f, 1).await[0]).await;
    assert_eq!(first.uri, format!("{ISSUER}/status/1"));
    f.get("/lommebok/status/01").await.is(404);
    f.get("/lommebok/status/2").await.is(404);
    let full: Result<u64, kernel::store::StoreError> = f
        .store
        .write(|tx| Box::pin(async move { tx.execute("UPDATE status_list SET used = 65530", &[]).await }))
        .await;
    full.unwrap();
    assert_eq!(place(&f, &fetch(&f, 6).await[0]).await.uri, first.uri);
    assert_eq!(place(&f, &fetch(&f, 1).await[0]).await.uri, format!("{ISSUER}/status/2"));
    // The first is served as long as a credential of it lives.
    f.component.look_after().await.unwrap();
    assert_eq!(status(&f, &first).await, 0);
    f.clock.advance(SignedDuration::from_hours(15 * 24));
    f.component.look_after().await.unwrap();
    f.get("/lommebok/status/1").await.is(404);
    f.get("/lommebok/status/2").await.is(200);
}

#[tokio::test]
async fn an_issuer_with_a_certificate_shows_it_and_publishes_its_key() {
    // The chain is for others to verify; here it only has to be passed on.
    let certified = Certified::new(key(), vec!["AQID".to_owned(), "BAUG".to_owned()]).unwrap();
    let f = fixture_of(Some(certified.clone())).await;
    let credential = fetch(&f, 1).await.remove(0);
    let header = sd_jwt::SdJwt::parse(&credential).unwrap().header().unwrap();
    assert_eq!(header.x5c, Some(json!(["AQID", "BAUG"])));
    assert_eq!(
        (header.typ.as_deref(), header.kid.as_deref()),
        (Some("dc+sd-jwt"), Some(certified.key().kid()))
    );
    let place = place(&f, &credential).await;
    assert_eq!(status(&f, &place).await, 0);
    let list = f.get("/lommebok/status/1").await.text;
    let header = Jwt::parse(&list).unwrap().header().clone();
    assert_eq!((header.typ.as_deref(), header.x5c), (Some(status_list::TYP), Some(json!(["AQID", "BAUG"]))));

    // What signs is published besides the issuer's own key, and stays while what it signed may live.
    let published = f.get("/lommebok/jwks.json").await.is(200);
    assert_eq!(published.headers["cache-control"], "max-age=3600, must-revalidate");
    assert_eq!(published.json()["keys"].as_array().unwrap().len(), 2);
    assert!(!published.text.contains("\"d\""));
    f.clock.advance(SignedDuration::from_hours(20 * 24));
    f.component.look_after().await.unwrap();
    let kid = json!(certified.key().kid());
    let known = |jwks: &Value| jwks["keys"].as_array().unwrap().iter().any(|jwk| jwk["kid"] == kid);
    assert!(known(&f.get("/lommebok/jwks.json").await.json()));

    let rsa = kernel::jose::SigningKey::generate(Alg::RS256).unwrap();
    let wrong = Certified::new(rsa, vec!["AQID".to_owned()]).unwrap();
    assert!(common::component(&f.test, Some(wrong)).await.is_err());
    // Another node, or the same with a new certificate: the old key is published there too.
    let next = Certified::new(key(), vec!["AQID".to_owned()]).unwrap();
    let other = common::component(&f.test, Some(next)).await.unwrap();
    let router: axum::Router = other.router().into();
    let g = Fixture { router, ..f };
    let jwks = g.get("/lommebok/jwks.json").await.json();
    assert!(known(&jwks) && jwks["keys"].as_array().unwrap().len() == 3, "{jwks}");
}
