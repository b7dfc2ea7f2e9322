//! Maskinporten: access tokens for organisations' systems, in exchange for assertions that they sign (RFC 7523).
//!
//! A grant is followed in three files: `api/token.rs` takes the form, [`model`] decides whether the assertion is one
//! that gives a token, `store.rs` keeps that it has been used and what was issued. A token is signed only after both
//! are durable. What is known of a client is remembered parsed (`registry.rs`) and checked against its revision inside
//! the transaction, so that a client that is deactivated on one node gets no token on another.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use clients::maskinporten::TEST_CRL_PATH;
use jiff::Timestamp;
use kernel::Context;
use kernel::enterprise::{Trust, TrustError, TrustFiles};
use kernel::jose::{Alg, JoseError, KeyEncryptionKey, Keyring, Lifecycle};
use kernel::limits::{Limiter, Limits};
use kernel::store::{Store, StoreError};
use tokio::sync::watch;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::refused::Refused;

mod admin;
mod api;
mod ca;
pub mod model;
mod registration;
mod registry;
mod store;

pub use admin::{NewClient, NewScope, Registrar, RegistrationError};
pub use ca::{CaError, Seid, Subject, TEST_CERTIFICATE_DAYS, TestCa};

/// The name of the component and of its store.
pub const NAME: &str = clients::maskinporten::NAME;
/// The tables of clients, scopes, keys and what was issued.
pub const MIGRATIONS: &[&str] = &[
    kernel::jose::MIGRATION,
    include_str!("../migrations/0001_init.sql"),
    include_str!("../migrations/0002_selvbetjening.sql"),
];

/// How often keys are looked after and used assertions forgotten.
const HOUSEKEEPING: Duration = Duration::from_secs(30);
/// Used assertions forgotten in one transaction, so that grants never wait long for it.
const FORGOTTEN_AT_ONCE: i64 = 2000;

/// How the component is set up.
#[derive(Debug)]
pub struct Config {
    /// Seals the private keys in the store.
    pub master: KeyEncryptionKey,
    /// What tokens are signed with; the real Maskinporten knows [`Alg::RS256`] alone.
    pub signing: Alg,
    /// The scopes that exist from the start; those that the store knows already are brought up to date.
    pub scopes: Vec<NewScope>,
    /// The authorities whose enterprise certificates are believed, besides the installation's own in test.
    pub trust: TrustFiles,
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
    /// The certificates of the trusted authorities cannot be read.
    #[error("enterprise certificates: {0}")]
    Trust(#[from] TrustError),
    /// The test authority cannot be opened or made.
    #[error(transparent)]
    Ca(#[from] CaError),
}

/// The token service. Clones share it.
#[derive(Clone, Debug)]
pub struct Component {
    ctx: Context,
    issuer: Arc<str>,
    signing: Alg,
    keyring: Keyring,
    registry: registry::Registry,
    trust_files: Arc<TrustFiles>,
    trust: Arc<RwLock<Arc<Trust>>>,
    /// In test alone.
    test_ca: Option<Arc<TestCa>>,
    limiter: Limiter,
}

impl Component {
    /// The component over its context: opens the signing keys and brings the catalogue of scopes up to date.
    pub async fn new(ctx: Context, config: Config) -> Result<Self, StartError> {
        let trust = Arc::new(RwLock::new(Arc::new(Trust::read(&config.trust)?)));
        let test_ca =
            if ctx.test_mode { Some(Arc::new(open_test_ca(&ctx, &config.master).await?)) } else { None };
        let keyring = signing_keys(ctx.store.clone(), config.master, config.signing, ctx.clock.now()).await?;
        Registrar::new(ctx.store.clone(), ctx.clock.clone()).put_scopes(config.scopes).await?;
        let issuer = Arc::from(format!("{}/maskinporten/", ctx.base_url));
        let registry = registry::Registry::new(ctx.store.clone()).await?;
        let trust_files = Arc::new(config.trust);
        let limiter = Limiter::new(&Limits::default(), ctx.clock.clone());
        let signing = config.signing;
        Ok(Self { ctx, issuer, signing, keyring, registry, trust_files, trust, test_ca, limiter })
    }

    /// With other limits than the usual ones; before [`Self::router`].
    pub fn limited(self, limits: &Limits) -> Self {
        Self { limiter: Limiter::new(limits, self.ctx.clock.clone()), ..self }
    }

    /// The issuer as it stands in `iss`, with its slash.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Administers this component's clients and scopes.
    pub fn registrar(&self) -> Registrar {
        Registrar::new(self.ctx.store.clone(), self.ctx.clock.clone())
    }

    /// The authorities that are configured.
    fn trust(&self) -> Arc<Trust> {
        self.trust.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What to believe of the test authority now, where there is one.
    async fn test_trust(&self) -> Result<Option<Trust>, Refused> {
        let Some(ca) = &self.test_ca else { return Ok(None) };
        let trust = ca.trust(&self.ctx.store, self.ctx.clock.now()).await.map_err(|error| {
            tracing::error!(%error, "the test authority does not work");
            Refused::server()
        })?;
        Ok(Some(trust))
    }

    /// Every route, with its full path.
    pub fn router(&self) -> OpenApiRouter {
        OpenApiRouter::new()
            .merge(api::forvaltning::router(self))
            .routes(routes!(api::testsertifikat::authorities))
            .routes(routes!(api::testsertifikat::crl))
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

    /// The way out when a private key may be known to others: new keys sign from now on, and nothing that the old ones
    /// signed verifies any more. Other nodes follow within half a minute ([`Self::run`]).
    pub async fn replace_keys(&self) -> Result<(), StartError> {
        Ok(self.keyring.replace_all(self.ctx.clock.now()).await?)
    }

    /// One round of [`Self::run`]'s work.
    pub async fn look_after(&self) -> Result<(), StartError> {
        let now = self.ctx.clock.now();
        self.keyring.rotate_due(now).await?;
        if !self.trust_files.crls.is_empty() {
            match Trust::read(&self.trust_files) {
                Ok(trust) => *self.trust.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(trust),
                // The lists of before end by themselves when they are too old.
                Err(error) => {
                    tracing::error!(%error, "the lists of revoked certificates were not read again");
                }
            }
        }
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

/// The signing keys in a store of this component: in the server, or beside it (the command line).
pub async fn signing_keys(
    store: Store,
    master: KeyEncryptionKey,
    signing: Alg,
    now: Timestamp,
) -> Result<Keyring, StartError> {
    Ok(Keyring::open(store, master, &[signing], Lifecycle::new(model::LONGEST_LIFETIME), now).await?)
}

/// Opens the test authority of an installation's store, or makes it: in the server, or beside it (the command line).
pub async fn open_test_ca(ctx: &Context, master: &KeyEncryptionKey) -> Result<TestCa, CaError> {
    let url = format!("{}{TEST_CRL_PATH}", ctx.base_url);
    TestCa::open(&ctx.store, master, &ctx.rng, ctx.clock.now(), url).await
}
