//! The nouns and their rules; no I/O.

pub mod eierskap;
pub mod innlasting;
pub mod kommune;
pub mod matrikkelenhet;
pub mod ord;
pub mod ordbok;
pub mod parametre;
pub mod projeksjon;
pub mod rutenett;
pub mod svar;
