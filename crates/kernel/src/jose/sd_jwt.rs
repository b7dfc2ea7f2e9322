//! Credentials of which the holder shows only what is asked for (SD-JWT, RFC 9901), as they are issued and verified in the
//! European wallets (`dc+sd-jwt`).
//!
//! An issuer signs hashes of claims and hands the claims over beside them, each with a salt ([`issue`]). The holder passes on
//! those that a verifier asks for and shows by a signature of its own that the credential is its ([`present`]). Its receiver
//! takes it apart ([`SdJwt::parse`]), verifies it with the issuer's key ([`SdJwt::verify`]) and then that it was meant for
//! it and now ([`Verified::bound`]). The hash is SHA-256.

use std::collections::{HashMap, HashSet};

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Alg, Header, JoseError, Jwk, Jwt, PublicKey, SigningKey};
use crate::rng::Rng;

/// The type of a credential (`typ`).
pub const TYP: &str = "dc+sd-jwt";
/// The type of the holder's signature (`typ`).
pub const BINDING_TYP: &str = "kb+jwt";
/// The name of the hash, in `_sd_alg`.
const HASH: &str = "sha-256";
/// The longest credential that is read; bytes.
const LONGEST: usize = 64 << 10;
/// Most claims that are disclosed.
const MOST: usize = 100;
/// How deep disclosed claims may hold one another.
const DEEPEST: usize = 16;
/// How old the holder's signature may be, and how far ahead its clock; seconds.
const WINDOW: i64 = 300;
/// Claims that a credential has always openly (SD-JWT VC § 3.2.2.2): who hid one could leave it out.
const OPEN: [&str; 8] = ["iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "status", "_sd_alg"];

fn hash(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, text.as_bytes()))
}

/// A credential with the claims `open` and, each for itself, the claims `hidden`: compact, with all disclosures. The key's
/// chain of certificates, where it has one, stands in the header.
pub fn issue(
    key: &SigningKey,
    x5c: &[String],
    mut open: Map<String, Value>,
    hidden: Map<String, Value>,
    rng: &Rng,
) -> Result<String, JoseError> {
    let mut hashes = Vec::with_capacity(hidden.len());
    let mut disclosures = String::new();
    for (name, value) in hidden {
        let salt = URL_SAFE_NO_PAD.encode(rng.bytes::<16>());
        let disclosure = URL_SAFE_NO_PAD.encode(json!([salt, name, value]).to_string());
        hashes.push(hash(&disclosure));
        disclosures.push_str(&disclosure);
        disclosures.push('~');
    }
    // Their order tells nothing of which is which.
    hashes.sort_unstable();
    open.insert("_sd".to_owned(), json!(hashes));
    open.insert("_sd_alg".to_owned(), json!(HASH));
    let mut header = json!({ "alg": key.alg().as_str(), "typ": TYP, "kid": key.kid() });
    if !x5c.is_empty() {
        header["x5c"] = json!(x5c);
    }
    Ok(format!("{}~{disclosures}", key.sign_parts(&header, &open)?))
}

/// What a holder shows of `credential` to `audience`, which gave `nonce`: the claims `shown` of those at the top, signed by
/// the holder's `key` at `now` (seconds since 1970).
pub fn present(
    credential: &str,
    shown: &[&str],
    key: &SigningKey,
    audience: &str,
    nonce: &str,
    now: i64,
) -> Result<String, JoseError> {
    let parsed = SdJwt::parse(credential)?;
    let mut presentation = format!("{}~", parsed.jwt);
    for disclosure in &parsed.disclosures {
        if matches!(Disclosure::read(disclosure)?, Disclosure::Member(name, _) if shown.contains(&name.as_str()))
        {
            presentation.push_str(disclosure);
            presentation.push('~');
        }
    }
    let claims = json!({ "iat": now, "aud": audience, "nonce": nonce, "sd_hash": hash(&presentation) });
    let header = json!({ "typ": BINDING_TYP, "alg": key.alg().as_str() });
    Ok(presentation + &key.sign_parts(&header, &claims)?)
}

/// A credential taken apart and not yet verified.
pub struct SdJwt<'a> {
    jwt: &'a str,
    disclosures: Vec<&'a str>,
    /// All before the holder's signature.
    shown: &'a str,
    binding: Option<&'a str>,
}

/// A claim that is disclosed.
enum Disclosure {
    /// A member of an object.
    Member(String, Value),
    /// An element of an array.
    Element(Value),
}

impl Disclosure {
    fn read(encoded: &str) -> Result<Self, JoseError> {
        let wrong = || JoseError::Malformed("a disclosure is not understood");
        let bytes = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| wrong())?;
        let parts: Vec<Value> = serde_json::from_slice(&bytes).map_err(|_| wrong())?;
        let mut parts = parts.into_iter();
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(Value::String(_)), Some(value), None, None) => Ok(Self::Element(value)),
            (Some(Value::String(_)), Some(Value::String(name)), Some(value), None)
                if name != "_sd" && name != "..." =>
            {
                Ok(Self::Member(name, value))
            }
            _ => Err(wrong()),
        }
    }
}

impl<'a> SdJwt<'a> {
    /// Takes a compact SD-JWT apart, with or without the holder's signature.
    pub fn parse(text: &'a str) -> Result<Self, JoseError> {
        if text.len() > LONGEST {
            return Err(JoseError::Malformed("the credential is too long"));
        }
        let not_one = JoseError::Malformed("it is not an SD-JWT");
        let Some((jwt, rest)) = text.split_once('~') else { return Err(not_one) };
        let (disclosures, binding): (Vec<&str>, _) = match rest.rsplit_once('~') {
            None => (Vec::new(), rest),
            Some((disclosed, binding)) => (disclosed.split('~').collect(), binding),
        };
        if disclosures.len() > MOST || disclosures.iter().any(|one| one.is_empty()) {
            return Err(not_one);
        }
        let shown = text.strip_suffix(binding).unwrap_or(text);
        Ok(Self { jwt, disclosures, shown, binding: (!binding.is_empty()).then_some(binding) })
    }

    /// The header as its sender claims it.
    pub fn header(&self) -> Result<Header, JoseError> {
        Ok(Jwt::parse(self.jwt)?.header().clone())
    }

    /// Who claims to have issued it (`iss`): only to find the key to verify with.
    pub fn unverified_issuer(&self) -> Result<String, JoseError> {
        #[derive(Deserialize)]
        struct Claims {
            iss: String,
        }
        Ok(Jwt::parse(self.jwt)?.unverified_claims::<Claims>()?.iss)
    }

    /// Verifies the issuer's signature with `key`, by an algorithm of `allowed`, and puts the disclosed claims where their
    /// hashes stand (RFC 9901 § 7.1). Its times, and the holder's signature, are not looked at yet.
    pub fn verify(&self, key: &PublicKey, allowed: &[Alg]) -> Result<Verified<'a>, JoseError> {
        let payload = Jwt::parse(self.jwt)?.verify(key, allowed)?;
        let mut claims: Map<String, Value> = payload.claims()?;
        match claims.remove("_sd_alg") {
            None => {}
            Some(Value::String(name)) if name == HASH => {}
            Some(_) => return Err(JoseError::Malformed("the credential's hash is not SHA-256")),
        }
        let mut disclosures = HashMap::with_capacity(self.disclosures.len());
        for encoded in &self.disclosures {
            if disclosures.insert(hash(encoded), Disclosure::read(encoded)?).is_some() {
                return Err(JoseError::Malformed("a disclosure stands twice"));
            }
        }
        let mut filling = Filling { disclosures, seen: HashSet::new() };
        let open: Vec<String> = claims.keys().cloned().collect();
        filling.object(&mut claims, 0)?;
        if !filling.disclosures.is_empty() {
            return Err(JoseError::Malformed("a disclosure is not of this credential"));
        }
        if OPEN.iter().any(|name| claims.contains_key(*name) && !open.iter().any(|known| known == name)) {
            return Err(JoseError::Malformed("a claim is hidden that must stand openly"));
        }
        Ok(Verified { claims, typ: payload.header().typ.clone(), shown: self.shown, binding: self.binding })
    }
}

/// Puts disclosed claims in the place of their hashes.
struct Filling {
    /// Those that have no place yet, by hash.
    disclosures: HashMap<String, Disclosure>,
    /// Hashes that have been met: none stands twice.
    seen: HashSet<String>,
}

impl Filling {
    fn take(&mut self, hash: &Value) -> Result<Option<Disclosure>, JoseError> {
        let Value::String(hash) = hash else { return Err(JoseError::Malformed("a hash is not text")) };
        if !self.seen.insert(hash.clone()) {
            return Err(JoseError::Malformed("a hash stands twice"));
        }
        Ok(self.disclosures.remove(hash))
    }

    fn value(&mut self, value: &mut Value, depth: usize) -> Result<(), JoseError> {
        match value {
            Value::Object(object) => self.object(object, depth + 1),
            Value::Array(array) => self.array(array, depth + 1),
            _ => Ok(()),
        }
    }

    fn object(&mut self, object: &mut Map<String, Value>, depth: usize) -> Result<(), JoseError> {
        if depth > DEEPEST {
            return Err(JoseError::Malformed("claims are nested too deeply"));
        }
        let hashes = match object.remove("_sd") {
            None => Vec::new(),
            Some(Value::Array(hashes)) => hashes,
            Some(_) => return Err(JoseError::Malformed("_sd is not an array")),
        };
        for value in object.values_mut() {
            self.value(value, depth)?;
        }
        for hash in &hashes {
            match self.take(hash)? {
                // Not disclosed, or no claim at all but a decoy.
                None => {}
                Some(Disclosure::Element(_)) => {
                    return Err(JoseError::Malformed("an element is disclosed as a member"));
                }
                Some(Disclosure::Member(name, mut value)) => {
                    self.value(&mut value, depth)?;
                    if object.insert(name, value).is_some() {
                        return Err(JoseError::Malformed("a claim stands twice"));
                    }
                }
            }
        }
        Ok(())
    }

    fn array(&mut self, array: &mut Vec<Value>, depth: usize) -> Result<(), JoseError> {
        if depth > DEEPEST {
            return Err(JoseError::Malformed("claims are nested too deeply"));
        }
        let mut filled = Vec::with_capacity(array.len());
        for mut element in array.drain(..) {
            let hash =
                element.as_object().filter(|object| object.len() == 1).and_then(|object| object.get("..."));
            let Some(hash) = hash.cloned() else {
                self.value(&mut element, depth)?;
                filled.push(element);
                continue;
            };
            match self.take(&hash)? {
                None => {}
                Some(Disclosure::Member(..)) => {
                    return Err(JoseError::Malformed("a member is disclosed as an element"));
                }
                Some(Disclosure::Element(mut value)) => {
                    self.value(&mut value, depth)?;
                    filled.push(value);
                }
            }
        }
        *array = filled;
        Ok(())
    }
}

/// A credential that its issuer has signed.
pub struct Verified<'a> {
    claims: Map<String, Value>,
    typ: Option<String>,
    shown: &'a str,
    binding: Option<&'a str>,
}

impl Verified<'_> {
    /// The claims that are open or disclosed.
    pub fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// The type in its header.
    pub fn typ(&self) -> Option<&str> {
        self.typ.as_deref()
    }

    /// The key of the holder (`cnf.jwk`).
    pub fn holder(&self) -> Result<Jwk, JoseError> {
        let jwk = self.claims.get("cnf").and_then(|cnf| cnf.get("jwk"));
        Jwk::from_value(jwk.ok_or(JoseError::Key("the credential is bound to no key"))?)
    }

    /// Whether `now` (seconds since 1970) is within the credential's times. One without an end has none.
    pub fn lives(&self, now: i64) -> bool {
        let time = |name: &str| self.claims.get(name).map(|value| value.as_f64().unwrap_or(f64::NAN));
        let now = now as f64;
        time("nbf").is_none_or(|from| from <= now) && time("exp").is_none_or(|end| now < end)
    }

    /// Verifies that the holder has signed just this for `audience` with the `nonce` that it gave, at about `now` (seconds
    /// since 1970). Whether the nonce has been used before is for the audience to know.
    pub fn bound(&self, audience: &str, nonce: &str, now: i64) -> Result<(), JoseError> {
        #[derive(Deserialize)]
        struct Claims {
            iat: f64,
            aud: String,
            nonce: String,
            sd_hash: String,
            exp: Option<f64>,
        }
        let binding = self.binding.ok_or(JoseError::Malformed("the holder has not signed"))?;
        let key = PublicKey::from_jwk(&self.holder()?)?;
        let jwt = Jwt::parse(binding)?;
        if jwt.header().typ.as_deref() != Some(BINDING_TYP) {
            return Err(JoseError::Malformed("the holder's signature is not of type kb+jwt"));
        }
        let claims: Claims = jwt.verify(&key, &[Alg::ES256, Alg::EdDSA])?.claims()?;
        let same =
            |given: &str, wanted: &str| verify_slices_are_equal(given.as_bytes(), wanted.as_bytes()).is_ok();
        let late = claims.exp.is_some_and(|end| end <= now as f64);
        // Whole seconds, cut off; RFC 7519 allows fractions.
        let fresh = (claims.iat as i64).saturating_sub(now).saturating_abs() <= WINDOW;
        match (claims.aud == audience, same(&claims.nonce, nonce), same(&claims.sd_hash, &hash(self.shown))) {
            (false, _, _) => Err(JoseError::Malformed("the holder has signed for another")),
            (_, false, _) => Err(JoseError::Malformed("the holder has signed another nonce")),
            (_, _, false) => Err(JoseError::Malformed("the holder has signed another selection of claims")),
            _ if late || !fresh => Err(JoseError::Malformed("the holder has not signed now")),
            _ => Ok(()),
        }
    }
}

impl std::fmt::Debug for SdJwt<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SdJwt({} disclosures)", self.disclosures.len())
    }
}

impl std::fmt::Debug for Verified<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Verified({:?})", self.typ)
    }
}

#[cfg(test)]
mod tests;
