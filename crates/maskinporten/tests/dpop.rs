//! Tokens of machines that are bound to a key (DPoP).
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use axum::body::Body;
use common::*;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use kernel::jose::{Alg, SigningKey, dpop};
use serde_json::{Value, json};
use tower::ServiceExt as _;

async fn ask(f: &Fixture, assertion: &str, proofs: &[&str]) -> (StatusCode, Value) {
    let mut request =
        Request::post("/maskinporten/token").header("content-type", "application/x-www-form-urlencoded");
    for proof in proofs {
        request = request.header("dpop", *proof);
    }
    let request = request.body(Body::from(form(assertion))).unwrap();
    let answer = f.router.clone().oneshot(request).await.unwrap();
    let status = answer.status();
    (status, serde_json::from_slice(&answer.into_body().collect().await.unwrap().to_bytes()).unwrap())
}

#[tokio::test]
async fn a_proof_binds_the_token_to_its_key_and_serves_once() {
    let f = fixture().await;
    let key = SigningKey::generate(Alg::ES256).unwrap();
    let proof = |jti: &str, more: Value| {
        dpop::prove(&key, "POST", &format!("{ISSUER}token"), jti, f.now(), &more).unwrap()
    };
    let good = proof("1", json!({}));
    let (status, answer) = ask(&f, &f.assertion(json!({})), &[&good]).await;
    assert_eq!((status, &answer["token_type"]), (StatusCode::OK, &json!("DPoP")), "{answer}");
    let claims = f.verified(answer["access_token"].as_str().unwrap()).await;
    assert_eq!(claims["cnf"], json!({ "jkt": key.public_jwk().thumbprint() }));
    assert_eq!(claims["token_type"], "DPoP");

    // A proof that does not hold gives no token, and does not use the assertion up.
    let assertion = f.assertion(json!({}));
    let fresh = proof("2", json!({}));
    for proofs in [
        vec![good.clone()],
        vec![fresh.clone(), fresh.clone()],
        vec!["x".to_owned()],
        vec![proof("3", json!({ "htu": format!("{ISSUER}jwk") }))],
        vec![proof("4", json!({ "htm": "GET" }))],
        vec![proof("5", json!({ "iat": f.now() - 61 }))],
    ] {
        let proofs: Vec<&str> = proofs.iter().map(String::as_str).collect();
        let (status, answer) = ask(&f, &assertion, &proofs).await;
        assert_eq!(
            (status, &answer["error"]),
            (StatusCode::BAD_REQUEST, &json!("invalid_dpop_proof")),
            "{answer}"
        );
    }
    let (status, _) = ask(&f, &assertion, &[&fresh]).await;
    assert_eq!(status, StatusCode::OK);

    // An assertion that does not hold uses no proof up either.
    let proof = proof("6", json!({}));
    let (status, answer) = ask(&f, &assertion, &[&proof]).await;
    assert_eq!((status, &answer["error"]), (StatusCode::BAD_REQUEST, &json!("invalid_grant")), "{answer}");
    let (status, _) = ask(&f, &f.assertion(json!({})), &[&proof]).await;
    assert_eq!(status, StatusCode::OK);
    // Without a proof, a token is what it always was.
    assert_eq!(f.token(&f.assertion(json!({}))).await.get("cnf"), None);
}
