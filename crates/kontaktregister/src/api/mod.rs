//! One file per resource.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use kernel::log::{Access, Personal};
use kernel::problem::Problem;
use serde::Serialize;

use crate::Component;

pub mod endringer;
pub mod innlasting;
pub mod person;
pub mod personer;
pub mod printsertifikat;

/// Largest body, in bytes: a look-up of 1000 numbers takes 15 kB.
pub const MAX_BODY: usize = 256 << 10;

/// Signed answers.
const JOSE: &str = "application/jose";

/// The law that the register rests on, as the person sees it in the log of uses.
const HJEMMEL: &str = "eForvaltningsforskriften kapittel 7 (kontakt- og reservasjonsregisteret)";

/// In which form a caller wants the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// JSON.
    Json,
    /// The same JSON, signed: a compact JWS with the register's certificate in its header (`application/jose`).
    Jose,
}

/// Refuses a body that is not JSON (415), and a caller who takes neither form (406). Of several the first named is given.
fn negotiate(component: &Component, headers: &HeaderMap, body: bool) -> Result<Form, Problem> {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?").to_ascii_lowercase());
    let media = |value: &str| value.split(';').next().unwrap_or_default().trim().to_owned();
    if body && text(header::CONTENT_TYPE).map(|value| media(&value)).as_deref() != Some("application/json") {
        let problem = Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Ukjent medietype");
        return Err(problem.detail("Innholdet må være application/json.").field("Content-Type"));
    }
    let Some(accept) = text(header::ACCEPT) else { return Ok(Form::Json) };
    let form = |value: &str| match media(value).as_str() {
        "application/json" | "application/*" | "*/*" => Some(Form::Json),
        JOSE => component.certified.is_some().then_some(Form::Jose),
        _ => None,
    };
    accept.split(',').find_map(form).ok_or_else(|| {
        let problem = Problem::new(StatusCode::NOT_ACCEPTABLE, "Kan ikke svare i den medietypen");
        let signed = if component.certified.is_some() { " og signert som application/jose" } else { "" };
        problem.detail(format!("Svaret finnes som application/json{signed}.")).field("Accept")
    })
}

/// Gives data about people out, once its use stands in the access log.
async fn answer<T: Serialize>(
    component: &Component,
    form: Form,
    personal: Personal<T>,
    access: Access,
) -> Result<Response, Problem> {
    let released = personal.release(&component.ctx.log, access).await?;
    match component.certified.as_ref().filter(|_| form == Form::Jose) {
        None => Ok(released.into_response()),
        Some(certified) => {
            let signed = certified.sign_message(&*released).map_err(|error| {
                tracing::error!(%error, "an answer could not be signed");
                Problem::internal()
            })?;
            Ok(([(header::CONTENT_TYPE, JOSE)], signed).into_response())
        }
    }
}

/// A value that cannot be kept.
fn invalid(invalid: &crate::model::Invalid) -> Problem {
    Problem::bad_request(format!("{} {}.", invalid.field, invalid.why)).field(invalid.field)
}
