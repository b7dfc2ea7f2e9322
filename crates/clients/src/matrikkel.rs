//! Matrikkelen: wire types and typed client (spec `registers.md` § C): Kartverket's open address API, its municipality
//! information, and the cadastre.

use crate::{ClientError, Mesh, encoded, request};

mod adresse;
mod eiendom;
mod eierskap;
mod endring;
mod kommune;
mod matrikkelenhet;

pub use adresse::*;
pub use eiendom::*;
pub use eierskap::*;
pub use endring::*;
pub use kommune::*;
pub use matrikkelenhet::*;

/// The component's name in the mesh.
pub const NAME: &str = "matrikkel";
/// The topic of [`kernel::wake`] that says that the change log has something new.
pub const WAKE: &str = NAME;
/// The scope of bulk loading.
pub const SCOPE_INNLASTING: &str = "felles:innlasting";
/// The scope that opens owners.
pub const SCOPE_EIERE: &str = "kartverket:matrikkel/eiere";
/// No page reaches further than this into the hits of a search, and no count goes beyond it.
pub const MAX_HITS: usize = 10_000;

/// Matrikkelen as another component sees it. What it asks is open to all.
#[derive(Debug, Clone)]
pub struct Matrikkel {
    mesh: Mesh,
}

impl Matrikkel {
    /// A client.
    pub fn new(mesh: Mesh) -> Self {
        Self { mesh }
    }

    /// The addresses that fit words such as `storgata 1 oslo`, at most `limit` (and never more than a thousand).
    pub async fn adresser(&self, sok: &str, limit: usize) -> Result<Vec<Adresse>, ClientError> {
        let limit = limit.clamp(1, 1000);
        let path = format!("/adresser/v1/sok?sok={}&treffPerSide={limit}", encoded(sok));
        let answer = self.mesh.send(NAME, request::get(&path).empty()?).await?;
        Ok(request::json::<Adressetreff>(answer)?.adresser)
    }

    /// All municipalities, by number.
    pub async fn kommuner(&self) -> Result<Vec<KommuneIListe>, ClientError> {
        request::json(self.mesh.send(NAME, request::get("/kommuneinfo/v1/kommuner").empty()?).await?)
    }

    /// A municipality; `None` where no municipality has the number.
    pub async fn kommune(&self, kommunenummer: &str) -> Result<Option<Kommune>, ClientError> {
        let path = format!("/kommuneinfo/v1/kommuner/{}", encoded(kommunenummer));
        let answer = request::json(self.mesh.send(NAME, request::get(&path).empty()?).await?);
        request::found(answer)
    }
}
