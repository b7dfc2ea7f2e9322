//! ID-porten: sign-in for people, as an OpenID Connect provider, with a test eID where the nation is synthetic.
//!
//! A sign-in is followed in this order: `api/authorize.rs` checks what the client asks for ([`model`]) and looks whether
//! a session is enough; if not, `api/login.rs` shows the test eID (`pages.rs` has its HTML) and starts or lifts the
//! session; `api/issue.rs` gives the code, `api/token.rs` exchanges it. `store.rs` keeps hashes of whatever is secret.
//!
//! What a client did wrong goes back to the client, but for a wrong client or address: the person sees that, and nobody
//! is sent anywhere.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::DefaultBodyLimit;
use clients::folkeregister::Folkeregister;
use kernel::Context;
use kernel::id::Pid;
use kernel::jose::{Alg, JoseError, KeyEncryptionKey, Keyring, Lifecycle};
use kernel::store::StoreError;
use tokio::sync::watch;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

mod admin;
mod api;
mod cookies;
mod model;
mod pages;
mod store;

pub use admin::{Registrar, RegistrationError};
pub use model::client::{ApplicationType, AuthMethod, NewClient, NewScope, OnBehalfOf, RefreshTokenUsage};

/// The name of the component and of its store.
pub const NAME: &str = clients::idporten::NAME;
/// The tables of clients, keys, sessions and what was given.
pub const MIGRATIONS: &[&str] = &[kernel::jose::MIGRATION, include_str!("../migrations/0001_init.sql")];

/// How often keys are looked after and what has ended is forgotten.
const HOUSEKEEPING: Duration = Duration::from_mins(1);
/// Largest form; bytes.
const MAX_BODY: usize = 64 << 10;

/// A person whom the test eID suggests.
#[derive(Debug, Clone)]
pub struct Suggestion {
    /// Their number.
    pub personidentifikator: Pid,
    /// Their name.
    pub navn: String,
    /// Who they are, in a few words: `gravid, tvillinger`.
    pub hvem: String,
}

/// How the component is set up.
#[derive(Debug)]
pub struct Config {
    /// Seals the private keys, and the secret behind `sub`, in the store.
    pub master: KeyEncryptionKey,
    /// Whom the test eID suggests.
    pub suggestions: Vec<Suggestion>,
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

/// The provider. Clones share it.
#[derive(Clone)]
pub struct Component {
    ctx: Context,
    issuer: Arc<str>,
    keyring: Keyring,
    pairwise: Arc<model::tokens::Pairwise>,
    people: Folkeregister,
    suggestions: Arc<[Suggestion]>,
}

impl std::fmt::Debug for Component {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Component({})", self.issuer)
    }
}

impl Component {
    /// The component over its context: opens the signing keys and makes sure of its own scopes. `people` is asked
    /// whether who signs in is alive and grown up.
    pub async fn new(ctx: Context, people: Folkeregister, config: Config) -> Result<Self, StartError> {
        let now = ctx.clock.now();
        let sealed = config.master.seal(SUB, &ctx.rng.bytes::<32>())?;
        let keep: Result<Vec<u8>, StoreError> = ctx
            .store
            .write(move |tx| Box::pin(async move { store::keep_secret(tx, SUB, sealed).await }))
            .await;
        let pairwise = Arc::new(model::tokens::Pairwise::new(&config.master.open(SUB, &keep?)?));
        let lifecycle = Lifecycle::new(model::LONGEST_ACCESS_TOKEN);
        let keyring = Keyring::open(ctx.store.clone(), config.master, &[Alg::RS256], lifecycle, now).await?;
        let issuer = Arc::from(format!("{}/idporten", ctx.base_url));
        let component =
            Self { ctx, issuer, keyring, pairwise, people, suggestions: config.suggestions.into() };
        component.registrar().put_scopes(admin::own_scopes()).await?;
        Ok(component)
    }

    /// The issuer as it stands in `iss`, without a slash at the end.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Administers this component's clients and scopes.
    pub fn registrar(&self) -> Registrar {
        let ctx = &self.ctx;
        Registrar::new(ctx.store.clone(), ctx.clock.clone(), ctx.test_mode)
    }

    /// Every route, with its full path.
    pub fn router(&self) -> OpenApiRouter {
        OpenApiRouter::new()
            .routes(routes!(api::discovery::metadata))
            .routes(routes!(api::discovery::metadata_rfc8414))
            .routes(routes!(api::jwks::jwks))
            .routes(routes!(api::authorize::authorize, api::authorize::authorize_form))
            .routes(routes!(api::par::par))
            .routes(routes!(api::login::page, api::login::sign_in))
            .routes(routes!(api::login::consent))
            .routes(routes!(api::respond::form_post_script))
            .routes(routes!(api::token::token))
            .routes(routes!(api::userinfo::userinfo, api::userinfo::userinfo_post))
            .routes(routes!(api::introspect::introspect))
            .routes(routes!(api::introspect::introspect_old))
            .routes(routes!(api::revoke::revoke))
            .routes(routes!(api::revoke::revoke_old))
            .routes(routes!(api::logout::logout, api::logout::logout_form))
            .routes(routes!(api::logout::logout_old, api::logout::logout_old_form))
            .layer(DefaultBodyLimit::max(MAX_BODY))
            .with_state(self.clone())
    }

    /// Rotates the signing keys and forgets what has ended, until told to stop.
    pub async fn run(self, mut shutdown: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                _ = shutdown.wait_for(|stop| *stop) => return,
                () = tokio::time::sleep(HOUSEKEEPING) => {}
            }
            if let Err(error) = self.look_after().await {
                tracing::error!(%error, "idporten's housekeeping failed");
            }
        }
    }

    /// One round of [`Self::run`]'s work.
    pub async fn look_after(&self) -> Result<(), StartError> {
        let now = self.ctx.clock.now();
        self.keyring.rotate_due(now).await?;
        let forgotten: Result<(), StoreError> = self
            .ctx
            .store
            .write(move |tx| Box::pin(async move { store::forget(tx, now.as_second()).await }))
            .await;
        Ok(forgotten?)
    }
}

/// The name of the secret behind `sub`.
const SUB: &str = "idporten sub";
