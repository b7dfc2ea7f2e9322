//! One person, in their newest document.

use axum::extract::State;
use axum::response::Response;
use clients::folkeregister::Persondokument;
use http::HeaderMap;
use kernel::log::{Access, Personal};

use super::feil::{Avslaatt, IkkeFunnet};
use super::{Avslag, QueryPairs, Sti, xml};
use crate::model::pakke::Pakke;
use crate::model::utsnitt;
use crate::{Component, NAME, store};

/// A person, for bodies with a legal basis.
///
/// Without `part`: `person-basis`. An old number finds the person who has another now. The purpose and the case go in the
/// headers `Felles-Formaal` and `Felles-Sak`, and are shown to the person.
#[utoipa::path(get, path = "/folkeregisteret/offentlig-med-hjemmel/api/v1/personer/{personidentifikator}", tag = "personer",
    params(("personidentifikator" = String, Path, description = "Fødselsnummer eller D-nummer"),
        ("part" = Option<Vec<String>>, Query, description = "Deler av dokumentet: person-basis, historikk, identitetsgrunnlag-utvidet, relasjon-utvidet, eller et elements navn")),
    responses((status = 200, content((Persondokument = "application/json"), (Persondokument = "application/xml"))), (status = 304), Avslaatt, IkkeFunnet))]
pub async fn med_hjemmel(
    State(component): State<Component>,
    Sti(ident): Sti<String>,
    query: QueryPairs,
    headers: HeaderMap,
) -> Result<Response, Avslag> {
    hent(&component, Pakke::MedHjemmel, &ident, query, &headers).await
}

/// A person, in one of the other packages: `offentligutenhjemmel`, `privatutenhjemmel` or `finans`.
#[utoipa::path(get, path = "/folkeregisteret/api/{rettighetspakke}/v1/personer/{personidentifikator}", tag = "personer",
    params(("rettighetspakke" = String, Path, description = "Rettighetspakke"),
        ("personidentifikator" = String, Path, description = "Fødselsnummer eller D-nummer"),
        ("part" = Option<Vec<String>>, Query, description = "Deler av dokumentet")),
    responses((status = 200, content((Persondokument = "application/json"), (Persondokument = "application/xml"))), (status = 304), Avslaatt, IkkeFunnet))]
pub async fn i_pakke(
    State(component): State<Component>,
    Sti((pakke, ident)): Sti<(String, String)>,
    query: QueryPairs,
    headers: HeaderMap,
) -> Result<Response, Avslag> {
    hent(&component, pakke_av_sti(&pakke)?, &ident, query, &headers).await
}

/// The package that a path names.
pub fn pakke_av_sti(navn: &str) -> Result<Pakke, Avslag> {
    Pakke::av_sti(navn).ok_or_else(|| Avslag::ukjent("Det finnes ingen slik rettighetspakke."))
}

/// Refuses packages in which nobody is looked up by number.
pub fn krev_oppslag(pakke: Pakke) -> Result<(), Avslag> {
    if pakke.har_oppslag() {
        return Ok(());
    }
    Err(Avslag::ny(http::StatusCode::FORBIDDEN, "Rettighetspakken har ikke oppslag på person."))
}

async fn hent(
    component: &Component,
    pakke: Pakke,
    ident: &str,
    query: QueryPairs,
    headers: &HeaderMap,
) -> Result<Response, Avslag> {
    let ctx = &component.ctx;
    let (claims, form) = super::leser(component, headers, pakke).await?;
    krev_oppslag(pakke)?;
    let pairs = super::parametre(query, &["part"])?;
    let utvalg = super::utvalg(pakke, &pairs)?;
    let pid = super::nummer(ident, "personidentifikator")?;
    let found = store::finn_en(&ctx.store, &pid, utvalg.historikk()).await?;
    let versjon = found.ok_or_else(|| Avslag::ukjent("Det finnes ingen person med dette nummeret."))?;
    let tekst = form.skriv(&xml::PERSON, "folkeregisterperson", utsnitt::skriv(&versjon, &utvalg)?)?;
    let access = Access::from_claims(NAME, &claims, headers, super::oppslag_i_ord(&pairs), pakke.hjemmel());
    let tekst = Personal::new(versjon.pid, tekst).release(&ctx.log, access).await?;
    Ok(super::svar_med_etag(headers, form, &versjon.dokument, tekst))
}
