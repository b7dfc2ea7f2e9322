//! Nonces that wallets sign: made without keeping any, so that asking for them costs nothing, and each used up once.

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::rng::Rng;

/// How long a nonce may be used; seconds.
pub const LIVES: i64 = 300;
/// Its end, and what makes it different from every other.
const BODY: usize = 8 + 16;

/// Makes nonces and knows them again, on every node that has the same secret.
pub struct Nonces(hmac::Key);

impl Nonces {
    /// From a secret of the installation.
    pub fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// A new nonce.
    pub fn make(&self, rng: &Rng, now: i64) -> String {
        let mut nonce = (now + LIVES).to_be_bytes().to_vec();
        nonce.extend(rng.bytes::<16>());
        let tag = hmac::sign(&self.0, &nonce);
        nonce.extend(tag.as_ref());
        URL_SAFE_NO_PAD.encode(nonce)
    }

    /// Until when this nonce may be used; nothing where it is none of ours, or over.
    pub fn until(&self, nonce: &str, now: i64) -> Option<i64> {
        let bytes = URL_SAFE_NO_PAD.decode(nonce).ok()?;
        let (body, tag) = bytes.split_at_checked(BODY)?;
        hmac::verify(&self.0, body, tag).ok()?;
        let until = i64::from_be_bytes(*body.first_chunk()?);
        (now < until).then_some(until)
    }
}

impl std::fmt::Debug for Nonces {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Nonces")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_known_again_until_its_end_and_by_its_maker_alone() {
        let (nonces, rng) = (Nonces::new(&[1; 32]), Rng::seeded(1));
        let nonce = nonces.make(&rng, 1000);
        assert_ne!(nonce, nonces.make(&rng, 1000));
        assert_eq!(nonces.until(&nonce, 1000), Some(1000 + LIVES));
        assert_eq!(nonces.until(&nonce, 1000 + LIVES), None);
        assert_eq!(Nonces::new(&[2; 32]).until(&nonce, 1000), None);
        for bad in ["", "AAAA", "%", &nonce[..nonce.len() - 2], &format!("{nonce}AA")] {
            assert_eq!(nonces.until(bad, 1000), None, "{bad}");
        }
    }
}
