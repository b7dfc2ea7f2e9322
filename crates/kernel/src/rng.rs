//! Chance, passed in, so that a test repeats it.

use std::sync::{Arc, Mutex, PoisonError};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;
use uuid::Uuid;

/// A source of random bits, good enough for secrets when made by [`Rng::system`]. Clones share it.
#[derive(Clone)]
pub struct Rng(Source);

#[derive(Clone)]
enum Source {
    System,
    Seeded(Arc<Mutex<ChaCha20Rng>>),
}

impl Rng {
    /// The operating system's source, through AWS-LC's generator.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A repeatable source, for tests only.
    pub fn seeded(seed: u64) -> Self {
        Self(Source::Seeded(Arc::new(Mutex::new(ChaCha20Rng::seed_from_u64(seed)))))
    }

    /// Fills `buffer` with random bytes.
    #[expect(
        clippy::expect_used,
        reason = "AWS-LC's generator fails only where the machine has no source of entropy; going on with guessable secrets would be worse"
    )]
    pub fn fill(&self, buffer: &mut [u8]) {
        match &self.0 {
            Source::System => aws_lc_rs::rand::fill(buffer).expect("the machine gives random bytes"),
            Source::Seeded(rng) => rng.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(buffer),
        }
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// A random UUID (version 4).
    pub fn uuid(&self) -> Uuid {
        uuid::Builder::from_random_bytes(self.bytes()).into_uuid()
    }

    /// A UUID that sorts by when it was made (version 7), with 74 random bits. New rows lie side by side in an index of
    /// them, so that a write touches as few pages among millions of rows as among a thousand.
    pub fn ordered_uuid(&self, now: Timestamp) -> Uuid {
        let millis = now.as_millisecond().unsigned_abs();
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }

    /// A secret of 256 bits as 43 characters of base64url.
    pub fn token(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes::<32>())
    }

    /// A number below `bound` (0 when `bound` is 0). The bias is below one in four thousand millions.
    pub fn below(&self, bound: u32) -> u32 {
        let wide = u64::from_le_bytes(self.bytes());
        ((u128::from(wide) * u128::from(bound)) >> 64) as u32
    }
}

impl std::fmt::Debug for Rng {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Rng")
    }
}
