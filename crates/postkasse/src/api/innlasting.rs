//! The bulk load of a synthetic nation's mailboxes.

use axum::Json;
use axum::extract::State;
use clients::postkasse::Postboks;
use http::HeaderMap;
use kernel::auth::Issuer;
use kernel::http::Body;
use kernel::problem::Problem;
use kernel::store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Component, store};

/// How much was loaded.
#[derive(Debug, Serialize, ToSchema)]
pub struct Lest {
    /// Lines.
    lest: usize,
}

/// Loads mailboxes: a JSON object of type `Postboks` on each line. All of the body or nothing.
#[utoipa::path(post, path = "/postkasse/innlasting/v1", tag = "postkasse",
    request_body(content = String, content_type = "application/x-ndjson"),
    responses((status = 200, body = Lest), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn load(
    State(component): State<Component>,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<Json<Lest>, Problem> {
    let ctx = &component.ctx;
    let claims = ctx.auth.bearer(&headers, Issuer::Maskinporten).await?;
    claims.require_scope("felles:innlasting")?;
    let mut boxes: Vec<Postboks> = Vec::new();
    for (number, line) in kernel::http::lines(&body) {
        boxes.push(
            kernel::http::json(line).map_err(|bad| Problem::bad_line(number, &bad.path, &bad.message))?,
        );
    }
    let lest = boxes.len();
    ctx.store
        .write(move |tx| {
            Box::pin(async move {
                for boks in &boxes {
                    store::put_mailbox(tx, boks).await?;
                }
                Ok::<_, StoreError>(())
            })
        })
        .await?;
    Ok(Json(Lest { lest }))
}
