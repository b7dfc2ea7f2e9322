//! Kontakt- og reservasjonsregisteret: e-mail, phone, language, digital mailbox, and whether a person has opted out.
//!
//! The look-ups are those of the real register, wire for wire: by list for organisations (Maskinporten), and one's own data
//! for a signed-in person (ID-porten), as JSON or signed (`application/jose`). Ours alone are the bulk load and the change of
//! one's own data with PUT. The certificates to encrypt letters to are asked of the mailboxes. The choice of a mailbox has no route yet.
//!
//! It follows Folkeregisteret's feed: the dead are deleted, and contact details go along to another number.

use std::time::Duration;

use axum::extract::DefaultBodyLimit;
use clients::ClientError;
use clients::folkeregister::{FeedError, Folkeregister};
use clients::postkasse::{Leverandoersertifikater, Sertifikater};
use kernel::jose::Certified;
use kernel::{Context, feed};
use tokio::sync::watch;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

mod api;
mod foelge;
pub mod model;
mod store;

pub use store::gjennomgang;

/// The name of the component and of its store.
pub const NAME: &str = clients::kontaktregister::NAME;
/// The register's tables.
pub const MIGRATIONS: &[&str] = &[feed::MIGRATION, include_str!("../migrations/0001_init.sql")];

/// The longest pause between two looks at Folkeregisteret's feed. Not at each hint: few events are a death, and each page that is read
/// stands in the access log of everyone it is about.
const POLL: Duration = Duration::from_secs(5);

/// The register. Clones share it.
#[derive(Clone, Debug)]
pub struct Component {
    ctx: Context,
    certified: Option<Certified>,
    sertifikater: Option<Sertifikater>,
}

impl Component {
    /// The register over its context.
    pub fn new(ctx: Context) -> Self {
        Self { ctx, certified: None, sertifikater: None }
    }

    /// The same, that signs its answers for those who ask for it.
    #[must_use]
    pub fn signing(self, certified: Option<Certified>) -> Self {
        Self { certified, ..self }
    }

    /// The same, that gives senders the certificates of these mailboxes.
    #[must_use]
    pub fn encrypting_to(self, sertifikater: Sertifikater) -> Self {
        Self { sertifikater: Some(sertifikater), ..self }
    }

    async fn certificates(&self) -> Result<Option<Leverandoersertifikater>, ClientError> {
        match &self.sertifikater {
            Some(sertifikater) => sertifikater.hent().await,
            None => Ok(None),
        }
    }

    /// The certificate of the mailboxes, for those who may see it. Whoever cannot have it now is given the rest.
    async fn certificate(&self, opens: model::Opens) -> Option<String> {
        let certificates = if opens.mailbox { self.certificates().await } else { Ok(None) };
        let certificates = certificates.unwrap_or_else(|error| {
            tracing::error!(%error, "the mailboxes do not say what their certificates are");
            None
        });
        certificates.map(|certificates| certificates.postkasse.sertifikat)
    }

    /// Every route, with its full path.
    pub fn router(&self) -> OpenApiRouter {
        let load = OpenApiRouter::new()
            .routes(routes!(api::innlasting::load))
            .layer(DefaultBodyLimit::max(api::innlasting::MAX_BODY));
        OpenApiRouter::new()
            .routes(routes!(api::personer::v1))
            .routes(routes!(api::personer::v2))
            .routes(routes!(api::person::get_v1, api::person::patch_v1))
            .routes(routes!(api::person::get_v2, api::person::put_v2))
            .routes(routes!(api::endringer::hent))
            .routes(routes!(api::printsertifikat::hent))
            .layer(DefaultBodyLimit::max(api::MAX_BODY))
            .merge(load)
            .with_state(self.clone())
    }

    /// Follows Folkeregisteret until told to stop.
    pub async fn run(self, people: Folkeregister, shutdown: watch::Receiver<bool>) {
        feed::follow(POLL, None, shutdown, || self.read_page(&people)).await;
    }

    /// Deals with the next page of its feed; gives how many events it had. What [`Self::run`] does over and over.
    pub async fn read_page(&self, people: &Folkeregister) -> Result<usize, FeedError> {
        foelge::read_page(self, people).await
    }
}
