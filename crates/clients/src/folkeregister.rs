//! Folkeregisteret: wire types and typed client (spec `registers.md` § A; names from the register's published API 1.5).

use jiff::Timestamp;
use kernel::id::Pid;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::maskinporten::TokenSource;
use crate::{ClientError, Mesh, Purpose, request};

mod adresse;
mod dokument;
mod endringsmelding;
mod foelge;
mod hendelse;
mod koder;
mod kontakt;
mod melding;
mod opplysning;
mod person;
mod representasjon;
mod side;
mod uttrekk;

pub use adresse::*;
pub use dokument::*;
pub use endringsmelding::*;
pub use foelge::Opplysningsnoekkel;
pub use hendelse::*;
pub use koder::*;
pub use kontakt::*;
pub use melding::*;
pub use opplysning::{Opphav, Opplysning};
pub use person::*;
pub use representasjon::*;
pub use side::FeedError;
pub use uttrekk::*;

/// The component's name in the mesh.
pub const NAME: &str = "folkeregister";
/// The topic of [`kernel::wake`] that says that the feed has something new.
pub const WAKE: &str = NAME;
/// The scope of the package for bodies with a legal basis: everything, also the event in full.
pub const SCOPE_MED_HJEMMEL: &str = "folkeregister:deling/offentligmedhjemmel";
/// The scope of the package for public bodies without a legal basis.
pub const SCOPE_UTEN_HJEMMEL: &str = "folkeregister:deling/offentligutenhjemmel";
/// The scope of the package for private parties without a legal basis.
pub const SCOPE_PRIVAT_UTEN_HJEMMEL: &str = "folkeregister:deling/privatutenhjemmel";
/// The scope of the package for banks and insurers.
pub const SCOPE_FINANS: &str = "folkeregister:deling/finans";
/// The scope of those who report births, of Felles' own making (`{message}` takes the place of the package).
pub const SCOPE_FOEDSELSMELDING: &str = "folkeregister:mottak/foedselsmelding";
/// The scope of those who report deaths, of Felles' own making.
pub const SCOPE_DOEDSMELDING: &str = "folkeregister:mottak/doedsmelding";
/// The scope of bulk loading.
pub const SCOPE_INNLASTING: &str = "felles:innlasting";
/// Most persons in one bulk look-up.
pub const MAX_PERSONS: usize = 1000;
/// Events of one page of the feed.
pub const FEED_PAGE: i64 = 1000;

const BASE: &str = "/folkeregisteret/offentlig-med-hjemmel/api/v1";

/// An error as the register writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Feil {
    /// Stable code.
    pub kode: String,
    /// What is wrong, for a human. Names the field where one is wrong; never repeats its value.
    pub melding: String,
    /// The field that is wrong, as a path into the message (`foedsel.mor.foedselsEllerDNummer`); from the intake and the
    /// bulk load alone, which are of Felles' own making.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub felt: Option<String>,
}

/// An error as the register writes it in XML: the fields of `FolkeregisterFeilmelding` in its published API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(xml(name = "folkeregisterFeilmelding"))]
pub struct FolkeregisterFeilmelding {
    /// The HTTP status.
    pub http_status: u16,
    /// `WARNING` where the request is at fault, `ERROR` where the register is.
    pub alvorlighetsgrad: String,
    /// As [`Feil::kode`].
    pub feilkode: String,
    /// As [`Feil::melding`].
    pub feilmelding: String,
    /// [`Feil::felt`], where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tilleggsinformasjon: Option<Tilleggsinformasjon>,
}

impl FolkeregisterFeilmelding {
    /// An error with this HTTP status.
    pub fn av(http_status: u16, feil: Feil) -> Self {
        let felt = feil.felt.map(|value| Tillegg { key: "felt".to_owned(), value });
        Self {
            http_status,
            alvorlighetsgrad: if http_status < 500 { "WARNING" } else { "ERROR" }.to_owned(),
            feilkode: feil.kode,
            feilmelding: feil.melding,
            tilleggsinformasjon: felt.map(|felt| Tilleggsinformasjon { entry: vec![felt] }),
        }
    }
}

/// More of an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Tilleggsinformasjon {
    /// One for each thing told.
    pub entry: Vec<Tillegg>,
}

/// One more thing of an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Tillegg {
    /// What it is (`felt`).
    pub key: String,
    /// Its value.
    pub value: String,
}

/// The body of a bulk look-up.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(xml(
    name = "personBulkoppslagRequest",
    namespace = "folkeregisteret:tilgjengeliggjoering:person:v1"
))]
pub struct PersonBulkoppslag {
    /// 1 to 1000 numbers.
    #[serde(rename = "foedselsEllerDNummer")]
    pub foedsels_eller_d_nummer: Vec<String>,
}

/// The answer to a bulk look-up, in the order of the question.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[schema(xml(
    name = "personBulkoppslagResponse",
    namespace = "folkeregisteret:tilgjengeliggjoering:person:v1"
))]
pub struct PersonBulkoppslagSvar {
    /// One per number.
    pub oppslag: Vec<Oppslag>,
}

/// One person of a bulk look-up.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Oppslag {
    /// As asked.
    #[serde(rename = "foedselsEllerDNummer")]
    pub foedsels_eller_d_nummer: String,
    /// The person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folkeregisterperson: Option<Persondokument>,
    /// Why there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feilmelding: Option<Feilmelding>,
}

/// Why a number gave no person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Feilmelding {
    /// In words.
    pub feilmelding: String,
}

/// The answer to a search with a list of hits (`PersonsoekResponse` in the published API).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(xml(name = "personsoekResponse", namespace = "folkeregisteret:tilgjengeliggjoering:person:v1"))]
pub struct Personsoek {
    /// The numbers of those who are hits; at most 10,000.
    #[serde(rename = "foedselsEllerDNummer")]
    #[schema(value_type = Vec<String>)]
    pub foedsels_eller_d_nummer: Vec<Pid>,
}

/// The body of a look-up of documents by their identifiers: stored person documents, or events.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DokumentBulkoppslag {
    /// 1 to 1000 identifiers of 32 hex digits.
    pub dokumentidentifikator: Vec<String>,
}

/// The register, as the other components see it: the package with legal basis, and the intake.
#[derive(Clone)]
pub struct Folkeregister {
    mesh: Mesh,
    tokens: TokenSource,
}

impl Folkeregister {
    /// A client with these tokens.
    pub fn new(mesh: Mesh, tokens: TokenSource) -> Self {
        Self { mesh, tokens }
    }

    /// A person's newest document with these parts (none: [`Del::PersonBasis`]); `None` where there is no such person.
    pub async fn person(
        &self,
        pid: &Pid,
        parts: &[Del],
        purpose: &Purpose,
    ) -> Result<Option<Persondokument>, ClientError> {
        let path = format!("{BASE}/personer/{}{}", pid.as_str(), query(parts));
        let answer = self
            .send(request::get(&path).purpose(purpose).bearer(&self.tokens.token().await?).empty()?)
            .await?;
        request::found(request::json(answer))
    }

    /// Several persons' newest documents, in the order asked; whoever the register does not know is left out.
    pub async fn personer(
        &self,
        pids: &[Pid],
        parts: &[Del],
        purpose: &Purpose,
    ) -> Result<Vec<Persondokument>, ClientError> {
        let path = format!("{BASE}/personer/bulkoppslag{}", query(parts));
        let mut persons = Vec::with_capacity(pids.len());
        for chunk in pids.chunks(MAX_PERSONS) {
            let body = PersonBulkoppslag {
                foedsels_eller_d_nummer: chunk.iter().map(|pid| pid.as_str().to_owned()).collect(),
            };
            let request =
                request::post(&path).purpose(purpose).bearer(&self.tokens.token().await?).json(&body)?;
            let answer: PersonBulkoppslagSvar = request::json(self.send(request).await?)?;
            persons.extend(answer.oppslag.into_iter().filter_map(|one| one.folkeregisterperson));
        }
        Ok(persons)
    }

    /// The numbers of those whom a search finds; `sok` is its query (`foedselsdato=19910516&kjoenn=kvinne`).
    pub async fn soek(&self, sok: &str, purpose: &Purpose) -> Result<Vec<Pid>, ClientError> {
        let path = format!("{BASE}/personer/soek?{sok}");
        let request = request::get(&path).purpose(purpose).bearer(&self.tokens.token().await?).empty()?;
        let answer: Personsoek = request::json(self.send(request).await?)?;
        Ok(answer.foedsels_eller_d_nummer)
    }

    /// A page of the feed: the events from and including number `fra`, at most [`FEED_PAGE`], oldest first. Empty where
    /// `fra` is the next number to come; an error where it is further ahead.
    pub async fn hendelser(&self, fra: i64) -> Result<Vec<LagretHendelse>, ClientError> {
        let path = format!("{BASE}/hendelser/feed/?seq={fra}");
        request::json(self.send(request::get(&path).bearer(&self.tokens.token().await?).empty()?).await?)
    }

    /// The newest number of the feed; 0 while it is empty.
    pub async fn siste_sekvensnummer(&self) -> Result<i64, ClientError> {
        let path = format!("{BASE}/hendelser/siste/sekvensnummer");
        let answer = self.send(request::get(&path).bearer(&self.tokens.token().await?).empty()?).await?;
        request::json(answer)
    }

    /// An event in full, by `hendelsesdokument` of the feed.
    pub async fn hendelse(
        &self,
        dokument: &str,
        purpose: &Purpose,
    ) -> Result<Option<DokumentForHendelse>, ClientError> {
        let path = format!("{BASE}/hendelser/{}", crate::encoded(dokument));
        let answer = self
            .send(request::get(&path).purpose(purpose).bearer(&self.tokens.token().await?).empty()?)
            .await?;
        request::found(request::json(answer))
    }

    /// A person document as an event left it, by `persondokument` of the feed.
    pub async fn arkivert(
        &self,
        dokument: &str,
        parts: &[Del],
        purpose: &Purpose,
    ) -> Result<Option<Persondokument>, ClientError> {
        let path = format!("{BASE}/personer/arkiv/{}{}", crate::encoded(dokument), query(parts));
        let answer = self
            .send(request::get(&path).purpose(purpose).bearer(&self.tokens.token().await?).empty()?)
            .await?;
        request::found(request::json(answer))
    }

    /// Reports a birth. The same message again gives the same receipt.
    pub async fn meld_foedsel(&self, melding: &Foedselsmelding) -> Result<Kvittering, ClientError> {
        self.meld("foedselsmelding", melding).await
    }

    /// Reports a death. The same message again gives the same receipt.
    pub async fn meld_doedsfall(&self, melding: &Doedsmelding) -> Result<Kvittering, ClientError> {
        self.meld("doedsmelding", melding).await
    }

    /// The receipt of a message sent before.
    pub async fn kvittering(&self, meldings_id: &str) -> Result<Option<Kvittering>, ClientError> {
        let path = format!("/folkeregisteret/mottak/api/v1/kvittering/{}", crate::encoded(meldings_id));
        request::found(request::json(
            self.send(request::get(&path).bearer(&self.tokens.token().await?).empty()?).await?,
        ))
    }

    /// Loads persons: one [`Persondokument`] a line. Nothing is loaded where a line is wrong.
    pub async fn last_inn(&self, lines: Vec<u8>) -> Result<usize, ClientError> {
        let request = request::post("/folkeregisteret/innlasting/v1").bearer(&self.tokens.token().await?);
        Ok(request::json::<Innlest>(self.send(request.body("application/x-ndjson", lines)?).await?)?.lest)
    }

    /// Reports what one of [`MELDINGER`] tells of. The same message again gives the same receipt.
    pub async fn meld<T: Serialize>(&self, kind: &str, message: &T) -> Result<Kvittering, ClientError> {
        let path = format!("/folkeregisteret/mottak/api/v1/{kind}");
        request::json(
            self.send(request::post(&path).bearer(&self.tokens.token().await?).json(message)?).await?,
        )
    }

    async fn send(
        &self,
        request: http::Request<Vec<u8>>,
    ) -> Result<http::Response<bytes::Bytes>, ClientError> {
        self.mesh.send(NAME, request).await
    }
}

/// `?part=…&part=…`; nothing where no part is named.
fn query(parts: &[Del]) -> String {
    let mut text = String::new();
    for part in parts {
        text.push(if text.is_empty() { '?' } else { '&' });
        text.push_str("part=");
        text.push_str(part.navn());
    }
    text
}

/// An origin as the register would write it: registered and true from `at`, of this source and cause.
pub fn opphav(at: Timestamp, kilde: &str, aarsak: &str) -> Opphav {
    Opphav {
        ajourholdstidspunkt: Some(at),
        gyldighetstidspunkt: Some(at),
        kilde: Some(kilde.to_owned()),
        aarsak: Some(aarsak.to_owned()),
    }
}
