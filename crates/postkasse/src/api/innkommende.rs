//! Receipts for senders: the access point's inbox.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use clients::postkasse::{Innkommende, SEND_SCOPE};
use http::{HeaderMap, StatusCode};
use kernel::auth::Issuer;
use kernel::problem::Problem;
use serde::Deserialize;

use crate::{Component, store};

/// Which receipts.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Utvalg {
    /// The channel that the messages were sent on; absent for those sent on none.
    kanal: Option<String>,
    /// The unit within the sender; absent for all.
    avsenderidentifikator: Option<String>,
    /// 1 to 100.
    page_size: Option<u32>,
}

/// The unread receipts for one's messages, oldest first.
#[utoipa::path(get, path = "/dpi/api/v1/messages/in", tag = "postkasse", params(Utvalg),
    responses((status = 200, body = Vec<Innkommende>), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn list(
    State(component): State<Component>,
    utvalg: Result<Query<Utvalg>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Json<Vec<Innkommende>>, Problem> {
    let ctx = &component.ctx;
    let claims = ctx.auth.bearer(&headers, Issuer::Maskinporten).await?;
    claims.require_scope(SEND_SCOPE)?;
    let utvalg = super::query(utvalg)?;
    let limit = super::page("page_size", utvalg.page_size, 100)?;
    let kanal = utvalg.kanal.unwrap_or_default();
    let enhet = utvalg.avsenderidentifikator.unwrap_or_default();
    let unread = store::unread(&ctx.store, &super::organisation(&claims)?, &kanal, &enhet, limit).await?;
    Ok(Json(unread.iter().map(|post| Innkommende { forretningsmelding: post.melding() }).collect()))
}

/// Takes a receipt off the unread ones. Safe to repeat.
#[utoipa::path(post, path = "/dpi/api/v1/messages/in/{messageId}/read", tag = "postkasse",
    params(("messageId" = Uuid, Path, description = "The receipt's id")),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn read(
    State(component): State<Component>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let ctx = &component.ctx;
    let claims = ctx.auth.bearer(&headers, Issuer::Maskinporten).await?;
    claims.require_scope(SEND_SCOPE)?;
    let (avsender, id, now) = (super::organisation(&claims)?, super::id(&id)?, ctx.clock.now());
    let found = ctx
        .store
        .write(move |tx| Box::pin(async move { store::mark_read(tx, &avsender, id, now).await }))
        .await?;
    if found { Ok(StatusCode::NO_CONTENT) } else { Err(super::unknown()) }
}
