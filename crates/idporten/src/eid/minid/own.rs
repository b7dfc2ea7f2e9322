//! A person's MinID on their own pages: getting one with another eID, another password, new recovery codes, none any more.

use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use design::{key, ui};
use http::{HeaderMap, StatusCode};
use kernel::store::StoreError;
use maud::{Markup, html};

use super::enrol::{self, Confirmed};
use super::{check_password, errors, field, recovery_codes, recovery_list, status, store};
use crate::api::minside::Me;
use crate::api::refused::Refused;
use crate::api::respond;
use crate::{Component, pages};

/// The page's place below `/minside`.
const AT: &str = "minid";

fn or_page(component: &Component, result: Result<Response, Refused>) -> Response {
    result.unwrap_or_else(|refused| pages::refused(component, &refused))
}

/// The person's MinID, or the form by which they get one.
#[utoipa::path(get, path = "/minside/minid",
    responses((status = 200, content_type = "text/html", body = String), (status = 303, description = "To sign in")))]
pub async fn page(State(component): State<Component>, headers: HeaderMap) -> Response {
    match Me::find(&component, &headers, AT, true).await {
        Ok(me) => or_page(&component, show(&component, &me, None, None).await),
        Err(response) => response,
    }
}

/// Begins a new MinID, with the password `nytt`.
#[utoipa::path(post, path = "/minside/minid",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "The page of the code generator", content_type = "text/html", body = String),
        (status = 422, content_type = "text/html", body = String),
        (status = 400, content_type = "text/html", body = String), (status = 303, description = "To sign in")))]
pub async fn begin(State(component): State<Component>, headers: HeaderMap, body: Bytes) -> Response {
    let (me, form) = match Me::posted(&component, &headers, &body, AT).await {
        Ok(posted) => posted,
        Err(response) => return response,
    };
    let begun = async {
        let password = form.one("nytt")?.unwrap_or_default();
        if let Err(complaint) = check_password(password, me.who.pid) {
            return show(&component, &me, Some(complaint), None).await;
        }
        let setup = enrol::begin(&component, me.who.pid, password, None).await?;
        Ok(show_setup(&component, &me, &setup, None))
    };
    or_page(&component, begun.await)
}

/// The person shows a code of their new generator (`oppsett`, `kode`).
#[utoipa::path(post, path = "/minside/minid/bekreft",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "The recovery codes", content_type = "text/html", body = String),
        (status = 422, content_type = "text/html", body = String),
        (status = 400, content_type = "text/html", body = String), (status = 303, description = "To sign in")))]
pub async fn confirm(State(component): State<Component>, headers: HeaderMap, body: Bytes) -> Response {
    let (me, form) = match Me::posted(&component, &headers, &body, AT).await {
        Ok(posted) => posted,
        Err(response) => return response,
    };
    let confirmed = async {
        let code = form.one("kode")?.unwrap_or_default();
        match enrol::confirm(&component, form.required("oppsett")?, code, Some(me.who.pid)).await? {
            Confirmed::Again(setup) => Ok(show_setup(&component, &me, &setup, Some(key("minid-feil-kode")))),
            Confirmed::Codes(codes) => show(&component, &me, None, Some(&codes)).await,
        }
    };
    or_page(&component, confirmed.await)
}

/// Another password: `passord` now, `nytt` from now on.
#[utoipa::path(post, path = "/minside/minid/passord",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "To the page"), (status = 422, content_type = "text/html", body = String),
        (status = 400, content_type = "text/html", body = String)))]
pub async fn password(State(component): State<Component>, headers: HeaderMap, body: Bytes) -> Response {
    let (me, form) = match Me::posted(&component, &headers, &body, AT).await {
        Ok(posted) => posted,
        Err(response) => return response,
    };
    let changed = async {
        let pid = me.who.pid;
        let (old, new) = (form.one("passord")?.unwrap_or_default(), form.one("nytt")?.unwrap_or_default());
        if let Err(complaint) = check_password(new, pid) {
            return show(&component, &me, Some(complaint), None).await;
        }
        // Whoever sits at a machine that is signed in guesses no faster than anybody else.
        let doors = super::doors(&component, pid, Some(&me.csrf), &None).await?;
        if super::try_doors(&component, &doors).await?.is_some() {
            return show(&component, &me, Some(key("minid-feil-naa")), None).await;
        }
        let account = store::account(&component.ctx.store, pid).await?;
        let hashed = account.as_ref().map_or(super::NOBODY, |account| account.password.as_str());
        if !component.minid.verify(old, hashed).await? {
            return show(&component, &me, Some(key("minid-feil-naa")), None).await;
        }
        let hashed = component.minid.hash(new, component.ctx.rng.bytes()).await?;
        let kept: Result<(), StoreError> = component
            .ctx
            .store
            .write(move |tx| {
                Box::pin(async move {
                    store::succeeded(tx, &doors).await?;
                    store::put_password(tx, pid, hashed).await
                })
            })
            .await;
        kept?;
        Ok(back(&component))
    };
    or_page(&component, changed.await)
}

/// New recovery codes in the place of the old.
#[utoipa::path(post, path = "/minside/minid/koder",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "The recovery codes", content_type = "text/html", body = String),
        (status = 400, content_type = "text/html", body = String), (status = 303, description = "To sign in")))]
pub async fn recovery(State(component): State<Component>, headers: HeaderMap, body: Bytes) -> Response {
    let me = match Me::posted(&component, &headers, &body, AT).await {
        Ok((me, _)) => me,
        Err(response) => return response,
    };
    let renewed = async {
        let pid = me.who.pid;
        if !super::has(&component, pid).await? {
            return Ok(back(&component));
        }
        let (codes, hashes) = recovery_codes(&component);
        let kept: Result<(), StoreError> = component
            .ctx
            .store
            .write(move |tx| Box::pin(async move { store::put_recovery(tx, pid, hashes).await }))
            .await;
        kept?;
        show(&component, &me, None, Some(&codes)).await
    };
    or_page(&component, renewed.await)
}

/// Removes the MinID.
#[utoipa::path(post, path = "/minside/minid/slett",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "To the page"),
        (status = 400, content_type = "text/html", body = String)))]
pub async fn remove(State(component): State<Component>, headers: HeaderMap, body: Bytes) -> Response {
    let me = match Me::posted(&component, &headers, &body, AT).await {
        Ok((me, _)) => me,
        Err(response) => return response,
    };
    let pid = me.who.pid;
    let removed: Result<(), StoreError> =
        component.ctx.store.write(move |tx| Box::pin(async move { store::remove(tx, pid).await })).await;
    match removed {
        Ok(()) => back(&component),
        Err(error) => pages::refused(&component, &error.into()),
    }
}

fn back(component: &Component) -> Response {
    respond::redirect(&format!("{}/minside/minid", component.issuer()), &[], StatusCode::SEE_OTHER)
}

fn show_setup(
    component: &Component,
    me: &Me,
    setup: &enrol::Setup,
    complaint: Option<&'static str>,
) -> Response {
    let lang = me.lang;
    let title = lang.t("minid-oppsett-tittel");
    let action = component.at("/minside/minid/bekreft");
    me.page(component, &title).status(status(complaint)).render(&html! {
        div.f-stack {
            h1.ds-heading data-size="lg" { (title) }
            (enrol::page(component, lang, setup, &action, &ui::csrf(&me.csrf), &errors(lang, complaint)))
        }
    })
}

async fn show(
    component: &Component,
    me: &Me,
    complaint: Option<&'static str>,
    codes: Option<&[String]>,
) -> Result<Response, Refused> {
    let account = store::account(&component.ctx.store, me.who.pid).await?;
    let left = store::recovery_left(&component.ctx.store, me.who.pid).await?;
    let lang = me.lang;
    let errors = errors(lang, complaint);
    let form = |path: &str, button: &str, fields: Markup| {
        html! {
            form.f-stack method="post" action=(component.at(path)) {
                (ui::csrf(&me.csrf))
                (fields)
                button.ds-button type="submit" data-variant="secondary" { (button) }
            }
        }
    };
    let made = account.and_then(|account| jiff::Timestamp::from_second(account.created).ok());
    Ok(me.page(component, "MinID").status(status(complaint)).render(&html! {
        div.f-stack {
            h1.ds-heading data-size="lg" { "MinID" }
            (ui::error_summary(lang, &errors))
            @if let Some(codes) = codes { (recovery_list(lang, codes)) }
            @if let Some(made) = made {
                p { (lang.with("minid-siden", &[("dato", lang.day(made).into()), ("antall", left.into())])) }
                h2.ds-heading data-size="sm" { (lang.t("minid-bytt")) }
                (form("/minside/minid/passord", &lang.t("minid-bytt"), html! {
                    (field(lang, "passord", "", &errors))
                    (field(lang, "nytt", "", &errors))
                }))
                h2.ds-heading data-size="sm" { (lang.t("minid-nye-koder")) }
                (form("/minside/minid/koder", &lang.t("minid-nye-koder"), html! {}))
                h2.ds-heading data-size="sm" { (lang.t("minid-slett")) }
                p { (lang.t("minid-slett-hjelp")) }
                (form("/minside/minid/slett", &lang.t("minid-slett"), html! {}))
            } @else {
                p { (lang.t("minid-ingen")) }
                (form("/minside/minid", &lang.t("minid-videre"), field(lang, "nytt", "", &errors)))
            }
            p { a.ds-link href=(component.at("/minside")) { (lang.t("minside-tittel")) } }
        }
    }))
}
