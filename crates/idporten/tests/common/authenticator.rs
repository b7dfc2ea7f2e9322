//! An authenticator in software: it answers the questions of our pages as a device would, or not quite.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::{Value as Cbor, cbor};
use serde_json::{Value, json};

pub const PRESENT: u8 = 1;
pub const VERIFIED: u8 = 1 << 2;
pub const BACKUP_ELIGIBLE: u8 = 1 << 3;
pub const BACKED_UP: u8 = 1 << 4;

pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    digest(&SHA256, bytes).as_ref().to_vec()
}

fn cbor_bytes(value: &Cbor) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).unwrap();
    bytes
}

pub enum Key {
    Es256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rs256(RsaKeyPair),
}

impl Key {
    pub fn es256() -> Self {
        Self::Es256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap())
    }

    pub fn ed25519() -> Self {
        Self::Ed25519(Ed25519KeyPair::generate().unwrap())
    }

    pub fn rs256() -> Self {
        Self::Rs256(RsaKeyPair::generate(KeySize::Rsa2048).unwrap())
    }

    pub fn alg(&self) -> i64 {
        match self {
            Self::Es256(_) => -7,
            Self::Ed25519(_) => -8,
            Self::Rs256(_) => -257,
        }
    }

    fn cose(&self) -> Cbor {
        let bytes = |bytes: &[u8]| Cbor::Bytes(bytes.to_vec());
        match self {
            Self::Es256(key) => {
                let point = key.public_key().as_ref();
                let (x, y) = (bytes(&point[1..33]), bytes(&point[33..]));
                cbor!({ 1 => 2, 3 => -7, -1 => 1, -2 => x, -3 => y }).unwrap()
            }
            Self::Ed25519(key) => {
                cbor!({ 1 => 1, 3 => -8, -1 => 6, -2 => bytes(key.public_key().as_ref()) }).unwrap()
            }
            Self::Rs256(key) => {
                let key = key.public_key();
                let n = bytes(key.modulus().big_endian_without_leading_zero());
                let e = bytes(key.exponent().big_endian_without_leading_zero());
                cbor!({ 1 => 3, 3 => -257, -1 => n, -2 => e }).unwrap()
            }
        }
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let rng = SystemRandom::new();
        match self {
            Self::Es256(key) => key.sign(&rng, message).unwrap().as_ref().to_vec(),
            Self::Ed25519(key) => key.sign(message).as_ref().to_vec(),
            Self::Rs256(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &rng, message, &mut signature).unwrap();
                signature
            }
        }
    }
}

/// A device with one passkey. A test changes what it says before it says it.
pub struct Authenticator {
    pub key: Key,
    pub credential_id: Vec<u8>,
    pub user_handle: Vec<u8>,
    /// Signatures so far.
    pub count: u32,
    /// Whether it counts them.
    pub counts: bool,
    pub flags: u8,
    pub origin: &'static str,
    pub rp_id: &'static str,
    /// What it says that it was asked: `webauthn.create` or `webauthn.get` unless set.
    pub kind: Option<&'static str>,
    /// What it says that the question was, unless that of the page.
    pub challenge: Option<String>,
    /// More in the client data.
    pub client_data: Value,
    /// The format of the attestation.
    pub fmt: &'static str,
    /// The key as it tells it, unless its own.
    pub cose: Option<Cbor>,
    /// More after the authenticator data.
    pub trailing: Vec<u8>,
    /// Another id beside the attested one.
    pub other_id: Option<Vec<u8>>,
}

impl Authenticator {
    pub fn new(key: Key) -> Self {
        let mut credential_id = vec![0; 20];
        aws_lc_rs::rand::fill(&mut credential_id).unwrap();
        Self {
            key,
            credential_id,
            user_handle: Vec::new(),
            count: 0,
            counts: true,
            flags: PRESENT | VERIFIED,
            origin: "http://localhost:8080",
            rp_id: "localhost",
            kind: None,
            challenge: None,
            client_data: json!({}),
            fmt: "none",
            cose: None,
            trailing: Vec::new(),
            other_id: None,
        }
    }

    /// Lets it tell the truth again.
    pub fn honest(&mut self) {
        let told = Self::new(Key::ed25519());
        *self = Self {
            key: std::mem::replace(&mut self.key, Key::ed25519()),
            credential_id: std::mem::take(&mut self.credential_id),
            user_handle: std::mem::take(&mut self.user_handle),
            count: self.count,
            ..told
        };
    }

    fn client_data(&self, kind: &str, question: &Value) -> Vec<u8> {
        let challenge = self.challenge.clone().unwrap_or_else(|| text(&question["challenge"]));
        let mut data = json!({
            "type": self.kind.unwrap_or(kind), "challenge": challenge, "origin": self.origin, "crossOrigin": false,
        });
        for (name, value) in self.client_data.as_object().unwrap() {
            data[name] = value.clone();
        }
        data.to_string().into_bytes()
    }

    fn data(&self, more: u8) -> Vec<u8> {
        [sha256(self.rp_id.as_bytes()), vec![self.flags | more], self.count.to_be_bytes().to_vec()].concat()
    }

    /// What `navigator.credentials.create` gives, as our script writes it.
    pub fn create(&mut self, question: &Value) -> Value {
        self.user_handle = URL_SAFE_NO_PAD.decode(text(&question["user"]["id"])).unwrap();
        let client_data = self.client_data("webauthn.create", question);
        let length = u16::try_from(self.credential_id.len()).unwrap().to_be_bytes().to_vec();
        let key = cbor_bytes(&self.cose.clone().unwrap_or_else(|| self.key.cose()));
        let id = self.credential_id.clone();
        let data = [self.data(1 << 6), vec![0; 16], length, id, key, self.trailing.clone()].concat();
        let statement = if self.fmt == "none" {
            cbor!({}).unwrap()
        } else {
            let signature = self.key.sign(&[data.clone(), sha256(&client_data)].concat());
            cbor!({ "alg" => self.key.alg(), "sig" => Cbor::Bytes(signature) }).unwrap()
        };
        let attestation =
            cbor!({ "fmt" => self.fmt, "attStmt" => statement, "authData" => Cbor::Bytes(data) }).unwrap();
        json!({
            "id": encode(self.other_id.as_ref().unwrap_or(&self.credential_id)),
            "type": "public-key",
            "response": { "clientDataJSON": encode(client_data), "attestationObject": encode(cbor_bytes(&attestation)) },
        })
    }

    /// What `navigator.credentials.get` gives, as our script writes it.
    pub fn get(&mut self, question: &Value) -> Value {
        self.count += u32::from(self.counts);
        let client_data = self.client_data("webauthn.get", question);
        let data = [self.data(0), self.trailing.clone()].concat();
        let signature = self.key.sign(&[data.clone(), sha256(&client_data)].concat());
        json!({
            "id": encode(self.other_id.as_ref().unwrap_or(&self.credential_id)),
            "type": "public-key",
            "response": {
                "clientDataJSON": encode(client_data),
                "authenticatorData": encode(data),
                "signature": encode(signature),
                "userHandle": encode(&self.user_handle),
            },
        })
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// The question that stands in a page.
pub fn question(page: &str) -> Value {
    let (_, rest) = page.split_once("data-spoersmaal=\"").unwrap_or_else(|| panic!("no question in {page}"));
    let (question, _) = rest.split_once('"').unwrap();
    let question = question.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">");
    serde_json::from_str(&question.replace("&amp;", "&")).unwrap()
}
