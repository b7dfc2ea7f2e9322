//! Extracts: ordered, made in the background, and read a batch at a time.

use axum::Json;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use clients::folkeregister::{Feil, TilpassetUttrekk, Uttrekksbatch, Uttrekksjobb};
use http::{HeaderMap, StatusCode};
use kernel::id::Pid;
use kernel::log::{Access, Personal};

use super::personer::pakke_av_sti;
use super::{Avslag, QueryPairs, Sti};
use crate::model::pakke::Pakke;
use crate::model::uttrekk::{Nei, Utvalg};
use crate::store::uttrekk::{self, Innhold, Svar};
use crate::{Component, NAME};

/// Orders the whole register: each person's document as the event `feedsekvensnr` left it; without one, as it is now.
///
/// The feed from the next event on then tells what has become of it. The documents are read with `personer/bulkoppslag/arkiv`.
#[utoipa::path(get, path = "/folkeregisteret/offentlig-med-hjemmel/api/v1/uttrekk/komplett", tag = "uttrekk",
    params(("feedsekvensnr" = Option<i64>, Query, description = "Til og med dette sekvensnummeret")),
    responses((status = 200, body = Uttrekksjobb), (status = 400, body = Feil), (status = 401, body = Feil), (status = 403, body = Feil),
        (status = 406, body = Feil), (status = 429, body = Feil)))]
pub async fn komplett(
    State(component): State<Component>,
    query: QueryPairs,
    headers: HeaderMap,
) -> Result<Json<Uttrekksjobb>, Avslag> {
    let pakke = Pakke::MedHjemmel;
    let claims = super::leser(&component, &headers, pakke).await?;
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
    bestill(&component, super::mottak::avsender(&claims), pakke, Innhold::Komplett(seq.min(last))).await
}

/// Orders the people of a group, for bodies with a legal basis. They are read with `personer/bulkoppslag`.
#[utoipa::path(post, path = "/folkeregisteret/offentlig-med-hjemmel/api/v1/uttrekk/tilpasset", tag = "uttrekk", request_body = TilpassetUttrekk,
    responses((status = 200, body = Uttrekksjobb), (status = 400, body = Feil), (status = 401, body = Feil), (status = 403, body = Feil),
        (status = 406, body = Feil), (status = 413, body = Feil), (status = 415, body = Feil), (status = 429, body = Feil)))]
pub async fn tilpasset_med_hjemmel(
    State(component): State<Component>,
    headers: HeaderMap,
    request: Request,
) -> Result<Json<Uttrekksjobb>, Avslag> {
    tilpasset(&component, Pakke::MedHjemmel, &headers, request).await
}

/// Orders the people of a group, in one of the packages `offentligutenhjemmel` and `privatutenhjemmel`.
#[utoipa::path(post, path = "/folkeregisteret/api/{rettighetspakke}/v1/uttrekk/tilpasset", tag = "uttrekk", request_body = TilpassetUttrekk,
    params(("rettighetspakke" = String, Path, description = "Rettighetspakke")),
    responses((status = 200, body = Uttrekksjobb), (status = 400, body = Feil), (status = 401, body = Feil), (status = 403, body = Feil),
        (status = 404, body = Feil), (status = 406, body = Feil), (status = 413, body = Feil), (status = 415, body = Feil),
        (status = 429, body = Feil)))]
pub async fn tilpasset_i_pakke(
    State(component): State<Component>,
    Sti(pakke): Sti<String>,
    headers: HeaderMap,
    request: Request,
) -> Result<Json<Uttrekksjobb>, Avslag> {
    tilpasset(&component, pakke_av_sti(&pakke)?, &headers, request).await
}

async fn tilpasset(
    component: &Component,
    pakke: Pakke,
    headers: &HeaderMap,
    request: Request,
) -> Result<Json<Uttrekksjobb>, Avslag> {
    let claims = super::leser(component, headers, pakke).await?;
    krev_uttrekk(pakke)?;
    let body = kernel::http::body(headers, "application/json", request).await?;
    let bestilling: TilpassetUttrekk = kernel::http::json(&body).map_err(|bad| Avslag::json("", &bad))?;
    let utvalg = Utvalg::les(pakke, bestilling).map_err(|nei| match nei {
        Nei::Mangel(mangel) => mangel.into(),
        Nei::IkkeIPakken(felt) => {
            Avslag::felt(StatusCode::FORBIDDEN, felt, "gjelder noe som ikke er med i rettighetspakken")
        }
    })?;
    bestill(component, super::mottak::avsender(&claims), pakke, Innhold::Tilpasset(Box::new(utvalg))).await
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
) -> Result<Json<Uttrekksjobb>, Avslag> {
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
    Ok(Json(Uttrekksjobb { jobb_id }))
}

/// A batch of an extract, for bodies with a legal basis; the first is 0. 404 where it is not ready, `{}` after the last.
#[utoipa::path(get, path = "/folkeregisteret/offentlig-med-hjemmel/api/v1/uttrekk/{jobbid}/batch/{batchnr}", tag = "uttrekk",
    params(("jobbid" = String, Path, description = "Uttrekkets identifikator"), ("batchnr" = i64, Path, description = "Fra 0")),
    responses((status = 200, body = Uttrekksbatch), (status = 400, body = Feil), (status = 401, body = Feil), (status = 403, body = Feil),
        (status = 404, body = Uttrekksbatch), (status = 406, body = Feil), (status = 410, body = Uttrekksbatch)))]
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
    responses((status = 200, body = Uttrekksbatch), (status = 400, body = Feil), (status = 401, body = Feil), (status = 403, body = Feil),
        (status = 404, body = Uttrekksbatch), (status = 406, body = Feil), (status = 410, body = Uttrekksbatch)))]
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
    let claims = super::leser(component, headers, pakke).await?;
    krev_uttrekk(pakke)?;
    let nr: Option<i64> = nr.parse().ok().filter(|nr| *nr >= 0);
    let nr = nr.ok_or_else(|| Avslag::felt(StatusCode::BAD_REQUEST, "batchnr", "skal være et tall fra 0"))?;
    let eier = super::mottak::avsender(&claims);
    let found = uttrekk::batch(&ctx.store, id, &eier, pakke.scope(), nr, ctx.clock.now()).await?;
    let linjer = match found {
        Svar::Batch(linjer) => linjer,
        Svar::Slutt => Vec::new(),
        Svar::IkkeFerdig => {
            return Ok(uten(StatusCode::NOT_FOUND, "Uttrekket er ikke ferdig. Prøv igjen om litt."));
        }
        Svar::Ukjent => {
            return Ok(uten(StatusCode::GONE, "Uttrekket finnes ikke, eller ble avbrutt. Bestill et nytt."));
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
    Ok(super::svar(Personal::many(subjects, serde_json::to_string(&batch)?).release(&ctx.log, access).await?))
}

/// The answer where there is no batch: in the form of one, as the register has it.
fn uten(status: StatusCode, feilmelding: &str) -> Response {
    let feilmelding = Some(feilmelding.to_owned());
    (status, Json(Uttrekksbatch { feilmelding, ..Uttrekksbatch::default() })).into_response()
}
