//! Keys that clients hand in to be registered, the same rules at every issuer.

use jiff::{Span, Timestamp};

use super::{JoseError, Jwk, PublicKey};
use crate::clock::oslo;

/// Most keys of a client.
pub const CLIENT_KEYS: usize = 5;
/// Longest name of a key.
const LONGEST_KID: usize = 255;

/// Checks a client's keys: at most [`CLIENT_KEYS`], each RSA of 2048 bits or more or a point of P-256, each with a name of
/// its own of `A–Z a–z 0–9 . _ -`, and an algorithm of its kind where it names one.
pub fn check_client_keys(keys: &[Jwk]) -> Result<(), JoseError> {
    if keys.len() > CLIENT_KEYS {
        return Err(JoseError::Key("a client has at most five keys"));
    }
    for (n, key) in keys.iter().enumerate() {
        if !key.kid.as_deref().is_some_and(is_kid) {
            return Err(JoseError::Key("its kid is missing or has other characters than A-Z a-z 0-9 . _ -"));
        }
        if keys.iter().take(n).any(|before| before.kid == key.kid) {
            return Err(JoseError::Key("two keys have the same kid"));
        }
        key.algorithm()?;
        PublicKey::from_jwk(key)?;
    }
    Ok(())
}

/// Whether a key may have this name.
pub fn is_kid(kid: &str) -> bool {
    (1..=LONGEST_KID).contains(&kid.len())
        && kid.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

/// When keys that are registered at `now` may no longer be used: a year later. Seconds since 1970.
pub fn client_keys_expire(now: Timestamp) -> i64 {
    let then = now.to_zoned_datetime(oslo()).checked_add(Span::new().years(1));
    then.map_or(i64::MAX, |then| then.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jose::{Alg, SigningKey};

    #[test]
    fn a_clients_keys_are_few_named_and_strong() {
        let key = SigningKey::generate(Alg::ES256).unwrap().public_jwk().clone();
        let named = |kid: &str| Jwk { kid: Some(kid.to_owned()), ..key.clone() };
        assert!(
            check_client_keys(&[named("a.b_c-1"), named("2"), named("3"), named("4"), named("5")]).is_ok()
        );
        let six: Vec<Jwk> = (0..6).map(|n| named(&n.to_string())).collect();
        assert!(check_client_keys(&six).is_err());
        for kid in ["", "a b", "æ", "a:b", "a/b", &"x".repeat(256)] {
            assert!(check_client_keys(&[named(kid)]).is_err(), "{kid}");
        }
        assert!(check_client_keys(&[Jwk { kid: None, ..key.clone() }]).is_err());
        assert!(check_client_keys(&[named("a"), named("a")]).is_err());
        let alg = |alg: Option<&str>| Jwk { alg: alg.map(str::to_owned), ..named("a") };
        assert!(check_client_keys(&[alg(None)]).is_ok() && check_client_keys(&[alg(Some("ES256"))]).is_ok());
        for other in ["RS256", "EdDSA", "HS256", "none", ""] {
            assert!(check_client_keys(&[alg(Some(other))]).is_err(), "{other}");
        }
        let weak = serde_json::json!({ "kty": "RSA", "kid": "w", "e": "AQAB", "n": "AQ".repeat(85) });
        assert!(check_client_keys(&[Jwk::from_value(&weak).unwrap()]).is_err());
        let leap = client_keys_expire("2028-02-29T12:00:00Z".parse().unwrap());
        assert_eq!(leap, "2029-02-28T12:00:00Z".parse::<Timestamp>().unwrap().as_second());
    }
}
