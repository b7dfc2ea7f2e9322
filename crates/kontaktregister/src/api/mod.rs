//! One file per resource.

use http::{HeaderMap, StatusCode, header};
use kernel::problem::Problem;

pub mod endringer;
pub mod innlasting;
pub mod person;
pub mod personer;
pub mod printsertifikat;

/// Largest body, in bytes: a look-up of 1000 numbers takes 15 kB.
pub const MAX_BODY: usize = 256 << 10;

/// The law that the register rests on, as the person sees it in the log of uses.
const HJEMMEL: &str = "eForvaltningsforskriften kapittel 7 (kontakt- og reservasjonsregisteret)";

/// Refuses a body that is not JSON (415) and a caller that takes no JSON (406).
fn negotiate(headers: &HeaderMap, body: bool) -> Result<(), Problem> {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?").to_ascii_lowercase());
    let media = |value: &str| value.split(';').next().unwrap_or_default().trim().to_owned();
    if body && text(header::CONTENT_TYPE).map(|value| media(&value)).as_deref() != Some("application/json") {
        let problem = Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Ukjent medietype");
        return Err(problem.detail("Innholdet må være application/json.").field("Content-Type"));
    }
    let Some(accept) = text(header::ACCEPT) else { return Ok(()) };
    let accepts = |wanted: &[&str]| accept.split(',').any(|value| wanted.contains(&media(value).as_str()));
    if accepts(&["application/json", "application/*", "*/*"]) {
        return Ok(());
    }
    if accepts(&["application/jose"]) {
        return Err(Problem::not_implemented("signert svar (application/jose)"));
    }
    let problem = Problem::new(StatusCode::NOT_ACCEPTABLE, "Kan ikke svare i den medietypen");
    Err(problem.detail("Svaret finnes som application/json.").field("Accept"))
}

/// A value that cannot be kept.
fn invalid(invalid: &crate::model::Invalid) -> Problem {
    Problem::bad_request(format!("{} {}.", invalid.field, invalid.why)).field(invalid.field)
}
