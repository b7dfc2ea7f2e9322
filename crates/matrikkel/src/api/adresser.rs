//! The cadastre's addresses.

use axum::Json;
use axum::extract::State;
use clients::matrikkel::AdresseIMatrikkelen;
use kernel::problem::Problem;

use super::Lopenummer;
use crate::{Component, store};

/// An address, and the property that it is of.
///
/// The number is what Folkeregisteret calls `adresseIdentifikatorFraMatrikkelen`.
#[utoipa::path(get, path = "/matrikkel/api/v1/adresser/{adresseId}", tag = "matrikkel",
    params(("adresseId" = i64, Path)),
    responses((status = 200, body = AdresseIMatrikkelen), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub async fn adresse(
    State(component): State<Component>,
    Lopenummer(id): Lopenummer,
) -> Result<Json<AdresseIMatrikkelen>, Problem> {
    let eiendom = store::eiendom::med_adresse(&component.ctx.store, id).await?.ok_or_else(super::ukjent)?;
    let matrikkelnummer = eiendom.matrikkelnummer;
    let adresse = eiendom.adresser.into_iter().find(|one| one.id == id).ok_or_else(super::ukjent)?;
    Ok(Json(AdresseIMatrikkelen { matrikkelnummer, adresse }))
}
