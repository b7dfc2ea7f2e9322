//! Puts the components together in one process: stores, keys, the way between them, routes, background work.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use clients::enhetsregister::Enhetsregister;
use clients::folkeregister::Folkeregister;
use clients::kontaktregister::Kontaktregister;
use clients::maskinporten::Believed;
use clients::postkasse::{Postkasse, Sertifikater};
use clients::selvbetjening::Forvaltning;
use clients::{Mesh, TokenSource, orgs, request};
use futures::future::BoxFuture;
use kernel::Context;
use kernel::auth::{Auth, Issuer, KeySource};
use kernel::clock::Clock;
use kernel::jose::{Alg, Certified, KeyEncryptionKey};
use kernel::log::{AccessLog, NoteKey};
use kernel::rng::Rng;
use kernel::store::{Place, Store, warm};
use kernel::telemetry::Metrics;
use kernel::wake::Wake;
use tokio::sync::watch;
use utoipa::openapi::{Info, LicenseBuilder, OpenApi};
use utoipa_axum::router::OpenApiRouter;

use crate::certified;
use crate::commands::up::suggested;
use crate::config::Config;
use crate::internal::{self, Credentials, Internal};
use crate::secrets::Secrets;
use crate::web::{Surroundings, surround};

/// Every store with its tables.
pub const MIGRATIONS: &[(&str, &[&str])] = &[
    (kernel::log::NAME, kernel::log::MIGRATIONS),
    (maskinporten::NAME, maskinporten::MIGRATIONS),
    (idporten::NAME, idporten::MIGRATIONS),
    (idporten::ANSATTPORTEN, idporten::MIGRATIONS),
    (folkeregister::NAME, folkeregister::MIGRATIONS),
    (enhetsregister::NAME, enhetsregister::MIGRATIONS),
    (matrikkel::NAME, matrikkel::MIGRATIONS),
    (kontaktregister::NAME, kontaktregister::MIGRATIONS),
    (postkasse::NAME, postkasse::MIGRATIONS),
    (life_events::NAME, life_events::MIGRATIONS),
    (transparency::NAME, transparency::MIGRATIONS),
    (lommebok::NAME, lommebok::MIGRATIONS),
    (testpersoner::NAME, testpersoner::MIGRATIONS),
    (portal::NAME, portal::MIGRATIONS),
];

/// Where people sign in, and clients that they sign in to are kept.
const PEOPLE: &[&str] = &[idporten::NAME, idporten::ANSATTPORTEN];

/// Opens one store, its tables brought up to date.
pub async fn open_store(place: &Place, name: &str) -> anyhow::Result<Store> {
    let (_, migrations) = MIGRATIONS
        .iter()
        .find(|(known, _)| *known == name)
        .with_context(|| format!("there is no store {name}"))?;
    Store::open(&place.of(name), migrations)
        .await
        .with_context(|| format!("the store of {name} does not open"))
}

/// The key that signs the access log's checkpoints; its name says whose log it is.
pub fn log_key(secrets: &Secrets) -> anyhow::Result<NoteKey> {
    let seed = secrets.bytes("tilgangslogg", &Rng::system())?;
    NoteKey::from_seed("felles/tilgangslogg", &seed).map_err(anyhow::Error::msg)
}

/// What the components of a process share.
pub struct Shared {
    config: Config,
    secrets: Secrets,
    clock: Clock,
    rng: Rng,
    log: AccessLog,
    auth: Auth,
    wake: Wake,
    mesh: Mesh,
}

impl Shared {
    /// Opens what every component needs.
    pub async fn open(config: &Config) -> anyhow::Result<Self> {
        let secrets = Secrets::of(&config.data);
        let (clock, rng) = (Clock::system(), Rng::system());
        let mesh = Mesh::new(config.remote.clone().into_iter().collect());
        let keys = mesh.clone();
        let source: KeySource = Arc::new(move |issuer| {
            let mesh = keys.clone();
            Box::pin(async move {
                let (component, path) = match issuer {
                    Issuer::Maskinporten => (maskinporten::NAME, "/maskinporten/jwk"),
                    Issuer::Idporten => (idporten::NAME, "/idporten/jwks.json"),
                };
                let answer = mesh
                    .send(component, request::get(path).empty().map_err(|error| error.to_string())?)
                    .await;
                let answer = answer.and_then(request::bytes).map_err(|error| error.to_string())?;
                Ok(answer.to_vec())
            })
        });
        let log = open_store(&config.place, kernel::log::NAME).await?;
        Ok(Self {
            log: AccessLog::start(log, clock.clone(), rng.clone(), log_key(&secrets)?),
            auth: Auth::of_felles(clock.clone(), &config.base_url, source),
            wake: Wake::default(),
            config: config.clone(),
            secrets,
            clock,
            rng,
            mesh,
        })
    }

    /// The context of one component, over its own store.
    pub async fn context(&self, name: &str) -> anyhow::Result<Context> {
        Ok(Context {
            store: open_store(&self.config.place, name).await?,
            clock: self.clock.clone(),
            rng: self.rng.clone(),
            log: self.log.clone(),
            auth: self.auth.clone(),
            wake: self.wake.clone(),
            base_url: Arc::from(self.config.base_url.as_str()),
            test_mode: self.config.test_mode,
        })
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The installation's secrets.
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// The present moment.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Random bits.
    pub fn rng(&self) -> &Rng {
        &self.rng
    }

    /// How ID-porten and Ansattporten ask wallets, where they can.
    async fn wallet(&self) -> anyhow::Result<Option<idporten::Wallet>> {
        let wallet = &self.config.wallet;
        let file = wallet.verifier_certificate_file.as_deref();
        let certified = certified::of(self, file, "lommebok-verifikator", orgs::DIGDIR, Alg::ES256).await?;
        Ok(certified.map(|certified| idporten::Wallet {
            certified,
            link: wallet.link.clone().unwrap_or_else(|| idporten::WALLET_SCHEME.to_owned()),
            encrypted: !wallet.unencrypted_answers,
            issuers: wallet.issuers.clone(),
            mesh: self.mesh.clone(),
        }))
    }

    /// The certificate that signs credentials for wallets, where there is one.
    async fn wallet_issuer(&self) -> anyhow::Result<Option<Certified>> {
        let file = self.config.wallet.issuer_certificate_file.as_deref();
        certified::of(self, file, "lommebok-utsteder", orgs::DIGDIR, Alg::ES256).await
    }

    /// The certificates of the mailboxes and of printing, where there are both.
    async fn mailboxes(&self) -> anyhow::Result<Option<(Certified, Certified)>> {
        let config = &self.config.postkasse;
        let (postkasse, utskrift) =
            (config.certificate_file.as_deref(), config.print_certificate_file.as_deref());
        let postkasse = certified::of(self, postkasse, "postkasse", orgs::POSTKASSE, Alg::RS256).await?;
        let utskrift = certified::of(self, utskrift, "utskrift", orgs::UTSKRIFT, Alg::RS256).await?;
        Ok(postkasse.zip(utskrift))
    }

    /// Whose enterprise certificates count.
    fn believed(&self) -> Believed {
        let test_authority = self.config.test_mode.then(|| self.mesh.clone());
        Believed::new(self.config.enterprise_certificates.files(), test_authority, self.clock.clone())
    }

    /// The key that seals what the stores keep secret.
    pub fn master(&self) -> anyhow::Result<KeyEncryptionKey> {
        Ok(KeyEncryptionKey::from_bytes(&self.secrets.bytes("master", &self.rng)?)?)
    }

    /// Tokens for one of Felles' own clients.
    pub fn tokens(&self, internal: Internal) -> anyhow::Result<TokenSource> {
        let client = Credentials::of(internal.name, &self.secrets)?.client_key()?;
        let issuer = format!("{}/maskinporten/", self.config.base_url);
        Ok(TokenSource::new(self.mesh.clone(), &issuer, client, self.clock.clone(), self.rng.clone()))
    }

    /// The way to the components.
    pub fn mesh(&self) -> &Mesh {
        &self.mesh
    }
}

/// A process's components, ready to serve.
pub struct Server {
    /// What they share.
    pub shared: Shared,
    /// All routes.
    pub router: Router,
    /// What the routes say of themselves, by component.
    pub documents: Arc<Vec<(&'static str, OpenApi)>>,
    work: Vec<BoxFuture<'static, ()>>,
    shutdown: watch::Sender<bool>,
}

impl Server {
    /// Makes the components that the configuration wants here.
    pub async fn build(config: &Config) -> anyhow::Result<Self> {
        let shared = Shared::open(config).await?;
        let mut parts = Parts::default();
        let (shutdown, _) = watch::channel(false);
        let here = |name: &str| config.only.iter().any(|wanted| wanted == name);

        if here(maskinporten::NAME) {
            let ctx = shared.context(maskinporten::NAME).await?;
            let trust = config.enterprise_certificates.files();
            let limits = &config.limits;
            let test_mode = config.test_mode;
            let config = maskinporten::Config {
                master: shared.master()?,
                signing: config.maskinporten.signing.into(),
                scopes: internal::scopes()?,
                trust,
            };
            let component = maskinporten::Component::new(ctx.clone(), config).await?.limited(limits);
            internal::register(&component.registrar(), &shared.secrets, test_mode).await?;
            parts.add(maskinporten::NAME, component.router(), &ctx.store);
            parts.work.push(Box::pin(component.run(shutdown.subscribe())));
        }
        if here(idporten::NAME) {
            let ctx = shared.context(idporten::NAME).await?;
            let tokens = shared.tokens(internal::IDPORTEN)?;
            let people = Folkeregister::new(shared.mesh.clone(), tokens.clone());
            let post = Postkasse::new(shared.mesh.clone(), tokens);
            let (limits, rate) = (&config.limits, config.waiting_room);
            let config = idporten::Config {
                master: shared.master()?,
                suggestions: suggestions(config)?,
                upstreams: config.upstreams(idporten::NAME)?,
            };
            let component = idporten::Component::new(ctx.clone(), people, config).await?;
            let component =
                component.wallet(shared.wallet().await?)?.limited(limits).waiting_room(rate).post(post);
            internal::register_portal(&component.registrar(), &shared.secrets, &shared.config.base_url)
                .await?;
            internal::register_wallet(&component.registrar(), &shared.secrets, &shared.config.base_url)
                .await?;
            parts.add(idporten::NAME, component.router(), &ctx.store);
            parts.work.push(Box::pin(component.run(shutdown.subscribe())));
        }
        if here(idporten::ANSATTPORTEN) {
            let ctx = shared.context(idporten::ANSATTPORTEN).await?;
            let tokens = shared.tokens(internal::IDPORTEN)?;
            let people = Folkeregister::new(shared.mesh.clone(), tokens.clone());
            let businesses = Enhetsregister::new(shared.mesh.clone(), tokens);
            let (limits, rate) = (&config.limits, config.waiting_room);
            let config = idporten::Config {
                master: shared.master()?,
                suggestions: suggestions(config)?,
                upstreams: config.upstreams(idporten::ANSATTPORTEN)?,
            };
            let component =
                idporten::Component::ansattporten(ctx.clone(), people, businesses, config).await?;
            let component = component.wallet(shared.wallet().await?)?.limited(limits).waiting_room(rate);
            parts.add(idporten::ANSATTPORTEN, component.router(), &ctx.store);
            parts.work.push(Box::pin(component.run(shutdown.subscribe())));
        }
        if here(selvbetjening::NAME) {
            // It keeps nothing: its context is over Maskinporten's store, which it does not touch.
            let ctx = shared.context(maskinporten::NAME).await?;
            let tokens = shared.tokens(internal::SELVBETJENING)?;
            let owner = |component| Forvaltning::new(shared.mesh.clone(), component, tokens.clone());
            let owners = selvbetjening::Owners {
                maskinporten: owner(maskinporten::NAME),
                people: PEOPLE.iter().map(|component| owner(component)).collect(),
            };
            let component = selvbetjening::Component::new(ctx.clone(), owners);
            parts.add(selvbetjening::NAME, component.router(), &ctx.store);
        }
        if here(folkeregister::NAME) {
            let ctx = shared.context(folkeregister::NAME).await?;
            let component = folkeregister::Component::new(ctx.clone()).exempt(&config.limits.exempt);
            component.oppgrader().await?;
            parts.add(folkeregister::NAME, component.router(), &ctx.store);
        }
        if here(enhetsregister::NAME) {
            let ctx = shared.context(enhetsregister::NAME).await?;
            let people = Folkeregister::new(shared.mesh.clone(), shared.tokens(internal::ENHETSREGISTER)?);
            let component = enhetsregister::Component::new(ctx.clone()).folkeregister(people);
            component.oppgrader().await?;
            parts.add(enhetsregister::NAME, component.router(), &ctx.store);
        }
        if here(matrikkel::NAME) {
            let ctx = shared.context(matrikkel::NAME).await?;
            parts.add(matrikkel::NAME, matrikkel::Component::new(ctx.clone()).router(), &ctx.store);
        }
        if here(kontaktregister::NAME) {
            let ctx = shared.context(kontaktregister::NAME).await?;
            let file = shared.config.kontaktregister.certificate_file.as_deref();
            let certified = certified::of(&shared, file, "kontaktregister", orgs::DIGDIR, Alg::RS256).await?;
            let sertifikater = Sertifikater::new(shared.mesh.clone(), shared.clock.clone());
            let component =
                kontaktregister::Component::new(ctx.clone()).signing(certified).encrypting_to(sertifikater);
            let people = Folkeregister::new(shared.mesh.clone(), shared.tokens(internal::KONTAKTREGISTER)?);
            parts.add(kontaktregister::NAME, component.router(), &ctx.store);
            parts.work.push(Box::pin(component.run(people, shutdown.subscribe())));
        }
        if here(postkasse::NAME) {
            let ctx = shared.context(postkasse::NAME).await?;
            let mut component = postkasse::Component::new(ctx.clone(), postkasse::Config::default());
            if let Some((postkasse, utskrift)) = shared.mailboxes().await? {
                component = component.certified(postkasse, utskrift, shared.believed())?;
            }
            let people = Folkeregister::new(shared.mesh.clone(), shared.tokens(internal::POSTKASSE)?);
            parts.add(postkasse::NAME, component.router(), &ctx.store);
            parts.work.push(Box::pin(component.run(people, shutdown.subscribe())));
        }
        if here(life_events::NAME) {
            let ctx = shared.context(life_events::NAME).await?;
            let tokens = shared.tokens(internal::LIFE_EVENTS)?;
            let node = format!("livshendelser-{}", shared.config.node);
            let journeys = life_events::Config { node, ..life_events::Config::default() };
            let clients = life_events::Clients {
                folkeregister: Folkeregister::new(shared.mesh.clone(), tokens.clone()),
                kontaktregister: Kontaktregister::new(shared.mesh.clone(), tokens.clone()),
                postkasse: Postkasse::new(shared.mesh.clone(), tokens),
            };
            let component = life_events::Component::new(ctx.clone(), clients, journeys).await?;
            parts.add(life_events::NAME, component.router(), &ctx.store);
            parts.work.push(Box::pin(component.run(shutdown.subscribe())));
        }
        if here(transparency::NAME) {
            let ctx = shared.context(transparency::NAME).await?;
            parts.add(transparency::NAME, transparency::Component::new(ctx.clone()).router(), &ctx.store);
        }
        if here(lommebok::NAME) {
            let ctx = shared.context(lommebok::NAME).await?;
            let people = Folkeregister::new(shared.mesh.clone(), shared.tokens(internal::LOMMEBOK)?);
            let config = lommebok::Config {
                master: shared.master()?,
                secret: shared.secrets.bytes(lommebok::NAME, &shared.rng)?,
                auth: internal::wallet_auth(&shared.secrets)?,
                certified: shared.wallet_issuer().await?,
            };
            let component =
                lommebok::Component::new(ctx.clone(), shared.mesh.clone(), people, config).await?;
            parts.add(lommebok::NAME, component.router(), &ctx.store);
            parts.work.push(Box::pin(component.run(shutdown.subscribe())));
        }
        if here(testpersoner::NAME) {
            let ctx = shared.context(testpersoner::NAME).await?;
            let tokens = shared.tokens(internal::TESTPERSONER)?;
            let component = testpersoner::Component::new(ctx.clone(), shared.mesh.clone(), tokens);
            parts.add(testpersoner::NAME, component.router(), &ctx.store);
            parts.work.push(Box::pin(component.run(shutdown.subscribe())));
        }
        let pages = here(portal::NAME);
        if pages {
            let ctx = shared.context(portal::NAME).await?;
            let client = internal::portal_auth(&shared.secrets)?;
            let tokens = shared.tokens(internal::PAGES)?;
            let component = portal::Component::new(ctx.clone(), shared.mesh.clone(), client, tokens);
            parts.add(portal::NAME, component.router(), &ctx.store);
        }
        let mut routes = parts.routes;
        let others = [lommebok::NAME, idporten::NAME, idporten::ANSATTPORTEN, testpersoner::NAME];
        if pages || others.into_iter().any(here) {
            routes = routes.merge(design::routes());
        }
        let documents = Arc::new(parts.documents);
        let surroundings = Surroundings {
            base_url: Arc::from(config.base_url.as_str()),
            metrics: Metrics::default(),
            stores: parts.stores,
            documents: documents.clone(),
            proxies: config.proxies.clone(),
        };
        let router = surround(routes, surroundings, pages);
        shared.mesh.set_local(router.clone());
        Ok(Self { shared, router, documents, work: parts.work, shutdown })
    }

    /// Serves on `listener` until the process is asked to end; requests and effects in progress are finished.
    pub async fn serve(self, listener: tokio::net::TcpListener) -> anyhow::Result<()> {
        use axum::serve::ListenerExt as _;
        if let Place::Directory(directory) = &self.shared.config.place {
            warm(directory);
        }
        let work: Vec<_> = self.work.into_iter().map(tokio::spawn).collect();
        let listener = listener.tap_io(|stream| {
            // Without it, small answers wait for the caller's acknowledgement; a connection that refuses still works.
            let _ = stream.set_nodelay(true);
        });
        // The eIDs count wrong attempts by address, and limits count everything.
        let service = self.router.into_make_service_with_connect_info::<SocketAddr>();
        axum::serve(listener, service).with_graceful_shutdown(asked_to_end()).await?;
        self.shutdown.send_replace(true);
        for task in work {
            task.await?;
        }
        Ok(())
    }
}

#[derive(Default)]
struct Parts {
    routes: Router,
    documents: Vec<(&'static str, OpenApi)>,
    stores: Vec<(String, Store)>,
    work: Vec<BoxFuture<'static, ()>>,
}

impl Parts {
    fn add(&mut self, name: &'static str, router: OpenApiRouter, store: &Store) {
        let (routes, mut document) = router.split_for_parts();
        document.info = Info::new(name, env!("CARGO_PKG_VERSION"));
        document.info.license =
            Some(LicenseBuilder::new().name("EUPL-1.2").identifier(Some("EUPL-1.2")).build());
        kernel::problem::document(&mut document);
        self.routes = std::mem::take(&mut self.routes).merge(routes);
        self.documents.push((name, document));
        self.stores.push((name.to_owned(), store.clone()));
    }
}

/// Whom the test eID suggests.
fn suggestions(config: &Config) -> anyhow::Result<Vec<idporten::Suggestion>> {
    let suggestion = |person: nation::Testperson| idporten::Suggestion {
        personidentifikator: person.personidentifikator,
        navn: person.navn,
        hvem: person.hvem,
    };
    Ok(suggested(&config.data)?.into_iter().map(suggestion).collect())
}

/// Ctrl-C, or SIGTERM as a supervisor sends it.
async fn asked_to_end() {
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminate => {}
    }
}

/// The OpenAPI document of every component, by name.
pub async fn documents() -> anyhow::Result<Arc<Vec<(&'static str, OpenApi)>>> {
    let directory = tempfile::tempdir()?;
    Ok(Server::build(&Config::alone(directory.path())).await?.documents)
}
