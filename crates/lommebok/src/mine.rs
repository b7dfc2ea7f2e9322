//! The credentials that a person has fetched and that have not expired, and how to withdraw them: a phone that is lost
//! should not show who its owner is.

use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::{get, post};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use design::{Lang, key, ui};
use http::{HeaderMap, StatusCode, header};
use jiff::Timestamp;
use kernel::clock::oslo;
use kernel::id::Pid;
use kernel::store::StoreError;
use maud::{Markup, html};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;

use crate::model::digest;
use crate::model::status::Batch;
use crate::pages::{Fault, language, page, secret, see};
use crate::{Component, store};

/// Where the page is.
const AT: &str = "/lommebok/mine";
/// Where who has not signed in begins.
const SIGN_IN: &str = "/lommebok/logg-inn?til=mine";

/// The pages.
pub fn router() -> OpenApiRouter<Component> {
    OpenApiRouter::new().route(AT, get(list)).route("/lommebok/mine/trekk-tilbake", post(withdraw))
}

/// What a visit is kept under.
pub fn browser(secret: &str) -> [u8; 32] {
    digest("besøk", &[secret])
}

/// What a form of this browser carries, so that none from elsewhere counts.
fn csrf(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest("skjema", &[secret]))
}

/// Who has just signed in in this browser, with the browser's secret.
async fn visitor<'a>(
    component: &Component,
    headers: &'a HeaderMap,
) -> Result<Option<(Pid, &'a str)>, StoreError> {
    let Some(secret) = secret(component, headers) else { return Ok(None) };
    let found = store::visit(&component.ctx.store, &browser(secret), component.now()).await?;
    Ok(found.map(|pid| (pid, secret)))
}

/// What the address says.
#[derive(Deserialize)]
struct Shown {
    trukket: Option<String>,
}

async fn list(
    State(component): State<Component>,
    Query(shown): Query<Shown>,
    headers: HeaderMap,
) -> Response {
    match try_list(&component, shown.trukket.is_some(), &headers).await {
        Ok(response) => response,
        Err(fault) => fault.page(&component, &headers),
    }
}

async fn try_list(component: &Component, withdrawn: bool, headers: &HeaderMap) -> Result<Response, Fault> {
    let Some((pid, secret)) = visitor(component, headers).await? else { return Ok(see(SIGN_IN, None)) };
    let batches = store::batches(&component.ctx.store, &pid, component.now()).await?;
    let lang = language(component, headers);
    let csrf = csrf(secret);
    Ok(page(component, headers, key("lommebok-mine-tittel")).render(&html! {
        div.f-stack {
            h1.ds-heading data-size="lg" { (lang.t("lommebok-mine-tittel")) }
            @if withdrawn {
                (ui::alert("success", &lang.t("lommebok-mine-trukket"), &html! { p { (lang.t("lommebok-mine-trukket-tekst")) } }))
            }
            p { (lang.t("lommebok-mine")) }
            @if batches.is_empty() {
                p { (lang.t("lommebok-mine-ingen")) }
            } @else {
                ul.f-list.f-stack { @for one in &batches { li { (row(lang, one, &csrf)) } } }
            }
            p { a.ds-link href="/lommebok/logg-inn" { (lang.t("lommebok-hent")) } }
        }
    }))
}

fn row(lang: Lang, batch: &Batch, csrf: &str) -> Markup {
    let (fetched, until) = (moment(batch.issued), moment(batch.expires));
    let count = batch.count.to_string();
    let values = [
        ("hentet", fetched.as_str().into()),
        ("til", until.as_str().into()),
        ("antall", count.as_str().into()),
    ];
    html! {
        div.f-stack data-gap="sm" {
            p { (lang.with("lommebok-mine-bevis", &values)) }
            @if let Some(at) = batch.withdrawn {
                p { strong { (lang.with("lommebok-mine-trukket-da", &[("da", moment(at).as_str().into())])) } }
            } @else {
                form method="post" action="/lommebok/mine/trekk-tilbake" {
                    (ui::csrf(csrf))
                    input type="hidden" name="bevis" value=(batch.batch);
                    button.ds-button type="submit" data-variant="secondary" aria-label=(lang.with("lommebok-mine-trekk-ett", &values)) {
                        (lang.t("lommebok-mine-trekk"))
                    }
                }
            }
        }
    }
}

/// A moment as people here write it.
fn moment(at: i64) -> String {
    let at = Timestamp::from_second(at).unwrap_or_default().to_zoned_datetime(oslo());
    at.strftime("%d.%m.%Y kl. %H:%M").to_string()
}

/// The person withdraws what they have fetched at once.
async fn withdraw(State(component): State<Component>, headers: HeaderMap, body: Bytes) -> Response {
    match try_withdraw(&component, &headers, &body).await {
        Ok(response) => response,
        Err(fault) => fault.page(&component, &headers),
    }
}

async fn try_withdraw(component: &Component, headers: &HeaderMap, body: &[u8]) -> Result<Response, Fault> {
    let Some((pid, secret)) = visitor(component, headers).await? else { return Ok(see(SIGN_IN, None)) };
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let form = kind.split(';').next().unwrap_or_default().trim() == "application/x-www-form-urlencoded";
    let one = |name: &str| {
        let mut values = url::form_urlencoded::parse(body).filter(|(known, _)| known == name);
        let first = values.next().map(|(_, value)| value.into_owned());
        first.filter(|_| values.next().is_none())
    };
    let ours = one("csrf").is_some_and(|given| {
        aws_lc_rs::constant_time::verify_slices_are_equal(given.as_bytes(), csrf(secret).as_bytes()).is_ok()
    });
    let (true, true, Some(batch)) = (form, ours, one("bevis")) else { return Err(Fault::lost()) };
    let now = component.now();
    let done: Result<bool, StoreError> = component
        .ctx
        .store
        .write(move |tx| Box::pin(async move { store::withdraw(tx, &pid, &batch, now).await }))
        .await;
    if done? {
        tracing::info!("credentials were withdrawn by their holder");
        return Ok(see("/lommebok/mine?trukket=1", None));
    }
    let (heading, text) = (key("lommebok-feil-bevis"), key("lommebok-feil-bevis-tekst"));
    Err(Fault::new(StatusCode::NOT_FOUND, heading, text))
}
