//! The change log.

use axum::Json;
use axum::extract::State;
use clients::matrikkel::{Endring, Endringer, Objekttype};
use kernel::feed::Entry;
use kernel::problem::Problem;
use kernel::store::StoreError;

use super::QueryPairs;
use crate::Component;
use crate::model::parametre::Sporring;

/// The kinds of things, as events name them.
const OBJEKTTYPER: [(&str, Objekttype); 3] = [
    ("Matrikkelenhet", Objekttype::Matrikkelenhet),
    ("Bygning", Objekttype::Bygning),
    ("Adresse", Objekttype::Adresse),
];

/// Changes from and including number `fra`, oldest first.
///
/// A page spans at most `antall` numbers. With `objekttype` it shows those of them that are of the kind, which may be none: go
/// on from `neste` until it is the number that was asked for. 400 where `fra` is further ahead than the next change to come.
/// A building or an address that a property no longer has is told by the property's own change.
#[utoipa::path(get, path = "/matrikkel/api/v1/endringer", tag = "matrikkel",
    params(("fra" = Option<i64>, Query, description = "Fra og med dette nummeret; 1 om ikke oppgitt"),
        ("antall" = Option<i32>, Query, description = "Fra 1 til 1000; 1000 om ikke oppgitt"),
        ("objekttype" = Option<Objekttype>, Query)),
    responses((status = 200, body = Endringer), (status = 400, body = Problem)))]
pub async fn endringer(
    State(component): State<Component>,
    query: QueryPairs,
) -> Result<Json<Endringer>, Problem> {
    let pairs = super::kjente_parametre(query, &["fra", "antall", "objekttype"])?;
    let mut q = Sporring::av(&pairs);
    let fra = q.heltall("fra", 0..=i64::MAX).unwrap_or(1).max(1);
    let antall = q.heltall("antall", 1..=1000).unwrap_or(1000);
    let wanted = q.valg("objekttype", &OBJEKTTYPER);
    super::krev_riktig(q)?;
    let store = &component.ctx.store;
    let entries = kernel::feed::after(store, fra - 1, antall).await?;
    let Some(last) = entries.last().map(|entry| entry.seq) else {
        if fra > kernel::feed::last(store).await?.saturating_add(1) {
            return Err(Problem::bad_request("Er lenger fram enn neste endring.").field("fra"));
        }
        return Ok(Json(Endringer { endringer: Vec::new(), neste: fra }));
    };
    // All are read before some are chosen, so that what cannot be read is not passed over. To choose in the store would be to
    // read on for as long as there is none of the kind.
    let mut endringer = entries.into_iter().map(endring).collect::<Result<Vec<_>, _>>()?;
    endringer.retain(|one| wanted.is_none_or(|wanted| one.objekttype == wanted));
    Ok(Json(Endringer { endringer, neste: last + 1 }))
}

/// An event as everyone may read it. Its words are the known ones, so that nothing else gets out.
fn endring(entry: Entry) -> Result<Endring, StoreError> {
    let damaged = || StoreError::Damaged(format!("event {}", entry.seq));
    let kind = OBJEKTTYPER.iter().find(|(name, _)| *name == entry.kind);
    let (_, objekttype) = *kind.ok_or_else(damaged)?;
    let endringstype = serde_json::from_str(&entry.body).map_err(|_| damaged())?;
    Ok(Endring {
        endringsnummer: entry.seq,
        tidspunkt: entry.at,
        objekttype,
        identifikator: entry.subject,
        endringstype,
    })
}
