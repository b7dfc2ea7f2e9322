//! Where the person is signed in: their sessions in all browsers, each of which they can end.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use bytes::Bytes;
use design::key;
use http::{HeaderMap, StatusCode, header};
use kernel::store::StoreError;
use maud::{Markup, html};

use super::{Me, browser, eid, level, list, moment};
use crate::api::logout::frames;
use crate::api::refused::Refused;
use crate::cookies::SESSION;
use crate::model::client::NewClient;
use crate::model::parameters::Parameters;
use crate::store::sessions::{self, Living};
use crate::{Component, pages};

/// The page's place below `/minside`.
pub const AT: &str = "innlogginger";
/// What has been done, as it stands in the address, and its text.
const DONE: [(&str, &str); 2] =
    [("avsluttet", key("okter-avsluttet")), ("andre", key("okter-andre-avsluttet"))];

/// The person's sessions.
#[utoipa::path(get, path = "/minside/innlogginger",
    params(("gjort" = Option<String>, Query, description = "What has just been done")),
    responses((status = 200, content_type = "text/html", body = String), (status = 303, description = "To sign in")))]
pub async fn page(
    State(component): State<Component>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let me = match Me::find(&component, &headers, AT, false).await {
        Ok(me) => me,
        Err(response) => return response,
    };
    let parameters = Parameters::parse(query.unwrap_or_default().as_bytes());
    let done = parameters.one("gjort").ok().flatten();
    let done = DONE.into_iter().find(|(name, _)| Some(*name) == done).map(|(_, text)| text);
    show(&component, &me, done, None).await.unwrap_or_else(|refused| pages::refused(&component, &refused))
}

/// Ends one of the person's sessions (`sid`). Where it is this browser's, its services are told as they are at any
/// sign-out.
#[utoipa::path(post, path = "/minside/innlogginger/avslutt",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "This browser is signed out", content_type = "text/html", body = String),
        (status = 303, description = "To the page, or to sign in"), (status = 400, content_type = "text/html", body = String),
        (status = 422, description = "There is no such session", content_type = "text/html", body = String)))]
pub async fn end(State(component): State<Component>, headers: HeaderMap, body: Bytes) -> Response {
    let (me, form) = match Me::posted(&component, &headers, &body, AT).await {
        Ok(posted) => posted,
        Err(response) => return response,
    };
    let ended = async {
        let ctx = &component.ctx;
        let sid = form.required("sid")?.to_owned();
        let (own, pid, now) = (sid == me.who.sid, me.who.pid, ctx.clock.now().as_second());
        let ended: Result<Option<Vec<NewClient>>, StoreError> =
            ctx.store.write(move |tx| Box::pin(async move { sessions::end(tx, &sid, pid, now).await })).await;
        match ended? {
            None => show(&component, &me, None, Some(key("okter-borte"))).await,
            Some(clients) if own => {
                let frames = frames(&component, &me.who.sid, &clients);
                let mut response = pages::signed_out(&component, me.lang.tag(), &frames, None);
                response.headers_mut().append(header::SET_COOKIE, SESSION.clear(&component));
                Ok(response)
            }
            // No frame here reaches the cookies of another browser.
            Some(_) => Ok(me.done(&component, "avsluttet")),
        }
    };
    ended.await.unwrap_or_else(|refused: Refused| pages::refused(&component, &refused))
}

/// Ends all of the person's sessions but this browser's.
#[utoipa::path(post, path = "/minside/innlogginger/avslutt-andre",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "To the page, or to sign in"),
        (status = 400, content_type = "text/html", body = String)))]
pub async fn end_others(State(component): State<Component>, headers: HeaderMap, body: Bytes) -> Response {
    let me = match Me::posted(&component, &headers, &body, AT).await {
        Ok((me, _)) => me,
        Err(response) => return response,
    };
    let ctx = &component.ctx;
    let (but, pid, now) = (me.who.sid.clone(), me.who.pid, ctx.clock.now().as_second());
    let ended: Result<(), StoreError> = ctx
        .store
        .write(move |tx| Box::pin(async move { sessions::end_others(tx, &but, pid, now).await }))
        .await;
    match ended {
        Ok(()) => me.done(&component, "andre"),
        Err(error) => pages::refused(&component, &error.into()),
    }
}

async fn show(
    component: &Component,
    me: &Me,
    done: Option<&'static str>,
    complaint: Option<&'static str>,
) -> Result<Response, Refused> {
    let now = component.ctx.clock.now().as_second();
    let mut living = sessions::of(&component.ctx.store, &me.who.pid, now).await?;
    // This browser's first; otherwise they stay as they are, the last used first.
    living.sort_by_key(|session| session.sid != me.who.sid);
    let lang = me.lang;
    let title = lang.t("okter-tittel");
    let status = if complaint.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(me.page(component, &title).status(status).render(&html! {
        div.f-stack {
            h1.ds-heading data-size="lg" { (title) }
            @if let Some(complaint) = complaint {
                div.ds-alert data-color="danger" role="alert" { p { (lang.t(complaint)) } }
            }
            @if let Some(done) = done {
                div.ds-alert data-color="success" role="status" { p { (lang.t(done)) } }
            }
            p { (lang.t("okter-forklaring")) }
            (me.must_sign_in(component))
            ul.f-list.f-stack {
                @for (n, session) in living.iter().enumerate() { li { (one(component, me, n, session)) } }
            }
            @if living.len() > 1 {
                section.f-stack aria-labelledby="andre" {
                    h2.ds-heading #andre data-size="sm" { (lang.t("okter-andre")) }
                    p { (lang.t("okter-andre-forklaring")) }
                    (me.button(component, "/avslutt-andre", None, &lang.t("okter-andre-avslutt")))
                }
            }
            section.f-stack aria-labelledby="virkning" {
                h2.ds-heading #virkning data-size="sm" { (lang.t("okter-virkning-tittel")) }
                p { (lang.t("okter-virkning")) }
                p { (lang.t("okter-virkning-gitt")) " "
                    a.ds-link href={ (component.at("/minside/")) (super::given::AT) } { (lang.t("gitt-tittel")) } }
            }
            (me.home(component))
        }
    }))
}

fn one(component: &Component, me: &Me, n: usize, session: &Living) -> Markup {
    let lang = me.lang;
    let (heading, own) = (format!("okt-{n}"), session.sid == me.who.sid);
    let (name, began) = (browser(lang, &session.browser), moment(lang, session.started));
    let button = if own {
        lang.t("okter-avslutt-her")
    } else {
        lang.with("okter-avslutt", &[("navn", name.as_str().into()), ("naar", began.as_str().into())])
    };
    html! {
        article.ds-card.f-stack data-gap="sm" aria-labelledby=(heading) {
            h2.ds-heading id=(heading) data-size="xs" { (name) }
            @if own { p { span.ds-tag { (lang.t("okter-denne")) } } }
            dl.f-facts {
                dt { (lang.t("okter-begynt")) }
                dd { (began) }
                dt { (lang.t("okter-brukt")) }
                dd { (moment(lang, session.touched)) }
                dt { (lang.t("okter-eid")) }
                dd { (list(session.shown.iter().map(|(amr, at)| format!("{}, {}", eid(lang, amr), level(lang, *at))))) }
                dt { (lang.t("okter-tjenester")) }
                dd {
                    @if session.clients.is_empty() { (lang.t("okter-ingen-tjenester")) }
                    @else { (list(session.clients.iter().cloned())) }
                }
            }
            (me.button(component, "/avslutt", Some(("sid", &session.sid)), &button))
        }
    }
}
