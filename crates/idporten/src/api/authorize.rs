//! Where a client sends people to sign in.

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use kernel::store::StoreError;

use super::hint::Hint;
use super::issue::Issue;
use super::refused::Refused;
use super::{respond, waiting_room};
use crate::cookies::{BROWSER, SESSION};
use crate::model::browser::KEPT;
use crate::model::client::Client;
use crate::model::parameters::Parameters;
use crate::model::request::{AuthorizeRequest, Destination, REQUEST_URI};
use crate::model::session::{self, Authentication, Next};
use crate::model::{LOGIN, PUSHED, hash};
use crate::waiting::{GRACE, Turn};
use crate::{Component, pages, store};

/// Begins a sign-in: sends the browser back with a code where a session is enough, to the sign-in page where not.
#[utoipa::path(get, path = "/authorize",
    params(("client_id" = String, Query), ("redirect_uri" = Option<String>, Query), ("response_type" = Option<String>, Query),
        ("scope" = Option<String>, Query), ("state" = Option<String>, Query), ("nonce" = Option<String>, Query),
        ("code_challenge" = Option<String>, Query), ("code_challenge_method" = Option<String>, Query),
        ("acr_values" = Option<String>, Query), ("prompt" = Option<String>, Query), ("max_age" = Option<i64>, Query),
        ("ui_locales" = Option<String>, Query), ("response_mode" = Option<String>, Query),
        ("onbehalfof" = Option<String>, Query), ("resource" = Option<String>, Query), ("dpop_jkt" = Option<String>, Query), ("request_uri" = Option<String>, Query)),
    responses((status = 302, description = "To the client with a code or an error, or to the sign-in page"),
        (status = 400, description = "A page: the client or its address is wrong", content_type = "text/html", body = String)))]
pub async fn authorize(
    State(component): State<Component>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let parameters = Parameters::parse(query.unwrap_or_default().as_bytes());
    match begin(&component, parameters, &headers).await {
        Ok(response) => response,
        Err(refused) => pages::refused(&component, &refused),
    }
}

/// The same with a form. The parameters are kept and the browser goes on by GET, since it brings no session with a POST
/// from elsewhere.
#[utoipa::path(post, path = "/authorize",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "To the same by GET"),
        (status = 400, description = "A page: the client or its address is wrong", content_type = "text/html", body = String)))]
pub async fn authorize_form(State(component): State<Component>, headers: HeaderMap, body: Bytes) -> Response {
    match keep(&component, &headers, &body).await {
        Ok(response) => response,
        Err(refused) => pages::refused(&component, &refused),
    }
}

async fn keep(component: &Component, headers: &HeaderMap, body: &[u8]) -> Result<Response, Refused> {
    let parameters = Parameters::form(headers, body)?;
    let client = client(component, &parameters).await?;
    if parameters.all("request_uri").next().is_none() {
        if client.must_push() {
            return Err(Refused::request("The client's requests must be pushed"));
        }
        Destination::of(&parameters, &client)?;
        let request_uri = push(component, &client.client_id, &parameters).await?;
        return Ok(onwards(component, &client.client_id, &request_uri));
    }
    Ok(onwards(component, &client.client_id, parameters.required("request_uri")?))
}

fn onwards(component: &Component, client_id: &str, request_uri: &str) -> Response {
    let parameters = [("client_id", client_id.to_owned()), ("request_uri", request_uri.to_owned())];
    respond::redirect(&format!("{}/authorize", component.issuer()), &parameters, StatusCode::SEE_OTHER)
}

/// Keeps a request's parameters and gives their handle.
pub async fn push(
    component: &Component,
    client_id: &str,
    parameters: &Parameters,
) -> Result<String, Refused> {
    let handle = component.ctx.rng.token();
    // What shows who the client is belongs to this one request.
    let credentials = ["client_assertion", "client_assertion_type", "client_secret"];
    let (key, client_id, kept) =
        (hash(&handle), client_id.to_owned(), parameters.encode_without(&credentials));
    let expires = component.ctx.clock.now().as_second() + PUSHED;
    let pushed: Result<(), StoreError> = component
        .ctx
        .store
        .write(move |tx| Box::pin(async move { store::push(tx, key, &client_id, &kept, expires).await }))
        .await;
    pushed?;
    Ok(format!("{REQUEST_URI}{handle}"))
}

async fn client(component: &Component, parameters: &Parameters) -> Result<Client, Refused> {
    let client = store::client(&component.ctx.store, parameters.required("client_id")?).await?;
    client.ok_or_else(|| Refused::new("unauthorized_client", "There is no such client"))
}

fn wrong_handle() -> Refused {
    Refused::new("invalid_request_uri", "request_uri is unknown, used, expired or another client's")
}

/// The parameters of a pushed request, and the hash of its handle. It stays until a sign-in with it has ended, so that a
/// person may load the page again (FAPI 2.0 § 5.3.2.2).
async fn pushed(
    component: &Component,
    client: &Client,
    request_uri: &str,
) -> Result<(Parameters, Vec<u8>), Refused> {
    let handle = hash(request_uri.strip_prefix(REQUEST_URI).ok_or_else(wrong_handle)?);
    let now = component.ctx.clock.now().as_second();
    let kept = store::pushed(&component.ctx.store, handle.clone(), &client.client_id, now).await?;
    Ok((Parameters::parse(kept.ok_or_else(wrong_handle)?.as_bytes()), handle))
}

async fn begin(component: &Component, asked: Parameters, headers: &HeaderMap) -> Result<Response, Refused> {
    let client = client(component, &asked).await?;
    let was_pushed = asked.all("request_uri").next().is_some();
    let (parameters, handle) = if was_pushed {
        let request_uri = asked.required("request_uri")?;
        if !request_uri.starts_with(REQUEST_URI)
            && let Ok(destination) = Destination::of(&asked, &client)
        {
            let refused =
                Refused::new("request_uri_not_supported", "request_uri must be one that was pushed");
            return Ok(respond::error(component, &destination, &refused, StatusCode::FOUND));
        }
        let (parameters, handle) = pushed(component, &client, request_uri).await?;
        (parameters, Some(handle))
    } else {
        (asked, None)
    };
    let destination = Destination::of(&parameters, &client)?;
    let refuse = |refused: &Refused| respond::error(component, &destination, refused, StatusCode::FOUND);
    if client.must_push() && !was_pushed {
        return Ok(refuse(&Refused::request("The client's requests must be pushed")));
    }
    let catalogue = store::scopes(&component.ctx.store).await?;
    let request = match AuthorizeRequest::check(
        &parameters,
        destination.clone(),
        &client,
        component.portal,
        &catalogue,
    ) {
        Ok(request) => AuthorizeRequest { user_agent: user_agent(headers), pushed: handle, ..request },
        Err(refused) => return Ok(refuse(&refused)),
    };
    let scopes = request.scopes_of(&catalogue);
    let mut who = who(component, &client, headers).await?;
    // Who is in is never made to wait, also where they have to show themselves anew.
    let inside = who.is_some();
    match parameters.one("id_token_hint").map(|hint| hint.map(|hint| Hint::read(component, hint))) {
        Ok(None) => {}
        // Somebody else than the client thinks: it is not told who, and the person is asked.
        Ok(Some(Some(hint))) if hint.aud == client.client_id => {
            who = who.filter(|who| component.pairwise.sub(&client, &who.pid) == hint.sub);
        }
        Ok(_) => return Ok(refuse(&Refused::request("id_token_hint is not an id token of the client's"))),
        Err(refused) => return Ok(refuse(&refused)),
    }
    let now = component.ctx.clock.now().as_second();
    let mut next = session::next(&request, &scopes, who.as_ref(), now);
    if let (Next::Consent, Some(who)) = (next, &who)
        && !component.asks_consent(&request, &client, &scopes, &who.pid).await?
    {
        next = Next::Code;
    }
    let request = AuthorizeRequest { federated: next != Next::SignIn, ..request };
    match next {
        Next::Code => {
            // Only somebody who is signed in needs nothing more.
            let Some(who) = who else { return Err(Refused::server()) };
            let locale = pages::locale(headers, request.ui_locales.as_deref());
            let pushed = request.pushed.clone();
            let issue = Issue::new(component, request, client, scopes, locale);
            let code: Result<Option<String>, StoreError> = component
                .ctx
                .store
                .write(move |tx| {
                    Box::pin(async move {
                        if let Some(pushed) = pushed
                            && !store::use_pushed(tx, pushed, now).await?
                        {
                            return Ok(None);
                        }
                        issue.keep(tx, who).await.map(Some)
                    })
                })
                .await;
            Ok(respond::code(component, &destination, &code?.ok_or_else(wrong_handle)?, StatusCode::FOUND))
        }
        Next::SignIn if request.prompt.none => {
            Ok(refuse(&Refused::new("login_required", "Nobody is signed in as the request demands")))
        }
        Next::Consent if request.prompt.none => {
            Ok(refuse(&Refused::new("consent_required", "The person has to agree")))
        }
        Next::Choice if request.prompt.none => {
            Ok(refuse(&Refused::new("interaction_required", "The person has to choose on behalf of whom")))
        }
        Next::SignIn => to_page(component, request, None, headers, inside).await,
        Next::Choice | Next::Consent => to_page(component, request, who, headers, true).await,
    }
}

/// What the browser calls itself, for the person's lists of sessions and of what they have given; its beginning, without what is not text.
pub fn user_agent(headers: &HeaderMap) -> Option<String> {
    let name = headers.get(header::USER_AGENT)?.to_str().ok()?;
    Some(name.chars().take(KEPT).collect())
}

/// Who is signed in for `client` in the request's session.
async fn who(
    component: &Component,
    client: &Client,
    headers: &HeaderMap,
) -> Result<Option<Authentication>, Refused> {
    let Some(cookie) = SESSION.read(component, headers) else { return Ok(None) };
    let (realm, now) = (session::realm(client).to_owned(), component.ctx.clock.now().as_second());
    let who: Result<_, StoreError> = component
        .ctx
        .store
        .write(move |tx| Box::pin(async move { store::who(tx, hash(&cookie), &realm, now).await }))
        .await;
    Ok(who?)
}

/// Keeps the request and sends the browser to the page where the person does what is missing.
async fn to_page(
    component: &Component,
    request: AuthorizeRequest,
    signed_in: Option<Authentication>,
    headers: &HeaderMap,
    inside: bool,
) -> Result<Response, Refused> {
    let ctx = &component.ctx;
    let mut handle = ctx.rng.token();
    let browser = BROWSER.read(component, headers);
    let cookie = browser.clone().unwrap_or_else(|| ctx.rng.token());
    // Who comes back with a ticket that holds keeps the place.
    let mut waits = None;
    if let Some(room) = component.room.as_ref().filter(|_| !inside) {
        let (place, now) = (ctx.rng.token(), ctx.clock.now().as_microsecond());
        let (ticket, turn) = room.line(waiting_room::held(component, room, headers), &place, now);
        if let Turn::Wait { seconds, .. } = turn {
            handle = room.handle(&place, &cookie);
            waits = Some((room, ticket, place, seconds));
        }
    }
    let login = store::Login {
        handle: hash(&handle),
        browser: hash(&cookie),
        request,
        signed_in,
        attempts: 0,
        chosen: None,
        offered: None,
    };
    // The turn can be used a while after it has come, and then there is the usual time.
    let wait =
        waits.as_ref().map_or(0, |(.., seconds)| i64::try_from(*seconds).unwrap_or(i64::MAX / 2) + GRACE);
    let expires = ctx.clock.now().as_second() + wait + LOGIN;
    let kept: Result<(), StoreError> =
        ctx.store.write(move |tx| Box::pin(async move { store::put_login(tx, &login, expires).await })).await;
    kept?;
    let mut response = match waits {
        None => {
            let page = format!("{}/innlogging", component.issuer());
            respond::redirect(&page, &[("id", handle)], StatusCode::FOUND).into_response()
        }
        Some((room, ticket, place, seconds)) => {
            let page = format!("{}/venterom", component.issuer());
            let to = respond::redirect(&page, &[("plass", place)], StatusCode::FOUND).into_response();
            waiting_room::keep(component, room, (ticket, &cookie), seconds, to)
        }
    };
    if browser.is_none() {
        response.headers_mut().append(header::SET_COOKIE, BROWSER.set(component, &cookie));
    }
    Ok(response)
}
