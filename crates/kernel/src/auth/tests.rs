use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::SignedDuration;
use serde_json::json;

use super::*;
use crate::jose::SigningKey;
use http::HeaderValue;

fn clock() -> Clock {
    Clock::fixed("2026-11-23T09:00:00Z".parse().unwrap())
}

fn headers(token: &str) -> HeaderMap {
    HeaderMap::from_iter([(
        header::AUTHORIZATION,
        HeaderValue::from_str(&format!("Bearer {token}")).unwrap(),
    )])
}

async fn refused(auth: &Auth, token: &str, issuer: Issuer) -> AuthError {
    auth.bearer(&headers(token), issuer).await.unwrap_err()
}

#[tokio::test]
async fn a_token_gives_its_claims_and_its_scopes_decide() {
    let auth = Auth::for_tests(clock());
    let token = auth.mint_for_tests(&clock(), json!({
        "iss": "maskinporten", "client_id": "nav", "scope": "krr:global/kontaktinformasjon.read felles:innlasting",
        "consumer": { "authority": "iso6523-actorid-upis", "ID": "0192:889640782" }, "aud": ["https://api.example"],
    }));
    for _ in 0..2 {
        let claims = auth.bearer(&headers(&token), Issuer::Maskinporten).await.unwrap();
        assert_eq!(claims.client_id, "nav");
        assert_eq!(claims.consumer_orgnr.unwrap().as_str(), "889640782");
        assert_eq!(claims.aud, ["https://api.example"]);
        assert!(claims.require_scope("felles:innlasting").is_ok());
        let error = claims.require_scope("folkeregister:les").unwrap_err();
        assert_eq!(error.status(), StatusCode::FORBIDDEN);
        assert!(error.www_authenticate().contains("error=\"insufficient_scope\""));
        assert!(error.www_authenticate().contains("scope=\"folkeregister:les\""));
    }
    let error = refused(&auth, &token, Issuer::Idporten).await;
    assert_eq!(error.status(), StatusCode::UNAUTHORIZED);
    assert!(error.into_response().headers()["www-authenticate"].to_str().unwrap().contains("invalid_token"));
}

#[tokio::test]
async fn tokens_that_are_not_access_tokens_of_the_issuer_now_are_refused() {
    let clock = clock();
    let auth = Auth::for_tests(clock.clone());
    let now = clock.now().as_second();
    for claims in [
        json!({ "iss": "https://idporten.example" }),
        json!({ "iss": "maskinporten" }),
        json!({ "iss": "idporten", "nonce": "n" }),
        json!({ "iss": "idporten", "sid": "s" }),
        json!({ "iss": "idporten", "token_type": null }),
        json!({ "iss": "idporten", "client_id": null }),
        json!({ "iss": "idporten", "exp": null }),
        json!({ "iss": "idporten", "exp": now - 60 }),
        json!({ "iss": "idporten", "nbf": now + 61 }),
        json!({ "iss": "idporten", "iat": now + 61 }),
        json!({ "iss": "idporten", "pid": "12345678901" }),
        json!({ "iss": "idporten", "consumer": { "ID": "0192:1" } }),
        json!({ "iss": "idporten", "consumer": { "ID": "889640782" } }),
    ] {
        let token = auth.mint_for_tests(&clock, claims.clone());
        let error = refused(&auth, &token, Issuer::Idporten).await;
        assert_eq!(error.status(), StatusCode::UNAUTHORIZED, "{claims}");
    }
    let accepted =
        auth.mint_for_tests(&clock, json!({ "iss": "idporten", "exp": now - 59, "nbf": now + 60 }));
    assert!(auth.bearer(&headers(&accepted), Issuer::Idporten).await.is_ok());
    // Remembered, it expires all the same.
    clock.advance(SignedDuration::from_secs(1));
    assert_eq!(refused(&auth, &accepted, Issuer::Idporten).await.reason, "the token has expired");

    for raw in ["", "x", "Basic YTpi", "Bearer", "Bearer a.b.c"] {
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_static(raw))]);
        let error = auth.bearer(&headers, Issuer::Idporten).await.unwrap_err();
        assert_eq!(error.status(), StatusCode::UNAUTHORIZED, "{raw}");
    }
    assert_eq!(
        auth.bearer(&HeaderMap::new(), Issuer::Idporten).await.unwrap_err().www_authenticate(),
        "Bearer"
    );
    let mut two = headers(&accepted);
    two.append(header::AUTHORIZATION, two[header::AUTHORIZATION].clone());
    assert!(auth.bearer(&two, Issuer::Idporten).await.is_err());
    assert!(auth.bearer(&headers(&"a".repeat(LONGEST + 1)), Issuer::Idporten).await.is_err());
}

#[tokio::test]
async fn new_keys_are_fetched_when_they_appear_and_not_too_often() {
    let clock = clock();
    let keys = [SigningKey::generate(Alg::ES256).unwrap(), SigningKey::generate(Alg::ES256).unwrap()];
    let fetches = Arc::new(AtomicUsize::new(0));
    let published = Arc::new(Mutex::new(Err("not up yet".to_owned())));
    let source: KeySource = {
        let (fetches, published) = (fetches.clone(), published.clone());
        Arc::new(move |_| {
            fetches.fetch_add(1, Ordering::SeqCst);
            let answer = published.lock().unwrap().clone();
            Box::pin(async move { answer })
        })
    };
    let publish = |keys: &[SigningKey]| {
        let keys: Vec<_> = keys.iter().map(SigningKey::public_jwk).collect();
        *published.lock().unwrap() = Ok(json!({ "keys": keys }).to_string().into_bytes());
    };
    let auth = Auth::of_felles(clock.clone(), "http://localhost:8080", source);
    let token = |key: &SigningKey, jti: &str| {
        let now = clock.now().as_second();
        let claims = json!({ "iss": TEST_IDPORTEN, "client_id": "c", "token_type": "Bearer", "exp": now + 7200, "jti": jti });
        key.sign_jwt(None, &claims).unwrap()
    };
    let first = token(&keys[0], "1");
    assert_eq!(refused(&auth, &first, Issuer::Idporten).await.status(), StatusCode::SERVICE_UNAVAILABLE);
    publish(&keys[..1]);
    clock.advance(SignedDuration::from_secs(1));
    assert!(auth.verify(&first, Issuer::Idporten).await.is_ok());
    assert_eq!(fetches.load(Ordering::SeqCst), 2);

    // A key that is not known yet: not before 30 seconds have passed, then once.
    publish(&keys);
    let second = token(&keys[1], "2");
    assert!(auth.verify(&second, Issuer::Idporten).await.is_err());
    assert_eq!(fetches.load(Ordering::SeqCst), 2);
    clock.advance(SignedDuration::from_secs(30));
    assert!(auth.verify(&second, Issuer::Idporten).await.is_ok());
    for _ in 0..10 {
        let unknown = SigningKey::generate(Alg::ES256).unwrap();
        assert!(auth.verify(&token(&unknown, "3"), Issuer::Idporten).await.is_err());
    }
    assert_eq!(fetches.load(Ordering::SeqCst), 3);

    // A key that is withdrawn stops within the hour, its remembered tokens too.
    publish(&keys[1..]);
    clock.advance(SignedDuration::from_secs(3600));
    assert!(auth.verify(&first, Issuer::Idporten).await.is_err());
    assert!(auth.verify(&second, Issuer::Idporten).await.is_ok());
    // An issuer that is away: the keys of before go on.
    *published.lock().unwrap() = Err("away".to_owned());
    clock.advance(SignedDuration::from_secs(3599));
    assert!(auth.verify(&second, Issuer::Idporten).await.is_ok());
}

#[tokio::test]
async fn the_memory_of_tokens_is_bounded() {
    let auth = Auth::for_tests(clock());
    let token = auth.mint_for_tests(&clock(), json!({ "iss": "idporten" }));
    let claims = auth.verify(&token, Issuer::Idporten).await.unwrap();
    for n in 0..40_000_u32 {
        let mut hash = [0; 32];
        hash[..4].copy_from_slice(&n.to_le_bytes());
        auth.remember(hash, Issuer::Idporten, claims.clone(), clock().now().as_second());
    }
    let held: usize = auth.0.tokens.iter().map(|shard| shard.lock().unwrap().len()).sum();
    assert!(held <= SHARDS * PER_SHARD && held > SHARDS * PER_SHARD / 4, "{held}");
}

const BASE: &str = "http://localhost:8080";

fn parts(path: &str, headers: &[(&str, &str)]) -> http::request::Parts {
    let mut request = http::Request::builder().method("GET").uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap().into_parts().0
}

async fn answered<F: Future>(parts: &http::request::Parts, answer: F) -> F::Output {
    noted(parts.method.clone(), format!("{BASE}{}", parts.uri.path()), answer).await
}

#[tokio::test]
async fn a_token_bound_to_a_key_needs_a_proof_for_the_request_each_time() {
    let clock = clock();
    let auth = Auth::for_tests(clock.clone());
    let (key, other) = (SigningKey::generate(Alg::ES256).unwrap(), SigningKey::generate(Alg::ES256).unwrap());
    let cnf = json!({ "jkt": key.public_jwk().thumbprint() });
    let token =
        auth.mint_for_tests(&clock, json!({ "iss": "maskinporten", "cnf": cnf, "token_type": "DPoP" }));
    let hash = digest::digest(&digest::SHA256, token.as_bytes());
    let ath = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, hash);
    let now = clock.now().as_second();
    let proof = |key: &SigningKey, path: &str, jti: &str| {
        dpop::prove(key, "GET", &format!("{BASE}{path}"), jti, now, &json!({ "ath": ath })).unwrap()
    };
    let send = async |scheme: &str, proofs: &[&str]| {
        let shown = format!("{scheme} {token}");
        let mut headers = vec![("authorization", shown.as_str())];
        headers.extend(proofs.iter().map(|proof| ("dpop", *proof)));
        let parts = parts("/folkeregisteret/x?y=z", &headers);
        answered(&parts, auth.bearer(&parts.headers, Issuer::Maskinporten)).await
    };
    let good = proof(&key, "/folkeregisteret/x", "1");
    let claims = send("DPoP", &[&good]).await.unwrap();
    assert_eq!(claims.jkt, key.public_jwk().thumbprint());
    // A second time, the same proof is worth nothing; another is.
    let error = send("dpop", &[&good]).await.unwrap_err();
    assert_eq!(error.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(
        error.www_authenticate(),
        "DPoP error=\"invalid_dpop_proof\", error_description=\"the DPoP proof does not hold: it has been used before\", algs=\"ES256 PS256 EdDSA\""
    );
    assert!(send("DPoP", &[&proof(&key, "/folkeregisteret/x", "2")]).await.is_ok());
    // Stolen: without a proof, with the thief's own key, for another address, twice, as Bearer.
    let fresh = proof(&key, "/folkeregisteret/x", "3");
    for (scheme, proofs) in [
        ("DPoP", vec![]),
        ("DPoP", vec![proof(&other, "/folkeregisteret/x", "4")]),
        ("DPoP", vec![proof(&key, "/folkeregisteret/y", "5")]),
        ("DPoP", vec![fresh.clone(), fresh.clone()]),
        ("Bearer", vec![]),
        ("Bearer", vec![fresh.clone()]),
    ] {
        let proofs: Vec<&str> = proofs.iter().map(String::as_str).collect();
        let error = send(scheme, &proofs).await.unwrap_err();
        assert!(error.www_authenticate().starts_with("DPoP error="), "{scheme} {error}");
    }
    assert!(auth.verify(&token, Issuer::Maskinporten).await.is_err());
    // None of that used the good proof up. Without `noted` around it, nothing is proved.
    let parts = parts("/folkeregisteret/x", &[("authorization", &format!("DPoP {token}")), ("dpop", &fresh)]);
    assert!(auth.bearer(&parts.headers, Issuer::Maskinporten).await.is_err());
    assert!(send("DPoP", &[&fresh]).await.is_ok());
}

#[tokio::test]
async fn a_token_bound_to_nothing_is_no_dpop_token_and_other_bindings_are_refused() {
    let clock = clock();
    let auth = Auth::for_tests(clock.clone());
    let token = auth.mint_for_tests(&clock, json!({ "iss": "maskinporten" }));
    let parts = parts("/x", &[("authorization", &format!("DPoP {token}"))]);
    let error = answered(&parts, auth.bearer(&parts.headers, Issuer::Maskinporten)).await.unwrap_err();
    assert!(error.www_authenticate().contains("invalid_token"));
    for cnf in [json!({ "x5t#S256": "abc" }), json!({}), json!("x")] {
        let token = auth.mint_for_tests(&clock, json!({ "iss": "maskinporten", "cnf": cnf }));
        refused(&auth, &token, Issuer::Maskinporten).await;
    }
}

#[test]
fn proofs_are_remembered_within_bounds_and_never_forgotten_early() {
    let mut used = Used::default();
    let proof = |n: u64, until| {
        let mut fingerprint = [0; 32];
        fingerprint[..8].copy_from_slice(&n.to_le_bytes());
        Proof { jkt: String::new(), nonce: None, fingerprint, until }
    };
    for n in 0..PROOFS as u64 {
        used.take(&proof(n, 100), 0).unwrap();
    }
    let full = used.take(&proof(u64::MAX, 100), 50).unwrap_err();
    assert_eq!(full.status(), StatusCode::SERVICE_UNAVAILABLE);
    used.take(&proof(u64::MAX, 200), 100).unwrap();
    assert_eq!(used.proofs.len(), 1);
    assert!(used.take(&proof(u64::MAX, 200), 101).is_err());
}
