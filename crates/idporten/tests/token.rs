//! Codes and refresh tokens for tokens, and what tokens open.

mod common;

use clients::idporten::ASSERTION_TYPE;
use common::*;
use jiff::SignedDuration;
use kernel::jose::{Alg, SigningKey};
use serde_json::json;

#[tokio::test]
async fn a_code_is_bound_to_its_client_address_and_verifier() {
    let f = fixture().await;
    let mut browser = f.browser();
    let code = browser.sign_in("en", kari(), &[]).await;
    let padded = format!("{VERIFIER}=");
    let other = "a".repeat(43);
    for (name, value, error) in [
        ("code_verifier", other.as_str(), "invalid_grant"),
        ("code_verifier", padded.as_str(), "invalid_grant"),
        ("code_verifier", CHALLENGE, "invalid_grant"),
        ("code_verifier", "", "invalid_grant"),
        ("redirect_uri", "https://tjeneste.example/annen", "invalid_grant"),
        ("redirect_uri", "", "invalid_request"),
        ("code", "ukjent", "invalid_grant"),
        ("code", "", "invalid_request"),
        ("grant_type", "password", "unsupported_grant_type"),
        ("grant_type", "", "invalid_request"),
        ("grant_type", "refresh_token", "unauthorized_client"),
    ] {
        refused(&f.exchange("en", &code, &[(name, value)]).await, 400, error);
    }
    refused(&f.exchange("to", &code, &[]).await, 400, "invalid_grant");
    // None of that used it up.
    f.tokens("en", &code).await;

    let late = browser.authorize("en", &[]).await.code();
    f.clock.advance(SignedDuration::from_secs(60));
    refused(&f.exchange("en", &late, &[]).await, 400, "invalid_grant");
    // A verifier that hashes right and has the wrong form is still wrong.
    let short = "kort";
    let code = browser.authorize("en", &[("code_challenge", &challenge(short))]).await.code();
    refused(&f.exchange("en", &code, &[("code_verifier", short)]).await, 400, "invalid_grant");
}

/// RFC 7517 § 4.4: what a key is registered for is what it is used for.
#[tokio::test]
async fn a_clients_key_signs_only_by_the_algorithm_that_it_is_registered_for() {
    let f = fixture().await;
    let der = rsa_key().to_pkcs8_der().unwrap();
    let pss = SigningKey::from_pkcs8_der_for(&der, Alg::PS256).unwrap().with_kid(rsa_key().kid()).unwrap();
    let registrar = f.component.registrar();
    for (alg, by_rs256, by_ps256) in [
        (Some("RS256"), true, false),
        (Some("PS256"), false, true),
        (Some("RS384"), false, false),
        (None, true, true),
    ] {
        let mut registered = client("en");
        registered.jwks[0].alg = alg.map(str::to_owned);
        registrar.register_client(registered).await.unwrap();
        for (key, holds) in [(&rsa_key(), by_rs256), (&pss, by_ps256)] {
            let now = f.now();
            let claims = json!({
                "iss": "en", "sub": "en", "aud": ISSUER, "iat": now, "exp": now + 60, "jti": f.rng.uuid(),
            });
            let assertion = key.sign_jwt(None, &claims).unwrap();
            let fields = [
                ("client_id", "en"),
                ("client_assertion_type", ASSERTION_TYPE),
                ("client_assertion", assertion.as_str()),
                ("token", "ukjent"),
            ];
            let status = f.post("/idporten/token/revoke", &fields).await.status;
            assert_eq!(status, if holds { 200 } else { 401 }, "{alg:?} {:?}", key.alg());
        }
    }
    for alg in ["ES256", "HS256", "none"] {
        let mut registered = client("en");
        registered.jwks[0].alg = Some(alg.to_owned());
        assert!(registrar.register_client(registered).await.is_err(), "{alg}");
    }
}

#[tokio::test]
async fn a_code_that_comes_twice_revokes_what_it_gave() {
    let f = fixture().await;
    let mut browser = f.browser();
    let code = browser.sign_in("fornyer", kari(), &[("scope", "openid profile test:api")]).await;
    let tokens = f.tokens("fornyer", &code).await;
    assert_eq!(f.userinfo(&tokens.access_token).await.status, 200);
    refused(&f.exchange("fornyer", &code, &[]).await, 400, "invalid_grant");
    let answer = f.userinfo(&tokens.access_token).await;
    assert_eq!(answer.status, 401);
    assert!(answer.headers["www-authenticate"].to_str().unwrap().contains("error=\"invalid_token\""));
    refused(&f.refresh("fornyer", &tokens.refresh_token.unwrap()).await, 400, "invalid_grant");
}

#[tokio::test]
async fn only_one_of_two_who_bring_a_code_at_once_gets_tokens() {
    let f = fixture().await;
    let code = f.browser().sign_in("en", kari(), &[]).await;
    let (one, two) = tokio::join!(f.exchange("en", &code, &[]), f.exchange("en", &code, &[]));
    let mut answers = [one.status, two.status];
    answers.sort_unstable();
    assert_eq!(answers, [200, 400]);
}

#[tokio::test]
async fn a_refresh_token_is_replaced_and_one_that_comes_back_revokes_all() {
    let f = fixture().await;
    let mut browser = f.browser();
    let code = browser.sign_in("fornyer", kari(), &[("scope", "openid profile test:api")]).await;
    let first = f.tokens("fornyer", &code).await;
    let before = f.claims(first.id_token.as_deref().unwrap()).await;
    f.clock.advance(SignedDuration::from_secs(300));
    let old = first.refresh_token.unwrap();
    let answer = f.refresh("fornyer", &old).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let new = answer.json();
    let claims = f.claims(new["id_token"].as_str().unwrap()).await;
    assert_eq!((&claims["auth_time"], &claims["sub"]), (&before["auth_time"], &before["sub"]));
    assert_eq!(claims.get("nonce"), None);
    assert_eq!(claims["iat"], f.now());
    // Fewer scopes, never more; a wrong wish uses nothing up.
    let second = new["refresh_token"].as_str().unwrap().to_owned();
    let ask = |scope: &'static str| {
        let (f, second) = (&f, second.clone());
        async move {
            let fields =
                [("grant_type", "refresh_token"), ("refresh_token", second.as_str()), ("scope", scope)];
            f.post_as("fornyer", "/idporten/token", &fields).await
        }
    };
    refused(&ask("openid test:kort").await, 400, "invalid_scope");
    let narrow = ask("test:api").await.json();
    assert_eq!((narrow["scope"].as_str(), narrow.get("id_token")), (Some("test:api"), None));
    assert_eq!(f.userinfo(narrow["access_token"].as_str().unwrap()).await.status, 403);
    // Another client's is nothing.
    let third = narrow["refresh_token"].as_str().unwrap();
    refused(&f.refresh("en", third).await, 400, "unauthorized_client");
    // The old one again: somebody has stolen it, so that nobody goes on.
    refused(&f.refresh("fornyer", &old).await, 400, "invalid_grant");
    refused(&f.refresh("fornyer", third).await, 400, "invalid_grant");
}

#[tokio::test]
async fn a_refresh_token_ends_unused_and_with_its_authorization() {
    let f = fixture().await;
    let mut browser = f.browser();
    let code = browser.sign_in("fornyer", kari(), &[]).await;
    let unused = f.tokens("fornyer", &code).await.refresh_token.unwrap();
    f.clock.advance(SignedDuration::from_secs(600));
    refused(&f.refresh("fornyer", &unused).await, 400, "invalid_grant");
    let code = browser.authorize("fornyer", &[]).await.code();
    let mut token = f.tokens("fornyer", &code).await.refresh_token.unwrap();
    for _ in 0..14 {
        f.clock.advance(SignedDuration::from_secs(500));
        token = f.refresh("fornyer", &token).await.json()["refresh_token"].as_str().unwrap().to_owned();
    }
    // 7000 of 7200 seconds have gone: what is left is less than a token's usual life.
    f.clock.advance(SignedDuration::from_secs(150));
    let last = f.refresh("fornyer", &token).await.json();
    assert_eq!(last["expires_in"], 50);
    f.clock.advance(SignedDuration::from_secs(50));
    refused(&f.refresh("fornyer", last["refresh_token"].as_str().unwrap()).await, 400, "invalid_grant");
    // Housekeeping leaves nothing of it behind, and takes nothing that lives.
    let code = f.browser().sign_in("en", ola(), &[]).await;
    f.component.look_after().await.unwrap();
    let rows = f.store.query("SELECT 1 FROM refresh_token", &[]).await.unwrap();
    assert!(rows.is_empty(), "{}", rows.len());
    f.tokens("en", &code).await;
}

#[tokio::test]
async fn only_the_registered_way_shows_who_a_client_is() {
    let f = fixture().await;
    let mut browser = f.browser();
    let code = browser.sign_in("basic", kari(), &[]).await;
    let grant = |code: &'static str| {
        [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ]
    };
    let with = |more: &[(&'static str, &'static str)]| [&grant("x")[..], more].concat();
    let path = "/idporten/token";
    let wrong = f.post_basic(path, "basic", "feil", &grant("x")).await;
    refused(&wrong, 401, "invalid_client");
    assert!(wrong.headers["www-authenticate"].to_str().unwrap().starts_with("Basic"));
    // The secret is right and comes the wrong way.
    let answer = f.post(path, &with(&[("client_id", "basic"), ("client_secret", SECRET)])).await;
    refused(&answer, 401, "invalid_client");
    refused(&f.post_basic(path, "post", SECRET, &grant("x")).await, 401, "invalid_client");
    refused(&f.post_basic(path, "en", SECRET, &grant("x")).await, 401, "invalid_client");
    for id in ["basic", "post", "en", "ukjent"] {
        let fields: Vec<(&str, &str)> = [&grant("x")[..], &[("client_id", id)]].concat();
        refused(&f.post(path, &fields).await, 401, "invalid_client");
    }
    let both = f.post_basic(path, "basic", SECRET, &with(&[("client_secret", SECRET)])).await;
    refused(&both, 400, "invalid_request");
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    assert_eq!(f.post_basic(path, "basic", SECRET, &fields).await.status, 200);
    // A secret lives for 360 days.
    f.clock.advance(SignedDuration::from_hours(24 * 360));
    refused(&f.post_basic(path, "basic", SECRET, &grant("x")).await, 401, "invalid_client");
    let answer = f.post(path, &with(&[("client_id", "post"), ("client_secret", SECRET)])).await;
    refused(&answer, 401, "invalid_client");
    let plain = http::Request::post(path).body(axum::body::Body::from("{}")).unwrap();
    refused(&send(&f.router, plain).await, 400, "invalid_request");
}

#[tokio::test]
async fn an_assertion_holds_once_and_for_us() {
    let f = fixture().await;
    let now = f.now();
    let bring = |assertion: String, more: &'static [(&'static str, &'static str)]| {
        let f = &f;
        async move {
            let mut fields = vec![
                ("grant_type", "authorization_code"),
                ("code", "x"),
                ("redirect_uri", CALLBACK),
                ("code_verifier", VERIFIER),
                ("client_assertion_type", ASSERTION_TYPE),
                ("client_assertion", assertion.as_str()),
            ];
            fields.extend_from_slice(more);
            f.post("/idporten/token", &fields).await
        }
    };
    let id = &[("client_id", "en")];
    for changes in [
        json!({ "aud": "https://idporten.example" }),
        json!({ "aud": null }),
        json!({ "iss": "to" }),
        json!({ "sub": "to" }),
        json!({ "exp": now }),
        json!({ "exp": now + 121 }),
        json!({ "exp": null }),
        json!({ "iat": now + 11, "exp": now + 60 }),
        json!({ "nbf": now + 11 }),
        json!({ "iat": null }),
        json!({ "jti": null }),
    ] {
        refused(&bring(f.assertion("en", changes.clone()), id).await, 401, "invalid_client");
    }
    refused(&bring("x.y.z".to_owned(), id).await, 401, "invalid_client");
    refused(&bring(f.assertion("to", json!({})), id).await, 401, "invalid_client");
    refused(&bring(f.assertion("en", json!({})), &[]).await, 400, "invalid_request");
    let forged = SigningKey::generate(Alg::ES256).unwrap().with_kid(rsa_key().kid()).unwrap();
    let claims = json!({ "iss": "en", "sub": "en", "aud": ISSUER, "iat": now, "exp": now + 60, "jti": "f" });
    refused(&bring(forged.sign_jwt(None, &claims).unwrap(), id).await, 401, "invalid_client");
    // These get as far as the code, which is wrong.
    for aud in [json!(ISSUER), json!(format!("{ISSUER}/token")), json!(["x", ISSUER])] {
        refused(&bring(f.assertion("en", json!({ "aud": aud })), id).await, 400, "invalid_grant");
    }
    let once = f.assertion("en", json!({ "jti": "samme" }));
    let (one, two) = tokio::join!(bring(once.clone(), id), bring(once, id));
    let mut answers = [one.status, two.status];
    answers.sort_unstable();
    assert_eq!(answers, [400, 401]);
    refused(&bring(f.assertion("en", json!({ "jti": "samme" })), id).await, 401, "invalid_client");
    // The same number from another client is another assertion.
    refused(
        &bring(f.assertion("to", json!({ "jti": "samme" })), &[("client_id", "to")]).await,
        400,
        "invalid_grant",
    );
    f.clock.advance(SignedDuration::from_hours(24 * 365));
    refused(&bring(f.assertion("en", json!({})), id).await, 401, "invalid_client");
}

#[tokio::test]
async fn scopes_and_resources_bound_what_a_token_opens() {
    let f = fixture().await;
    let mut browser = f.browser();
    let code =
        browser.sign_in("api", kari(), &[("scope", "test:api"), ("resource", "https://api.example/a")]).await;
    let tokens = f.tokens("api", &code).await;
    assert_eq!((tokens.id_token, tokens.expires_in), (None, 120));
    assert_eq!(f.claims(&tokens.access_token).await["aud"], "https://api.example/a");
    let forbidden = f.userinfo(&tokens.access_token).await;
    assert_eq!(forbidden.status, 403);
    assert!(forbidden.headers["www-authenticate"].to_str().unwrap().contains("insufficient_scope"));
    let two = format!(
        "{}&resource=urn%3Ab",
        authorize_address("api", &[("resource", "https://a.example"), ("scope", "test:api test:kort")])
    );
    let tokens = f.tokens("api", &browser.get(&two).await.code()).await;
    assert_eq!(tokens.expires_in, 30);
    assert_eq!(f.claims(&tokens.access_token).await["aud"], json!(["https://a.example", "urn:b"]));
    // Nothing, garbage, an id token, a token that has ended.
    for header in ["", "Bearer", "Bearer x.y.z", "Basic eDp5"] {
        let request = http::Request::get("/idporten/userinfo").header("authorization", header);
        let answer = send(&f.router, request.body(axum::body::Body::empty()).unwrap()).await;
        assert_eq!(answer.status, 401, "{header}");
        assert!(answer.headers["www-authenticate"].to_str().unwrap().starts_with("Bearer"));
    }
    let tokens = f.tokens("en", &browser.authorize("en", &[]).await.code()).await;
    assert_eq!(f.userinfo(&tokens.id_token.unwrap()).await.status, 401);
    f.clock.advance(SignedDuration::from_secs(120));
    assert_eq!(f.userinfo(&tokens.access_token).await.status, 401);
}

#[tokio::test]
async fn a_pseudonymous_sign_in_tells_the_number_to_the_api_alone() {
    let f = fixture().await;
    let mut browser = f.browser();
    let ask = [("scope", "openid profile test:pseudonym")];
    let code = browser.sign_in("pseudonym", kari(), &ask).await;
    let tokens = f.tokens("pseudonym", &code).await;
    for token in [&tokens.access_token, tokens.id_token.as_ref().unwrap()] {
        let claims = f.claims(token).await;
        assert_eq!(claims.get("pid"), None);
        assert!(!claims.to_string().contains(kari().as_str()));
    }
    assert_eq!(f.userinfo(&tokens.access_token).await.json().get("pid"), None);

    let look_up = |client: &'static str, token: String| {
        let f = &f;
        async move { f.post_as(client, "/idporten/token/introspect", &[("token", &token)]).await.json() }
    };
    let known = look_up("oppslag", tokens.access_token.clone()).await;
    assert_eq!((&known["active"], &known["pid"]), (&json!(true), &json!(kari().as_str())));
    assert_eq!((&known["client_id"], &known["iss"]), (&json!("pseudonym"), &json!(ISSUER)));
    let inactive = json!({ "active": false });
    assert_eq!(look_up("nysgjerrig", tokens.access_token.clone()).await, inactive);
    assert_eq!(look_up("pseudonym", tokens.access_token.clone()).await, inactive);
    assert_eq!(look_up("oppslag", "ukjent".to_owned()).await, inactive);

    // One opaque scope makes the token opaque.
    let code = browser.authorize("pseudonym", &[("scope", "profile test:ugjennomsiktig")]).await.code();
    let opaque = f.tokens("pseudonym", &code).await.access_token;
    assert!(!opaque.contains('.'));
    assert_eq!(f.userinfo(&opaque).await.json()["pid"], kari().as_str());
    assert_eq!(look_up("oppslag", opaque.clone()).await["active"], true);

    // Given back, it opens nothing; another's cannot be given back.
    let revoke = |client: &'static str, token: String| {
        let f = &f;
        async move { f.post_as(client, "/idporten/token/revoke", &[("token", &token)]).await.status }
    };
    assert_eq!(revoke("en", opaque.clone()).await, 200);
    assert_eq!(f.userinfo(&opaque).await.status, 200);
    assert_eq!(revoke("pseudonym", opaque.clone()).await, 200);
    assert_eq!(f.userinfo(&opaque).await.status, 401);
    assert_eq!(look_up("oppslag", opaque).await, inactive);
    assert_eq!(revoke("pseudonym", "ukjent".to_owned()).await, 200);
    // The session goes on.
    browser.authorize("pseudonym", &ask).await.code();
}
