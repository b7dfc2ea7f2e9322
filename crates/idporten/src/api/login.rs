//! The sign-in page, where a person chooses how to show who they are, and the page where they agree.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use kernel::store::StoreError;

use super::issue::Issue;
use super::refused::Refused;
use super::respond;
use crate::cookies::set_language;
use crate::eid::{self, Visit, testid};
use crate::model::parameters::Parameters;
use crate::pages;
use crate::store::Login;
use crate::{Component, store};

/// The page where a person chooses how to show who they are, or agrees. Where there is but one way, it begins at once.
#[utoipa::path(get, path = "/innlogging",
    params(("id" = String, Query, description = "The sign-in"), ("spraak" = Option<String>, Query, description = "Another language"),
        ("eid" = Option<String>, Query, description = "The eID whose page the language was chosen on")),
    responses((status = 200, content_type = "text/html", body = String), (status = 302, description = "To the one eID"),
        (status = 501, description = "No eID gives the level", content_type = "text/html", body = String),
        (status = 400, content_type = "text/html", body = String)))]
pub async fn page(
    State(component): State<Component>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let parameters = Parameters::parse(query.unwrap_or_default().as_bytes());
    match show(&component, &parameters, &headers).await {
        Ok(response) => response,
        Err(refused) => pages::refused(&component, &refused),
    }
}

async fn show(
    component: &Component,
    parameters: &Parameters,
    headers: &HeaderMap,
) -> Result<Response, Refused> {
    let mut visit = Visit::find(component, parameters, headers).await?;
    let chosen = parameters.one("spraak")?.and_then(pages::supported);
    if let Some(chosen) = chosen {
        chosen.clone_into(&mut visit.locale);
    }
    let named = parameters.one("eid")?;
    let eids = visit.eids(component);
    let begin = |eid: &eid::Eid| {
        let page = format!("{}/eid/{}", component.issuer(), eid.id);
        respond::redirect(&page, &[("id", visit.id.clone())], StatusCode::FOUND)
    };
    let named = eids.iter().find(|eid| Some(eid.id.as_str()) == named);
    let mut response = match (visit.login.signed_in.is_some(), named, eids.as_slice()) {
        (true, ..) if visit.must_choose() => {
            let page = format!("{}/velg", component.issuer());
            respond::redirect(&page, &[("id", visit.id.clone())], StatusCode::FOUND)
        }
        (true, ..) => visit.page(component, None).consent(),
        (false, Some(eid), _) => begin(eid),
        (false, None, []) => visit.page(component, None).no_eid(),
        // The sign-in page shows the test eID itself.
        (false, None, [only]) if only.id != testid::ID => begin(only),
        (false, None, eids) => visit.page(component, None).choose(&visit, eids),
    };
    if let Some(chosen) = chosen {
        response.headers_mut().append(header::SET_COOKIE, set_language(component, chosen));
    }
    Ok(response)
}

/// The sign-in page's form: `avbryt` goes back to the client. In test it is the test eID's form too (`personidentifikator`,
/// `nivaa`, `amr`), so that a program signs somebody in with one POST to the address that it was sent to.
#[utoipa::path(post, path = "/innlogging",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "To the client, or to the page where the person agrees"),
        (status = 422, description = "The page again, with what is wrong", content_type = "text/html", body = String),
        (status = 400, content_type = "text/html", body = String)))]
pub async fn sign_in(State(component): State<Component>, headers: HeaderMap, body: Bytes) -> Response {
    match testid::try_form(&component, &headers, &body).await {
        Ok(response) => response,
        Err(refused) => pages::refused(&component, &refused),
    }
}

/// A person agrees to what the client asks for: to each `scope` that they leave ticked. `avbryt` goes back to the client.
#[utoipa::path(post, path = "/samtykke",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "To the client"), (status = 400, content_type = "text/html", body = String)))]
pub async fn consent(State(component): State<Component>, headers: HeaderMap, body: Bytes) -> Response {
    match agree(&component, &headers, &body).await {
        Ok(response) => response,
        Err(refused) => pages::refused(&component, &refused),
    }
}

async fn agree(component: &Component, headers: &HeaderMap, body: &[u8]) -> Result<Response, Refused> {
    let form = Parameters::form(headers, body)?;
    let mut visit = Visit::find(component, &form, headers).await?;
    let Some(who) = visit.login.signed_in.take() else {
        return Err(Refused::new("login_required", "Nobody is signed in"));
    };
    if visit.must_choose() {
        return Err(Refused::new("login_required", "The person has not chosen on behalf of whom"));
    }
    let agreed: Vec<&str> = form.all("scope").collect();
    visit.scopes.retain(|scope| !scope.requires_user_consent || agreed.contains(&scope.scope.as_str()));
    if form.one("avbryt")?.is_some() || visit.scopes.is_empty() {
        return visit.refuse(component, Refused::new("access_denied", "The person did not agree")).await;
    }
    let Visit { login, client, scopes, locale, .. } = visit;
    let Login { handle, request, chosen, .. } = login;
    let destination = request.destination.clone();
    let pushed = request.pushed.clone();
    let issue = Issue::new(component, request, client, scopes, locale).chosen(chosen);
    let now = component.ctx.clock.now().as_second();
    let code: Result<Option<String>, StoreError> = component
        .ctx
        .store
        .write(move |tx| {
            Box::pin(async move {
                if !store::end_login_of(tx, handle, pushed, &who.sid, now).await? {
                    return Ok(None);
                }
                issue.keep(tx, who).await.map(Some)
            })
        })
        .await;
    let code = code?.ok_or_else(|| Refused::new("login_required", "The sign-in is over"))?;
    Ok(respond::code(component, &destination, &code, StatusCode::SEE_OTHER))
}
