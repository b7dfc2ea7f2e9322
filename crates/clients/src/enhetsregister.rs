//! Enhetsregisteret: wire types and typed client (spec `registers.md` § B). Names are the register's own; what is unknown is
//! absent, never null.

use std::collections::BTreeMap;

use kernel::id::{Orgnr, Pid};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::maskinporten::TokenSource;
use crate::{ClientError, Mesh, Purpose, request};

mod enhet;
mod innlasting;
mod roller;
mod sider;

pub use enhet::*;
pub use innlasting::*;
pub use roller::*;
pub use sider::*;

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
