//! Units: main units and their places of business, in use, deleted and removed.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kernel::id::Orgnr;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Kode, Lenker};

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

/// A former name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HistoriskNavn {
    /// The name.
    pub navn: String,
    /// From when (`1995-02-22 22:56:00`).
    pub fra_dato: String,
    /// Until when.
    pub til_dato: String,
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
    /// Second industry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub naeringskode2: Option<Kode>,
    /// Third industry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub naeringskode3: Option<Kode>,
    /// What a unit that serves the rest of its business does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hjelpeenhetskode: Option<Kode>,
    /// Address on the web (`www.brreg.no`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hjemmeside: Option<String>,
    /// Address of e-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epostadresse: Option<String>,
    /// Telephone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telefon: Option<String>,
    /// Mobile telephone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mobil: Option<String>,
    /// Why it reports VAT by its own wish.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub frivillig_mva_registrert_beskrivelser: Vec<String>,
    /// Since when in the VAT register.
    #[serde(
        rename = "registreringsdatoMerverdiavgiftsregisteret",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Option<String>, format = Date)]
    pub mva_dato: Option<Date>,
    /// Former names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub historiske_navn: Vec<HistoriskNavn>,
    /// Since when in the register of business enterprises.
    #[serde(
        rename = "registreringsdatoForetaksregisteret",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Option<String>, format = Date)]
    pub foretaksregister_dato: Option<Date>,
    /// Since when in the register of voluntary organisations.
    #[serde(
        rename = "registreringsdatoFrivillighetsregisteret",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Option<String>, format = Date)]
    pub frivillighetsregister_dato: Option<Date>,
    /// When the court declared it bankrupt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub konkursdato: Option<Date>,
    /// Since when it winds up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub under_avvikling_dato: Option<Date>,
    /// When its articles were last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub vedtektsdato: Option<Date>,
    /// Its purpose by its articles, in lines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vedtektsfestet_formaal: Vec<String>,
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

impl Enhet {
    /// A unit of which nothing more is known.
    pub fn ny(
        organisasjonsnummer: Orgnr,
        navn: &str,
        organisasjonsform: Kode,
        registreringsdato: Date,
    ) -> Self {
        Self {
            organisasjonsnummer,
            navn: navn.to_owned(),
            organisasjonsform,
            registreringsdato,
            maalform: "Bokmål".to_owned(),
            respons_klasse: "Enhet".to_owned(),
            lenker: Lenker::new(),
            forretningsadresse: None,
            postadresse: None,
            stiftelsesdato: None,
            naeringskode1: None,
            antall_ansatte: None,
            har_registrert_antall_ansatte: false,
            overordnet_enhet: None,
            institusjonell_sektorkode: None,
            kapital: None,
            siste_innsendte_aarsregnskap: None,
            registrert_i_mvaregisteret: false,
            registrert_i_foretaksregisteret: false,
            registrert_i_stiftelsesregisteret: false,
            registrert_i_frivillighetsregisteret: false,
            registrert_i_partiregisteret: false,
            konkurs: false,
            under_avvikling: false,
            under_tvangsavvikling_eller_tvangsopplosning: false,
            er_i_konsern: false,
            naeringskode2: None,
            naeringskode3: None,
            hjelpeenhetskode: None,
            hjemmeside: None,
            epostadresse: None,
            telefon: None,
            mobil: None,
            frivillig_mva_registrert_beskrivelser: Vec::new(),
            mva_dato: None,
            historiske_navn: Vec::new(),
            foretaksregister_dato: None,
            frivillighetsregister_dato: None,
            konkursdato: None,
            under_avvikling_dato: None,
            vedtektsdato: None,
            vedtektsfestet_formaal: Vec::new(),
            aktivitet: Vec::new(),
        }
    }
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
    /// Address of post.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postadresse: Option<Adresse>,
    /// Second industry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub naeringskode2: Option<Kode>,
    /// Third industry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub naeringskode3: Option<Kode>,
    /// What a unit that serves the rest of its business does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hjelpeenhetskode: Option<Kode>,
    /// Address on the web (`www.brreg.no`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hjemmeside: Option<String>,
    /// Address of e-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epostadresse: Option<String>,
    /// Telephone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telefon: Option<String>,
    /// Mobile telephone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mobil: Option<String>,
    /// Why it reports VAT by its own wish.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub frivillig_mva_registrert_beskrivelser: Vec<String>,
    /// Since when in the VAT register.
    #[serde(
        rename = "registreringsdatoMerverdiavgiftsregisteret",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Option<String>, format = Date)]
    pub mva_dato: Option<Date>,
    /// Former names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub historiske_navn: Vec<HistoriskNavn>,
    /// When it last changed owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub dato_eierskifte: Option<Date>,
    /// When it was closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub nedleggelsesdato: Option<Date>,
    /// `Underenhet`.
    #[serde(rename = "respons_klasse")]
    pub respons_klasse: String,
    /// Itself, and the unit above.
    #[serde(rename = "_links", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lenker: Lenker,
}

impl Underenhet {
    /// A sub-unit of which nothing more is known.
    pub fn ny(
        organisasjonsnummer: Orgnr,
        navn: &str,
        organisasjonsform: Kode,
        overordnet_enhet: Orgnr,
        registreringsdato: Date,
    ) -> Self {
        Self {
            organisasjonsnummer,
            navn: navn.to_owned(),
            organisasjonsform,
            overordnet_enhet,
            registreringsdato,
            respons_klasse: "Underenhet".to_owned(),
            lenker: Lenker::new(),
            beliggenhetsadresse: None,
            oppstartsdato: None,
            naeringskode1: None,
            antall_ansatte: None,
            har_registrert_antall_ansatte: false,
            registrert_i_mvaregisteret: false,
            postadresse: None,
            naeringskode2: None,
            naeringskode3: None,
            hjelpeenhetskode: None,
            hjemmeside: None,
            epostadresse: None,
            telefon: None,
            mobil: None,
            frivillig_mva_registrert_beskrivelser: Vec::new(),
            mva_dato: None,
            historiske_navn: Vec::new(),
            dato_eierskifte: None,
            nedleggelsesdato: None,
        }
    }
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
