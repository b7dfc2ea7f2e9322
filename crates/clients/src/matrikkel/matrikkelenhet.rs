//! The cadastre as everyone may read it: units with what stands on them, without who owns them.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Bygning, Eiendomsadresse, Matrikkelnummer};

/// A section of a property, by its number alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Seksjonsnummer {
    /// Its number.
    pub seksjonsnummer: i64,
}

/// A cadastral unit: a property with all that belongs to it, or a section with what belongs to the section.
///
/// It has no place for an owner: read from an [`Eiendom`](super::Eiendom) as JSON, it leaves the owners behind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Matrikkelenhet {
    /// Its number.
    pub matrikkelnummer: Matrikkelnummer,
    /// When the property was made.
    #[schema(value_type = String, format = Date)]
    pub etablert: Date,
    /// Its addresses.
    #[serde(default)]
    pub adresser: Vec<Eiendomsadresse>,
    /// Its buildings, with their dwelling units.
    #[serde(default)]
    pub bygninger: Vec<Bygning>,
    /// The sections that it is divided into.
    #[serde(default)]
    pub seksjoner: Vec<Seksjonsnummer>,
}

/// A page of the units that a search found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Matrikkelenhetstreff {
    /// The page, from 0.
    pub side: usize,
    /// Hits on a page.
    pub treff_per_side: usize,
    /// Hits in all, counted to 10,000.
    pub totalt_antall_treff: usize,
    /// The units of the page, by number.
    pub matrikkelenheter: Vec<Matrikkelenhet>,
}

/// A building, and where it belongs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BygningIMatrikkelen {
    /// The property that it stands on.
    pub matrikkelnummer: Matrikkelnummer,
    /// The building, with its dwelling units.
    pub bygning: Bygning,
}

/// An address, and where it belongs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AdresseIMatrikkelen {
    /// The property that it is an address of.
    pub matrikkelnummer: Matrikkelnummer,
    /// The address.
    pub adresse: Eiendomsadresse,
}
