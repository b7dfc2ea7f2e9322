//! ID-porten: sign-in for people, as an OpenID Connect provider, with a test eID where the nation is synthetic. And
//! Ansattporten, the same for people on behalf of a business, at its own address with its own keys ([`Portal`]).
//!
//! A sign-in is followed in this order: `api/authorize.rs` checks what the client asks for ([`model`]) and looks whether
//! a session is enough; if not, `api/login.rs` offers the eIDs ([`eid`]), of which each ends by starting or lifting the
//! session; `api/issue.rs` gives the code, `api/token.rs` exchanges it. `store.rs` keeps hashes of whatever is secret.
//!
//! What a client did wrong goes back to the client, but for a wrong client or address: the person sees that, and nobody
//! is sent anywhere.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::DefaultBodyLimit;
use clients::enhetsregister::Enhetsregister;
use clients::folkeregister::Folkeregister;
use clients::postkasse::Postkasse;
use jiff::Timestamp;
use kernel::Context;
use kernel::id::Pid;
use kernel::jose::dpop::Nonces;
use kernel::jose::{JoseError, KeyEncryptionKey, Keyring, Lifecycle};
use kernel::limits::{Limiter, Limits};
use kernel::store::{Store, StoreError};
use model::profile::SIGNING;
use tokio::sync::watch;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

mod admin;
mod api;
mod cookies;
mod eid;
mod model;
mod pages;
mod portal;
mod registration;
mod store;
mod waiting;

pub use admin::{Registrar, RegistrationError};
pub use eid::lommebok::{SCHEME as WALLET_SCHEME, Wallet};
pub use eid::upstream::{Upstream, UpstreamAuth};
pub use model::client::{
    ApplicationType, AuthMethod, CodeChallengeMethod, NewClient, NewScope, OnBehalfOf, RefreshTokenUsage,
    SubjectType, Visibility,
};
pub use model::profile::SecurityProfile;
pub use model::rights::ServiceRule;
pub use portal::Portal;
pub use store::delegations::{Delegation, Names};

/// The name of the component and of its store.
pub const NAME: &str = clients::idporten::NAME;
/// The name of Ansattporten and of its store, which has the same tables.
pub const ANSATTPORTEN: &str = clients::ansattporten::NAME;
/// The tables of clients, keys, sessions and what was given.
pub const MIGRATIONS: &[&str] = &[
    kernel::jose::MIGRATION,
    include_str!("../migrations/0001_init.sql"),
    include_str!("../migrations/0002_authorizations.sql"),
    include_str!("../migrations/0003_minid.sql"),
    include_str!("../migrations/0004_passkey.sql"),
    include_str!("../migrations/0008_dpop.sql"),
    include_str!("../migrations/0010_on_behalf_of.sql"),
    include_str!("../migrations/0020_forvaltning.sql"),
    include_str!("../migrations/0021_sessions.sql"),
    include_str!("../migrations/0022_lommebok.sql"),
    include_str!("../migrations/0030_delegation.sql"),
    include_str!("../migrations/0031_minid_letter.sql"),
];

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
    /// The eIDs of other providers.
    pub upstreams: Vec<Upstream>,
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
    /// An upstream eID is not configured as it should be.
    #[error("{0}")]
    Upstream(String),
    /// Signing in with a wallet is not configured as it should be.
    #[error("the wallet: {0}")]
    Wallet(String),
}

/// The provider. Clones share it.
#[derive(Clone)]
pub struct Component {
    ctx: Context,
    portal: Portal,
    issuer: Arc<str>,
    keyring: Keyring,
    pairwise: Arc<model::tokens::Pairwise>,
    nonces: Arc<Nonces>,
    people: Folkeregister,
    businesses: Option<Enhetsregister>,
    post: Option<Postkasse>,
    suggestions: Arc<[Suggestion]>,
    eids: Arc<[eid::Eid]>,
    minid: Arc<eid::minid::Minid>,
    upstreams: Arc<eid::upstream::Upstreams>,
    wallet_seal: Arc<KeyEncryptionKey>,
    wallets: Option<Arc<eid::lommebok::Wallets>>,
    limiter: Limiter,
    room_secret: Arc<[u8]>,
    room: Option<Arc<waiting::Room>>,
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
        Self::of(Portal::Idporten, ctx, people, config).await
    }

    /// The same as Ansattporten. Its context has a store of its own; `businesses` is asked in which businesses who signs
    /// in has roles.
    pub async fn ansattporten(
        ctx: Context,
        people: Folkeregister,
        businesses: Enhetsregister,
        config: Config,
    ) -> Result<Self, StartError> {
        let component = Self::of(Portal::Ansattporten, ctx, people, config).await?;
        Ok(Self { businesses: Some(businesses), ..component })
    }

    async fn of(
        portal: Portal,
        ctx: Context,
        people: Folkeregister,
        config: Config,
    ) -> Result<Self, StartError> {
        let now = ctx.clock.now();
        let pairwise = Arc::new(model::tokens::Pairwise::new(&secret(&ctx, &config.master, SUB).await?));
        let nonces = Arc::new(Nonces::new(&secret(&ctx, &config.master, api::dpop::SECRET).await?));
        let room_secret = secret(&ctx, &config.master, waiting::SECRET).await?.into();
        let wallet_seal = secret(&ctx, &config.master, eid::lommebok::SECRET).await?;
        let wallet_seal = wallet_seal.try_into().map_err(|_| JoseError::Key("it has not 32 bytes"))?;
        let wallet_seal = Arc::new(KeyEncryptionKey::from_bytes(&wallet_seal)?);
        let upstreams = eid::upstream::Upstreams::open(&ctx, &config.master, config.upstreams).await?;
        let upstreams = Arc::new(upstreams);
        let minid = Arc::new(eid::minid::Minid::open(&ctx, &config.master).await?);
        let keyring = signing_keys(ctx.store.clone(), config.master, now).await?;
        let issuer = Arc::from(format!("{}/{}", ctx.base_url, portal.name()));
        let eids = eid::offered(portal, &ctx, &upstreams, None).into();
        let suggestions = config.suggestions.into();
        let limiter = Limiter::new(&Limits::default(), ctx.clock.clone());
        let component = Self {
            ctx,
            portal,
            issuer,
            keyring,
            pairwise,
            nonces,
            people,
            businesses: None,
            post: None,
            suggestions,
            eids,
            minid,
            upstreams,
            wallet_seal,
            wallets: None,
            limiter,
            room_secret,
            room: None,
        };
        component.registrar().put_scopes(admin::own_scopes(portal)).await?;
        if portal == Portal::Idporten {
            api::minside::register(&component).await?;
        }
        Ok(component)
    }

    /// With other limits than the usual ones; before [`Self::router`].
    pub fn limited(self, limits: &Limits) -> Self {
        Self { limiter: Limiter::new(limits, self.ctx.clock.clone()), ..self }
    }

    /// With somebody who prints MinID's letters; before [`Self::router`].
    pub fn post(self, post: Postkasse) -> Self {
        Self { post: Some(post), ..self }
    }

    /// With a waiting room before new sign-ins beyond this rate, on this node; before [`Self::router`].
    pub fn waiting_room(self, sign_ins_per_second: Option<NonZeroU32>) -> Self {
        let room = |rate| Arc::new(waiting::Room::new(&self.room_secret, rate));
        Self { room: sign_ins_per_second.map(room), ..self }
    }

    /// With sign-in by a European wallet; before [`Self::router`].
    pub fn wallet(self, wallet: Option<Wallet>) -> Result<Self, StartError> {
        let seal = self.wallet_seal.clone();
        let open = |wallet| eid::lommebok::Wallets::open(&self.ctx, seal, wallet).map(Arc::new);
        let wallets = wallet.map(open).transpose()?;
        let eids = eid::offered(self.portal, &self.ctx, &self.upstreams, wallets.as_deref()).into();
        Ok(Self { eids, wallets, ..self })
    }

    /// The issuer as it stands in `iss`, without a slash at the end.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The path of a page or endpoint of this door: `/idporten` and what follows.
    fn at(&self, path: &str) -> String {
        format!("/{}{path}", self.portal.name())
    }

    /// Administers this component's clients and scopes.
    pub fn registrar(&self) -> Registrar {
        let ctx = &self.ctx;
        Registrar::new(ctx.store.clone(), ctx.clock.clone(), ctx.test_mode).of(self.portal)
    }

    /// Every route. Handlers name their path below `/idporten` or `/ansattporten`.
    pub fn router(&self) -> OpenApiRouter {
        let mut routes = OpenApiRouter::new()
            .routes(routes!(api::discovery::metadata))
            .routes(routes!(api::jwks::jwks))
            .routes(routes!(api::authorize::authorize, api::authorize::authorize_form))
            .routes(routes!(api::par::par))
            .routes(routes!(api::login::page, api::login::sign_in))
            .routes(routes!(api::login::consent))
            .routes(routes!(api::waiting_room::page))
            .routes(routes!(api::choose::page, api::choose::choose))
            .routes(routes!(api::respond::form_post_script))
            .routes(routes!(api::token::token))
            .routes(routes!(api::introspect::introspect))
            .routes(routes!(api::introspect::introspect_old))
            .routes(routes!(api::introspect::introspect_older))
            .routes(routes!(api::revoke::revoke))
            .routes(routes!(api::revoke::revoke_old))
            .routes(routes!(api::logout::logout, api::logout::logout_form))
            .routes(routes!(api::logout::logout_old, api::logout::logout_old_form))
            .merge(eid::router(self.portal))
            .routes(routes!(api::authorizations::of_clients, api::authorizations::of_clients_for))
            .routes(routes!(api::authorizations::of_apis, api::authorizations::of_apis_for))
            .routes(routes!(api::authorizations::withdraw))
            .routes(routes!(api::authorizations::revokelist))
            .routes(routes!(api::sign_in_log::sign_ins))
            .merge(api::forvaltning::router(self));
        if self.portal == Portal::Idporten {
            routes = routes.merge(api::minside::router());
        }
        if self.portal == Portal::Ansattporten {
            routes = routes.merge(api::delegations::router(self));
        }
        if self.portal.has_userinfo() {
            routes = routes.routes(routes!(api::userinfo::userinfo, api::userinfo::userinfo_post));
        }
        let well_known = self.at("").replacen('/', "/.well-known/oauth-authorization-server/", 1);
        let mut router = OpenApiRouter::new()
            .nest(&self.at(""), routes)
            .nest(&well_known, OpenApiRouter::new().routes(routes!(api::discovery::metadata_rfc8414)))
            .layer(DefaultBodyLimit::max(MAX_BODY))
            .layer(axum::middleware::from_fn_with_state(self.clone(), api::edge::edge))
            .with_state(self.clone());
        self.tag(router.get_openapi_mut());
        router
    }

    /// Tags every operation of the document with the door that it belongs to.
    fn tag(&self, document: &mut utoipa::openapi::OpenApi) {
        for path in document.paths.paths.values_mut() {
            for operation in
                [&mut path.get, &mut path.post, &mut path.put, &mut path.delete].into_iter().flatten()
            {
                operation.tags = Some(vec![self.portal.name().to_owned()]);
            }
        }
    }

    /// Rotates the signing keys and forgets what has ended, until told to stop.
    pub async fn run(self, mut shutdown: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                _ = shutdown.wait_for(|stop| *stop) => return,
                () = tokio::time::sleep(HOUSEKEEPING) => {}
            }
            if let Err(error) = self.look_after().await {
                tracing::error!(%error, portal = self.portal.name(), "housekeeping failed");
            }
        }
    }

    /// The way out when a private key may be known to others: new keys sign from now on, nothing that the old ones signed
    /// verifies any more, and all that was given is revoked. People stay signed in, and come back to their services by
    /// that. Other nodes follow within a minute ([`Self::run`]).
    pub async fn replace_keys(&self) -> Result<(), StartError> {
        replace_keys(&self.ctx.store, &self.keyring, self.ctx.clock.now()).await
    }

    /// One round of [`Self::run`]'s work.
    pub async fn look_after(&self) -> Result<(), StartError> {
        let now = self.ctx.clock.now();
        self.keyring.rotate_due(now).await?;
        let forgotten: Result<(), StoreError> = self
            .ctx
            .store
            .write(move |tx| {
                Box::pin(async move {
                    eid::minid::forget(tx, now.as_second()).await?;
                    store::forget(tx, now.as_second()).await
                })
            })
            .await;
        Ok(forgotten?)
    }
}

/// The signing keys in a store of this component: in the server, or beside it (the command line).
pub async fn signing_keys(
    store: Store,
    master: KeyEncryptionKey,
    now: Timestamp,
) -> Result<Keyring, StartError> {
    let lifecycle = Lifecycle::new(model::LONGEST_ACCESS_TOKEN);
    Ok(Keyring::open(store, master, &SIGNING, lifecycle, now).await?)
}

/// As [`Component::replace_keys`], beside a running installation.
pub async fn replace_keys(store: &Store, keyring: &Keyring, now: Timestamp) -> Result<(), StartError> {
    keyring.replace_all(now).await?;
    let revoked: Result<(), StoreError> =
        store.write(|tx| Box::pin(async move { store::revoke_all(tx).await })).await;
    Ok(revoked?)
}

/// A secret of the installation: made by the first node that asks, and the same on all of them ever after.
async fn secret(ctx: &Context, master: &KeyEncryptionKey, name: &'static str) -> Result<Vec<u8>, StartError> {
    let sealed = master.seal(name, &ctx.rng.bytes::<32>())?;
    let keep: Result<Vec<u8>, StoreError> =
        ctx.store.write(move |tx| Box::pin(async move { store::keep_secret(tx, name, sealed).await })).await;
    Ok(master.open(name, &keep?)?)
}

/// The name of the secret behind `sub`.
const SUB: &str = "idporten sub";
