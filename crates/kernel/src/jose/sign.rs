//! Private keys that sign.

use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::Serialize;
use serde_json::json;

use super::{Alg, JoseError, Jwk, PublicKey};

/// A private key, parsed once and kept. Clones share it.
#[derive(Clone)]
pub struct SigningKey(Arc<Inner>);

struct Inner {
    pair: Pair,
    jwk: Jwk,
    kid: String,
    /// `{"alg":…,"kid":…}` as it begins every token.
    header: String,
}

enum Pair {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
}

impl SigningKey {
    /// Makes a key: RSA of 2048 bits for [`Alg::RS256`] (some tenths of a second), P-256 for [`Alg::ES256`]. The
    /// randomness is AWS-LC's own.
    pub fn generate(alg: Alg) -> Result<Self, JoseError> {
        let failed = |_| JoseError::Key("AWS-LC made none");
        let pair = match alg {
            Alg::RS256 => Pair::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).map_err(failed)?),
            Alg::ES256 => {
                Pair::P256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(failed)?)
            }
            Alg::RS384 | Alg::RS512 | Alg::PS256 => return Err(JoseError::Algorithm),
        };
        Self::new(pair)
    }

    /// Reads an unencrypted PKCS #8 key: RSA (signs RS256) or P-256 (signs ES256).
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, JoseError> {
        let pair = match RsaKeyPair::from_pkcs8(der) {
            Ok(pair) => Pair::Rsa(pair),
            Err(_) => EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der)
                .map(Pair::P256)
                .map_err(|_| JoseError::Key("it is not PKCS #8 of RSA or P-256"))?,
        };
        Self::new(pair)
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

    fn new(pair: Pair) -> Result<Self, JoseError> {
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
                )
            }
            Pair::P256(pair) => match pair.public_key().as_ref() {
                [4, point @ ..] if point.len() == 64 => {
                    let (x, y) = point.split_at(32);
                    Jwk::p256(x, y)
                }
                _ => return Err(JoseError::Key("it is not an uncompressed point")),
            },
        };
        let kid = jwk.kid.clone().ok_or(JoseError::Key("it has no thumbprint"))?;
        Ok(Self::assemble(pair, jwk, kid))
    }

    fn assemble(pair: Pair, jwk: Jwk, kid: String) -> Self {
        let alg = match pair {
            Pair::Rsa(_) => Alg::RS256,
            Pair::P256(_) => Alg::ES256,
        };
        let header = json!({ "alg": alg.as_str(), "kid": kid });
        let header = URL_SAFE_NO_PAD.encode(header.to_string());
        Self(Arc::new(Inner { pair, jwk, kid, header }))
    }

    /// The same key under the name that another party has given it.
    pub fn with_kid(&self, kid: &str) -> Result<Self, JoseError> {
        let same = Self::from_pkcs8_der(&self.to_pkcs8_der()?)?;
        let jwk = Jwk { kid: Some(kid.to_owned()), ..same.0.jwk.clone() };
        let inner = Arc::try_unwrap(same.0).map_err(|_| JoseError::Key("it is shared"))?;
        Ok(Self::assemble(inner.pair, jwk, kid.to_owned()))
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
        match self.0.pair {
            Pair::Rsa(_) => Alg::RS256,
            Pair::P256(_) => Alg::ES256,
        }
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
        let payload = serde_json::to_vec(claims).map_err(|error| JoseError::Claims(error.to_string()))?;
        let mut token = String::with_capacity(self.0.header.len() + payload.len() * 4 / 3 + 360);
        match typ {
            None => token.push_str(&self.0.header),
            Some(typ) => {
                let header = json!({ "alg": self.alg().as_str(), "kid": self.0.kid, "typ": typ });
                URL_SAFE_NO_PAD.encode_string(header.to_string(), &mut token);
            }
        }
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
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).map_err(failed)?;
                Ok(signature)
            }
            Pair::P256(pair) => Ok(pair.sign(&random, message).map_err(failed)?.as_ref().to_vec()),
        }
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({}, {})", self.alg().as_str(), self.0.kid)
    }
}
