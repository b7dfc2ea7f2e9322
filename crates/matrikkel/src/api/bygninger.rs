//! Buildings.

use axum::Json;
use axum::extract::State;
use clients::matrikkel::BygningIMatrikkelen;
use kernel::problem::Problem;

use super::Lopenummer;
use crate::{Component, store};

/// A building with its dwelling units, and the property that it stands on.
#[utoipa::path(get, path = "/matrikkel/api/v1/bygninger/{bygningsnummer}", tag = "matrikkel",
    params(("bygningsnummer" = i64, Path)),
    responses((status = 200, body = BygningIMatrikkelen), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub async fn bygning(
    State(component): State<Component>,
    Lopenummer(nummer): Lopenummer,
) -> Result<Json<BygningIMatrikkelen>, Problem> {
    let eiendom =
        store::eiendom::med_bygning(&component.ctx.store, nummer).await?.ok_or_else(super::ukjent)?;
    let matrikkelnummer = eiendom.matrikkelnummer;
    let bygning = eiendom.bygninger.into_iter().find(|one| one.bygningsnummer == nummer);
    let bygning = bygning.ok_or_else(super::ukjent)?;
    Ok(Json(BygningIMatrikkelen { matrikkelnummer, bygning }))
}
