//! One file per resource.

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::{IntoResponse as _, Response};
use clients::postkasse::Brevdokument;
use http::{HeaderMap, HeaderValue, header};
use kernel::auth::Claims;
use kernel::id::{Orgnr, Pid};
use kernel::problem::Problem;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use uuid::Uuid;

pub mod innkommende;
pub mod innlasting;
pub mod meldinger;
pub mod sertifikater;
pub mod utgaaende;
pub mod utskrift;

/// Largest sending, in bytes: a message, and a package of the 50 MB that senders' software sends at most.
pub const MAX_SENDING: usize = 51_000_000;
/// Largest message of a sending, in bytes.
pub const MAX_MESSAGE: usize = 1_000_000;
/// Largest body of any other request, in bytes.
pub const MAX_BODY: usize = 64 << 10;

/// The types that a browser shows by itself without running anything.
const SHOWN: [&str; 6] =
    ["application/pdf", "text/plain", "text/html", "image/gif", "image/jpeg", "image/png"];

/// What a file's name keeps of itself.
const IN_NAME: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'-').remove(b'_');

/// A document of a letter as it is answered: of its own type and no other, kept by nobody on the way, and, where it is HTML, with
/// neither scripts, forms nor anything from elsewhere; its links open pages of their own, as the profile has them.
fn shown(dokument: &Brevdokument, content: Vec<u8>) -> Response {
    let mime = dokument.mime.as_str();
    if !SHOWN.contains(&mime) {
        return saved(mime, &dokument.navn, content);
    }
    let mut response = answer(mime, "inline", &dokument.navn, content);
    if mime.starts_with("text/") {
        let policy = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'";
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    }
    response
}

/// A file to keep.
fn saved(mime: &str, name: &str, content: Vec<u8>) -> Response {
    answer(mime, "attachment", name, content)
}

fn answer(mime: &str, disposition: &str, name: &str, content: Vec<u8>) -> Response {
    // The name is the sender's: only as encoded (RFC 8187).
    let name = utf8_percent_encode(name, IN_NAME);
    let mime = if mime.starts_with("text/") { format!("{mime}; charset=utf-8") } else { mime.to_owned() };
    let headers = [
        (header::CONTENT_TYPE, mime),
        (header::CONTENT_DISPOSITION, format!("{disposition}; filename*=UTF-8''{name}")),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, content).into_response()
}

/// A document's content, of what is kept of the letter: the document itself, or the package that it is in.
async fn content(kept: Vec<u8>, dokument: &Brevdokument, signert: bool) -> Result<Vec<u8>, Problem> {
    if !signert {
        return Ok(kept);
    }
    let name = dokument.navn.clone();
    let file = tokio::task::spawn_blocking(move || dokumentpakke::fil(&kept, &name)).await;
    file.ok().and_then(Result::ok).flatten().ok_or_else(|| {
        tracing::error!("a package that was read before cannot be read again");
        Problem::internal()
    })
}

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
