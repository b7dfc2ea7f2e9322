//! What the component knows, apart from how it is asked.

use sha2::{Digest as _, Sha256};

pub mod land;
pub mod nonce;
pub mod pid;
pub mod proof;
pub mod status;

/// How long an offer may be taken; seconds.
pub const OFFER_LIVES: i64 = 600;
/// How often the transaction code of an offer may be wrong.
pub const WRONG_TX_CODES: i64 = 5;
/// How long an access token lives; seconds.
pub const TOKEN_LIVES: i64 = 300;
/// Digits of the transaction code.
pub const TX_CODE_DIGITS: usize = 6;

/// A hash for one purpose. The parts are secrets of ours or hold no zero byte, so that they cannot be mistaken.
pub fn digest(purpose: &str, parts: &[&str]) -> [u8; 32] {
    let hash = Sha256::new().chain_update(purpose);
    parts.iter().fold(hash, |hash, part| hash.chain_update([0]).chain_update(part)).finalize().into()
}
