//! The errors of the token endpoint: OAuth's codes, the service's own numbers (`MP-…`), a number to ask about.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use kernel::enterprise::CertificateError;
use kernel::jose::JoseError;
use kernel::jose::dpop::DpopError;
use kernel::limits::Exceeded;
use kernel::rng::Rng;
use kernel::store::StoreError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An error of the token endpoint (RFC 6749 § 5.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OauthError {
    /// OAuth's code.
    pub error: String,
    /// In words, with the service's number and, last, a number to ask about.
    pub error_description: String,
}

/// Why no token is given. Holds nothing of the assertion but scopes, and no personal identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    status: StatusCode,
    error: &'static str,
    code: Option<&'static str>,
    why: String,
    exceeded: Option<Exceeded>,
}

impl From<CertificateError> for Refused {
    fn from(error: CertificateError) -> Self {
        let code = match error {
            CertificateError::Malformed(_) => "MP-123",
            CertificateError::Untrusted(_) => "MP-120",
        };
        Self::grant(code, format!("Invalid assertion. Client authentication failed. {error}"))
    }
}

impl Refused {
    fn new(
        status: StatusCode,
        error: &'static str,
        code: Option<&'static str>,
        why: impl Into<String>,
    ) -> Self {
        Self { status, error, code, why: why.into(), exceeded: None }
    }

    /// The request or assertion is not of the form that it should be.
    pub fn request(why: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", Some("MP-011"), why)
    }

    /// As [`Self::request`], by what the reading of the token found.
    pub fn malformed(error: &JoseError) -> Self {
        Self::request(format!("Invalid assertion: {error}"))
    }

    /// The body is too large, or did not come whole.
    pub fn body(status: StatusCode) -> Self {
        Self::new(
            status,
            "invalid_request",
            Some("MP-011"),
            "The request's body is too large or did not come whole",
        )
    }

    /// Another grant than the one that Maskinporten has.
    pub fn grant_type() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "unsupported_grant_type", None, "The grant type is not supported")
    }

    /// The assertion does not hold.
    pub fn grant(code: &'static str, why: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_grant", Some(code), why)
    }

    /// No such client, or one that is not active.
    pub fn client() -> Self {
        Self::grant("MP-100", "Invalid assertion. Client authentication failed. Unknown client")
    }

    /// The assertion has been used.
    pub fn replayed() -> Self {
        Self::grant("MP-012", "Invalid assertion. It has been used before")
    }

    /// The proof of the key that the token is to be bound to (DPoP) does not hold.
    pub fn proof(error: DpopError) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_dpop_proof", None, error.to_string())
    }

    /// A scope that the client cannot have.
    pub fn scope(code: &'static str, scope: &str, why: &str) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "invalid_scope",
            Some(code),
            format!("The scope {} {why}", shown(scope)),
        )
    }

    /// A scope that the organisation has not been given access to.
    pub fn no_access(scope: &str) -> Self {
        let why = format!("The consumer has not been given access to the scope {}", shown(scope));
        Self::new(StatusCode::FORBIDDEN, "invalid_scope", Some("MP-250"), why)
    }

    /// A scope that the consumer has not delegated to the client's owner.
    pub fn delegation(scope: &str) -> Self {
        let why = format!("The consumer has not delegated access to the scope {}", shown(scope));
        Self::new(StatusCode::FORBIDDEN, "invalid_altinn_customer_delegation", Some("MP-251"), why)
    }

    /// `authorization_details` that are not understood.
    pub fn authorization_details(code: &'static str, why: &str) -> Self {
        let why = format!("Invalid authorization_details. {why}");
        Self::new(StatusCode::BAD_REQUEST, "invalid_authorization_details", Some(code), why)
    }

    /// No such system user: the client is of no system, or the business has let that system in with no system user.
    pub fn system_user() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "invalid_altinn_customer_configuration",
            Some("MP-303"),
            "No system user was found for the client's system and the organisation",
        )
    }

    /// The fault is ours.
    pub fn server() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error", None, "Internal error")
    }

    /// What the decision rests on has changed meanwhile; never answered, see `api/token.rs`.
    pub fn stale() -> Self {
        Self::server()
    }

    /// The answer, logged under its number.
    pub fn into_response(self, rng: &Rng, client_id: Option<&str>) -> Response {
        let number = rng.uuid();
        let Self { status, error, code, why, exceeded } = self;
        let client_id = client_id.map(shown);
        tracing::info!(%number, error, code, client_id, why, "no token was given");
        let code = code.map_or_else(String::new, |code| format!(" ({code})"));
        let body = OauthError {
            error: error.to_owned(),
            error_description: format!("{why}{code}. (correlation_id: {number})"),
        };
        let caching = [(header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")];
        let response = (status, caching, Json(body)).into_response();
        match exceeded {
            Some(exceeded) => exceeded.mark(response),
            None => response,
        }
    }
}

/// The beginning of what the caller sent, without what could disturb a log or a page.
fn shown(text: &str) -> String {
    text.chars().filter(|char| char.is_ascii_graphic() && !"<>\"'&\\".contains(*char)).take(100).collect()
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store failed");
        Self::server()
    }
}

impl From<Exceeded> for Refused {
    fn from(exceeded: Exceeded) -> Self {
        let why = format!("Too many requests of the same {}; come back later", exceeded.whose.name());
        let refused = Self::new(StatusCode::TOO_MANY_REQUESTS, "temporarily_unavailable", None, why);
        Self { exceeded: Some(exceeded), ..refused }
    }
}
