//! What wallets ask, one file per resource.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use kernel::jose::dpop::{self, DpopError, Proof};
use kernel::store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Component, store};

pub mod credential;
pub mod metadata;
pub mod nonce;
pub mod status;
pub mod token;

/// Largest body, in bytes: a request with [`credential::MOST`] proofs takes some ten kB.
pub const MAX_BODY: usize = 128 << 10;

/// An error as OAuth and OpenID4VCI write it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OauthError {
    /// The code.
    error: &'static str,
    /// In words; quotes nothing of the request.
    error_description: &'static str,
}

/// A request that is refused.
#[derive(Debug)]
pub struct Refused {
    status: StatusCode,
    error: &'static str,
    description: &'static str,
}

impl Refused {
    /// 400 with this code.
    pub fn new(error: &'static str, description: &'static str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error, description }
    }

    /// 401: the access token does not open.
    pub fn token(description: &'static str) -> Self {
        Self { status: StatusCode::UNAUTHORIZED, error: "invalid_token", description }
    }

    /// 403: the access token opens something else.
    pub fn scope(description: &'static str) -> Self {
        Self { status: StatusCode::FORBIDDEN, error: "insufficient_scope", description }
    }

    /// The body is larger than any wallet's.
    pub fn too_large(error: &'static str) -> Self {
        Self { status: StatusCode::PAYLOAD_TOO_LARGE, error, description: "The body is too large" }
    }

    /// 500: the cause is in the server's log alone.
    pub fn server() -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            error: "server_error",
            description: "The fault is ours",
        }
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store failed");
        Self::server()
    }
}

impl From<DpopError> for Refused {
    fn from(error: DpopError) -> Self {
        Self::new("invalid_dpop_proof", error.0)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let body = OauthError { error: self.error, error_description: self.description };
        let mut response = (self.status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            let how = HeaderValue::from_static(r#"Bearer error="invalid_token""#);
            response.headers_mut().append(header::WWW_AUTHENTICATE, how);
            let how = HeaderValue::from_static(r#"DPoP error="invalid_token", algs="ES256 PS256 EdDSA""#);
            response.headers_mut().append(header::WWW_AUTHENTICATE, how);
        }
        response
    }
}

/// The proof of a request to `endpoint`, where it has one; nobody has used it before. `access_token` is the one that it comes
/// with.
async fn proven(
    component: &Component,
    headers: &HeaderMap,
    endpoint: &str,
    access_token: Option<&str>,
) -> Result<Option<Proof>, Refused> {
    let Some(proof) = dpop::of(headers)? else { return Ok(None) };
    let proof = dpop::verify(proof, "POST", &component.endpoint(endpoint), access_token, component.now())?;
    let (fingerprint, until) = (proof.fingerprint, proof.until);
    let first: Result<bool, StoreError> = component
        .ctx
        .store
        .write(move |tx| Box::pin(async move { store::use_up(tx, &fingerprint, until).await }))
        .await;
    if first? { Ok(Some(proof)) } else { Err(DpopError("it has been used before").into()) }
}
