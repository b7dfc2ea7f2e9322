//! The nonce endpoint (OpenID4VCI 1.0 § 7).

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;
use serde::Serialize;
use utoipa::ToSchema;

use crate::Component;

/// A nonce.
#[derive(Debug, Serialize, ToSchema)]
pub struct NonceResponse {
    /// For the proofs of one request; lives five minutes.
    c_nonce: String,
}

/// Gives a nonce for proofs.
#[utoipa::path(post, path = "/lommebok/nonce", tag = "lommebok", responses((status = 200, body = NonceResponse)))]
pub async fn nonce(State(component): State<Component>) -> Response {
    let c_nonce = component.nonces.make(&component.ctx.rng, component.now());
    ([(header::CACHE_CONTROL, "no-store")], Json(NonceResponse { c_nonce })).into_response()
}
