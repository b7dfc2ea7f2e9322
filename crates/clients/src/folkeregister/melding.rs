//! What hospitals and doctors report, and the receipt. The elements are those of the messages that Skatteetaten
//! publishes (`Foedselsmelding` 1.1, `MeldingOmDoedsfall` 1.2), as JSON.

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::id::{Kjoenn, Pid};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::person::Personnavn;
use crate::orgs::Org;

/// A birth that a hospital or a midwife reports (folkeregisterloven § 7-1; barnelova § 1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Foedselsmelding {
    /// The sender's own number of the message, at most 100 characters; sending it again does nothing twice.
    pub meldings_id: String,
    /// The day the sender registered it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub registreringsdato: Option<Date>,
    /// The system that it was written in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kildesystem: Option<String>,
    /// The birth.
    pub foedsel: MeldtFoedsel,
}

impl Foedselsmelding {
    /// The report of a child whom `mor`, whom the register knows, has borne alive at `sted`; nothing else is told.
    pub fn levendefoedt(
        meldings_id: String,
        foedselsdato: Date,
        kjoenn: Kjoenn,
        mor: Pid,
        sted: Org,
    ) -> Self {
        Self {
            meldings_id,
            registreringsdato: None,
            kildesystem: None,
            foedsel: MeldtFoedsel {
                foreldre_bor_sammen: true,
                foreldre_er_gift: false,
                antall_barn_ved_flerfoedsel: None,
                barn: MeldtBarn {
                    foedselsdato,
                    er_levendefoedt: true,
                    rekkefoelgenummer_ved_flerfoedsel: None,
                    kjoenn,
                    sykehusets_identifikasjonsnummer: None,
                },
                mor: MeldtForelder::kjent(mor),
                far_eller_medmor: None,
                foedested: Foedested {
                    foedselsinstitusjonsnavn: sted.navn.to_owned(),
                    foedekommunenummer: sted.kommunenummer.to_owned(),
                    foedekommunenavn: None,
                },
            },
        }
    }
}

/// A birth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MeldtFoedsel {
    /// Whether the parents say that they live together.
    #[serde(default)]
    pub foreldre_bor_sammen: bool,
    /// Whether the parents say that they are married; what the register says decides.
    #[serde(default)]
    pub foreldre_er_gift: bool,
    /// How many were born at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub antall_barn_ved_flerfoedsel: Option<u8>,
    /// The child.
    pub barn: MeldtBarn,
    /// Who gave birth.
    pub mor: MeldtForelder,
    /// The other parent, where one is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub far_eller_medmor: Option<MeldtForelder>,
    /// Where.
    pub foedested: Foedested,
}

/// The child of a birth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MeldtBarn {
    /// Date of birth.
    #[schema(value_type = String, format = Date)]
    pub foedselsdato: Date,
    /// Born alive.
    pub er_levendefoedt: bool,
    /// Of several born at once: how many and which, as two digits (`21`: the first of two).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rekkefoelgenummer_ved_flerfoedsel: Option<String>,
    /// Sex.
    #[schema(value_type = String)]
    pub kjoenn: Kjoenn,
    /// The hospital's own number of the child.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sykehusets_identifikasjonsnummer: Option<String>,
}

/// A parent: by number, or by name and date of birth for one whom the register does not know.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct MeldtForelder {
    /// Fødselsnummer or D-number.
    #[serde(rename = "foedselsEllerDNummer", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub foedsels_eller_d_nummer: Option<Pid>,
    /// Name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub navn: Option<Personnavn>,
    /// Date of birth.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub foedselsdato: Option<Date>,
    /// ISO 3166-1 alpha-3.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statsborgerskap: Option<String>,
    /// Of the other parent: whether co-mother, not father.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub er_medmor: Option<bool>,
}

impl MeldtForelder {
    /// A parent whom the register knows.
    pub fn kjent(pid: Pid) -> Self {
        Self { foedsels_eller_d_nummer: Some(pid), ..Self::default() }
    }
}

/// The place of a birth in Norway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Foedested {
    /// The hospital.
    pub foedselsinstitusjonsnavn: String,
    /// Its municipality.
    pub foedekommunenummer: String,
    /// The municipality's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foedekommunenavn: Option<String>,
}

/// A death that a doctor or another body reports (folkeregisterloven § 7-1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Doedsmelding {
    /// The sender's own number of the message, at most 100 characters; sending it again does nothing twice.
    pub meldings_id: String,
    /// The day the sender registered it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub forespoerselssdato: Option<Date>,
    /// tingretten, helse, utenriksstasjon, lensmannskontor or nav.
    pub kilde: String,
    /// Who died.
    pub doed_person: DoedPerson,
}

/// Who died, when and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DoedPerson {
    /// Fødselsnummer or D-number.
    #[schema(value_type = String)]
    pub foedselsnummer: Pid,
    /// Date of death.
    #[schema(value_type = String, format = Date)]
    pub doedsdato: Date,
    /// Municipality of the death.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kommune: Option<String>,
}

/// What a receipt can remark: the message is registered, and a human should look at it.
pub mod merknad {
    /// The register has the one who gave birth as a man.
    pub const MOR_ER_MANN: &str = "MOR_ER_MANN";
    /// The one who gave birth is dead by the register, on that day or on a day that it does not know.
    pub const MOR_ER_DOED: &str = "MOR_ER_DOED";
    /// The register has the one reported as father as a woman.
    pub const FAR_ER_KVINNE: &str = "FAR_ER_KVINNE";
    /// The register has the one reported as co-mother as a man.
    pub const MEDMOR_ER_MANN: &str = "MEDMOR_ER_MANN";
    /// The message names another than the mother's husband, who is father by law (barnelova § 3).
    pub const FAR_ER_EKTEFELLEN: &str = "FAR_ER_EKTEFELLEN";
    /// The mother has a child of that day already, and the message does not say that it is one of several.
    pub const MULIG_DOBBELTMELDING: &str = "MULIG_DOBBELTMELDING";
    /// A stillborn child: with the parents, without a number.
    pub const DOEDFOEDT: &str = "DOEDFOEDT";
    /// The death was registered already, on the same day.
    pub const ALLEREDE_DOED: &str = "ALLEREDE_DOED";
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Kvittering {
    /// As sent.
    pub meldings_id: String,
    /// When it was received.
    #[schema(value_type = String, format = DateTime)]
    pub mottatt: Timestamp,
    /// Whom the message made or changed: the child's new number, or the dead person's. None for a stillborn child.
    #[serde(rename = "foedselsEllerDNummer", default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub foedsels_eller_d_nummer: Option<Pid>,
    /// The events that it made, by their numbers in the feed; the first is the message's own.
    pub hendelser: Vec<i64>,
    /// What a human should look at, though the message is registered ([`merknad`]).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merknader: Vec<String>,
}

/// How many lines a bulk load has read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Innlest {
    /// Lines.
    pub lest: usize,
}
