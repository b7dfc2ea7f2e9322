//! Livshendelser: journeys after life events, the decisions made in them, and caseworkers' tasks.
//!
//! A birth is followed here: [`hendelser`] reads Folkeregisteret's feed and starts a journey with the cursor's own
//! transaction. The journey is `content/journeys/fodsel.bpmn` on the [`process`] engine; its tasks are the handlers in
//! [`reise`]. They gather facts ([`fakta`]), let the rules judge them ([`vurdering`]), write the decision and its letter
//! ([`brev`]) once, and send it under an id that is the same at every attempt. What a machine may not do becomes a task.
//!
//! The API has a file per resource in `api/`; `steg` makes a timeline of a process instance; `store` holds every
//! statement.

use std::sync::Arc;
use std::time::Duration;

use clients::folkeregister::Folkeregister;
use clients::kontaktregister::Kontaktregister;
use clients::life_events::Etat;
use clients::postkasse::Postkasse;
use kernel::Context;
use kernel::store::StoreError;
use process::{Engine, EngineError};
use rules::{LoadError, RuleSet};
use tokio::sync::watch;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

mod api;
pub mod brev;
pub mod fakta;
pub mod frister;
mod hendelser;
mod model;
mod reise;
mod steg;
mod store;
pub mod vurdering;

/// The name of the component and of its store.
pub const NAME: &str = clients::life_events::NAME;
/// The tables of journeys, and those of the process engine.
pub const MIGRATIONS: &[&str] =
    &[kernel::feed::MIGRATION, process::MIGRATION, include_str!("../migrations/0001_init.sql")];

/// The journey of having a child.
const FODSEL: &str = include_str!("../../../content/journeys/fodsel.bpmn");
const BARNETRYGD: &str = include_str!("../../../content/rules/barnetrygd.dmn");
const SATSER: &str = include_str!("../../../content/parameters/barnetrygd.toml");

/// The components that journeys use.
#[derive(Clone)]
pub struct Clients {
    /// Who people are.
    pub folkeregister: Folkeregister,
    /// How they are reached.
    pub kontaktregister: Kontaktregister,
    /// Their mailboxes, and the print queue.
    pub postkasse: Postkasse,
}

/// How the component works.
#[derive(Debug, Clone)]
pub struct Config {
    /// This process's name among those that share the store: the same after a restart, never the same as another's.
    pub node: String,
    /// Most journeys that are worked on at once.
    pub concurrency: usize,
    /// The longest pause between two looks at the feed, and at what is due.
    pub poll: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self { node: "livshendelser-1".to_owned(), concurrency: 64, poll: Duration::from_secs(1) }
    }
}

/// Why the component does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A rule set or the deadlines cannot be read.
    #[error(transparent)]
    Rules(#[from] LoadError),
    /// The letters cannot be read.
    #[error("content/letters/barnetrygd.toml: {0}")]
    Letters(#[from] toml::de::Error),
    /// The journey cannot be run.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The organisations of the program lack one that decides.
    #[error("there is no agency that decides")]
    Agency,
}

/// What the journeys' work stands on.
struct Fag {
    ctx: Context,
    clients: Clients,
    regler: RuleSet,
    frister: frister::Frister,
    maler: brev::Maler,
    /// Who decides on child benefit.
    nav: Etat,
}

/// The journeys. Clones share them.
#[derive(Clone)]
pub struct Component {
    fag: Arc<Fag>,
    engine: Engine,
    poll: Duration,
}

impl std::fmt::Debug for Component {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Component").field("engine", &self.engine).finish_non_exhaustive()
    }
}

impl Component {
    /// The component over its context: compiles the rules and the journey. Nothing is followed before [`Self::run`].
    pub async fn new(ctx: Context, clients: Clients, config: Config) -> Result<Self, StartError> {
        let fag = Arc::new(Fag {
            regler: RuleSet::load(BARNETRYGD, SATSER)?,
            frister: frister::Frister::load()?,
            maler: brev::Maler::load()?,
            nav: model::nav().ok_or(StartError::Agency)?,
            clients,
            ctx,
        });
        let mut settings = process::engine::Config::new(&config.node, NAME);
        settings.concurrency = config.concurrency;
        settings.poll = config.poll;
        let models = [("fodsel.bpmn", FODSEL)];
        let engine = Engine::open(&fag.ctx, &models, reise::uttrykk, reise::handlers(&fag), settings).await?;
        Ok(Self { fag, engine, poll: config.poll })
    }

    fn ctx(&self) -> &Context {
        &self.fag.ctx
    }

    /// Every route, with its full path.
    pub fn router(&self) -> OpenApiRouter {
        OpenApiRouter::new()
            .routes(routes!(api::reiser::list))
            .routes(routes!(api::reiser::get))
            .routes(routes!(api::reiser::search))
            .routes(routes!(api::vedtak::get))
            .routes(routes!(api::henvendelser::appeal))
            .routes(routes!(api::henvendelser::wrong_fact))
            .routes(routes!(api::henvendelser::human_control))
            .routes(routes!(api::meg::get))
            .routes(routes!(api::oppgaver::list))
            .routes(routes!(api::oppgaver::get))
            .routes(routes!(api::loesning::resolve))
            .layer(axum::extract::DefaultBodyLimit::max(api::MAX_BODY))
            .merge(
                OpenApiRouter::new()
                    .routes(routes!(api::innlasting::load))
                    .layer(axum::extract::DefaultBodyLimit::max(api::innlasting::MAX_BODY)),
            )
            .with_state(self.clone())
    }

    /// Follows the feed and runs the journeys until told to stop.
    pub async fn run(self, shutdown: watch::Receiver<bool>) {
        let mut stopped = shutdown.clone();
        let stopped = async move {
            // A sender that is gone will never say it: the process ends.
            let _ = stopped.wait_for(|stop| *stop).await;
        };
        let mut working = std::pin::pin!(self.engine.run(stopped));
        // Where the engine stops by itself, nothing more is started here.
        let worked = tokio::select! {
            worked = &mut working => worked,
            () = hendelser::follow(&self, shutdown) => working.await,
        };
        if let Err(error) = worked {
            tracing::error!(%error, "the journeys have stopped");
        }
    }

    /// Reads one page of Folkeregisteret's feed and starts what it tells of; gives how many events it had. What
    /// [`Self::run`] does over and over.
    pub async fn read_feed(&self) -> Result<usize, FeedError> {
        hendelser::read_page(self).await
    }
}

pub use hendelser::FeedError;
