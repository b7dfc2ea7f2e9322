//! One file per resource.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::response::{IntoResponse, Response};
use clients::enhetsregister::{Lenker, MAX_HITS, Side};
use http::request::Parts;
use http::{HeaderMap, StatusCode, header};
use kernel::auth::{Claims, Issuer};
use kernel::id::Orgnr;
use serde::Serialize;

use crate::Component;
use crate::model::{self, Slag, soek::Utsnitt};

pub mod autorisert;
pub mod enheter;
pub mod feil;
pub mod frivillighet;
pub mod ikke_bygget;
pub mod innlasting;
pub mod koder;
pub mod kommuner;
pub mod lastned;
pub mod mottak;
pub mod oppdateringer;
pub mod regneark;
pub mod roller;
pub mod underenheter;

pub use feil::Avslag;

/// Largest body but for the bulk load, in bytes: one number.
pub const MAX_BODY: usize = 4096;

/// A request's query, or why it is none.
pub type QueryPairs = Result<Query<Vec<(String, String)>>, QueryRejection>;

/// Where the register's collections are.
#[utoipa::path(get, path = "/enhetsregisteret/api", tag = "enhetsregister", responses((status = 200, body = Rot)))]
pub async fn rot(State(component): State<Component>) -> Response {
    let base = format!("{}/enhetsregisteret/api", component.ctx.base_url);
    let names = [
        "enheter",
        "underenheter",
        "organisasjonsformer",
        "oppdateringer/enheter",
        "oppdateringer/underenheter",
        "kommuner",
    ];
    let mut links = vec![("self", base.clone())];
    links.extend(names.map(|name| (name, format!("{base}/{name}"))));
    json(&Rot { lenker: model::lenker(&links) })
}

/// The root of the register.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Rot {
    /// Its collections.
    #[serde(rename = "_links")]
    lenker: Lenker,
}

/// The media types that the register names for its answers, besides plain JSON.
fn kun_json(headers: &HeaderMap) -> Result<(), Avslag> {
    let Some(accept) = headers.get(header::ACCEPT) else { return Ok(()) };
    let accept = accept.to_str().unwrap_or_default().to_ascii_lowercase();
    let fits = |one: &str| {
        let media = one.split(';').next().unwrap_or_default().trim();
        matches!(media, "application/json" | "application/hal+json" | "application/*" | "*/*")
            || (media.starts_with("application/vnd.brreg.enhetsregisteret.") && media.ends_with("+json"))
    };
    if accept.split(',').any(fits) {
        return Ok(());
    }
    Err(Avslag::ny(StatusCode::NOT_ACCEPTABLE, "Svaret finnes som application/json."))
}

/// The verified caller, who has this scope.
async fn autorisert(component: &Component, headers: &HeaderMap, scope: &str) -> Result<Arc<Claims>, Avslag> {
    let claims = component.ctx.auth.bearer(headers, Issuer::Maskinporten).await?;
    claims.require_scope(scope)?;
    Ok(claims)
}

/// A unit's number in the path. Nine digits that are no number find nothing, as in the real register.
pub struct Nummer(pub Orgnr);

impl<S: Send + Sync> FromRequestParts<S> for Nummer {
    type Rejection = Avslag;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Avslag> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        let text = path.map(|Path(text)| text).unwrap_or_default();
        if text.len() != 9 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Avslag::verdi("orgnr", "Organisasjonsnummer skal ha ni siffer", None));
        }
        Orgnr::parse(&text).map(Self).map_err(|_| Avslag::ukjent())
    }
}

/// The query's pairs.
fn parametre(query: QueryPairs) -> Result<Vec<(String, String)>, Avslag> {
    query
        .map(|Query(pairs)| pairs)
        .map_err(|_| Avslag::ny(StatusCode::BAD_REQUEST, "Spørringen i adressen kunne ikke leses."))
}

/// An answer as JSON.
fn json<T: Serialize>(value: &T) -> Response {
    json_tekst(value).map_or_else(IntoResponse::into_response, |text| tekst(StatusCode::OK, text))
}

fn json_tekst<T: Serialize>(value: &T) -> Result<String, Avslag> {
    serde_json::to_string(value).map_err(|_| Avslag::ny(StatusCode::INTERNAL_SERVER_ERROR, "Intern feil"))
}

/// An answer that is JSON already.
fn tekst(status: StatusCode, text: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], text).into_response()
}

/// Where a page is, and its links to the others: the query stays but for `page` and `size`.
fn side(base: &str, pairs: &[(String, String)], utsnitt: Utsnitt, total: i64) -> (Lenker, Side) {
    let Utsnitt { page, size } = utsnitt;
    let pages = total / size + i64::from(total % size != 0);
    let to = |page: i64| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(pairs.iter().filter(|(name, _)| name != "page" && name != "size"));
        query.append_pair("page", &page.to_string()).append_pair("size", &size.to_string());
        format!("{base}?{}", query.finish())
    };
    // No link leads beyond what can be read.
    let last = (pages - 1).min(MAX_HITS / size - 1).max(0);
    let mut links = vec![("first", to(0)), ("self", to(page)), ("last", to(last))];
    if page > 0 {
        links.push(("prev", to(page - 1)));
    }
    if page < last {
        links.push(("next", to(page + 1)));
    }
    let side = Side { size, total_elements: total, total_pages: pages, number: page };
    (model::lenker(&links), side)
}

/// The address of a collection.
fn adresse(component: &Component, slag: Slag) -> String {
    format!("{}/enhetsregisteret/api/{}", component.ctx.base_url, slag.samling())
}
