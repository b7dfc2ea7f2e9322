//! Tokens that others made.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Alg, JoseError, KeySet, PublicKey};

/// What Felles reads of a token's header. Whatever offers a key (`jwk`, `jku`, `x5u`) is not read at all.
#[derive(Debug, Clone, Deserialize)]
pub struct Header {
    /// The algorithm by name, known or not.
    pub alg: String,
    /// The name of the key.
    #[serde(default)]
    pub kid: Option<String>,
    /// The type of token (`dpop+jwt`).
    #[serde(default)]
    pub typ: Option<String>,
    /// A chain of certificates, for the services whose API knows it; nothing here believes it.
    #[serde(default)]
    pub x5c: Option<Value>,
    /// Extensions that must be understood; none is, so that a token with this is refused.
    #[serde(default)]
    crit: Option<Value>,
}

/// A token taken apart and not yet verified.
pub struct Jwt<'a> {
    header: Header,
    signed: &'a str,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

impl<'a> Jwt<'a> {
    /// Takes a compact JWS apart.
    pub fn parse(token: &'a str) -> Result<Self, JoseError> {
        let (signed, signature) =
            token.rsplit_once('.').ok_or(JoseError::Malformed("it has no three parts"))?;
        let (header, payload) =
            signed.split_once('.').ok_or(JoseError::Malformed("it has no three parts"))?;
        let decode = |part: &str| {
            URL_SAFE_NO_PAD.decode(part).map_err(|_| JoseError::Malformed("a part is not base64url"))
        };
        let header: Header = serde_json::from_slice(&decode(header)?)
            .map_err(|_| JoseError::Malformed("the header is not understood"))?;
        if header.crit.is_some() {
            return Err(JoseError::Malformed("the header demands extensions"));
        }
        Ok(Self { header, signed, payload: decode(payload)?, signature: decode(signature)? })
    }

    /// The header, as the sender claims it.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The claims before anything is verified: only to find out whose keys to verify with.
    pub fn unverified_claims<T: DeserializeOwned>(&self) -> Result<T, JoseError> {
        claims(&self.payload)
    }

    /// Verifies the signature with `key`, if the token's algorithm is among `allowed` and fits the key.
    pub fn verify(self, key: &PublicKey, allowed: &[Alg]) -> Result<Payload, JoseError> {
        let alg =
            Alg::parse(&self.header.alg).filter(|alg| allowed.contains(alg)).ok_or(JoseError::Algorithm)?;
        key.verify(alg, self.signed.as_bytes(), &self.signature)?;
        Ok(Payload { header: self.header, alg, claims: self.payload })
    }
}

/// A token whose signature holds. Nothing is said yet of its times, issuer or audience.
pub struct Payload {
    header: Header,
    alg: Alg,
    claims: Vec<u8>,
}

impl Payload {
    /// What was signed, as it is.
    pub fn bytes(&self) -> &[u8] {
        &self.claims
    }

    /// The header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The algorithm that signed it.
    pub fn alg(&self) -> Alg {
        self.alg
    }

    /// The claims.
    pub fn claims<T: DeserializeOwned>(&self) -> Result<T, JoseError> {
        claims(&self.claims)
    }
}

fn claims<T: DeserializeOwned>(payload: &[u8]) -> Result<T, JoseError> {
    if payload.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        return Err(JoseError::Malformed("the claims are not an object"));
    }
    serde_json::from_slice(payload).map_err(|_| JoseError::Malformed("the claims are not understood"))
}

/// Verifies a token's signature: its `kid` among `keys`, its algorithm among `allowed`.
pub fn verify(token: &str, keys: &KeySet, allowed: &[Alg]) -> Result<Payload, JoseError> {
    let jwt = Jwt::parse(token)?;
    if Alg::parse(&jwt.header.alg).is_none_or(|alg| !allowed.contains(&alg)) {
        return Err(JoseError::Algorithm);
    }
    let key = jwt.header.kid.as_deref().and_then(|kid| keys.get(kid)).ok_or(JoseError::UnknownKey)?;
    jwt.verify(key, allowed)
}

impl std::fmt::Debug for Jwt<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Jwt({:?})", self.header.kid)
    }
}

impl std::fmt::Debug for Payload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Payload({:?})", self.header.kid)
    }
}
