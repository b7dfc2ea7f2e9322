//! Enhetsregisteret: wire types (spec `registers.md` § B). Names are the register's own; what is unknown is absent, never null.

use jiff::civil::Date;
use kernel::id::{Orgnr, Pid};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The component's name in the mesh.
pub const NAME: &str = "enhetsregister";

/// A code with its description.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Kode {
    /// The code (`AS`, `41.200`, `2100`).
    pub kode: String,
    /// What it means.
    pub beskrivelse: String,
}

impl Kode {
    /// Of its two parts.
    pub fn ny(kode: &str, beskrivelse: &str) -> Self {
        Self { kode: kode.to_owned(), beskrivelse: beskrivelse.to_owned() }
    }
}

/// An address of business, post or location.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Adresse {
    /// Country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub land: Option<String>,
    /// ISO 3166-1 alpha-2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub landkode: Option<String>,
    /// Post code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postnummer: Option<String>,
    /// Post town.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poststed: Option<String>,
    /// Lines.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub adresse: Vec<String>,
    /// Municipality's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kommune: Option<String>,
    /// Municipality's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kommunenummer: Option<String>,
}

/// Share capital.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Kapital {
    /// In whole kroner.
    pub belop: i64,
    /// How many shares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub antall_aksjer: Option<i64>,
    /// `Aksjekapital`.
    #[serde(rename = "type")]
    pub kind: String,
    /// `NOK`.
    pub valuta: String,
    /// Since when.
    #[schema(value_type = String, format = Date)]
    pub innfort_dato: Date,
}

/// A main unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Enhet {
    /// Number.
    #[schema(value_type = String)]
    pub organisasjonsnummer: Orgnr,
    /// Name, in capitals.
    pub navn: String,
    /// Form.
    pub organisasjonsform: Kode,
    /// Address of business.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forretningsadresse: Option<Adresse>,
    /// Address of post.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postadresse: Option<Adresse>,
    /// When it was registered.
    #[schema(value_type = String, format = Date)]
    #[serde(rename = "registreringsdatoEnhetsregisteret")]
    pub registreringsdato: Date,
    /// When it was founded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub stiftelsesdato: Option<Date>,
    /// Main industry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub naeringskode1: Option<Kode>,
    /// Employees, where they are five or more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub antall_ansatte: Option<i64>,
    /// Whether a number of employees is registered.
    pub har_registrert_antall_ansatte: bool,
    /// The unit above, in the public sector.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub overordnet_enhet: Option<Orgnr>,
    /// Institutional sector.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub institusjonell_sektorkode: Option<Kode>,
    /// Share capital.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kapital: Option<Kapital>,
    /// Year of the last accounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub siste_innsendte_aarsregnskap: Option<String>,
    /// Whether it reports VAT.
    #[serde(rename = "registrertIMvaregisteret")]
    pub registrert_i_mvaregisteret: bool,
    /// Whether in the register of business enterprises.
    #[serde(rename = "registrertIForetaksregisteret")]
    pub registrert_i_foretaksregisteret: bool,
    /// Whether in the register of foundations.
    #[serde(rename = "registrertIStiftelsesregisteret")]
    pub registrert_i_stiftelsesregisteret: bool,
    /// Whether in the register of voluntary organisations.
    #[serde(rename = "registrertIFrivillighetsregisteret")]
    pub registrert_i_frivillighetsregisteret: bool,
    /// Whether in the register of parties.
    #[serde(rename = "registrertIPartiregisteret")]
    pub registrert_i_partiregisteret: bool,
    /// Whether bankrupt.
    pub konkurs: bool,
    /// Whether it winds up.
    pub under_avvikling: bool,
    /// Whether the court winds it up.
    pub under_tvangsavvikling_eller_tvangsopplosning: bool,
    /// Whether part of a group.
    #[serde(rename = "erIKonsern")]
    pub er_i_konsern: bool,
    /// `Bokmål` or `Nynorsk`.
    pub maalform: String,
    /// Its activity, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aktivitet: Vec<String>,
    /// `Enhet`.
    pub respons_klasse: String,
}

/// A unit of business at a place, below a main unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Underenhet {
    /// Number.
    #[schema(value_type = String)]
    pub organisasjonsnummer: Orgnr,
    /// Name, in capitals.
    pub navn: String,
    /// `BEDR` or `AAFY`.
    pub organisasjonsform: Kode,
    /// The main unit.
    #[schema(value_type = String)]
    pub overordnet_enhet: Orgnr,
    /// Where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beliggenhetsadresse: Option<Adresse>,
    /// When it was registered.
    #[schema(value_type = String, format = Date)]
    #[serde(rename = "registreringsdatoEnhetsregisteret")]
    pub registreringsdato: Date,
    /// When it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub oppstartsdato: Option<Date>,
    /// Main industry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub naeringskode1: Option<Kode>,
    /// Employees, where they are five or more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub antall_ansatte: Option<i64>,
    /// Whether a number of employees is registered.
    pub har_registrert_antall_ansatte: bool,
    /// Whether it reports VAT.
    #[serde(rename = "registrertIMvaregisteret")]
    pub registrert_i_mvaregisteret: bool,
    /// `Underenhet`.
    pub respons_klasse: String,
}

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

/// A unit with all that belongs to it: a line of the bulk load.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Registrering {
    /// The unit.
    pub enhet: Enhet,
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
