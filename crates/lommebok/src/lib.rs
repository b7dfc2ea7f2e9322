//! What a person puts into their European identity wallet: person identification data (PID) from Folkeregisteret.
//!
//! The credential is `urn:eudi:pid:1` as an SD-JWT VC (`dc+sd-jwt`), bound to a key of the wallet; it is issued by OpenID
//! for Verifiable Credential Issuance 1.0 with a pre-authorized code. The story of one:
//!
//! 1. The person signs in at ID-porten at level high, to which the component is an ordinary relying party ([`pages`]), and
//!    is shown an offer, as a link and as a QR code, and a transaction code besides.
//! 2. The wallet reads the metadata ([`api::metadata`]), exchanges code and transaction code for an access token
//!    ([`api::token`]), bound to a key where the wallet shows one (DPoP), gets a nonce ([`api::nonce`]), and asks for the
//!    credential with proofs of the keys that it is to be bound to ([`api::credential`]). A wallet that is a client of
//!    ID-porten can begin by itself: it sends the person there and comes with ID-porten's token of the scope
//!    `felles:personbevis` in place of the offer's (the authorization code flow).
//! 3. The person is looked up in Folkeregisteret, what is given out stands in the access log, and the credential is signed.
//!
//! A credential lives [`model::pid::LIFE`] and then a new one is fetched. Until then its holder can withdraw it on a page
//! ([`mine`]); that stands in a list that verifiers fetch ([`api::status`]).
//!
//! Credentials are signed with the key of a certificate where the issuer has one, which stands in their header (`x5c`),
//! otherwise with a key of the issuer's own; either is among the keys that it publishes.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::extract::DefaultBodyLimit;
use clients::Mesh;
use clients::folkeregister::Folkeregister;
use clients::idporten::{ClientAuth, RelyingParty};
use kernel::Context;
use kernel::jose::{Alg, Certified, JoseError, Jwk, KeyEncryptionKey, Keyring, Lifecycle, SigningKey};
use kernel::store::StoreError;
use model::nonce::Nonces;
use serde::Serialize;
use tokio::sync::watch;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub mod api;
pub mod mine;
pub mod model;
pub mod pages;
mod store;

/// The name of the component and of its store.
pub const NAME: &str = clients::lommebok::NAME;
/// The tables.
pub const MIGRATIONS: &[&str] = &[
    kernel::jose::MIGRATION,
    include_str!("../migrations/0001_init.sql"),
    include_str!("../migrations/0002_status.sql"),
];
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
    /// Signs credentials in place of the issuer's own keys. The key is of P-256.
    pub certified: Option<Certified>,
}

/// The issuer. Clones share it.
#[derive(Clone)]
pub struct Component {
    ctx: Context,
    keyring: Keyring,
    certified: Option<Arc<Certified>>,
    /// The keys with certificates that have signed credentials that may live.
    certified_keys: Arc<RwLock<Vec<Jwk>>>,
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
        if config.certified.as_ref().is_some_and(|certified| certified.key().alg() != Alg::ES256) {
            return Err(JoseError::Key("the certificate's is not of P-256"));
        }
        let certified = config.certified.map(Arc::new);
        let certified_keys = Arc::default();
        let component = Self { ctx, keyring, certified, certified_keys, nonces, people, relying, issuer };
        component.look_after_certified().await?;
        Ok(component)
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
            .routes(routes!(api::status::status))
            .merge(pages::router())
            .merge(mine::router())
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

    /// The key that signs, and the chain of its certificate where it has one.
    fn signer(&self) -> Result<(SigningKey, &[String]), JoseError> {
        match self.certified.as_deref() {
            Some(certified) => Ok((certified.key().clone(), certified.x5c())),
            None => Ok((self.keyring.signer(Alg::ES256)?, &[])),
        }
    }

    /// Signs what is no credential.
    fn sign(&self, typ: &str, claims: &impl Serialize) -> Result<String, JoseError> {
        match self.certified.as_deref() {
            Some(certified) => certified.sign_jwt(typ, claims),
            None => self.keyring.signer(Alg::ES256)?.sign_jwt(Some(typ), claims),
        }
    }

    /// Keeps the certificate's key among those published for as long as what it signs may live, and reads what others have
    /// signed with.
    async fn look_after_certified(&self) -> Result<(), JoseError> {
        let now = self.now();
        let jwk = self.certified.as_ref().map(|certified| certified.key().public_jwk());
        if let Some(jwk) = jwk {
            let text = serde_json::to_string(jwk).map_err(|error| JoseError::Claims(error.to_string()))?;
            let (kid, until) = (jwk.kid.clone().unwrap_or_default(), now + 2 * model::pid::LIFE);
            let kept: Result<(), StoreError> = self
                .ctx
                .store
                .write(move |tx| Box::pin(async move { store::keep_key(tx, &kid, &text, until).await }))
                .await;
            kept?;
        }
        let keys = store::certified_keys(&self.ctx.store, now).await?;
        *self.certified_keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        Ok(())
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
        self.look_after_certified().await?;
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
