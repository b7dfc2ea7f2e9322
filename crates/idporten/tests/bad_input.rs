//! Every endpoint, tried with what no well-meaning client sends: parameters missing, doubled, oversized, mis-encoded and
//! contradictory, other people's codes, tokens, cookies and addresses, and tokens that nobody signed. The answer is the
//! specified error: to the client where its address is trusted, to the person in plain words where not; never a 500.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use aws_lc_rs::hmac;
use axum::body::Body;
use axum::http::Request;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clients::idporten::{ACR_HIGH, ASSERTION_TYPE};
use common::*;
use jiff::SignedDuration;
use kernel::jose::{Alg, SigningKey};
use serde_json::{Value, json};

/// What is done to a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Damage {
    Missing,
    Doubled,
    Oversized,
    Misencoded,
}

use Damage::{Doubled, Misencoded, Missing, Oversized};

/// A form or query with `damage` done to `name`.
fn damaged(fields: &[(&str, &str)], name: &str, damage: Damage) -> String {
    let kept: Vec<(&str, &str)> = fields.iter().filter(|(field, _)| *field != name).copied().collect();
    let value = fields.iter().find(|(field, _)| *field == name).map_or("x", |(_, value)| *value);
    let rest = form(&kept);
    match damage {
        Missing => rest,
        Doubled => format!("{rest}&{}&{}", form(&[(name, value)]), form(&[(name, value)])),
        Oversized => format!("{rest}&{}", form(&[(name, &value.repeat(20_000 / value.len() + 1))])),
        Misencoded => format!("{rest}&{name}=%ff%c3%28%"),
    }
}

async fn post_form(f: &Fixture, path: &str, form: &str) -> Answer {
    let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
    send(&f.router, request.body(Body::from(form.to_owned())).unwrap()).await
}

/// The usual request, with every parameter that is read.
const ASKED: [(&str, &str); 13] = [
    ("client_id", "en"),
    ("redirect_uri", CALLBACK),
    ("response_type", "code"),
    ("scope", "openid profile"),
    ("state", "s"),
    ("nonce", "n"),
    ("code_challenge", CHALLENGE),
    ("code_challenge_method", "S256"),
    ("acr_values", ACR_HIGH),
    ("prompt", "login"),
    ("max_age", "60"),
    ("ui_locales", "nb"),
    ("response_mode", "query"),
];

/// What is wrong with each parameter of an authorization request; an empty error means that it may be so.
const AUTHORIZE: [(&str, Damage, &str); 52] = [
    ("client_id", Missing, "page"),
    ("client_id", Doubled, "page"),
    ("client_id", Oversized, "page"),
    ("client_id", Misencoded, "page"),
    ("redirect_uri", Missing, "page"),
    ("redirect_uri", Doubled, "page"),
    ("redirect_uri", Oversized, "page"),
    ("redirect_uri", Misencoded, "page"),
    ("response_type", Missing, "invalid_request"),
    ("response_type", Doubled, "invalid_request"),
    ("response_type", Oversized, "invalid_request"),
    ("response_type", Misencoded, "unsupported_response_type"),
    ("scope", Missing, "invalid_scope"),
    ("scope", Doubled, "invalid_request"),
    ("scope", Oversized, "invalid_request"),
    ("scope", Misencoded, "invalid_scope"),
    ("state", Missing, ""),
    ("state", Doubled, "invalid_request"),
    ("state", Oversized, "invalid_request"),
    ("state", Misencoded, "invalid_request"),
    ("nonce", Missing, ""),
    ("nonce", Doubled, "invalid_request"),
    ("nonce", Oversized, "invalid_request"),
    ("nonce", Misencoded, "invalid_request"),
    ("code_challenge", Missing, "invalid_request"),
    ("code_challenge", Doubled, "invalid_request"),
    ("code_challenge", Oversized, "invalid_request"),
    ("code_challenge", Misencoded, "invalid_request"),
    ("code_challenge_method", Missing, "invalid_request"),
    ("code_challenge_method", Doubled, "invalid_request"),
    ("code_challenge_method", Oversized, "invalid_request"),
    ("code_challenge_method", Misencoded, "invalid_request"),
    ("acr_values", Missing, ""),
    ("acr_values", Doubled, "invalid_request"),
    ("acr_values", Oversized, "invalid_request"),
    ("acr_values", Misencoded, "invalid_request"),
    ("prompt", Missing, ""),
    ("prompt", Doubled, "invalid_request"),
    ("prompt", Oversized, "invalid_request"),
    ("prompt", Misencoded, "invalid_request"),
    ("max_age", Missing, ""),
    ("max_age", Doubled, "invalid_request"),
    ("max_age", Oversized, "invalid_request"),
    ("max_age", Misencoded, "invalid_request"),
    ("ui_locales", Missing, ""),
    ("ui_locales", Doubled, "invalid_request"),
    ("ui_locales", Oversized, "invalid_request"),
    ("ui_locales", Misencoded, ""),
    ("response_mode", Missing, ""),
    ("response_mode", Doubled, "invalid_request"),
    ("response_mode", Oversized, "invalid_request"),
    ("response_mode", Misencoded, "invalid_request"),
];

#[tokio::test]
async fn an_authorization_request_with_damage_goes_back_or_to_the_person() {
    let f = fixture().await;
    let mut browser = f.browser();
    for (name, damage, expected) in AUTHORIZE {
        let query = damaged(&ASKED, name, damage);
        let by_get = browser.get(&format!("/idporten/authorize?{query}")).await;
        // By POST, the parameters are kept and taken up by GET.
        let onwards = post_form(&f, "/idporten/authorize", &query).await;
        let by_post = if onwards.status == 303 { browser.get(onwards.location()).await } else { onwards };
        for answer in [by_get, by_post] {
            match expected {
                "page" => answer.is_page(400, "ikke godtar"),
                "" => assert!(answer.is_sign_in(), "{name} {damage:?}: {} {}", answer.status, answer.body),
                error => {
                    assert_eq!((answer.status, answer.error().as_str()), (302, error), "{name} {damage:?}");
                    let state = answer.callback().get("state").cloned();
                    assert_eq!(state.as_deref(), (name != "state").then_some("s"), "{name} {damage:?}");
                }
            }
        }
        // The same pushed: whatever is wrong is told at once, as JSON.
        if name == "client_id" {
            continue;
        }
        let assertion = f.assertion("en", json!({}));
        let shown = form(&[("client_assertion_type", ASSERTION_TYPE), ("client_assertion", &assertion)]);
        let answer = post_form(&f, "/idporten/par", &format!("{query}&{shown}")).await;
        match expected {
            "" => assert_eq!(answer.status, 201, "{name} {damage:?}: {}", answer.body),
            "page" => refused(&answer, 400, "invalid_request"),
            error => refused(&answer, 400, error),
        }
    }
    // What contradicts itself.
    for (changes, error) in [
        (vec![("prompt", "none login")], "invalid_request"),
        (vec![("prompt", "none consent")], "invalid_request"),
        (vec![("prompt", "none select_account")], "invalid_request"),
        (vec![("max_age", "99999999999999999999")], "invalid_request"),
        (vec![("max_age", "1.5")], "invalid_request"),
        (vec![("code_challenge_method", "s256")], "invalid_request"),
        (vec![("code_challenge_method", "plain"), ("code_challenge", VERIFIER)], "invalid_request"),
        (vec![("response_type", "code token")], "unsupported_response_type"),
        (vec![("response_type", "none")], "unsupported_response_type"),
        (vec![("response_mode", "query"), ("response_type", "id_token")], "unsupported_response_type"),
        (vec![("response_mode", "fragment")], "invalid_request"),
        (vec![("response_mode", "web_message")], "invalid_request"),
        (vec![("scope", "openid openid\u{a0}profile")], "invalid_scope"),
        (vec![("scope", "OpenID")], "invalid_scope"),
        (vec![("resource", "//api.example")], "invalid_target"),
        (vec![("onbehalfof", "../kunde")], "invalid_request"),
        (vec![("authorization_details", "[{\"type\":\"x\"}]")], "invalid_authorization_details"),
    ] {
        let answer = browser.authorize("en", &changes).await;
        assert_eq!((answer.status, answer.error().as_str()), (302, error), "{changes:?}");
    }
    assert_eq!(browser.authorize("leverandoer", &[("onbehalfof", "andre")]).await.error(), "invalid_request");
}

#[tokio::test]
async fn nobody_is_sent_to_an_address_that_is_not_the_clients() {
    let f = fixture().await;
    let mut browser = f.browser();
    browser.sign_in("en", kari(), &[]).await;
    for address in [
        "https://ond.example/tilbake",
        "https://tjeneste.example.ond.example/tilbake",
        "https://tjeneste.example@ond.example/tilbake",
        "https://tjeneste.example/tilbake/../annet",
        "https://tjeneste.example/tilbake/",
        "https://tjeneste.example/tilbake?x=1",
        "https://tjeneste.example/tilbake#x",
        "https://tjeneste.example/tilbake ",
        "https://tjeneste.example/tilbake\r\nSet-Cookie: x=1",
        "https://tjeneste.example:443/tilbake",
        "https://TJENESTE.example/tilbake",
        "http://tjeneste.example/tilbake",
        "https://tjeneste.example\\@ond.example/tilbake",
        "//tjeneste.example/tilbake",
        "/tilbake",
        "javascript:alert(1)",
        "data:text/html,x",
        "no.example.app:/tilbake",
        "http://127.0.0.1:1/tilbake",
    ] {
        for more in [("prompt", "none"), ("response_type", "token"), ("response_mode", "form_post")] {
            let answer = browser.authorize("en", &[("redirect_uri", address), more]).await;
            answer.is_page(400, "ikke godtar");
        }
        let onwards = browser
            .post(
                "/idporten/authorize",
                &[&ASKED[..1], &[("redirect_uri", address)][..], &ASKED[2..]].concat(),
            )
            .await;
        onwards.is_page(400, "ikke godtar");
        let pushed =
            f.post_as("en", "/idporten/par", &[&[("redirect_uri", address)][..], &ASKED[2..]].concat()).await;
        refused(&pushed, 400, "invalid_request");
        // After signing out, too.
        let mut leaving = f.browser();
        leaving.sign_in("en", kari(), &[]).await;
        let query = form(&[("client_id", "en"), ("post_logout_redirect_uri", address)]);
        leaving.get(&format!("/idporten/logout?{query}")).await.is_page(200, "Du er logget ut");
    }
}

#[tokio::test]
async fn a_token_request_with_damage_is_refused_and_uses_nothing_up() {
    let f = fixture().await;
    let code = f.browser().sign_in("en", kari(), &[]).await;
    for (name, damage, status, error) in [
        ("grant_type", Missing, 400, "invalid_request"),
        ("grant_type", Doubled, 400, "invalid_request"),
        ("grant_type", Oversized, 400, "unsupported_grant_type"),
        ("grant_type", Misencoded, 400, "unsupported_grant_type"),
        ("client_id", Missing, 400, "invalid_request"),
        ("client_id", Doubled, 400, "invalid_request"),
        ("client_id", Oversized, 401, "invalid_client"),
        ("client_id", Misencoded, 401, "invalid_client"),
        ("client_assertion_type", Missing, 400, "invalid_request"),
        ("client_assertion_type", Doubled, 400, "invalid_request"),
        ("client_assertion_type", Oversized, 400, "invalid_request"),
        ("client_assertion_type", Misencoded, 400, "invalid_request"),
        ("client_assertion", Missing, 401, "invalid_client"),
        ("client_assertion", Doubled, 400, "invalid_request"),
        ("client_assertion", Oversized, 401, "invalid_client"),
        ("client_assertion", Misencoded, 401, "invalid_client"),
        ("code", Missing, 400, "invalid_request"),
        ("code", Doubled, 400, "invalid_request"),
        ("code", Oversized, 400, "invalid_grant"),
        ("code", Misencoded, 400, "invalid_grant"),
        ("redirect_uri", Missing, 400, "invalid_request"),
        ("redirect_uri", Doubled, 400, "invalid_request"),
        ("redirect_uri", Oversized, 400, "invalid_grant"),
        ("redirect_uri", Misencoded, 400, "invalid_grant"),
        ("code_verifier", Missing, 400, "invalid_grant"),
        ("code_verifier", Doubled, 400, "invalid_request"),
        ("code_verifier", Oversized, 400, "invalid_grant"),
        ("code_verifier", Misencoded, 400, "invalid_grant"),
    ] {
        let assertion = f.assertion("en", json!({}));
        let fields = [
            ("grant_type", "authorization_code"),
            ("client_id", "en"),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", assertion.as_str()),
            ("code", code.as_str()),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        let answer = post_form(&f, "/idporten/token", &damaged(&fields, name, damage)).await;
        assert_eq!(
            (answer.status, answer.json()["error"].as_str().unwrap()),
            (status, error),
            "{name} {damage:?}: {}",
            answer.body
        );
        refused(&answer, status, error);
    }
    // The wrong kind of body, and of method.
    for (kind, body) in [("application/json", "{}"), ("multipart/form-data", "x"), ("", "grant_type=x")] {
        let request = Request::post("/idporten/token").header("content-type", kind);
        refused(&send(&f.router, request.body(Body::from(body)).unwrap()).await, 400, "invalid_request");
    }
    assert_eq!(f.get("/idporten/token").await.status, 405);
    f.tokens("en", &code).await;
}

#[tokio::test]
async fn the_other_back_channel_endpoints_refuse_damage_in_the_same_words() {
    let f = fixture().await;
    for path in ["/token/introspect", "/token/revoke"] {
        for (name, damage, status, error) in [
            ("token", Missing, 400, "invalid_request"),
            ("token", Doubled, 400, "invalid_request"),
            ("client_id", Missing, 400, "invalid_request"),
            ("client_id", Doubled, 400, "invalid_request"),
            ("client_assertion", Missing, 401, "invalid_client"),
            ("client_assertion", Doubled, 400, "invalid_request"),
            ("client_assertion", Misencoded, 401, "invalid_client"),
        ] {
            let assertion = f.assertion("oppslag", json!({}));
            let fields = [
                ("token", "x"),
                ("client_id", "oppslag"),
                ("client_assertion_type", ASSERTION_TYPE),
                ("client_assertion", assertion.as_str()),
            ];
            let answer = post_form(&f, &format!("/idporten{path}"), &damaged(&fields, name, damage)).await;
            refused(&answer, status, error);
        }
        // A token that is too long or not UTF-8 is a token that nobody knows.
        for damage in [Oversized, Misencoded] {
            let assertion = f.assertion("oppslag", json!({}));
            let fields = [
                ("token", "x"),
                ("client_id", "oppslag"),
                ("client_assertion_type", ASSERTION_TYPE),
                ("client_assertion", assertion.as_str()),
            ];
            let answer = post_form(&f, &format!("/idporten{path}"), &damaged(&fields, "token", damage)).await;
            assert_eq!(answer.status, 200, "{path} {damage:?}");
        }
    }
    for header in ["Bearer ", "Bearer \u{7f}", "Bearer a b", "bearer", "Negotiate x", "Basic en:x"] {
        let Ok(request) =
            Request::get("/idporten/userinfo").header("authorization", header).body(Body::empty())
        else {
            continue;
        };
        let answer = send(&f.router, request).await;
        assert_eq!(answer.status, 401, "{header}");
        assert!(answer.headers.contains_key("www-authenticate"));
    }
}

#[tokio::test]
async fn the_pages_tell_the_person_and_sign_nobody_in() {
    let f = fixture().await;
    let mut browser = f.browser();
    let answer = browser.authorize("en", &[]).await;
    let id = answer.sent()["id"].clone();
    let kari = kari();
    let fields = [("id", id.as_str()), ("personidentifikator", kari.as_str()), ("nivaa", ACR_HIGH)];
    for (name, damage, status) in [
        ("id", Missing, 400),
        ("id", Doubled, 400),
        ("id", Oversized, 400),
        ("id", Misencoded, 400),
        ("personidentifikator", Missing, 422),
        ("personidentifikator", Doubled, 400),
        ("personidentifikator", Oversized, 422),
        ("personidentifikator", Misencoded, 422),
        ("nivaa", Doubled, 400),
        ("nivaa", Oversized, 422),
        ("nivaa", Misencoded, 422),
    ] {
        let body = damaged(&fields, name, damage);
        let request = Request::post("/idporten/innlogging")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("cookie", format!("idporten_browser={}", browser.cookies["idporten_browser"]));
        let page = send(&f.router, request.body(Body::from(body)).unwrap()).await;
        assert_eq!(page.status, status, "{name} {damage:?}: {}", page.body);
        assert!(page.headers["content-type"].to_str().unwrap().starts_with("text/html"));
        assert!(!page.headers.contains_key("location") && !page.headers.contains_key("set-cookie"));
    }
    for query in ["", "id=", "id=x", "id=%ff", "id=a&id=b"] {
        browser.get(&format!("/idporten/innlogging?{query}")).await.is_page(400, "<h1");
    }
    // Nobody has signed in, so that nobody agrees.
    browser.post("/idporten/samtykke", &[("id", &id), ("scope", "openid")]).await.is_page(400, "<h1");
    for query in
        ["", "id_token_hint=x&id_token_hint=y", "state=%ff", "skjema=ukjent", "ui_locales=a&ui_locales=b"]
    {
        f.get(&format!("/idporten/logout?{query}")).await.is_page(400, "Ingen er logget inn");
    }
    // Whatever is wrong with the way back, the person is signed out.
    for query in [
        "id_token_hint=x&id_token_hint=y&post_logout_redirect_uri=https://tjeneste.example/ute",
        "client_id=en&client_id=to&post_logout_redirect_uri=https://tjeneste.example/ute",
        "client_id=en&post_logout_redirect_uri=https://tjeneste.example/ute&post_logout_redirect_uri=https://ond.example",
        "client_id=en&post_logout_redirect_uri=https://tjeneste.example/ute&state=%ff",
        "client_id=en&post_logout_redirect_uri=https://tjeneste.example/ute&state=a%0d%0ab",
        "ui_locales=a&ui_locales=b",
    ] {
        let mut leaving = f.browser();
        leaving.sign_in("en", kari, &[]).await;
        leaving.get(&format!("/idporten/logout?{query}")).await.is_page(200, "Du er logget ut");
        assert!(leaving.authorize("en", &[]).await.is_sign_in(), "{query}");
    }
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// `token` with `changes` in its claims and the signature of before.
fn altered(token: &str, changes: &Value) -> String {
    let parts: Vec<&str> = token.split('.').collect();
    let mut claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    format!("{}.{}.{}", parts[0], part(&claims), parts[2])
}

/// Tokens with these claims that nobody should believe: altered, unsigned, signed with what everybody knows, by a key that
/// nobody published, or that says of itself whose it is.
fn forgeries(genuine: &str, changes: &Value, public: &kernel::jose::Jwk) -> Vec<String> {
    let claims: Value = {
        let token = altered(genuine, changes);
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
    };
    let kid = public.kid.clone().unwrap();
    let own = SigningKey::generate(Alg::RS256).unwrap();
    let payload = part(&claims);
    let mut tokens = vec![
        altered(genuine, changes),
        genuine.rsplit_once('.').unwrap().0.to_owned() + ".",
        own.sign_jwt(None, &claims).unwrap(),
        own.with_kid(&kid).unwrap().sign_jwt(None, &claims).unwrap(),
    ];
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        for end in ["", "AA"] {
            tokens.push(format!("{}.{payload}.{end}", part(&json!({ "alg": alg, "kid": kid }))));
        }
    }
    // HS256, the key being what is published.
    let published = serde_json::to_value(public).unwrap();
    let n = published["n"].as_str().unwrap();
    for secret in
        [n.as_bytes().to_vec(), URL_SAFE_NO_PAD.decode(n).unwrap(), published.to_string().into_bytes()]
    {
        let signed = format!("{}.{payload}", part(&json!({ "alg": "HS256", "typ": "JWT", "kid": kid })));
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), signed.as_bytes());
        tokens.push(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag)));
    }
    // A key in the header, or an address of one; extensions that must be understood.
    let jwk = serde_json::to_value(own.public_jwk()).unwrap();
    for extra in [
        json!({ "alg": "RS256", "jwk": jwk }),
        json!({ "alg": "RS256", "kid": "ukjent", "jwk": jwk }),
        json!({ "alg": "RS256", "kid": kid, "jku": "https://ond.example/jwks.json" }),
        json!({ "alg": "RS256", "kid": kid, "crit": ["exp"] }),
        json!({ "alg": "RS256" }),
    ] {
        let signed = format!("{}.{payload}", part(&extra));
        let signature = own.sign(signed.as_bytes()).unwrap();
        tokens.push(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)));
    }
    tokens
}

#[tokio::test]
async fn a_token_that_the_issuer_did_not_sign_opens_nothing() {
    let f = fixture().await;
    let mut browser = f.browser();
    let code = browser.sign_in("en", kari(), &[]).await;
    let tokens = f.tokens("en", &code).await;
    let jwks = f.get("/idporten/jwks.json").await.json();
    let rsa = jwks["keys"].as_array().unwrap().iter().find(|key| key["kty"] == "RSA").unwrap();
    let public = kernel::jose::Jwk::from_value(rsa).unwrap();
    let mut access = forgeries(&tokens.access_token, &json!({ "pid": ola().as_str() }), &public);
    access.extend(forgeries(&tokens.access_token, &json!({ "exp": f.now() + 9999 }), &public));
    // An id token is no access token.
    access.push(tokens.id_token.clone().unwrap());
    for token in access {
        let answer = f.userinfo(&token).await;
        assert_eq!(answer.status, 401, "{token}");
        assert!(answer.headers["www-authenticate"].to_str().unwrap().contains("error=\"invalid_token\""));
        let known = f.post_as("oppslag", "/idporten/token/introspect", &[("token", &token)]).await;
        assert_eq!(known.json(), json!({ "active": false }));
    }
    let hint = tokens.id_token.unwrap();
    for hint in forgeries(&hint, &json!({ "aud": "to" }), &public) {
        let answer = browser.authorize("to", &[("id_token_hint", &hint)]).await;
        assert_eq!(answer.error(), "invalid_request");
        let mut leaving = f.browser();
        leaving.sign_in("en", kari(), &[]).await;
        let query = form(&[("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", OUT)]);
        leaving.get(&format!("/idporten/logout?{query}")).await.is_page(200, "Du er logget ut");
    }
}

#[tokio::test]
async fn an_assertion_that_the_client_did_not_sign_is_nobodys() {
    let f = fixture().await;
    let public = rsa_key().public_jwk().clone();
    let bring = |client: &'static str, assertion: String| {
        let f = &f;
        async move {
            let fields = [
                ("grant_type", "authorization_code"),
                ("client_id", client),
                ("client_assertion_type", ASSERTION_TYPE),
                ("client_assertion", assertion.as_str()),
                ("code", "x"),
                ("redirect_uri", CALLBACK),
                ("code_verifier", VERIFIER),
            ];
            f.post("/idporten/token", &fields).await
        }
    };
    let genuine = f.assertion("en", json!({}));
    for forged in forgeries(&genuine, &json!({ "jti": "annen" }), &public) {
        refused(&bring("en", forged).await, 401, "invalid_client");
    }
    // Clocks ten minutes off, either way; a few seconds are no matter.
    let now = f.now();
    for (iat, exp) in
        [(now + 600, now + 660), (now - 600, now - 540), (now - 600, now + 60), (now + 11, now + 60)]
    {
        let assertion = f.assertion("en", json!({ "iat": iat, "exp": exp }));
        refused(&bring("en", assertion).await, 401, "invalid_client");
    }
    for (iat, exp) in [(now + 10, now + 70), (now - 100, now + 20), (now, now + 120)] {
        let assertion = f.assertion("en", json!({ "iat": iat, "exp": exp }));
        refused(&bring("en", assertion).await, 400, "invalid_grant");
    }
    // Times that are no times, and claims of the wrong kind.
    for changes in [
        json!({ "exp": "snart" }),
        json!({ "exp": 1e300 }),
        json!({ "exp": -1 }),
        json!({ "iat": -1e300 }),
        json!({ "iss": ["en"] }),
        json!({ "sub": 1 }),
        json!({ "aud": {} }),
        json!({ "aud": [] }),
        json!({ "jti": 1 }),
        json!({ "jti": "" }),
    ] {
        refused(&bring("en", f.assertion("en", changes.clone())).await, 401, "invalid_client");
    }
    // One client's assertion under another's name, and with the certificate of somebody in the header.
    refused(&bring("to", f.assertion("en", json!({}))).await, 401, "invalid_client");
    refused(&bring("basic", f.assertion("basic", json!({}))).await, 401, "invalid_client");
    refused(&bring("ukjent", f.assertion("ukjent", json!({}))).await, 401, "invalid_client");
    let header = part(&json!({ "alg": "RS256", "kid": rsa_key().kid(), "x5c": ["MIIB"] }));
    let signed = format!("{header}.{}", genuine.split('.').nth(1).unwrap());
    let signature = URL_SAFE_NO_PAD.encode(rsa_key().sign(signed.as_bytes()).unwrap());
    refused(&bring("en", format!("{signed}.{signature}")).await, 401, "invalid_client");
    // None of all that used the genuine one up.
    refused(&bring("en", genuine).await, 400, "invalid_grant");
}

#[tokio::test]
async fn what_one_client_was_given_is_worth_nothing_to_another() {
    let f = fixture().await;
    let mut browser = f.browser();
    let code = browser.sign_in("fornyer", kari(), &[("scope", "openid profile test:api")]).await;
    for thief in ["en", "to", "api"] {
        refused(&f.exchange(thief, &code, &[]).await, 400, "invalid_grant");
    }
    let tokens = f.tokens("fornyer", &code).await;
    let refresh = tokens.refresh_token.unwrap();
    let other = idporten::NewClient {
        refresh_tokens: true,
        scopes: ["openid", "profile", "test:api"].map(str::to_owned).to_vec(),
        ..client("fornyer2")
    };
    f.component.registrar().register_client(other).await.unwrap();
    refused(&f.refresh("fornyer2", &refresh).await, 400, "invalid_grant");
    // Another's token cannot be given back, nor looked into.
    assert_eq!(f.post_as("fornyer2", "/idporten/token/revoke", &[("token", &refresh)]).await.status, 200);
    let known = f.post_as("fornyer2", "/idporten/token/introspect", &[("token", &tokens.access_token)]).await;
    assert_eq!(known.json(), json!({ "active": false }));
    assert_eq!(f.userinfo(&tokens.access_token).await.status, 200);
    // None of that harmed the one whose it is. A code that comes twice does, whoever brings it the second time.
    assert_eq!(f.refresh("fornyer", &refresh).await.status, 200);
    refused(&f.exchange("en", &code, &[]).await, 400, "invalid_grant");
    assert_eq!(f.userinfo(&tokens.access_token).await.status, 401);
    // A pushed request is its client's.
    let pushed = f.post_as("en", "/idporten/par", &ASKED[1..]).await;
    let uri = pushed.json()["request_uri"].as_str().unwrap().to_owned();
    let go = |client: &str| {
        format!("/idporten/authorize?{}", form(&[("client_id", client), ("request_uri", &uri)]))
    };
    browser.get(&go("to")).await.is_page(400, "invalid_request_uri");
    let answer = browser.get(&go("en")).await;
    browser.sign_in_at(&answer, kari(), &[]).await.code();
    browser.get(&go("en")).await.is_page(400, "invalid_request_uri");
}

#[tokio::test]
async fn a_cookie_that_was_stolen_or_planted_signs_nobody_in() {
    let f = fixture().await;
    let kari = kari();
    let mut browser = f.browser();
    browser.sign_in("en", kari, &[]).await;
    let stolen = browser.cookies.clone();
    // The person steps up, and the cookie of before is worth nothing.
    browser.sign_in("to", kari, &[("acr_values", ACR_HIGH)]).await;
    let mut thief = f.browser();
    thief.cookies.clone_from(&stolen);
    assert_eq!(thief.authorize("en", &[("prompt", "none")]).await.error(), "login_required");
    thief.get("/idporten/logout").await.is_page(400, "Ingen er logget inn");
    browser.authorize("en", &[("prompt", "none")]).await.code();
    // Signed out, the cookie is worth nothing either.
    let stolen = browser.cookies.clone();
    browser.get("/idporten/logout").await.is_page(200, "Du er logget ut");
    thief.cookies.clone_from(&stolen);
    assert_eq!(thief.authorize("en", &[("prompt", "none")]).await.error(), "login_required");
    // A cookie that somebody made up, or planted before the sign-in, is not the session afterwards.
    let planted = "p".repeat(43);
    let mut victim = f.browser();
    victim.cookies.insert("idporten_session".to_owned(), planted.clone());
    victim.sign_in("en", kari, &[]).await;
    assert_ne!(victim.cookies["idporten_session"], planted);
    thief.cookies.insert("idporten_session".to_owned(), planted);
    assert_eq!(thief.authorize("en", &[("prompt", "none")]).await.error(), "login_required");
    for nonsense in ["", "x", "\u{7f}", &"x".repeat(5000), "a=b", "' OR 1=1 --"] {
        let request = Request::get(authorize_address("en", &[("prompt", "none")]))
            .header("cookie", format!("idporten_session={nonsense}; idporten_browser={nonsense}"));
        let Ok(request) = request.body(Body::empty()) else { continue };
        assert_eq!(send(&f.router, request).await.error(), "login_required");
    }
    // The session of a client that is isolated is no other's, with the same cookie.
    let mut isolated = f.browser();
    isolated.sign_in("isolert", kari, &[]).await;
    assert_eq!(isolated.authorize("en", &[("prompt", "none")]).await.error(), "login_required");
    // A sign-in that another browser began is not taken up: neither by its link, nor with the cookie of another sign-in.
    let begun = victim.authorize("en", &[("prompt", "login")]).await;
    let mut lured = f.browser();
    lured.get(begun.location()).await.is_page(400, "annen nettleser");
    lured.authorize("to", &[]).await;
    let id = begun.sent()["id"].clone();
    let fields = [("id", id.as_str()), ("personidentifikator", kari.as_str())];
    lured.post("/idporten/innlogging", &fields).await.is_page(400, "annen nettleser");
    // Two cookies of one name: the first one counts, and it is nobody's.
    let request = Request::get(authorize_address("en", &[("prompt", "none")])).header(
        "cookie",
        format!(
            "idporten_session={}; idporten_session={}",
            "q".repeat(43),
            victim.cookies["idporten_session"]
        ),
    );
    assert_eq!(send(&f.router, request.body(Body::empty()).unwrap()).await.error(), "login_required");
    f.clock.advance(SignedDuration::from_mins(31));
    assert_eq!(victim.authorize("en", &[("prompt", "none")]).await.error(), "login_required");
}
