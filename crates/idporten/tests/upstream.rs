//! Signing in with the eID of another provider: a second ID-porten over HTTP, and one that answers whatever a test wants.
#![allow(clippy::unwrap_used, reason = "a test that meets the unexpected stops")]

mod common;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::HeaderMap;
use axum::routing::{get, post};
use clients::idporten::{ACR_HIGH, ACR_SUBSTANTIAL};
use common::*;
use idporten::{NewClient, Upstream, UpstreamAuth};
use jiff::SignedDuration;
use kernel::jose::{Alg, SigningKey};
use serde_json::{Value, json};
use tokio::net::TcpListener;

fn upstream(issuer: &str, auth: UpstreamAuth) -> Upstream {
    let acr = [(ACR_HIGH, "high"), (ACR_SUBSTANTIAL, "substantial")];
    Upstream {
        id: "annen".to_owned(),
        name: "Annen <eID>".to_owned(),
        issuer: issuer.to_owned(),
        client_id: "felles".to_owned(),
        auth,
        scopes: vec!["openid".to_owned(), "profile".to_owned()],
        acr: acr.map(|(acr, level)| (acr.to_owned(), level.to_owned())).into(),
        pid_claim: "pid".to_owned(),
        amr: "BankID".to_owned(),
    }
}

fn serve(listener: TcpListener, router: Router) {
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
}

/// Begins a sign-in at the client `en` and goes to the upstream eID; gives where that is.
async fn to_upstream(browser: &mut Browser<'_>, changes: &[(&str, &str)]) -> Answer {
    let answer = browser.authorize("en", changes).await;
    let id = answer.sent()["id"].clone();
    let page = browser.get(answer.location()).await;
    assert!(page.body.contains(&format!("/idporten/eid/annen?id={id}\">Annen &lt;eID&gt;")), "{}", page.body);
    browser.get(&format!("/idporten/eid/annen?id={id}")).await
}

#[tokio::test]
async fn a_person_signs_in_with_the_eid_of_another_provider() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let other = fixture_with(|ctx| ctx.base_url = base.as_str().into()).await;
    let registration = NewClient {
        redirect_uris: vec![format!("{ISSUER}/eid/annen/tilbake")],
        require_state_and_nonce: true,
        ..client("felles")
    };
    other.component.registrar().register_client(registration).await.unwrap();
    serve(listener, other.router.clone());

    let issuer = format!("{base}/idporten");
    let auth = UpstreamAuth::Key(Box::new(rsa_key()));
    let f = fixture_of(|_| {}, vec![upstream(&issuer, auth)]).await;
    let mut browser = f.browser();
    let there = to_upstream(&mut browser, &[("acr_values", ACR_HIGH), ("prompt", "login")]).await;
    assert_eq!(there.status, 302);
    let sent = there.sent();
    assert_eq!((sent["acr_values"].as_str(), sent["prompt"].as_str()), (ACR_HIGH, "login"));

    let mut over_there = other.browser();
    let page = over_there.get(&there.location().replace(&base, "")).await;
    let id = page.sent()["id"].clone();
    let kari = kari();
    let fields = [("id", id.as_str()), ("personidentifikator", kari.as_str()), ("nivaa", ACR_HIGH)];
    let back = over_there.post("/idporten/innlogging", &fields).await;
    assert!(back.location().starts_with(&format!("{ISSUER}/eid/annen/tilbake?code=")), "{}", back.location());

    // Only in the browser that began it.
    f.browser().get(back.location()).await.is_page(400, "annen nettleser");
    let code = browser.get(back.location()).await.code();
    let claims = f.id_claims("en", &code).await;
    let said = [&claims["pid"], &claims["acr"], &claims["amr"][0], &claims["iss"]];
    assert_eq!(said, [kari.as_str(), ACR_HIGH, "BankID", ISSUER]);
    // And only once.
    browser.get(back.location()).await.is_page(400, "utløpt");

    // Who cancels there can choose another way here.
    let there = to_upstream(&mut browser, &[("prompt", "login")]).await;
    let page = over_there.get(&there.location().replace(&base, "")).await;
    let id = page.sent()["id"].clone();
    let back = over_there.post("/idporten/innlogging", &[("id", &id), ("avbryt", "1")]).await;
    let page = browser.get(back.location()).await;
    page.is_page(422, "Du avbrøt");
    assert!(page.body.contains("/idporten/innlogging?id="));
}

#[tokio::test]
async fn ansattporten_takes_id_porten_as_its_eid() {
    use common::ansattporten::{self as door, ansattporten_with, ask, enhetsregister};
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let other = fixture_with(|ctx| ctx.base_url = base.as_str().into()).await;
    let registration =
        NewClient { redirect_uris: vec![format!("{}/eid/annen/tilbake", door::ISSUER)], ..client("felles") };
    other.component.registrar().register_client(registration).await.unwrap();
    serve(listener, other.router.clone());
    let eid = |issuer: &str| vec![upstream(issuer, UpstreamAuth::Key(Box::new(rsa_key())))];

    let f = ansattporten_with(enhetsregister(), eid(&format!("{base}/idporten")), true).await;
    let mut browser = f.browser();
    let answer = browser.get(&format!("/ansattporten/authorize?{}", ask("en", door::SERVICE, &[]))).await;
    let id = answer.sent()["id"].clone();
    browser.get(answer.location()).await;
    let there = browser.get(&format!("/ansattporten/eid/annen?id={id}")).await;
    let mut over_there = other.browser();
    let page = over_there.get(&there.location().replace(&base, "")).await;
    let (at, kari) = (page.sent()["id"].clone(), kari());
    let fields = [("id", at.as_str()), ("personidentifikator", kari.as_str()), ("nivaa", ACR_HIGH)];
    let back = over_there.post("/idporten/innlogging", &fields).await;
    let mut answer = browser.get(back.location()).await;
    while answer.headers.contains_key("location") {
        let next = answer.location().to_owned();
        answer = browser.get(&next).await;
    }
    answer.is_page(200, "EKSEMPEL AS");
    let answer = browser.post("/ansattporten/velg", &[("id", &id), ("valg", door::ENTERPRISE)]).await;
    let (id_token, ..) = door::tokens(&f, "en", &door::sent(&answer)["code"]).await;
    assert_eq!((&id_token["amr"][0], &id_token["acr"]), (&json!("BankID"), &json!("high")));
    assert_eq!(id_token["authorization_details"][0]["reportees"][0]["Name"], "EKSEMPEL AS");

    // Where people are real there is no test eID, and it is all that there is.
    let f = ansattporten_with(enhetsregister(), eid("https://annen.example"), false).await;
    let mut browser = f.browser();
    let answer = browser.get(&format!("/ansattporten/authorize?{}", ask("en", "", &[]))).await;
    let page = browser.get(answer.location()).await;
    let only = page.status == 302 && page.location().contains("/eid/annen");
    assert!(only || page.body.contains("/ansattporten/eid/annen?id="), "{} {}", page.status, page.body);
    assert!(!page.body.contains("Test-eID"));
}

/// A provider that answers what it is told, and counts how often its keys are fetched.
#[derive(Clone, Default)]
struct Fake {
    token: Arc<Mutex<String>>,
    keys: Arc<Mutex<Vec<SigningKey>>>,
    fetched: Arc<Mutex<u32>>,
    asked: Arc<Mutex<String>>,
}

impl Fake {
    fn router(&self, issuer: &str) -> Router {
        let metadata = json!({ "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize?x=1"),
            "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys") });
        let (tokens, keys) = (self.clone(), self.clone());
        Router::new()
            .route("/.well-known/openid-configuration", get(move || async move { axum::Json(metadata) }))
            .route(
                "/keys",
                get(move || async move {
                    *keys.fetched.lock().unwrap() += 1;
                    let jwks: Vec<_> =
                        keys.keys.lock().unwrap().iter().map(|key| key.public_jwk().clone()).collect();
                    axum::Json(json!({ "keys": jwks }))
                }),
            )
            .route(
                "/token",
                post(move |headers: HeaderMap, body: String| async move {
                    assert_eq!(headers["authorization"], "Basic ZmVsbGVzOmVuJTIwaGVtbWVsaWdoZXQ=");
                    *tokens.asked.lock().unwrap() = body;
                    let token = tokens.token.lock().unwrap().clone();
                    axum::Json(json!({ "access_token": "x", "token_type": "Bearer", "id_token": token }))
                }),
            )
    }
}

#[tokio::test]
async fn an_answer_that_does_not_hold_signs_nobody_in() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    let fake = Fake::default();
    let (own, other) = (SigningKey::generate(Alg::ES256).unwrap(), SigningKey::generate(Alg::ES256).unwrap());
    *fake.keys.lock().unwrap() = vec![own.clone()];
    serve(listener, fake.router(&issuer));
    let auth = UpstreamAuth::Secret("en hemmelighet".to_owned());
    let f = fixture_of(|_| {}, vec![upstream(&issuer, auth)]).await;
    let now = f.now();
    let kari = kari();
    // Signs in with what the fake answers: the usual claims but for `changes` (null leaves one out), signed with `key`.
    let attempt = async |changes: Value, key: &SigningKey, answer: &[(&str, &str)]| {
        let mut browser = f.browser();
        let there = to_upstream(&mut browser, &[]).await;
        assert!(there.location().starts_with(&format!("{issuer}/authorize?x=1&response_type=code&")));
        let sent = there.sent();
        let mut claims = json!({ "iss": issuer, "aud": "felles", "nonce": sent["nonce"], "iat": f.now(), "exp": f.now() + 60,
            "acr": ACR_HIGH, "pid": kari.as_str() });
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        *fake.token.lock().unwrap() = key.sign_jwt(None, &claims).unwrap();
        let mut fields = BTreeMap::from([("code", "kode"), ("state", sent["state"].as_str())]);
        fields.extend(answer.iter().copied());
        let fields: Vec<(&str, &str)> = fields.into_iter().collect();
        let back = browser.get(&format!("/idporten/eid/annen/tilbake?{}", form(&fields))).await;
        (back, sent)
    };
    let (back, sent) = attempt(json!({}), &own, &[("iss", &issuer)]).await;
    assert_eq!(f.id_claims("en", &back.code()).await["acr"], ACR_HIGH);
    let asked = parameters(&format!("?{}", fake.asked.lock().unwrap()));
    assert_eq!(challenge(&asked["code_verifier"]), sent["code_challenge"]);
    assert_eq!(asked["redirect_uri"], format!("{ISSUER}/eid/annen/tilbake"));
    // Several audiences, of which we are the authorized party.
    let several = json!({ "aud": ["felles", "en annen"], "azp": "felles" });
    assert_eq!(attempt(several, &own, &[]).await.0.status, 303);

    let does_not_hold = "holder ikke";
    for (changes, words) in [
        (json!({ "iss": "http://ond.example" }), does_not_hold),
        (json!({ "aud": "en annen" }), does_not_hold),
        (json!({ "aud": ["felles", "en annen"] }), does_not_hold),
        (json!({ "aud": null }), does_not_hold),
        (json!({ "nonce": "en annen" }), does_not_hold),
        (json!({ "nonce": null }), does_not_hold),
        (json!({ "exp": now - 61 }), does_not_hold),
        (json!({ "exp": null }), does_not_hold),
        (json!({ "iat": now + 600 }), does_not_hold),
        (json!({ "acr": "urn:noe:annet" }), does_not_hold),
        (json!({ "acr": null }), does_not_hold),
        (json!({ "pid": null }), does_not_hold),
        (json!({ "pid": 12_345_678_901_i64 }), does_not_hold),
        (json!({ "pid": "12345678901" }), does_not_hold),
        (json!({ "pid": not_synthetic() }), "ikke et syntetisk nummer"),
        (json!({ "pid": born("1950-01-01").as_str() }), "registrert som død"),
    ] {
        attempt(changes, &own, &[]).await.0.is_page(422, words);
    }
    for answer in [[("iss", "http://ond.example")], [("error", "server_error")], [("code", "")]] {
        attempt(json!({}), &own, &answer).await.0.is_page(422, does_not_hold);
    }
    let elsewhere = f.browser().get("/idporten/eid/annen/tilbake?state=x.y&code=z").await;
    elsewhere.is_page(400, "annen nettleser");
    let (_, sent) = attempt(json!({}), &own, &[("error", "access_denied")]).await;
    assert_eq!(f.get(&format!("/idporten/eid/ukjent?id={}", sent["state"])).await.status, 400);

    // Keys that are not known are looked for, but not for everybody who invents one.
    let before = *fake.fetched.lock().unwrap();
    for _ in 0..3 {
        attempt(json!({}), &other, &[]).await.0.is_page(422, does_not_hold);
    }
    assert_eq!(
        *fake.fetched.lock().unwrap(),
        before,
        "within 30 seconds of the last fetch there is no other"
    );
    f.clock.advance(SignedDuration::from_secs(31));
    fake.keys.lock().unwrap().push(other.clone());
    assert_eq!(attempt(json!({}), &other, &[]).await.0.status, 303);
    assert_eq!(*fake.fetched.lock().unwrap(), before + 1);
}

#[tokio::test]
async fn a_provider_that_does_not_answer_leaves_the_other_ways_open() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let f = fixture_of(|_| {}, vec![upstream(&issuer, UpstreamAuth::Secret("x".to_owned()))]).await;
    let mut browser = f.browser();
    let page = to_upstream(&mut browser, &[]).await;
    page.is_page(422, "svarer ikke akkurat nå");
    assert!(page.body.contains("velg en annen innloggingsmåte"));
}
