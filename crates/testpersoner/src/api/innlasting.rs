//! The bulk load of a nation.

use std::collections::HashSet;

use axum::Json;
use axum::extract::State;
use clients::testpersoner::{Innlest, Linje, SCOPE_INNLASTING};
use http::HeaderMap;
use kernel::auth::Issuer;
use kernel::feed;
use kernel::http::Body;
use kernel::problem::Problem;
use kernel::store::StoreError;

use super::soek::QueryPairs;
use crate::model::rad::Rad;
use crate::{Component, store};

/// Largest body of one load, in bytes.
pub const MAX_BODY: usize = 64 << 20;

/// Loads people: a `Linje` on each line. All of the body or nothing.
///
/// The lines tell how the nation began. What has happened since is read from the feeds: Folkeregisteret's from its beginning
/// once more after each load (a load of people makes no events there), and Kontaktregisteret's from after the change that
/// `kontaktregister` names, the last that the lines have in them. Until it is named, that feed is not followed.
#[utoipa::path(post, path = "/testpersoner/innlasting/v1", tag = "testpersoner",
    params(("kontaktregister" = Option<i64>, Query, minimum = 0, maximum = 999_999_999_999_i64, description = "Endringsnummer som linjene har med seg til og med")),
    request_body(content = String, content_type = "application/x-ndjson", description = "En Linje på hver linje"),
    responses((status = 200, body = Innlest), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 413, body = Problem)))]
pub async fn last_inn(
    State(component): State<Component>,
    query: QueryPairs,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<Json<Innlest>, Problem> {
    let ctx = &component.ctx;
    ctx.auth.bearer(&headers, Issuer::Maskinporten).await?.require_scope(SCOPE_INNLASTING)?;
    let kontakt = endringsnummer(&super::soek::par(query)?)?;
    let rader = les(&body)?;
    let lest = rader.len();
    ctx.store
        .write(move |tx| {
            Box::pin(async move {
                store::behold(tx, &rader).await?;
                if !rader.is_empty() {
                    feed::set_cursor(tx, clients::folkeregister::NAME, 0).await?;
                }
                if let Some(seq) = kontakt {
                    feed::set_cursor(tx, clients::kontaktregister::NAME, seq).await?;
                }
                Ok::<_, StoreError>(())
            })
        })
        .await?;
    Ok(Json(Innlest { lest }))
}

fn endringsnummer(par: &[(String, String)]) -> Result<Option<i64>, Problem> {
    let feil = |hva: &str, felt: &str| Problem::bad_request(format!("{felt}: {hva}")).field(felt);
    match par {
        [] => Ok(None),
        [(navn, verdi)] if navn == "kontaktregister" => {
            let digits = verdi.len() <= 12 && verdi.bytes().all(|byte| byte.is_ascii_digit());
            let nummer = verdi.parse().ok().filter(|_| digits);
            nummer.map(Some).ok_or_else(|| feil("skal være et helt tall fra 0, på høyst 12 siffer", navn))
        }
        [_, (navn, _), ..] if navn == "kontaktregister" => Err(feil("står flere ganger", navn)),
        [(navn, _), ..] => Err(feil("finnes ikke", navn)),
    }
}

fn les(body: &[u8]) -> Result<Vec<Rad>, Problem> {
    let (mut rader, mut sett) = (Vec::new(), HashSet::new());
    for (number, line) in kernel::http::lines(body) {
        let feil = |felt: &str, hvorfor: &str| Problem::bad_line(number, felt, hvorfor);
        let linje: Linje = kernel::http::json(line).map_err(|bad| feil(&bad.path, &bad.message))?;
        if !linje.folk.personidentifikator.is_synthetic() {
            return Err(feil("folk.personidentifikator", "er ikke et syntetisk nummer"));
        }
        if linje.folk.adressebeskyttelse.er_beskyttet() && linje.folk.kommunenummer.is_some() {
            return Err(feil("folk.kommunenummer", "er beskyttet"));
        }
        if linje.folk.verge.is_some_and(|verge| !verge.is_synthetic()) {
            return Err(feil("folk.verge", "er ikke et syntetisk nummer"));
        }
        let rad = Rad::av(&linje).map_err(|_| feil("roller", "har en ukjent rolle"))?;
        let barn = linje.folk.barn.len();
        if rad.foedselsdato().is_none() || rad.barnas_foedselsdatoer().count() != barn {
            return Err(feil("folk", "har en dag før vår tidsregning"));
        }
        if !sett.insert(rad.pid) {
            return Err(feil("folk.personidentifikator", "står på en tidligere linje"));
        }
        rader.push(rad);
    }
    Ok(rader)
}
