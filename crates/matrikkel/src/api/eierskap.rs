//! Who owns what, for those who have the scope. Each use stands in the log of everyone who is shown. Who is not shown, and
//! why, stands with the crate.

use std::sync::Arc;

use axum::extract::{Request, State};
use clients::matrikkel::{Eiendom, Eierskap, Eierskapsliste, Eierskapssoek, SCOPE_EIERE};
use http::HeaderMap;
use kernel::auth::{Claims, Issuer};
use kernel::log::{Access, Personal, Released};
use kernel::problem::Problem;

use super::{Nummer, QueryPairs};
use crate::model::eierskap::{eierskap, personer, skjerm, skjermede};
use crate::{Component, NAME, store};

/// Largest question, in bytes: one number.
pub const MAX_BODY: usize = 4096;

/// The law behind it, as the person sees it in the log of uses.
const HJEMMEL: &str = "forskrift om opplysninger fra grunnbok og matrikkel § 4 (utlevering)";

/// The verified caller, who has the scope.
async fn leser(component: &Component, headers: &HeaderMap) -> Result<Arc<Claims>, Problem> {
    let claims = component.ctx.auth.bearer(headers, Issuer::Maskinporten).await?;
    claims.require_scope(SCOPE_EIERE)?;
    Ok(claims)
}

/// Who owns a unit; scope `kartverket:matrikkel/eiere`.
///
/// Of a property that is divided into sections: the owners of each. `paaTidspunkt` asks for the owners as the cadastre knew
/// them then; 404 where it did not know the unit. Nobody is shown whose address is protected. The purpose and the case go in
/// the headers `Felles-Formaal` and `Felles-Sak`, and are shown to the persons.
#[utoipa::path(get, path = "/matrikkel/api/v1/matrikkelenheter/{matrikkelnummer}/eiere", tag = "matrikkel",
    params(("matrikkelnummer" = String, Path, description = "0301-208-123-0-0, eller 0301-208/123/0/0 med skråstrek som %2F"),
        ("paaTidspunkt" = Option<String>, Query, description = "Slik de var kjent da: 2026-11-23T09:00:00Z")),
    responses((status = 200, body = Eierskapsliste), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn eiere(
    State(component): State<Component>,
    headers: HeaderMap,
    nummer: Result<Nummer, Problem>,
    query: QueryPairs,
) -> Result<Released<Eierskapsliste>, Problem> {
    let ctx = &component.ctx;
    let claims = leser(&component, &headers).await?;
    let Nummer(nummer) = nummer?;
    let da = super::paa_tidspunkt(query)?;
    let found: Option<Eiendom> = store::eiendom::finn(&ctx.store, &nummer, da).await?;
    let all = found.and_then(|eiendom| eierskap(eiendom, nummer.seksjonsnummer));
    let mut all = all.ok_or_else(super::ukjent)?;
    let owned_now = store::eiendom::eid_av(&ctx.store, &personer(&all)).await?;
    skjerm(&mut all, &skjermede(&owned_now));
    let access = Access::from_claims(NAME, &claims, &headers, format!("Slo opp eierne av {nummer}"), HJEMMEL);
    Ok(Personal::many(personer(&all), Eierskapsliste { eierskap: all }).release(&ctx.log, access).await?)
}

/// What a person owns; scope `kartverket:matrikkel/eiere`.
///
/// An empty list for a number that owns nothing, and for a person whose address is protected. The purpose and the case go in
/// the headers `Felles-Formaal` and `Felles-Sak`, and are shown to the person.
#[utoipa::path(post, path = "/matrikkel/api/v1/eierskap/soek", tag = "matrikkel", request_body = Eierskapssoek,
    responses((status = 200, body = Eierskapsliste), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem)))]
pub async fn soek(
    State(component): State<Component>,
    headers: HeaderMap,
    request: Request,
) -> Result<Released<Eierskapsliste>, Problem> {
    let ctx = &component.ctx;
    let claims = leser(&component, &headers).await?;
    let body = kernel::http::body(&headers, "application/json", request).await;
    let body = body.map_err(|bad| Problem::new(bad.status, "Innholdet tas ikke imot").detail(bad.melding))?;
    let Eierskapssoek { personidentifikator: pid } = kernel::http::json(&body)?;
    let owned = store::eiendom::eid_av(&ctx.store, &[pid]).await?;
    let screened = skjermede(&owned).contains(&pid);
    let theirs = |one: &Eierskap| one.rettighetshaver.personidentifikator == Some(pid);
    let all = owned.into_iter().filter(|_| !screened).filter_map(|eiendom| eierskap(eiendom, 0));
    let answer = Eierskapsliste { eierskap: all.flatten().filter(theirs).collect() };
    let access = Access::from_claims(NAME, &claims, &headers, "Slo opp eiendommene dine", HJEMMEL);
    Ok(Personal::new(pid, answer).release(&ctx.log, access).await?)
}
