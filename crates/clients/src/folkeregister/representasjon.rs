//! Who acts for a person: guardians, and whom an estate is reached by.

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::id::{Orgnr, Pid};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::opplysning::{Opphav, Opplysning, opplysning};
use super::person::Personnavn;

/// A task of a guardian towards one body.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Tjenesteomraade {
    /// The body or sort of body (`nav`, `bank`).
    pub verge_tjenestevirksomhet: String,
    /// The task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verge_tjenesteoppgave: Option<String>,
}

/// The guardian.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Verge {
    /// Number.
    #[serde(rename = "foedselsEllerDNummer", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub foedsels_eller_d_nummer: Option<Pid>,
    /// Name, where the register does not know them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub navn: Option<Personnavn>,
    /// personligeInteresser, oekonomiskeInteresser, personligeOgOekonomiskeInteresser, ….
    #[serde(skip_serializing_if = "Option::is_none")]
    pub omfang: Option<String>,
    /// Whether within the personal field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub omfanget_er_innen_personlig_omraade: Option<bool>,
    /// The tasks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tjenesteomraade: Vec<Tjenesteomraade>,
}

opplysning!(
    /// Guardianship, or a power of attorney for the future that has come into force.
    Vergemaal {
        /// voksen, midlertidigForVoksen, mindreaarig, midlertidigForMindreaarig, stadfestetFremtidsfullmakt, ….
        #[serde(default, skip_serializing_if = "Option::is_none")]
        vergemaaltype: Option<String>,
        /// The county governor who decided (`statsforvalterenIAgder`).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        embete: Option<String>,
        /// The guardian.
        verge: Verge,
    }
);

/// Where the estate is written to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct KontaktadresseForDoedsbo {
    /// The lines.
    pub adresselinje: Vec<String>,
    /// Post code.
    pub postnummer: String,
    /// Post town.
    pub poststedsnavn: String,
    /// ISO 3166-1 alpha-3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub landkode: Option<String>,
}

/// An heir who answers for the estate.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct PersonSomKontakt {
    /// Number.
    #[serde(rename = "foedselsEllerDNummer", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub foedsels_eller_d_nummer: Option<Pid>,
    /// Name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub personnavn: Option<Personnavn>,
}

/// An organisation or a lawyer who answers for the estate.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct OrganisasjonSomKontakt {
    /// Name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisasjonsnavn: Option<String>,
    /// Number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub organisasjonsnummer: Option<Orgnr>,
    /// The lawyer's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub personnavn: Option<Personnavn>,
    /// Whom to ask for in the organisation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kontaktpersonnavn: Option<Personnavn>,
}

opplysning!(
    /// Who answers for a dead person's estate.
    KontaktinformasjonForDoedsbo {
        /// offentlig or annet.
        skifteform: String,
        /// When the court issued its certificate.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, format = Date)]
        attestutstedelsesdato: Option<Date>,
        /// Address.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        adresse: Option<KontaktadresseForDoedsbo>,
        /// An heir.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        person: Option<PersonSomKontakt>,
        /// An organisation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        organisasjon: Option<OrganisasjonSomKontakt>,
        /// A lawyer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        advokat: Option<OrganisasjonSomKontakt>,
    }
);
