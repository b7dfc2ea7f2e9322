//! Innsyn: who has used a person's data, and the proof of it. Wire types and typed client.

use jiff::Timestamp;
use kernel::id::Orgnr;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{ClientError, Mesh, request};

/// The component's name in the mesh.
pub const NAME: &str = "transparency";

/// Who used the data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Hvem {
    /// The organisation, unless a person acted for themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub orgnr: Option<Orgnr>,
    /// The organisation's name, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub navn: Option<String>,
    /// Whether the person themselves did it, signed in.
    pub selv: bool,
    /// The system that did it: its client id.
    pub klient: String,
}

/// One use of the person's data: an entry of the access log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Bruk {
    /// The entry's place in the log, from 0.
    pub indeks: i64,
    /// When it was.
    #[schema(value_type = String, format = DateTime)]
    pub tidspunkt: Timestamp,
    /// Who used the data.
    pub hvem: Hvem,
    /// The register that gave it (`folkeregister`).
    pub komponent: String,
    /// What was done, in Bokmål.
    pub hva: String,
    /// On which legal basis.
    pub hjemmel: String,
    /// For what purpose, as the user of the data stated it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub formaal: Option<String>,
    /// In which case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sak: Option<String>,
}

/// A page of uses, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Bruksliste {
    /// The uses.
    pub bruk: Vec<Bruk>,
    /// Whether there are older ones: ask with `foer` = the last `indeks`.
    pub flere: bool,
}

/// The proof that an entry stands in the log (RFC 6962 § 2.1.1 audit path, C2SP signed checkpoint).
///
/// Hash `oppfoering`'s bytes as SHA-256(0x00 ‖ bytes), climb by `sti`, and compare with the root in `sjekkpunkt`, whose
/// signature the key of `/innsyn/logg/noekkel` verifies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Bevis {
    /// The entry's place in the log, from 0.
    pub indeks: i64,
    /// The entry's exact bytes, as text.
    pub oppfoering: String,
    /// The leaf's hash, base64.
    pub bladhash: String,
    /// The hashes of the siblings from the leaf up to the root, base64.
    pub sti: Vec<String>,
    /// How many entries the tree of this proof has.
    pub stoerrelse: i64,
    /// The root of that tree, base64.
    pub rot: String,
    /// The signed note over that tree.
    pub sjekkpunkt: String,
}

/// A signed-in person's view of the uses of their data.
#[derive(Debug, Clone)]
pub struct Innsyn {
    mesh: Mesh,
}

impl Innsyn {
    /// A client; every call carries the person's access token, with `felles:innsyn`.
    pub fn new(mesh: Mesh) -> Self {
        Self { mesh }
    }

    /// The uses of the person's data before entry `foer` (all when `None`), newest first, at most `antall` (1–100).
    pub async fn bruk(&self, token: &str, foer: Option<i64>, antall: u32) -> Result<Bruksliste, ClientError> {
        let foer = foer.map_or_else(String::new, |foer| format!("&foer={foer}"));
        let request =
            request::get(&format!("/innsyn/api/v1/bruk?antall={antall}{foer}")).bearer(token).empty()?;
        request::json(self.mesh.send(NAME, request).await?)
    }

    /// The proof of the person's own entry `indeks`; `None` when it is not theirs.
    pub async fn bevis(&self, token: &str, indeks: i64) -> Result<Option<Bevis>, ClientError> {
        let request = request::get(&format!("/innsyn/api/v1/bruk/{indeks}/bevis")).bearer(token).empty()?;
        request::found(request::json(self.mesh.send(NAME, request).await?))
    }

    /// The log's newest signed checkpoint, as text. Public.
    pub async fn sjekkpunkt(&self) -> Result<String, ClientError> {
        let request = request::get("/innsyn/logg/checkpoint").empty()?;
        request::text(self.mesh.send(NAME, request).await?)
    }

    /// The key that verifies the checkpoints, as a C2SP verifier key. Public.
    pub async fn noekkel(&self) -> Result<String, ClientError> {
        let request = request::get("/innsyn/logg/noekkel").empty()?;
        request::text(self.mesh.send(NAME, request).await?)
    }
}
