//! Errors of the open APIs: a message, and what is wrong with each parameter.

use axum::Json;
use axum::response::{IntoResponse, Response};
use clients::matrikkel::Feilmelding;
use http::{HeaderValue, StatusCode, header};
use kernel::auth::AuthError;
use kernel::http::BadBody;
use kernel::store::StoreError;

use crate::model::parametre::Mangler;

/// Why a request is not answered with what it asks for.
#[derive(Debug)]
pub struct Avslag {
    status: StatusCode,
    feil: Box<Feilmelding>,
    www_authenticate: Option<String>,
}

impl Avslag {
    /// A refusal in words.
    pub fn ny(status: StatusCode, message: impl Into<String>) -> Self {
        let feil = Feilmelding { message: message.into(), errors: Mangler::new() };
        Self { status, feil: Box::new(feil), www_authenticate: None }
    }

    /// Parameters are wrong.
    pub fn parametre(errors: Mangler) -> Self {
        let mut this = Self::ny(StatusCode::BAD_REQUEST, "Ugyldige søkeparametere");
        this.feil.errors = errors;
        this
    }

    /// There is nothing of that name.
    pub fn ukjent(what: &str) -> Self {
        Self::ny(StatusCode::NOT_FOUND, what)
    }
}

impl From<AuthError> for Avslag {
    fn from(error: AuthError) -> Self {
        let www_authenticate = Some(error.www_authenticate());
        Self { www_authenticate, ..Self::ny(error.status(), error.melding()) }
    }
}

impl From<BadBody> for Avslag {
    fn from(bad: BadBody) -> Self {
        Self::ny(bad.status, bad.melding)
    }
}

impl From<StoreError> for Avslag {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the cadastre's store failed");
        Self::ny(StatusCode::INTERNAL_SERVER_ERROR, "Intern feil")
    }
}

impl IntoResponse for Avslag {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(*self.feil)).into_response();
        if let Some(how) = self.www_authenticate.and_then(|how| HeaderValue::try_from(how).ok()) {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, how);
        }
        response
    }
}
