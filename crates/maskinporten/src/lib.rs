//! Maskinporten: access tokens for organisations' systems, in exchange for assertions that they sign (RFC 7523).
//!
//! A grant is followed in three files: `api/token.rs` takes the form, [`model`] decides whether the assertion is one
//! that gives a token, `store.rs` keeps that it has been used and what was issued. A token is signed only after both
//! are durable. What is known of a client is remembered parsed (`registry.rs`) and checked against its revision inside
//! the transaction, so that a client that is deactivated on one node gets no token on another.

use std::sync::Arc;
use std::time::Duration;

use kernel::Context;
use kernel::jose::{Alg, JoseError, KeyEncryptionKey, Keyring, Lifecycle};
use kernel::store::StoreError;
use tokio::sync::watch;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

mod admin;
mod api;
pub mod model;
mod registry;
mod store;

pub use admin::{NewClient, NewScope, Registrar, RegistrationError};

/// The name of the component and of its store.
pub const NAME: &str = clients::maskinporten::NAME;
/// The tables of clients, scopes, keys and what was issued.
pub const MIGRATIONS: &[&str] = &[kernel::jose::MIGRATION, include_str!("../migrations/0001_init.sql")];

/// How often keys are looked after and used assertions forgotten.
const HOUSEKEEPING: Duration = Duration::from_secs(30);
/// Used assertions forgotten in one transaction, so that grants never wait long for it.
const FORGOTTEN_AT_ONCE: i64 = 2000;

/// How the component is set up.
#[derive(Debug)]
pub struct Config {
    /// Seals the private keys in the store.
    pub master: KeyEncryptionKey,
    /// The scopes that exist from the start; those that the store knows already are brought up to date.
    pub scopes: Vec<NewScope>,
}

/// Why the component does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The keys cannot be opened or made.
    #[error(transparent)]
    Keys(#[from] JoseError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The token service. Clones share it.
#[derive(Clone, Debug)]
pub struct Component {
    ctx: Context,
    issuer: Arc<str>,
    keyring: Keyring,
    registry: registry::Registry,
}

impl Component {
    /// The component over its context: opens the signing keys and brings the catalogue of scopes up to date.
    pub async fn new(ctx: Context, config: Config) -> Result<Self, StartError> {
        let lifecycle = Lifecycle::new(model::LONGEST_LIFETIME);
        let keyring =
            Keyring::open(ctx.store.clone(), config.master, &[Alg::RS256], lifecycle, ctx.clock.now())
                .await?;
        Registrar::new(ctx.store.clone(), ctx.clock.clone()).put_scopes(config.scopes).await?;
        let issuer = Arc::from(format!("{}/maskinporten/", ctx.base_url));
        let registry = registry::Registry::new(ctx.store.clone()).await?;
        Ok(Self { ctx, issuer, keyring, registry })
    }

    /// The issuer as it stands in `iss`, with its slash.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Administers this component's clients and scopes.
    pub fn registrar(&self) -> Registrar {
        Registrar::new(self.ctx.store.clone(), self.ctx.clock.clone())
    }

    /// Every route, with its full path.
    pub fn router(&self) -> OpenApiRouter {
        OpenApiRouter::new()
            .routes(routes!(api::token::token))
            .routes(routes!(api::token::token_slash))
            .routes(routes!(api::jwks::jwk))
            .routes(routes!(api::discovery::metadata))
            .routes(routes!(api::discovery::metadata_rfc8414))
            .routes(routes!(api::discovery::metadata_rfc8414_slash))
            .layer(axum::extract::DefaultBodyLimit::max(api::token::MAX_BODY))
            .with_state(self.clone())
    }

    /// Rotates the signing keys and forgets assertions that can no longer be used, until told to stop.
    pub async fn run(self, mut shutdown: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                _ = shutdown.wait_for(|stop| *stop) => return,
                () = tokio::time::sleep(HOUSEKEEPING) => {}
            }
            if let Err(error) = self.look_after().await {
                tracing::error!(%error, "maskinporten's housekeeping failed");
            }
        }
    }

    /// One round of [`Self::run`]'s work.
    pub async fn look_after(&self) -> Result<(), StartError> {
        let now = self.ctx.clock.now();
        self.keyring.rotate_due(now).await?;
        let before = now.as_second() - model::SKEW;
        loop {
            let forgotten: Result<u64, StoreError> = self
                .ctx
                .store
                .write(move |tx| Box::pin(async move { store::forget(tx, before, FORGOTTEN_AT_ONCE).await }))
                .await;
            if forgotten? < FORGOTTEN_AT_ONCE as u64 {
                return Ok(());
            }
        }
    }
}
