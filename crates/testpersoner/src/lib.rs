//! Testpersoner: finds a synthetic person with given traits, and says how to sign in as them. What Skatteetaten's Tenor is to
//! those who test against the real services; it has no API or form that this follows.
//!
//! It keeps a row for each person ([`model::rad`]) with what three registers tell of them, and nothing else: names are
//! fetched from Folkeregisteret for the hits that are shown. Everyone in it is synthetic, so nobody has to show who they are to
//! search in it. It is served in test mode alone, and a person whose number is not synthetic is neither kept nor looked up.
//!
//! Where rows come from:
//!
//! 1. The load of a nation brings them whole ([`api::innlasting`]).
//! 2. Life goes on: [`foelge`] reads the feeds of Folkeregisteret and Kontaktregisteret and renews what is told of a person,
//!    by [`model::dokument`]. Enhetsregisteret and Matrikkelen are not followed: roles and homes are those of the load.
//!
//! A search ([`model::soek`]) becomes one statement ([`store`]) over a table that is in the order of its hits: it stops when it
//! has enough.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::extract::DefaultBodyLimit;
use clients::folkeregister::Folkeregister;
use clients::kontaktregister::Kontaktregister;
use clients::matrikkel::Matrikkel;
use clients::{ClientError, Mesh, TokenSource};
use kernel::Context;
use kernel::feed;
use kernel::store::{Store, StoreError};
use model::kommuner::Kommuner;
use tokio::sync::watch;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub mod api;
mod foelge;
pub mod model;
mod ord;
mod pages;
mod store;

pub use foelge::FeedError;

/// The name of the component and of its store.
pub const NAME: &str = clients::testpersoner::NAME;
/// The table of people, and how far the feeds have been read.
pub const MIGRATIONS: &[&str] = &[feed::MIGRATION, include_str!("../migrations/0001_init.sql")];

/// The longest pause between two looks at the feeds, unless a test says otherwise.
const POLL: Duration = Duration::from_secs(1);

/// The search. Clones share it.
#[derive(Clone)]
pub struct Component {
    ctx: Context,
    people: Folkeregister,
    contacts: Kontaktregister,
    matrikkel: Matrikkel,
    kommuner: Arc<RwLock<Arc<Kommuner>>>,
    poll: Duration,
}

impl std::fmt::Debug for Component {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Component")
    }
}

impl Component {
    /// The search over its context. The tokens open Folkeregisteret's package with legal basis, Kontaktregisteret's contact
    /// information and mailboxes, and its feed of changes.
    pub fn new(ctx: Context, mesh: Mesh, tokens: TokenSource) -> Self {
        Self {
            ctx,
            people: Folkeregister::new(mesh.clone(), tokens.clone()),
            contacts: Kontaktregister::new(mesh.clone(), tokens),
            matrikkel: Matrikkel::new(mesh),
            kommuner: Arc::default(),
            poll: POLL,
        }
    }

    /// Every route, with its full path.
    pub fn router(&self) -> OpenApiRouter {
        OpenApiRouter::new()
            .routes(routes!(api::soek::soek))
            .merge(pages::router())
            .layer(DefaultBodyLimit::max(pages::MAX_FORM))
            .merge(
                OpenApiRouter::new()
                    .routes(routes!(api::innlasting::last_inn))
                    .layer(DefaultBodyLimit::max(api::innlasting::MAX_BODY)),
            )
            .with_state(self.clone())
    }

    /// Follows the feeds until told to stop.
    pub async fn run(self, shutdown: watch::Receiver<bool>) {
        feed::follow(self.poll, None, shutdown, || foelge::read(&self)).await;
    }

    /// Reads what is new in the feeds; gives how many events that were. What [`Self::run`] does over and over.
    pub async fn read_feeds(&self) -> Result<usize, FeedError> {
        foelge::read(self).await
    }

    /// The municipalities, asked for once there are any.
    async fn kommuner(&self) -> Result<Arc<Kommuner>, ClientError> {
        let known = self.kommuner.read().unwrap_or_else(PoisonError::into_inner).clone();
        if !known.er_tom() {
            return Ok(known);
        }
        let found = Arc::new(Kommuner::ny(self.matrikkel.kommuner().await?));
        *self.kommuner.write().unwrap_or_else(PoisonError::into_inner) = found.clone();
        Ok(found)
    }
}

/// Whether a store of the component has nobody in it, as that of an installation from before there was a search.
pub async fn er_tom(store: &Store) -> Result<bool, StoreError> {
    store::er_tom(store).await
}
