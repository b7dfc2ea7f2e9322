//! A wallet's proof that it holds the key that a credential is to be bound to (OpenID4VCI 1.0 appendix F.1).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::jose::{Alg, Jwk, Jwt, PublicKey};
use serde::Deserialize;
use serde_json::Value;

/// The type of a proof.
pub const TYP: &str = "openid4vci-proof+jwt";
/// The algorithm that proofs are signed with.
pub const ALG: Alg = Alg::ES256;
/// How far a proof's `iat` may be from this server's clock, either way; seconds.
const WINDOW: i64 = 300;
/// The longest proof that is read; bytes.
const LONGEST: usize = 8 << 10;

/// A proof that holds, if its nonce does.
#[derive(Debug)]
pub struct Proof {
    /// The key, with nothing but what makes it the key.
    pub key: Jwk,
    /// The nonce that it was made with.
    pub nonce: Option<String>,
}

/// Verifies a proof that is addressed to `issuer`, at `now` (seconds since 1970); otherwise says what is wrong with it.
pub fn verify(proof: &str, issuer: &str, now: i64) -> Result<Proof, &'static str> {
    #[derive(Deserialize)]
    struct Header {
        jwk: Option<Value>,
    }
    #[derive(Deserialize)]
    struct Claims {
        aud: String,
        iat: f64,
        nonce: Option<String>,
    }
    if proof.len() > LONGEST {
        return Err("A proof is too long");
    }
    let malformed = "A proof is not a signed JWT";
    let jwt = Jwt::parse(proof).map_err(|_| malformed)?;
    if jwt.header().typ.as_deref() != Some(TYP) {
        return Err("A proof's typ is not openid4vci-proof+jwt");
    }
    let header =
        proof.split('.').next().and_then(|part| URL_SAFE_NO_PAD.decode(part).ok()).ok_or(malformed)?;
    let header: Header = serde_json::from_slice(&header).map_err(|_| malformed)?;
    let jwk = header.jwk.ok_or("A proof's header has no jwk")?;
    let jwk = Jwk::from_value(&jwk).map_err(|_| "A proof's jwk is not a public key")?;
    let key = PublicKey::from_jwk(&jwk).map_err(|_| "A proof's jwk is not a key that can be used")?;
    let payload = jwt.verify(&key, &[ALG]).map_err(|_| "A proof's signature is not its key's by ES256")?;
    let claims: Claims = payload.claims().map_err(|_| "A proof lacks aud or iat")?;
    if claims.aud != issuer {
        return Err("A proof's aud is not this issuer");
    }
    // Whole seconds, cut off; RFC 7519 allows fractions.
    if (claims.iat as i64).saturating_sub(now).saturating_abs() > WINDOW {
        return Err("A proof's iat is not now");
    }
    let key = Jwk { kid: None, alg: None, usage: None, x5c: None, ..jwk };
    Ok(Proof { key, nonce: claims.nonce })
}
