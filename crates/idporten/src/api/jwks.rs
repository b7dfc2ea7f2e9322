//! The keys that verify tokens.

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;

use crate::Component;

/// The public keys: those to come, those in use, and those whose tokens may still be valid.
#[utoipa::path(get, path = "/jwks.json",
    responses((status = 200, content_type = "application/json", body = serde_json::Value), (status = 304)))]
pub async fn jwks(State(component): State<Component>, headers: HeaderMap) -> Response {
    component.keyring.jwks_response(&headers)
}
