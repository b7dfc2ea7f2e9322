//! Public keys as developers have them: a JWK, a set of them, or PEM of a key or of its certificate.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::jose::{Jwk, PublicKey};
use serde_json::{Value, json};
use x509_parser::certificate::X509Certificate;
use x509_parser::pem::parse_x509_pem;
use x509_parser::prelude::FromDer as _;
use x509_parser::public_key::{PublicKey as Kind, RSAPublicKey};
use x509_parser::x509::SubjectPublicKeyInfo;

/// Why a text is no key to register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// There is none.
    Empty,
    /// It is a private key: whoever has read it can sign.
    Private,
    /// It is neither JWK nor PEM.
    Unreadable,
    /// It is a key that no issuer takes: too short, of another kind.
    Unsupported,
}

/// The members of a JWK that only its owner may know.
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// The keys that a text holds, each with what it is for, its algorithm and its name. `kid` names a single key; without a name
/// a key is called by its thumbprint (RFC 7638).
pub fn read(text: &str, kid: &str) -> Result<Vec<Jwk>, Unfit> {
    let text = text.trim();
    let mut values = match text.chars().next() {
        None => return Err(Unfit::Empty),
        Some('{') => of_json(text)?,
        Some(_) => vec![of_pem(text)?],
    };
    if let ([value], false) = (values.as_mut_slice(), kid.is_empty()) {
        value["kid"] = kid.into();
    }
    values.into_iter().map(complete).collect()
}

fn of_json(text: &str) -> Result<Vec<Value>, Unfit> {
    let value: Value = serde_json::from_str(text).map_err(|_| Unfit::Unreadable)?;
    let keys = match value.get("keys") {
        Some(keys) => keys.as_array().cloned().ok_or(Unfit::Unreadable)?,
        None => vec![value],
    };
    if keys.iter().any(|key| PRIVATE.iter().any(|member| key.get(member).is_some())) {
        return Err(Unfit::Private);
    }
    if keys.is_empty() { Err(Unfit::Empty) } else { Ok(keys) }
}

fn of_pem(text: &str) -> Result<Value, Unfit> {
    // Also one whose base64 is broken must not be shown again.
    if text.contains("PRIVATE KEY-----") {
        return Err(Unfit::Private);
    }
    let (_, pem) = parse_x509_pem(text.as_bytes()).map_err(|_| Unfit::Unreadable)?;
    let der = pem.contents.as_slice();
    match pem.label.as_str() {
        "PUBLIC KEY" => {
            let (_, key) = SubjectPublicKeyInfo::from_der(der).map_err(|_| Unfit::Unreadable)?;
            of_spki(&key)
        }
        "RSA PUBLIC KEY" => {
            let (_, key) = RSAPublicKey::from_der(der).map_err(|_| Unfit::Unreadable)?;
            Ok(rsa(&key))
        }
        "CERTIFICATE" => {
            let (_, certificate) = X509Certificate::from_der(der).map_err(|_| Unfit::Unreadable)?;
            of_spki(certificate.public_key())
        }
        _ => Err(Unfit::Unreadable),
    }
}

fn of_spki(key: &SubjectPublicKeyInfo<'_>) -> Result<Value, Unfit> {
    match key.parsed().map_err(|_| Unfit::Unsupported)? {
        Kind::RSA(key) => Ok(rsa(&key)),
        Kind::EC(point) => match point.data() {
            [4, point @ ..] if point.len() == 64 => {
                let (x, y) = point.split_at(32);
                let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
                Ok(json!({ "kty": "EC", "crv": "P-256", "x": encode(x), "y": encode(y) }))
            }
            _ => Err(Unfit::Unsupported),
        },
        _ => Err(Unfit::Unsupported),
    }
}

fn rsa(key: &RSAPublicKey<'_>) -> Value {
    let unsigned = |bytes: &[u8]| {
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        URL_SAFE_NO_PAD.encode(bytes.get(zeros..).unwrap_or_default())
    };
    json!({ "kty": "RSA", "n": unsigned(key.modulus), "e": unsigned(key.exponent) })
}

/// A key with what its owner left out. It can be used, too.
fn complete(value: Value) -> Result<Jwk, Unfit> {
    let mut key = Jwk::from_value(&value).map_err(|_| Unfit::Unreadable)?;
    let alg = match (key.kty.as_str(), key.crv.as_deref()) {
        ("RSA", _) => "RS256",
        ("EC", Some("P-256")) => "ES256",
        _ => return Err(Unfit::Unsupported),
    };
    key.usage.get_or_insert_with(|| "sig".to_owned());
    key.alg.get_or_insert_with(|| alg.to_owned());
    if key.kid.as_deref().unwrap_or_default().is_empty() {
        key.kid = key.thumbprint();
    }
    PublicKey::from_jwk(&key).map_err(|_| Unfit::Unsupported)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use kernel::jose::{Alg, SigningKey};

    use super::*;

    fn pem(label: &str, der: &[u8]) -> String {
        let body = base64::engine::general_purpose::STANDARD.encode(der);
        format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
    }

    /// P-256 in SubjectPublicKeyInfo (RFC 5480): all but the point is the same for every key.
    fn spki(key: &Jwk) -> Vec<u8> {
        let mut der = vec![
            0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
            0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
        ];
        for part in [&key.x, &key.y] {
            der.extend(URL_SAFE_NO_PAD.decode(part.as_deref().unwrap()).unwrap());
        }
        der
    }

    #[test]
    fn a_key_is_the_same_in_every_form() {
        let key = SigningKey::generate(Alg::ES256).unwrap();
        let jwk = key.public_jwk();
        let bare = json!({ "kty": "EC", "crv": "P-256", "x": jwk.x, "y": jwk.y });
        let forms = [
            serde_json::to_string(jwk).unwrap(),
            bare.to_string(),
            json!({ "keys": [bare] }).to_string(),
            pem("PUBLIC KEY", &spki(jwk)),
        ];
        for form in forms {
            assert_eq!(read(&form, "").unwrap(), std::slice::from_ref(jwk), "{form}");
            assert_eq!(read(&form, "min").unwrap()[0].kid.as_deref(), Some("min"));
        }
    }

    #[test]
    fn what_is_no_public_key_is_told_apart() {
        let key = SigningKey::generate(Alg::ES256).unwrap();
        let mut with_private = serde_json::to_value(key.public_jwk()).unwrap();
        with_private["d"] = "AAAA".into();
        let cut = spki(key.public_jwk())[..40].to_vec();
        for (text, why) in [
            ("  \n".to_owned(), Unfit::Empty),
            (r#"{"keys":[]}"#.to_owned(), Unfit::Empty),
            (key.to_pkcs8_pem().unwrap(), Unfit::Private),
            ("-----BEGIN RSA PRIVATE KEY-----\nøø".to_owned(), Unfit::Private),
            (with_private.to_string(), Unfit::Private),
            (json!({ "keys": [with_private] }).to_string(), Unfit::Private),
            ("hei".to_owned(), Unfit::Unreadable),
            ("{".to_owned(), Unfit::Unreadable),
            (r#"{"keys":7}"#.to_owned(), Unfit::Unreadable),
            (r#"{"keys":["a"]}"#.to_owned(), Unfit::Unreadable),
            (pem("PUBLIC KEY", &cut), Unfit::Unreadable),
            (pem("CERTIFICATE", b"x"), Unfit::Unreadable),
            (r#"{"kty":"OKP","crv":"Ed25519","x":"AA"}"#.to_owned(), Unfit::Unsupported),
            (r#"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#.to_owned(), Unfit::Unsupported),
        ] {
            assert_eq!(read(&text, "").unwrap_err(), why, "{text}");
        }
    }
}
