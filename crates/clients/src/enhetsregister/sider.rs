//! Pages of a search and of what has changed.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kernel::id::Orgnr;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{Enhet, Lenker, Underenhet};

/// What a page of a collection says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Side {
    /// Units of a page, at most.
    pub size: i64,
    /// Hits in all.
    pub total_elements: i64,
    /// Pages in all.
    pub total_pages: i64,
    /// This page, from 0.
    pub number: i64,
}

/// A page of hits.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Treff<T> {
    /// The hits; absent where there are none.
    #[serde(rename = "_embedded", default, skip_serializing_if = "Option::is_none")]
    pub innhold: Option<T>,
    /// The other pages.
    #[serde(rename = "_links", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lenker: Lenker,
    /// Where this page is.
    pub page: Side,
}

/// The main units of a page.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct Enheter {
    /// The units.
    pub enheter: Vec<Enhet>,
}

/// The sub-units of a page.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct Underenheter {
    /// The units.
    pub underenheter: Vec<Underenhet>,
}

/// A change of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Oppdatering {
    /// Its number; later changes have greater ones.
    pub oppdateringsid: i64,
    /// When it was registered.
    #[schema(value_type = String, format = DateTime)]
    pub dato: Timestamp,
    /// Which unit.
    #[schema(value_type = String)]
    pub organisasjonsnummer: Orgnr,
    /// `Ny`, `Endring`, `Sletting` or `Fjernet`.
    pub endringstype: String,
    /// What a change changed, where that was asked for (`includeChanges`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endringer: Option<Vec<Endring>>,
    /// The unit; not where it is removed.
    #[serde(rename = "_links", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lenker: Lenker,
}

/// A step of a JSON Patch (RFC 6902).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Endring {
    /// `add`, `remove` or `replace`.
    pub op: String,
    /// Which field, as a JSON Pointer (`/forretningsadresse/postnummer`).
    pub path: String,
    /// Its value now; not where it is removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub value: Option<Value>,
}

/// A municipality in which units have an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Kommune {
    /// Four digits.
    pub nummer: String,
    /// Name, as the addresses have it.
    pub navn: String,
    /// Itself.
    #[serde(rename = "_links", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lenker: Lenker,
}

/// The municipalities of a page.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct Kommuner {
    /// By number.
    pub kommuner: Vec<Kommune>,
}

/// Changes of main units.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OppdaterteEnheter {
    /// The changes, oldest first.
    pub oppdaterte_enheter: Vec<Oppdatering>,
}

/// Changes of sub-units.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OppdaterteUnderenheter {
    /// The changes, oldest first.
    pub oppdaterte_underenheter: Vec<Oppdatering>,
}

/// A change of a unit's roles, as a CloudEvent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RolleOppdatering {
    /// `1.0`.
    pub specversion: String,
    /// Its number; later changes have greater ones.
    pub id: String,
    /// The unit.
    pub source: String,
    /// `no.brreg.enhetsregisteret.rolle.oppdatert`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it was registered.
    #[schema(value_type = String, format = DateTime)]
    pub time: Timestamp,
    /// What it is about.
    pub data: RolleOppdateringData,
}

/// What a change of roles is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RolleOppdateringData {
    /// Which unit.
    #[schema(value_type = String)]
    pub organisasjonsnummer: Orgnr,
}
