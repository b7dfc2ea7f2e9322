//! The answers of the address API.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a search found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Adressetreff {
    /// About the search and the page.
    pub metadata: Metadata,
    /// The addresses of the page.
    pub adresser: Vec<Adresse>,
}

/// About a search and its page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Metadata {
    /// Hits on a page.
    pub treff_per_side: usize,
    /// The page, from 0.
    pub side: usize,
    /// Hits in all, counted to 10,000.
    pub totalt_antall_treff: usize,
    /// The number of the first hit that the page can show.
    pub viser_fra: usize,
    /// One beyond the number of the last that it can show, whether there are so many or not.
    pub viser_til: usize,
    /// The query as it was sent.
    pub soke_streng: String,
    /// Whether letters beyond ASCII are written as `\u00e5`.
    pub ascii_kompatibel: bool,
}

/// A point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Punkt {
    /// `EPSG:4258`.
    pub epsg: String,
    /// Latitude in degrees, or metres north.
    pub lat: f64,
    /// Longitude in degrees, or metres east.
    pub lon: f64,
}

/// The kind of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Objtype {
    /// A street with a number.
    Vegadresse,
    /// The number of a property.
    Matrikkeladresse,
}

/// An address. What it does not have is null.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Adresse {
    /// Street.
    pub adressenavn: Option<String>,
    /// `Haugen, Storgata 2B`, or `123/4-2`.
    pub adressetekst: String,
    /// The farm's or the place's name.
    pub adressetilleggsnavn: Option<String>,
    /// The street's number within the municipality.
    pub adressekode: Option<i64>,
    /// House number.
    pub nummer: Option<i64>,
    /// House letter; empty where there is none.
    pub bokstav: Option<String>,
    /// Municipality.
    pub kommunenummer: String,
    /// Its Norwegian name, in capitals.
    pub kommunenavn: String,
    /// The property.
    pub gardsnummer: i64,
    /// The property.
    pub bruksnummer: i64,
    /// The property.
    pub festenummer: i64,
    /// Counts addresses of one property.
    pub undernummer: Option<i64>,
    /// Dwelling units.
    pub bruksenhetsnummer: Vec<String>,
    /// Kind.
    pub objtype: Objtype,
    /// Place of the post code, in capitals.
    pub poststed: String,
    /// Post code.
    pub postnummer: String,
    /// The text without the farm's name.
    pub adressetekstutenadressetilleggsnavn: String,
    /// Whether the point has been checked.
    pub stedfestingverifisert: bool,
    /// Where it is.
    pub representasjonspunkt: Punkt,
    /// When it last changed, `2024-01-01T00:00:00`.
    pub oppdateringsdato: String,
    /// Metres from the point that was asked for.
    #[serde(rename = "meterDistanseTilPunkt", default, skip_serializing_if = "Option::is_none")]
    pub meter_distanse_til_punkt: Option<f64>,
}

/// Why a request of the address API or of the municipality information is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Feilmelding {
    /// In words.
    pub message: String,
    /// The parameters that are wrong, with what is wrong with them.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub errors: std::collections::BTreeMap<String, String>,
}
