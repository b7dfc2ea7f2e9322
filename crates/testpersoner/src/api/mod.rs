//! One file per resource.

pub mod innlasting;
pub mod soek;
