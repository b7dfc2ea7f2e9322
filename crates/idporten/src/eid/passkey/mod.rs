//! Passkeys (Web Authentication): a person who has signed in with another eID keeps a key on their device, and signs in
//! with that from then on, at the level substantial.
//!
//! [`ceremony`] has the standard's rules; [`manage`] the pages where people add, rename and remove their passkeys; this
//! file the sign-in. What the browser is asked stands in the page, and what it answers comes in a form: no address of
//! ours is called by a script. That no passkey works without JavaScript is the standard's doing; the pages say so.

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA384, digest};
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use design::key;
use http::{HeaderMap, header};
use kernel::store::StoreError;
use maud::{Markup, html};
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::ceremony::{Assertion, Fault, RelyingParty};
use super::{Eid, Name, Shown, Visit};
use crate::Component;
use crate::api::refused::Refused;
use crate::model::hash;
use crate::model::parameters::Parameters;
use crate::model::session::Level;
use crate::portal::Portal;

mod ceremony;
mod manage;
mod pages;
mod store;

pub use self::store::forget;

/// The segment of its addresses.
pub const ID: &str = "passkey";
/// Itself, as it stands in `amr`.
pub const AMR: &str = "Minid-WEBAUTHN";
/// How long a challenge may be answered; seconds.
const CHALLENGE: i64 = 300;

/// Passkeys as they are offered: not where the address has no domain, since there are none for IP addresses, and not at
/// Ansattporten, which has a store of its own.
pub fn eid(portal: Portal, base_url: &str) -> Option<Eid> {
    RelyingParty::at(base_url).filter(|_| portal == Portal::Idporten)?;
    Some(Eid { id: ID.to_owned(), name: Name::Text(key("passkey-eid")), highest: Level::Substantial })
}

/// The pages.
pub fn router() -> OpenApiRouter<Component> {
    OpenApiRouter::new()
        .routes(routes!(page, sign_in))
        .routes(routes!(script))
        .routes(routes!(manage::list, manage::add))
        .routes(routes!(manage::rename))
        .routes(routes!(manage::remove))
}

fn party(component: &Component) -> Result<RelyingParty, Refused> {
    RelyingParty::at(&component.ctx.base_url)
        .ok_or_else(|| Refused::request("There are no passkeys at an IP address"))
}

/// A challenge for `owner`: the hash of a sign-in's handle, or of a session's cookie.
async fn challenge(component: &Component, owner: Vec<u8>) -> Result<String, Refused> {
    let ctx = &component.ctx;
    let challenge = ctx.rng.token();
    let (key, expires) = (hash(&challenge), ctx.clock.now().as_second() + CHALLENGE);
    let kept: Result<(), StoreError> = ctx
        .store
        .write(move |tx| Box::pin(async move { store::put_challenge(tx, key, owner, expires).await }))
        .await;
    kept?;
    Ok(challenge)
}

/// Uses up the challenge that somebody answers; otherwise the text that says why not.
async fn take_challenge(component: &Component, challenge: &str, owner: Vec<u8>) -> Result<(), &'static str> {
    let (challenge, now) = (hash(challenge), component.ctx.clock.now().as_second());
    let taken: Result<bool, StoreError> = component
        .ctx
        .store
        .write(move |tx| Box::pin(async move { store::take_challenge(tx, challenge, owner, now).await }))
        .await;
    if taken.map_err(failed)? { Ok(()) } else { Err(key("passkey-feil-utloept")) }
}

/// The text about a failure of ours.
fn failed(error: StoreError) -> &'static str {
    tracing::error!(%error, "the store failed");
    key("idporten-feil-oss")
}

/// The text about an answer that does not hold.
fn complaint(fault: Fault) -> &'static str {
    tracing::info!(%fault, "the answer of a passkey was refused");
    match fault {
        Fault::NotVerified => key("passkey-feil-bekreft"),
        Fault::Unsupported => key("passkey-feil-type"),
        Fault::Cloned => key("passkey-feil-laast"),
        Fault::Malformed(_) | Fault::Site(_) | Fault::Signature | Fault::Owner => key("passkey-feil-svar"),
    }
}

/// The page with the button that asks the device.
#[utoipa::path(get, path = "/eid/passkey",
    params(("id" = String, Query, description = "The sign-in")),
    responses((status = 200, content_type = "text/html", body = String),
        (status = 400, content_type = "text/html", body = String)))]
async fn page(State(component): State<Component>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let parameters = Parameters::parse(query.unwrap_or_default().as_bytes());
    let shown = async {
        let visit = Visit::find(&component, &parameters, &headers).await?;
        show(&component, &visit, None).await
    };
    shown.await.unwrap_or_else(|refused: Refused| crate::pages::refused(&component, &refused))
}

async fn show(
    component: &Component,
    visit: &Visit,
    complaint: Option<&'static str>,
) -> Result<Response, Refused> {
    let party = party(component)?;
    let question = json!({
        "challenge": challenge(component, visit.login.handle.clone()).await?,
        "rpId": party.id,
        "allowCredentials": [],
        "userVerification": "required",
        "timeout": CHALLENGE * 1000,
    });
    Ok(pages::sign_in(component, visit, &question, complaint))
}

/// A person answers with a passkey: `svar` is what `navigator.credentials.get` gave, as JSON. `avbryt` goes back to the
/// client.
#[utoipa::path(post, path = "/eid/passkey",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "To the client, or to the page where the person agrees"),
        (status = 422, description = "The page again, with what is wrong", content_type = "text/html", body = String),
        (status = 400, content_type = "text/html", body = String)))]
async fn sign_in(State(component): State<Component>, headers: HeaderMap, body: Bytes) -> Response {
    let signed_in = try_sign_in(&component, &headers, &body).await;
    signed_in.unwrap_or_else(|refused| crate::pages::refused(&component, &refused))
}

async fn try_sign_in(component: &Component, headers: &HeaderMap, body: &[u8]) -> Result<Response, Refused> {
    let form = Parameters::form(headers, body)?;
    let visit = Visit::find(component, &form, headers).await?;
    if form.one("avbryt")?.is_some() {
        return visit.cancel(component).await;
    }
    if !visit.may_try(component).await? {
        return visit.too_many(component).await;
    }
    let answer = form.one("svar")?.unwrap_or_default();
    match who(component, &party(component)?, &visit, answer).await {
        Ok(shown) => visit.signed_in(component, headers, shown).await,
        Err(complaint) => show(component, &visit, Some(complaint)).await,
    }
}

/// Whose passkey has answered, if they may sign in; otherwise the text that says why not.
async fn who(
    component: &Component,
    party: &RelyingParty,
    visit: &Visit,
    answer: &str,
) -> Result<Shown, &'static str> {
    if answer.is_empty() {
        return Err(key("passkey-feil-mangler"));
    }
    let ctx = &component.ctx;
    let now = ctx.clock.now().as_second();
    let assertion = Assertion::read(answer).map_err(complaint)?;
    take_challenge(component, assertion.challenge(), visit.login.handle.clone()).await?;
    let found = store::find(&ctx.store, assertion.credential_id.clone()).await.map_err(failed)?;
    let kept = found.ok_or(key("passkey-feil-ukjent"))?;
    if kept.locked.is_some() {
        return Err(complaint(Fault::Cloned));
    }
    let verified = assertion.verify(party, &kept.passkey, &kept.holder);
    let passkey = kept.passkey;
    let noted: Result<bool, StoreError> = ctx
        .store
        .write(move |tx| {
            Box::pin(async move {
                match verified {
                    Ok(used) => store::used(tx, &passkey, used, now).await,
                    Err(Fault::Cloned) => store::lock(tx, passkey.credential_id, now).await.map(|()| false),
                    Err(_) => Ok(false),
                }
            })
        })
        .await;
    let noted = noted.map_err(failed)?;
    verified.map_err(complaint)?;
    if !noted {
        // It was used elsewhere at the same moment, or has just been removed.
        return Err(key("passkey-feil-utloept"));
    }
    Shown::admitted(component, kept.pid, Level::Substantial, AMR).await
}

/// The script of the pages with a passkey's button.
const SCRIPT: &str = include_str!("passkey.js");
/// What the browser holds the script against before it runs it.
static INTEGRITY: LazyLock<String> =
    LazyLock::new(|| format!("sha384-{}", STANDARD.encode(digest(&SHA384, SCRIPT.as_bytes()))));
/// The script's address below `/idporten`, another for every version, so that no other is found in a cache.
static ADDRESS: LazyLock<String> =
    LazyLock::new(|| format!("/eid/passkey/script.js?v={}", URL_SAFE_NO_PAD.encode(&hash(SCRIPT)[..9])));

/// Puts the question of a page to the browser, and posts the answer.
#[utoipa::path(get, path = "/eid/passkey/script.js",
    responses((status = 200, content_type = "text/javascript", body = String)))]
async fn script() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=86400"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, SCRIPT).into_response()
}

/// The reference to the script.
fn script_element(component: &Component) -> Markup {
    html! { script src=(component.at(&ADDRESS)) integrity=(*INTEGRITY) defer {} }
}

/// A question as the script reads it.
fn written(question: &Value) -> String {
    question.to_string()
}
