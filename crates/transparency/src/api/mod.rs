//! One file per resource.

pub mod bruk;
pub mod logg;
