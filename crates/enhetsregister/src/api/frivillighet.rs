//! Frivillighetsregisteret, which refers to units here: what it has of one.

use axum::extract::State;
use axum::response::Response;
use clients::enhetsregister::Feil;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Avslag, Nummer};
use crate::{Component, store};

/// A voluntary organisation, as Frivillighetsregisteret shows it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FrivilligOrganisasjon {
    /// `FrivilligOrganisasjonInnfoert`.
    #[serde(rename = "respons_klasse")]
    respons_klasse: &'static str,
    /// Number.
    organisasjonsnummer: String,
    /// `AKTIV`.
    frivillig_organisasjonsstatus: &'static str,
    /// When it first came into the register.
    foerste_gang_innfoert: String,
    /// When what is said of it was entered.
    innfoert_dato: String,
    /// The rest.
    #[serde(flatten)]
    innhold: Innhold,
}

/// What its notice says of a voluntary organisation.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Innhold {
    /// What it does, the main category first.
    icnpo_kategorier: Vec<Kategori>,
    /// Whether it takes part in Grasrotandelen.
    grasrotandel: Grasrotandel,
    /// Bank account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kontonummer: Option<String>,
}

/// A category of the international classification of non-profit organisations.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Kategori {
    /// Its number.
    icnpo_nummer: String,
    /// In words.
    navn: String,
    /// From 1.
    rekkefoelge: i64,
}

/// Part in Grasrotandelen.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Grasrotandel {
    /// Whether.
    #[serde(rename = "deltarI")]
    deltar_i: bool,
}

/// A unit that is in Frivillighetsregisteret by a notice.
#[utoipa::path(get, path = "/frivillighetsregisteret/api/frivillige-organisasjoner/{orgnr}", tag = "frivillighetsregisteret",
    params(("orgnr" = String, Path, description = "Organisasjonsnummer, ni siffer")),
    responses((status = 200, body = FrivilligOrganisasjon), (status = 400, body = Feil), (status = 404, body = Feil), (status = 406, body = Feil)))]
pub async fn hent(
    State(component): State<Component>,
    Nummer(orgnr): Nummer,
    headers: HeaderMap,
) -> Result<Response, Avslag> {
    super::kun_json(&headers)?;
    let found = store::frivillig(&component.ctx.store, &orgnr).await?;
    let (orgnr, foerste_gang_innfoert, innfoert_dato, innhold) = found.ok_or_else(|| {
        Avslag::ny(
            StatusCode::NOT_FOUND,
            "Det finnes ingen frivillig organisasjon med dette organisasjonsnummeret.",
        )
    })?;
    let innhold = serde_json::from_str(&innhold)
        .map_err(|_| kernel::store::StoreError::Damaged("a voluntary organisation".to_owned()))?;
    Ok(super::json(&FrivilligOrganisasjon {
        respons_klasse: "FrivilligOrganisasjonInnfoert",
        organisasjonsnummer: orgnr.as_str().to_owned(),
        frivillig_organisasjonsstatus: "AKTIV",
        foerste_gang_innfoert,
        innfoert_dato,
        innhold,
    }))
}
