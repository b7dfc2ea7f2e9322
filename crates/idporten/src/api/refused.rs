//! Why there is no answer, in OAuth's words, with a number to ask about.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use kernel::limits::Exceeded;
use kernel::rng::Rng;
use kernel::store::StoreError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An error of the token endpoint and its like (RFC 6749 § 5.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OauthError {
    /// OAuth's code.
    pub error: String,
    /// In words, with a number to ask about.
    pub error_description: String,
}

/// Why a request is refused. Holds no secret, no token and no personal identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// OAuth's code.
    pub error: &'static str,
    /// In words.
    pub why: String,
    status: StatusCode,
    basic: bool,
    exceeded: Option<Exceeded>,
}

impl Refused {
    /// A refusal with one of OAuth's codes; 400.
    pub fn new(error: &'static str, why: impl Into<String>) -> Self {
        Self {
            error,
            why: printable(&why.into()),
            status: StatusCode::BAD_REQUEST,
            basic: false,
            exceeded: None,
        }
    }

    /// The request is not of the form that it should be.
    pub fn request(why: impl Into<String>) -> Self {
        Self::new("invalid_request", why)
    }

    /// The request is larger than any that makes sense; 413.
    pub fn too_large() -> Self {
        Self { status: StatusCode::PAYLOAD_TOO_LARGE, ..Self::request("The request is too large") }
    }

    /// The client is not who it says; 401.
    pub fn client(why: impl Into<String>) -> Self {
        Self { status: StatusCode::UNAUTHORIZED, ..Self::new("invalid_client", why) }
    }

    /// The code or refresh token does not hold. Which part of it is wrong is not told.
    pub fn grant() -> Self {
        Self::new("invalid_grant", "The grant is wrong, used, expired, revoked or another client's")
    }

    /// Somebody whom we need does not answer; 503.
    pub fn unavailable(why: &'static str) -> Self {
        Self { status: StatusCode::SERVICE_UNAVAILABLE, ..Self::new("temporarily_unavailable", why) }
    }

    /// The fault is ours; 500.
    pub fn server() -> Self {
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, ..Self::new("server_error", "Internal error") }
    }

    /// Its answer, which says when to come back where too much was asked (RFC 6585 § 4).
    pub fn mark(&self, response: Response) -> Response {
        match self.exceeded {
            Some(exceeded) => exceeded.mark(response),
            None => response,
        }
    }

    /// The client used `Basic`, so that the answer names it.
    pub fn basic(self) -> Self {
        Self { basic: true, ..self }
    }

    /// The HTTP status where the answer is not a redirect.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Logs the refusal and gives the words with their number.
    pub fn described(&self, rng: &Rng, client_id: Option<&str>) -> String {
        let number = rng.uuid();
        let client_id = client_id.map(printable);
        tracing::info!(%number, error = self.error, client_id, why = self.why, "refused");
        format!("{} (correlation_id: {number})", self.why)
    }

    /// The answer as JSON.
    pub fn into_json(self, rng: &Rng, client_id: Option<&str>) -> Response {
        let error_description = self.described(rng, client_id);
        let body = OauthError { error: self.error.to_owned(), error_description };
        let caching = [(header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")];
        let mut response = (self.status, caching, Json(body)).into_response();
        if self.basic && self.status == StatusCode::UNAUTHORIZED {
            let realm = HeaderValue::from_static("Basic realm=\"idporten\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, realm);
        }
        self.mark(response)
    }
}

/// The beginning of a text that may hold what the caller sent, in the characters that `error_description` may have.
fn printable(text: &str) -> String {
    text.chars().filter(|char| matches!(char, ' '..='~') && !"\"\\<>&".contains(*char)).take(200).collect()
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
        Self {
            status: StatusCode::TOO_MANY_REQUESTS,
            exceeded: Some(exceeded),
            ..Self::new("temporarily_unavailable", why)
        }
    }
}
