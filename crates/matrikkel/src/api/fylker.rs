//! Counties.

use axum::extract::{Path, State};
use axum::response::Response;
use clients::matrikkel::{Feilmelding, Fylke, Fylkesnavn, Kommune, KommuneIFylke};
use serde_json::Value;
use utoipa::ToSchema;

use super::kommuner::sorter;
use super::{Avslag, QueryPairs};
use crate::model::kommune::{fylker as counties, fylkesnavn, i_fylke, i_system};
use crate::model::parametre::{Sporring, filtrer};
use crate::model::projeksjon::Projeksjon;
use crate::{Component, store};

/// All counties, by number.
#[utoipa::path(get, path = "/kommuneinfo/v1/fylker", tag = "kommuneinfo",
    params(("sorter" = Option<String>, Query, description = "Felt"), ("filtrer" = Option<String>, Query)),
    responses((status = 200, body = Vec<Fylkesnavn>), (status = 400, body = Feilmelding)))]
pub async fn fylker(State(component): State<Component>, query: QueryPairs) -> Result<Response, Avslag> {
    let pairs = super::parametre(query)?;
    let mut q = Sporring::av(&pairs);
    let (sort, fields, ut) = (q.tekst("sorter"), filtrer(&mut q), degrees(&mut q)?);
    let all = counties(store::kommuner(&component.ctx.store).await?, &ut, i_fylke);
    let all: Vec<Fylkesnavn> = all.into_iter().map(fylkesnavn).collect();
    super::svar(&sorter(all, "sorter", sort)?, &fields, false)
}

/// The system that the answer is in.
fn degrees(q: &mut Sporring<'_>) -> Result<Projeksjon, Avslag> {
    q.koordsys("utkoordsys").ok_or_else(|| Avslag::parametre(std::mem::take(&mut q.feil)))
}

/// A county with its municipalities.
#[utoipa::path(get, path = "/kommuneinfo/v1/fylker/{fylkesnummer}", tag = "kommuneinfo",
    params(("fylkesnummer" = String, Path, description = "To siffer"), ("utkoordsys" = Option<i32>, Query),
        ("filtrer" = Option<String>, Query)),
    responses((status = 200, body = Fylke<KommuneIFylke>), (status = 400, body = Feilmelding), (status = 404, body = Feilmelding)))]
pub async fn fylke(
    State(component): State<Component>,
    Path(nummer): Path<String>,
    query: QueryPairs,
) -> Result<Response, Avslag> {
    let pairs = super::parametre(query)?;
    let mut q = Sporring::av(&pairs);
    let (fields, ut) = (filtrer(&mut q), degrees(&mut q)?);
    let all = counties(store::kommuner(&component.ctx.store).await?, &ut, i_fylke);
    let found = all.into_iter().find(|fylke| fylke.fylkesnummer == nummer);
    let found = found.ok_or_else(|| Avslag::ukjent("Det finnes ikke noe fylke med dette nummeret."))?;
    super::svar(&found, &fields, false)
}

// For the document alone: `#[utoipa::path]` does not compile with a generic type within another.
/// A county with all about its municipalities.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct FylkeMedKommuner(Fylke<Kommune>);

/// All counties with all about their municipalities.
#[utoipa::path(get, path = "/kommuneinfo/v1/fylkerkommuner", tag = "kommuneinfo",
    params(("sorterfylker" = Option<String>, Query), ("sorterkommuner" = Option<String>, Query),
        ("utkoordsys" = Option<i32>, Query), ("filtrer" = Option<String>, Query)),
    responses((status = 200, body = Vec<FylkeMedKommuner>), (status = 400, body = Feilmelding)))]
pub async fn fylkerkommuner(
    State(component): State<Component>,
    query: QueryPairs,
) -> Result<Response, Avslag> {
    let pairs = super::parametre(query)?;
    let mut q = Sporring::av(&pairs);
    let (by_county, by_kommune) = (q.tekst("sorterfylker"), q.tekst("sorterkommuner"));
    let (fields, ut) = (filtrer(&mut q), degrees(&mut q)?);
    let all = counties(store::kommuner(&component.ctx.store).await?, &ut, |kommune| i_system(kommune, &ut));
    let mut sorted: Vec<Fylke<Value>> = Vec::new();
    for fylke in all {
        sorted.push(Fylke {
            kommuner: sorter(fylke.kommuner, "sorterkommuner", by_kommune)?,
            avgrensningsboks: fylke.avgrensningsboks,
            fylkesnavn: fylke.fylkesnavn,
            fylkesnummer: fylke.fylkesnummer,
        });
    }
    super::svar(&sorter(sorted, "sorterfylker", by_county)?, &fields, false)
}
