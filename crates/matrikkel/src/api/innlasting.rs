//! The bulk load of a nation, of Felles' own making.

use std::collections::HashSet;

use axum::Json;
use axum::extract::{Request, State};
use clients::matrikkel::{Eiendom, Feilmelding, Innlest, Kommune, Linje, SCOPE_INNLASTING, WAKE};
use http::{HeaderMap, StatusCode};
use kernel::auth::Issuer;

use super::Avslag;
use crate::store::innlasting::{Nei, behold};
use crate::{Component, model};

/// Largest body of one load, in bytes.
pub const MAX_BODY: usize = 64 << 20;

/// Loads municipalities and properties: a `Linje` on each line. All of the body or nothing.
///
/// A property that is new or different makes events of the change log and keeps what it was; one that is as it was stays so.
#[utoipa::path(post, path = "/matrikkel/innlasting/v1", tag = "innlasting",
    request_body(content = String, content_type = "application/x-ndjson", description = "En Linje på hver linje"),
    responses((status = 200, body = Innlest), (status = 400, body = Feilmelding), (status = 401, body = Feilmelding),
        (status = 403, body = Feilmelding), (status = 413, body = Feilmelding), (status = 415, body = Feilmelding)))]
pub async fn last_inn(
    State(component): State<Component>,
    headers: HeaderMap,
    request: Request,
) -> Result<Json<Innlest>, Avslag> {
    let ctx = &component.ctx;
    let claims = ctx.auth.bearer(&headers, Issuer::Maskinporten).await?;
    claims.require_scope(SCOPE_INNLASTING)?;
    let body = kernel::http::body(&headers, "application/x-ndjson", request).await?;
    let Innhold { lest, kommuner, eiendommer } = les(&body)?;
    let now = ctx.clock.now();
    let changed = ctx
        .store
        .write(move |tx| Box::pin(async move { behold(tx, &kommuner, &eiendommer, now).await }))
        .await
        .map_err(|nei| match nei {
            Nei::UkjentKommune(nummer) => galt(0, &format!("kommunen {nummer} er ikke lastet")),
            Nei::Store(error) => error.into(),
        })?;
    if changed {
        ctx.wake.notify(WAKE);
    }
    Ok(Json(Innlest { lest }))
}

/// What a body holds.
struct Innhold {
    lest: usize,
    kommuner: Vec<Kommune>,
    eiendommer: Vec<Eiendom>,
}

/// A line that is wrong; never with its values.
fn galt(line: usize, what: &str) -> Avslag {
    let place = if line == 0 { String::new() } else { format!("Linje {line}: ") };
    Avslag::ny(StatusCode::BAD_REQUEST, format!("{place}{what}."))
}

fn les(body: &[u8]) -> Result<Innhold, Avslag> {
    let mut all = Innhold { lest: 0, kommuner: Vec::new(), eiendommer: Vec::new() };
    let (mut numbers, mut addresses, mut buildings) = (HashSet::new(), HashSet::new(), HashSet::new());
    for (number, line) in kernel::http::lines(body) {
        all.lest += 1;
        let wrong = |(field, what): (&str, &str)| galt(number, &format!("{field} {what}"));
        let read: Linje = kernel::http::json(line)
            .map_err(|bad| galt(number, &format!("{} ({})", bad.path, bad.message)))?;
        match read {
            Linje::Kommune(kommune) => {
                model::innlasting::kommune(&kommune).map_err(wrong)?;
                all.kommuner.push(kommune);
            }
            Linje::Eiendom(eiendom) => {
                model::innlasting::eiendom(&eiendom).map_err(wrong)?;
                let once = numbers.insert(eiendom.matrikkelnummer.clone())
                    && eiendom.adresser.iter().all(|one| addresses.insert(one.id))
                    && eiendom.bygninger.iter().all(|one| buildings.insert(one.bygningsnummer));
                if !once {
                    return Err(wrong(("matrikkelnummer", "eller en adresse eller bygning står to ganger")));
                }
                all.eiendommer.push(eiendom);
            }
        }
    }
    Ok(all)
}
