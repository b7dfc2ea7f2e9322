//! One file per resource, and what they share: reading a request, writing an answer.

use std::borrow::Cow;
use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, Path, Query, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use kernel::auth::{Claims, Issuer};
use kernel::http::BadBody;
use kernel::id::Pid;
use kernel::limits;
use kernel::log::Released;
use serde::de::DeserializeOwned;
use serde_json::json;
use utoipa_axum::router::OpenApiRouter;

use crate::Component;
use crate::model::pakke::Pakke;
use crate::model::utsnitt::{Avvist, Utvalg};

pub mod annet;
pub mod arkiv;
pub mod bulkoppslag;
mod feil;
pub mod form;
pub mod hendelser;
pub mod innlasting;
pub mod kvittering;
pub mod mottak;
pub mod personer;
pub mod skjema;
pub mod soek;
pub mod uttrekk;
mod xml;

pub use feil::Avslag;
use form::Form;

/// Largest question, in bytes: a thousand identifiers and then some.
pub const MAX_LOOK_UP: usize = 256 << 10;
/// Largest message, in bytes.
pub const MAX_MESSAGE: usize = 256 << 10;
/// Largest body of one bulk load, in bytes.
pub const MAX_LOAD: usize = 64 << 20;

/// The register's documentation writes some paths with a slash at the end, and its clients send them so.
pub fn med_skraastrek() -> OpenApiRouter<Component> {
    const BASE: &str = "/folkeregisteret/offentlig-med-hjemmel/api/v1";
    OpenApiRouter::new()
        .route(&format!("{BASE}/hendelser/feed/"), get(hendelser::feed))
        .route(&format!("{BASE}/hendelser/bulkoppslag/"), post(hendelser::bulkoppslag))
        .route(&format!("{BASE}/personer/bulkoppslag/"), post(bulkoppslag::med_hjemmel))
        .route(&format!("{BASE}/personer/bulkoppslag/arkiv/"), post(arkiv::bulkoppslag))
        .route("/folkeregisteret/api/{rettighetspakke}/v1/personer/bulkoppslag/", post(bulkoppslag::i_pakke))
        .route("/folkeregisteret/api/{rettighetspakke}/v1/hendelser/feed/", get(hendelser::feed_i_pakke))
}

/// Counts a reader's request; answers for the register where its address has asked too often.
pub async fn begrens(State(component): State<Component>, request: Request, next: Next) -> Response {
    match component.limiter.address(limits::address(request.extensions()), true) {
        Ok(_) => next.run(request).await,
        Err(exceeded) => {
            let melding = "For mange kall på kort tid. Vent så lenge som Retry-After sier.";
            exceeded.mark(Avslag::ny(StatusCode::TOO_MANY_REQUESTS, melding).into_response())
        }
    }
}

/// A request's query, or why it is none.
pub type QueryPairs = Result<Query<Vec<(String, String)>>, QueryRejection>;

/// The verified caller of a package, and the form that they want their answer in, as JSON or XML.
async fn leser(
    component: &Component,
    headers: &HeaderMap,
    pakke: Pakke,
) -> Result<(Arc<Claims>, Form), Avslag> {
    leser_av(component, headers, pakke, form::JSON_XML).await
}

/// As [`leser`], of a resource that has these forms.
async fn leser_av(
    component: &Component,
    headers: &HeaderMap,
    pakke: Pakke,
    former: &[Form],
) -> Result<(Arc<Claims>, Form), Avslag> {
    let form = Form::velg(headers, former)?;
    let claims = component.ctx.auth.bearer(headers, Issuer::Maskinporten).await?;
    claims.require_scope(pakke.scope())?;
    Ok((claims, form))
}

/// Refuses a caller that takes no JSON, where there is nothing else.
fn kun_json(headers: &HeaderMap) -> Result<(), Avslag> {
    Form::velg(headers, &[Form::Json]).map(|_| ())
}

/// The question of a bulk look-up, as JSON or as XML: its one field `felt` is a list of texts.
async fn spoersmaal<T: DeserializeOwned>(
    headers: &HeaderMap,
    request: Request,
    felt: &str,
) -> Result<T, Avslag> {
    if form::er_xml(headers) {
        let body = kernel::http::body(headers, Form::Xml.medietype(), request).await?;
        let liste = std::str::from_utf8(&body)
            .map_err(|bad| {
                Avslag::ugyldig(format!("Innholdet er ikke UTF-8: byte {}.", bad.valid_up_to() + 1))
            })
            .and_then(|text| Ok(xml::les_liste(text, felt)?))?;
        return Ok(serde_json::from_value(json!({ felt: liste }))?);
    }
    let body = kernel::http::body(headers, Form::Json.medietype(), request).await;
    let body = body.map_err(|bad| match bad.status {
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            let melding = "Innholdet må være application/json eller application/xml.";
            BadBody { melding: melding.to_owned(), ..bad }
        }
        _ => bad,
    })?;
    kernel::http::json(&body).map_err(|bad| Avslag::json("", &bad))
}

/// The variable parts of the path.
pub struct Sti<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Sti<T> {
    type Rejection = Avslag;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Avslag> {
        let path = Path::from_request_parts(parts, state).await;
        path.map(|Path(path)| Self(path)).map_err(|_| Avslag::ugyldig("Adressen kunne ikke leses."))
    }
}

/// The query's pairs; refuses names that the resource does not have, so that a misspelt one gives no more than was meant.
fn parametre(query: QueryPairs, known: &[&str]) -> Result<Vec<(String, String)>, Avslag> {
    let Query(pairs) = query.map_err(|_| Avslag::ugyldig("Spørringen i adressen kunne ikke leses."))?;
    if pairs.iter().all(|(name, _)| known.contains(&name.as_str())) {
        return Ok(pairs);
    }
    Err(Avslag::ugyldig(format!("Ressursen har ingen andre parametre enn: {}.", known.join(", "))))
}

/// What the query's `part`s select in a package.
fn utvalg(pakke: Pakke, pairs: &[(String, String)]) -> Result<Utvalg, Avslag> {
    Utvalg::les(pakke, deler(pairs)).map_err(|avvist| match avvist {
        Avvist::Ukjent => Avslag::ugyldig("part: det finnes ingen slik del av persondokumentet."),
        Avvist::IkkeIPakken => {
            Avslag::ny(StatusCode::FORBIDDEN, "part: delen er ikke med i rettighetspakken.")
        }
    })
}

fn deler(pairs: &[(String, String)]) -> impl Iterator<Item = &str> {
    pairs.iter().filter(|(name, _)| name == "part").map(|(_, value)| value.as_str())
}

/// What was done, as the person reads it in the log of uses: `Slo opp personopplysninger: navn, foedsel i norge`.
fn oppslag_i_ord(pairs: &[(String, String)]) -> Cow<'static, str> {
    let mut ord = String::new();
    for del in deler(pairs) {
        ord.push_str(if ord.is_empty() { "Slo opp personopplysninger: " } else { ", " });
        for letter in del.chars() {
            if letter.is_ascii_uppercase() {
                ord.push(' ');
            }
            ord.push(letter.to_ascii_lowercase());
        }
    }
    if ord.is_empty() { Cow::Borrowed("Slo opp personopplysninger") } else { Cow::Owned(ord) }
}

/// A number of the path or of a list.
fn nummer(text: &str, felt: &str) -> Result<Pid, Avslag> {
    Pid::parse(text).map_err(|error| Avslag::felt(StatusCode::BAD_REQUEST, felt, feil::nummerfeil(error)))
}

/// Document identifiers of a question.
fn identifikatorer(ids: &[String]) -> Result<(), Avslag> {
    let felt = "dokumentidentifikator";
    if ids.is_empty() || ids.len() > clients::folkeregister::MAX_PERSONS {
        return Err(Avslag::felt(StatusCode::BAD_REQUEST, felt, "skal ha 1 til 1000 identifikatorer"));
    }
    match ids.iter().position(|id| !er_identifikator(id)) {
        Some(place) => Err(Avslag::felt(
            StatusCode::BAD_REQUEST,
            &format!("{felt}[{place}]"),
            "skal ha 32 heksadesimale siffer",
        )),
        None => Ok(()),
    }
}

fn er_identifikator(id: &str) -> bool {
    id.len() == 32 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// An answer that is in its form already.
fn svar(form: Form, tekst: Released<String>) -> Response {
    ([(header::CONTENT_TYPE, form.medietype())], tekst.into_inner()).into_response()
}

/// As [`svar`], under an entity tag of the content: 304 where the caller has it already, in the same form.
fn svar_med_etag(headers: &HeaderMap, form: Form, etag: &str, tekst: Released<String>) -> Response {
    let etag = format!("\"{etag}{}\"", form.merke());
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let unchanged =
        known.flat_map(|value| value.split(',')).any(|one| one.trim().trim_start_matches("W/") == etag);
    let mut response = if unchanged { StatusCode::NOT_MODIFIED.into_response() } else { svar(form, tekst) };
    if let Ok(value) = HeaderValue::try_from(etag) {
        response.headers_mut().insert(header::ETAG, value);
    }
    response
}
