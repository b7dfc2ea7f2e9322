//! Maskinporten.
