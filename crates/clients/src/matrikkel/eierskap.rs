//! Who owns what.

use jiff::civil::Date;
use kernel::id::Pid;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Matrikkelnummer, Rettighetshaver};

/// A share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Andel {
    /// Numerator.
    pub teller: i64,
    /// Denominator.
    pub nevner: i64,
}

/// Someone's share of a cadastral unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Eierskap {
    /// The unit: a property, or a section of one.
    pub matrikkelnummer: Matrikkelnummer,
    /// How much of it.
    pub andel: Andel,
    /// Who; nobody where `skjermet` is true.
    pub rettighetshaver: Rettighetshaver,
    /// Since when.
    #[schema(value_type = String, format = Date)]
    pub fra: Date,
    /// Whether the owner's address is protected, so that nobody may find it through what they own.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub skjermet: bool,
}

/// Shares: of one unit, or of one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Eierskapsliste {
    /// The shares, by the units' numbers.
    pub eierskap: Vec<Eierskap>,
}

/// Whose shares are asked for. A body, as no number of a person belongs in an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Eierskapssoek {
    /// Fødselsnummer or D-number.
    #[schema(value_type = String)]
    pub personidentifikator: Pid,
}
