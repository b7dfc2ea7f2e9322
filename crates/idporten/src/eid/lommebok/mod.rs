//! The European identity wallet as an eID: a person shows their person identification data (PID), by OpenID for Verifiable
//! Presentations 1.0 as the High Assurance Interoperability Profile has it.
//!
//! The page holds a question as a link, for a wallet on the same device, and as a QR code ([`pages`]). The wallet fetches
//! the question as a signed request object ([`request`]) and posts its answer ([`answer`]), encrypted to a key of that
//! question alone; what it shows is believed if its issuer is ([`issuers`]). It is then sent to [`back`].
//!
//! An answer alone signs nobody in: who was sent a question by somebody else would sign that other browser in. Where the
//! wallet comes back to the browser that began, by its cookie, the sign-in goes on. In any other browser, as on the phone
//! that has read the QR code, the person is shown digits with the name of the service, and types them where the sign-in
//! began.
//!
//! We are `x509_hash:` and the hash of our certificate: what the profile demands of signed requests, and what a certificate
//! that names an organisation and no host can show (`x509_san_dns:` needs one with the host's name; `redirect_uri:` cannot
//! be signed). Without a certificate there is no such eID.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use clients::Mesh;
use design::key;
use http::HeaderMap;
use kernel::Context;
use kernel::jose::jwe::DecryptionKey;
use kernel::jose::{Certified, JoseError, KeyEncryptionKey};
use kernel::store::StoreError;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::issuers::Issuers;
use self::store::{Outcome, Presentation, Typed};
use super::{Eid, Name, Shown, Visit};
use crate::api::authorize::user_agent;
use crate::api::refused::Refused;
use crate::cookies::BROWSER;
use crate::model::hash;
use crate::model::parameters::Parameters;
use crate::model::session::Level;
use crate::{Component, StartError};

mod answer;
mod issuers;
mod pages;
mod request;
mod store;

pub use self::store::forget;

/// The segment of its addresses.
pub const ID: &str = "lommebok";
/// Where wallets post their answers, below `/idporten`: what a program calls.
pub const ANSWERS: &str = "/eid/lommebok/svar/";
/// Where wallets fetch questions.
pub const QUESTIONS: &str = "/eid/lommebok/foresporsel/";
/// The name of the secret that seals what is asked.
pub const SECRET: &str = "idporten lommebok";
/// Itself, as it stands in `amr`.
const AMR: &str = "EUDI-lommebok";
/// How long a question may be answered; seconds.
const LIVES: i64 = 600;
/// How often the digits may be wrong.
const WRONG: i64 = 5;
/// How many digits there are.
const DIGITS: usize = 6;
/// What wallets on the same device listen to, unless configured otherwise.
pub const SCHEME: &str = "openid4vp://";

/// How wallets are asked.
#[derive(Debug, Clone)]
pub struct Wallet {
    /// Signs the questions. The key is of P-256.
    pub certified: Certified,
    /// What opens a wallet: `openid4vp://`, or the universal link of one.
    pub link: String,
    /// Whether answers are to be encrypted (`direct_post.jwt`), as the profile demands; otherwise they are posted as they are
    /// (`direct_post`), for wallets that cannot encrypt.
    pub encrypted: bool,
    /// Other issuers whose person identification data is believed, by their `iss`; each publishes its keys as SD-JWT VC
    /// says. The installation's own is always believed.
    pub issuers: Vec<String>,
    /// The way to the installation's own issuer.
    pub mesh: Mesh,
}

/// The same, ready.
pub struct Wallets {
    certified: Certified,
    client_id: String,
    link: String,
    encrypted: bool,
    issuers: Issuers,
    seal: Arc<KeyEncryptionKey>,
}

impl Wallets {
    /// Checks the configuration.
    pub fn open(ctx: &Context, seal: Arc<KeyEncryptionKey>, wallet: Wallet) -> Result<Self, StartError> {
        let Wallet { certified, link, encrypted, issuers, mesh } = wallet;
        if certified.key().alg() != kernel::jose::Alg::ES256 {
            return Err(StartError::Wallet("the key of its certificate is not of P-256".to_owned()));
        }
        if url::Url::parse(&link).is_err() || link.contains(['?', '#']) {
            return Err(StartError::Wallet(format!("the link {link} is not an address without a query")));
        }
        let client_id = format!("x509_hash:{}", certified.thumbprint());
        let issuers = Issuers::new(mesh, &ctx.base_url, ctx.test_mode, issuers)?;
        Ok(Self { certified, client_id, link, encrypted, issuers, seal })
    }
}

impl std::fmt::Debug for Wallets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Wallets({})", self.client_id)
    }
}

/// The wallet as it is offered.
pub fn eid() -> Eid {
    Eid { id: ID.to_owned(), name: Name::Text(key("eid-lommebok")), highest: Level::High }
}

/// Its pages and endpoints.
pub fn router() -> OpenApiRouter<Component> {
    OpenApiRouter::new()
        .routes(routes!(page, digits))
        .routes(routes!(request::get, request::post))
        .routes(routes!(answer::answer))
        .routes(routes!(back))
}

/// What a question asks, as it is kept.
#[derive(Serialize, Deserialize)]
struct Asked {
    /// What the wallet signs.
    nonce: String,
    /// What the wallet repeats.
    state: String,
    /// The private key that the answer is encrypted to, base64url; nothing where it is not encrypted.
    key: Option<String>,
}

impl Asked {
    fn key(&self) -> Result<Option<DecryptionKey>, JoseError> {
        let Some(key) = &self.key else { return Ok(None) };
        let bytes = URL_SAFE_NO_PAD.decode(key).map_err(|_| JoseError::Key("it is not base64url"))?;
        DecryptionKey::from_bytes(&bytes).map(Some)
    }

    /// The question of this name, as long as it is not answered.
    async fn find(component: &Component, wallets: &Wallets, name: &str) -> Result<Self, Refused> {
        let over = || Refused::request("There is no such question, or it is answered, or over");
        let now = component.ctx.clock.now().as_second();
        let sealed = store::asked(&component.ctx.store, hash(name), now).await?.ok_or_else(over)?;
        let opened = wallets.seal.open(SECRET, &sealed).map_err(failed)?;
        serde_json::from_slice(&opened).map_err(|_| over())
    }
}

/// A failure of ours with a key.
fn failed(error: JoseError) -> Refused {
    tracing::error!(%error, "what belongs to a question to a wallet cannot be made or read");
    Refused::server()
}

/// The wallets, where there is a certificate to ask with.
fn wallets(component: &Component) -> Result<&Wallets, Refused> {
    component.wallets.as_deref().ok_or_else(|| Refused::request("There is no such eID"))
}

/// What seals a sign-in's handle, so that only the browser's cookie opens it.
fn of_browser(cookie: &str) -> Result<KeyEncryptionKey, JoseError> {
    let key = hash(&format!("lommebok {cookie}"));
    let key = key.try_into().map_err(|_| JoseError::Key("a hash has 32 bytes"))?;
    KeyEncryptionKey::from_bytes(&key)
}

/// The digits of a response code: only who has it can tell them.
fn digits_of(response_code: &str) -> String {
    let hash = hash(&format!("lommebok {response_code}"));
    let number = hash.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes));
    format!("{:0width$}", number % 10_u64.pow(DIGITS as u32), width = DIGITS)
}

/// The hash of the digits that a question is answered with.
fn hash_of_digits(question: &str, digits: &str) -> Vec<u8> {
    hash(&format!("{question} {digits}"))
}

/// A new question for a sign-in; its name.
async fn ask(component: &Component, visit: &Visit, headers: &HeaderMap) -> Result<String, Refused> {
    let (ctx, wallets) = (&component.ctx, wallets(component)?);
    let over = || Refused::new("login_required", "The sign-in is over");
    let cookie = BROWSER.read(component, headers).ok_or_else(over)?;
    let key = || DecryptionKey::generate().and_then(|key| key.to_bytes()).map_err(failed);
    let key = if wallets.encrypted { Some(URL_SAFE_NO_PAD.encode(key()?)) } else { None };
    let asked = Asked { nonce: ctx.rng.token(), state: ctx.rng.token(), key };
    let asked = serde_json::to_vec(&asked).map_err(|_| Refused::server())?;
    let name = ctx.rng.token();
    let handle = of_browser(&cookie).and_then(|key| key.seal(ID, visit.id.as_bytes()));
    let new = Presentation {
        request: hash(&name),
        login: visit.login.handle.clone(),
        asked: wallets.seal.seal(SECRET, &asked).map_err(failed)?,
        handle: handle.map_err(failed)?,
        browser: user_agent(headers).unwrap_or_default(),
        service: visit.page(component, Some(ID)).service().to_owned(),
        expires: ctx.clock.now().as_second() + LIVES,
    };
    let kept: Result<(), StoreError> =
        ctx.store.write(move |tx| Box::pin(async move { store::add(tx, &new).await })).await;
    kept?;
    Ok(name)
}

/// The page that asks for the wallet.
#[utoipa::path(get, path = "/eid/lommebok",
    params(("id" = String, Query, description = "The sign-in")),
    responses((status = 200, content_type = "text/html", body = String), (status = 400, content_type = "text/html", body = String)))]
async fn page(State(component): State<Component>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let parameters = Parameters::parse(query.unwrap_or_default().as_bytes());
    let shown = async {
        let visit = Visit::find(&component, &parameters, &headers).await?;
        show_new(&component, &visit, &headers, None).await
    };
    shown.await.unwrap_or_else(|refused: Refused| crate::pages::refused(&component, &refused))
}

/// The page with a new question.
async fn show_new(
    component: &Component,
    visit: &Visit,
    headers: &HeaderMap,
    complaint: Option<&'static str>,
) -> Result<Response, Refused> {
    let question = ask(component, visit, headers).await?;
    Ok(pages::show(component, wallets(component)?, visit, &question, complaint))
}

/// The person types the digits that their wallet led to on another device (`kode`), of the question `foresporsel`. `avbryt`
/// goes back to the client.
#[utoipa::path(post, path = "/eid/lommebok",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "To the client, or to the page where the person agrees"),
        (status = 422, description = "The page again, with what is wrong", content_type = "text/html", body = String),
        (status = 400, content_type = "text/html", body = String)))]
async fn digits(State(component): State<Component>, headers: HeaderMap, body: Bytes) -> Response {
    let done = try_digits(&component, &headers, &body).await;
    done.unwrap_or_else(|refused| crate::pages::refused(&component, &refused))
}

async fn try_digits(component: &Component, headers: &HeaderMap, body: &[u8]) -> Result<Response, Refused> {
    let form = Parameters::form(headers, body)?;
    let visit = Visit::find(component, &form, headers).await?;
    if form.one("avbryt")?.is_some() {
        return visit.cancel(component).await;
    }
    let wallets = wallets(component)?;
    let question = form.required("foresporsel")?;
    let typed: String =
        form.one("kode")?.unwrap_or_default().chars().filter(|char| !char.is_whitespace()).collect();
    if !visit.may_try(component).await? {
        return visit.too_many(component).await;
    }
    let (request, login) = (hash(question), visit.login.handle.clone());
    let (digits, now) = (hash_of_digits(question, &typed), component.ctx.clock.now().as_second());
    let typed_anything = !typed.is_empty();
    let redeemed: Result<Typed, StoreError> = component
        .ctx
        .store
        .write(move |tx| {
            Box::pin(async move { store::redeem(tx, request, login, &digits, WRONG, now).await })
        })
        .await;
    let again = |complaint| pages::show(component, wallets, &visit, question, Some(complaint));
    match redeemed? {
        Typed::Right(outcome) => finish(component, visit, headers, outcome).await,
        Typed::Unanswered => Ok(again(key("eid-lommebok-feil-ubesvart"))),
        Typed::Wrong if typed_anything => Ok(again(key("eid-lommebok-feil-kode"))),
        Typed::Wrong => Ok(again(key("eid-lommebok-feil-kode-mangler"))),
        Typed::Gone => show_new(component, &visit, headers, Some(key("eid-lommebok-feil-borte"))).await,
    }
}

/// Where a wallet goes when it has answered: `svar` is the response code. In the browser where the sign-in began it goes
/// on; in any other the digits are shown that are to be typed there.
#[utoipa::path(get, path = "/eid/lommebok/tilbake",
    params(("svar" = String, Query, description = "The response code")),
    responses((status = 200, description = "The digits, in another browser", content_type = "text/html", body = String),
        (status = 303, description = "To the client, or to the page where the person agrees"),
        (status = 400, content_type = "text/html", body = String),
        (status = 422, description = "The wallet said no", content_type = "text/html", body = String)))]
async fn back(State(component): State<Component>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let parameters = Parameters::parse(query.unwrap_or_default().as_bytes());
    let done = try_back(&component, &parameters, &headers).await;
    done.unwrap_or_else(|refused| crate::pages::refused(&component, &refused))
}

async fn try_back(
    component: &Component,
    parameters: &Parameters,
    headers: &HeaderMap,
) -> Result<Response, Refused> {
    let ctx = &component.ctx;
    wallets(component)?;
    let response_code = parameters.required("svar")?;
    let now = ctx.clock.now().as_second();
    let over = || Refused::new("login_required", "The sign-in is over");
    let found = store::answered(&ctx.store, hash(response_code), now).await?.ok_or_else(over)?;
    let handle = BROWSER
        .read(component, headers)
        .and_then(|cookie| of_browser(&cookie).ok()?.open(ID, &found.handle).ok())
        .and_then(|handle| String::from_utf8(handle).ok());
    let Some(handle) = handle else {
        return Ok(pages::elsewhere(component, headers, &found, &digits_of(response_code)));
    };
    let named = Parameters::default().and("id", &handle);
    let visit = Visit::find(component, &named, headers).await?;
    let (code, login) = (hash(response_code), visit.login.handle.clone());
    let taken: Result<Option<Outcome>, StoreError> =
        ctx.store.write(move |tx| Box::pin(async move { store::take(tx, code, login, now).await })).await;
    finish(component, visit, headers, taken?.ok_or_else(over)?).await
}

/// Goes on with what a wallet has answered, in the browser where the sign-in began.
async fn finish(
    component: &Component,
    visit: Visit,
    headers: &HeaderMap,
    outcome: Outcome,
) -> Result<Response, Refused> {
    let pid = match outcome {
        Outcome::Person(pid) => pid,
        Outcome::Fault(fault) => return Ok(visit.page(component, None).failed(pages::why(&fault))),
    };
    match Shown::admitted(component, pid, Level::High, AMR).await {
        Ok(shown) => visit.signed_in(component, headers, shown).await,
        Err(complaint) => Ok(visit.page(component, Some(ID)).failed(complaint)),
    }
}
