//! The service's own keys and what it tells of itself.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use common::*;
use jiff::SignedDuration;
use serde_json::json;

#[tokio::test]
async fn metadata_is_that_of_the_real_service() {
    let f = fixture().await;
    let expected = json!({
        "issuer": ISSUER, "token_endpoint": format!("{ISSUER}token"), "jwks_uri": format!("{ISSUER}jwk"),
        "token_endpoint_auth_methods_supported": ["private_key_jwt"], "grant_types_supported": [GRANT],
        "authorization_details_types_supported": ["urn:altinn:systemuser"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256", "RS384", "RS512", "PS256", "ES256"],
        "dpop_signing_alg_values_supported": ["ES256", "PS256", "EdDSA"],
    });
    for path in [
        "/maskinporten/.well-known/oauth-authorization-server",
        "/.well-known/oauth-authorization-server/maskinporten",
        "/.well-known/oauth-authorization-server/maskinporten/",
    ] {
        assert_eq!(get(&f.router, path).await.1, expected, "{path}");
    }
}

#[tokio::test]
async fn keys_rotate_and_old_tokens_go_on() {
    let f = fixture().await;
    let kids = || async {
        let (_, jwks) = get(&f.router, "/maskinporten/jwk").await;
        assert!(!jwks.to_string().contains("\"d\":"), "private members are published");
        let keys = jwks["keys"].as_array().unwrap().clone();
        keys.iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let signed_by = |token: &str| kernel::jose::Jwt::parse(token).unwrap().header().kid.clone().unwrap();
    let token =
        || async { f.ask(&f.assertion(json!({}))).await.1["access_token"].as_str().unwrap().to_owned() };
    let first = kids().await;
    assert_eq!(first.len(), 1);
    let old = token().await;
    assert_eq!(signed_by(&old), first[0]);

    // The successor is published for a day before it signs.
    f.clock.advance(SignedDuration::from_hours(24 * 89));
    f.component.look_after().await.unwrap();
    let both = kids().await;
    assert_eq!(both.len(), 2);
    assert_eq!(signed_by(&token().await), first[0]);
    f.clock.advance(SignedDuration::from_hours(24));
    f.component.look_after().await.unwrap();
    let new = token().await;
    assert_ne!(signed_by(&new), first[0]);
    assert!(both.contains(&signed_by(&new)));
    // The retired key still verifies what it signed.
    f.verified(&old).await;
    f.clock.advance(SignedDuration::from_hours(26));
    f.component.look_after().await.unwrap();
    assert_eq!(kids().await, [signed_by(&new)]);
}

#[tokio::test]
async fn when_a_key_may_be_known_to_others_another_signs_at_once() {
    let f = fixture().await;
    let old = f.ask(&f.assertion(json!({}))).await.1["access_token"].as_str().unwrap().to_owned();
    f.component.replace_keys().await.unwrap();
    let (_, jwks) = get(&f.router, "/maskinporten/jwk").await;
    let keys = kernel::jose::KeySet::parse(jwks.to_string().as_bytes()).unwrap();
    assert!(kernel::jose::verify(&old, &keys, &[kernel::jose::Alg::RS256]).is_err());
    f.token(&f.assertion(json!({}))).await;
}
