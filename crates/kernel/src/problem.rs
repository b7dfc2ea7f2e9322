//! Errors as problem+json (RFC 9457), for components whose real API has no error format of its own.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::{Content, OpenApi, RefOr, Response as Documented};

use crate::store::StoreError;

/// The media type of a problem.
const MEDIA_TYPE: &str = "application/problem+json";

/// A problem, as RFC 9457 writes it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// What kind; `about:blank` says that the status tells all.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The kind in words.
    title: String,
    /// The HTTP status.
    status: u16,
    /// This occurrence in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// The field that is wrong, as a path into the request (`mor.foedselsEllerDNummer`).
    #[serde(skip_serializing_if = "Option::is_none")]
    felt: Option<String>,
    /// Goes into the header `WWW-Authenticate`.
    #[serde(skip)]
    www_authenticate: Option<String>,
}

impl Problem {
    /// A problem of this status.
    pub fn new(status: StatusCode, title: impl Into<String>) -> Self {
        Self {
            kind: "about:blank",
            title: title.into(),
            status: status.as_u16(),
            detail: None,
            felt: None,
            www_authenticate: None,
        }
    }

    /// 400: the request is not understood.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Ugyldig forespørsel").detail(detail)
    }

    /// 400: a line of a bulk load is not taken, because of this field.
    pub fn bad_line(number: usize, field: &str, why: &str) -> Self {
        Self::bad_request(format!("Linje {number}: {field}: {why}")).field(format!("{number}:{field}"))
    }

    /// 403: the caller may not.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "Ikke tilgang").detail(detail)
    }

    /// 404: nothing is there (or nothing that the caller may know of).
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "Ikke funnet").detail(detail)
    }

    /// 409: it contradicts what is already there.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "Konflikt").detail(detail)
    }

    /// 501: this part of the real API is not built yet.
    pub fn not_implemented(what: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::NOT_IMPLEMENTED, "Ikke bygget ennå")
            .detail(format!("Felles har ikke bygget dette ennå: {what}."))
    }

    /// 500: the fault is ours; the cause is in the server's log alone.
    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Intern feil")
    }

    /// 503: something that is needed does not answer.
    pub fn unavailable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "Utilgjengelig").detail(detail)
    }

    /// Says more about this occurrence.
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Names the field that is wrong.
    pub fn field(mut self, path: impl Into<String>) -> Self {
        self.felt = Some(path.into());
        self
    }

    /// Says how to authenticate (the header `WWW-Authenticate`).
    pub fn authenticate(mut self, how: impl Into<String>) -> Self {
        self.www_authenticate = Some(how.into());
        self
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store failed");
        Self::internal()
    }
}

impl From<crate::http::BadJson> for Problem {
    fn from(bad: crate::http::BadJson) -> Self {
        let problem = Self::bad_request(bad.message);
        if bad.path.is_empty() { problem } else { problem.field(bad.path) }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (self.status(), [(header::CONTENT_TYPE, MEDIA_TYPE)], body).into_response();
        if let Some(how) = self.www_authenticate.and_then(|how| HeaderValue::try_from(how).ok()) {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, how);
        }
        response
    }
}

/// Says of every problem in a document that it comes as problem+json: `#[utoipa::path]` takes all bodies for plain JSON.
pub fn document(document: &mut OpenApi) {
    const JSON: &str = "application/json";
    for path in document.paths.paths.values_mut() {
        let operations = [&mut path.get, &mut path.put, &mut path.post, &mut path.delete, &mut path.patch];
        let responses = operations.into_iter().flatten().flat_map(|one| one.responses.responses.values_mut());
        for response in responses {
            if let RefOr::T(Documented { content, .. }) = response
                && let Some(RefOr::T(Content { schema: Some(RefOr::Ref(schema)), .. })) = content.get(JSON)
                && schema.ref_location.ends_with("/Problem")
                && let Some(problem) = content.swap_remove(JSON)
            {
                content.insert(MEDIA_TYPE.to_owned(), problem);
            }
        }
    }
}
