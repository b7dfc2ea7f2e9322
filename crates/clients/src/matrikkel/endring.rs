//! The change log.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The kind of thing that has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Objekttype {
    /// A property, by its cadastral number.
    Matrikkelenhet,
    /// A building, by its number.
    Bygning,
    /// An address, by its number.
    Adresse,
}

/// What has happened to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Endringstype {
    /// It came with a property that is new.
    Nyoppretting,
    /// It, its property, or who owns that, is different.
    Oppdatering,
}

/// A change. It tells what has changed, never to what: that is read by the identifier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Endring {
    /// Its number, from 1 without gaps.
    pub endringsnummer: i64,
    /// When it was registered.
    #[schema(value_type = String, format = DateTime)]
    pub tidspunkt: Timestamp,
    /// What kind of thing.
    pub objekttype: Objekttype,
    /// Which: `0301-207/454`, or the number of a building or an address.
    pub identifikator: String,
    /// What happened.
    pub endringstype: Endringstype,
}

/// A page of the change log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Endringer {
    /// The changes, oldest first.
    pub endringer: Vec<Endring>,
    /// The number to ask for next; the one that was asked for where nothing newer has come.
    pub neste: i64,
}
