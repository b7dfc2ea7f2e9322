//! Which credentials are withdrawn: a Token Status List (draft-ietf-oauth-status-list), signed by their issuer.
//!
//! A credential names a list and a place in it (`status.status_list`). The list is one bit or more for each place,
//! compressed, so that who asks for it does not tell whose credential is shown.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use miniz_oxide::deflate::compress_to_vec_zlib;
use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Alg, JoseError, Jwt, KeySet};

/// The type of a signed list (`typ`), and, after `application/`, its media type.
pub const TYP: &str = "statuslist+jwt";
/// The largest list that is read, unpacked; bytes.
const LARGEST: usize = 16 << 20;
/// How long a list that is made here holds; seconds. Who keeps to its `ttl` asks again long before.
const HOLDS: i64 = 12 * 3600;
/// How hard it is tried to make a list small.
const COMPRESSION: u8 = 9;

/// Where the status of a credential stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The place in the list.
    pub idx: u64,
    /// The address of the list.
    pub uri: String,
}

impl Place {
    /// The claim `status` that names it.
    pub fn claim(&self) -> Value {
        json!({ "status_list": self })
    }

    /// What a credential's claims name; nothing where it cannot be withdrawn. A `status` that is not understood is an
    /// error: what it says is not known.
    pub fn of(claims: &Map<String, Value>) -> Result<Option<Self>, JoseError> {
        let Some(status) = claims.get("status") else { return Ok(None) };
        let wrong = JoseError::Malformed("its status is not understood");
        let place = status.get("status_list").ok_or(wrong)?;
        let place =
            Self::deserialize(place).map_err(|_| JoseError::Malformed("its status is not understood"))?;
        Ok(Some(place))
    }
}

/// The claims of a list of `size` places, one bit each, of which those `withdrawn` are; others are left out. It is at
/// `uri`, made at `now` (seconds since 1970), to be asked for again after `ttl` seconds.
pub fn claims(
    uri: &str,
    size: usize,
    withdrawn: impl IntoIterator<Item = u64>,
    now: i64,
    ttl: i64,
) -> Map<String, Value> {
    let mut bytes = vec![0_u8; size.div_ceil(8)];
    for place in withdrawn {
        if let Some(byte) = usize::try_from(place / 8).ok().and_then(|at| bytes.get_mut(at)) {
            *byte |= 1 << (place % 8);
        }
    }
    let packed = URL_SAFE_NO_PAD.encode(compress_to_vec_zlib(&bytes, COMPRESSION));
    let mut claims = Map::new();
    claims.insert("sub".to_owned(), json!(uri));
    claims.insert("iat".to_owned(), json!(now));
    claims.insert("exp".to_owned(), json!(now + HOLDS));
    claims.insert("ttl".to_owned(), json!(ttl));
    claims.insert("status_list".to_owned(), json!({ "bits": 1, "lst": packed }));
    claims
}

/// A list that its issuer has signed.
#[derive(Clone)]
pub struct StatusList {
    bits: u8,
    bytes: Vec<u8>,
    exp: Option<i64>,
    ttl: Option<i64>,
}

impl StatusList {
    /// Verifies a list that was fetched from `uri`, at `now` (seconds since 1970), with the issuer's `keys`, by an
    /// algorithm of `allowed`.
    pub fn verify(
        token: &str,
        uri: &str,
        keys: &KeySet,
        allowed: &[Alg],
        now: i64,
    ) -> Result<Self, JoseError> {
        #[derive(Deserialize)]
        struct List {
            bits: u8,
            lst: String,
        }
        #[derive(Deserialize)]
        struct Claims {
            sub: String,
            iat: f64,
            exp: Option<f64>,
            ttl: Option<f64>,
            status_list: List,
        }
        let jwt = Jwt::parse(token.trim())?;
        if jwt.header().typ.as_deref() != Some(TYP) {
            return Err(JoseError::Malformed("it is not a status list"));
        }
        let kid = jwt.header().kid.as_deref().ok_or(JoseError::UnknownKey)?;
        let key = keys.get(kid).ok_or(JoseError::UnknownKey)?;
        let Claims { sub, iat, exp, ttl, status_list } = jwt.verify(key, allowed)?.claims()?;
        let seconds = |time: Option<f64>| time.map(|time| time as i64);
        let (exp, ttl) = (seconds(exp), seconds(ttl));
        if sub != uri {
            return Err(JoseError::Malformed("the status list is another"));
        }
        // Whole seconds, cut off; a minute for clocks that differ.
        if exp.is_some_and(|exp| exp <= now) || (iat as i64) > now.saturating_add(60) {
            return Err(JoseError::Malformed("the status list is not of now"));
        }
        if ![1, 2, 4, 8].contains(&status_list.bits) {
            return Err(JoseError::Malformed("the status list has no such bits"));
        }
        let unreadable = || JoseError::Malformed("the status list cannot be unpacked");
        let packed = URL_SAFE_NO_PAD.decode(&status_list.lst).map_err(|_| unreadable())?;
        let bytes = decompress_to_vec_zlib_with_limit(&packed, LARGEST).map_err(|_| unreadable())?;
        Ok(Self { bits: status_list.bits, bytes, exp, ttl })
    }

    /// The status at a place: 0 where the credential is valid, otherwise why not. A place outside the list is an error.
    pub fn status(&self, idx: u64) -> Result<u8, JoseError> {
        let outside = JoseError::Malformed("there is no such place in the status list");
        let each = u64::from(8 / self.bits);
        let byte = usize::try_from(idx / each).ok().and_then(|at| self.bytes.get(at)).ok_or(outside)?;
        // Below eight.
        let shift = (idx % each) as u32 * u32::from(self.bits);
        let mask = u8::MAX >> (8 - self.bits);
        Ok((byte >> shift) & mask)
    }

    /// Until when a list that was fetched at `now` may be used, at most `longest` seconds.
    pub fn until(&self, now: i64, longest: i64) -> i64 {
        let kept = now.saturating_add(self.ttl.unwrap_or(longest).clamp(0, longest));
        self.exp.map_or(kept, |exp| kept.min(exp))
    }
}

impl std::fmt::Debug for StatusList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StatusList({} bits, {} bytes)", self.bits, self.bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jose::SigningKey;

    const URI: &str = "https://issuer.example/status/1";

    fn list(claims: &Value, typ: &str, now: i64) -> Result<StatusList, JoseError> {
        let key = SigningKey::generate(Alg::ES256).unwrap();
        let keys = [(key.kid().to_owned(), key.public_key().unwrap())].into_iter().collect();
        StatusList::verify(&key.sign_jwt(Some(typ), claims).unwrap(), URI, &keys, &[Alg::ES256], now)
    }

    #[test]
    fn the_examples_of_the_draft_are_read() {
        let of = |bits: u8, lst: &str| json!({ "sub": URI, "iat": 0, "status_list": { "bits": bits, "lst": lst } });
        let one = list(&of(1, "eNrbuRgAAhcBXQ"), TYP, 0).unwrap();
        let statuses: Vec<u8> = (0..16).map(|at| one.status(at).unwrap()).collect();
        assert_eq!(statuses, [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]);
        assert!(one.status(16).is_err() && one.status(u64::MAX).is_err());
        let two = list(&of(2, "eNo76fITAAPfAgc"), TYP, 0).unwrap();
        let statuses: Vec<u8> = (0..12).map(|at| two.status(at).unwrap()).collect();
        assert_eq!(statuses, [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]);
    }

    #[test]
    fn what_is_written_is_read_and_nothing_else_is() {
        let written = Value::Object(claims(URI, 1000, [3, 999, 5000], 100, 60));
        let read = list(&written, TYP, 99 + HOLDS).unwrap();
        let withdrawn: Vec<u64> = (0..1000).filter(|at| read.status(*at).unwrap() != 0).collect();
        assert_eq!((withdrawn, read.until(120, 3600)), (vec![3, 999], 180));
        assert_eq!((read.until(90, 30), read.until(90 + HOLDS, 3600)), (120, 100 + HOLDS));
        assert!(list(&written, TYP, 100 + HOLDS).is_err(), "too old");
        assert!(list(&written, TYP, 39).is_err(), "of the future");
        assert!(list(&written, "jwt", 100).is_err());
        let with = |name: &str, value: Value| {
            let mut changed = written.clone();
            changed[name] = value;
            changed
        };
        for changed in [
            with("sub", json!("https://issuer.example/status/2")),
            with("status_list", json!({ "bits": 3, "lst": "eNrbuRgAAhcBXQ" })),
            with("status_list", json!({ "bits": 1, "lst": "%" })),
            with("status_list", json!({ "bits": 1, "lst": "AAAA" })),
            with("iat", Value::Null),
        ] {
            assert!(list(&changed, TYP, 100).is_err(), "{changed}");
        }
        let bomb = URL_SAFE_NO_PAD.encode(compress_to_vec_zlib(&vec![0; LARGEST + 1], 9));
        assert!(list(&with("status_list", json!({ "bits": 1, "lst": bomb })), TYP, 100).is_err());
    }

    #[test]
    fn a_credential_names_its_place() {
        let place = Place { idx: 7, uri: URI.to_owned() };
        let claims = |status: Value| json!({ "status": status }).as_object().unwrap().clone();
        assert_eq!(Place::of(&claims(place.claim())).unwrap(), Some(place));
        assert_eq!(Place::of(&Map::new()).unwrap(), None);
        for wrong in [
            json!("x"),
            json!({}),
            json!({ "status_list": { "idx": -1, "uri": URI } }),
            json!({ "status_list": { "idx": 1 } }),
        ] {
            assert!(Place::of(&claims(wrong)).is_err());
        }
    }
}
