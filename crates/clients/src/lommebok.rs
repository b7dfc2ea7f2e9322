//! What the issuer of person identification data and those who believe its credentials agree on.

/// The name of the component.
pub const NAME: &str = "lommebok";
/// The type of the credential (`vct`).
pub const VCT: &str = "urn:eudi:pid:1";
/// The scope of ID-porten's tokens that the credential is given for.
pub const SCOPE: &str = "felles:personbevis";
/// The claim with the person's number.
pub const PERSONAL_NUMBER: &str = "personal_administrative_number";
