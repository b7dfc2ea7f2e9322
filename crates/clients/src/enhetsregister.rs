//! Enhetsregisteret: wire types and typed client (spec `registers.md` § B). Names are the register's own; what is unknown is
//! absent, never null.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::id::{Orgnr, Pid};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::maskinporten::TokenSource;
use crate::{ClientError, Mesh, Purpose, request};

/// The component's name in the mesh.
pub const NAME: &str = "enhetsregister";
/// The topic of [`kernel::wake`] that says that the feed has something new.
pub const WAKE: &str = NAME;
/// The scope that opens a person's roles by their number.
pub const SCOPE_ROLLEUTSKRIFT: &str = "brreg:data:enhetsregisteret:roller:person:oppslag:fnr";
/// The scope that opens a unit's roles with the numbers of those who have them.
pub const SCOPE_ROLLER: &str = "brreg:data:enhetsregisteret:auto:roller";
/// The scope of bulk loading.
pub const SCOPE_INNLASTING: &str = "felles:innlasting";
/// The roles by which a person alone can bind the business: general manager, chair, owner, partners, managing owner of a
/// ship, administrator of a bankrupt estate.
pub const KEY_ROLES: [&str; 8] = ["DAGL", "LEDE", "INNH", "DTPR", "DTSO", "KOMP", "BEST", "BOBE"];
/// No page reaches further than this into the hits of a search.
pub const MAX_HITS: i64 = 10_000;

const BASE: &str = "/enhetsregisteret/api";
const AUTORISERT: &str = "/enhetsregisteret/autorisert-api";

/// A link of HAL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Lenke {
    /// Where to.
    pub href: String,
}

/// A resource's links, by relation (`self`, `overordnetEnhet`).
pub type Lenker = BTreeMap<String, Lenke>;

/// A code with its description.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Kode {
    /// The code (`AS`, `41.200`, `2100`).
    pub kode: String,
    /// What it means.
    pub beskrivelse: String,
    /// Where it is described.
    #[serde(rename = "_links", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lenker: Lenker,
}

impl Kode {
    /// Of its two parts.
    pub fn ny(kode: &str, beskrivelse: &str) -> Self {
        Self { kode: kode.to_owned(), beskrivelse: beskrivelse.to_owned(), lenker: Lenker::new() }
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
    #[serde(rename = "respons_klasse")]
    pub respons_klasse: String,
    /// Itself, and the unit above.
    #[serde(rename = "_links", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lenker: Lenker,
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
    #[serde(rename = "respons_klasse")]
    pub respons_klasse: String,
    /// Itself, and the unit above.
    #[serde(rename = "_links", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lenker: Lenker,
}

/// What is left of a unit that is deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SlettetEnhet {
    /// Number.
    #[schema(value_type = String)]
    pub organisasjonsnummer: Orgnr,
    /// Name, in capitals.
    pub navn: String,
    /// Form.
    pub organisasjonsform: Kode,
    /// When it was deleted.
    #[schema(value_type = String, format = Date)]
    pub slettedato: Date,
    /// `SlettetEnhet` or `SlettetUnderenhet`.
    pub respons_klasse: String,
    /// Itself.
    #[serde(rename = "_links", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lenker: Lenker,
}

/// The answer to a look-up of a unit that is removed from the register (410).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FjernetEnhet {
    /// Number.
    #[schema(value_type = String)]
    pub organisasjonsnummer: Orgnr,
    /// When it was deleted.
    #[schema(value_type = String, format = Date)]
    pub slettedato: Date,
    /// Itself.
    #[serde(rename = "_links", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lenker: Lenker,
}

/// A unit as a look-up answers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Oppslag<T> {
    /// It is in the register.
    Aktiv(Box<T>),
    /// It is deleted.
    Slettet(SlettetEnhet),
}

impl<T> Oppslag<T> {
    /// The unit, where it is not deleted.
    pub fn aktiv(self) -> Option<T> {
        if let Self::Aktiv(unit) = self { Some(*unit) } else { None }
    }
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
    /// The unit; not where it is removed.
    #[serde(rename = "_links", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lenker: Lenker,
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

/// An error as the register writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Feil {
    /// When, in milliseconds since 1970.
    pub tidsstempel: i64,
    /// The HTTP status.
    pub status: u16,
    /// In words.
    pub feilmelding: String,
    /// The parameters that are wrong.
    pub valideringsfeil: Vec<Valideringsfeil>,
    /// The path that was asked.
    pub sti: String,
    /// How many parameters are wrong.
    pub antall_feil: usize,
}

/// A parameter that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Valideringsfeil {
    /// In words.
    pub feilmelding: String,
    /// Its name.
    pub parametere: Vec<String>,
    /// Its value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feilaktig_verdi: Option<String>,
}

/// How much a bulk load has taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Innlest {
    /// Lines.
    pub lest: usize,
}

/// A role that a person has now, in a unit that is in the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRolle {
    /// The unit.
    pub organisasjonsnummer: Orgnr,
    /// Its name, in capitals.
    pub navn: String,
    /// Its form.
    pub organisasjonsform: Kode,
    /// What the person is in it.
    pub rolletype: Kode,
    /// Its places of business.
    pub underenheter: Vec<Underenhet>,
}

/// The register as another component sees it (Maskinporten). It asks nothing that the real one does not answer.
#[derive(Debug, Clone)]
pub struct Enhetsregister {
    mesh: Mesh,
    tokens: TokenSource,
}

impl Enhetsregister {
    /// A client; [`Self::roller_for`] needs [`SCOPE_ROLLEUTSKRIFT`], the rest is open to all.
    pub fn new(mesh: Mesh, tokens: TokenSource) -> Self {
        Self { mesh, tokens }
    }

    /// A main unit; `None` where there is none of that number, or it is deleted.
    pub async fn enhet(&self, orgnr: &Orgnr) -> Result<Option<Enhet>, ClientError> {
        let found: Option<Oppslag<Enhet>> = self.hent(&format!("{BASE}/enheter/{orgnr}")).await?;
        Ok(found.and_then(Oppslag::aktiv))
    }

    /// A sub-unit; `None` where there is none of that number, or it is deleted.
    pub async fn underenhet(&self, orgnr: &Orgnr) -> Result<Option<Underenhet>, ClientError> {
        let found: Option<Oppslag<Underenhet>> = self.hent(&format!("{BASE}/underenheter/{orgnr}")).await?;
        Ok(found.and_then(Oppslag::aktiv))
    }

    /// The sub-units of a main unit, by number.
    pub async fn underenheter(&self, orgnr: &Orgnr) -> Result<Vec<Underenhet>, ClientError> {
        const SIZE: i64 = 500;
        let mut all = Vec::new();
        for page in 0..MAX_HITS / SIZE {
            let path = format!("{BASE}/underenheter?overordnetEnhet={orgnr}&size={SIZE}&page={page}");
            let found: Option<Treff<Underenheter>> = self.hent(&path).await?;
            let Some(found) = found else { break };
            all.extend(found.innhold.unwrap_or_default().underenheter);
            if page + 1 >= found.page.total_pages {
                break;
            }
        }
        Ok(all)
    }

    /// The roles of a unit, as everyone may see them; `None` where there is no such unit.
    pub async fn roller(&self, orgnr: &Orgnr) -> Result<Option<Vec<Rollegruppe>>, ClientError> {
        let found: Option<Roller> = self.hent(&format!("{BASE}/enheter/{orgnr}/roller")).await?;
        Ok(found.map(|roles| roles.rollegrupper))
    }

    /// The roles that a living person has now in units that are not deleted, each with the unit's places of business.
    pub async fn roller_for(&self, pid: &Pid, purpose: &Purpose) -> Result<Vec<PersonRolle>, ClientError> {
        let request = request::post(&format!("{AUTORISERT}/personer/rolleutskrift"))
            .bearer(&self.tokens.token().await?)
            .purpose(purpose)
            .body("text/plain", pid.as_str().as_bytes().to_vec())?;
        let answer = request::json::<Rolleutskrift>(self.mesh.send(NAME, request).await?);
        let mut all = Vec::new();
        for listed in request::found(answer)?.unwrap_or_default().enheter {
            let now = |role: &&Rolleutskriftrolle| !role.fratraadt && !role.avregistrert;
            let mut roles = listed.roller.iter().filter(now).peekable();
            if roles.peek().is_none() {
                continue;
            }
            let Some(unit) = self.enhet(&listed.organisasjonsnummer).await? else { continue };
            let underenheter = self.underenheter(&unit.organisasjonsnummer).await?;
            all.extend(roles.map(|role| PersonRolle {
                organisasjonsnummer: unit.organisasjonsnummer,
                navn: unit.navn.clone(),
                organisasjonsform: unit.organisasjonsform.clone(),
                rolletype: role.kind.clone(),
                underenheter: underenheter.clone(),
            }));
        }
        Ok(all)
    }

    /// What an open path answers; `None` where nothing is there, or no more.
    async fn hent<T: serde::de::DeserializeOwned>(&self, path: &str) -> Result<Option<T>, ClientError> {
        let answer = request::json(self.mesh.send(NAME, request::get(path).empty()?).await?);
        match request::found(answer) {
            Err(ClientError::Status { status: 410, .. }) => Ok(None),
            other => other,
        }
    }
}
