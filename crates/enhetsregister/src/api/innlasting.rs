//! The bulk load of a nation, of Felles' own making.

use std::collections::HashSet;

use axum::Json;
use axum::extract::{Request, State};
use clients::enhetsregister::{Borte, Feil, Innlest, Registrering, SCOPE_INNLASTING, WAKE};
use http::HeaderMap;

use super::Avslag;
use crate::model::{self, Rad};
use crate::{Component, store};

/// Largest body of one load, in bytes.
pub const MAX_BODY: usize = 64 << 20;

/// Loads units: on each line a `Registrering`, or a `Borte` for one that has left the register. All of the body or nothing.
///
/// A unit that is new or different makes an event of its feed; one that is as the register has it stays as it is.
#[utoipa::path(post, path = "/enhetsregisteret/innlasting/v1", tag = "innlasting",
    request_body(content = String, content_type = "application/x-ndjson", description = "En Registrering eller Borte på hver linje"),
    responses((status = 200, body = Innlest), (status = 400, body = Feil), (status = 401, body = Feil), (status = 403, body = Feil),
        (status = 413, body = Feil), (status = 415, body = Feil)))]
pub async fn last_inn(
    State(component): State<Component>,
    headers: HeaderMap,
    request: Request,
) -> Result<Json<Innlest>, Avslag> {
    let ctx = &component.ctx;
    super::autorisert(&component, &headers, SCOPE_INNLASTING).await?;
    let body = kernel::http::body(&headers, "application/x-ndjson", request).await?;
    let (rader, lest) = les(&body)?;
    let now = ctx.clock.now();
    let changed =
        ctx.store.write(move |tx| Box::pin(async move { store::behold(tx, &rader, now).await })).await?;
    if changed {
        ctx.wake.notify(WAKE);
    }
    Ok(Json(Innlest { lest }))
}

fn les(body: &[u8]) -> Result<(Vec<Rad>, usize), Avslag> {
    let (mut rader, mut lest, mut seen) = (Vec::new(), 0, HashSet::new());
    for (number, line) in kernel::http::lines(body) {
        lest += 1;
        let wrong =
            |felt: &str, hva: &str| Avslag::verdi(felt, format!("Linje {number}: {felt} {hva}"), None);
        let read = match kernel::http::json::<Registrering>(line) {
            Ok(registrering) => Ok(model::rad::rader(registrering)),
            Err(bad) if bad.path == "borte" => kernel::http::json::<Borte>(line)
                .map(|gone| model::rad::alene(gone.borte).map(|rad| vec![rad])),
            Err(bad) => Err(bad),
        };
        let read = read.map_err(|bad| wrong(&bad.path, &format!("({})", bad.message)))?;
        for rad in read.map_err(|mangel| wrong(&mangel.felt, mangel.hva))? {
            if !seen.insert(rad.orgnr) {
                return Err(wrong(
                    "organisasjonsnummer",
                    "står på en tidligere linje, eller to ganger på denne",
                ));
            }
            rader.push(rad);
        }
    }
    Ok((rader, lest))
}
