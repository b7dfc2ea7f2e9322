//! By what assertions may be signed (RFC 7517 § 4.4), and from when they hold (RFC 7523 § 3).
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use common::*;
use kernel::jose::{Alg, SigningKey};
use serde_json::json;

#[tokio::test]
async fn a_key_signs_only_by_the_algorithm_that_it_is_registered_for() {
    let f = fixture().await;
    let claims = || f.claims(json!({}));
    let der = f.rsa.to_pkcs8_der().unwrap();
    let pss = SigningKey::from_pkcs8_der_for(&der, Alg::PS256).unwrap().with_kid(f.rsa.kid()).unwrap();
    // The client of the fixture is registered for RS256.
    f.token(&f.rsa.sign_jwt(None, &claims()).unwrap()).await;
    assert_eq!(f.refused(&pss.sign_jwt(None, &claims()).unwrap()).await.2, "124");
    let registrar = f.component.registrar();
    for (alg, by_rs256, by_ps256) in [("PS256", false, true), ("RS512", false, false)] {
        let mut client = nav(&[&f.rsa], &["test:en"]);
        client.jwks[0].alg = Some(alg.to_owned());
        registrar.register_client(client).await.unwrap();
        for (key, holds) in [(&f.rsa, by_rs256), (&pss, by_ps256)] {
            let (status, answer) = f.ask(&key.sign_jwt(None, &claims()).unwrap()).await;
            assert_eq!(status == 200, holds, "{alg} {:?}: {answer}", key.alg());
        }
    }
    // Neither an algorithm of another kind of key nor one that nobody knows is registered.
    for alg in ["ES256", "HS256", "none"] {
        let mut client = nav(&[&f.rsa], &["test:en"]);
        client.jwks[0].alg = Some(alg.to_owned());
        assert!(registrar.register_client(client).await.is_err(), "{alg}");
    }
}

#[tokio::test]
async fn an_assertion_that_begins_later_is_not_taken_yet() {
    let f = fixture().await;
    let now = f.now();
    for (nbf, status, error, code) in [
        (json!(now + 11), 400, "invalid_grant", "130"),
        (json!(1e300), 400, "invalid_grant", "130"),
        (json!("nå"), 400, "invalid_request", "011"),
    ] {
        let expected = (status, error.to_owned(), code.to_owned());
        assert_eq!(f.refused(&f.assertion(json!({ "nbf": nbf }))).await, expected, "{nbf}");
    }
    for nbf in [json!(now + 10), json!(now - 3600), json!(now as f64 + 0.5)] {
        f.token(&f.assertion(json!({ "nbf": nbf }))).await;
    }
}
