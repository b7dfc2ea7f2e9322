//! The municipalities that the units' addresses name.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use clients::enhetsregister::{Feil, Kommune, Kommuner, Treff};
use http::{HeaderMap, StatusCode};

use super::{Avslag, QueryPairs};
use crate::model::{self, soek::Parametre};
use crate::{Component, store};

/// Municipalities in which units have an address, by number.
#[utoipa::path(get, path = "/enhetsregisteret/api/kommuner", tag = "koder",
    params(("page" = Option<String>, Query, description = "Fra 0"), ("size" = Option<String>, Query, description = "Fra 1; 20 om ikke oppgitt")),
    responses((status = 200, body = Treff<Kommuner>), (status = 400, body = Feil), (status = 406, body = Feil)))]
pub async fn alle(
    State(component): State<Component>,
    query: QueryPairs,
    headers: HeaderMap,
) -> Result<Response, Avslag> {
    super::kun_json(&headers)?;
    let pairs = super::parametre(query)?;
    let mut p = Parametre::av(&pairs);
    let utsnitt = p.utsnitt();
    p.slutt()?;
    let (found, total) = store::kommuner(&component.ctx.store, utsnitt).await?;
    let (lenker, page) = super::side(&adresse(&component), &pairs, utsnitt, total);
    let kommuner: Vec<_> = found.into_iter().map(|(nummer, navn)| vis(&component, nummer, navn)).collect();
    let innhold = (!kommuner.is_empty()).then_some(Kommuner { kommuner });
    Ok(super::json(&Treff { innhold, lenker, page }))
}

/// One municipality.
#[utoipa::path(get, path = "/enhetsregisteret/api/kommuner/{nummer}", tag = "koder",
    params(("nummer" = String, Path, description = "0301")), responses((status = 200, body = Kommune), (status = 404, body = Feil)))]
pub async fn en(
    State(component): State<Component>,
    nummer: Result<Path<String>, PathRejection>,
) -> Result<Response, Avslag> {
    let nummer = nummer.map(|Path(nummer)| nummer).unwrap_or_default();
    match store::kommune(&component.ctx.store, &nummer).await? {
        Some(navn) => Ok(super::json(&vis(&component, nummer, navn))),
        None => Err(Avslag::ny(StatusCode::NOT_FOUND, "Det finnes ingen slik kommune.")),
    }
}

fn vis(component: &Component, nummer: String, navn: String) -> Kommune {
    let own = format!("{}/{nummer}", adresse(component));
    Kommune { nummer, navn, lenker: model::lenker(&[("self", own)]) }
}

fn adresse(component: &Component) -> String {
    format!("{}/enhetsregisteret/api/kommuner", component.ctx.base_url)
}
