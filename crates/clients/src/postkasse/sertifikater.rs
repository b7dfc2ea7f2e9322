//! The certificates that senders encrypt to.

use jiff::SignedDuration;
use kernel::clock::Clock;
use kernel::id::Orgnr;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::NAME;
use crate::kept::Kept;
use crate::{ClientError, Mesh, request};

/// Where they are.
pub const PATH: &str = "/postkasse/api/v1/sertifikater";
/// How long they are kept.
const LASTS: SignedDuration = SignedDuration::from_mins(1);

/// A provider and its certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Leverandoersertifikat {
    /// The provider.
    #[schema(value_type = String)]
    pub virksomhetsidentifikator: Orgnr,
    /// Its certificate; base64 of DER.
    pub sertifikat: String,
}

/// The providers of this installation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Leverandoersertifikater {
    /// Of the mailboxes.
    pub postkasse: Leverandoersertifikat,
    /// Of printing.
    pub utskrift: Leverandoersertifikat,
}

/// Asks for the providers' certificates, once a minute at most. Clones share the answer.
#[derive(Debug, Clone)]
pub struct Sertifikater {
    mesh: Mesh,
    kept: Kept<Option<Leverandoersertifikater>>,
}

impl Sertifikater {
    /// Asks by this way.
    pub fn new(mesh: Mesh, clock: Clock) -> Self {
        Self { mesh, kept: Kept::new(clock, LASTS) }
    }

    /// The certificates; nothing where the mailboxes take no encrypted letters.
    pub async fn hent(&self) -> Result<Option<Leverandoersertifikater>, ClientError> {
        let ask =
            async { request::found(request::json(self.mesh.send(NAME, request::get(PATH).empty()?).await?)) };
        Ok((*self.kept.get(ask).await?).clone())
    }
}
