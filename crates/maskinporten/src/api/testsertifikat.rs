//! The test authority, in public: its certificates, and what it has revoked.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;
use kernel::problem::Problem;

use crate::Component;

fn none() -> Response {
    Problem::not_found("Her er det ingen testutsteder av virksomhetssertifikater.").into_response()
}

/// The certificates of the test authorities, the root first; PEM.
#[utoipa::path(get, path = "/maskinporten/testca/utstedere.pem", tag = "maskinporten",
    responses((status = 200, content_type = "application/x-pem-file", body = String), (status = 404)))]
pub async fn authorities(State(component): State<Component>) -> Response {
    let Some(ca) = &component.test_ca else { return none() };
    ([(header::CONTENT_TYPE, "application/x-pem-file")], ca.pem()).into_response()
}

/// What the issuing test authority has revoked (RFC 5280); DER.
#[utoipa::path(get, path = "/maskinporten/testca/virksomhet.crl", tag = "maskinporten",
    responses((status = 200, content_type = "application/pkix-crl", body = Vec<u8>), (status = 404)))]
pub async fn crl(State(component): State<Component>) -> Response {
    let Some(ca) = &component.test_ca else { return none() };
    match ca.crl(&component.ctx.store, component.ctx.clock.now()).await {
        Ok(list) => ([(header::CONTENT_TYPE, "application/pkix-crl")], list).into_response(),
        Err(error) => {
            tracing::error!(%error, "the test authority does not work");
            Problem::internal().into_response()
        }
    }
}
