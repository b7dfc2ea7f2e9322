//! Addresses by place.

use std::collections::HashMap;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use clients::matrikkel::{Adressetreff, Feilmelding};

use super::sok::metadata;
use super::{Avslag, QueryPairs};
use crate::model::parametre::{Sporring, Utsnitt};
use crate::model::rutenett::Sirkel;
use crate::{Component, store};

/// Finds the addresses within a radius of a point, the nearest first, each with its distance in metres.
#[utoipa::path(get, path = "/adresser/v1/punktsok", tag = "adresser",
    params(("lat" = f64, Query, description = "Bredde, eller meter nord"), ("lon" = f64, Query, description = "Lengde, eller meter øst"),
        ("radius" = i32, Query, description = "Hele meter"),
        ("koordsys" = Option<i32>, Query, description = "Punktets SRID; 4258 om ikke oppgitt"),
        ("utkoordsys" = Option<i32>, Query, description = "Svarets SRID; 4258 om ikke oppgitt"),
        ("filtrer" = Option<String>, Query), ("treffPerSide" = Option<i32>, Query), ("side" = Option<i32>, Query),
        ("asciiKompatibel" = Option<bool>, Query)),
    responses((status = 200, body = Adressetreff), (status = 400, body = Feilmelding)))]
pub async fn punktsok(
    State(component): State<Component>,
    RawQuery(raw): RawQuery,
    query: QueryPairs,
) -> Result<Response, Avslag> {
    let pairs = super::parametre(query)?;
    let mut q = Sporring::av(&pairs);
    let (north, east) = (q.desimal("lat"), q.desimal("lon"));
    let radius = q.tall("radius");
    if radius.is_none() {
        q.feil.entry("radius".to_owned()).or_insert_with(|| "Parameteren må være med.".to_owned());
    }
    let system = q.koordsys("koordsys");
    let utsnitt = Utsnitt::les(&mut q);
    let point = north.zip(east).zip(system).and_then(|((north, east), system)| system.inn(north, east));
    if point.is_none() && q.feil.is_empty() {
        q.feil.insert("lat".to_owned(), "Punktet finnes ikke i koordinatsystemet.".to_owned());
    }
    let (true, Some(utsnitt), Some((lat, lon)), Some(radius)) = (q.feil.is_empty(), utsnitt, point, radius)
    else {
        return Err(Avslag::parametre(q.feil));
    };
    let db = &component.ctx.store;
    let circle = Sirkel { lat, lon, radius: radius as f64 };
    let found = store::punkt::innen(db, circle).await?;
    let from = utsnitt.side * utsnitt.per_side;
    let page: HashMap<i64, f64> =
        found.iter().skip(from).take(utsnitt.per_side).map(|(metres, id)| (*id, *metres)).collect();
    let ids: Vec<i64> = found.iter().skip(from).take(utsnitt.per_side).map(|(_, id)| *id).collect();
    let rows = store::adresser(db, &ids).await?;
    let answer = Adressetreff {
        metadata: metadata(&utsnitt, found.len(), raw),
        adresser: rows
            .into_iter()
            .map(|row| {
                let metres = page.get(&row.id).copied();
                row.adresse(&utsnitt.ut, metres)
            })
            .collect(),
    };
    super::svar(&answer, &utsnitt.filtrer, utsnitt.ascii)
}
