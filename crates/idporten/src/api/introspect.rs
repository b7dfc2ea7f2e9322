//! What an access token stands for, for APIs that are given opaque or pseudonymous ones (RFC 7662).

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use clients::idporten::SCOPE_INTROSPECTION;
use http::{HeaderMap, header};
use kernel::auth::Organisation;
use kernel::log::Personal;
use serde_json::json;

use super::caller;
use super::refused::{OauthError, Refused};
use crate::model::hash;
use crate::model::parameters::Parameters;
use crate::model::tokens::{audience, token_type};
use crate::{Component, store};

/// What a token stands for: `{"active":false}` unless it lives and the caller may know.
#[utoipa::path(post, path = "/token/introspect",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = serde_json::Value), (status = 400, body = OauthError), (status = 401, body = OauthError)))]
pub async fn introspect(State(component): State<Component>, headers: HeaderMap, body: Bytes) -> Response {
    answer(&component, &headers, &body).await
}

/// The same at its old address.
#[utoipa::path(post, path = "/tokenintrospect",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = serde_json::Value), (status = 400, body = OauthError), (status = 401, body = OauthError)))]
pub async fn introspect_old(State(component): State<Component>, headers: HeaderMap, body: Bytes) -> Response {
    answer(&component, &headers, &body).await
}

/// The same at the oldest of its addresses.
#[utoipa::path(post, path = "/tokeninfo",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = serde_json::Value), (status = 400, body = OauthError), (status = 401, body = OauthError)))]
pub async fn introspect_older(
    State(component): State<Component>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    answer(&component, &headers, &body).await
}

async fn answer(component: &Component, headers: &HeaderMap, body: &[u8]) -> Response {
    let mut client_id = None;
    match look_up(component, headers, body, &mut client_id).await {
        Ok(response) => ([(header::CACHE_CONTROL, "no-store")], response).into_response(),
        Err(refused) => refused.into_json(&component.ctx.rng, client_id.as_deref()),
    }
}

async fn look_up(
    component: &Component,
    headers: &HeaderMap,
    body: &[u8],
    client_id: &mut Option<String>,
) -> Result<Response, Refused> {
    let form = Parameters::form(headers, body)?;
    let caller = caller::authenticate(component, headers, &form, client_id).await?;
    let token = form.required("token")?;
    let (ctx, now) = (&component.ctx, component.ctx.clock.now().as_second());
    let inactive = || Ok(Json(json!({ "active": false })).into_response());
    if caller.is_public() || !caller.scopes.iter().any(|scope| scope == SCOPE_INTROSPECTION) {
        return inactive();
    }
    let Some((row, granted)) = store::access_token(&ctx.store, hash(token), now).await? else {
        return inactive();
    };
    let may_know = |scope: &crate::NewScope| {
        row.scope.split(' ').any(|own| own == scope.scope)
            && scope.enforced_aud_for_introspection.contains(&caller.client_id)
    };
    if !store::scopes(&ctx.store).await?.iter().any(may_know) {
        return inactive();
    }
    let Some(client) = store::client(&ctx.store, &granted.client_id).await? else { return inactive() };
    let pid = granted.authentication.pid;
    let mut known = json!({
        "active": true, "token_type": token_type(row.jkt.as_deref()), "expires_in": row.expires - now, "exp": row.expires, "iat": row.issued,
        "iss": component.issuer(), "sub": component.pairwise.sub(&client, &pid), "scope": row.scope,
        "client_id": client.client_id, "client_orgno": client.orgnr, "consumer": Organisation::of(&client.orgnr),
        "acr": component.portal.acr_of(&granted.authentication), "aud": audience(&granted.resources), "jti": row.jti,
        // Also of a pseudonymous token: to find that out is what the API asks for.
        "pid": pid,
    });
    if let Some(details) = &granted.chosen.authorization_details {
        known["authorization_details"] = details.clone();
    }
    if let Some(representation) = granted.representation(&client, &component.pairwise) {
        known["representation"] = representation;
    }
    if let Some(jkt) = &row.jkt {
        known["cnf"] = json!({ "jkt": jkt });
    }
    let what = format!("{} slo opp hvem en innlogging hos {} gjelder", caller.name, client.name);
    let released = Personal::many(granted.subjects(), known)
        .release(&ctx.log, component.access(&caller, pid, what))
        .await?;
    Ok(released.into_response())
}
