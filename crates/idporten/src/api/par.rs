//! Requests that a client sends beforehand, so that the browser carries only a handle (RFC 9126).

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::refused::{OauthError, Refused};
use super::{authorize, caller, dpop};
use crate::model::PUSHED;
use crate::model::parameters::Parameters;
use crate::model::request::{AuthorizeRequest, DPOP_JKT, Destination};
use crate::{Component, store};

/// A pushed request's handle.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Pushed {
    /// To be used once, as `request_uri`.
    pub request_uri: String,
    /// For how many seconds.
    pub expires_in: i64,
}

/// Keeps an authorization request. Everything about it is checked here.
#[utoipa::path(post, path = "/par",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 201, body = Pushed), (status = 400, body = OauthError), (status = 401, body = OauthError)))]
pub async fn par(State(component): State<Component>, headers: HeaderMap, body: Bytes) -> Response {
    let mut client_id = None;
    let mut response = match push(&component, &headers, &body, &mut client_id).await {
        Ok(pushed) => {
            (StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], Json(pushed)).into_response()
        }
        Err(refused) => refused.into_json(&component.ctx.rng, client_id.as_deref()),
    };
    dpop::give_nonce(&component, &headers, response.headers_mut());
    response
}

async fn push(
    component: &Component,
    headers: &HeaderMap,
    body: &[u8],
    client_id: &mut Option<String>,
) -> Result<Pushed, Refused> {
    let mut form = Parameters::form(headers, body)?;
    let client = caller::authenticate(component, headers, &form, client_id).await?;
    if form.all("request_uri").next().is_some() {
        return Err(Refused::request("request_uri has no place in a pushed request"));
    }
    // A proof binds the code to its key, as dpop_jkt does (RFC 9449 § 10.1).
    if let Some(jkt) = dpop::proven(component, headers, &client, "/par").await? {
        match form.one(DPOP_JKT)? {
            Some(named) if named != jkt => {
                return Err(Refused::new("invalid_dpop_proof", "dpop_jkt is not the proof's key"));
            }
            Some(_) => {}
            None => form = form.and(DPOP_JKT, &jkt),
        }
    }
    let destination = Destination::of(&form, &client)?;
    let catalogue = store::scopes(&component.ctx.store).await?;
    AuthorizeRequest::check(&form, destination, &client, component.portal, &catalogue)?;
    let request_uri = authorize::push(component, &client.client_id, &form).await?;
    Ok(Pushed { request_uri, expires_in: PUSHED })
}
