//! How the administration API says no.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use kernel::Context;
use kernel::auth::AuthError;
use kernel::http::BadJson;
use kernel::store::StoreError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ClientError;

/// An error of the administration API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApiError {
    /// The HTTP status.
    pub status: u16,
    /// When (RFC 3339).
    pub timestamp: String,
    /// A number to ask about.
    pub correlation_id: String,
    /// A code.
    pub error: String,
    /// In words.
    pub error_description: String,
}

/// Why a request is refused. Becomes an [`ApiError`] by [`write_refusals`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    status: StatusCode,
    error: String,
    why: String,
    authenticate: Option<String>,
}

impl Refused {
    fn new(status: StatusCode, error: &str, why: impl Into<String>) -> Self {
        Self { status, error: error.to_owned(), why: why.into(), authenticate: None }
    }

    /// 400: a field does not hold what it should.
    pub fn invalid(why: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", why)
    }

    /// 400: a scope that the client cannot have.
    pub fn scope(why: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_scope", why)
    }

    /// 403: the caller may not.
    pub fn forbidden(why: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "access_denied", why)
    }

    /// 404: nothing is there, or nothing that the caller may know of.
    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", format!("There is no such {what}"))
    }

    /// 409: it is there already, perhaps deactivated.
    pub fn conflict(why: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", why)
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "Internal error")
    }
}

impl From<AuthError> for Refused {
    fn from(error: AuthError) -> Self {
        let code =
            if error.status() == StatusCode::FORBIDDEN { "insufficient_scope" } else { "invalid_token" };
        let authenticate = Some(error.www_authenticate());
        Self { authenticate, ..Self::new(error.status(), code, error.reason) }
    }
}

impl From<BadJson> for Refused {
    fn from(bad: BadJson) -> Self {
        let at = if bad.path.is_empty() { String::new() } else { format!("{}: ", bad.path) };
        Self::invalid(format!("The body is not understood: {at}{}", bad.message))
    }
}

/// An owner's refusal is the caller's answer; an owner that does not answer is a 502.
impl From<ClientError> for Refused {
    fn from(error: ClientError) -> Self {
        if let ClientError::Status { status, body } = &error
            && let Ok(told) = serde_json::from_str::<ApiError>(body)
            && let Ok(status) = StatusCode::from_u16(*status)
            && status != StatusCode::UNAUTHORIZED
        {
            return Self::new(status, &told.error, told.error_description);
        }
        tracing::error!(%error, "an owner of clients or scopes did not answer");
        Self::new(StatusCode::BAD_GATEWAY, "temporarily_unavailable", "The token service did not answer")
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes the bodies of the refusals among a router's answers: a layer, since their number and time come from the context.
pub async fn write_refusals(State(ctx): State<Context>, mut response: Response) -> Response {
    let Some(refused) = response.extensions_mut().remove::<Refused>() else { return response };
    let correlation_id = ctx.rng.uuid().to_string();
    tracing::info!(correlation_id, error = refused.error, why = refused.why, "refused");
    let body = ApiError {
        status: refused.status.as_u16(),
        timestamp: super::moment(ctx.clock.now().as_second()),
        correlation_id,
        error: refused.error,
        error_description: refused.why,
    };
    let mut response = (refused.status, axum::Json(body)).into_response();
    if let Some(how) = refused.authenticate.and_then(|how| HeaderValue::try_from(how).ok()) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, how);
    }
    response
}
