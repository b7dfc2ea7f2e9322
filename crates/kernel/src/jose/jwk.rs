//! Public keys as JSON (RFC 7517).

use std::collections::HashMap;

use aws_lc_rs::digest;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RsaParameters,
    RsaPublicKeyComponents,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Alg, JoseError};

/// A public key as JSON. It has no private members: [`Jwk::from_value`] refuses them, serde drops them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    /// `RSA`, `EC` or `OKP`.
    pub kty: String,
    /// What it is for: `sig`.
    #[serde(rename = "use", default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<String>,
    /// Its algorithm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
    /// Its name in its owner's set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// RSA modulus.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<String>,
    /// RSA exponent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub e: Option<String>,
    /// Curve: `P-256`, `Ed25519`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crv: Option<String>,
    /// The point's x; all of an Ed25519 key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x: Option<String>,
    /// The point's y.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub y: Option<String>,
    /// The chain of certificates that the key is of, the key's own first; each is base64 of DER. A client that registers
    /// a key with it is locked to that certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x5c: Option<Vec<String>>,
}

impl Jwk {
    pub(super) fn rsa(n: &[u8], e: &[u8], alg: Alg) -> Self {
        let encode = |bytes| Some(URL_SAFE_NO_PAD.encode(bytes));
        Self { n: encode(n), e: encode(e), ..Self::empty("RSA", alg) }.named()
    }

    pub(super) fn ed25519(x: &[u8]) -> Self {
        let crv = Some("Ed25519".to_owned());
        Self { crv, x: Some(URL_SAFE_NO_PAD.encode(x)), ..Self::empty("OKP", Alg::EdDSA) }.named()
    }

    pub(super) fn p256(x: &[u8], y: &[u8]) -> Self {
        let encode = |bytes| Some(URL_SAFE_NO_PAD.encode(bytes));
        let crv = Some("P-256".to_owned());
        Self { crv, x: encode(x), y: encode(y), ..Self::empty("EC", Alg::ES256) }.named()
    }

    fn empty(kty: &str, alg: Alg) -> Self {
        Self {
            kty: kty.to_owned(),
            usage: Some("sig".to_owned()),
            alg: Some(alg.as_str().to_owned()),
            kid: None,
            n: None,
            e: None,
            crv: None,
            x: None,
            y: None,
            x5c: None,
        }
    }

    fn named(self) -> Self {
        Self { kid: self.thumbprint(), ..self }
    }

    /// Reads a key that someone hands in to be registered; refuses one that carries private members.
    pub fn from_value(value: &Value) -> Result<Self, JoseError> {
        if ["d", "p", "q", "dp", "dq", "qi", "oth", "k"].iter().any(|private| value.get(private).is_some()) {
            return Err(JoseError::Key("it holds private members"));
        }
        Self::deserialize(value).map_err(|_| JoseError::Key("it is not a JWK"))
    }

    /// The algorithm that the key is for, where it says so (RFC 7517 § 4.4): then it is used with no other. One that is
    /// unknown or of another kind of key is an error.
    pub fn algorithm(&self) -> Result<Option<Alg>, JoseError> {
        let Some(name) = self.alg.as_deref() else { return Ok(None) };
        let alg = Alg::parse(name).filter(|alg| alg.kty() == self.kty);
        alg.map(Some).ok_or(JoseError::Key("its alg is unknown or not one of its kind of key"))
    }

    /// The key's SHA-256 thumbprint (RFC 7638), which is the `kid` of every key that Felles makes.
    pub fn thumbprint(&self) -> Option<String> {
        let canonical = match self.kty.as_str() {
            "RSA" => {
                serde_json::json!({ "e": self.e.as_ref()?, "kty": "RSA", "n": self.n.as_ref()? })
            }
            "EC" => {
                let (crv, x, y) = (self.crv.as_ref()?, self.x.as_ref()?, self.y.as_ref()?);
                serde_json::json!({ "crv": crv, "kty": "EC", "x": x, "y": y })
            }
            "OKP" => {
                serde_json::json!({ "crv": self.crv.as_ref()?, "kty": "OKP", "x": self.x.as_ref()? })
            }
            _ => return None,
        };
        // The members stand in alphabetical order above, whichever order serde_json keeps.
        let hash = digest::digest(&digest::SHA256, canonical.to_string().as_bytes());
        Some(URL_SAFE_NO_PAD.encode(hash))
    }
}

/// A public key, parsed once, ready to verify.
#[derive(Debug)]
pub struct PublicKey(Kind);

#[derive(Debug)]
enum Kind {
    /// Parsed for RS256; other RSA algorithms are rare and parse it again.
    Rsa {
        rs256: ParsedPublicKey,
        components: RsaPublicKeyComponents<Vec<u8>>,
    },
    P256(ParsedPublicKey),
    Ed25519(ParsedPublicKey),
}

impl PublicKey {
    /// Parses a key: RSA of 2048 to 8192 bits, a point of P-256, or Ed25519.
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, JoseError> {
        let decode = |member: &Option<String>| {
            let text = member.as_deref().ok_or(JoseError::Key("a member is missing"))?;
            URL_SAFE_NO_PAD.decode(text).map_err(|_| JoseError::Key("a member is not base64url"))
        };
        if jwk.usage.as_deref().is_some_and(|usage| usage != "sig") {
            return Err(JoseError::Key("it is not for signatures"));
        }
        match jwk.kty.as_str() {
            "RSA" => {
                let components = RsaPublicKeyComponents { n: decode(&jwk.n)?, e: decode(&jwk.e)? };
                if !(256..=1024).contains(&components.n.len()) {
                    return Err(JoseError::Key("RSA keys have 2048 to 8192 bits"));
                }
                let rs256 = components
                    .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)
                    .map_err(|_| JoseError::Key("it is not an RSA key"))?;
                Ok(Self(Kind::Rsa { rs256, components }))
            }
            "EC" if jwk.crv.as_deref() == Some("P-256") => {
                let (x, y) = (decode(&jwk.x)?, decode(&jwk.y)?);
                if (x.len(), y.len()) != (32, 32) {
                    return Err(JoseError::Key("the coordinates of P-256 have 32 bytes"));
                }
                let point = [&[4], x.as_slice(), y.as_slice()].concat();
                let parsed = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                    .map_err(|_| JoseError::Key("it is not a point of P-256"))?;
                Ok(Self(Kind::P256(parsed)))
            }
            "OKP" if jwk.crv.as_deref() == Some("Ed25519") => {
                let x = decode(&jwk.x)?;
                if x.len() != 32 {
                    return Err(JoseError::Key("keys of Ed25519 have 32 bytes"));
                }
                let parsed = ParsedPublicKey::new(&ED25519, x)
                    .map_err(|_| JoseError::Key("it is not a key of Ed25519"))?;
                Ok(Self(Kind::Ed25519(parsed)))
            }
            _ => Err(JoseError::Key("only RSA, P-256 and Ed25519 are known")),
        }
    }

    /// Verifies `signature` of `message`; the algorithm must be one of this kind of key.
    pub fn verify(&self, alg: Alg, message: &[u8], signature: &[u8]) -> Result<(), JoseError> {
        let rsa = |components: &RsaPublicKeyComponents<Vec<u8>>, parameters: &RsaParameters| {
            components.verify(parameters, message, signature)
        };
        match (&self.0, alg) {
            (Kind::Rsa { rs256, .. }, Alg::RS256) => rs256.verify_sig(message, signature),
            (Kind::Rsa { components, .. }, Alg::RS384) => rsa(components, &RSA_PKCS1_2048_8192_SHA384),
            (Kind::Rsa { components, .. }, Alg::RS512) => rsa(components, &RSA_PKCS1_2048_8192_SHA512),
            (Kind::Rsa { components, .. }, Alg::PS256) => rsa(components, &RSA_PSS_2048_8192_SHA256),
            (Kind::P256(key), Alg::ES256) | (Kind::Ed25519(key), Alg::EdDSA) => {
                key.verify_sig(message, signature)
            }
            (Kind::Rsa { .. }, Alg::ES256 | Alg::EdDSA) | (Kind::P256(_) | Kind::Ed25519(_), _) => {
                return Err(JoseError::Algorithm);
            }
        }
        .map_err(|_| JoseError::Signature)
    }
}

/// An issuer's public keys, by `kid`.
#[derive(Debug, Default)]
pub struct KeySet(HashMap<String, PublicKey>);

impl KeySet {
    /// Reads a JWK set (`{"keys":[…]}`). Keys without `kid`, and keys that Felles cannot use, are left out, as
    /// RFC 7517 § 5 asks.
    pub fn parse(json: &[u8]) -> Result<Self, JoseError> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }
        let set: Set = serde_json::from_slice(json).map_err(|_| JoseError::Key("it is not a JWK set"))?;
        let jwks = set.keys.iter().filter_map(|key| Jwk::deserialize(key).ok());
        Ok(jwks.filter_map(|jwk| Some((jwk.kid.clone()?, PublicKey::from_jwk(&jwk).ok()?))).collect())
    }

    /// The key of this name.
    pub fn get(&self, kid: &str) -> Option<&PublicKey> {
        self.0.get(kid)
    }
}

impl FromIterator<(String, PublicKey)> for KeySet {
    fn from_iter<I: IntoIterator<Item = (String, PublicKey)>>(keys: I) -> Self {
        Self(keys.into_iter().collect())
    }
}
