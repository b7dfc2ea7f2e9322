//! The uses of one's own data, and the proof of each.
//!
//! Reading one's own list leaves no entry in it: a list that grows by being read would hide what it is for.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use clients::transparency::{Bevis, Bruksliste};
use http::{HeaderMap, header};
use kernel::auth::Issuer;
use kernel::id::Pid;
use kernel::problem::Problem;
use kernel::store::StoreError;
use serde::Deserialize;

use crate::{Component, SCOPE, model};

/// Which uses.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Utvalg {
    /// Only uses before this place in the log.
    #[param(minimum = 0)]
    foer: Option<u64>,
    /// 1 to 100; 50 if absent.
    antall: Option<u32>,
}

/// What only its subject may see is kept by nobody on the way.
const PRIVATE: [(header::HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];

async fn authorised(component: &Component, headers: &HeaderMap) -> Result<Pid, Problem> {
    let claims = component.ctx.auth.bearer(headers, Issuer::Idporten).await?;
    claims.require_scope(SCOPE)?;
    claims.pid.ok_or_else(|| Problem::forbidden("Tokenet gjelder ingen person."))
}

/// The uses of one's own data, newest first.
#[utoipa::path(get, path = "/innsyn/api/v1/bruk", tag = "innsyn", params(Utvalg),
    responses((status = 200, body = Bruksliste), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn list(
    State(component): State<Component>,
    utvalg: Result<Query<Utvalg>, QueryRejection>,
    headers: HeaderMap,
) -> Result<([(header::HeaderName, &'static str); 1], Json<Bruksliste>), Problem> {
    let pid = authorised(&component, &headers).await?;
    let Query(Utvalg { foer, antall }) =
        utvalg.map_err(|bad| Problem::bad_request(bad.body_text()).field("query"))?;
    let antall = antall.unwrap_or(50);
    if !(1..=100).contains(&antall) {
        return Err(Problem::bad_request("antall må være fra 1 til 100.").field("antall"));
    }
    let mut entries = component.ctx.log.entries_about(&pid, foer, i64::from(antall) + 1).await?;
    let flere = entries.len() > antall as usize;
    entries.truncate(antall as usize);
    Ok((PRIVATE, Json(Bruksliste { bruk: entries.into_iter().map(model::shown).collect(), flere })))
}

/// The proof that a use of one's own data stands in the log.
#[utoipa::path(get, path = "/innsyn/api/v1/bruk/{indeks}/bevis", tag = "innsyn",
    params(("indeks" = i64, Path, description = "The use's place in the log", minimum = 0)),
    responses((status = 200, body = Bevis), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn bevis(
    State(component): State<Component>,
    Path(indeks): Path<String>,
    headers: HeaderMap,
) -> Result<([(header::HeaderName, &'static str); 1], Json<Bevis>), Problem> {
    let pid = authorised(&component, &headers).await?;
    let log = &component.ctx.log;
    // The same answer for what does not exist and for what is another's.
    let unknown = || Problem::not_found("Det finnes ingen slik oppføring om deg.");
    let index: u64 = indeks.parse().map_err(|_| unknown())?;
    log.entry(index).await?.filter(|entry| entry.subject == pid).ok_or_else(unknown)?;
    let proof = log.proof(index).await?.ok_or_else(unknown)?;
    let bevis = model::proof(proof, &log.verifier());
    let bevis = bevis
        .ok_or_else(|| StoreError::Damaged("the log's checkpoint is not signed by its key".to_owned()))?;
    Ok((PRIVATE, Json(bevis)))
}
