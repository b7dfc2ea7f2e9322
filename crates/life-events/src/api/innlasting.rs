//! The bulk load of caseworkers.

use axum::Json;
use axum::extract::State;
use bytes::Bytes;
use clients::life_events::Saksbehandler;
use http::HeaderMap;
use kernel::auth::Issuer;
use kernel::problem::Problem;
use kernel::store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Component, store};

/// Largest body of one load, in bytes.
pub const MAX_BODY: usize = 4 << 20;
/// The one role that there is.
const SAKSBEHANDLER: &str = "saksbehandler";

/// How much was loaded.
#[derive(Debug, Serialize, ToSchema)]
pub struct Lest {
    /// Lines.
    lest: usize,
}

/// Loads caseworkers: a JSON object of type `Saksbehandler` on each line. All of the body or nothing.
#[utoipa::path(post, path = "/livshendelser/innlasting/v1", tag = "life-events",
    request_body(content = String, content_type = "application/x-ndjson"),
    responses((status = 200, body = Lest), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn load(
    State(component): State<Component>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Lest>, Problem> {
    let ctx = component.ctx();
    let claims = ctx.auth.bearer(&headers, Issuer::Maskinporten).await?;
    claims.require_scope("felles:innlasting")?;
    let mut people = Vec::new();
    for (number, line) in kernel::http::lines(&body) {
        let wrong = |field: &str, why: &str| Problem::bad_line(number, field, why);
        let person: Saksbehandler = kernel::http::json(line).map_err(|bad| wrong(&bad.path, &bad.message))?;
        if person.rolle != SAKSBEHANDLER {
            return Err(wrong("rolle", "må være saksbehandler"));
        }
        if crate::model::etat(&person.orgnr).is_none() {
            return Err(wrong("orgnr", "er ingen etat her"));
        }
        people.push(person);
    }
    let lest = people.len();
    ctx.store
        .write(move |tx| {
            Box::pin(async move {
                for person in &people {
                    store::behold_saksbehandler(tx, person).await?;
                }
                Ok::<_, StoreError>(())
            })
        })
        .await?;
    Ok(Json(Lest { lest }))
}
