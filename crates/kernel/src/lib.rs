//! What every component of Felles stands on. It knows no component.
//!
//! - [`store`]: SQLite or PostgreSQL behind one façade; [`feed`]: events with cursors; [`log`]: the access log
//! - [`id`]: identifiers, parsed once at the edge; [`clock`], [`rng`]: time and chance, passed in
//! - [`jose`], [`auth`], [`enterprise`]: keys, tokens and the certificates of businesses; [`problem`], [`http`]: errors and bodies; [`telemetry`]: traces and counts
//! - [`limits`]: how often somebody may ask; [`wake`]: hints that there is something new; [`Context`]: all of it, as a component receives it

use std::sync::Arc;

pub mod auth;
pub mod clock;
pub mod enterprise;
pub mod feed;
pub mod http;
pub mod id;
pub mod jose;
pub mod limits;
pub mod log;
pub mod problem;
pub mod rng;
pub mod store;
pub mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;
pub mod wake;

/// What a component receives when it starts. Clones share everything.
#[derive(Clone, Debug)]
pub struct Context {
    /// The component's own data.
    pub store: store::Store,
    /// The present moment.
    pub clock: clock::Clock,
    /// Random bits.
    pub rng: rng::Rng,
    /// The access log.
    pub log: log::AccessLog,
    /// Verifies bearer tokens.
    pub auth: auth::Auth,
    /// Hints to other parts of the process.
    pub wake: wake::Wake,
    /// Where the public reaches this process: `http://localhost:8080`, without a slash at the end.
    pub base_url: Arc<str>,
    /// Whether synthetic people may sign in by the test eID and be suggested on pages; never in production.
    pub test_mode: bool,
}

impl Context {
    /// Whether the public reaches this process by TLS, so that cookies can demand it.
    pub fn secure(&self) -> bool {
        self.base_url.starts_with("https://")
    }
}
