//! Notices to the register, as senders write them (of Felles' own making): a unit is registered, changed or deleted, gets
//! a place of business, or enters or leaves a register that refers to it. Unknown fields are refused.

use clients::enhetsregister::{Adresse, Kode};
use jiff::civil::Date;
use kernel::id::{Orgnr, Pid};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A main unit to register. It gets its number with the receipt.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Nyregistrering {
    /// The sender's own number of the notice.
    pub meldings_id: String,
    /// Name.
    pub navn: String,
    /// Code of the form: `ENK`, `AS`, `ASA`, `ANS`, `DA`, `FLI`, `SA`, `STI`, `NUF`.
    pub organisasjonsform: String,
    /// When it was founded; not for `ENK`.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub stiftelsesdato: Option<Date>,
    /// Address of business.
    pub forretningsadresse: Adresse,
    /// Address of post, where another.
    #[serde(default)]
    pub postadresse: Option<Adresse>,
    /// What it does, in lines.
    pub aktivitet: Vec<String>,
    /// Main industry.
    #[serde(default)]
    pub naeringskode: Option<Kode>,
    /// Purpose by its articles, in lines.
    #[serde(default)]
    pub vedtektsfestet_formaal: Vec<String>,
    /// Capital.
    #[serde(default)]
    pub kapital: Option<Kapitalmelding>,
    /// Address on the web.
    #[serde(default)]
    pub hjemmeside: Option<String>,
    /// `Bokmål` or `Nynorsk`.
    #[serde(default)]
    pub maalform: Option<String>,
    /// Who has which role.
    pub roller: Vec<Rollemelding>,
}

/// Capital, in whole kroner.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Kapitalmelding {
    /// How much.
    pub belop: i64,
    /// In how many shares; companies alone.
    #[serde(default)]
    pub antall_aksjer: Option<i64>,
}

/// A role, of a person or of a unit.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rollemelding {
    /// `DAGL`, `LEDE`, `MEDL`, `INNH`, `DTPR`, `SIGN`, ….
    pub rolle: String,
    /// The person.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub foedsels_eller_d_nummer: Option<Pid>,
    /// The unit.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub organisasjonsnummer: Option<Orgnr>,
    /// Share of the responsibility, for partners of a `DA`.
    #[serde(default)]
    pub ansvarsandel: Option<Andel>,
}

/// A share: `teller` of `nevner`.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Andel {
    /// Of which this many.
    pub teller: u32,
    /// Parts.
    pub nevner: u32,
}

/// What changes in a main unit or a place of business. What is not named stays.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Endringsmelding {
    /// The sender's own number of the notice.
    pub meldings_id: String,
    /// Which unit.
    #[schema(value_type = String)]
    pub organisasjonsnummer: Orgnr,
    /// Name; the old one becomes historic.
    #[serde(default)]
    pub navn: Option<String>,
    /// Address of business; of a place of business, where it lies.
    #[serde(default)]
    pub forretningsadresse: Option<Adresse>,
    /// Address of post.
    #[serde(default)]
    pub postadresse: Option<Adresse>,
    /// Main industry.
    #[serde(default)]
    pub naeringskode: Option<Kode>,
    /// What it does.
    #[serde(default)]
    pub aktivitet: Option<Vec<String>>,
    /// Capital.
    #[serde(default)]
    pub kapital: Option<Kapitalmelding>,
    /// Address on the web.
    #[serde(default)]
    pub hjemmeside: Option<String>,
    /// How many employees; shown where five or more.
    #[serde(default)]
    pub antall_ansatte: Option<i64>,
    /// Whether it winds up.
    #[serde(default)]
    pub under_avvikling: Option<bool>,
    /// Roles: each group that is named here takes the place of the one before.
    #[serde(default)]
    pub roller: Vec<Rollemelding>,
    /// Groups of roles that end: `DAGL`, `PROK`.
    #[serde(default)]
    pub roller_som_opphoerer: Vec<String>,
}

/// A unit that leaves the register, with its places of business; or a place of business alone.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Slettemelding {
    /// The sender's own number of the notice.
    pub meldings_id: String,
    /// Which unit.
    #[schema(value_type = String)]
    pub organisasjonsnummer: Orgnr,
    /// Whether the law demands that not even its name is shown any more.
    #[serde(default)]
    pub fjernes: bool,
}

/// A place of business to register below a main unit.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Underenhetsmelding {
    /// The sender's own number of the notice.
    pub meldings_id: String,
    /// The main unit.
    #[schema(value_type = String)]
    pub overordnet_enhet: Orgnr,
    /// Name.
    pub navn: String,
    /// Where it lies.
    pub beliggenhetsadresse: Adresse,
    /// When it began.
    #[schema(value_type = String, format = Date)]
    pub oppstartsdato: Date,
    /// Main industry.
    #[serde(default)]
    pub naeringskode: Option<Kode>,
}

/// A unit enters Frivillighetsregisteret, or is struck off it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Frivillighetsmelding {
    /// The sender's own number of the notice.
    pub meldings_id: String,
    /// Which unit.
    #[schema(value_type = String)]
    pub organisasjonsnummer: Orgnr,
    /// `true`: struck off.
    #[serde(default)]
    pub strykes: bool,
    /// What it does, by the international classification (ICNPO), the main one first: one to three.
    #[serde(default)]
    pub icnpo_kategorier: Vec<Icnpo>,
    /// Bank account.
    #[serde(default)]
    pub kontonummer: Option<String>,
    /// Whether it takes part in Grasrotandelen.
    #[serde(default)]
    pub grasrotandel: bool,
}

/// A category of the international classification of non-profit organisations.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Icnpo {
    /// Three to five digits.
    pub icnpo_nummer: String,
    /// In words.
    pub navn: String,
}

/// A unit enters Merverdiavgiftsregisteret, or is struck off it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Avgiftsmelding {
    /// The sender's own number of the notice.
    pub meldings_id: String,
    /// Which unit.
    #[schema(value_type = String)]
    pub organisasjonsnummer: Orgnr,
    /// `true`: struck off.
    #[serde(default)]
    pub strykes: bool,
    /// Taxable turnover and withdrawals of twelve months, in whole kroner.
    #[serde(default)]
    pub avgiftspliktig_omsetning: Option<i64>,
    /// Why it is to be registered without that turnover: by its own wish or in advance (merverdiavgiftsloven §§ 2-3 and 2-4).
    #[serde(default)]
    pub frivillig: Option<String>,
}

/// What a notice came to.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Kvittering {
    /// The notice.
    pub meldings_id: String,
    /// When it was registered.
    #[schema(value_type = String, format = DateTime)]
    pub mottatt: jiff::Timestamp,
    /// The unit that it made or changed.
    #[schema(value_type = String)]
    pub organisasjonsnummer: Orgnr,
}
