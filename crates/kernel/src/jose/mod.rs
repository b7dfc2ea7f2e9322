//! Signed tokens and their keys (JOSE: RFC 7515, 7517, 7518, 7519, 7638) on AWS-LC.
//!
//! - [`SigningKey`] signs, [`Jwk`] and [`KeySet`] are what the public sees of keys, [`Jwt`] and [`verify`] verify.
//! - [`Keyring`] is an issuer's keys in its own store, with their life cycle and sealed under a master key.
//! - [`dpop`]: proof that a token's holder has the key that it is bound to.
//! - [`sd_jwt`]: credentials of which the holder shows only what is asked for; [`status_list`]: which of them are
//!   withdrawn.
//! - [`Certified`]: a key with its certificate; [`jwe`]: what is encrypted to a key.
//!
//! What a token's header says is believed only so far: the key is found by `kid` among keys known beforehand (never `jwk`,
//! `jku`, `x5u`; a DPoP proof's own key shows that proof alone), and the algorithm is one of those that the caller allows.
//! Symmetric algorithms and `none` do not exist here.

mod certified;
mod client;
pub mod dpop;
pub mod jwe;
mod jwk;
mod keyring;
pub mod sd_jwt;
mod sign;
pub mod status_list;
mod verify;

pub use certified::Certified;
pub use client::{CLIENT_KEYS, check_client_keys, client_keys_expire, is_kid};
pub use jwk::{Jwk, KeySet, PublicKey};
pub use keyring::{KeyEncryptionKey, Keyring, Lifecycle, MIGRATION};
pub use sign::SigningKey;
pub use verify::{Header, Jwt, Payload, verify};

use serde::{Deserialize, Serialize};

use crate::store::StoreError;

/// A signature algorithm (RFC 7518 § 3.1) that Felles knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Alg {
    /// RSA PKCS #1 v1.5 with SHA-256: what the Norwegian services sign with.
    RS256,
    /// RSA PKCS #1 v1.5 with SHA-384; verified, not made.
    RS384,
    /// RSA PKCS #1 v1.5 with SHA-512; verified, not made.
    RS512,
    /// RSA PSS with SHA-256.
    PS256,
    /// ECDSA on P-256 with SHA-256.
    ES256,
    /// Ed25519 (RFC 8037).
    EdDSA,
}

impl Alg {
    /// The name as it stands in `alg`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RS256 => "RS256",
            Self::RS384 => "RS384",
            Self::RS512 => "RS512",
            Self::PS256 => "PS256",
            Self::ES256 => "ES256",
            Self::EdDSA => "EdDSA",
        }
    }

    /// The kind of key that it is for: `kty`.
    pub fn kty(self) -> &'static str {
        match self {
            Self::RS256 | Self::RS384 | Self::RS512 | Self::PS256 => "RSA",
            Self::ES256 => "EC",
            Self::EdDSA => "OKP",
        }
    }

    /// The algorithm of this name; `None` for `none`, the HMACs and whatever else Felles does not know.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::RS256, Self::RS384, Self::RS512, Self::PS256, Self::ES256, Self::EdDSA]
            .into_iter()
            .find(|alg| alg.as_str() == name)
    }
}

/// Why a token or a key was refused. Its text holds nothing of the token.
#[derive(Debug, thiserror::Error)]
pub enum JoseError {
    /// Not a compact JWS of a JSON object.
    #[error("the token is malformed: {0}")]
    Malformed(&'static str),
    /// The algorithm is not among those allowed, or does not fit the key.
    #[error("the token's algorithm is not allowed")]
    Algorithm,
    /// The token names no key, or one that is not known.
    #[error("the token's key is unknown")]
    UnknownKey,
    /// The signature is not the key's.
    #[error("the token's signature is wrong")]
    Signature,
    /// A key cannot be read, made or used.
    #[error("the key is unusable: {0}")]
    Key(&'static str),
    /// The claims to sign cannot be written as JSON.
    #[error("the claims cannot be written: {0}")]
    Claims(String),
    /// A file with key material cannot be read or written.
    #[error("the key file: {0}")]
    File(#[from] std::io::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[cfg(test)]
mod tests;
