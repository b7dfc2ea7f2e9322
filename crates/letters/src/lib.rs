//! Letters on paper and in mailboxes: words set as tagged PDF. What they say is their sender's.

use serde::{Deserialize, Serialize};

mod pdf;
mod skrift;

pub use pdf::render;

/// A letter, ready to be set: kept by its sender, so that every sending of it gives the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brev {
    /// The heading, and the document's title.
    pub tittel: String,
    /// Who writes.
    pub avsender: String,
    /// The case's number, for the foot; empty for none.
    pub sak: String,
    /// The lines above the heading.
    pub hode: Vec<String>,
    /// What it says.
    pub deler: Vec<Del>,
}

/// A part of a letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Del {
    /// A heading.
    Overskrift(String),
    /// A paragraph.
    Avsnitt(String),
    /// A list.
    Liste(Vec<String>),
}
