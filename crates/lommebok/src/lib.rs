//! What a person puts into their European identity wallet: person identification data (PID) from Folkeregisteret.
//!
//! The credential is `urn:eudi:pid:1` as an SD-JWT VC (`dc+sd-jwt`), bound to a key of the wallet; it is issued by OpenID for
//! Verifiable Credential Issuance 1.0 with a pre-authorized code. The story of one:
//!
//! 1. The person signs in at ID-porten at level high, to which the component is an ordinary relying party ([`pages`]), and is
//!    shown an offer, as a link and as a QR code, and a transaction code besides.
//! 2. The wallet reads the metadata ([`api::metadata`]), exchanges code and transaction code for an access token
//!    ([`api::token`]), bound to a key where the wallet shows one (DPoP), gets a nonce ([`api::nonce`]), and asks for the
//!    credential with proofs of the keys that it is to be bound to ([`api::credential`]).
//! 3. The person is looked up in Folkeregisteret, what is given out stands in the access log, and the credential is signed.
//!
//! A credential lives [`model::pid::LIFE`] and then a new one is fetched; there is no list of those revoked (Token Status List).

use std::sync::Arc;
use std::time::Duration;

use axum::extract::DefaultBodyLimit;
use clients::Mesh;
use clients::folkeregister::Folkeregister;
use clients::idporten::{ClientAuth, RelyingParty};
use kernel::Context;
use kernel::jose::{Alg, JoseError, KeyEncryptionKey, Keyring, Lifecycle};
use kernel::store::StoreError;
use model::nonce::Nonces;
use tokio::sync::watch;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub mod api;
pub mod model;
pub mod pages;
mod store;

/// The name of the component and of its store.
pub const NAME: &str = "lommebok";
/// The tables.
pub const MIGRATIONS: &[&str] = &[kernel::jose::MIGRATION, include_str!("../migrations/0001_init.sql")];
/// Where ID-porten sends the browser back: `redirect_uris` of the registration is the base URL and this path.
pub const REDIRECT_PATH: &str = "/lommebok/logg-inn/svar";

/// How often keys are looked after and what has expired is forgotten.
const HOUSEKEEPING: Duration = Duration::from_mins(1);

/// What the component is made with.
#[derive(Debug)]
pub struct Config {
    /// Seals the private keys that sign credentials.
    pub master: KeyEncryptionKey,
    /// The installation's secret that nonces are made with.
    pub secret: [u8; 32],
    /// The component's registration at ID-porten.
    pub auth: ClientAuth,
}

/// The issuer. Clones share it.
#[derive(Clone)]
pub struct Component {
    ctx: Context,
    keyring: Keyring,
    nonces: Arc<Nonces>,
    people: Folkeregister,
    relying: RelyingParty,
    /// The issuer as it stands in `iss`.
    issuer: Arc<str>,
}

impl Component {
    /// The component over its context: opens the keys that sign credentials. `mesh` is the way to ID-porten.
    pub async fn new(
        ctx: Context,
        mesh: Mesh,
        people: Folkeregister,
        config: Config,
    ) -> Result<Self, JoseError> {
        let lifecycle = Lifecycle::new(model::pid::LIFE);
        let now = ctx.clock.now();
        let keyring = Keyring::open(ctx.store.clone(), config.master, &[Alg::ES256], lifecycle, now).await?;
        let redirect = format!("{}{REDIRECT_PATH}", ctx.base_url);
        let (clock, rng) = (ctx.clock.clone(), ctx.rng.clone());
        let relying = RelyingParty::new(mesh, &ctx.base_url, config.auth, &redirect, clock, rng);
        let issuer = Arc::from(format!("{}/{NAME}", ctx.base_url));
        let nonces = Arc::new(Nonces::new(&config.secret));
        Ok(Self { ctx, keyring, nonces, people, relying, issuer })
    }

    /// Every route, with its full path.
    pub fn router(&self) -> OpenApiRouter {
        OpenApiRouter::new()
            .routes(routes!(api::metadata::issuer))
            .routes(routes!(api::metadata::authorization_server))
            .routes(routes!(api::metadata::jwt_vc_issuer))
            .routes(routes!(api::metadata::jwks))
            .routes(routes!(api::token::token))
            .routes(routes!(api::nonce::nonce))
            .routes(routes!(api::credential::credential))
            .merge(pages::router())
            .layer(DefaultBodyLimit::max(api::MAX_BODY))
            .with_state(self.clone())
    }

    fn now(&self) -> i64 {
        self.ctx.clock.now().as_second()
    }

    /// The address of one of the component's endpoints.
    fn endpoint(&self, name: &str) -> String {
        format!("{}/{name}", self.issuer)
    }

    /// Rotates the keys and forgets what has expired, until told to stop.
    pub async fn run(self, mut shutdown: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                _ = shutdown.wait_for(|stop| *stop) => return,
                () = tokio::time::sleep(HOUSEKEEPING) => {}
            }
            if let Err(error) = self.look_after().await {
                tracing::error!(%error, "the wallet issuer's housekeeping failed");
            }
        }
    }

    /// One round of [`Self::run`]'s work.
    pub async fn look_after(&self) -> Result<(), JoseError> {
        self.keyring.rotate_due(self.ctx.clock.now()).await?;
        let now = self.now();
        let forgotten: Result<(), StoreError> =
            self.ctx.store.write(move |tx| Box::pin(async move { store::forget(tx, now).await })).await;
        Ok(forgotten?)
    }
}

impl std::fmt::Debug for Component {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Component({})", self.issuer)
    }
}
