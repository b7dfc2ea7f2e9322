//! A context for tests of components: a store of its own, a clock to set, tokens to mint.

#![expect(clippy::expect_used, reason = "runs in tests alone")]

use std::sync::Arc;

use serde_json::Value;
use tempfile::TempDir;

use crate::Context;
use crate::auth::Auth;
use crate::clock::Clock;
use crate::log::{self, AccessLog, NoteKey};
use crate::rng::Rng;
use crate::store::{Place, Store};
use crate::wake::Wake;

pub mod corpus;

/// When tests take place, unless they say otherwise.
pub const NOW: &str = "2026-11-23T09:00:00Z";

/// A context and what keeps it alive.
pub struct TestContext {
    /// The context.
    pub ctx: Context,
    /// Where the stores of the test lie, to open more of them.
    pub place: Place,
    /// Kept for as long as the test runs.
    pub directory: TempDir,
}

/// A context whose store has these tables: on SQLite in a temporary directory, or on the PostgreSQL that
/// `FELLES_TEST_POSTGRES` names, in a schema of its own.
pub async fn context(migrations: &[&str]) -> TestContext {
    context_named("test", migrations).await
}

/// As [`context`], for tests of several components: each names its own store.
pub async fn context_named(name: &str, migrations: &[&str]) -> TestContext {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let place = match std::env::var("FELLES_TEST_POSTGRES") {
        Ok(url) => Place::Database { url, prefix: format!("t{}_", Rng::system().uuid().simple()) },
        Err(_) => Place::Directory(directory.path().to_owned()),
    };
    let clock = Clock::fixed(NOW.parse().expect("a moment"));
    let rng = Rng::seeded(1);
    let store = Store::open(&place.of(name), migrations).await.expect("the store opens");
    let log_store = Store::open(&place.of(log::NAME), log::MIGRATIONS).await.expect("the log opens");
    let key = NoteKey::from_seed("test/tilgangslogg", &[7; 32]).expect("32 bytes make a key");
    let ctx = Context {
        store,
        log: AccessLog::start(log_store, clock.clone(), rng.clone(), key),
        auth: Auth::for_tests(clock.clone()),
        clock,
        rng,
        wake: Wake::default(),
        base_url: Arc::from("http://localhost:8080"),
        test_mode: true,
    };
    TestContext { ctx, place, directory }
}

impl TestContext {
    /// A context of another component of the same test: it shares everything but the store.
    pub async fn sibling(&self, name: &str, migrations: &[&str]) -> Context {
        let store = Store::open(&self.place.of(name), migrations).await.expect("the store opens");
        Context { store, ..self.ctx.clone() }
    }
}

/// A bearer token with these claims, which the context's [`Auth`] accepts. `iss` is `maskinporten` or `idporten`;
/// `iat`, `exp` and `jti` are filled in where they are missing.
pub fn token(ctx: &Context, claims: Value) -> String {
    ctx.auth.mint_for_tests(&ctx.clock, claims)
}
