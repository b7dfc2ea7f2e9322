//! The nouns and their rules; no I/O.

pub mod dokument;
pub mod kommuner;
pub mod rad;
pub mod soek;
