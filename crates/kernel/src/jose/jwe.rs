//! What is encrypted to a key of ours alone (JWE, RFC 7516): `ECDH-ES` on P-256 with AES-GCM, as wallets answer verifiers.
//!
//! Agreement, key derivation and cipher are AWS-LC's; the header tells no more than which of the two sizes of AES.

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, Algorithm, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::digest;
use aws_lc_rs::encoding::{AsBigEndian as _, EcPrivateKeyBin};
use aws_lc_rs::kdf::{SskdfDigestAlgorithmId, get_sskdf_digest_algorithm, sskdf_digest};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::JoseError;
use crate::rng::Rng;

/// How the key is agreed on (`alg`).
pub const ALG: &str = "ECDH-ES";
/// How the content is encrypted (`enc`), the best first.
pub const ENCS: [&str; 2] = ["A256GCM", "A128GCM"];
/// The longest that is read; bytes.
const LONGEST: usize = 256 << 10;
/// Bytes of a coordinate.
const COORDINATE: usize = 32;

/// A key that others encrypt to.
pub struct DecryptionKey(PrivateKey);

/// The public half of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EncryptionKey {
    kty: String,
    crv: String,
    x: String,
    y: String,
}

impl EncryptionKey {
    fn of(key: &PrivateKey) -> Result<Self, JoseError> {
        let public = key.compute_public_key().map_err(|_| JoseError::Key("it has no public half"))?;
        match public.as_ref() {
            [4, point @ ..] if point.len() == 2 * COORDINATE => {
                let (x, y) = point.split_at(COORDINATE);
                let [x, y] = [x, y].map(|coordinate| URL_SAFE_NO_PAD.encode(coordinate));
                Ok(Self { kty: "EC".to_owned(), crv: "P-256".to_owned(), x, y })
            }
            _ => Err(JoseError::Key("it is not an uncompressed point")),
        }
    }

    /// The point, uncompressed.
    fn point(&self) -> Result<Vec<u8>, JoseError> {
        let wrong = || JoseError::Key("it is not a point of P-256");
        let coordinate = |text: &str| {
            let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| wrong())?;
            if bytes.len() == COORDINATE { Ok(bytes) } else { Err(wrong()) }
        };
        if self.kty != "EC" || self.crv != "P-256" {
            return Err(wrong());
        }
        Ok([vec![4], coordinate(&self.x)?, coordinate(&self.y)?].concat())
    }

    /// The key as its owner publishes it: for encryption, by this algorithm, with its thumbprint (RFC 7638) as name.
    pub fn published(&self) -> Value {
        let Self { kty, crv, x, y } = self;
        json!({ "kty": kty, "crv": crv, "x": x, "y": y, "use": "enc", "alg": ALG, "kid": self.kid() })
    }

    /// Its thumbprint.
    pub fn kid(&self) -> String {
        let Self { kty, crv, x, y } = self;
        let canonical = json!({ "crv": crv, "kty": kty, "x": x, "y": y }).to_string();
        URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, canonical.as_bytes()))
    }
}

/// The header, as far as it counts. Whatever changes what is to be done (`crit`, `zip`) is refused.
#[derive(Deserialize)]
struct Protected {
    alg: String,
    enc: String,
    epk: EncryptionKey,
    #[serde(default)]
    apu: String,
    #[serde(default)]
    apv: String,
    kid: Option<String>,
    zip: Option<Value>,
    crit: Option<Value>,
}

/// The cipher of this name, with the length of its key.
fn cipher(enc: &str) -> Result<(&'static Algorithm, usize), JoseError> {
    match enc {
        "A128GCM" => Ok((&AES_128_GCM, 16)),
        "A256GCM" => Ok((&AES_256_GCM, 32)),
        _ => Err(JoseError::Algorithm),
    }
}

/// The key that both ends come to (RFC 7518 § 4.6).
fn agreed(
    own: &PrivateKey,
    other: &EncryptionKey,
    enc: &str,
    apu: &[u8],
    apv: &[u8],
) -> Result<Vec<u8>, JoseError> {
    let (_, length) = cipher(enc)?;
    let mut info = Vec::new();
    for part in [enc.as_bytes(), apu, apv] {
        // No part is longer than what is read.
        info.extend_from_slice(&(part.len() as u32).to_be_bytes());
        info.extend_from_slice(part);
    }
    info.extend_from_slice(&(length as u32 * 8).to_be_bytes());
    let failed = || JoseError::Key("no key is agreed on");
    let hash = get_sskdf_digest_algorithm(SskdfDigestAlgorithmId::Sha256).ok_or(JoseError::Algorithm)?;
    let point = other.point()?;
    let mut key = vec![0; length];
    agree(own, UnparsedPublicKey::new(&ECDH_P256, point), failed(), |secret| {
        sskdf_digest(hash, secret, &info, &mut key).map_err(|_| failed())
    })?;
    Ok(key)
}

impl DecryptionKey {
    /// A new key. The randomness is AWS-LC's own.
    pub fn generate() -> Result<Self, JoseError> {
        Ok(Self(PrivateKey::generate(&ECDH_P256).map_err(|_| JoseError::Key("AWS-LC made none"))?))
    }

    /// The key that [`Self::to_bytes`] gave.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, JoseError> {
        let key = PrivateKey::from_private_key(&ECDH_P256, bytes);
        Ok(Self(key.map_err(|_| JoseError::Key("it is not a private key of P-256"))?))
    }

    /// The private key, to be sealed and kept.
    pub fn to_bytes(&self) -> Result<Vec<u8>, JoseError> {
        let bytes: EcPrivateKeyBin<'_> =
            self.0.as_be_bytes().map_err(|_| JoseError::Key("AWS-LC did not write it"))?;
        Ok(bytes.as_ref().to_vec())
    }

    /// The public half.
    pub fn public(&self) -> Result<EncryptionKey, JoseError> {
        EncryptionKey::of(&self.0)
    }

    /// Decrypts a compact JWE.
    pub fn decrypt(&self, jwe: &str) -> Result<Vec<u8>, JoseError> {
        let malformed = JoseError::Malformed("it is not an encrypted token");
        if jwe.len() > LONGEST {
            return Err(malformed);
        }
        let parts: Vec<&str> = jwe.split('.').collect();
        let [header, "", nonce, content, tag] = parts.as_slice() else { return Err(malformed) };
        let decode = |part: &str| {
            URL_SAFE_NO_PAD.decode(part).map_err(|_| JoseError::Malformed("a part is not base64url"))
        };
        let protected: Protected = serde_json::from_slice(&decode(header)?)
            .map_err(|_| JoseError::Malformed("the header is not understood"))?;
        if protected.zip.is_some() || protected.crit.is_some() {
            return Err(JoseError::Malformed("the header demands extensions"));
        }
        if protected.alg != ALG {
            return Err(JoseError::Algorithm);
        }
        if protected.kid.is_some_and(|kid| self.public().is_ok_and(|key| key.kid() != kid)) {
            return Err(JoseError::UnknownKey);
        }
        let (algorithm, _) = cipher(&protected.enc)?;
        let (apu, apv) = (decode(&protected.apu)?, decode(&protected.apv)?);
        let key = agreed(&self.0, &protected.epk, &protected.enc, &apu, &apv)?;
        let key = UnboundKey::new(algorithm, &key).map_err(|_| JoseError::Key("AWS-LC refused it"))?;
        let wrong = |_| JoseError::Malformed("it does not open with the key");
        let nonce = Nonce::try_assume_unique_for_key(&decode(nonce)?).map_err(wrong)?;
        let mut sealed = decode(content)?;
        sealed.extend_from_slice(&decode(tag)?);
        let opened = LessSafeKey::new(key).open_in_place(nonce, Aad::from(header.as_bytes()), &mut sealed);
        Ok(opened.map_err(wrong)?.to_vec())
    }
}

/// Encrypts `content` to `key`, as a wallet does.
pub fn encrypt(key: &EncryptionKey, enc: &str, content: &[u8], rng: &Rng) -> Result<String, JoseError> {
    let own = DecryptionKey::generate()?;
    let header = json!({ "alg": ALG, "enc": enc, "kid": key.kid(), "epk": own.public()? });
    let header = URL_SAFE_NO_PAD.encode(header.to_string());
    let (algorithm, _) = cipher(enc)?;
    let agreed = agreed(&own.0, key, enc, b"", b"")?;
    let agreed = UnboundKey::new(algorithm, &agreed).map_err(|_| JoseError::Key("AWS-LC refused it"))?;
    let nonce: [u8; NONCE_LEN] = rng.bytes();
    let mut sealed = content.to_vec();
    let tag = LessSafeKey::new(agreed)
        .seal_in_place_separate_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(header.as_bytes()),
            &mut sealed,
        )
        .map_err(|_| JoseError::Key("AWS-LC did not encrypt"))?;
    let [nonce, sealed, tag] =
        [nonce.as_slice(), &sealed, tag.as_ref()].map(|part| URL_SAFE_NO_PAD.encode(part));
    Ok(format!("{header}..{nonce}.{sealed}.{tag}"))
}

impl std::fmt::Debug for DecryptionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DecryptionKey")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(x: &str, y: &str) -> EncryptionKey {
        EncryptionKey { kty: "EC".to_owned(), crv: "P-256".to_owned(), x: x.to_owned(), y: y.to_owned() }
    }

    #[test]
    fn the_example_of_rfc_7518_gives_its_key() {
        let alice = point(
            "gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0",
            "SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps",
        );
        let bob = URL_SAFE_NO_PAD.decode("VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw").unwrap();
        let bob = DecryptionKey::from_bytes(&bob).unwrap();
        let public = point(
            "weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ",
            "e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck",
        );
        assert_eq!(bob.public().unwrap(), public);
        let key = agreed(&bob.0, &alice, "A128GCM", b"Alice", b"Bob").unwrap();
        assert_eq!(URL_SAFE_NO_PAD.encode(key), "VqqN6vgjbSBcIijNcacQGg");
    }

    #[test]
    fn what_is_encrypted_is_read_with_the_key_alone() {
        let (key, other, rng) =
            (DecryptionKey::generate().unwrap(), DecryptionKey::generate().unwrap(), Rng::seeded(1));
        let kept = DecryptionKey::from_bytes(&key.to_bytes().unwrap()).unwrap();
        for enc in ENCS {
            let jwe = encrypt(&key.public().unwrap(), enc, "svaret".as_bytes(), &rng).unwrap();
            assert_eq!(kept.decrypt(&jwe).unwrap(), "svaret".as_bytes());
            assert!(other.decrypt(&jwe).is_err());
            let parts: Vec<&str> = jwe.split('.').collect();
            for at in 0..5 {
                let mut changed: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
                changed[at] = "AAAAAAAAAAAAAAAA".to_owned();
                assert!(kept.decrypt(&changed.join(".")).is_err(), "part {at}");
            }
            assert!(kept.decrypt(&parts[..4].join(".")).is_err());
        }
        assert!(encrypt(&key.public().unwrap(), "A128CBC-HS256", b"", &rng).is_err());
        assert!(encrypt(&point("AA", "AA"), "A128GCM", b"", &rng).is_err());
        // A point that is not on the curve.
        let off = point(&URL_SAFE_NO_PAD.encode([1; 32]), &URL_SAFE_NO_PAD.encode([1; 32]));
        assert!(encrypt(&off, "A128GCM", b"", &rng).is_err());
        let header = |value: Value| {
            let header = URL_SAFE_NO_PAD.encode(value.to_string());
            format!("{header}..AAAAAAAAAAAAAAAA.AA.AAAAAAAAAAAAAAAAAAAAAA")
        };
        let epk = key.public().unwrap();
        for wrong in [
            json!({ "alg": "dir", "enc": "A128GCM", "epk": epk }),
            json!({ "alg": ALG, "enc": "A128GCM" }),
            json!({ "alg": ALG, "enc": "A128GCM", "epk": epk, "zip": "DEF" }),
            json!({ "alg": ALG, "enc": "A128GCM", "epk": epk, "crit": ["x"] }),
            json!({ "alg": ALG, "enc": "none", "epk": epk }),
            json!({ "alg": ALG, "enc": "A128GCM", "epk": epk, "kid": "x" }),
        ] {
            assert!(kept.decrypt(&header(wrong)).is_err());
        }
        assert!(kept.decrypt("x").is_err() && kept.decrypt(&"x".repeat(LONGEST + 1)).is_err());
    }
}
