//! Proof that whoever asks for a token, or uses one, holds the key that the token is bound to (DPoP, RFC 9449).
//!
//! A proof is a token that brings its own key: that key is believed for nothing but itself. [`verify`] says which key it
//! is (`jkt`) and gives the [`Proof`], which its receiver uses up, so that nobody can send it a second time.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::{digest, hmac};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::HeaderMap;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::{Alg, Jwk, Jwt, PublicKey};

/// The algorithms that proofs may be signed with: those of FAPI 2.0, for everybody.
pub const ALGS: [Alg; 3] = [Alg::ES256, Alg::PS256, Alg::EdDSA];
/// The header that carries a proof.
pub const HEADER: &str = "dpop";
/// The header in which a server gives the nonce of the next proof.
pub const NONCE_HEADER: &str = "dpop-nonce";
/// How far a proof's `iat` may be from this server's clock, either way; seconds.
const WINDOW: i64 = 60;
/// The longest proof that is read; bytes.
const LONGEST: usize = 8 * 1024;
/// The longest `jti` and nonce; bytes.
const LONGEST_NAME: usize = 512;
/// How long a nonce begins and ends with; seconds.
const NONCE_PERIOD: i64 = 60;
/// For how many periods a nonce may be used after its own.
const NONCE_PERIODS: i64 = 4;

/// Why a proof is refused. Quotes nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the DPoP proof does not hold: {0}")]
pub struct DpopError(pub &'static str);

/// A proof that holds, if it has not been used before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The thumbprint of its key (RFC 7638), as it stands in `cnf.jkt`.
    pub jkt: String,
    /// The nonce that it carries; its receiver knows whether it gave that one.
    pub nonce: Option<String>,
    /// What makes it the same as another: its key, its address and its `jti`.
    pub fingerprint: [u8; 32],
    /// Until when a second use has to be recognised; seconds since 1970.
    pub until: i64,
}

/// The proof of a request, where it has one.
pub fn of(headers: &HeaderMap) -> Result<Option<&str>, DpopError> {
    let mut values = headers.get_all(HEADER).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(DpopError("there is more than one"));
    }
    value.to_str().map(Some).map_err(|_| DpopError("it is no text"))
}

#[derive(Deserialize)]
struct Header {
    jwk: Option<Value>,
}

#[derive(Deserialize)]
struct Claims {
    jti: Option<String>,
    htm: Option<String>,
    htu: Option<String>,
    iat: Option<f64>,
    nbf: Option<f64>,
    exp: Option<f64>,
    ath: Option<String>,
    nonce: Option<String>,
}

/// Verifies a proof for a request with `method` to `uri` at `now` (seconds since 1970); where it comes with an access
/// token, for that token.
pub fn verify(
    proof: &str,
    method: &str,
    uri: &str,
    access_token: Option<&str>,
    now: i64,
) -> Result<Proof, DpopError> {
    if proof.len() > LONGEST {
        return Err(DpopError("it is too long"));
    }
    let malformed = || DpopError("it is not a signed JWT");
    let jwt = Jwt::parse(proof).map_err(|_| malformed())?;
    if !jwt.header().typ.as_deref().is_some_and(|typ| typ.eq_ignore_ascii_case("dpop+jwt")) {
        return Err(DpopError("its typ is not dpop+jwt"));
    }
    let header = proof.split('.').next().and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let header: Header = serde_json::from_slice(&header.ok_or_else(malformed)?).map_err(|_| malformed())?;
    let jwk = header.jwk.ok_or(DpopError("its header has no jwk"))?;
    let jwk = Jwk::from_value(&jwk).map_err(|_| DpopError("its jwk is not a public key"))?;
    let key = PublicKey::from_jwk(&jwk).map_err(|_| DpopError("its jwk is not a key that can be used"))?;
    let jkt = jwk.thumbprint().ok_or(DpopError("its jwk is not a key that can be used"))?;
    let payload = jwt
        .verify(&key, &ALGS)
        .map_err(|_| DpopError("its signature is not its key's, by an algorithm that is allowed"))?;
    let claims: Claims = payload.claims().map_err(|_| DpopError("its claims are not understood"))?;

    let fits = |text: &String| (1..=LONGEST_NAME).contains(&text.len());
    let jti = claims.jti.filter(fits).ok_or(DpopError("it has no jti"))?;
    if claims.htm.as_deref() != Some(method) {
        return Err(DpopError("htm is not the request's method"));
    }
    let htu = claims.htu.as_deref().and_then(normal).ok_or(DpopError("it has no htu"))?;
    if normal(uri).as_ref() != Some(&htu) {
        return Err(DpopError("htu is not the request's address"));
    }
    // Whole seconds, cut off; RFC 7519 allows fractions.
    let iat = claims.iat.map(|iat| iat as i64).ok_or(DpopError("it has no iat"))?;
    if iat.saturating_sub(now).saturating_abs() > WINDOW {
        return Err(DpopError("iat is not within 60 seconds of now"));
    }
    // A proof needs neither of these; where it has them, they are meant.
    if claims.nbf.is_some_and(|nbf| (nbf as i64).saturating_sub(now) > WINDOW) {
        return Err(DpopError("nbf is more than 60 seconds ahead"));
    }
    if claims.exp.is_some_and(|exp| exp as i64 <= now) {
        return Err(DpopError("it has expired"));
    }
    if let Some(token) = access_token {
        let hash = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, token.as_bytes()));
        let ath = claims.ath.unwrap_or_default();
        if verify_slices_are_equal(ath.as_bytes(), hash.as_bytes()).is_err() {
            return Err(DpopError("ath is not the hash of the access token"));
        }
    }
    if claims.nonce.as_ref().is_some_and(|nonce| !fits(nonce)) {
        return Err(DpopError("its nonce is empty or too long"));
    }
    let mut fingerprint = [0; 32];
    let same = format!("dpop\0{jkt}\0{htu}\0{jti}");
    fingerprint.copy_from_slice(digest::digest(&digest::SHA256, same.as_bytes()).as_ref());
    // As long again as it is accepted, for the nodes whose clock is behind.
    Ok(Proof { jkt, nonce: claims.nonce, fingerprint, until: iat + 2 * WINDOW })
}

/// An address as RFC 9449 § 4.3 compares it: normalised, without query and fragment.
fn normal(uri: &str) -> Option<Url> {
    let mut url = Url::parse(uri).ok().filter(Url::has_host)?;
    url.set_query(None);
    url.set_fragment(None);
    Some(url)
}

/// Whether `text` has the form of a key's thumbprint.
pub fn is_thumbprint(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// Gives nonces and knows them again, on every node that has the same secret, without keeping any.
pub struct Nonces(hmac::Key);

impl Nonces {
    /// From a secret of the installation.
    pub fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// The nonce of this minute.
    pub fn make(&self, now: i64) -> String {
        self.of_period(now.div_euclid(NONCE_PERIOD))
    }

    /// Whether this is a nonce of the last five minutes.
    pub fn holds(&self, nonce: &str, now: i64) -> bool {
        let period = now.div_euclid(NONCE_PERIOD);
        (period - NONCE_PERIODS..=period).any(|period| {
            verify_slices_are_equal(self.of_period(period).as_bytes(), nonce.as_bytes()).is_ok()
        })
    }

    fn of_period(&self, period: i64) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.0, format!("dpop nonce {period}").as_bytes()))
    }
}

impl std::fmt::Debug for Nonces {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Nonces")
    }
}

/// A proof by `key`, as a client makes it. `claims` are added to `htm`, `htu`, `iat` and `jti`, or take their place.
pub fn prove(
    key: &super::SigningKey,
    method: &str,
    uri: &str,
    jti: &str,
    now: i64,
    more: &Value,
) -> Result<String, super::JoseError> {
    let public = key.public_jwk();
    let jwk = Jwk { kid: None, alg: None, usage: None, ..public.clone() };
    let header = serde_json::json!({ "typ": "dpop+jwt", "alg": key.alg().as_str(), "jwk": jwk });
    let mut claims = serde_json::json!({ "htm": method, "htu": uri, "iat": now, "jti": jti });
    if let (Value::Object(claims), Value::Object(more)) = (&mut claims, more) {
        claims.extend(more.clone());
    }
    key.sign_parts(&header, &claims)
}

#[cfg(test)]
mod tests;
