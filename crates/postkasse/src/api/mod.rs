//! One file per resource.

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use http::{HeaderMap, HeaderName, header};
use kernel::auth::Claims;
use kernel::id::{Orgnr, Pid};
use kernel::problem::Problem;
use uuid::Uuid;

pub mod innkommende;
pub mod innlasting;
pub mod meldinger;
pub mod utgaaende;
pub mod utskrift;

/// Largest sending, in bytes: a message and its document.
pub const MAX_SENDING: usize = 20_000_000;
/// Largest body of any other request, in bytes.
pub const MAX_BODY: usize = 64 << 10;

/// How a document is answered: as a PDF and nothing else, under a name that no sender chose, kept by nobody on the way.
const PDF: [(HeaderName, &str); 4] = [
    (header::CONTENT_TYPE, "application/pdf"),
    (header::CONTENT_DISPOSITION, "inline; filename=\"brev.pdf\""),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::CACHE_CONTROL, "no-store"),
];

fn query<T>(query: Result<Query<T>, QueryRejection>) -> Result<T, Problem> {
    query.map(|Query(query)| query).map_err(|bad| Problem::bad_request(bad.body_text()).field("query"))
}

/// An id in a path. What is no id names nothing that exists.
fn id(text: &str) -> Result<Uuid, Problem> {
    Uuid::parse_str(text).map_err(|_| unknown())
}

fn unknown() -> Problem {
    Problem::not_found("Det finnes ingen melding med denne id-en.")
}

/// A page size from 1 to 100.
fn page(field: &str, asked: Option<u32>, default: u32) -> Result<i64, Problem> {
    let size = asked.unwrap_or(default);
    if (1..=100).contains(&size) {
        Ok(size.into())
    } else {
        Err(Problem::bad_request(format!("{field} må være fra 1 til 100.")).field(field))
    }
}

fn organisation(claims: &Claims) -> Result<Orgnr, Problem> {
    claims.consumer_orgnr.ok_or_else(|| Problem::forbidden("Tokenet gjelder ingen virksomhet."))
}

fn signed_in(claims: &Claims) -> Result<Pid, Problem> {
    claims.pid.ok_or_else(|| Problem::forbidden("Tokenet gjelder ingen person."))
}

fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}
