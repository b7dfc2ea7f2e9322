//! Document packages as digital post, eFormidling and signing exchange them: a ZIP of documents and a manifest, signed as a
//! whole (ASiC-E with one XAdES signature, ETSI TS 102 918), in an envelope that only its receiver opens (CMS EnvelopedData,
//! RFC 5652). The profile is that of Digital post til innbyggere (spec `communication.md` B5). No I/O: bytes in, bytes out.
//!
//! Whether a signature holds is answered here; whether its signer is believed is the caller's to ask
//! ([`kernel::enterprise::Trust`]).

mod asice;
mod konvolutt;
mod manifest;
mod xades;
mod xml;

pub use asice::{Pakke, STOERST_UTPAKKET, fil, skriv};
pub use konvolutt::{Mottakernoekkel, krypter};
pub use manifest::{Dokument, Manifest, Vedlagt};
pub use xades::Signatur;

/// Why a package is not taken or cannot be made; in words for the one who made it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Pakkefeil(String);

impl Pakkefeil {
    /// One and the same of a key that does not fit, a padding that does not hold and content that is no package, so that nobody
    /// learns of a letter by sending it again a little changed.
    fn lukket() -> Self {
        Self::new(
            "Dokumentpakken kan ikke åpnes: den er ikke kryptert med mottakerens nøkkel, eller innholdet er ikke en ZIP-fil.",
        )
    }

    fn new(hvorfor: impl Into<String>) -> Self {
        Self(hvorfor.into())
    }
}
