//! Municipalities.

use axum::extract::{Path, State};
use axum::response::Response;
use clients::matrikkel::{Feilmelding, Kommune, KommuneIListe, Kommunepunkt, Kommunesok};
use kernel::store::StoreError;
use serde::Serialize;
use serde_json::Value;

use super::{Avslag, QueryPairs};
use crate::model::kommune::{i_liste, i_system, kanter, navn_passer, om_punkt};
use crate::model::parametre::{Sporring, filtrer};
use crate::model::rutenett::{Sirkel, deler};
use crate::{Component, store};

/// All municipalities, by number.
#[utoipa::path(get, path = "/kommuneinfo/v1/kommuner", tag = "kommuneinfo",
    params(("sorter" = Option<String>, Query, description = "Felt"), ("filtrer" = Option<String>, Query)),
    responses((status = 200, body = Vec<KommuneIListe>), (status = 400, body = Feilmelding)))]
pub async fn kommuner(State(component): State<Component>, query: QueryPairs) -> Result<Response, Avslag> {
    let pairs = super::parametre(query)?;
    let mut q = Sporring::av(&pairs);
    let (sort, fields) = (q.tekst("sorter"), filtrer(&mut q));
    let all = store::kommuner(&component.ctx.store).await?;
    let all: Vec<KommuneIListe> = all.into_iter().map(i_liste).collect();
    super::svar(&sorter(all, "sorter", sort)?, &fields, false)
}

/// A municipality.
#[utoipa::path(get, path = "/kommuneinfo/v1/kommuner/{kommunenummer}", tag = "kommuneinfo",
    params(("kommunenummer" = String, Path, description = "Fire siffer"), ("utkoordsys" = Option<i32>, Query),
        ("filtrer" = Option<String>, Query)),
    responses((status = 200, body = Kommune), (status = 400, body = Feilmelding), (status = 404, body = Feilmelding)))]
pub async fn kommune(
    State(component): State<Component>,
    Path(nummer): Path<String>,
    query: QueryPairs,
) -> Result<Response, Avslag> {
    let pairs = super::parametre(query)?;
    let mut q = Sporring::av(&pairs);
    let (ut, fields) = (q.koordsys("utkoordsys"), filtrer(&mut q));
    let Some(ut) = ut else { return Err(Avslag::parametre(q.feil)) };
    // Nothing else is a number, and a database refuses some of what a path can hold.
    let digits = nummer.len() == 4 && nummer.bytes().all(|byte| byte.is_ascii_digit());
    let found = if digits { store::kommune(&component.ctx.store, &nummer).await? } else { None };
    let found = found.ok_or_else(|| Avslag::ukjent("Det finnes ingen kommune med dette nummeret."))?;
    super::svar(&i_system(found, &ut), &fields, false)
}

/// Municipalities by name, which may begin and end with `*`.
#[utoipa::path(get, path = "/kommuneinfo/v1/sok", tag = "kommuneinfo",
    params(("knavn" = String, Query), ("utkoordsys" = Option<i32>, Query), ("sorter" = Option<String>, Query),
        ("filtrer" = Option<String>, Query)),
    responses((status = 200, body = Kommunesok), (status = 400, body = Feilmelding)))]
pub async fn sok(State(component): State<Component>, query: QueryPairs) -> Result<Response, Avslag> {
    let pairs = super::parametre(query)?;
    let mut q = Sporring::av(&pairs);
    let (name, ut) = (q.tekst("knavn"), q.koordsys("utkoordsys"));
    let (sort, fields) = (q.tekst("sorter"), filtrer(&mut q));
    if name.is_none() {
        q.feil.insert("knavn".to_owned(), "Parameteren må være med.".to_owned());
    }
    let (Some(name), Some(ut), true) = (name, ut, q.feil.is_empty()) else {
        return Err(Avslag::parametre(q.feil));
    };
    let fits = |kommune: &Kommune| {
        let names = kommune.gyldige_navn.iter().map(|one| &one.navn).chain([&kommune.kommunenavn_norsk]);
        names.into_iter().any(|one| navn_passer(name, one))
    };
    let all = store::kommuner(&component.ctx.store).await?;
    let found: Vec<Kommune> = all.into_iter().filter(fits).map(|one| i_system(one, &ut)).collect();
    let kommuner = sorter(found, "sorter", sort)?;
    let answer = serde_json::json!({ "antallTreff": kommuner.len(), "kommuner": kommuner });
    super::svar(&answer, &fields, false)
}

/// The municipality and county of a point.
///
/// There are no borders in the store: of the municipalities whose box holds the point, it is in the one whose address is
/// nearest, or, where no address is within ten kilometres, whose own point is.
#[utoipa::path(get, path = "/kommuneinfo/v1/punkt", tag = "kommuneinfo",
    params(("nord" = f64, Query), ("ost" = f64, Query), ("koordsys" = i32, Query), ("filtrer" = Option<String>, Query)),
    responses((status = 200, body = Kommunepunkt), (status = 400, body = Feilmelding), (status = 404, body = Feilmelding)))]
pub async fn punkt(State(component): State<Component>, query: QueryPairs) -> Result<Response, Avslag> {
    let pairs = super::parametre(query)?;
    let mut q = Sporring::av(&pairs);
    let (north, east) = (q.desimal("nord"), q.desimal("ost"));
    let (system, fields) = (q.koordsys("koordsys"), filtrer(&mut q));
    if q.tekst("koordsys").is_none() {
        q.feil.insert("koordsys".to_owned(), "Parameteren må være med.".to_owned());
    }
    if !q.feil.is_empty() {
        return Err(Avslag::parametre(q.feil));
    }
    let point = north.zip(east).zip(system).and_then(|((north, east), system)| system.inn(north, east));
    let missing = || Avslag::ukjent("Punktet er ikke i noen kommune.");
    let (lat, lon) = point.ok_or_else(missing)?;
    let found = ved_punkt(&component, lat, lon).await?.ok_or_else(missing)?;
    super::svar(&om_punkt(found), &fields, false)
}

/// The municipality that a point is most likely in.
async fn ved_punkt(component: &Component, lat: f64, lon: f64) -> Result<Option<Kommune>, StoreError> {
    let db = &component.ctx.store;
    let holds = |kommune: &Kommune| {
        let [south, west, north, east] = kanter(&kommune.avgrensningsboks);
        (south..=north).contains(&lat) && (west..=east).contains(&lon)
    };
    let mut candidates: Vec<Kommune> = store::kommuner(db).await?.into_iter().filter(holds).collect();
    if candidates.len() > 1 {
        let near = store::punkt::innen(db, Sirkel { lat, lon, radius: 10_000.0 }).await?;
        let ids: Vec<i64> = near.iter().take(200).map(|(_, id)| *id).collect();
        let near = store::adresser(db, &ids).await?;
        let nearest = near.iter().find(|row| candidates.iter().any(|one| one.kommunenummer == row.kommune));
        if let Some(row) = nearest {
            candidates.retain(|one| one.kommunenummer == row.kommune);
        }
    }
    let circle = Sirkel { lat, lon, radius: 0.0 };
    let away = |kommune: &Kommune| {
        let [lon, lat] = kommune.punkt_i_omrade.coordinates;
        circle.avstand(deler(lat), deler(lon))
    };
    Ok(candidates.into_iter().min_by(|one, other| away(one).total_cmp(&away(other))))
}

/// A list in the order of a field that its entries have.
pub fn sorter<T: Serialize>(all: Vec<T>, parameter: &str, field: Option<&str>) -> Result<Vec<Value>, Avslag> {
    let values = all.into_iter().map(serde_json::to_value).collect::<Result<Vec<Value>, _>>();
    let mut values =
        values.map_err(|_| Avslag::ny(http::StatusCode::INTERNAL_SERVER_ERROR, "Intern feil"))?;
    let Some(field) = field else { return Ok(values) };
    if values.iter().any(|value| !value.get(field).is_some_and(Value::is_string)) {
        let wrong = (parameter.to_owned(), "Det er ikke et felt å sortere etter.".to_owned());
        return Err(Avslag::parametre([wrong].into()));
    }
    let text = |value: &Value| value.get(field).and_then(Value::as_str).unwrap_or_default().to_lowercase();
    values.sort_by_cached_key(text);
    Ok(values)
}
