//! How the administration API says no.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use kernel::Context;
use kernel::auth::AuthError;
use kernel::http::BadJson;
use kernel::store::StoreError;
use serde::{Deserialize, Serialize};
use utoipa::{IntoResponses, ToSchema};

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
    /// The field that it is about, where it is about one; of Felles' own making.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// A name for the reason, where it is one that can be acted on; of Felles' own making.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl ApiError {
    /// Whether it is of this field, for this reason, or of this code.
    pub fn is_about(&self, what: &str) -> bool {
        let told = [self.field.as_deref(), self.reason.as_deref(), Some(self.error.as_str())];
        told.contains(&Some(what))
    }
}

/// How every route may refuse whoever calls, as the documents say it.
#[derive(Debug, IntoResponses)]
pub enum Refusals {
    /// Something of the request is not understood, or cannot be.
    #[response(status = 400)]
    Invalid(ApiError),
    /// The token is missing, or does not hold.
    #[response(status = 401)]
    Unknown(ApiError),
    /// The caller may not.
    #[response(status = 403)]
    Forbidden(ApiError),
}

/// Why a request is refused. Becomes an [`ApiError`] by [`write_refusals`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    status: StatusCode,
    error: String,
    why: String,
    field: Option<Box<str>>,
    reason: Option<Box<str>>,
    authenticate: Option<String>,
}

impl Refused {
    fn new(status: StatusCode, error: &str, why: impl Into<String>) -> Self {
        Self {
            status,
            error: error.to_owned(),
            why: why.into(),
            field: None,
            reason: None,
            authenticate: None,
        }
    }

    /// The same, about this field of what was sent.
    pub fn field(self, name: &str) -> Self {
        Self { field: Some(name.into()), ..self }
    }

    /// The same, for a reason of this name.
    pub fn reason(self, name: &str) -> Self {
        Self { reason: Some(name.into()), ..self }
    }

    /// 400: a field does not hold what it should.
    pub fn invalid(why: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", why)
    }

    /// 400: a scope that the client cannot have.
    pub fn scope(why: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_scope", why).field("scopes")
    }

    /// 400: a scope that does not exist.
    pub fn unknown_scope(name: &str) -> Self {
        Self::scope(format!("The scope {name} does not exist")).reason("unknown_scope")
    }

    /// 400: a scope that the organisation may not have.
    pub fn no_access(name: &str) -> Self {
        let why = format!("The organisation has not been given access to the scope {name}");
        Self::scope(why).reason("no_access")
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
        let refused = Self::invalid(format!("The body is not understood: {at}{}", bad.message));
        if bad.path.is_empty() { refused } else { refused.field(&bad.path) }
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
            let refused = Self::new(status, &told.error, told.error_description);
            let (field, reason) = (told.field.map(String::into), told.reason.map(String::into));
            return Self { field, reason, ..refused };
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
        field: refused.field.map(String::from),
        reason: refused.reason.map(String::from),
    };
    let mut response = (refused.status, axum::Json(body)).into_response();
    if let Some(how) = refused.authenticate.and_then(|how| HeaderValue::try_from(how).ok()) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, how);
    }
    response
}
