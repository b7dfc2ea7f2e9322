use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::*;
use crate::rng::Rng;
use crate::store::{Place, Store};

fn set(key: &SigningKey) -> KeySet {
    KeySet::parse(json!({ "keys": [key.public_jwk()] }).to_string().as_bytes()).unwrap()
}

fn token(header: Value, claims: Value, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let signed = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header.to_string()),
        URL_SAFE_NO_PAD.encode(claims.to_string())
    );
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(sign(signed.as_bytes())))
}

/// The example of RFC 7638 § 3.1.
#[test]
fn the_thumbprint_is_the_standards() {
    let jwk = json!({
        "kty": "RSA",
        "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
        "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"
    });
    let jwk = Jwk::from_value(&jwk).unwrap();
    assert_eq!(jwk.thumbprint().unwrap(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    assert!(PublicKey::from_jwk(&jwk).is_ok());
}

/// The examples of RFC 8037 appendices A.3 and A.4.
#[test]
fn ed25519_is_the_standards() {
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
    let jwk = Jwk::from_value(&jwk).unwrap();
    assert_eq!(jwk.thumbprint().unwrap(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    let token = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    assert!(Jwt::parse(token).unwrap().verify(&PublicKey::from_jwk(&jwk).unwrap(), &[Alg::EdDSA]).is_ok());
    let damaged = token.replace(".hgyY", ".hgyZ");
    let key = PublicKey::from_jwk(&jwk).unwrap();
    assert!(matches!(Jwt::parse(&damaged).unwrap().verify(&key, &[Alg::EdDSA]), Err(JoseError::Signature)));
}

/// The example of RFC 7515 appendix A.3: a token that another program signed with ES256.
#[test]
fn the_standards_own_token_verifies() {
    let jwk = json!({ "kty": "EC", "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0" });
    let key = PublicKey::from_jwk(&Jwk::from_value(&jwk).unwrap()).unwrap();
    let token = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    let payload = Jwt::parse(token).unwrap().verify(&key, &[Alg::ES256]).unwrap();
    assert_eq!(payload.claims::<Value>().unwrap()["iss"], "joe");
    let damaged = token.replace(".DtEhU3", ".DtEhU4");
    assert!(matches!(Jwt::parse(&damaged).unwrap().verify(&key, &[Alg::ES256]), Err(JoseError::Signature)));
}

#[test]
fn every_algorithm_signs_verifies_and_survives_pem() {
    for alg in [Alg::RS256, Alg::PS256, Alg::ES256, Alg::EdDSA] {
        let key = SigningKey::generate(alg).unwrap();
        assert_eq!(key.public_jwk().alg.as_deref(), Some(alg.as_str()));
        assert_eq!(SigningKey::from_pkcs8_pem(&key.to_pkcs8_pem().unwrap()).unwrap().kid(), key.kid());
        let again = SigningKey::from_pkcs8_der_for(&key.to_pkcs8_der().unwrap(), alg).unwrap();
        assert_eq!((again.kid(), again.alg()), (key.kid(), alg));
        assert_eq!(Some(key.kid().to_owned()), key.public_jwk().thumbprint());
        let token = again.sign_jwt(Some("at+jwt"), &json!({ "a": 1 })).unwrap();
        let payload = verify(&token, &set(&key), &[alg]).unwrap();
        assert_eq!(payload.claims::<Value>().unwrap(), json!({ "a": 1 }));
        assert_eq!(payload.header().typ.as_deref(), Some("at+jwt"));
        // Another key, an algorithm that is not allowed, a name that is not known.
        let other = SigningKey::generate(alg).unwrap();
        let named = SigningKey::with_kid(&other, key.kid()).unwrap().sign_jwt(None, &json!({})).unwrap();
        assert!(matches!(verify(&named, &set(&key), &[alg]), Err(JoseError::Signature)));
        assert!(matches!(verify(&token, &set(&key), &[Alg::RS512]), Err(JoseError::Algorithm)));
        assert!(matches!(verify(&token, &set(&other), &[alg]), Err(JoseError::UnknownKey)));
    }
}

#[test]
fn unsigned_symmetric_and_foreign_headers_are_refused() {
    let key = SigningKey::generate(Alg::RS256).unwrap();
    let keys = set(&key);
    let all = [Alg::RS256, Alg::RS384, Alg::RS512, Alg::PS256, Alg::ES256, Alg::EdDSA];
    let unsigned = token(json!({ "alg": "none", "kid": key.kid() }), json!({}), |_| Vec::new());
    assert!(matches!(verify(&unsigned, &keys, &all), Err(JoseError::Algorithm)));
    // HS256 with what everybody knows of the key as the secret.
    let public = key.public_jwk().n.clone().unwrap();
    let hmac = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, public.as_bytes());
    let confused = token(json!({ "alg": "HS256", "kid": key.kid() }), json!({}), |message| {
        aws_lc_rs::hmac::sign(&hmac, message).as_ref().to_vec()
    });
    assert!(matches!(verify(&confused, &keys, &all), Err(JoseError::Algorithm)));
    // A key of the attacker's own in the header.
    let own = SigningKey::generate(Alg::ES256).unwrap();
    let header =
        json!({ "alg": "ES256", "kid": key.kid(), "jwk": own.public_jwk(), "jku": "https://evil.example" });
    let brought = token(header, json!({}), |message| own.sign(message).unwrap());
    assert!(matches!(verify(&brought, &keys, &all), Err(JoseError::Algorithm)));
    let header = json!({ "alg": "ES256", "jwk": own.public_jwk() });
    let brought = token(header, json!({}), |message| own.sign(message).unwrap());
    assert!(matches!(verify(&brought, &keys, &all), Err(JoseError::UnknownKey)));
    let critical =
        token(json!({ "alg": "RS256", "kid": key.kid(), "crit": ["exp"] }), json!({}), |message| {
            key.sign(message).unwrap()
        });
    assert!(matches!(verify(&critical, &keys, &all), Err(JoseError::Malformed(_))));
    for nonsense in ["", ".", "..", "a.b.c", "e30.e30.", "e30.e30", "W10.W10.W10", "e30=.e30.e30"] {
        assert!(verify(nonsense, &keys, &all).is_err(), "{nonsense}");
    }
    let list =
        token(json!({ "alg": "RS256", "kid": key.kid() }), json!([1]), |message| key.sign(message).unwrap());
    assert!(verify(&list, &keys, &all).unwrap().claims::<Value>().is_err());
}

#[test]
fn bad_keys_are_refused() {
    let rsa = serde_json::to_value(SigningKey::generate(Alg::RS256).unwrap().public_jwk()).unwrap();
    let with = |name: &str, value: Value| {
        let mut jwk = rsa.clone();
        jwk[name] = value;
        Jwk::from_value(&jwk).and_then(|jwk| PublicKey::from_jwk(&jwk)).map(drop)
    };
    assert!(with("kid", json!("other")).is_ok());
    assert!(with("d", json!("AQAB")).is_err());
    assert!(with("use", json!("enc")).is_err());
    assert!(with("n", json!("AQAB")).is_err());
    assert!(with("e", json!("=")).is_err());
    assert!(with("kty", json!("oct")).is_err());
    assert!(with("kty", json!("EC")).is_err());
    let off_curve = json!({ "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU" });
    assert!(PublicKey::from_jwk(&Jwk::from_value(&off_curve).unwrap()).is_err());
}

fn master() -> KeyEncryptionKey {
    KeyEncryptionKey::from_bytes(&[7; 32]).unwrap()
}

#[test]
fn the_master_key_opens_only_what_it_sealed_for_the_same_place() {
    let sealed = master().seal("here", b"secret").unwrap();
    assert_eq!(master().open("here", &sealed).unwrap(), b"secret");
    assert!(!sealed.windows(6).any(|window| window == b"secret"));
    assert!(master().open("there", &sealed).is_err());
    assert!(KeyEncryptionKey::from_bytes(&[8; 32]).unwrap().open("here", &sealed).is_err());
    assert!(master().open("here", &sealed[..11]).is_err());

    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("master.key");
    let sealed = KeyEncryptionKey::load_or_create(&file, &Rng::system()).unwrap().seal("x", b"y").unwrap();
    assert_eq!(
        KeyEncryptionKey::load_or_create(&file, &Rng::system()).unwrap().open("x", &sealed).unwrap(),
        b"y"
    );
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::MetadataExt::mode(&file.metadata().unwrap()) & 0o777, 0o600);
    std::fs::write(&file, "short").unwrap();
    assert!(KeyEncryptionKey::load_or_create(&file, &Rng::system()).is_err());
}

#[tokio::test]
async fn a_keyring_rotates_with_overlap_and_retired_keys_cannot_sign() {
    let directory = tempfile::tempdir().unwrap();
    let store =
        Store::open(&Place::Directory(directory.path().to_owned()).of("keys"), &[MIGRATION]).await.unwrap();
    let start: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
    let lifecycle = Lifecycle::new(120);
    let after = |hours: i64| start + SignedDuration::from_hours(hours);
    let open = |now| Keyring::open(store.clone(), master(), &[Alg::ES256], lifecycle, now);
    let ring = open(start).await.unwrap();
    let first = ring.signer(Alg::ES256).unwrap();
    let old_token = first.sign_jwt(None, &json!({ "n": 1 })).unwrap();
    assert!(ring.signer(Alg::RS256).is_err());
    assert!(!ring.rotate_due(after(1)).await.unwrap());

    // A day before its end the successor is published; it does not sign.
    let day = 24;
    assert!(!ring.rotate_due(after(89 * day - 1)).await.unwrap());
    assert!(ring.rotate_due(after(89 * day)).await.unwrap());
    assert_eq!(ring.signer(Alg::ES256).unwrap().kid(), first.kid());
    let kids = |ring: &Keyring| {
        let set: Value = serde_json::from_str(&ring.jwks()).unwrap();
        let kids = set["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned());
        kids.collect::<Vec<_>>()
    };
    assert_eq!(kids(&ring).len(), 2);
    assert!(!ring.rotate_due(after(90 * day - 1)).await.unwrap());
    assert_eq!(ring.signer(Alg::ES256).unwrap().kid(), first.kid());

    // Then it signs, and what the retired key signed still verifies.
    assert!(ring.rotate_due(after(90 * day)).await.unwrap());
    let second = ring.signer(Alg::ES256).unwrap();
    assert_ne!(second.kid(), first.kid());
    assert!(verify(&old_token, &ring.published(), &[Alg::ES256]).is_ok());
    let sealed = store.query("SELECT kid FROM signing_key WHERE sealed IS NULL", &[]).await.unwrap();
    assert_eq!(sealed.len(), 1);
    assert_eq!(sealed[0].get::<String>(0).unwrap(), first.kid());

    // A node that starts now reads the same; a day and a token's life later the retired key is gone.
    let other = open(after(90 * day + 1)).await.unwrap();
    assert_eq!(other.signer(Alg::ES256).unwrap().kid(), second.kid());
    assert!(!ring.rotate_due(after(91 * day)).await.unwrap());
    assert!(ring.rotate_due(after(91 * day + 1)).await.unwrap());
    assert_eq!(kids(&ring), [second.kid()]);
    assert!(verify(&old_token, &ring.published(), &[Alg::ES256]).is_err());
    assert!(!ring.jwks().contains("\"d\""));

    // After a long sleep a successor is still published for a day before it signs.
    assert!(ring.rotate_due(after(400 * day)).await.unwrap());
    assert_eq!(ring.signer(Alg::ES256).unwrap().kid(), second.kid());
    assert!(ring.rotate_due(after(401 * day)).await.unwrap());
    assert_ne!(ring.signer(Alg::ES256).unwrap().kid(), second.kid());

    // The emergency: everything from before is gone at once.
    ring.replace_all(after(401 * day)).await.unwrap();
    assert_eq!(kids(&ring).len(), 1);
    other.rotate_due(after(401 * day)).await.unwrap();
    assert_eq!(kids(&other), kids(&ring));

    // Another master key does not open the ring.
    let foreign = KeyEncryptionKey::from_bytes(&[9; 32]).unwrap();
    assert!(Keyring::open(store.clone(), foreign, &[Alg::ES256], lifecycle, after(401 * day)).await.is_err());
}

#[tokio::test]
async fn two_nodes_that_start_together_agree_on_one_key() {
    let directory = tempfile::tempdir().unwrap();
    let place = Place::Directory(directory.path().to_owned()).of("keys");
    let now: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
    let store = Store::open(&place, &[MIGRATION]).await.unwrap();
    let open = || Keyring::open(store.clone(), master(), &[Alg::ES256], Lifecycle::new(120), now);
    let (one, two) = futures::join!(open(), open());
    assert_eq!(
        one.unwrap().signer(Alg::ES256).unwrap().kid(),
        two.unwrap().signer(Alg::ES256).unwrap().kid()
    );
    assert_eq!(store.query("SELECT 1 FROM signing_key", &[]).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_published_set_is_cached_by_its_tag() {
    let directory = tempfile::tempdir().unwrap();
    let store =
        Store::open(&Place::Directory(directory.path().to_owned()).of("keys"), &[MIGRATION]).await.unwrap();
    let now: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
    let ring = Keyring::open(store, master(), &[Alg::ES256], Lifecycle::new(120), now).await.unwrap();
    let answer = ring.jwks_response(&http::HeaderMap::new());
    assert_eq!(answer.headers()["cache-control"], "max-age=3600, must-revalidate");
    let known = http::HeaderMap::from_iter([(http::header::IF_NONE_MATCH, answer.headers()["etag"].clone())]);
    assert_eq!(ring.jwks_response(&known).status(), http::StatusCode::NOT_MODIFIED);
}
