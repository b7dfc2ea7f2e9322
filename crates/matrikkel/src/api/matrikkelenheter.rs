//! Cadastral units, without owners.

use axum::Json;
use axum::extract::State;
use clients::matrikkel::{Matrikkelenhet, Matrikkelenhetstreff, Matrikkelnummer};
use jiff::Timestamp;
use kernel::problem::Problem;
use kernel::store::{Store, StoreError};

use super::{Nummer, QueryPairs};
use crate::model::matrikkelenhet::{self, DELER, Nummersoek};
use crate::model::parametre::Sporring;
use crate::{Component, store};

/// A unit with its buildings, dwelling units and addresses.
///
/// The number is `0301-208/123/0/2` with its slashes percent-encoded (`%2F`), or with a hyphen for each of them:
/// `0301-208-123-0-2`. Leasehold and section may be left out where they are 0. `paaTidspunkt` asks for the unit as the
/// cadastre knew it then; 404 where it knew none.
#[utoipa::path(get, path = "/matrikkel/api/v1/matrikkelenheter/{matrikkelnummer}", tag = "matrikkel",
    params(("matrikkelnummer" = String, Path, description = "0301-208-123-0-0, eller 0301-208/123/0/0 med skråstrek som %2F"),
        ("paaTidspunkt" = Option<String>, Query, description = "Slik den var kjent da: 2026-11-23T09:00:00Z")),
    responses((status = 200, body = Matrikkelenhet), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub async fn enhet(
    State(component): State<Component>,
    Nummer(nummer): Nummer,
    query: QueryPairs,
) -> Result<Json<Matrikkelenhet>, Problem> {
    let da = super::paa_tidspunkt(query)?;
    finn(&component.ctx.store, &nummer, da).await?.map(Json).ok_or_else(super::ukjent)
}

/// Units by the beginning of their number, in its order.
///
/// Each part needs those before it. Hits are properties, with the numbers of their sections; a section is found by all five
/// numbers. No page reaches beyond 10,000 hits, and no count goes beyond them.
#[utoipa::path(get, path = "/matrikkel/api/v1/matrikkelenheter", tag = "matrikkel",
    params(("kommunenummer" = String, Query, description = "Fire siffer"), ("gardsnummer" = Option<i32>, Query),
        ("bruksnummer" = Option<i32>, Query), ("festenummer" = Option<i32>, Query),
        ("seksjonsnummer" = Option<i32>, Query, description = "0: eiendommen selv"),
        ("treffPerSide" = Option<i32>, Query, description = "Fra 1 til 1000; 10 om ikke oppgitt"),
        ("side" = Option<i32>, Query, description = "Fra 0")),
    responses((status = 200, body = Matrikkelenhetstreff), (status = 400, body = Problem)))]
pub async fn enheter(
    State(component): State<Component>,
    query: QueryPairs,
) -> Result<Json<Matrikkelenhetstreff>, Problem> {
    let known = [&["kommunenummer"][..], &DELER, &["treffPerSide", "side"]].concat();
    let pairs = super::kjente_parametre(query, &known)?;
    let mut q = Sporring::av(&pairs);
    let (soek, (treff_per_side, side)) = (Nummersoek::les(&mut q), q.side());
    super::krev_riktig(q)?;
    let db = &component.ctx.store;
    let (totalt_antall_treff, matrikkelenheter) = match soek.helt() {
        Some(nummer) => {
            let found = finn(db, &nummer, None).await?;
            (usize::from(found.is_some()), found.filter(|_| side == 0).into_iter().collect())
        }
        None => store::eiendom::soek(db, &soek, treff_per_side, side).await?,
    };
    Ok(Json(Matrikkelenhetstreff { side, treff_per_side, totalt_antall_treff, matrikkelenheter }))
}

async fn finn(
    db: &Store,
    nummer: &Matrikkelnummer,
    da: Option<Timestamp>,
) -> Result<Option<Matrikkelenhet>, StoreError> {
    let eiendom = store::eiendom::finn(db, nummer, da).await?;
    Ok(eiendom.and_then(|eiendom| matrikkelenhet::enhet(eiendom, nummer.seksjonsnummer)))
}
