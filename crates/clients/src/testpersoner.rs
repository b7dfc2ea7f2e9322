//! Testpersoner: what the search for synthetic people knows of each, as its bulk load takes it. No real service has this
//! form; Skatteetaten's Tenor finds test people by the same traits.

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::id::{Kjoenn, Kommunenummer, Pid};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::folkeregister::{Gradering, Personstatus, Sivilstandstype};

/// The component's name in the mesh.
pub const NAME: &str = "testpersoner";
/// The scope of bulk loading.
pub const SCOPE_INNLASTING: &str = "felles:innlasting";

/// The cookie that holds the number of the person whom a developer has picked, for ID-porten's test eID to fill in. With TLS its
/// name begins with `__Host-`.
pub const COOKIE: &str = "felles-testperson";

/// A person with all that is searched for: a line of the bulk load.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Linje {
    /// From Folkeregisteret.
    pub folk: Folketrekk,
    /// From Kontaktregisteret, where it knows the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kontakt: Option<Kontakttrekk>,
    /// The codes of the roles that the person has in Enhetsregisteret (`DAGL`, `LEDE`, `INNH`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roller: Vec<String>,
    /// Whether the person owns a home, alone or with others (Matrikkelen).
    #[serde(default, skip_serializing_if = "is_false")]
    pub eier_bolig: bool,
}

/// What Folkeregisteret tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Folketrekk {
    /// Fødselsnummer or D-number, synthetic.
    #[schema(value_type = String)]
    pub personidentifikator: Pid,
    /// Birth.
    #[schema(value_type = String, format = Date)]
    pub foedselsdato: Date,
    /// Legal sex, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub kjoenn: Option<Kjoenn>,
    /// Relation to the country.
    pub status: Personstatus,
    /// Marital status.
    #[serde(default)]
    pub sivilstand: Sivilstandstype,
    /// Whether a Norwegian citizen, perhaps of another country too.
    #[serde(default, skip_serializing_if = "is_false")]
    pub norsk: bool,
    /// Protection of the address.
    #[serde(default)]
    pub adressebeskyttelse: Gradering,
    /// Municipality of residence; not of those whose address is protected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub kommunenummer: Option<Kommunenummer>,
    /// When the children that live were born, the youngest first; those of whom no day of birth is known are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>)]
    pub barn: Vec<Date>,
    /// Whether somebody is the person's guardian.
    #[serde(default, skip_serializing_if = "is_false")]
    pub har_verge: bool,
    /// Who, where the guardian has a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub verge: Option<Pid>,
}

/// What Kontaktregisteret tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Kontakttrekk {
    /// Whether the person has opted out of digital decisions.
    #[serde(default, skip_serializing_if = "is_false")]
    pub reservert: bool,
    /// Whether there is an e-mail address.
    #[serde(default, skip_serializing_if = "is_false")]
    pub epost: bool,
    /// Whether there is a mobile phone number.
    #[serde(default, skip_serializing_if = "is_false")]
    pub mobil: bool,
    /// Whether there is a digital mailbox.
    #[serde(default, skip_serializing_if = "is_false")]
    pub postkasse: bool,
    /// When a channel that is there was last changed or confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub bekreftet: Option<Timestamp>,
}

/// How much a bulk load has taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Innlest {
    /// Lines.
    pub lest: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes what it looks at by reference")]
fn is_false(value: &bool) -> bool {
    !value
}
