//! What an authenticator answers, and whether it holds (Web Authentication Level 3, §§ 7.1 and 7.2). No I/O.
//!
//! An answer is first read, then its challenge is taken out of the store, and only then is it verified, so that a
//! challenge is used up by whatever is tried with it.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::Value;
use coset::iana::{
    Algorithm, Ec2KeyParameter, EllipticCurve, EnumI64 as _, KeyType, OkpKeyParameter, RsaKeyParameter,
};
use coset::{AsCborValue as _, CoseKey, Label, RegisteredLabel, RegisteredLabelWithPrivate};
use serde::Deserialize;

/// Largest answer that is read; bytes. An attestation without certificates and with an RSA key has some two thousand.
const MAX_ANSWER: usize = 16 << 10;
/// Longest name of a passkey that the standard allows; bytes.
const MAX_CREDENTIAL_ID: usize = 1023;
/// Deepest nesting of CBOR; CTAP2 has four levels.
const MAX_DEPTH: usize = 8;
/// Largest modulus of an RSA key; bytes.
const MAX_MODULUS: usize = 512;

/// The algorithms that a passkey may sign with, best first: ES256, EdDSA with Ed25519, RS256.
pub const ALGORITHMS: [i64; 3] = [Algorithm::ES256 as i64, Algorithm::EdDSA as i64, Algorithm::RS256 as i64];

/// Why an answer does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It has not the form of one.
    #[error("the answer is malformed: {0}")]
    Malformed(&'static str),
    /// It was made for another site than ours.
    #[error("the answer is for another site: {0}")]
    Site(&'static str),
    /// The authenticator has not made sure who holds it.
    #[error("the user was not verified")]
    NotVerified,
    /// The key is of a kind that was not asked for.
    #[error("the key or its attestation is of a kind that was not asked for")]
    Unsupported,
    /// The signature is another's, or of something else.
    #[error("the signature does not hold")]
    Signature,
    /// The passkey belongs to another than the answer says.
    #[error("the passkey is another's")]
    Owner,
    /// The counter of signatures has not gone on: somebody else has the same key.
    #[error("the signature counter went back")]
    Cloned,
}

/// Who we are to authenticators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelyingParty {
    /// The domain that passkeys are for.
    pub id: String,
    origin: String,
}

impl RelyingParty {
    /// The one at this address. None where it has no domain: there are no passkeys for IP addresses.
    pub fn at(base_url: &str) -> Option<Self> {
        let url = url::Url::parse(base_url).ok()?;
        let id = url.domain()?.to_owned();
        Some(Self { id, origin: url.origin().ascii_serialization() })
    }
}

/// A passkey as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// Its own name for itself.
    pub credential_id: Vec<u8>,
    /// The key, as COSE writes it.
    pub public_key: Vec<u8>,
    /// How often it has signed; 0 where it does not count.
    pub sign_count: i64,
    /// Whether its key may be copied to the person's other devices.
    pub backup_eligible: bool,
    /// Whether it has been.
    pub backed_up: bool,
}

/// What a use of a passkey tells of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Used {
    /// How often it has signed.
    pub sign_count: i64,
    /// Whether its key is copied to other devices now.
    pub backed_up: bool,
}

/// What the browser says that it was asked for (§ 5.8.1).
#[derive(Deserialize)]
struct ClientData {
    r#type: String,
    challenge: String,
    origin: String,
    #[serde(default, rename = "crossOrigin")]
    cross_origin: bool,
    #[serde(rename = "topOrigin")]
    top_origin: Option<String>,
}

impl ClientData {
    fn read(json: &[u8]) -> Result<Self, Fault> {
        serde_json::from_slice(json).map_err(|_| Fault::Malformed("clientDataJSON"))
    }

    fn check(&self, kind: &str, party: &RelyingParty) -> Result<(), Fault> {
        if self.r#type != kind {
            return Err(Fault::Malformed("the answer is to another question"));
        }
        if self.origin != party.origin {
            return Err(Fault::Site("origin"));
        }
        if self.cross_origin || self.top_origin.is_some() {
            return Err(Fault::Site("in a frame of another"));
        }
        Ok(())
    }
}

/// An answer of `navigator.credentials`, as our script writes it: the standard's JSON, of which `raw` is the response.
#[derive(Deserialize)]
struct Answer<R> {
    id: String,
    r#type: String,
    response: R,
}

impl<'a, R: Deserialize<'a>> Answer<R> {
    fn read(text: &'a str) -> Result<(R, Vec<u8>), Fault> {
        if text.len() > MAX_ANSWER {
            return Err(Fault::Malformed("too large"));
        }
        let answer: Self = serde_json::from_str(text).map_err(|_| Fault::Malformed("JSON"))?;
        if answer.r#type != "public-key" {
            return Err(Fault::Malformed("type"));
        }
        let id = decode(&answer.id, "id")?;
        if id.is_empty() || id.len() > MAX_CREDENTIAL_ID {
            return Err(Fault::Malformed("id"));
        }
        Ok((answer.response, id))
    }
}

fn decode(text: &str, what: &'static str) -> Result<Vec<u8>, Fault> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Fault::Malformed(what))
}

#[derive(Deserialize)]
struct AttestationResponse<'a> {
    #[serde(rename = "clientDataJSON")]
    client_data: &'a str,
    #[serde(rename = "attestationObject")]
    attestation: &'a str,
}

/// A new passkey that somebody brings.
pub struct Registration {
    credential_id: Vec<u8>,
    client: ClientData,
    client_hash: Vec<u8>,
    attestation: Vec<u8>,
}

impl Registration {
    /// Reads the answer of `navigator.credentials.create`.
    pub fn read(text: &str) -> Result<Self, Fault> {
        let (response, credential_id) = Answer::<AttestationResponse<'_>>::read(text)?;
        let client_data = decode(response.client_data, "clientDataJSON")?;
        Ok(Self {
            credential_id,
            client: ClientData::read(&client_data)?,
            client_hash: digest(&SHA256, &client_data).as_ref().to_vec(),
            attestation: decode(response.attestation, "attestationObject")?,
        })
    }

    /// The challenge that it says it answers.
    pub fn challenge(&self) -> &str {
        &self.client.challenge
    }

    /// The passkey, where the answer holds. Its challenge has been found to be ours.
    pub fn verify(self, party: &RelyingParty) -> Result<Passkey, Fault> {
        #[derive(Deserialize)]
        struct Attestation {
            fmt: String,
            #[serde(rename = "attStmt")]
            statement: Value,
            #[serde(rename = "authData")]
            data: Value,
        }
        self.client.check("webauthn.create", party)?;
        let mut rest = self.attestation.as_slice();
        let attestation: Attestation = ciborium::de::from_reader_with_recursion_limit(&mut rest, MAX_DEPTH)
            .map_err(|_| Fault::Malformed("attestationObject"))?;
        let (true, Value::Bytes(bytes), Value::Map(statement)) =
            (rest.is_empty(), attestation.data, attestation.statement)
        else {
            return Err(Fault::Malformed("attestationObject"));
        };
        let data = AuthenticatorData::read(&bytes)?;
        data.check(party)?;
        let attested = data.attested.as_ref().ok_or(Fault::Malformed("no key"))?;
        if attested.credential_id != self.credential_id {
            return Err(Fault::Malformed("two ids"));
        }
        let key = PublicKey::read(attested.public_key)?;
        match attestation.fmt.as_str() {
            "none" if statement.is_empty() => {}
            // A browser that is asked for no attestation leaves one that the key makes of itself, which says nothing more
            // than that the sender has the key.
            "packed" => {
                key.verify_own_attestation(&statement, &[&bytes, self.client_hash.as_slice()].concat())?;
            }
            _ => return Err(Fault::Unsupported),
        }
        Ok(Passkey {
            credential_id: self.credential_id,
            public_key: attested.public_key.to_vec(),
            sign_count: data.sign_count,
            backup_eligible: data.flag(BACKUP_ELIGIBLE),
            backed_up: data.flag(BACKED_UP),
        })
    }
}

#[derive(Deserialize)]
struct AssertionResponse<'a> {
    #[serde(rename = "clientDataJSON")]
    client_data: &'a str,
    #[serde(rename = "authenticatorData")]
    data: &'a str,
    signature: &'a str,
    #[serde(rename = "userHandle")]
    user_handle: Option<&'a str>,
}

/// A use of a passkey.
pub struct Assertion {
    /// The passkey that it says it is of.
    pub credential_id: Vec<u8>,
    /// Whose it says it is: the handle under which the passkey was made.
    pub user_handle: Vec<u8>,
    client: ClientData,
    client_hash: Vec<u8>,
    data: Vec<u8>,
    signature: Vec<u8>,
}

impl Assertion {
    /// Reads the answer of `navigator.credentials.get`.
    pub fn read(text: &str) -> Result<Self, Fault> {
        let (response, credential_id) = Answer::<AssertionResponse<'_>>::read(text)?;
        let client_data = decode(response.client_data, "clientDataJSON")?;
        Ok(Self {
            credential_id,
            // Passkeys that are found by the device alone, as ours are, always bring it.
            user_handle: decode(response.user_handle.unwrap_or_default(), "userHandle")?,
            client: ClientData::read(&client_data)?,
            client_hash: digest(&SHA256, &client_data).as_ref().to_vec(),
            data: decode(response.data, "authenticatorData")?,
            signature: decode(response.signature, "signature")?,
        })
    }

    /// The challenge that it says it answers.
    pub fn challenge(&self) -> &str {
        &self.client.challenge
    }

    /// What the use tells of the passkey, where the answer holds. Its challenge has been found to be ours, and `passkey`
    /// is the one of `credential_id`, which was made under `owner`.
    pub fn verify(&self, party: &RelyingParty, passkey: &Passkey, owner: &[u8]) -> Result<Used, Fault> {
        if self.user_handle != owner {
            return Err(Fault::Owner);
        }
        self.client.check("webauthn.get", party)?;
        let data = AuthenticatorData::read(&self.data)?;
        let signed = [self.data.as_slice(), &self.client_hash].concat();
        PublicKey::read(&passkey.public_key)?.verify(&signed, &self.signature)?;
        data.check(party)?;
        if data.flag(BACKUP_ELIGIBLE) != passkey.backup_eligible {
            return Err(Fault::Malformed("backup eligibility changed"));
        }
        if (data.sign_count, passkey.sign_count) != (0, 0) && data.sign_count <= passkey.sign_count {
            return Err(Fault::Cloned);
        }
        Ok(Used { sign_count: data.sign_count, backed_up: data.flag(BACKED_UP) })
    }
}

/// The flags of authenticator data (§ 6.1).
const PRESENT: u8 = 1;
const VERIFIED: u8 = 1 << 2;
const BACKUP_ELIGIBLE: u8 = 1 << 3;
const BACKED_UP: u8 = 1 << 4;
const ATTESTED: u8 = 1 << 6;
const EXTENSIONS: u8 = 1 << 7;

/// What the authenticator says of itself and its key (§ 6.1).
struct AuthenticatorData<'a> {
    party: &'a [u8],
    flags: u8,
    sign_count: i64,
    attested: Option<Attested<'a>>,
}

struct Attested<'a> {
    credential_id: &'a [u8],
    public_key: &'a [u8],
}

impl<'a> AuthenticatorData<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, Fault> {
        let mut rest = bytes;
        let (party, flags) = (take(&mut rest, 32)?, number(take(&mut rest, 1)?) as u8);
        let sign_count = number(take(&mut rest, 4)?).into();
        let mut data = Self { party, flags, sign_count, attested: None };
        if data.flag(ATTESTED) {
            take(&mut rest, 16)?; // the model, which is hidden where no attestation is asked for
            let length = number(take(&mut rest, 2)?) as usize;
            let credential_id = take(&mut rest, length)?;
            data.attested = Some(Attested { credential_id, public_key: item(&mut rest)? });
        }
        if data.flag(EXTENSIONS) {
            item(&mut rest)?; // we have asked for none that answer
        }
        if rest.is_empty() { Ok(data) } else { Err(AUTHENTICATOR_DATA) }
    }

    fn flag(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    fn check(&self, party: &RelyingParty) -> Result<(), Fault> {
        if self.party != digest(&SHA256, party.id.as_bytes()).as_ref() {
            return Err(Fault::Site("rp id"));
        }
        if !self.flag(PRESENT) || !self.flag(VERIFIED) {
            return Err(Fault::NotVerified);
        }
        if self.flag(BACKED_UP) && !self.flag(BACKUP_ELIGIBLE) {
            return Err(Fault::Malformed("backed up, but may not be"));
        }
        Ok(())
    }
}

const AUTHENTICATOR_DATA: Fault = Fault::Malformed("authenticator data");

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], Fault> {
    let (taken, left) = rest.split_at_checked(length).ok_or(AUTHENTICATOR_DATA)?;
    *rest = left;
    Ok(taken)
}

/// A number of at most four bytes, greatest first.
fn number(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

/// The bytes of one CBOR item.
fn item<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], Fault> {
    let mut left = *rest;
    ciborium::de::from_reader_with_recursion_limit::<Value, _>(&mut left, MAX_DEPTH)
        .map_err(|_| AUTHENTICATOR_DATA)?;
    take(rest, rest.len() - left.len())
}

/// A passkey's key.
enum PublicKey {
    /// An uncompressed point.
    Es256(Vec<u8>),
    Ed25519(Vec<u8>),
    Rs256 {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
}

impl PublicKey {
    /// Reads a COSE key of one of [`ALGORITHMS`].
    fn read(mut cose: &[u8]) -> Result<Self, Fault> {
        let malformed = Fault::Malformed("key");
        let value =
            ciborium::de::from_reader_with_recursion_limit(&mut cose, MAX_DEPTH).map_err(|_| malformed)?;
        let key = CoseKey::from_cbor_value(value).map_err(|_| malformed)?;
        let find = |label: i64| {
            key.params.iter().find(|(name, _)| *name == Label::Int(label)).map(|(_, value)| value)
        };
        let bytes = |label: i64, length: std::ops::RangeInclusive<usize>| {
            let found = find(label).and_then(Value::as_bytes).filter(|bytes| length.contains(&bytes.len()));
            found.cloned().ok_or(malformed)
        };
        let on = |label: i64, curve: EllipticCurve| {
            let found = find(label).and_then(Value::as_integer);
            if found == Some(curve.to_i64().into()) { Ok(()) } else { Err(Fault::Unsupported) }
        };
        let RegisteredLabel::Assigned(kind) = key.kty else { return Err(Fault::Unsupported) };
        let Some(RegisteredLabelWithPrivate::Assigned(algorithm)) = key.alg else {
            return Err(Fault::Unsupported);
        };
        match (kind, algorithm) {
            (KeyType::EC2, Algorithm::ES256) => {
                on(Ec2KeyParameter::Crv as i64, EllipticCurve::P_256)?;
                let (x, y) =
                    (bytes(Ec2KeyParameter::X as i64, 32..=32)?, bytes(Ec2KeyParameter::Y as i64, 32..=32)?);
                Ok(Self::Es256([vec![4], x, y].concat()))
            }
            (KeyType::OKP, Algorithm::EdDSA) => {
                on(OkpKeyParameter::Crv as i64, EllipticCurve::Ed25519)?;
                Ok(Self::Ed25519(bytes(OkpKeyParameter::X as i64, 32..=32)?))
            }
            (KeyType::RSA, Algorithm::RS256) => Ok(Self::Rs256 {
                modulus: bytes(RsaKeyParameter::N as i64, 256..=MAX_MODULUS)?,
                exponent: bytes(RsaKeyParameter::E as i64, 1..=4)?,
            }),
            _ => Err(Fault::Unsupported),
        }
    }

    fn algorithm(&self) -> Algorithm {
        match self {
            Self::Es256(_) => Algorithm::ES256,
            Self::Ed25519(_) => Algorithm::EdDSA,
            Self::Rs256 { .. } => Algorithm::RS256,
        }
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), Fault> {
        let verified =
            match self {
                Self::Es256(point) => {
                    UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(message, signature)
                }
                Self::Ed25519(key) => UnparsedPublicKey::new(&ED25519, key).verify(message, signature),
                Self::Rs256 { modulus, exponent } => RsaPublicKeyComponents { n: modulus, e: exponent }
                    .verify(&RSA_PKCS1_2048_8192_SHA256, message, signature),
            };
        verified.map_err(|_| Fault::Signature)
    }

    /// The attestation that a key makes of itself (§ 8.2: `packed` without certificates).
    fn verify_own_attestation(&self, statement: &[(Value, Value)], signed: &[u8]) -> Result<(), Fault> {
        let find = |wanted: &str| {
            statement.iter().find(|(name, _)| name.as_text() == Some(wanted)).map(|(_, value)| value)
        };
        let signature = find("sig").and_then(Value::as_bytes).ok_or(Fault::Malformed("attStmt"))?;
        let own = find("alg").and_then(Value::as_integer) == Some(self.algorithm().to_i64().into());
        if statement.len() != 2 || !own {
            return Err(Fault::Unsupported);
        }
        self.verify(signed, signature)
    }
}
