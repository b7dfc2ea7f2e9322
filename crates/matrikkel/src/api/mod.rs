//! One file per resource.

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde::Serialize;

use crate::model::svar;

pub mod feil;
pub mod fylker;
pub mod ikke_bygget;
pub mod innlasting;
pub mod kommuner;
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
