//! Stored versions of person documents, by the identifiers that events carry. For bodies with a legal basis.

use axum::extract::{Request, State};
use axum::response::Response;
use clients::folkeregister::{DokumentBulkoppslag, Persondokument};
use http::HeaderMap;
use kernel::id::Pid;
use kernel::log::{Access, Personal};

use super::feil::{Avslaatt, IkkeFunnet, Ulest};
use super::{Avslag, QueryPairs, Sti, xml};
use crate::model::pakke::Pakke;
use crate::model::utsnitt;
use crate::{Component, NAME, store};

/// A person document as an event left it. Whether addresses are shown goes by how they were protected in that version
/// and by how they are now.
#[utoipa::path(get, path = "/folkeregisteret/offentlig-med-hjemmel/api/v1/personer/arkiv/{dokumentidentifikator}", tag = "personer",
    params(("dokumentidentifikator" = String, Path, description = "32 heksadesimale siffer"),
        ("part" = Option<Vec<String>>, Query, description = "Deler av dokumentet")),
    responses((status = 200, content((Persondokument = "application/json"), (Persondokument = "application/xml"))), (status = 304), Avslaatt, IkkeFunnet))]
pub async fn hent(
    State(component): State<Component>,
    Sti(id): Sti<String>,
    query: QueryPairs,
    headers: HeaderMap,
) -> Result<Response, Avslag> {
    let (claims, form) = super::leser(&component, &headers, Pakke::MedHjemmel).await?;
    let pairs = super::parametre(query, &["part"])?;
    let utvalg = super::utvalg(Pakke::MedHjemmel, &pairs)?;
    super::identifikatorer(std::slice::from_ref(&id))?;
    let (versjoner, json) = versjoner(&component, std::slice::from_ref(&id), &utvalg).await?;
    let ([pid], [json]) = (versjoner.as_slice(), json.as_slice()) else {
        return Err(Avslag::ukjent("Det finnes ikke noe dokument med denne identifikatoren."));
    };
    let access = Access::from_claims(
        NAME,
        &claims,
        &headers,
        super::oppslag_i_ord(&pairs),
        Pakke::MedHjemmel.hjemmel(),
    );
    let tekst = form.skriv(&xml::PERSON, "folkeregisterperson", json.clone())?;
    let tekst = Personal::new(*pid, tekst).release(&component.ctx.log, access).await?;
    Ok(super::svar_med_etag(&headers, form, &id, tekst))
}

/// Up to 1000 stored versions, in the order asked; what does not exist is left out.
#[utoipa::path(post, path = "/folkeregisteret/offentlig-med-hjemmel/api/v1/personer/bulkoppslag/arkiv", tag = "personer",
    params(("part" = Option<Vec<String>>, Query, description = "Deler av dokumentet")),
    request_body(content((DokumentBulkoppslag = "application/json"), (DokumentBulkoppslag = "application/xml"))),
    responses((status = 200, content((Vec<Persondokument> = "application/json"), (Vec<Persondokument> = "application/xml"))), Avslaatt, Ulest))]
pub async fn bulkoppslag(
    State(component): State<Component>,
    query: QueryPairs,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Avslag> {
    let (claims, form) = super::leser(&component, &headers, Pakke::MedHjemmel).await?;
    let pairs = super::parametre(query, &["part"])?;
    let utvalg = super::utvalg(Pakke::MedHjemmel, &pairs)?;
    let asked: DokumentBulkoppslag = super::spoersmaal(&headers, request, "dokumentidentifikator").await?;
    super::identifikatorer(&asked.dokumentidentifikator)?;
    let (mut pids, json) = versjoner(&component, &asked.dokumentidentifikator, &utvalg).await?;
    pids.sort_unstable();
    pids.dedup();
    let access = Access::from_claims(
        NAME,
        &claims,
        &headers,
        super::oppslag_i_ord(&pairs),
        Pakke::MedHjemmel.hjemmel(),
    );
    let json = format!("[{}]", json.join(","));
    let tekst = form.skriv(&xml::PERSON, "arkivDokumentBulkoppslagResponse", json)?;
    Ok(super::svar(form, Personal::many(pids, tekst).release(&component.ctx.log, access).await?))
}

/// Whom the versions are about, and what is shown of them. Whoever has become protected since is protected here too.
async fn versjoner(
    component: &Component,
    ids: &[String],
    utvalg: &utsnitt::Utvalg,
) -> Result<(Vec<Pid>, Vec<String>), Avslag> {
    let store = &component.ctx.store;
    let mut found = store::arkiverte(store, ids).await?;
    let pids: Vec<Pid> = found.values().map(|versjon| versjon.pid).collect();
    let newest = store::graderinger(store, &pids).await?;
    for versjon in found.values_mut() {
        if let Some(newest) = newest.get(&versjon.pid) {
            versjon.gradering = versjon.gradering.max(*newest);
        }
    }
    let asked = ids.iter().filter_map(|id| found.get(id));
    let (mut pids, mut json) = (Vec::new(), Vec::new());
    for versjon in asked {
        pids.push(versjon.pid);
        json.push(utsnitt::skriv(versjon, utvalg)?);
    }
    Ok((pids, json))
}
