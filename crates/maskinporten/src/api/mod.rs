//! One file per resource.

pub mod discovery;
pub mod forvaltning;
pub mod jwks;
pub mod refused;
pub mod testsertifikat;
pub mod token;
