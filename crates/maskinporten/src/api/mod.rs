//! One file per resource.

pub mod discovery;
pub mod jwks;
pub mod refused;
pub mod token;
