//! A private key with the certificate that says whose it is, as the wallets want to see who signs (`x5c`, RFC 7515 § 4.1.6).

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::Serialize;
use serde_json::json;

use super::{JoseError, PublicKey, SigningKey};

/// A key and its chain of certificates. Clones share the key.
#[derive(Debug, Clone)]
pub struct Certified {
    key: SigningKey,
    x5c: Vec<String>,
}

impl Certified {
    /// A key with its chain: base64 of DER, the key's own certificate first. That the first certificate is the key's is for
    /// its reader to check; the last, where it is an authority that signs itself, is better left out.
    pub fn new(key: SigningKey, x5c: Vec<String>) -> Result<Self, JoseError> {
        let readable = x5c.iter().all(|one| STANDARD.decode(one).is_ok_and(|der| !der.is_empty()));
        if x5c.is_empty() || !readable {
            return Err(JoseError::Key("its certificates are not base64 of DER"));
        }
        Ok(Self { key, x5c })
    }

    /// The same of PEM: one private key (PKCS #8) and certificates in order.
    pub fn from_pem(pem: &str) -> Result<Self, JoseError> {
        let mut x5c = Vec::new();
        for part in pem.split("-----BEGIN CERTIFICATE-----").skip(1) {
            let body = part.split("-----END CERTIFICATE-----").next().unwrap_or_default();
            x5c.push(body.split_ascii_whitespace().collect());
        }
        Self::new(SigningKey::from_pkcs8_pem(pem)?, x5c)
    }

    /// The key.
    pub fn key(&self) -> &SigningKey {
        &self.key
    }

    /// The public half, ready to verify.
    pub fn public_key(&self) -> Result<PublicKey, JoseError> {
        self.key.public_key()
    }

    /// The chain as it stands in headers.
    pub fn x5c(&self) -> &[String] {
        &self.x5c
    }

    /// The SHA-256 of the key's own certificate, base64url: what `x509_hash:` client identifiers hold (OpenID4VP 1.0 §
    /// 5.9.3).
    pub fn thumbprint(&self) -> String {
        // A chain is never empty and always base64.
        let der = self.x5c.first().and_then(|leaf| STANDARD.decode(leaf).ok());
        URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, &der.unwrap_or_default()))
    }

    /// Signs a message as the registers and digital post do, with `alg` and the chain in the header and nothing else.
    pub fn sign_message(&self, message: &impl Serialize) -> Result<String, JoseError> {
        self.key.sign_parts(&json!({ "alg": self.key.alg().as_str(), "x5c": self.x5c }), message)
    }

    /// Signs `claims` with the chain in the header.
    pub fn sign_jwt(&self, typ: &str, claims: &impl Serialize) -> Result<String, JoseError> {
        let header = json!({
            "alg": self.key.alg().as_str(), "typ": typ, "kid": self.key.kid(), "x5c": self.x5c,
        });
        self.key.sign_parts(&header, claims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jose::Alg;

    #[test]
    fn a_key_and_its_chain_are_read_from_pem() {
        let key = SigningKey::generate(Alg::ES256).unwrap();
        let certificate =
            |body: &str| format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n");
        let pem = certificate("AQ\nID") + &key.to_pkcs8_pem().unwrap() + &certificate("BAUG");
        let certified = Certified::from_pem(&pem).unwrap();
        assert_eq!(certified.x5c(), ["AQID", "BAUG"]);
        // SHA-256 of 01 02 03.
        assert_eq!(certified.thumbprint(), "A5BYxvLAy0ksUzsKTRTvd8wPeKvMztUofYShogEc-4E");
        assert!(Certified::from_pem(&key.to_pkcs8_pem().unwrap()).is_err());
        assert!(Certified::from_pem(&(certificate("%") + &key.to_pkcs8_pem().unwrap())).is_err());
        let token = certified.sign_jwt("t", &json!({})).unwrap();
        let header = crate::jose::Jwt::parse(&token).unwrap().header().clone();
        assert_eq!((header.typ.as_deref(), header.x5c), (Some("t"), Some(json!(["AQID", "BAUG"]))));
    }
}
