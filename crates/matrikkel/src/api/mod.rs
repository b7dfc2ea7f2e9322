//! One file per resource, and what they share. The APIs that are Kartverket's own refuse in their form ([`Avslag`]), the cadastre
//! by problems.

use std::collections::HashSet;

use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, Path, Query};
use axum::response::{IntoResponse, Response};
use clients::matrikkel::Matrikkelnummer;
use http::request::Parts;
use http::{StatusCode, header};
use jiff::Timestamp;
use kernel::problem::Problem;
use serde::Serialize;

use crate::model::matrikkelenhet::nummer_av_sti;
use crate::model::parametre::Sporring;
use crate::model::svar;

pub mod adresser;
pub mod bygninger;
pub mod eierskap;
pub mod endringer;
pub mod feil;
pub mod fylker;
pub mod ikke_bygget;
pub mod innlasting;
pub mod kommuner;
pub mod matrikkelenheter;
pub mod punktsok;
pub mod sok;

pub use feil::Avslag;

/// A request's query, or why it is none.
pub type QueryPairs = Result<Query<Vec<(String, String)>>, QueryRejection>;

/// The pairs of a query.
fn parametre(query: QueryPairs) -> Result<Vec<(String, String)>, Avslag> {
    query
        .map(|Query(pairs)| pairs)
        .map_err(|_| Avslag::ny(StatusCode::BAD_REQUEST, "Søkestrengen kunne ikke leses."))
}

/// An answer of the fields that were asked for, in ASCII where that was asked for.
fn svar<T: Serialize>(value: &T, filtrer: &[String], ascii: bool) -> Result<Response, Avslag> {
    let text = if filtrer.is_empty() {
        serde_json::to_string(value)
    } else {
        serde_json::to_value(value).and_then(|value| serde_json::to_string(&svar::filtrer(value, filtrer)))
    };
    let text = text.map_err(|error| {
        tracing::error!(%error, "an answer could not be written");
        Avslag::ny(StatusCode::INTERNAL_SERVER_ERROR, "Intern feil")
    })?;
    let text = if ascii { svar::ascii(&text) } else { text };
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}

/// The query's pairs, for the cadastre. Refuses names that the resource does not have, so that a misspelt one gives no more
/// than was meant, and names that stand twice or without a value.
fn kjente_parametre(query: QueryPairs, known: &[&str]) -> Result<Vec<(String, String)>, Problem> {
    let Query(pairs) = query.map_err(|_| Problem::bad_request("Søkestrengen kunne ikke leses."))?;
    let mut seen = HashSet::new();
    for (name, value) in &pairs {
        if !known.contains(&name.as_str()) {
            let detail = format!("Ressursen har ingen andre parametre enn: {}.", known.join(", "));
            return Err(Problem::bad_request(detail));
        }
        if !seen.insert(name) || value.trim().is_empty() {
            return Err(Problem::bad_request("Skal stå én gang, med en verdi.").field(name));
        }
    }
    Ok(pairs)
}

/// Refuses a query of which something is wrong.
fn krev_riktig(mut q: Sporring<'_>) -> Result<(), Problem> {
    match q.feil.pop_first() {
        Some((name, what)) => Err(Problem::bad_request(what).field(name)),
        None => Ok(()),
    }
}

/// The moment of a query whose only parameter it is.
fn paa_tidspunkt(query: QueryPairs) -> Result<Option<Timestamp>, Problem> {
    let pairs = kjente_parametre(query, &["paaTidspunkt"])?;
    let mut q = Sporring::av(&pairs);
    let moment = q.tidspunkt("paaTidspunkt");
    krev_riktig(q).map(|()| moment)
}

/// The cadastre has nothing of that number.
fn ukjent() -> Problem {
    Problem::not_found("Matrikkelen har ingenting med dette nummeret.")
}

/// The only variable part of a path, as text.
async fn av_sti<S: Send + Sync>(parts: &mut Parts, state: &S) -> String {
    let path = Path::<String>::from_request_parts(parts, state).await;
    path.map(|Path(text)| text).unwrap_or_default()
}

/// A cadastral number in the path; see [`nummer_av_sti`].
pub struct Nummer(pub Matrikkelnummer);

impl<S: Send + Sync> FromRequestParts<S> for Nummer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let wrong = "Skal være som 0301-208-123-0-0, eller 0301-208/123/0/0 med skråstrek som %2F.";
        let number = nummer_av_sti(&av_sti(parts, state).await);
        number.map(Self).ok_or_else(|| Problem::bad_request(wrong).field("matrikkelnummer"))
    }
}

/// The number of a building or an address in the path.
pub struct Lopenummer(pub i64);

impl<S: Send + Sync> FromRequestParts<S> for Lopenummer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let number = av_sti(parts, state).await.parse::<i64>().ok().filter(|number| *number > 0);
        number.map(Self).ok_or_else(|| Problem::bad_request("Nummeret skal være et heltall over null."))
    }
}
