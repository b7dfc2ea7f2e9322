//! The nouns of a sign-in and their rules. No I/O.
//!
//! [`client`]: who may ask, and what for; [`request`]: what is asked; [`session`]: who is signed in, and whether that is
//! enough; [`behalf`]: for whom they act ([`rar`]: what a client asks of that, [`rights`]: what it takes); [`assertion`]:
//! how clients show who they are; [`profile`]: what they are held to; [`tokens`]: what is given; [`browser`]: what people call a browser.

pub mod assertion;
pub mod behalf;
pub mod browser;
pub mod client;
pub mod parameters;
pub mod profile;
pub mod rar;
pub mod request;
pub mod rights;
pub mod session;
pub mod tokens;

#[cfg(test)]
mod parsing_tests;

use aws_lc_rs::digest;

/// How long a code lives; seconds.
pub const CODE: i64 = 60;
/// How long a pushed request lives; seconds.
pub const PUSHED: i64 = 120;
/// How long a person may take at the sign-in pages; seconds.
pub const LOGIN: i64 = 600;
/// How long an id token lives; seconds.
pub const ID_TOKEN: i64 = 120;
/// How long an access token lives unless the client has another setting; seconds.
pub const ACCESS_TOKEN: i64 = 120;
/// How long a refresh token lives without being used, unless the client has another setting; seconds.
pub const REFRESH_TOKEN: i64 = 600;
/// How long an authorization lives altogether, unless the client has another setting; seconds.
pub const AUTHORIZATION: i64 = 7200;
/// The longest life that a client may be given for its access tokens; seconds.
pub const LONGEST_ACCESS_TOKEN: i64 = 3600;
/// The longest life of an authorization that a client may be given; seconds (a year).
pub const LONGEST_AUTHORIZATION: i64 = 365 * 24 * 3600;

/// The SHA-256 under which a secret (code, token, cookie, handle) is kept.
pub fn hash(secret: &str) -> Vec<u8> {
    digest::digest(&digest::SHA256, secret.as_bytes()).as_ref().to_vec()
}
