//! What the person has given services access to, which outlives their sign-ins; each can be withdrawn.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use bytes::Bytes;
use design::key;
use http::{HeaderMap, StatusCode};
use kernel::store::StoreError;
use maud::{Markup, html};

use super::{Me, browser, list, moment};
use crate::api::refused::Refused;
use crate::model::client::{NewClient, Scope};
use crate::model::parameters::Parameters;
use crate::model::tokens::Granted;
use crate::{Component, pages, store};

/// The page's place below `/minside`.
pub const AT: &str = "tilganger";
/// What has been done, as it stands in the address.
const WITHDRAWN: &str = "trukket";

/// What the person has given.
#[utoipa::path(get, path = "/minside/tilganger",
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
    let done = parameters.one("gjort").ok().flatten() == Some(WITHDRAWN);
    show(&component, &me, done, None).await.unwrap_or_else(|refused| pages::refused(&component, &refused))
}

/// Withdraws what the person has given (`id`): every token of it is revoked.
#[utoipa::path(post, path = "/minside/tilganger/trekk",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "To the page, or to sign in"), (status = 400, content_type = "text/html", body = String),
        (status = 422, description = "There is no such authorization", content_type = "text/html", body = String)))]
pub async fn withdraw(State(component): State<Component>, headers: HeaderMap, body: Bytes) -> Response {
    let (me, form) = match Me::posted(&component, &headers, &body, AT).await {
        Ok(posted) => posted,
        Err(response) => return response,
    };
    let withdrawn = async {
        let (ctx, now) = (&component.ctx, component.ctx.clock.now().as_second());
        let found = store::authorizations::one(&ctx.store, form.required("id")?, now).await?;
        let Some((granted, _)) = found.filter(|(granted, _)| granted.authentication.pid == me.who.pid) else {
            return show(&component, &me, false, Some(key("gitt-borte"))).await;
        };
        let revoked: Result<(), StoreError> = ctx
            .store
            .write(move |tx| Box::pin(async move { store::revoke(tx, &granted.id, now).await }))
            .await;
        revoked?;
        Ok(me.done(&component, WITHDRAWN))
    };
    withdrawn.await.unwrap_or_else(|refused: Refused| pages::refused(&component, &refused))
}

async fn show(
    component: &Component,
    me: &Me,
    done: bool,
    complaint: Option<&'static str>,
) -> Result<Response, Refused> {
    let (store, now) = (&component.ctx.store, component.ctx.clock.now().as_second());
    let catalogue = store::scopes(store).await?;
    let mut living = store::authorizations::living(store, &me.who.pid, now).await?;
    // What only says who the person is ends with the session, and is seen there.
    living.retain(|(granted, _)| granted.survives_logout());
    let lang = me.lang;
    let title = lang.t("gitt-tittel");
    let status = if complaint.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(me.page(component, &title).status(status).render(&html! {
        div.f-stack {
            h1.ds-heading data-size="lg" { (title) }
            @if let Some(complaint) = complaint {
                div.ds-alert data-color="danger" role="alert" { p { (lang.t(complaint)) } }
            }
            @if done {
                div.ds-alert data-color="success" role="status" { p { (lang.t("gitt-trukket")) } }
            }
            p { (lang.t("gitt-forklaring")) }
            @if living.is_empty() {
                p { (lang.t("gitt-tomt")) }
            } @else {
                (me.must_sign_in(component))
                ul.f-list.f-stack {
                    @for (n, (granted, client)) in living.iter().enumerate() {
                        li { (one(component, me, n, granted, client, &catalogue)) }
                    }
                }
            }
            (me.home(component))
        }
    }))
}

fn one(
    component: &Component,
    me: &Me,
    n: usize,
    granted: &Granted,
    client: &NewClient,
    catalogue: &[Scope],
) -> Markup {
    let lang = me.lang;
    let heading = format!("gitt-{n}");
    // A supplier's customer goes by its own name, as on the page where it was given.
    let customer =
        client.onbehalfof.iter().find(|customer| Some(&customer.onbehalfof) == granted.onbehalfof.as_ref());
    let name = customer.map_or(&client.name, |customer| &customer.display_name);
    let given = moment(lang, granted.given);
    let words = |scope: &String| {
        let known = catalogue.iter().find(|known| known.scope == *scope);
        known.map_or_else(|| scope.clone(), |known| known.description.clone())
    };
    let button = lang.with("gitt-trekk", &[("navn", name.as_str().into()), ("naar", given.as_str().into())]);
    html! {
        article.ds-card.f-stack data-gap="sm" aria-labelledby=(heading) {
            h2.ds-heading id=(heading) data-size="xs" { (name) }
            dl.f-facts {
                dt { (lang.t("gitt-hva")) }
                dd { (list(granted.scopes.iter().map(words))) }
                dt { (lang.t("gitt-naar")) }
                dd { (given) }
                dt { (lang.t("gitt-slutter")) }
                dd { (moment(lang, granted.ends)) }
                dt { (lang.t("gitt-nettleser")) }
                dd { (browser(lang, granted.user_agent.as_deref().unwrap_or_default())) }
            }
            (me.button(component, "/trekk", Some(("id", &granted.id)), &button))
        }
    }
}
