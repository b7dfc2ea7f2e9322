//! Private keys that sign.

use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256,
    RSA_PSS_SHA256,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Alg, JoseError, Jwk, PublicKey};

/// A private key, parsed once and kept. Clones share it.
#[derive(Clone)]
pub struct SigningKey(Arc<Inner>);

struct Inner {
    pair: Pair,
    alg: Alg,
    jwk: Jwk,
    kid: String,
    /// `{"alg":…,"kid":…}` as it begins every token.
    header: String,
}

enum Pair {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl SigningKey {
    /// Makes a key: RSA of 2048 bits for [`Alg::RS256`] and [`Alg::PS256`] (some tenths of a second), P-256 for
    /// [`Alg::ES256`], Ed25519 for [`Alg::EdDSA`]. The randomness is AWS-LC's own.
    pub fn generate(alg: Alg) -> Result<Self, JoseError> {
        let failed = |_| JoseError::Key("AWS-LC made none");
        let pair = match alg {
            Alg::RS256 | Alg::PS256 => Pair::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).map_err(failed)?),
            Alg::ES256 => {
                Pair::P256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(failed)?)
            }
            Alg::EdDSA => Pair::Ed25519(Ed25519KeyPair::generate().map_err(failed)?),
            Alg::RS384 | Alg::RS512 => return Err(JoseError::Algorithm),
        };
        Self::new(pair, alg)
    }

    /// Reads an unencrypted PKCS #8 key: RSA (signs RS256), P-256 (signs ES256) or Ed25519 (signs EdDSA).
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, JoseError> {
        if let Ok(pair) = RsaKeyPair::from_pkcs8(der) {
            return Self::new(Pair::Rsa(pair), Alg::RS256);
        }
        if let Ok(pair) = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der) {
            return Self::new(Pair::P256(pair), Alg::ES256);
        }
        let pair = Ed25519KeyPair::from_pkcs8(der);
        let pair = pair.map_err(|_| JoseError::Key("it is not PKCS #8 of RSA, P-256 or Ed25519"))?;
        Self::new(Pair::Ed25519(pair), Alg::EdDSA)
    }

    /// As [`Self::from_pkcs8_der`], to sign with `alg`, which must be one of this kind of key.
    pub fn from_pkcs8_der_for(der: &[u8], alg: Alg) -> Result<Self, JoseError> {
        let key = Self::from_pkcs8_der(der)?;
        if key.0.alg == alg {
            return Ok(key);
        }
        let inner = Arc::try_unwrap(key.0).map_err(|_| JoseError::Key("it is shared"))?;
        match (inner.pair, alg) {
            (pair @ Pair::Rsa(_), Alg::PS256) => Self::new(pair, alg),
            _ => Err(JoseError::Algorithm),
        }
    }

    /// As [`Self::from_pkcs8_der`], from PEM (`BEGIN PRIVATE KEY`).
    pub fn from_pkcs8_pem(pem: &str) -> Result<Self, JoseError> {
        let body = pem
            .split_once("-----BEGIN PRIVATE KEY-----")
            .and_then(|(_, rest)| rest.split_once("-----END PRIVATE KEY-----"))
            .map(|(body, _)| body.split_ascii_whitespace().collect::<String>())
            .ok_or(JoseError::Key("it is not PEM of a private key"))?;
        let der = STANDARD.decode(body).map_err(|_| JoseError::Key("its PEM is not base64"))?;
        Self::from_pkcs8_der(&der)
    }

    fn new(pair: Pair, alg: Alg) -> Result<Self, JoseError> {
        let jwk = match &pair {
            Pair::Rsa(pair) => {
                let public = pair.public_key();
                let modulus = public.modulus();
                if modulus.big_endian_without_leading_zero().len() < 256 {
                    return Err(JoseError::Key("RSA keys have 2048 bits or more"));
                }
                let exponent = public.exponent();
                Jwk::rsa(
                    modulus.big_endian_without_leading_zero(),
                    exponent.big_endian_without_leading_zero(),
                    alg,
                )
            }
            Pair::P256(pair) => match pair.public_key().as_ref() {
                [4, point @ ..] if point.len() == 64 => {
                    let (x, y) = point.split_at(32);
                    Jwk::p256(x, y)
                }
                _ => return Err(JoseError::Key("it is not an uncompressed point")),
            },
            Pair::Ed25519(pair) => Jwk::ed25519(pair.public_key().as_ref()),
        };
        let kid = jwk.kid.clone().ok_or(JoseError::Key("it has no thumbprint"))?;
        Ok(Self::assemble(pair, alg, jwk, kid))
    }

    fn assemble(pair: Pair, alg: Alg, jwk: Jwk, kid: String) -> Self {
        let header = json!({ "alg": alg.as_str(), "kid": kid });
        let header = URL_SAFE_NO_PAD.encode(header.to_string());
        Self(Arc::new(Inner { pair, alg, jwk, kid, header }))
    }

    /// The same key under the name that another party has given it.
    pub fn with_kid(&self, kid: &str) -> Result<Self, JoseError> {
        let same = Self::from_pkcs8_der_for(&self.to_pkcs8_der()?, self.0.alg)?;
        let jwk = Jwk { kid: Some(kid.to_owned()), ..same.0.jwk.clone() };
        let inner = Arc::try_unwrap(same.0).map_err(|_| JoseError::Key("it is shared"))?;
        Ok(Self::assemble(inner.pair, inner.alg, jwk, kid.to_owned()))
    }

    /// The key as unencrypted PKCS #8.
    pub fn to_pkcs8_der(&self) -> Result<Vec<u8>, JoseError> {
        let failed = |_| JoseError::Key("AWS-LC did not write it");
        match &self.0.pair {
            Pair::Rsa(pair) => {
                let der: Pkcs8V1Der<'_> = pair.as_der().map_err(failed)?;
                Ok(der.as_ref().to_vec())
            }
            Pair::P256(pair) => Ok(pair.to_pkcs8v1().map_err(failed)?.as_ref().to_vec()),
            Pair::Ed25519(pair) => Ok(pair.to_pkcs8v1().map_err(failed)?.as_ref().to_vec()),
        }
    }

    /// The key as unencrypted PKCS #8 in PEM.
    pub fn to_pkcs8_pem(&self) -> Result<String, JoseError> {
        let body = STANDARD.encode(self.to_pkcs8_der()?);
        let mut pem = "-----BEGIN PRIVATE KEY-----\n".to_owned();
        let mut rest = body.as_str();
        while !rest.is_empty() {
            // The text is ASCII, so that every place is a boundary.
            let (line, more) = rest.split_at(rest.len().min(64));
            pem.push_str(line);
            pem.push('\n');
            rest = more;
        }
        pem.push_str("-----END PRIVATE KEY-----\n");
        Ok(pem)
    }

    /// The key's name: its thumbprint (RFC 7638), unless [`Self::with_kid`] gave another.
    pub fn kid(&self) -> &str {
        &self.0.kid
    }

    /// The algorithm that it signs with.
    pub fn alg(&self) -> Alg {
        self.0.alg
    }

    /// The public half, with `use`, `alg` and `kid`.
    pub fn public_jwk(&self) -> &Jwk {
        &self.0.jwk
    }

    /// The public half, ready to verify.
    pub fn public_key(&self) -> Result<PublicKey, JoseError> {
        PublicKey::from_jwk(&self.0.jwk)
    }

    /// Signs `claims` as a compact JWS with the header `alg`, `kid` and, where one is given, `typ`.
    pub fn sign_jwt(&self, typ: Option<&str>, claims: &impl Serialize) -> Result<String, JoseError> {
        match typ {
            None => self.sign_encoded(&self.0.header, claims),
            Some(typ) => {
                self.sign_parts(&json!({ "alg": self.alg().as_str(), "kid": self.0.kid, "typ": typ }), claims)
            }
        }
    }

    /// Signs `claims` under a header of the caller's own, whose `alg` must be [`Self::alg`].
    pub fn sign_parts(&self, header: &Value, claims: &impl Serialize) -> Result<String, JoseError> {
        self.sign_encoded(&URL_SAFE_NO_PAD.encode(header.to_string()), claims)
    }

    fn sign_encoded(&self, header: &str, claims: &impl Serialize) -> Result<String, JoseError> {
        let payload = serde_json::to_vec(claims).map_err(|error| JoseError::Claims(error.to_string()))?;
        let mut token = String::with_capacity(header.len() + payload.len() * 4 / 3 + 360);
        token.push_str(header);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(payload, &mut token);
        let signature = self.sign(token.as_bytes())?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }

    /// The bare signature of `message`.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, JoseError> {
        let failed = |_| JoseError::Key("AWS-LC did not sign");
        let random = SystemRandom::new();
        match &self.0.pair {
            Pair::Rsa(pair) => {
                let encoding = if self.0.alg == Alg::PS256 { &RSA_PSS_SHA256 } else { &RSA_PKCS1_SHA256 };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(encoding, &random, message, &mut signature).map_err(failed)?;
                Ok(signature)
            }
            Pair::P256(pair) => Ok(pair.sign(&random, message).map_err(failed)?.as_ref().to_vec()),
            Pair::Ed25519(pair) => Ok(pair.try_sign(message).map_err(failed)?.as_ref().to_vec()),
        }
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({}, {})", self.alg().as_str(), self.0.kid)
    }
}
