//! The answers of the municipality information. A municipality is also a line of the bulk load.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A reference system, as old GeoJSON names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Crs {
    /// `name`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its name.
    pub properties: Crsnavn,
}

/// See [`Crs`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Crsnavn {
    /// `EPSG:4258`.
    pub name: String,
}

impl Crs {
    /// Of a number.
    pub fn epsg(srid: i64) -> Self {
        Self { kind: "name".to_owned(), properties: Crsnavn { name: format!("EPSG:{srid}") } }
    }
}

/// A point of GeoJSON: east, north.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Geopunkt {
    /// `Point`.
    #[serde(rename = "type")]
    pub kind: String,
    /// East, north.
    pub coordinates: [f64; 2],
    /// Reference system.
    pub crs: Crs,
}

/// A polygon of GeoJSON, here a box.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Geoboks {
    /// `Polygon`.
    #[serde(rename = "type")]
    pub kind: String,
    /// One ring of five corners: east, north.
    pub coordinates: Vec<Vec<[f64; 2]>>,
    /// Reference system.
    pub crs: Crs,
}

/// An official name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Kommunenavn {
    /// The name.
    pub navn: String,
    /// 1 stands first.
    pub prioritet: i64,
    /// `Norwegian`, `Northern Sami`, `Lule Sami`, `Southern Sami`, `Kven Finnish`.
    pub sprak: String,
}

/// A municipality.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Kommune {
    /// The box around it.
    pub avgrensningsboks: Geoboks,
    /// County.
    pub fylkesnavn: String,
    /// Its number.
    pub fylkesnummer: String,
    /// Official names, the first first.
    #[serde(rename = "gyldigeNavn")]
    pub gyldige_navn: Vec<Kommunenavn>,
    /// The first official name.
    pub kommunenavn: String,
    /// The Norwegian one.
    pub kommunenavn_norsk: String,
    /// Four digits.
    pub kommunenummer: String,
    /// A point inside.
    pub punkt_i_omrade: Geopunkt,
    /// Whether the Sámi language rules hold.
    pub samisk_forvaltningsomrade: bool,
}

/// A county with its municipalities: all about them, or number and name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Fylke<K> {
    /// The box around it.
    pub avgrensningsboks: Geoboks,
    /// Name.
    pub fylkesnavn: String,
    /// Two digits.
    pub fylkesnummer: String,
    /// Its municipalities.
    pub kommuner: Vec<K>,
}

/// A county in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Fylkesnavn {
    /// Name.
    pub fylkesnavn: String,
    /// Two digits.
    pub fylkesnummer: String,
}

/// A municipality in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KommuneIListe {
    /// The first official name.
    pub kommunenavn: String,
    /// The Norwegian one.
    pub kommunenavn_norsk: String,
    /// Four digits.
    pub kommunenummer: String,
}

/// A municipality of a county.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KommuneIFylke {
    /// The first official name.
    pub kommunenavn: String,
    /// Four digits.
    pub kommunenummer: String,
}

/// Where a point is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Kommunepunkt {
    /// County.
    pub fylkesnavn: String,
    /// Its number.
    pub fylkesnummer: String,
    /// The municipality's first official name.
    pub kommunenavn: String,
    /// Its number.
    pub kommunenummer: String,
}

/// Municipalities found by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Kommunesok {
    /// How many.
    pub antall_treff: usize,
    /// They.
    pub kommuner: Vec<Kommune>,
}
