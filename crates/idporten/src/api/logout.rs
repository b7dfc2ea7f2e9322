//! Where a client sends people to sign out (OpenID Connect RP-Initiated and Front-Channel Logout).

use axum::extract::{RawQuery, State};
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use kernel::id::Pid;
use kernel::store::StoreError;

use super::hint::Hint;
use super::refused::Refused;
use super::respond;
use crate::cookies::SESSION;
use crate::model::client::NewClient;
use crate::model::parameters::Parameters;
use crate::model::{PUSHED, hash};
use crate::{Component, pages, store};

/// Ends the session, for all clients, and sends the browser back to a registered address.
#[utoipa::path(get, path = "/logout",
    params(("id_token_hint" = Option<String>, Query), ("client_id" = Option<String>, Query),
        ("post_logout_redirect_uri" = Option<String>, Query), ("state" = Option<String>, Query), ("ui_locales" = Option<String>, Query)),
    responses((status = 303, description = "To the client"), (status = 200, content_type = "text/html", body = String),
        (status = 400, description = "Nobody is signed in", content_type = "text/html", body = String)))]
pub async fn logout(
    State(component): State<Component>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    by_get(&component, query, &headers).await
}

/// The same with a form, which keeps the id token out of the address.
#[utoipa::path(post, path = "/logout",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "To the same by GET"),
        (status = 400, content_type = "text/html", body = String)))]
pub async fn logout_form(State(component): State<Component>, headers: HeaderMap, body: Bytes) -> Response {
    by_post(&component, &headers, &body).await
}

/// The same at its old address.
#[utoipa::path(get, path = "/endsession",
    params(("id_token_hint" = Option<String>, Query), ("client_id" = Option<String>, Query),
        ("post_logout_redirect_uri" = Option<String>, Query), ("state" = Option<String>, Query), ("ui_locales" = Option<String>, Query)),
    responses((status = 303, description = "To the client"), (status = 200, content_type = "text/html", body = String),
        (status = 400, description = "Nobody is signed in", content_type = "text/html", body = String)))]
pub async fn logout_old(
    State(component): State<Component>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    by_get(&component, query, &headers).await
}

/// The same with a form, at its old address.
#[utoipa::path(post, path = "/endsession",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "To the same by GET"),
        (status = 400, content_type = "text/html", body = String)))]
pub async fn logout_old_form(
    State(component): State<Component>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    by_post(&component, &headers, &body).await
}

async fn by_get(component: &Component, query: Option<String>, headers: &HeaderMap) -> Response {
    let parameters = Parameters::parse(query.unwrap_or_default().as_bytes());
    match sign_out(component, parameters, headers).await {
        Ok(response) => response,
        Err(refused) => pages::refused(component, &refused),
    }
}

/// The parameter by which a form that was kept is taken up again.
const KEPT: &str = "skjema";

/// Keeps the form and goes on by GET, since a browser brings no session with a POST from elsewhere.
async fn by_post(component: &Component, headers: &HeaderMap, body: &[u8]) -> Response {
    let form = match Parameters::form(headers, body) {
        Ok(form) => form.encode_without(&[]),
        Err(refused) => return pages::refused(component, &refused),
    };
    let ctx = &component.ctx;
    let (handle, expires) = (ctx.rng.token(), ctx.clock.now().as_second() + PUSHED);
    let key = hash(&handle);
    let kept: Result<(), StoreError> = ctx
        .store
        .write(move |tx| Box::pin(async move { store::push(tx, key, KEPT, &form, expires).await }))
        .await;
    match kept {
        Ok(()) => {
            let address = format!("{}/logout", component.issuer());
            respond::redirect(&address, &[(KEPT, handle)], StatusCode::SEE_OTHER)
        }
        Err(error) => pages::refused(component, &error.into()),
    }
}

/// A session that has ended.
struct Ended {
    sid: String,
    pid: Option<Pid>,
    participants: Vec<NewClient>,
}

async fn sign_out(
    component: &Component,
    mut parameters: Parameters,
    headers: &HeaderMap,
) -> Result<Response, Refused> {
    let ctx = &component.ctx;
    let now = ctx.clock.now().as_second();
    if let Some(handle) = parameters.one(KEPT)?.map(hash) {
        let taken: Result<Option<String>, StoreError> = ctx
            .store
            .write(move |tx| Box::pin(async move { store::take_pushed(tx, handle, KEPT, now).await }))
            .await;
        parameters = Parameters::parse(taken?.unwrap_or_default().as_bytes());
    }
    let locale = pages::locale(headers, parameters.all("ui_locales").next());
    let ended = match SESSION.read(component, headers) {
        None => None,
        Some(cookie) => end(component, hash(&cookie), now).await?,
    };
    let Some(ended) = ended else { return Ok(pages::nobody_to_sign_out(component, &locale)) };
    // Whatever is wrong with the way back, the person is signed out.
    let back = way_back(component, &parameters, &ended).await?;
    let frames = frames(component, &ended.sid, &ended.participants);
    let mut response = match &back {
        Some(back) if frames.is_empty() => respond::redirect(back, &[], StatusCode::SEE_OTHER),
        back => pages::signed_out(component, &locale, &frames, back.as_deref()),
    };
    response.headers_mut().append(header::SET_COOKIE, SESSION.clear(component));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

async fn end(component: &Component, cookie: Vec<u8>, now: i64) -> Result<Option<Ended>, StoreError> {
    let write = component.ctx.store.write(move |tx| {
        Box::pin(async move {
            let Some(sid) = store::session(tx, cookie, now).await? else { return Ok(None) };
            let (pid, participants) = (store::person(tx, &sid).await?, store::participants(tx, &sid).await?);
            store::end_session(tx, &sid, now).await?;
            Ok(Some(Ended { sid, pid, participants }))
        })
    });
    write.await
}

/// The addresses of the frames by which a session's clients hear in its browser that it has ended.
pub fn frames(component: &Component, sid: &str, clients: &[NewClient]) -> Vec<String> {
    clients.iter().filter_map(|client| frame(client, component.issuer(), sid)).collect()
}

/// The address of a client's frame.
fn frame(client: &NewClient, issuer: &str, sid: &str) -> Option<String> {
    let uri = client.frontchannel_logout_uri.as_deref()?;
    if !client.frontchannel_logout_session_required {
        return Some(uri.to_owned());
    }
    let and = if uri.contains('?') { '&' } else { '?' };
    Some(format!("{uri}{and}iss={}&sid={}", clients::encoded(issuer), clients::encoded(sid)))
}

/// Where the browser goes afterwards: only to a registered address of a client that is named, and whose id token, where
/// one is given, is this session's.
async fn way_back(
    component: &Component,
    parameters: &Parameters,
    ended: &Ended,
) -> Result<Option<String>, Refused> {
    let [hint, client_id, uri, state] = ["id_token_hint", "client_id", "post_logout_redirect_uri", "state"]
        .map(|name| parameters.one(name).ok().flatten());
    let Some(uri) = uri else { return Ok(None) };
    let hint = match hint.map(|hint| Hint::read(component, hint)) {
        Some(None) => return Ok(None),
        hint => hint.flatten(),
    };
    let client_id = match (client_id, hint.as_ref().map(|hint| hint.aud.as_str())) {
        (Some(one), Some(other)) if one != other => return Ok(None),
        (one, other) => one.or(other),
    };
    let Some(client_id) = client_id else { return Ok(None) };
    let Some(client) = store::client(&component.ctx.store, client_id).await? else { return Ok(None) };
    let this_session = |hint: &Hint| {
        ended.pid.is_some_and(|pid| component.pairwise.sub(&client, &pid) == hint.sub)
            && hint.sid.as_ref().is_none_or(|sid| *sid == ended.sid)
    };
    if !hint.as_ref().is_none_or(this_session)
        || !client.post_logout_redirect_uris.iter().any(|registered| registered == uri)
    {
        return Ok(None);
    }
    let mut back = uri.to_owned();
    if let Some(state) = state {
        if !state.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return Ok(None);
        }
        back.push(if back.contains('?') { '&' } else { '?' });
        back.push_str("state=");
        back.push_str(&clients::encoded(state));
    }
    Ok(Some(back))
}
