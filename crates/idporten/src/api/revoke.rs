//! Tokens that a client gives back (RFC 7009).

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use kernel::store::StoreError;

use super::caller;
use super::refused::{OauthError, Refused};
use crate::model::hash;
use crate::model::parameters::Parameters;
use crate::{Component, store};

/// Revokes everything that was given together with a token. The session at ID-porten goes on. A token that is unknown,
/// or another client's, is no error.
#[utoipa::path(post, path = "/token/revoke",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200), (status = 400, body = OauthError), (status = 401, body = OauthError)))]
pub async fn revoke(State(component): State<Component>, headers: HeaderMap, body: Bytes) -> Response {
    answer(&component, &headers, &body).await
}

/// The same at its old address.
#[utoipa::path(post, path = "/revoke",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200), (status = 400, body = OauthError), (status = 401, body = OauthError)))]
pub async fn revoke_old(State(component): State<Component>, headers: HeaderMap, body: Bytes) -> Response {
    answer(&component, &headers, &body).await
}

async fn answer(component: &Component, headers: &HeaderMap, body: &[u8]) -> Response {
    let mut client_id = None;
    match give_back(component, headers, body, &mut client_id).await {
        Ok(()) => (StatusCode::OK, [(header::CACHE_CONTROL, "no-store")]).into_response(),
        Err(refused) => refused.into_json(&component.ctx.rng, client_id.as_deref()),
    }
}

async fn give_back(
    component: &Component,
    headers: &HeaderMap,
    body: &[u8],
    client_id: &mut Option<String>,
) -> Result<(), Refused> {
    let form = Parameters::form(headers, body)?;
    let client = caller::authenticate(component, headers, &form, client_id).await?;
    let (token, now) = (hash(form.required("token")?), component.ctx.clock.now().as_second());
    let revoked: Result<bool, StoreError> = component
        .ctx
        .store
        .write(move |tx| {
            Box::pin(async move { store::revoke_token(tx, token, &client.client_id, now).await })
        })
        .await;
    Ok(revoked.map(drop)?)
}
