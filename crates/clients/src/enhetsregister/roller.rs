//! Roles: of a unit, and of a person.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kernel::id::{Orgnr, Pid};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Kode, Lenker};

/// A name as roles show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Rollenavn {
    /// First names.
    pub fornavn: String,
    /// Middle names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mellomnavn: Option<String>,
    /// Last name.
    pub etternavn: String,
}

/// A person with a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Rolleperson {
    /// Date of birth.
    #[schema(value_type = String, format = Date)]
    pub fodselsdato: Date,
    /// Name.
    pub navn: Rollenavn,
    /// Whether dead.
    #[serde(rename = "erDoed")]
    pub er_doed: bool,
    /// Number: in the answers that need a token, never in the open ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub fodselsnummer: Option<Pid>,
}

/// A unit with a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Rolleenhet {
    /// Number.
    #[schema(value_type = String)]
    pub organisasjonsnummer: Orgnr,
    /// Form.
    pub organisasjonsform: Kode,
    /// Name in lines.
    pub navn: Vec<String>,
    /// Whether deleted.
    #[serde(rename = "erSlettet")]
    pub er_slettet: bool,
}

/// A role: of a person or of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Rolle {
    /// `DAGL`, `LEDE`, `MEDL`, `INNH`, `DTPR`, ….
    #[serde(rename = "type")]
    pub kind: Kode,
    /// The person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Rolleperson>,
    /// The unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enhet: Option<Rolleenhet>,
    /// Share of the responsibility (`50%`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ansvarsandel: Option<String>,
    /// Whether resigned.
    pub fratraadt: bool,
    /// Whether struck.
    pub avregistrert: bool,
    /// Order within the group.
    pub rekkefolge: i64,
}

/// Roles of one group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Rollegruppe {
    /// `DAGL`, `STYR`, `INNH`, `DELT`, ….
    #[serde(rename = "type")]
    pub kind: Kode,
    /// When it was last changed.
    #[serde(rename = "sistEndret")]
    #[schema(value_type = String, format = Date)]
    pub sist_endret: Date,
    /// The roles.
    pub roller: Vec<Rolle>,
}

/// The roles of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Roller {
    /// By group.
    pub rollegrupper: Vec<Rollegruppe>,
    /// Itself, and the unit.
    #[serde(rename = "_links", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lenker: Lenker,
}

/// The roles of a person, by unit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Rolleutskrift {
    /// The units.
    pub enheter: Vec<Rolleutskriftenhet>,
}

/// A unit in which a person has roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Rolleutskriftenhet {
    /// Number.
    #[schema(value_type = String)]
    pub organisasjonsnummer: Orgnr,
    /// Name, in capitals.
    pub navn: String,
    /// The roles.
    pub roller: Vec<Rolleutskriftrolle>,
    /// The unit.
    #[serde(rename = "_links", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lenker: Lenker,
}

/// A role in a person's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Rolleutskriftrolle {
    /// `DAGL`, `LEDE`, `MEDL`, `INNH`, ….
    #[serde(rename = "type")]
    pub kind: Kode,
    /// Whether resigned.
    pub fratraadt: bool,
    /// Whether struck.
    pub avregistrert: bool,
}

/// The roles that a unit has in other units.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct JuridiskeRoller {
    /// The units.
    pub enheter: Vec<JuridiskRolleenhet>,
    /// The other pages.
    #[serde(rename = "_links", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lenker: Lenker,
}

/// A unit in which another has roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JuridiskRolleenhet {
    /// Number.
    #[schema(value_type = String)]
    pub organisasjonsnummer: Orgnr,
    /// Its name, in capitals.
    pub navn: String,
    /// The roles.
    pub roller: Vec<JuridiskRolle>,
}

/// A role that a unit has in another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JuridiskRolle {
    /// `REVI`, `REGN`, `DTSO`, ….
    #[serde(rename = "type")]
    pub kind: Kode,
    /// Share of the responsibility (`50%`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ansvarsandel: Option<String>,
    /// Whether resigned.
    pub fratraadt: bool,
    /// Whether struck.
    pub avregistrert: bool,
}
