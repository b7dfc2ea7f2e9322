//! Which assertions give tokens, and what stands in them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use common::*;
use http::StatusCode;
use jiff::SignedDuration;
use kernel::enterprise::TrustFiles;
use kernel::jose::{Alg, SigningKey};
use maskinporten::{Component, Config, NewClient, Registrar, RegistrationError};
use serde_json::json;

#[tokio::test]
async fn a_token_has_the_claims_of_the_real_ones() {
    let f = fixture().await;
    for key in [&f.rsa, &f.ec] {
        let assertion = key
            .sign_jwt(None, &f.claims(json!({ "scope": "test:to/les.alt test:en test:en", "sub": "nav" })))
            .unwrap();
        let (status, answer) = f.ask(&assertion).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        assert_eq!(answer["token_type"], "Bearer");
        assert_eq!(answer["expires_in"], 120);
        assert_eq!(answer["scope"], "test:to/les.alt test:en");
        assert_eq!(answer.as_object().unwrap().len(), 4);
        let token = answer["access_token"].as_str().unwrap();
        let mut claims = f.verified(token).await;
        assert_eq!(claims["jti"].as_str().unwrap().len(), 43);
        claims.as_object_mut().unwrap().remove("jti");
        let now = f.now();
        let expected = json!({
            "iss": ISSUER, "client_id": "nav", "client_amr": "private_key_jwt", "token_type": "Bearer",
            "consumer": { "authority": "iso6523-actorid-upis", "ID": "0192:310000027" },
            "scope": "test:to/les.alt test:en", "iat": now, "exp": now + 120,
        });
        assert_eq!(claims, expected);
    }
    // What was issued is kept, without the tokens.
    let rows = f
        .store
        .query("SELECT client_id, consumer, scope, pid, jti FROM issued ORDER BY nr", &[])
        .await
        .unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0].get::<String>(1).unwrap(), NAV);
}

#[tokio::test]
async fn the_kernel_believes_the_tokens() {
    let f = fixture().await;
    let router = f.router.clone();
    let source: kernel::auth::KeySource = std::sync::Arc::new(move |_| {
        let router = router.clone();
        Box::pin(async move { Ok(get(&router, "/maskinporten/jwk").await.1.to_string().into_bytes()) })
    });
    let auth = kernel::auth::Auth::of_felles(f.clock.clone(), "http://localhost:8080", source);
    let (_, answer) = f.ask(&f.assertion(json!({}))).await;
    let token = answer["access_token"].as_str().unwrap();
    let claims = auth.verify(token, kernel::auth::Issuer::Maskinporten).await.unwrap();
    assert_eq!(claims.consumer_orgnr, Some(orgnr(NAV)));
    assert!(claims.has_scope("test:en"));
    assert!(auth.verify(token, kernel::auth::Issuer::Idporten).await.is_err());
}

#[tokio::test]
async fn resource_and_person_are_copied_into_the_token() {
    let f = fixture().await;
    let claims = f.token(&f.assertion(json!({ "resource": "https://api.example/x" }))).await;
    assert_eq!(claims["aud"], "https://api.example/x");
    let claims = f
        .token(&f.assertion(
            json!({ "resource": ["https://a.example", "https://b.example"], "pid": "03851598730" }),
        ))
        .await;
    assert_eq!(claims["aud"], json!(["https://a.example", "https://b.example"]));
    assert_eq!(claims["pid"], "03851598730");
    let claims = f.token(&f.assertion(json!({ "aud": [ISSUER] }))).await;
    assert!(claims.get("aud").is_none());
    assert_eq!(f.refused(&f.assertion(json!({ "pid": "03851598731" }))).await.1, "invalid_request");
}

#[tokio::test]
async fn each_fault_has_its_code() {
    let f = fixture().await;
    let now = f.now();
    let faults = [
        (json!({ "iss": "ukjent" }), (400, "invalid_grant", "100")),
        (json!({ "iss": null }), (400, "invalid_request", "011")),
        (json!({ "aud": "http://localhost:8080/maskinporten" }), (400, "invalid_grant", "110")),
        (json!({ "aud": [ISSUER, "https://other.example"] }), (400, "invalid_grant", "110")),
        (json!({ "aud": null }), (400, "invalid_grant", "110")),
        (json!({ "iat": now - 121, "exp": now }), (400, "invalid_grant", "130")),
        (json!({ "iat": now - 100, "exp": now }), (400, "invalid_grant", "130")),
        (json!({ "exp": now + 121 }), (400, "invalid_grant", "130")),
        (json!({ "iat": now + 11, "exp": now + 60 }), (400, "invalid_grant", "130")),
        (json!({ "iat": null }), (400, "invalid_request", "011")),
        (json!({ "exp": null }), (400, "invalid_request", "011")),
        (json!({ "exp": "snart" }), (400, "invalid_request", "011")),
        (json!({ "scope": null }), (400, "invalid_request", "011")),
        (json!({ "scope": " " }), (400, "invalid_request", "011")),
        (json!({ "scope": "test:en test:finnesikke" }), (400, "invalid_scope", "200")),
        (json!({ "scope": "test:uten" }), (400, "invalid_scope", "200")),
        (json!({ "consumer_org": NAV }), (400, "invalid_request", "011")),
        (json!({ "consumer_org": "0192:310000035" }), (400, "invalid_request", "011")),
        (json!({ "iss_onbehalfof": "x" }), (400, "invalid_request", "011")),
        (
            json!({ "authorization_details": [{ "type": "urn:altinn:systemuser" }] }),
            (400, "invalid_authorization_details", "303"),
        ),
    ];
    for (changes, (status, error, code)) in faults {
        let expected = (status, error.to_owned(), code.to_owned());
        assert_eq!(f.refused(&f.assertion(changes.clone())).await, expected, "{changes}");
    }
    // On the right side of each limit.
    for changes in [
        json!({ "iat": now - 119, "exp": now + 1 }),
        json!({ "iat": now + 10, "exp": now + 130 }),
        json!({ "iat": now as f64 + 0.5, "exp": now as f64 + 60.25 }),
        json!({ "scope": "test:alle" }),
    ] {
        f.token(&f.assertion(changes)).await;
    }
    assert_eq!(f.store.query("SELECT 1 FROM used_assertion", &[]).await.unwrap().len(), 4);
}

#[tokio::test]
async fn only_the_clients_own_living_keys_sign() {
    let f = fixture().await;
    let stranger = SigningKey::generate(Alg::ES256).unwrap();
    let claims = f.claims(json!({}));
    let grant = |code: &str| (400, "invalid_grant".to_owned(), code.to_owned());
    // A key that nobody registered, under its own name and under the client's key's.
    assert_eq!(f.refused(&stranger.sign_jwt(None, &claims).unwrap()).await, grant("124"));
    let forged = stranger.with_kid(f.ec.kid()).unwrap().sign_jwt(None, &claims).unwrap();
    assert_eq!(f.refused(&forged).await, grant("124"));
    // The key of another client: the supplier has only the P-256 key.
    let foreign = f.rsa.sign_jwt(None, &f.claims(json!({ "iss": "leverandoer" }))).unwrap();
    assert_eq!(f.refused(&foreign).await, grant("124"));
    // A refused assertion has not been used up.
    let honest = f.ec.sign_jwt(None, &claims).unwrap();
    f.token(&honest).await;

    let header = |header: serde_json::Value| {
        use base64::Engine as _;
        let encode = |value: &serde_json::Value| {
            base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(value.to_string())
        };
        format!("{}.{}.AAAA", encode(&header), encode(&claims))
    };
    assert_eq!(f.refused(&header(json!({ "alg": "RS256", "x5c": "MIIC" }))).await, grant("123"));
    assert_eq!(f.refused(&header(json!({ "alg": "RS256", "x5c": ["MIIC"] }))).await, grant("120"));
    let request = (400, "invalid_request".to_owned(), "011".to_owned());
    assert_eq!(f.refused(&header(json!({ "alg": "RS256" }))).await, request);
    assert_eq!(f.refused(&header(json!({ "alg": "RS256", "kid": f.ec.kid(), "x5c": [] }))).await, request);
    for alg in ["none", "HS256", "RS256", "EdDSA"] {
        assert_eq!(f.refused(&header(json!({ "alg": alg, "kid": f.ec.kid() }))).await, grant("124"), "{alg}");
    }
    for rubbish in ["", "a", "a.b", "a.b.c", "....", "e30.e30."] {
        assert_eq!(f.refused(rubbish).await.1, "invalid_request", "{rubbish}");
    }

    // A key is used for a year and no longer.
    f.clock.advance(SignedDuration::from_hours(24 * 365 - 1));
    f.token(&f.assertion(json!({}))).await;
    f.clock.advance(SignedDuration::from_hours(1));
    assert_eq!(f.refused(&f.assertion(json!({}))).await, grant("121"));
}

#[tokio::test]
async fn the_form_is_oauths() {
    let f = fixture().await;
    let assertion = f.assertion(json!({}));
    for (form, error) in [
        (String::new(), "invalid_request"),
        ("grant_type=client_credentials".to_owned(), "unsupported_grant_type"),
        (format!("grant_type={GRANT}"), "invalid_request"),
        (format!("assertion={assertion}"), "invalid_request"),
        (format!("grant_type={GRANT}&assertion={assertion}&assertion={assertion}"), "invalid_request"),
        (format!("grant_type={GRANT}&assertion={}", "a".repeat(20_000)), "invalid_request"),
    ] {
        let (status, answer) = post(&f.router, "/maskinporten/token", &form).await;
        assert_eq!((status, answer["error"].as_str().unwrap()), (StatusCode::BAD_REQUEST, error));
    }
    let (status, answer) = post(&f.router, "/maskinporten/token/", &form(&assertion)).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let (status, answer) = post(&f.router, "/maskinporten/token", &"x".repeat(20 << 20)).await;
    assert_eq!(
        (status, answer["error"].as_str().unwrap()),
        (StatusCode::PAYLOAD_TOO_LARGE, "invalid_request")
    );
    assert!(answer["error_description"].as_str().unwrap().contains("correlation_id"));
}

#[tokio::test]
async fn an_assertion_is_used_once() {
    let f = fixture().await;
    let replayed = (400, "invalid_grant".to_owned(), "012".to_owned());
    let claims = f.claims(json!({}));
    f.token(&f.ec.sign_jwt(None, &claims).unwrap()).await;
    // The same number in another assertion, signed anew, with another key.
    assert_eq!(f.refused(&f.ec.sign_jwt(None, &claims).unwrap()).await, replayed);
    assert_eq!(f.refused(&f.rsa.sign_jwt(None, &claims).unwrap()).await, replayed);
    // Numbers are each client's own.
    f.component.registrar().set_access("test:delegert", orgnr(SUPPLIER), true).await.unwrap();
    let mut other = claims.clone();
    other["iss"] = "leverandoer".into();
    other["scope"] = "test:delegert".into();
    f.token(&f.ec.sign_jwt(None, &other).unwrap()).await;
    // Without a number, the assertion itself is what is used up, whatever its signature.
    let claims = f.claims(json!({ "jti": null }));
    f.token(&f.ec.sign_jwt(None, &claims).unwrap()).await;
    assert_eq!(f.refused(&f.ec.sign_jwt(None, &claims).unwrap()).await, replayed);

    // Another node over the same store, started later, remembers.
    let config =
        Config { master: master(), signing: Alg::RS256, scopes: scopes(), trust: TrustFiles::default() };
    let node = Component::new(f.test.ctx.clone(), config).await.unwrap();
    let assertion = f.assertion(json!({ "jti": "felles" }));
    f.token(&assertion).await;
    let (status, _) = post(&node.router().into(), "/maskinporten/token", &form(&assertion)).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);

    // They are remembered until nobody can use them, and then forgotten.
    f.clock.advance(SignedDuration::from_secs(120 + 60));
    f.component.look_after().await.unwrap();
    assert_eq!(f.store.query("SELECT 1 FROM used_assertion", &[]).await.unwrap().len(), 4);
    f.clock.advance(SignedDuration::from_secs(1));
    f.component.look_after().await.unwrap();
    assert_eq!(f.store.query("SELECT 1 FROM used_assertion", &[]).await.unwrap().len(), 0);
}

#[tokio::test]
async fn an_installation_chooses_what_its_tokens_are_signed_with() {
    let f = fixture().await;
    let (_, before) = f.ask(&f.assertion(json!({}))).await;
    for signing in [Alg::ES256, Alg::EdDSA] {
        let config = Config { master: master(), signing, scopes: scopes(), trust: TrustFiles::default() };
        let node: axum::Router = Component::new(f.test.ctx.clone(), config).await.unwrap().router().into();
        let (status, answer) = post(&node, "/maskinporten/token", &form(&f.assertion(json!({})))).await;
        assert_eq!(status, StatusCode::OK);
        // What was signed otherwise before verifies still.
        let (_, keys) = get(&node, "/maskinporten/jwk").await;
        let keys = kernel::jose::KeySet::parse(keys.to_string().as_bytes()).unwrap();
        let every = [Alg::RS256, Alg::ES256, Alg::EdDSA];
        for (token, expected) in [(&answer["access_token"], signing), (&before["access_token"], Alg::RS256)] {
            let verified = kernel::jose::verify(token.as_str().unwrap(), &keys, &every).unwrap();
            assert_eq!(verified.alg(), expected);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_at_once_with_the_same_number_exactly_one_wins() {
    let f = std::sync::Arc::new(fixture().await);
    for _ in 0..8 {
        let assertion = f.assertion(json!({}));
        let asking = (0..32).map(|_| {
            let (f, assertion) = (f.clone(), assertion.clone());
            tokio::spawn(async move { f.ask(&assertion).await.0 })
        });
        let answers = futures::future::join_all(asking).await;
        assert_eq!(answers.iter().filter(|status| *status.as_ref().unwrap() == StatusCode::OK).count(), 1);
    }
    // Different numbers all win, and every token has its own.
    let asking = (0..200).map(|_| {
        let f = f.clone();
        let assertion = f.assertion(json!({}));
        tokio::spawn(async move { f.token(&assertion).await["jti"].as_str().unwrap().to_owned() })
    });
    let numbers: std::collections::HashSet<_> =
        futures::future::join_all(asking).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(numbers.len(), 200);
}

#[tokio::test]
async fn what_is_administered_holds_at_once_on_every_node() {
    let f = fixture().await;
    // A registrar of its own, as the command line has; the component is not told of anything.
    let registrar = Registrar::new(f.store.clone(), f.clock.clone());
    f.token(&f.assertion(json!({}))).await;

    let no_access = (403, "invalid_scope".to_owned(), "250".to_owned());
    registrar.set_access("test:en", orgnr(NAV), false).await.unwrap();
    assert_eq!(f.refused(&f.assertion(json!({}))).await, no_access);
    registrar.set_access("test:en", orgnr(NAV), true).await.unwrap();
    f.token(&f.assertion(json!({}))).await;

    let no_scope = (400, "invalid_scope".to_owned(), "200".to_owned());
    assert!(registrar.set_scope_active("test:en", false).await.unwrap());
    assert_eq!(f.refused(&f.assertion(json!({}))).await, no_scope);
    registrar.put_scopes(scopes()).await.unwrap();
    f.token(&f.assertion(json!({}))).await;

    // A new key is known at once, the old one no longer.
    let new = SigningKey::generate(Alg::ES256).unwrap();
    registrar.register_client(nav(&[&new], &["test:en"])).await.unwrap();
    let (old, fresh) = (f.assertion(json!({})), new.sign_jwt(None, &f.claims(json!({}))).unwrap());
    f.token(&fresh).await;
    assert_eq!(f.refused(&old).await.2, "124");

    assert!(registrar.deactivate_client("nav").await.unwrap());
    assert!(!registrar.deactivate_client("ingen").await.unwrap());
    let gone = new.sign_jwt(None, &f.claims(json!({}))).unwrap();
    assert_eq!(f.refused(&gone).await, (400, "invalid_grant".to_owned(), "100".to_owned()));
}

#[tokio::test]
async fn a_token_lives_as_long_as_client_and_scopes_allow() {
    let f = fixture().await;
    let life = |claims: &serde_json::Value| claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert_eq!(life(&f.token(&f.assertion(json!({ "scope": "test:kort test:en" }))).await), 30);
    let client = NewClient { access_token_lifetime: 600, ..nav(&[&f.ec], &["test:en", "test:kort"]) };
    f.component.registrar().register_client(client).await.unwrap();
    assert_eq!(life(&f.token(&f.assertion(json!({}))).await), 600);
    assert_eq!(life(&f.token(&f.assertion(json!({ "scope": "test:kort" }))).await), 30);
}

#[tokio::test]
async fn a_supplier_acts_for_the_consumer_that_has_delegated() {
    let f = fixture().await;
    let registrar = f.component.registrar();
    let ask = || f.assertion(json!({ "iss": "leverandoer", "scope": "test:delegert", "consumer_org": NAV }));
    let error = |status: u16, error: &str, code: &str| (status, error.to_owned(), code.to_owned());
    let undelegated = error(403, "invalid_altinn_customer_delegation", "251");
    // The supplier itself has no access, nor has the consumer yet.
    let own = f.assertion(json!({ "iss": "leverandoer", "scope": "test:delegert" }));
    assert_eq!(f.refused(&own).await, error(403, "invalid_scope", "250"));
    registrar.set_delegation("test:delegert", orgnr(NAV), orgnr(SUPPLIER), true).await.unwrap();
    let assertion = ask();
    assert_eq!(f.refused(&assertion).await, error(403, "invalid_scope", "250"));
    registrar.set_access("test:delegert", orgnr(NAV), true).await.unwrap();
    // A refusal uses nothing up.
    let claims = f.token(&assertion).await;
    assert_eq!(claims["consumer"]["ID"], "0192:310000027");
    assert_eq!(claims["supplier"], json!({ "authority": "iso6523-actorid-upis", "ID": "0192:310000108" }));
    assert_eq!(claims["delegation_source"], ALTINN);
    registrar.set_delegation("test:delegert", orgnr(NAV), orgnr(SUPPLIER), false).await.unwrap();
    assert_eq!(f.refused(&ask()).await, undelegated);
    // A scope that cannot be delegated.
    let scope = json!({ "scope": "test:en", "consumer_org": SUPPLIER });
    assert_eq!(f.refused(&f.assertion(scope)).await, undelegated);
}

#[tokio::test]
async fn a_registration_is_checked() {
    let f = fixture().await;
    let registrar = f.component.registrar();
    let good = || nav(&[&f.ec], &["test:en"]);
    let bare = |key: &SigningKey| kernel::jose::Jwk { kid: None, ..key.public_jwk().clone() };
    let bad = [
        NewClient { client_id: "med mellomrom".to_owned(), ..good() },
        NewClient { client_id: String::new(), ..good() },
        NewClient { access_token_lifetime: 3601, ..good() },
        NewClient { jwks: vec![bare(&f.ec)], ..good() },
        NewClient { jwks: vec![f.ec.public_jwk().clone(), f.ec.public_jwk().clone()], ..good() },
        NewClient { jwks: vec![kernel::jose::Jwk { y: None, ..f.ec.public_jwk().clone() }], ..good() },
    ];
    for client in bad {
        let error = registrar.register_client(client.clone()).await.unwrap_err();
        assert!(matches!(error, RegistrationError::Invalid(_)), "{client:?}: {error}");
    }
    let error = registrar.register_client(nav(&[&f.ec], &["test:en", "finnes:ikke"])).await.unwrap_err();
    assert!(matches!(error, RegistrationError::UnknownScope(scope) if scope == "finnes:ikke"));
    f.token(&f.assertion(json!({ "scope": "test:to/les.alt" }))).await;
}
