//! Extracts: the whole register as of an event, or a group of people (names from the register's published API 1.5).

use kernel::id::Kjoenn;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::koder::Sivilstandstype;
use super::opplysning::kode;

/// Which people an extract is to have.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TilpassetUttrekk {
    /// Relations to the country, any of which will do; at least one.
    pub personstatustyper: Vec<Personstatustype>,
    /// Where they live, or where they stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kommunenummer: Option<Uttrekkskommune>,
    /// Born in this year or later; four digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foedselsaar_fra_og_med: Option<String>,
    /// Born in this year or earlier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foedselsaar_til_og_med: Option<String>,
    /// Died in this year or later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doedsaar_fra_og_med: Option<String>,
    /// Died in this year or earlier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doedsaar_til_og_med: Option<String>,
    /// Legal sex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub kjoenn: Option<Kjoenn>,
    /// A citizenship that they have; ISO 3166-1 alpha-3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statsborgerskap: Option<String>,
    /// Marital status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sivilstandstype: Option<Sivilstandstype>,
}

/// One of two municipalities.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Uttrekkskommune {
    /// Of residence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bostedskommunenummer: Option<String>,
    /// Of stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oppholdskommunenummer: Option<String>,
}

kode!(
    /// Relations to the country, as extracts group them.
    Personstatustype {
        /// D-number in use, not resident, missing, or born here to parents who do not live here.
        #[default]
        Aktiv,
        /// Lives in Norway.
        Bosatt,
        /// Has moved out.
        Utflyttet,
        /// Dead.
        Doed,
        /// Has a D-number that has not been used for five years.
        Inaktiv,
    }
);

/// An extract that was ordered.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(xml(name = "uttrekkJobbResponse", namespace = "folkeregisteret:tilgjengeliggjoering:uttrekk:v1"))]
pub struct Uttrekksjobb {
    /// By what its batches are read.
    pub jobb_id: String,
}

/// A batch of an extract; empty after the last.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(xml(name = "uttrekkDataResponse", namespace = "folkeregisteret:tilgjengeliggjoering:uttrekk:v1"))]
pub struct Uttrekksbatch {
    /// Of the whole register: versions of person documents, for `personer/bulkoppslag/arkiv`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dokumentidentifikator: Vec<String>,
    /// Of a group: numbers in use, for `personer/bulkoppslag`.
    #[serde(rename = "foedselsEllerDNummer", default, skip_serializing_if = "Vec::is_empty")]
    pub foedsels_eller_d_nummer: Vec<String>,
    /// Why there is no batch: it is not ready (404), or there is no such extract (410).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feilmelding: Option<String>,
}
