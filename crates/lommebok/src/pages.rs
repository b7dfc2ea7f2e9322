//! Where a person asks for the credential: the front page, the sign-in at ID-porten, and the offer.
//!
//! The browser keeps one secret in a cookie, for as long as an offer lives; what belongs to it is kept sealed with a key
//! made from it. There is no session: every step is an address to go to, and only who has signed in just now, in this
//! browser, comes to an offer, or to the credentials that they have fetched ([`crate::mine`]).

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use clients::idporten::{ACR_HIGH, Ask, Begun, Callback, SignInError};
use design::{Lang, Page, key, qr};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use kernel::jose::{JoseError, KeyEncryptionKey};
use kernel::store::StoreError;
use maud::html;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa_axum::router::OpenApiRouter;

use crate::api::metadata::PRE_AUTHORIZED;
use crate::model::pid::CONFIGURATION;
use crate::model::{OFFER_LIVES, TX_CODE_DIGITS, digest};
use crate::{Component, NAME, store};

/// The cookie of the browser's secret.
const BROWSER: &str = "felles-lommebok";
/// The portal's cookie of the language chosen.
const LANGUAGE: &str = "felles-sprak";
/// How long a person may take to sign in; seconds.
const PATIENCE: i64 = 3600;
/// How long ago, at most, the person has shown who they are; seconds.
const MAX_AGE: i64 = 300;
/// How far the clocks of ID-porten and this may be apart; seconds.
const SKEW: i64 = 60;

/// Every page.
pub fn router() -> OpenApiRouter<Component> {
    OpenApiRouter::new()
        .route("/lommebok", get(front))
        .route("/lommebok/logg-inn", get(begin))
        .route("/lommebok/logg-inn/svar", get(finish))
        .route("/lommebok/tilbud", get(offer))
}

/// What went wrong: the page's status and the keys of its heading and text.
pub struct Fault(StatusCode, &'static str, &'static str);

impl Fault {
    /// With this status, heading and text.
    pub fn new(status: StatusCode, heading: &'static str, text: &'static str) -> Self {
        Self(status, heading, text)
    }

    /// The sign-in is too old, or another browser's.
    pub fn lost() -> Self {
        Self(StatusCode::BAD_REQUEST, key("lommebok-feil-innlogging"), key("lommebok-feil-innlogging-tekst"))
    }

    fn internal() -> Self {
        Self(StatusCode::INTERNAL_SERVER_ERROR, key("feil-500"), key("feil-500-tekst"))
    }

    /// The page that says so.
    pub fn page(&self, component: &Component, headers: &HeaderMap) -> Response {
        let Self(status, heading, text) = self;
        let page = page(component, headers, heading).status(*status);
        let lang = language(component, headers);
        page.render(&html! {
            div.f-stack {
                h1.ds-heading data-size="lg" { (lang.t(heading)) }
                p.f-lead { (lang.t(text)) }
                p { a.ds-button href="/lommebok" { (lang.t("lommebok-paa-nytt")) } }
            }
        })
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store failed");
        Self::internal()
    }
}

impl From<JoseError> for Fault {
    fn from(error: JoseError) -> Self {
        tracing::error!(%error, "what belongs to a browser cannot be sealed");
        Self::internal()
    }
}

impl From<SignInError> for Fault {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Refused { error, .. } if error == "access_denied" => {
                Self(StatusCode::BAD_REQUEST, key("feil-avbrutt"), key("lommebok-feil-avbrutt-tekst"))
            }
            SignInError::Client(error) if error.status().is_none_or(|status| status >= 500) => {
                tracing::warn!(%error, "ID-porten was not reached");
                Self(StatusCode::SERVICE_UNAVAILABLE, key("feil-503"), key("feil-503-tekst"))
            }
            error => {
                tracing::warn!(%error, "a sign-in does not hold");
                Self::lost()
            }
        }
    }
}

/// What a browser shows of its offer.
#[derive(Serialize, Deserialize)]
struct Shown {
    code: String,
    tx_code: String,
}

async fn front(State(component): State<Component>, headers: HeaderMap) -> Response {
    let lang = language(&component, &headers);
    page(&component, &headers, key("lommebok-tittel")).render(&html! {
        div.f-stack {
            h1.ds-heading data-size="lg" { (lang.t("lommebok-tittel")) }
            p.f-lead { (lang.t("lommebok-ingress")) }
            p { (lang.t("lommebok-innhold")) }
            p { (lang.t("lommebok-varighet")) }
            p { a.ds-button data-size="lg" href="/lommebok/logg-inn" { (lang.t("lommebok-hent")) } }
            p { a.ds-link href="/lommebok/mine" { (lang.t("lommebok-mine-lenke")) } }
        }
    })
}

/// A sign-in on its way.
#[derive(Serialize, Deserialize)]
struct OnTheWay {
    begun: Begun,
    /// Whether the person goes to their credentials, and not to an offer.
    mine: bool,
}

/// To what the person signs in.
#[derive(Deserialize)]
struct To {
    til: Option<String>,
}

/// Sends the browser to ID-porten.
async fn begin(State(component): State<Component>, Query(to): Query<To>, headers: HeaderMap) -> Response {
    match try_begin(&component, to.til.as_deref() == Some("mine"), &headers).await {
        Ok((url, cookie)) => see(&url, Some(cookie)),
        Err(fault) => fault.page(&component, &headers),
    }
}

async fn try_begin(
    component: &Component,
    mine: bool,
    headers: &HeaderMap,
) -> Result<(String, HeaderValue), Fault> {
    let ask = Ask {
        acr: Some(ACR_HIGH.to_owned()),
        ui_locales: Some(language(component, headers).tag().to_owned()),
        max_age: Some(MAX_AGE),
        ..Ask::default()
    };
    let begun = component.relying.begin(&ask).await?;
    let secret = component.ctx.rng.token();
    let (id, url) = (digest("innlogging", &[&secret, &begun.state]), begun.url.clone());
    let sealed = seal(&secret, &OnTheWay { begun, mine })?;
    let ends = component.now() + PATIENCE;
    let kept: Result<(), StoreError> = component
        .ctx
        .store
        .write(move |tx| Box::pin(async move { store::add_signing_in(tx, &id, &sealed, ends).await }))
        .await;
    kept?;
    Ok((url, set_cookie(component, &secret, PATIENCE)))
}

/// The browser comes back from ID-porten: makes an offer for who has signed in.
async fn finish(
    State(component): State<Component>,
    Query(callback): Query<Callback>,
    headers: HeaderMap,
) -> Response {
    match try_finish(&component, &callback, &headers).await {
        Ok((page, cookie)) => see(page, Some(cookie)),
        Err(fault) => fault.page(&component, &headers),
    }
}

async fn try_finish(
    component: &Component,
    callback: &Callback,
    headers: &HeaderMap,
) -> Result<(&'static str, HeaderValue), Fault> {
    let secret = cookie(component, headers, BROWSER);
    let (secret, state) = secret.zip(callback.state.as_deref()).ok_or_else(Fault::lost)?;
    let (id, now) = (digest("innlogging", &[secret, state]), component.now());
    let taken: Result<Option<Vec<u8>>, StoreError> = component
        .ctx
        .store
        .write(move |tx| Box::pin(async move { store::take_signing_in(tx, &id, now).await }))
        .await;
    let OnTheWay { begun, mine } = taken?.and_then(|sealed| open(secret, &sealed)).ok_or_else(Fault::lost)?;
    let claims = component.relying.finish(callback, &begun).await?.claims;
    if claims.acr != ACR_HIGH {
        return Err(Fault(StatusCode::FORBIDDEN, key("feil-nivaa"), key("feil-nivaa-tekst")));
    }
    if claims.auth_time + MAX_AGE + SKEW < now {
        return Err(Fault::lost());
    }
    let pid = claims.pid.ok_or_else(Fault::lost)?;

    let rng = &component.ctx.rng;
    // Another secret than the one that the browser had before the person signed in.
    let secret = rng.token();
    if mine {
        let browser = crate::mine::browser(&secret);
        let kept: Result<(), StoreError> = component
            .ctx
            .store
            .write(move |tx| {
                Box::pin(async move { store::put_visit(tx, &browser, &pid, now + OFFER_LIVES).await })
            })
            .await;
        kept?;
        return Ok(("/lommebok/mine", set_cookie(component, &secret, OFFER_LIVES)));
    }
    let tx_code = format!("{:0width$}", rng.below(10_u32.pow(TX_CODE_DIGITS as u32)), width = TX_CODE_DIGITS);
    let shown = Shown { code: rng.token(), tx_code };
    let offer = store::Offer {
        code: digest("kode", &[&shown.code]),
        tx_code: digest("transaksjon", &[&shown.code, &shown.tx_code]),
        pid,
        browser: digest("tilbud", &[&secret]),
        sealed: seal(&secret, &shown)?,
        expires: now + OFFER_LIVES,
    };
    let kept: Result<(), StoreError> = component
        .ctx
        .store
        .write(move |tx| Box::pin(async move { store::put_offer(tx, &offer).await }))
        .await;
    kept?;
    Ok(("/lommebok/tilbud", set_cookie(component, &secret, OFFER_LIVES)))
}

/// The offer, until a wallet has taken it.
async fn offer(State(component): State<Component>, headers: HeaderMap) -> Response {
    let shown = match cookie(&component, &headers, BROWSER) {
        None => Ok(None),
        Some(secret) => {
            let found =
                store::offer(&component.ctx.store, &digest("tilbud", &[secret]), component.now()).await;
            found.map(|sealed| open::<Shown>(secret, &sealed?))
        }
    };
    let shown = match shown {
        Ok(Some(shown)) => shown,
        Ok(None) => {
            let (heading, text) = (key("lommebok-feil-borte"), key("lommebok-feil-borte-tekst"));
            return Fault(StatusCode::NOT_FOUND, heading, text).page(&component, &headers);
        }
        Err(error) => return Fault::from(error).page(&component, &headers),
    };
    let lang = language(&component, &headers);
    let link = link(&component, &shown.code, lang);
    page(&component, &headers, key("lommebok-tilbud-tittel")).render(&html! {
        div.f-stack {
            h1.ds-heading data-size="lg" { (lang.t("lommebok-tilbud-tittel")) }
            p.f-lead { (lang.t("lommebok-tilbud-ingress")) }
            p { a.ds-button data-size="lg" href=(link) { (lang.t("lommebok-aapne")) } }
            p { (lang.t("lommebok-skann")) }
            (qr(&link, &lang.t("lommebok-bilde")))
            h2.ds-heading data-size="sm" { (lang.t("lommebok-kode")) }
            p.ds-heading data-size="lg" #kode { (shown.tx_code) }
            p { (lang.t("lommebok-kode-tekst")) }
        }
    })
}

/// The offer as wallets take it (OpenID4VCI 1.0 § 4.1).
fn link(component: &Component, code: &str, lang: Lang) -> String {
    let tx_code = json!({
        "input_mode": "numeric", "length": TX_CODE_DIGITS, "description": lang.t("lommebok-kode-hjelp"),
    });
    let offer = json!({
        "credential_issuer": &*component.issuer,
        "credential_configuration_ids": [CONFIGURATION],
        "grants": { PRE_AUTHORIZED: { "pre-authorized_code": code, "tx_code": tx_code, "authorization_server": &*component.issuer } },
    });
    format!("openid-credential-offer://?credential_offer={}", clients::encoded(&offer.to_string()))
}

/// A page with the text `title` as its title.
pub fn page(component: &Component, headers: &HeaderMap, title: &str) -> Page {
    let lang = language(component, headers);
    let languages =
        Lang::all().map(|lang| (lang, format!("/sprak/{}?til=%2Flommebok", lang.tag()))).collect();
    Page::new(lang, lang.t(title)).synthetic(component.ctx.test_mode).languages(languages).narrow()
}

/// The language that the person has chosen at the portal.
pub fn language(component: &Component, headers: &HeaderMap) -> Lang {
    cookie(component, headers, LANGUAGE).and_then(Lang::parse).unwrap_or_default()
}

/// Sends the browser on.
pub fn see(url: &str, cookie: Option<HeaderValue>) -> Response {
    let mut response = Redirect::to(url).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(cookie) = cookie {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}

/// `__Host-` binds a cookie to this host and to TLS; without TLS (on one's own machine) there is no such cookie.
fn cookie_name(component: &Component, name: &str) -> String {
    if component.ctx.secure() { format!("__Host-{name}") } else { name.to_owned() }
}

/// The secret of this browser.
pub fn secret<'a>(component: &Component, headers: &'a HeaderMap) -> Option<&'a str> {
    cookie(component, headers, BROWSER)
}

fn cookie<'a>(component: &Component, headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let name = cookie_name(component, name);
    let all = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

fn set_cookie(component: &Component, secret: &str, seconds: i64) -> HeaderValue {
    let secure = if component.ctx.secure() { "; Secure" } else { "" };
    let name = cookie_name(component, BROWSER);
    let text = format!("{name}={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    // The secret is base64url, so that the text is always fit for a header.
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

fn seal(secret: &str, value: &impl Serialize) -> Result<Vec<u8>, JoseError> {
    let bytes = serde_json::to_vec(value).map_err(|_| JoseError::Key("it cannot be written"))?;
    KeyEncryptionKey::from_bytes(&digest("forsegling", &[secret]))?.seal(NAME, &bytes)
}

/// What was sealed; `None` where it is not of this secret or of another version of the program.
fn open<T: DeserializeOwned>(secret: &str, sealed: &[u8]) -> Option<T> {
    let key = KeyEncryptionKey::from_bytes(&digest("forsegling", &[secret])).ok()?;
    serde_json::from_slice(&key.open(NAME, sealed).ok()?).ok()
}
