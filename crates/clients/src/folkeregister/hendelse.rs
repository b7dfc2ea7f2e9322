//! The event feed: the list that followers read, and the event in full.

use jiff::Timestamp;
use kernel::id::Pid;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::dokument::Element;

/// Event types that Felles itself makes, besides those of [`Element::endring`]; the register has more (`hendelsetype` is open
/// text to followers).
pub mod hendelsetype {
    /// A person is new in the register: born, moved in, or given a D-number.
    pub const PERSON_ER_OPPRETTET: &str = "personErOpprettet";
    /// A machine has corrected the register; there is no event in full.
    pub const PERSON_ER_OPPDATERT: &str = "personErOppdatert";
    /// A person has died.
    pub const PERSON_ER_DOED: &str = "personErDoed";
    /// A person has moved from the country.
    pub const PERSON_ER_UTFLYTTET: &str = "personErUtflyttet";
    /// A person lives in the country.
    pub const PERSON_ER_BOSATT: &str = "personErBosatt";
}

impl Element {
    /// The type of the events that tell of a change of the element (spec `registers.md` § A4).
    pub const fn endring(self) -> &'static str {
        match self {
            Self::Identifikasjonsnummer => "endringIIdentifikasjonsnummer",
            Self::Identitetsgrunnlag => "endringIIdentitetsgrunnlag",
            Self::Status => "endringIStatus",
            Self::Kjoenn => "endringIKjoenn",
            Self::Foedsel => "endringIFoedsel",
            Self::FoedselINorge => "endringIFoedselINorge",
            Self::Navn => "endringINavn",
            Self::Bostedsadresse => "endringIBostedsadresse",
            Self::DeltBosted => "endringIDeltBosted",
            Self::Oppholdsadresse => "endringIOppholdsadresse",
            Self::Postadresse | Self::PostadresseIUtlandet | Self::PreferertKontaktadresse => {
                "endringIKontaktinformasjon"
            }
            Self::Adressebeskyttelse => "endringIAdressebeskyttelse",
            Self::Sivilstand => "endringISivilstand",
            // Citizenship that is kept is told of with citizenships.
            Self::Statsborgerskap | Self::Bibehold => "endringIStatsborgerskap",
            Self::Familierelasjon => "endringIFamilierelasjon",
            Self::Foreldreansvar => "endringIForeldreansvar",
            Self::VergemaalEllerFremtidsfullmakt => "endringIVergemaal",
            Self::UtenlandskPersonidentifikasjon => "endringIUtenlandskPersonidentifikasjon",
            Self::UtlendingsmyndighetenesIdentifikasjonsnummer => {
                "endringIUtlendingsmyndighetenesIdentifikasjonsnummer"
            }
            Self::Legitimasjonsdokument => "endringILegitimasjonsdokument",
            Self::Innflytting => "endringIInnflytting",
            Self::Utflytting => "endringIUtflytting",
            Self::Opphold => "endringIOpphold",
            Self::KontaktinformasjonForDoedsbo => "endringIKontaktopplysningerForDoedsbo",
            Self::BrukAvSamiskSpraak => "endringIBrukAvSamiskSpraak",
            Self::ForholdTilSametingetsValgmanntall => "endringISametingetsValgmanntall",
            Self::Doedsfall => "endringIDoedsfall",
            Self::FalskIdentitet => "endringIFalskIdentitet",
        }
    }
}

/// A line of the feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(xml(name = "lagretHendelse", namespace = "folkeregisteret:tilgjengeliggjoering:hendelse:v1"))]
pub struct LagretHendelse {
    /// Its number, from 1 without gaps.
    pub sekvensnummer: i64,
    /// The event.
    pub hendelse: HendelseMedDokumentIdentifikatorer,
}

/// An event, in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HendelseMedDokumentIdentifikatorer {
    /// Whom it is about.
    #[schema(value_type = String)]
    pub folkeregisteridentifikator: Pid,
    /// What happened ([`hendelsetype`]).
    pub hendelsetype: String,
    /// Where the event stands in full: 32 hex digits; none for machine corrections.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hendelsesdokument: Option<String>,
    /// The person document as the event left it: 32 hex digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persondokument: Option<String>,
    /// When it was registered.
    #[schema(value_type = String, format = DateTime)]
    pub ajourholdstidspunkt: Timestamp,
}

/// The newest sequence number, as XML has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(xml(name = "sekvensnummer", namespace = "folkeregisteret:tilgjengeliggjoering:hendelse:v1"))]
pub struct Sekvensnummer {
    /// The number; 0 while there are no events.
    pub sekvensnummer: i64,
}

/// An event in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(xml(name = "dokumentForHendelse", namespace = "folkeregisteret:tilgjengeliggjoering:hendelse:v1"))]
pub struct DokumentForHendelse {
    /// 32 hex digits.
    pub dokumentidentifikator: String,
    /// Version of the document's schema.
    pub skjemaversjon: String,
    /// The event.
    pub hendelse: Hendelse,
}

/// What happened, with the information that changed. (`hendelsestype` here, `hendelsetype` in the feed: so the register has it.)
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Hendelse {
    /// Whom it is about.
    #[schema(value_type = String)]
    pub folkeregisteridentifikator: Pid,
    /// What happened.
    pub hendelsestype: String,
    /// When it was registered.
    #[schema(value_type = String, format = DateTime)]
    pub ajourholdstidspunkt: Timestamp,
    /// The information that changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub egenskapshendelse: Vec<Egenskapshendelse>,
}

/// A change of one entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Egenskapshendelse {
    /// The element (`navn`).
    pub entitet: String,
    /// How it changed.
    pub entitetsendring: Entitetsendring,
    /// The entry, under the element's name.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub opplysning: Map<String, Value>,
}

/// How an entry changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Entitetsendring {
    /// A new value; the old one becomes history.
    RegistrereNy,
    /// The old value was wrong.
    Korrigere,
    /// The value never was.
    Annullere,
    /// A value of the past was wrong.
    KorrigereHistorisk,
}

impl Egenskapshendelse {
    /// A change of an entry, which is given as a document has it. Events have it without `erGjeldende`, and with the older
    /// name of the grounds of an identity.
    pub fn av(entitetsendring: Entitetsendring, element: Element, mut entry: Value) -> Self {
        if let Value::Object(fields) = &mut entry {
            fields.remove(GJELDENDE);
            flytt(fields, STATUS, ELDRE_STATUS);
        }
        let opplysning = Map::from_iter([(element.navn().to_owned(), entry)]);
        Self { entitet: element.navn().to_owned(), entitetsendring, opplysning }
    }

    /// The entry as a document has it; `None` where the event does not give it.
    pub fn i_dokument(&self) -> Option<Value> {
        let Value::Object(mut fields) = self.opplysning.get(&self.entitet)?.clone() else { return None };
        fields.insert(GJELDENDE.to_owned(), Value::Bool(!fields.contains_key("opphoerstidspunkt")));
        flytt(&mut fields, ELDRE_STATUS, STATUS);
        Some(Value::Object(fields))
    }
}

const GJELDENDE: &str = "erGjeldende";
const STATUS: &str = "identitetsgrunnlagstatus";
const ELDRE_STATUS: &str = "legitimasjonskontroll";

fn flytt(fields: &mut Map<String, Value>, fra: &str, til: &str) {
    if let Some(value) = fields.remove(fra) {
        fields.insert(til.to_owned(), value);
    }
}
