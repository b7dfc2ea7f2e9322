//! Where it stands that a credential is withdrawn: its place in a list, drawn at random, so that neighbouring places tell
//! nothing.

/// How many places a list has.
pub const SIZE: u32 = 1 << 17;
/// How many of them are taken at most, so that a free one is soon drawn; more than enough for one person to be lost among.
pub const TAKEN: i64 = SIZE as i64 / 2;
/// How long a verifier keeps a list, and so how long a withdrawn credential may still be taken; seconds.
pub const KEPT: i64 = 60;

/// Credentials that a person has fetched at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Their number.
    pub batch: String,
    /// How many.
    pub count: i64,
    /// When; seconds since 1970.
    pub issued: i64,
    /// Their end; seconds since 1970.
    pub expires: i64,
    /// Since when they are withdrawn; seconds since 1970.
    pub withdrawn: Option<i64>,
}
