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
use kernel::id::Pid;
use kernel::limits;
use kernel::log::Released;
use serde::de::DeserializeOwned;
use utoipa_axum::router::OpenApiRouter;

use crate::Component;
use crate::model::pakke::Pakke;
use crate::model::utsnitt::{Avvist, Utvalg};

pub mod arkiv;
pub mod bulkoppslag;
mod feil;
pub mod hendelser;
pub mod ikke_bygget;
pub mod innlasting;
pub mod kvittering;
pub mod mottak;
pub mod personer;
pub mod soek;
pub mod uttrekk;

pub use feil::Avslag;

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

/// The verified caller of a package.
async fn leser(component: &Component, headers: &HeaderMap, pakke: Pakke) -> Result<Arc<Claims>, Avslag> {
    kun_json(headers)?;
    let claims = component.ctx.auth.bearer(headers, Issuer::Maskinporten).await?;
    claims.require_scope(pakke.scope())?;
    Ok(claims)
}

/// Refuses a caller that takes no JSON: XML is the real register's other form, and is not built.
fn kun_json(headers: &HeaderMap) -> Result<(), Avslag> {
    let Some(accept) = headers.get(header::ACCEPT) else { return Ok(()) };
    let accept = accept.to_str().unwrap_or_default().to_ascii_lowercase();
    let accepts = |wanted: &[&str]| {
        accept.split(',').any(|one| wanted.contains(&one.split(';').next().unwrap_or_default().trim()))
    };
    if accepts(&["application/json", "application/*", "*/*"]) {
        return Ok(());
    }
    if accepts(&["application/xml", "application/atom+xml", "text/xml"]) {
        return Err(Avslag::ikke_bygget("svar som XML; be om application/json"));
    }
    Err(Avslag::ny(StatusCode::NOT_ACCEPTABLE, "Svaret finnes som application/json."))
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

/// An answer that is JSON already.
fn svar(json: Released<String>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], json.into_inner()).into_response()
}

/// As [`svar`], under an entity tag: 304 where the caller has it already.
fn svar_med_etag(headers: &HeaderMap, etag: &str, json: Released<String>) -> Response {
    let etag = format!("\"{etag}\"");
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let unchanged =
        known.flat_map(|value| value.split(',')).any(|one| one.trim().trim_start_matches("W/") == etag);
    let mut response = if unchanged { StatusCode::NOT_MODIFIED.into_response() } else { svar(json) };
    if let Ok(value) = HeaderValue::try_from(etag) {
        response.headers_mut().insert(header::ETAG, value);
    }
    response
}
