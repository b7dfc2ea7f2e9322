//! Extracts: ordered, made in the background, and read a batch at a time.

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use clients::folkeregister::{TilpassetUttrekk, Uttrekksbatch, Uttrekksjobb};
use http::{HeaderMap, StatusCode, header};
use kernel::id::Pid;
use kernel::log::{Access, Personal};

use super::feil::{Avslaatt, ForMange, IkkeFunnet, Ulest};
use super::form::Form;
use super::personer::pakke_av_sti;
use super::{Avslag, QueryPairs, Sti, xml};
use crate::model::pakke::Pakke;
use crate::model::uttrekk::{Nei, Utvalg};
use crate::store::uttrekk::{self, Innhold, Svar};
use crate::{Component, NAME};

/// Orders the whole register: each person's document as the event `feedsekvensnr` left it; without one, as it is now.
///
/// The feed from the next event on then tells what has become of it. The documents are read with `personer/bulkoppslag/arkiv`.
#[utoipa::path(get, path = "/folkeregisteret/offentlig-med-hjemmel/api/v1/uttrekk/komplett", tag = "uttrekk",
    params(("feedsekvensnr" = Option<i64>, Query, description = "Til og med dette sekvensnummeret")),
    responses((status = 200, content((Uttrekksjobb = "application/json"), (Uttrekksjobb = "application/xml"))), Avslaatt, ForMange))]
pub async fn komplett(
    State(component): State<Component>,
    query: QueryPairs,
    headers: HeaderMap,
) -> Result<Response, Avslag> {
    let pakke = Pakke::MedHjemmel;
    let (claims, form) = super::leser(&component, &headers, pakke).await?;
    let last = kernel::feed::last(&component.ctx.store).await?;
    let seq = match super::parametre(query, &["feedsekvensnr"])?.as_slice() {
        [] => last,
        [(_, seq)] => {
            let seq: Option<i64> = seq.parse().ok().filter(|seq| *seq >= 0);
            seq.ok_or_else(|| {
                Avslag::felt(StatusCode::BAD_REQUEST, "feedsekvensnr", "skal være et sekvensnummer")
            })?
        }
        _ => return Err(Avslag::felt(StatusCode::BAD_REQUEST, "feedsekvensnr", "skal stå én gang")),
    };
    let innhold = Innhold::Komplett(seq.min(last));
    bestill(&component, super::mottak::avsender(&claims), pakke, innhold, form).await
}

/// Orders the people of a group, for bodies with a legal basis. They are read with `personer/bulkoppslag`.
#[utoipa::path(post, path = "/folkeregisteret/offentlig-med-hjemmel/api/v1/uttrekk/tilpasset", tag = "uttrekk", request_body = TilpassetUttrekk,
    responses((status = 200, content((Uttrekksjobb = "application/json"), (Uttrekksjobb = "application/xml"))), Avslaatt, Ulest, ForMange))]
pub async fn tilpasset_med_hjemmel(
    State(component): State<Component>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Avslag> {
    tilpasset(&component, Pakke::MedHjemmel, &headers, request).await
}

/// Orders the people of a group, in one of the packages `offentligutenhjemmel` and `privatutenhjemmel`.
#[utoipa::path(post, path = "/folkeregisteret/api/{rettighetspakke}/v1/uttrekk/tilpasset", tag = "uttrekk", request_body = TilpassetUttrekk,
    params(("rettighetspakke" = String, Path, description = "Rettighetspakke")),
    responses((status = 200, content((Uttrekksjobb = "application/json"), (Uttrekksjobb = "application/xml"))), Avslaatt, IkkeFunnet, Ulest, ForMange))]
pub async fn tilpasset_i_pakke(
    State(component): State<Component>,
    Sti(pakke): Sti<String>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Avslag> {
    tilpasset(&component, pakke_av_sti(&pakke)?, &headers, request).await
}

async fn tilpasset(
    component: &Component,
    pakke: Pakke,
    headers: &HeaderMap,
    request: Request,
) -> Result<Response, Avslag> {
    let (claims, form) = super::leser(component, headers, pakke).await?;
    krev_uttrekk(pakke)?;
    let body = kernel::http::body(headers, "application/json", request).await?;
    let bestilling: TilpassetUttrekk = kernel::http::json(&body).map_err(|bad| Avslag::json("", &bad))?;
    let utvalg = Utvalg::les(pakke, bestilling).map_err(|nei| match nei {
        Nei::Mangel(mangel) => mangel.into(),
        Nei::IkkeIPakken(felt) => {
            Avslag::felt(StatusCode::FORBIDDEN, felt, "gjelder noe som ikke er med i rettighetspakken")
        }
    })?;
    let innhold = Innhold::Tilpasset(Box::new(utvalg));
    bestill(component, super::mottak::avsender(&claims), pakke, innhold, form).await
}

fn krev_uttrekk(pakke: Pakke) -> Result<(), Avslag> {
    if pakke.har_uttrekk() {
        return Ok(());
    }
    Err(Avslag::ny(StatusCode::FORBIDDEN, "Rettighetspakken har ikke uttrekk."))
}

/// Opens an extract, and begins to make it.
async fn bestill(
    component: &Component,
    eier: String,
    pakke: Pakke,
    innhold: Innhold,
    form: Form,
) -> Result<Response, Avslag> {
    let ctx = component.ctx.clone();
    let id = ctx.rng.uuid().simple().to_string();
    if !uttrekk::bestill(&ctx.store, id.clone(), eier, pakke.scope(), ctx.clock.now()).await? {
        let melding = "Virksomheten har så mange uttrekk under arbeid som den kan ha.";
        return Err(Avslag::ny(StatusCode::TOO_MANY_REQUESTS, melding));
    }
    let jobb_id = id.clone();
    tokio::spawn(async move {
        if let Err(error) = uttrekk::lag(&ctx.store, &id, &innhold, || ctx.clock.now()).await {
            tracing::error!(%error, "an extract was broken off");
        }
    });
    let json = serde_json::to_string(&Uttrekksjobb { jobb_id })?;
    let tekst = form.skriv(&xml::UTTREKK, "uttrekkJobbResponse", json)?;
    Ok(([(header::CONTENT_TYPE, form.medietype())], tekst).into_response())
}

/// A batch of an extract, for bodies with a legal basis; the first is 0. 404 where it is not ready, `{}` after the last.
#[utoipa::path(get, path = "/folkeregisteret/offentlig-med-hjemmel/api/v1/uttrekk/{jobbid}/batch/{batchnr}", tag = "uttrekk",
    params(("jobbid" = String, Path, description = "Uttrekkets identifikator"), ("batchnr" = i64, Path, description = "Fra 0")),
    responses((status = 200, content((Uttrekksbatch = "application/json"), (Uttrekksbatch = "application/xml"))),
        (status = 404, content((Uttrekksbatch = "application/json"), (Uttrekksbatch = "application/xml"))),
        (status = 410, content((Uttrekksbatch = "application/json"), (Uttrekksbatch = "application/xml"))), Avslaatt))]
pub async fn batch_med_hjemmel(
    State(component): State<Component>,
    Sti((id, nr)): Sti<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Avslag> {
    batch(&component, Pakke::MedHjemmel, &id, &nr, &headers).await
}

/// A batch of an extract, in one of the packages `offentligutenhjemmel` and `privatutenhjemmel`.
#[utoipa::path(get, path = "/folkeregisteret/api/{rettighetspakke}/v1/uttrekk/{jobbid}/batch/{batchnr}", tag = "uttrekk",
    params(("rettighetspakke" = String, Path, description = "Rettighetspakke"),
        ("jobbid" = String, Path, description = "Uttrekkets identifikator"), ("batchnr" = i64, Path, description = "Fra 0")),
    responses((status = 200, content((Uttrekksbatch = "application/json"), (Uttrekksbatch = "application/xml"))),
        (status = 404, content((Uttrekksbatch = "application/json"), (Uttrekksbatch = "application/xml"))),
        (status = 410, content((Uttrekksbatch = "application/json"), (Uttrekksbatch = "application/xml"))), Avslaatt))]
pub async fn batch_i_pakke(
    State(component): State<Component>,
    Sti((pakke, id, nr)): Sti<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, Avslag> {
    batch(&component, pakke_av_sti(&pakke)?, &id, &nr, &headers).await
}

async fn batch(
    component: &Component,
    pakke: Pakke,
    id: &str,
    nr: &str,
    headers: &HeaderMap,
) -> Result<Response, Avslag> {
    let ctx = &component.ctx;
    let (claims, form) = super::leser(component, headers, pakke).await?;
    krev_uttrekk(pakke)?;
    let nr: Option<i64> = nr.parse().ok().filter(|nr| *nr >= 0);
    let nr = nr.ok_or_else(|| Avslag::felt(StatusCode::BAD_REQUEST, "batchnr", "skal være et tall fra 0"))?;
    let eier = super::mottak::avsender(&claims);
    let found = uttrekk::batch(&ctx.store, id, &eier, pakke.scope(), nr, ctx.clock.now()).await?;
    let linjer = match found {
        Svar::Batch(linjer) => linjer,
        Svar::Slutt => Vec::new(),
        Svar::IkkeFerdig => {
            return uten(form, StatusCode::NOT_FOUND, "Uttrekket er ikke ferdig. Prøv igjen om litt.");
        }
        Svar::Ukjent => {
            let feilmelding = "Uttrekket finnes ikke, eller ble avbrutt. Bestill et nytt.";
            return uten(form, StatusCode::GONE, feilmelding);
        }
    };
    let mut batch = Uttrekksbatch::default();
    let mut subjects: Vec<Pid> = Vec::with_capacity(linjer.len());
    for (pid, dokument) in linjer {
        match dokument {
            Some(dokument) => batch.dokumentidentifikator.push(dokument),
            None => batch.foedsels_eller_d_nummer.push(pid.as_str().to_owned()),
        }
        subjects.push(pid);
    }
    let what = "Tok personen med i et uttrekk av folkeregisteret";
    let access = Access::from_claims(NAME, &claims, headers, what, pakke.hjemmel());
    let tekst = skriv(form, &batch)?;
    Ok(super::svar(form, Personal::many(subjects, tekst).release(&ctx.log, access).await?))
}

/// The answer where there is no batch: in the form of one, as the register has it.
fn uten(form: Form, status: StatusCode, feilmelding: &str) -> Result<Response, Avslag> {
    let feilmelding = Some(feilmelding.to_owned());
    let tekst = skriv(form, &Uttrekksbatch { feilmelding, ..Uttrekksbatch::default() })?;
    Ok((status, [(header::CONTENT_TYPE, form.medietype())], tekst).into_response())
}

fn skriv(form: Form, batch: &Uttrekksbatch) -> Result<String, serde_json::Error> {
    form.skriv(&xml::UTTREKK, "uttrekkDataResponse", serde_json::to_string(batch)?)
}
