//! One-time codes by time (RFC 6238: HMAC-SHA-1, 30 seconds, six digits, which is what every code generator knows).

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use data_encoding::BASE32_NOPAD;

/// How long a code is shown; seconds.
const STEP: i64 = 30;

/// The code of a step.
fn code(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    // RFC 4226 § 5.3: four bytes, from where the last half byte says.
    let at = usize::from(tag.last().copied().unwrap_or_default() & 15);
    let four = tag.iter().skip(at).take(4).fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    format!("{:06}", (four & 0x7fff_ffff) % 1_000_000)
}

/// The step that `typed` is the code of, at `now` or one step beside it.
pub fn step_of(secret: &[u8], typed: &str, now: i64) -> Option<i64> {
    let current = now.div_euclid(STEP);
    let mut found = None;
    for step in [current - 1, current, current + 1] {
        if verify_slices_are_equal(code(secret, step).as_bytes(), typed.as_bytes()).is_ok() {
            found = Some(step);
        }
    }
    found
}

/// The secret as people type it.
pub fn text(secret: &[u8]) -> String {
    BASE32_NOPAD.encode(secret)
}

/// The address that a code generator reads; `account` tells several of a person's apart.
pub fn address(secret: &[u8], account: &str) -> String {
    let account = clients::encoded(account);
    format!(
        "otpauth://totp/MinID:{account}?secret={}&issuer=MinID&algorithm=SHA1&digits=6&period=30",
        text(secret)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_rfc_6238_hold() {
        let secret = b"12345678901234567890";
        for (now, expected) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")]
        {
            assert_eq!(step_of(secret, expected, now), Some(now / 30), "{now}");
            assert_eq!(step_of(secret, expected, now + 30), Some(now / 30));
            assert_eq!(step_of(secret, expected, now + 60), None);
        }
        assert_eq!(step_of(secret, "", 59), None);
        assert_eq!(step_of(secret, "287082 ", 59), None);
    }
}
