//! Getting a MinID with the code of a letter, for a person who has no other eID or has lost what their MinID was.
//!
//! The letter goes to the address in Folkeregisteret ([`post`]). In test there is no post, and the page shows what would have
//! stood in it; so whoever orders one is told what is wrong with the number. Outside, all numbers are answered alike, and a
//! person is sent one letter a day. A code lives for two weeks and for 20 attempts, which take a guesser hours; whoever's
//! letter a guesser has used up orders another.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use bytes::Bytes;
use data_encoding::BASE32_NOPAD;
use design::{key, ui};
use http::{HeaderMap, StatusCode};
use kernel::id::Pid;
use kernel::store::StoreError;
use maud::{Markup, html};

use super::enrol::{self, Confirmed};
use super::{
    From, ID, check_password, code_as_given, errors, field, grouped, post, recovery_list, status, store,
};
use crate::api::refused::Refused;
use crate::cookies::KNOWN;
use crate::eid::{Shown, Visit, typed_pid};
use crate::model::hash;
use crate::model::parameters::Parameters;
use crate::model::session::Level;
use crate::{Component, pages};

/// How long a letter's code lives; seconds.
const LIVES: i64 = 14 * 24 * 3600;
/// How long it takes between two letters to a person; seconds.
const BETWEEN: i64 = 24 * 3600;
/// The text about a code that is not the letter's.
const WRONG: &str = key("minid-feil-brev");

/// The page where a person orders a letter, or writes the code of one.
#[utoipa::path(get, path = "/eid/minid/aktiver", params(("id" = String, Query, description = "The sign-in")),
    responses((status = 200, content_type = "text/html", body = String),
        (status = 400, content_type = "text/html", body = String)))]
pub async fn page(
    State(component): State<Component>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let parameters = Parameters::parse(query.unwrap_or_default().as_bytes());
    match Visit::find(&component, &parameters, &headers).await {
        Ok(visit) => show(&component, &visit, None, "", Ordered::Not),
        Err(refused) => pages::refused(&component, &refused),
    }
}

/// Orders a letter to `personidentifikator`.
#[utoipa::path(post, path = "/eid/minid/brev",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, content_type = "text/html", body = String), (status = 422, content_type = "text/html", body = String),
        (status = 501, description = "Nothing prints letters here", content_type = "text/html", body = String),
        (status = 400, content_type = "text/html", body = String)))]
pub async fn order(State(component): State<Component>, headers: HeaderMap, body: Bytes) -> Response {
    match try_order(&component, &headers, &body).await {
        Ok(response) => response,
        Err(refused) => pages::refused(&component, &refused),
    }
}

async fn try_order(component: &Component, headers: &HeaderMap, body: &[u8]) -> Result<Response, Refused> {
    let form = Parameters::form(headers, body)?;
    let visit = Visit::find(component, &form, headers).await?;
    let number = form.one("personidentifikator")?.unwrap_or_default();
    let pid = match typed_pid(number) {
        Ok(pid) => pid,
        Err(complaint) => return Ok(show(component, &visit, Some(complaint), number, Ordered::Not)),
    };
    if !visit.may_try(component).await? {
        return visit.too_many(component).await;
    }
    let admitted = Shown::admitted(component, pid, Level::Substantial, super::BY_TOTP).await.map(drop);
    let code = BASE32_NOPAD.encode(&component.ctx.rng.bytes::<10>());
    if component.ctx.test_mode {
        if let Err(complaint) = admitted {
            return Ok(show(component, &visit, Some(complaint), number, Ordered::Not));
        }
        keep(component, pid, &code, 0).await?;
        return Ok(show(component, &visit, None, number, Ordered::Shown(&grouped(&code))));
    }
    let Some(printer) = &component.post else {
        let page = visit.page(component, Some(ID));
        let lang = page.lang();
        let title = lang.t("minid-brev-tittel");
        return Ok(page.page(&title).status(StatusCode::NOT_IMPLEMENTED).render(&html! {
            h1.ds-heading data-size="lg" { (title) }
            p { (lang.t("minid-brev-ikke")) }
            (page.other_ways())
        }));
    };
    let later = || Ok(show(component, &visit, Some(key("idporten-feil-register")), number, Ordered::Not));
    match admitted {
        Ok(()) => {}
        Err("idporten-feil-register") => return later(),
        Err(_) => return Ok(show(component, &visit, None, number, Ordered::Sent)),
    }
    let Ok(address) = post::address(component, pid).await else { return later() };
    if let Some(address) = address
        && let Some(expires) = keep(component, pid, &code, BETWEEN).await?
        && !post::send(component, printer, &address, &code, expires).await
    {
        let kept = hash(&code);
        let gone: Result<(), StoreError> = component
            .ctx
            .store
            .write(move |tx| Box::pin(async move { store::drop_letter(tx, pid, kept).await }))
            .await;
        gone?;
        return later();
    }
    Ok(show(component, &visit, None, number, Ordered::Sent))
}

/// Keeps the code of a letter, unless one has been sent within the last `between` seconds; gives when it ends.
async fn keep(component: &Component, pid: Pid, code: &str, between: i64) -> Result<Option<i64>, Refused> {
    let (kept, now) = (hash(code), component.ctx.clock.now().as_second());
    let expires = now + LIVES;
    let done: Result<bool, StoreError> = component
        .ctx
        .store
        .write(move |tx| {
            Box::pin(async move { store::put_letter(tx, pid, kept, now, now - between, expires).await })
        })
        .await;
    Ok(done?.then_some(expires))
}

/// What has become of an order, as the page shows it.
enum Ordered<'a> {
    /// Nothing has been ordered.
    Not,
    /// In test: what would have stood in the letter.
    Shown(&'a str),
    /// It is on its way, if it can be.
    Sent,
}

/// Begins a MinID: `personidentifikator`, `brevkode` of the letter, and `nytt`, the password.
#[utoipa::path(post, path = "/eid/minid/aktiver",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "The page of the code generator", content_type = "text/html", body = String),
        (status = 422, content_type = "text/html", body = String), (status = 429, content_type = "text/html", body = String),
        (status = 400, content_type = "text/html", body = String)))]
pub async fn begin(
    State(component): State<Component>,
    from: From,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match try_begin(&component, &from, &headers, &body).await {
        Ok(response) => response,
        Err(refused) => pages::refused(&component, &refused),
    }
}

async fn try_begin(
    component: &Component,
    from: &From,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Response, Refused> {
    let form = Parameters::form(headers, body)?;
    let visit = Visit::find(component, &form, headers).await?;
    let number = form.one("personidentifikator")?.unwrap_or_default();
    let (code, password) = (form.one("brevkode")?.unwrap_or_default(), form.one("nytt")?.unwrap_or_default());
    let again = |complaint| Ok(show(component, &visit, Some(complaint), number, Ordered::Not));
    let pid = match typed_pid(number) {
        Ok(pid) => pid,
        Err(complaint) => return again(complaint),
    };
    if let Err(complaint) = check_password(password, pid) {
        return again(complaint);
    }
    let doors = super::doors(component, pid, KNOWN.read(component, headers).as_deref(), from).await?;
    if let Some(wait) = super::try_doors(component, &doors).await? {
        return Ok(super::closed(component, &visit, wait));
    }
    let (letter, now) = (hash(&code_as_given(code)), component.ctx.clock.now().as_second());
    let (kept, key) = (letter.clone(), letter);
    let found: Result<bool, StoreError> = component
        .ctx
        .store
        .write(move |tx| {
            Box::pin(async move {
                let found = store::has_letter(tx, pid, key, now).await?;
                if found {
                    store::succeeded(tx, &doors).await?;
                }
                Ok(found)
            })
        })
        .await;
    if !found? {
        return again(WRONG);
    }
    let setup = enrol::begin(component, pid, password, Some(kept)).await?;
    Ok(show_setup(component, &visit, &setup, None))
}

/// The person shows a code of their new generator (`oppsett`, `kode`).
#[utoipa::path(post, path = "/eid/minid/bekreft",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "The recovery codes", content_type = "text/html", body = String),
        (status = 422, content_type = "text/html", body = String),
        (status = 400, content_type = "text/html", body = String)))]
pub async fn confirm(State(component): State<Component>, headers: HeaderMap, body: Bytes) -> Response {
    match try_confirm(&component, &headers, &body).await {
        Ok(response) => response,
        Err(refused) => pages::refused(&component, &refused),
    }
}

async fn try_confirm(component: &Component, headers: &HeaderMap, body: &[u8]) -> Result<Response, Refused> {
    let form = Parameters::form(headers, body)?;
    let visit = Visit::find(component, &form, headers).await?;
    let code = form.one("kode")?.unwrap_or_default();
    match enrol::confirm(component, form.required("oppsett")?, code, None).await? {
        Confirmed::Again(setup) => Ok(show_setup(component, &visit, &setup, Some(key("minid-feil-kode")))),
        Confirmed::Codes(codes) => {
            let page = visit.page(component, Some(ID));
            let lang = page.lang();
            let title = lang.t("minid-klar-tittel");
            Ok(page.page(&title).render(&html! {
                div.f-stack {
                    h1.ds-heading data-size="lg" { (title) }
                    (recovery_list(lang, &codes))
                    p { a.ds-button href=(page.eid_page(ID)) { (lang.t("minid-klar")) } }
                }
            }))
        }
    }
}

fn hidden(visit: &Visit) -> Markup {
    html! { input type="hidden" name="id" value=(visit.id); }
}

fn show_setup(
    component: &Component,
    visit: &Visit,
    setup: &enrol::Setup,
    complaint: Option<&'static str>,
) -> Response {
    let page = visit.page(component, Some(ID));
    let lang = page.lang();
    let title = lang.t("minid-oppsett-tittel");
    let action = component.at("/eid/minid/bekreft");
    page.page(&title).status(status(complaint)).render(&html! {
        div.f-stack {
            h1.ds-heading data-size="lg" { (title) }
            (enrol::page(component, lang, setup, &action, &hidden(visit), &errors(lang, complaint)))
            (page.cancel("/innlogging"))
        }
    })
}

/// The page, with what is wrong, and what has become of an order.
fn show(
    component: &Component,
    visit: &Visit,
    complaint: Option<&'static str>,
    number: &str,
    ordered: Ordered<'_>,
) -> Response {
    let page = visit.page(component, Some(ID));
    let lang = page.lang();
    let title = lang.t("minid-faa-tittel");
    let errors = errors(lang, complaint);
    page.page(&title).status(status(complaint)).render(&html! {
        div.f-stack {
            h1.ds-heading data-size="lg" { (title) }
            (ui::error_summary(lang, &errors))
            @match ordered {
                Ordered::Shown(letter) => {
                    (ui::alert("info", &lang.t("minid-brev-sendt"), &html! { p { (lang.t("minid-brev-test")) " " code { (letter) } } }))
                }
                Ordered::Sent => {
                    (ui::alert("info", &lang.t("minid-brev-sendt"), &html! { p { (lang.t("minid-brev-paa-vei")) } }))
                }
                Ordered::Not => {
                p { (lang.t("minid-faa-hjelp")) }
                form.f-stack method="post" action=(component.at("/eid/minid/brev")) {
                    (hidden(visit))
                    (ui::TextField { name: "personidentifikator", label: &lang.t("minid-brev-til"), help: "", value: number,
                        kind: "text", autocomplete: "username", required: true }.render(&errors))
                    button.ds-button type="submit" data-variant="secondary" { (lang.t("minid-brev-bestill")) }
                }
                }
            }
            section.f-stack aria-labelledby="brev" {
                h2.ds-heading #brev data-size="sm" { (lang.t("minid-har-brev")) }
                form.f-stack method="post" action=(component.at("/eid/minid/aktiver")) {
                    (hidden(visit))
                    (own_number(&lang.t("idporten-nummer"), number))
                    (field(lang, "brevkode", "", &errors))
                    (field(lang, "nytt", "", &errors))
                    button.ds-button type="submit" { (lang.t("minid-videre")) }
                }
            }
            (page.other_ways())
            (page.cancel("/innlogging"))
        }
    })
}

/// The number once more on the page, under an id of its own.
fn own_number(label: &str, number: &str) -> Markup {
    html! {
        ds-field.ds-field {
            label.ds-label for="brev-nummer" { (label) }
            input.ds-input #brev-nummer type="text" name="personidentifikator" value=(number) autocomplete="username" required;
        }
    }
}
