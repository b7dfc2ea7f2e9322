//! The bulk load: a unit with all that belongs to it.

use jiff::civil::Date;
use kernel::id::{Orgnr, Pid};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Enhet, Kode, Rollegruppe, Underenhet};

/// An owner of a company. Enhetsregisteret does not know them; the shareholders' register of the tax agency does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Eier {
    /// The person.
    #[schema(value_type = String)]
    pub personidentifikator: Pid,
    /// How many shares.
    pub antall_aksjer: i64,
}

/// An employee. Enhetsregisteret knows only how many; NAV's register of employers and employees knows who.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Ansatt {
    /// The person.
    #[schema(value_type = String)]
    pub personidentifikator: Pid,
    /// Where they work.
    #[schema(value_type = String)]
    pub underenhet: Orgnr,
    /// Of full time, per cent.
    pub stillingsprosent: u8,
    /// Since when.
    #[schema(value_type = String, format = Date)]
    pub ansettelsesdato: Date,
}

/// How a unit left the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Sletting {
    /// When.
    #[schema(value_type = String, format = Date)]
    pub dato: Date,
    /// Whether the law demands that not even its name is shown any more.
    #[serde(default)]
    pub fjernet: bool,
}

/// A unit with all that belongs to it: a line of the bulk load.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Registrering {
    /// The unit.
    pub enhet: Enhet,
    /// Whether it is deleted, with its places of business and roles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slettet: Option<Sletting>,
    /// Its places of business.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub underenheter: Vec<Underenhet>,
    /// Its roles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rollegrupper: Vec<Rollegruppe>,
    /// Its shareholders.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub eiere: Vec<Eier>,
    /// Its employees.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ansatte: Vec<Ansatt>,
}

/// A unit that has left the register, by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BorteEnhet {
    /// Number.
    #[schema(value_type = String)]
    pub organisasjonsnummer: Orgnr,
    /// Whether it was a place of business.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub underenhet: bool,
    /// Name, in capitals; none where it is removed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub navn: String,
    /// Form; none where it is removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisasjonsform: Option<Kode>,
    /// How it left.
    pub slettet: Sletting,
}

/// A line of the bulk load that brings a unit of which nothing more is known than that it has left the register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Borte {
    /// The unit.
    pub borte: BorteEnhet,
}

/// How much a bulk load has taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Innlest {
    /// Lines.
    pub lest: usize,
}
