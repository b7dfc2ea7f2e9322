//! Whatever comes in as a token, a key, a key set or a proof: the answer is an error or a value, never a panic, and
//! nothing that is altered verifies.
//!
//! Each property runs over 256 inputs. `FELLES_FUZZ_SECONDS=600` runs each for ten minutes; what fails is kept in
//! `parsing.proptest-regressions` and tried first from then on. The properties at the end begin with what is kept in `corpus/`,
//! which says more (`kernel::testing::corpus`).
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

#[path = "../src/testing/corpus.rs"]
mod corpus;

use std::sync::OnceLock;
use std::time::Instant;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use corpus::Corpus;
use kernel::jose::sd_jwt::SdJwt;
use kernel::jose::{Alg, Jwk, Jwt, KeySet, PublicKey, SigningKey, dpop, verify};
use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence, TestRunner};
use serde_json::{Value, json};

const NOW: i64 = 1_790_000_000;
const URI: &str = "https://test.idporten.no/token";
const ALL: [Alg; 6] = [Alg::RS256, Alg::RS384, Alg::RS512, Alg::PS256, Alg::ES256, Alg::EdDSA];

/// Runs a property over 256 inputs, or for as many seconds as are asked for.
#[expect(clippy::print_stdout, reason = "a long search says how long it was")]
fn run<S: Strategy>(strategy: S, property: impl Fn(S::Value)) {
    let seconds = std::env::var("FELLES_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    let start = Instant::now();
    let kept = FileFailurePersistence::Direct(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/parsing.proptest-regressions"
    ));
    let config = Config { failure_persistence: Some(Box::new(kept)), ..Config::with_source_file(file!()) };
    let mut runs = 0u64;
    loop {
        // A runner counts its inputs over all its runs, so that a second run of the same would try nothing.
        let mut runner = TestRunner::new(config.clone());
        runner
            .run(&strategy, |value| {
                property(value);
                Ok(())
            })
            .unwrap();
        runs += 1;
        if start.elapsed().as_secs() >= seconds {
            println!("{} inputs", runs * 256);
            return;
        }
    }
}

fn key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    KEY.get_or_init(|| SigningKey::generate(Alg::ES256).unwrap())
}

fn keys() -> KeySet {
    KeySet::parse(json!({ "keys": [key().public_jwk()] }).to_string().as_bytes()).unwrap()
}

/// JSON of any shape, with the words of the trade among its strings.
fn any_json() -> impl Strategy<Value = Value> {
    let words =
        ["ES256", "none", "RSA", "EC", "OKP", "P-256", "Ed25519", "sig", "AQAB", "dpop+jwt", URI, "POST"];
    let word = prop_oneof![
        "[ -~]{0,12}",
        any::<String>(),
        "[A-Za-z0-9_-]{43}",
        prop::sample::select(words.to_vec()).prop_map(str::to_owned),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word.prop_map(Value::from),
    ];
    let names = [
        "alg", "kid", "typ", "jwk", "crit", "x5c", "kty", "crv", "x", "y", "n", "e", "d", "use", "keys",
        "jti", "htm", "htu", "iat", "exp", "ath", "nonce", "cnf", "iss", "sub", "aud",
    ];
    leaf.prop_recursive(4, 32, 8, move |inner| {
        let name = prop_oneof![prop::sample::select(names.to_vec()).prop_map(str::to_owned), "[a-z]{0,5}"];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(name, inner, 0..8)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// A text that has been damaged: a part cut out, or replaced by another.
fn damage(text: &str, at: usize, length: usize, put: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let at = at % (characters.len() + 1);
    let end = (at + length).min(characters.len());
    characters[..at].iter().copied().chain(put.chars()).chain(characters[end..].iter().copied()).collect()
}

/// What damages.
fn damages() -> impl Strategy<Value = (usize, usize, String)> {
    (any::<usize>(), 0..20usize, prop_oneof!["[A-Za-z0-9_.=-]{0,20}", any::<String>()])
}

#[test]
fn no_text_is_a_token_and_none_panics() {
    let keys = keys();
    run(prop_oneof![any::<String>(), "[A-Za-z0-9_=-]{0,80}(\\.[A-Za-z0-9_=-]{0,80}){0,4}"], |text| {
        assert!(verify(&text, &keys, &ALL).is_err());
        assert!(dpop::verify(&text, "POST", URI, None, NOW).is_err());
        if let Ok(jwt) = Jwt::parse(&text) {
            let _ = jwt.unverified_claims::<Value>();
        }
    });
}

#[test]
fn any_header_claims_and_signature_are_refused_in_good_order() {
    let keys = keys();
    let parts = (any_json(), any_json(), prop::collection::vec(any::<u8>(), 0..80));
    run(parts, |(mut header, claims, signature)| {
        if let Some(header) = header.as_object_mut() {
            header.insert("kid".to_owned(), key().kid().into());
        }
        let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let token = format!("{}.{}.{}", part(&header), part(&claims), URL_SAFE_NO_PAD.encode(signature));
        assert!(verify(&token, &keys, &ALL).is_err());
        assert!(dpop::verify(&token, "POST", URI, None, NOW).is_err());
    });
}

#[test]
fn a_damaged_token_does_not_verify() {
    let keys = keys();
    let token = key().sign_jwt(Some("at+jwt"), &json!({ "iss": "x", "exp": NOW, "scope": "a b" })).unwrap();
    assert!(verify(&token, &keys, &ALL).is_ok());
    run(damages(), |(at, length, put)| {
        let damaged = damage(&token, at, length, &put);
        assert_eq!(verify(&damaged, &keys, &ALL).is_ok(), damaged == token, "{damaged}");
    });
}

#[test]
fn a_damaged_proof_does_not_hold() {
    let proof = dpop::prove(key(), "POST", URI, "jti", NOW, &json!({ "nonce": "n" })).unwrap();
    assert!(dpop::verify(&proof, "POST", URI, None, NOW).is_ok());
    run(damages(), |(at, length, put)| {
        let damaged = damage(&proof, at, length, &put);
        assert_eq!(dpop::verify(&damaged, "POST", URI, None, NOW).is_ok(), damaged == proof, "{damaged}");
    });
}

#[test]
fn a_signed_proof_with_any_claims_gives_a_proof_or_an_error() {
    run((any_json(), any::<i64>(), any::<String>()), |(claims, now, uri)| {
        let proof = dpop::prove(key(), "POST", URI, "jti", NOW, &claims).unwrap();
        if let Ok(held) = dpop::verify(&proof, "POST", URI, None, NOW) {
            assert_eq!(Some(held.jkt), key().public_jwk().thumbprint());
        }
        let _ = dpop::verify(&proof, "POST", &uri, Some("token"), now);
    });
}

#[test]
fn any_json_as_a_key_or_a_key_set_is_a_key_or_an_error() {
    run((any_json(), prop::sample::select(vec!["RSA", "EC", "OKP", "oct"])), |(mut json, kty)| {
        let _ = KeySet::parse(json.to_string().as_bytes());
        let _ = KeySet::parse(json!({ "keys": [json.clone()] }).to_string().as_bytes());
        if let Some(json) = json.as_object_mut() {
            json.insert("kty".to_owned(), kty.into());
        }
        if let Ok(jwk) = Jwk::from_value(&json) {
            let _ = jwk.thumbprint();
            if let Ok(key) = PublicKey::from_jwk(&jwk) {
                assert!(key.verify(Alg::ES256, b"x", &[0; 64]).is_err());
            }
        }
    });
}

/// Keys whose every member has the right form, and almost never the right value.
#[test]
fn numbers_of_any_length_as_members_of_a_key_do_no_harm() {
    let bytes = || {
        let length = prop_oneof![Just(32), Just(256), 0..1100usize];
        length.prop_flat_map(|n| prop::collection::vec(any::<u8>(), n))
    };
    let kinds = prop::sample::select(vec![("RSA", ""), ("EC", "P-256"), ("OKP", "Ed25519")]);
    run((kinds, bytes(), bytes()), |(kind, a, b)| {
        let (a, b) = (URL_SAFE_NO_PAD.encode(a), URL_SAFE_NO_PAD.encode(b));
        let jwk = json!({ "kty": kind.0, "crv": kind.1, "x": a, "y": b, "n": a, "e": b });
        if let Ok(key) = Jwk::from_value(&jwk).and_then(|jwk| PublicKey::from_jwk(&jwk)) {
            for alg in ALL {
                assert!(key.verify(alg, b"message", &[1; 64]).is_err());
                assert!(key.verify(alg, b"message", &[1; 256]).is_err());
            }
        }
    });
}

fn kept(target: &str) -> Corpus {
    Corpus::read(format!("{}/tests/corpus/{target}", env!("CARGO_MANIFEST_DIR")))
}

/// The public keys that the kept tokens were signed with; the private ones were thrown away.
fn keys_of_the_kept() -> KeySet {
    KeySet::parse(include_bytes!("corpus/keys.json")).unwrap()
}

#[test]
fn of_kept_tokens_and_their_like_those_that_were_signed_verify() {
    let (corpus, keys) = (kept("jws"), keys_of_the_kept());
    corpus.run(|input| {
        let Ok(text) = str::from_utf8(input) else { return "no text".to_owned() };
        if let Ok(jwt) = Jwt::parse(text) {
            let _ = jwt.unverified_claims::<Value>();
        }
        let claims = verify(text, &keys, &ALL).and_then(|payload| payload.claims::<Value>());
        assert_eq!(claims.is_ok(), corpus.is_good(input), "{text}");
        claims.map_or_else(|error| error.to_string(), |_| "verified".to_owned())
    });
}

#[test]
fn of_kept_proofs_and_their_like_those_that_were_signed_hold() {
    let corpus = kept("dpop");
    corpus.run(|input| {
        let Ok(text) = str::from_utf8(input) else { return "no text".to_owned() };
        let proof = dpop::verify(text, "POST", URI, None, NOW);
        assert_eq!(proof.is_ok(), corpus.is_good(input), "{text}");
        proof.map_or_else(|error| error.0.to_owned(), |proof| format!("holds, {}", proof.nonce.is_some()))
    });
}

#[test]
fn kept_keys_and_their_like_are_keys_or_errors() {
    let corpus = kept("jwks");
    corpus.run(|input| {
        let set = KeySet::parse(input);
        let key =
            serde_json::from_slice::<Value>(input).map_err(|_| "no JSON".to_owned()).and_then(|value| {
                let jwk = Jwk::from_value(&value).map_err(|error| error.to_string())?;
                jwk.algorithm().map_err(|error| error.to_string())?;
                PublicKey::from_jwk(&jwk).map_err(|error| error.to_string())
            });
        assert!(set.is_ok() || key.is_ok() || !corpus.is_good(input));
        if let Ok(key) = &key {
            for alg in ALL {
                assert!(key.verify(alg, b"message", &[7; 64]).is_err());
            }
        }
        format!("{:?} {:?}", set.is_ok(), key.err())
    });
}

#[test]
fn of_kept_credentials_and_their_like_those_that_were_signed_verify() {
    let (corpus, keys) = (kept("sd_jwt"), keys_of_the_kept());
    let signed = |input: &[u8]| input.split(|byte| *byte == b'~').next().unwrap_or_default().to_vec();
    let known: Vec<Vec<u8>> = corpus.inputs().iter().map(|input| signed(input)).collect();
    corpus.run(|input| {
        let Ok(text) = str::from_utf8(input) else { return "no text".to_owned() };
        let verified = SdJwt::parse(text).and_then(|credential| {
            let _ = (credential.header(), credential.unverified_issuer());
            credential.verify(keys.get("korpus-ES256").unwrap(), &[Alg::ES256])
        });
        let verified = match verified {
            Ok(verified) => verified,
            Err(error) => {
                assert!(!corpus.is_good(input), "{error}: {text}");
                return error.to_string();
            }
        };
        // Disclosures may be taken away, and nothing else.
        assert!(known.contains(&signed(input)), "{text}");
        assert!(verified.claims().values().all(|claim| !claim.to_string().contains("_sd_alg")));
        let bound = verified.bound("https://verifier.example", "n", NOW);
        assert!(bound.is_err() || corpus.is_good(input), "{text}");
        format!(
            "{:?} {:?} {:?}",
            verified.holder().is_ok(),
            verified.lives(NOW),
            bound.err().map(|error| error.to_string())
        )
    });
}
