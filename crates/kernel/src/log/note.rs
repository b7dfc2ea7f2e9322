//! Checkpoints: signed notes (C2SP signed-note and tlog-checkpoint) with an Ed25519 key.

use std::fmt::Write as _;

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

use super::merkle::Hash;
use crate::id::Pid;
use crate::rng::Rng;

/// The algorithm byte of Ed25519 in a signed note.
const ED25519_NOTE: u8 = 1;

pub(super) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The key that signs a log's checkpoints.
pub struct NoteKey {
    name: String,
    pair: Ed25519KeyPair,
    pseudonyms: hmac::Key,
}

impl NoteKey {
    /// A new key's 32 secret bytes.
    pub fn generate(rng: &Rng) -> [u8; 32] {
        rng.bytes()
    }

    /// The key of the log `name` (its origin line, such as `felles.no/tilgangslogg`) from its 32 secret bytes.
    pub fn from_seed(name: &str, seed: &[u8]) -> Result<Self, String> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|error| error.to_string())?;
        // A key of its own for another use, from the same secret.
        let secret = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, seed), b"felles pseudonyms of actors");
        let pseudonyms = hmac::Key::new(hmac::HMAC_SHA256, secret.as_ref());
        Ok(Self { name: name.to_owned(), pair, pseudonyms })
    }

    /// The public half.
    pub fn verifier(&self) -> NoteVerifier {
        NoteVerifier { name: self.name.clone(), key: self.pair.public_key().as_ref().to_vec() }
    }

    /// The name under which a person stands in entries about others: always the same, and only whoever has this key can
    /// tell whose it is.
    pub(super) fn pseudonym(&self, pid: &Pid) -> String {
        let tag = hmac::sign(&self.pseudonyms, pid.as_str().as_bytes());
        base64(tag.as_ref().get(..18).unwrap_or_default())
    }

    /// Signs that the log has `size` entries and this root.
    pub(super) fn checkpoint(&self, size: u64, root: &Hash) -> String {
        let text = format!("{}\n{size}\n{}\n", self.name, base64(root));
        let mut signature = self.verifier().key_hash().to_vec();
        signature.extend_from_slice(self.pair.sign(text.as_bytes()).as_ref());
        format!("{text}\n\u{2014} {} {}\n", self.name, base64(&signature))
    }
}

/// The public key of a log's checkpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteVerifier {
    name: String,
    key: Vec<u8>,
}

impl NoteVerifier {
    fn key_hash(&self) -> [u8; 4] {
        let hash = Sha256::new()
            .chain_update(self.name.as_bytes())
            .chain_update([b'\n', ED25519_NOTE])
            .chain_update(&self.key)
            .finalize();
        [hash[0], hash[1], hash[2], hash[3]]
    }

    /// The key in the text form of signed-note: `name+hash+key`.
    pub fn encode(&self) -> String {
        let mut key = vec![ED25519_NOTE];
        key.extend_from_slice(&self.key);
        format!("{}+{}+{}", self.name, hex(&self.key_hash()), base64(&key))
    }

    /// The size and root of a checkpoint, where this key signed it.
    pub fn open(&self, note: &str) -> Option<(u64, Hash)> {
        let (text, signatures) = note.split_once("\n\n")?;
        let text = format!("{text}\n");
        let signed = signatures.lines().any(|line| self.signed(&text, line).is_some());
        let mut lines = text.lines();
        if !signed || lines.next()? != self.name {
            return None;
        }
        let size = lines.next()?.parse().ok()?;
        let root = STANDARD.decode(lines.next()?).ok()?.try_into().ok()?;
        Some((size, root))
    }

    fn signed(&self, text: &str, line: &str) -> Option<()> {
        let (name, signature) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
        let signature = STANDARD.decode(signature).ok()?;
        if name != self.name || signature.get(..4)? != self.key_hash() {
            return None;
        }
        UnparsedPublicKey::new(&ED25519, &self.key).verify(text.as_bytes(), signature.get(4..)?).ok()
    }
}
