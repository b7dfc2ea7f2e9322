//! Receipts for senders: the access point's inbox.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use clients::postkasse::{Forretningsmelding, Innkommende, SEND_SCOPE};
use http::{HeaderMap, StatusCode};
use kernel::auth::Issuer;
use kernel::jose::JoseError;
use kernel::problem::Problem;
use serde::Deserialize;

use crate::model::Kvitteringspost;
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
    /// Which page of those that are unread now, from 0.
    page: Option<u32>,
}

/// The unread receipts for one's messages, oldest first; each signed by the provider that gives it, where it has a certificate.
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
    let skip = limit.saturating_mul(utvalg.page.unwrap_or(0).into());
    let unread =
        store::unread(&ctx.store, &super::organisation(&claims)?, &kanal, &enhet, (skip, limit)).await?;
    let Some(pakkepost) = component.pakkepost.clone() else {
        let plain = unread.iter().map(|post| Forretningsmelding::Usignert(Box::new(post.melding())));
        return Ok(Json(plain.map(|forretningsmelding| Innkommende { forretningsmelding }).collect()));
    };
    // A signature takes a millisecond, and there may be a hundred.
    let signed = tokio::task::spawn_blocking(move || {
        let sign = |post: &Kvitteringspost| {
            let certified = &pakkepost.leverandoer(&post.prosess).certified;
            let signed = certified.sign_message(&post.melding())?;
            Ok::<_, JoseError>(Innkommende { forretningsmelding: Forretningsmelding::Signert(signed) })
        };
        unread.iter().map(sign).collect::<Result<Vec<_>, _>>()
    });
    match signed.await {
        Ok(Ok(signed)) => Ok(Json(signed)),
        failed => {
            tracing::error!(?failed, "receipts could not be signed");
            Err(Problem::internal())
        }
    }
}

/// Takes a receipt off the unread ones. Safe to repeat.
#[utoipa::path(post, path = "/dpi/api/v1/messages/in/{messageId}/read", tag = "postkasse",
    params(("messageId" = Uuid, Path, description = "The receipt's id")),
    responses((status = 200), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
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
    if found { Ok(StatusCode::OK) } else { Err(super::unknown()) }
}
