//! The feed of events, of those that a package may know of; and events in full, for bodies with a legal basis.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use clients::folkeregister::{
    DokumentBulkoppslag, DokumentForHendelse, FEED_PAGE, Gradering, LagretHendelse, Sekvensnummer,
};
use http::{HeaderMap, StatusCode, header};
use kernel::auth::Claims;
use kernel::feed::Entry;
use kernel::id::Pid;
use kernel::log::{Access, Personal};
use kernel::store::{Store, StoreError};

use super::feil::{Avslaatt, IkkeFunnet, Ulest};
use super::form::{self, Form};
use super::personer::pakke_av_sti;
use super::{Avslag, QueryPairs, Sti, xml};
use crate::model::pakke::Pakke;
use crate::model::utsnitt;
use crate::{Component, NAME, feed, store};

/// Events from and including number `seq`, oldest first, at most 1000.
///
/// Empty where `seq` is the next number to come; an error where it is further ahead. Each person of the page has the use
/// in their log. As XML it is Atom: `next` leads on from every page that is not empty.
#[utoipa::path(get, path = "/folkeregisteret/offentlig-med-hjemmel/api/v1/hendelser/feed", tag = "hendelser",
    params(("seq" = i64, Query, description = "Fra og med dette sekvensnummeret")),
    responses((status = 200, content((Vec<LagretHendelse> = "application/json"), (LagretHendelse = "application/atom+xml"), (LagretHendelse = "application/xml"))), (status = 304), Avslaatt))]
pub async fn feed(
    State(component): State<Component>,
    query: QueryPairs,
    headers: HeaderMap,
) -> Result<Response, Avslag> {
    les(&component, Pakke::MedHjemmel, "offentlig-med-hjemmel/api/v1", query, &headers).await
}

/// Events in one of the packages `offentligutenhjemmel`, `privatutenhjemmel`, `finans` and `privat`.
///
/// Numbers are those of the whole feed: where an event tells of what is secret, the package has a gap. Documents of events and
/// versions of persons are for bodies with a legal basis, so nothing points to them.
#[utoipa::path(get, path = "/folkeregisteret/api/{rettighetspakke}/v1/hendelser/feed", tag = "hendelser",
    params(("rettighetspakke" = String, Path, description = "Rettighetspakke"),
        ("seq" = i64, Query, description = "Fra og med dette sekvensnummeret")),
    responses((status = 200, content((Vec<LagretHendelse> = "application/json"), (LagretHendelse = "application/atom+xml"), (LagretHendelse = "application/xml"))), (status = 304), Avslaatt, IkkeFunnet))]
pub async fn feed_i_pakke(
    State(component): State<Component>,
    Sti(pakke): Sti<String>,
    query: QueryPairs,
    headers: HeaderMap,
) -> Result<Response, Avslag> {
    les(&component, pakke_av_sti(&pakke)?, &format!("api/{pakke}/v1"), query, &headers).await
}

async fn les(
    component: &Component,
    pakke: Pakke,
    sti: &str,
    query: QueryPairs,
    headers: &HeaderMap,
) -> Result<Response, Avslag> {
    let ctx = &component.ctx;
    let (claims, form) = leser_av_hendelser(component, headers, pakke, form::FEED).await?;
    let pairs = super::parametre(query, &["seq"])?;
    let bad = |hva| Avslag::felt(StatusCode::BAD_REQUEST, "seq", hva);
    let [(_, seq)] = pairs.as_slice() else { return Err(bad("skal stå én gang")) };
    let fra: i64 =
        seq.parse().ok().filter(|fra| *fra >= 0).ok_or_else(|| bad("skal være et sekvensnummer"))?;
    let fra = fra.max(1);
    let entries = side(&ctx.store, pakke, fra).await?;
    if entries.is_empty() && fra > kernel::feed::last(&ctx.store).await?.saturating_add(1) {
        return Err(bad("er lenger fram enn neste hendelse"));
    }
    let etag = format!("{fra}-{}", entries.last().map_or(0, |entry| entry.seq));
    let mut hendelser =
        entries.into_iter().map(feed::vis).collect::<Result<Vec<LagretHendelse>, StoreError>>()?;
    if !pakke.har_hjemmel() {
        for LagretHendelse { hendelse, .. } in &mut hendelser {
            hendelse.hendelsesdokument = None;
            hendelse.persondokument = None;
        }
    }
    let mut subjects: Vec<Pid> =
        hendelser.iter().map(|one| one.hendelse.folkeregisteridentifikator).collect();
    subjects.sort_unstable();
    subjects.dedup();
    let what = "Leste at noe er endret i folkeregisteret";
    let access = Access::from_claims(NAME, &claims, headers, what, pakke.hjemmel());
    let tekst = match form {
        Form::Xml | Form::Atom => {
            let adresse = format!("{}/folkeregisteret/{sti}/hendelser/feed", ctx.base_url);
            xml::atom(&adresse, fra, &hendelser, ctx.clock.now())?
        }
        Form::Json | Form::Tekst => serde_json::to_string(&hendelser)?,
    };
    let tekst = Personal::many(subjects, tekst).release(&ctx.log, access).await?;
    Ok(super::svar_med_etag(headers, form, &etag, tekst))
}

/// A full page of what the package may know of, as long as there is so much.
async fn side(store: &Store, pakke: Pakke, fra: i64) -> Result<Vec<Entry>, StoreError> {
    let most = usize::try_from(FEED_PAGE).unwrap_or(usize::MAX);
    let (mut entries, mut etter) = (Vec::new(), fra - 1);
    loop {
        let page = kernel::feed::after(store, etter, FEED_PAGE).await?;
        let last = page.len() < most;
        etter = page.last().map_or(etter, |entry| entry.seq);
        entries.extend(page.into_iter().filter(|entry| pakke.ser_hendelse(&entry.kind)));
        if last || entries.len() >= most {
            entries.truncate(most);
            return Ok(entries);
        }
    }
}

async fn leser_av_hendelser(
    component: &Component,
    headers: &HeaderMap,
    pakke: Pakke,
    former: &[Form],
) -> Result<(Arc<Claims>, Form), Avslag> {
    let leser = super::leser_av(component, headers, pakke, former).await?;
    if pakke.har_hendelser() {
        return Ok(leser);
    }
    Err(Avslag::ny(StatusCode::FORBIDDEN, "Rettighetspakken har ikke hendelser."))
}

/// The newest sequence number; 0 while there are no events.
#[utoipa::path(get, path = "/folkeregisteret/offentlig-med-hjemmel/api/v1/hendelser/siste/sekvensnummer", tag = "hendelser",
    responses((status = 200, content((i64 = "application/json"), (Sekvensnummer = "application/xml"), (i64 = "text/plain"))), Avslaatt))]
pub async fn siste(State(component): State<Component>, headers: HeaderMap) -> Result<Response, Avslag> {
    les_siste(&component, Pakke::MedHjemmel, &headers).await
}

/// The newest sequence number, in one of the other packages: of the whole feed.
#[utoipa::path(get, path = "/folkeregisteret/api/{rettighetspakke}/v1/hendelser/siste/sekvensnummer", tag = "hendelser",
    params(("rettighetspakke" = String, Path, description = "Rettighetspakke")),
    responses((status = 200, content((i64 = "application/json"), (Sekvensnummer = "application/xml"), (i64 = "text/plain"))), Avslaatt, IkkeFunnet))]
pub async fn siste_i_pakke(
    State(component): State<Component>,
    Sti(pakke): Sti<String>,
    headers: HeaderMap,
) -> Result<Response, Avslag> {
    les_siste(&component, pakke_av_sti(&pakke)?, &headers).await
}

async fn les_siste(component: &Component, pakke: Pakke, headers: &HeaderMap) -> Result<Response, Avslag> {
    let (_, form) = leser_av_hendelser(component, headers, pakke, form::TALL).await?;
    let siste = kernel::feed::last(&component.ctx.store).await?;
    let tekst = form.skriv(&xml::FEED, "sekvensnummer", siste.to_string())?;
    Ok(([(header::CONTENT_TYPE, form.medietype())], tekst).into_response())
}

/// An event in full: what changed.
#[utoipa::path(get, path = "/folkeregisteret/offentlig-med-hjemmel/api/v1/hendelser/{hendelsesidentifikator}", tag = "hendelser",
    params(("hendelsesidentifikator" = String, Path, description = "32 heksadesimale siffer")),
    responses((status = 200, content((DokumentForHendelse = "application/json"), (DokumentForHendelse = "application/xml"))), Avslaatt, IkkeFunnet))]
pub async fn hent(
    State(component): State<Component>,
    Sti(id): Sti<String>,
    headers: HeaderMap,
) -> Result<Response, Avslag> {
    let (claims, form) = super::leser(&component, &headers, Pakke::MedHjemmel).await?;
    super::identifikatorer(std::slice::from_ref(&id))?;
    let found = dokumenter(&component, std::slice::from_ref(&id)).await?.pop();
    let (pid, json) =
        found.ok_or_else(|| Avslag::ukjent("Det finnes ingen hendelse med denne identifikatoren."))?;
    let access = Access::from_claims(NAME, &claims, &headers, HVA, Pakke::MedHjemmel.hjemmel());
    let tekst = form.skriv(&xml::HENDELSE, "dokumentForHendelse", json)?;
    Ok(super::svar(form, Personal::new(pid, tekst).release(&component.ctx.log, access).await?))
}

/// Up to 1000 events in full, in the order asked; what does not exist is left out.
#[utoipa::path(post, path = "/folkeregisteret/offentlig-med-hjemmel/api/v1/hendelser/bulkoppslag", tag = "hendelser",
    request_body(content((DokumentBulkoppslag = "application/json"), (DokumentBulkoppslag = "application/xml"))),
    responses((status = 200, content((Vec<DokumentForHendelse> = "application/json"), (Vec<DokumentForHendelse> = "application/xml"))), Avslaatt, Ulest))]
pub async fn bulkoppslag(
    State(component): State<Component>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Avslag> {
    let (claims, form) = super::leser(&component, &headers, Pakke::MedHjemmel).await?;
    let asked: DokumentBulkoppslag = super::spoersmaal(&headers, request, "dokumentidentifikator").await?;
    super::identifikatorer(&asked.dokumentidentifikator)?;
    let documents = dokumenter(&component, &asked.dokumentidentifikator).await?;
    let json: Vec<&str> = documents.iter().map(|(_, json)| json.as_str()).collect();
    let json = format!("[{}]", json.join(","));
    let tekst = form.skriv(&xml::HENDELSE, "hendelseBulkoppslagResponse", json)?;
    let mut subjects: Vec<Pid> = documents.iter().map(|(pid, _)| *pid).collect();
    subjects.sort_unstable();
    subjects.dedup();
    let access = Access::from_claims(NAME, &claims, &headers, HVA, Pakke::MedHjemmel.hjemmel());
    Ok(super::svar(form, Personal::many(subjects, tekst).release(&component.ctx.log, access).await?))
}

/// The events that there are, in the order asked: whom each is about, and what is shown of it. Whoever has become protected
/// since is protected here too.
async fn dokumenter(component: &Component, ids: &[String]) -> Result<Vec<(Pid, String)>, Avslag> {
    let store = &component.ctx.store;
    let found = store::hendelsesdokumenter(store, ids).await?;
    let pids: Vec<Pid> = found.values().map(|(pid, _)| *pid).collect();
    let newest = store::graderinger(store, &pids).await?;
    let shown = ids.iter().filter_map(|id| found.get(id)).map(|(pid, innhold)| {
        // Nobody is without a document; whoever were would be shown to nobody.
        let gradering = newest.get(pid).copied().unwrap_or(Gradering::StrengtFortrolig);
        Ok((*pid, utsnitt::hendelse(innhold.clone(), Pakke::MedHjemmel, gradering)?))
    });
    shown.collect()
}

const HVA: &str = "Leste hva som er endret i folkeregisteret";
