use serde_json::json;

use super::*;
use crate::jose::SigningKey;

const NOW: i64 = 1_790_000_000;
const URI: &str = "https://test.idporten.no/token";

fn key() -> SigningKey {
    SigningKey::generate(Alg::ES256).unwrap()
}

fn of(key: &SigningKey, claims: Value) -> String {
    prove(key, "POST", URI, "jti-1", NOW, &claims).unwrap()
}

fn check(proof: &str) -> Result<Proof, DpopError> {
    verify(proof, "POST", URI, None, NOW)
}

/// The example of RFC 9449 § 4.1: a proof that another program signed.
#[test]
fn the_standards_own_proof_holds() {
    let proof = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg";
    let found = verify(proof, "POST", "https://server.example.com/token", None, 1_562_262_616).unwrap();
    assert_eq!(found.jkt, "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
    assert!(verify(proof, "POST", "https://server.example.com/token", None, 1_562_262_677).is_err());
}

#[test]
fn every_algorithm_that_is_announced_proves() {
    for alg in ALGS {
        let key = SigningKey::generate(alg).unwrap();
        let proof = check(&of(&key, json!({}))).unwrap();
        assert_eq!(proof.jkt, key.public_jwk().thumbprint().unwrap());
        assert!(is_thumbprint(&proof.jkt));
    }
    let rs256 = SigningKey::generate(Alg::RS256).unwrap();
    assert!(check(&of(&rs256, json!({}))).is_err());
}

#[test]
fn method_address_time_and_token_must_be_the_requests() {
    let key = key();
    for same in [
        URI,
        "https://test.idporten.no/token?a=b",
        "https://test.idporten.no/token#x",
        "HTTPS://TEST.IDPORTEN.NO:443/token",
        "https://test.idporten.no/x/../token",
    ] {
        assert!(check(&of(&key, json!({ "htu": same }))).is_ok(), "{same}");
    }
    for (claims, why) in [
        (json!({ "htm": "GET" }), "htm is not the request's method"),
        (json!({ "htm": "post" }), "htm is not the request's method"),
        (json!({ "htm": null }), "htm is not the request's method"),
        (json!({ "htu": "https://test.idporten.no/token/" }), "htu is not the request's address"),
        (json!({ "htu": "http://test.idporten.no/token" }), "htu is not the request's address"),
        (json!({ "htu": "https://test.idporten.no:8443/token" }), "htu is not the request's address"),
        (json!({ "htu": "https://x@test.idporten.no/token" }), "htu is not the request's address"),
        (json!({ "htu": "https://ond.example/token" }), "htu is not the request's address"),
        (json!({ "htu": "/token" }), "it has no htu"),
        (json!({ "htu": null }), "it has no htu"),
        (json!({ "jti": null }), "it has no jti"),
        (json!({ "jti": "" }), "it has no jti"),
        (json!({ "jti": "j".repeat(513) }), "it has no jti"),
        (json!({ "jti": 1 }), "its claims are not understood"),
        (json!({ "iat": null }), "it has no iat"),
        (json!({ "iat": NOW + 61 }), "iat is not within 60 seconds of now"),
        (json!({ "iat": NOW - 61 }), "iat is not within 60 seconds of now"),
        (json!({ "iat": 1e300 }), "iat is not within 60 seconds of now"),
        (json!({ "iat": -1e300 }), "iat is not within 60 seconds of now"),
        (json!({ "nbf": NOW + 61 }), "nbf is more than 60 seconds ahead"),
        (json!({ "nbf": 1e300 }), "nbf is more than 60 seconds ahead"),
        (json!({ "nbf": "now" }), "its claims are not understood"),
        (json!({ "exp": NOW }), "it has expired"),
        (json!({ "exp": NOW - 300, "nbf": NOW - 600 }), "it has expired"),
        (json!({ "exp": -1e300 }), "it has expired"),
        (json!({ "nonce": "" }), "its nonce is empty or too long"),
    ] {
        assert_eq!(check(&of(&key, claims.clone())), Err(DpopError(why)), "{claims}");
    }
    for (iat, nonce) in [(NOW + 60, "a"), (NOW - 60, "b")] {
        let proof = check(&of(&key, json!({ "iat": iat, "nonce": nonce }))).unwrap();
        assert_eq!(proof.nonce.as_deref(), Some(nonce));
        assert!(proof.until > iat + 60);
    }
    for more in [
        json!({ "nbf": NOW, "exp": NOW + 300 }),
        json!({ "nbf": NOW + 60 }),
        json!({ "exp": NOW + 1 }),
        json!({ "nbf": null, "exp": null }),
    ] {
        assert!(check(&of(&key, more.clone())).is_ok(), "{more}");
    }
    let with_token = |claims| verify(&of(&key, claims), "POST", URI, Some("token"), NOW);
    let ath = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, b"token"));
    assert!(with_token(json!({ "ath": ath })).is_ok());
    for wrong in [json!({}), json!({ "ath": "x" }), json!({ "ath": format!("{ath}=") })] {
        assert_eq!(with_token(wrong), Err(DpopError("ath is not the hash of the access token")));
    }
}

#[test]
fn the_header_must_be_a_proofs() {
    let key = key();
    let public = key.public_jwk();
    let jwk = json!({ "kty": public.kty, "crv": public.crv, "x": public.x, "y": public.y });
    let claims = json!({ "jti": "a", "htm": "POST", "htu": URI, "iat": NOW });
    let signed = |header: Value| check(&key.sign_parts(&header, &claims).unwrap());
    assert!(signed(json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": jwk })).is_ok());
    let mut private = jwk.clone();
    private["d"] = "AQAB".into();
    let other = SigningKey::generate(Alg::ES256).unwrap();
    for header in [
        json!({ "typ": "JWT", "alg": "ES256", "jwk": jwk }),
        json!({ "alg": "ES256", "jwk": jwk }),
        json!({ "typ": "dpop+jwt", "alg": "ES256" }),
        json!({ "typ": "dpop+jwt", "alg": "ES256", "kid": key.kid() }),
        json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": private }),
        json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": other.public_jwk() }),
        json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": { "kty": "oct", "k": "AQAB" } }),
        json!({ "typ": "dpop+jwt", "alg": "none", "jwk": jwk }),
        json!({ "typ": "dpop+jwt", "alg": "HS256", "jwk": jwk }),
        json!({ "typ": "dpop+jwt", "alg": "RS256", "jwk": jwk }),
        json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": jwk, "crit": ["b64"], "b64": false }),
    ] {
        assert!(signed(header.clone()).is_err(), "{header}");
    }
    for nonsense in ["", "a", "..", "e30.e30.", &"a".repeat(9000)] {
        assert!(check(nonsense).is_err());
    }
}

#[test]
fn a_proof_is_the_same_by_its_key_its_address_and_its_jti() {
    let (one, two) = (key(), key());
    let fingerprint = |key, claims| check(&of(key, claims)).unwrap().fingerprint;
    let first = fingerprint(&one, json!({}));
    assert_eq!(first, fingerprint(&one, json!({ "iat": NOW + 5, "nonce": "n" })));
    assert_ne!(first, fingerprint(&one, json!({ "jti": "jti-2" })));
    assert_ne!(first, fingerprint(&two, json!({})));
}

#[test]
fn a_nonce_lasts_five_minutes_and_is_the_same_on_every_node() {
    let (here, there) = (Nonces::new(b"secret"), Nonces::new(b"secret"));
    let nonce = here.make(NOW);
    for age in [0, 60, 239] {
        assert!(there.holds(&nonce, NOW + age));
    }
    assert!(!there.holds(&nonce, NOW + 301));
    assert!(!there.holds(&nonce, NOW - 60));
    assert!(!Nonces::new(b"other").holds(&nonce, NOW));
    assert!(!here.holds("", NOW));
}

#[test]
fn a_request_has_one_proof() {
    let mut headers = HeaderMap::new();
    assert_eq!(super::of(&headers), Ok(None));
    headers.append(HEADER, http::HeaderValue::from_static("a"));
    assert_eq!(super::of(&headers), Ok(Some("a")));
    headers.append(HEADER, http::HeaderValue::from_static("b"));
    assert!(super::of(&headers).is_err());
}
