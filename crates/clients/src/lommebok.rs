//! What the issuer of person identification data and those who believe its credentials agree on.

/// The name of the component.
pub const NAME: &str = "lommebok";
/// The type of the credential (`vct`).
pub const VCT: &str = "urn:eudi:pid:1";
/// The claim with the person's number.
pub const PERSONAL_NUMBER: &str = "personal_administrative_number";
