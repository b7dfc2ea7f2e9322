//! The bulk load of a synthetic nation.

use axum::Json;
use axum::extract::State;
use clients::kontaktregister::Person;
use http::HeaderMap;
use kernel::auth::Issuer;
use kernel::http::Body;
use kernel::problem::Problem;
use kernel::store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Component, NAME, model, store};

/// Largest body of one load, in bytes.
pub const MAX_BODY: usize = 16 << 20;

/// How much was loaded.
#[derive(Debug, Serialize, ToSchema)]
pub struct Lest {
    /// Lines.
    lest: usize,
}

/// Loads persons: a JSON object of type `Person` on each line. All of the body or nothing.
#[utoipa::path(post, path = "/kontaktregisteret/innlasting/v1", tag = "kontaktregister",
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
    let mut persons = Vec::new();
    for (number, line) in (1..).zip(body.split(|byte| *byte == b'\n')) {
        if line.trim_ascii().is_empty() {
            continue;
        }
        let read = kernel::http::json::<Person>(line).map_err(|bad| (bad.path, bad.message));
        let checked = read.and_then(|person| {
            model::loaded(person).map_err(|bad| (bad.field.to_owned(), bad.why.to_owned()))
        });
        let (field, why) = match checked {
            Ok(person) => {
                persons.push(person);
                continue;
            }
            Err(bad) => bad,
        };
        return Err(Problem::bad_request(format!("Linje {number}: {field}: {why}"))
            .field(format!("{number}:{field}")));
    }
    let lest = persons.len();
    let now = ctx.clock.now();
    ctx.store
        .write(move |tx| {
            Box::pin(async move {
                for person in &persons {
                    store::put(tx, person, now).await?;
                }
                Ok::<_, StoreError>(())
            })
        })
        .await?;
    ctx.wake.notify(NAME);
    Ok(Json(Lest { lest }))
}
