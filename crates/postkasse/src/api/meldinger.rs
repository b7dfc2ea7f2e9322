//! The signed-in person's own mailbox.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use clients::postkasse::{Brev, Brevliste};
use http::{HeaderMap, StatusCode};
use kernel::auth::{Claims, Issuer};
use kernel::id::Pid;
use kernel::log::{Access, Personal, Released};
use kernel::problem::Problem;
use serde::Deserialize;
use uuid::Uuid;

use crate::{Component, NAME, model, store};

const HJEMMEL: &str = "eForvaltningsforskriften § 8 (mottakerens egen post)";

/// Which letters.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Utvalg {
    /// Only letters older than this one.
    foer: Option<Uuid>,
    /// 1 to 100; 50 if absent.
    antall: Option<u32>,
}

async fn authorised(
    component: &Component,
    headers: &HeaderMap,
) -> Result<(std::sync::Arc<Claims>, Pid), Problem> {
    let claims = component.ctx.auth.bearer(headers, Issuer::Idporten).await?;
    claims.require_scope("felles:post")?;
    let pid = super::signed_in(&claims)?;
    Ok((claims, pid))
}

/// One's letters, newest first.
#[utoipa::path(get, path = "/postkasse/api/v1/meldinger", tag = "postkasse", params(Utvalg),
    responses((status = 200, body = Brevliste), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn list(
    State(component): State<Component>,
    utvalg: Result<Query<Utvalg>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Released<Brevliste>, Problem> {
    let (claims, pid) = authorised(&component, &headers).await?;
    let Utvalg { foer, antall } = super::query(utvalg)?;
    let limit = super::page("antall", antall, 50)?;
    let ctx = &component.ctx;
    let letters = store::letters(&ctx.store, &pid, foer, limit + 1, ctx.clock.now()).await?;
    let unknown = || Problem::bad_request("foer er ingen av dine meldinger.").field("foer");
    let mut meldinger = letters.ok_or_else(unknown)?;
    let flere = meldinger.len() as i64 > limit;
    meldinger.truncate(limit as usize);
    let level = model::level(claims.acr.as_deref());
    let meldinger = meldinger.into_iter().map(|brev| model::unopened(brev, level)).collect();
    let access = Access::from_claims(NAME, &claims, &headers, "Så listen over egne brev", HJEMMEL);
    Ok(Personal::new(pid, Brevliste { meldinger, flere }).release(&ctx.log, access).await?)
}

/// One of one's letters.
#[utoipa::path(get, path = "/postkasse/api/v1/meldinger/{id}", tag = "postkasse",
    params(("id" = Uuid, Path, description = "The letter's id")),
    responses((status = 200, body = Brev), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn get(
    State(component): State<Component>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Released<Brev>, Problem> {
    let (claims, pid) = authorised(&component, &headers).await?;
    let ctx = &component.ctx;
    let letter = store::letter(&ctx.store, &pid, super::id(&id)?, ctx.clock.now()).await?;
    let (brev, _) = letter.ok_or_else(super::unknown)?;
    let brev = model::unopened(brev, model::level(claims.acr.as_deref()));
    let access = Access::from_claims(NAME, &claims, &headers, "Så hvem et eget brev er fra", HJEMMEL);
    Ok(Personal::new(pid, brev).release(&ctx.log, access).await?)
}

/// Whether the person agrees to the receipt.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Aapning {
    /// True: the sender may be told that the letter was opened.
    #[serde(rename = "godtaKvittering", default)]
    #[param(rename = "godtaKvittering", required = false)]
    godta_kvittering: bool,
}

/// Opens a letter: one of its documents, 0 being the letter itself. The first time, the sender who ordered a receipt gets one,
/// for which the person's consent is needed.
#[utoipa::path(get, path = "/postkasse/api/v1/meldinger/{id}/dokumenter/{plass}", tag = "postkasse",
    params(("id" = Uuid, Path, description = "The letter's id"), ("plass" = u32, Path, description = "The document's place in the letter"), Aapning),
    responses((status = 200, content((Vec<u8> = "application/pdf"), (Vec<u8> = "text/html"), (Vec<u8> = "text/plain"), (Vec<u8> = "application/octet-stream"))),
        (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn document(
    State(component): State<Component>,
    Path((id, plass)): Path<(String, String)>,
    aapning: Result<Query<Aapning>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let plass = plass.parse().map_err(|_| super::unknown())?;
    open(&component, &id, Wanted::Dokument(plass), aapning, &headers).await
}

/// Opens a letter that came as a signed package: the package (ASiC-E), its signature as it came. As with a
/// document.
#[utoipa::path(get, path = "/postkasse/api/v1/meldinger/{id}/pakke", tag = "postkasse",
    params(("id" = Uuid, Path, description = "The letter's id"), Aapning),
    responses((status = 200, content_type = "application/vnd.etsi.asic-e+zip", body = Vec<u8>), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn package(
    State(component): State<Component>,
    Path(id): Path<String>,
    aapning: Result<Query<Aapning>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    open(&component, &id, Wanted::Pakke, aapning, &headers).await
}

/// What of a letter is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Dokument(usize),
    Pakke,
}

async fn open(
    component: &Component,
    id: &str,
    wanted: Wanted,
    aapning: Result<Query<Aapning>, QueryRejection>,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let (claims, pid) = authorised(component, headers).await?;
    let ctx = &component.ctx;
    let now = ctx.clock.now();
    let (brev, nr) =
        store::letter(&ctx.store, &pid, super::id(id)?, now).await?.ok_or_else(super::unknown)?;
    if model::level(claims.acr.as_deref()) < brev.sikkerhetsnivaa {
        let level = if brev.sikkerhetsnivaa == 4 { "idporten-loa-high" } else { "idporten-loa-substantial" };
        let detail = format!("Brevet krever innlogging på et høyere sikkerhetsnivå ({level}).");
        return Err(Problem::new(StatusCode::FORBIDDEN, "For lavt sikkerhetsnivå")
            .detail(detail)
            .field("acr"));
    }
    let dokument = match wanted {
        Wanted::Dokument(plass) => Some(brev.dokumenter.get(plass).cloned().ok_or_else(super::unknown)?),
        Wanted::Pakke if brev.signert => None,
        Wanted::Pakke => return Err(super::unknown()),
    };
    let consents = super::query(aapning)?.godta_kvittering;
    if brev.aapningskvittering && brev.aapnet.is_none() && !consents {
        let detail =
            "Avsenderen har bedt om kvittering når brevet åpnes. Godta det med godtaKvittering=true.";
        return Err(Problem::conflict(detail).field("godtaKvittering"));
    }
    let kept = store::document(&ctx.store, nr).await?;
    let content = match &dokument {
        Some(dokument) => super::content(kept, dokument, brev.signert).await?,
        None => kept,
    };
    let access = Access::from_claims(NAME, &claims, headers, "Åpnet eget brev", HJEMMEL);
    let content = Personal::new(pid, content).release(&ctx.log, access).await?;
    if brev.aapnet.is_none() {
        let kvittering = ctx.rng.uuid();
        ctx.store
            .write(move |tx| Box::pin(async move { store::open(tx, &brev, nr, kvittering, now).await }))
            .await?;
        ctx.wake.notify(NAME);
    }
    let content = content.into_inner();
    Ok(match dokument {
        Some(dokument) => super::shown(&dokument, content),
        None => super::saved("application/vnd.etsi.asic-e+zip", "brev.asice", content),
    })
}
