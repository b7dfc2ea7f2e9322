//! The print queue, for the print provider.
//!
//! A printed letter carries name and address but no personal identifier, so the log of uses cannot file these reads under
//! a person; who may read the queue is decided by the scope.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use clients::postkasse::{
    NyUtskriftsstatus, Returposthaandtering, Utskriftsbrev, Utskriftskoe, Utskriftsstatus,
};
use http::{HeaderMap, StatusCode};
use kernel::auth::Issuer;
use kernel::http::Body;
use kernel::problem::Problem;
use kernel::store::StoreError;
use serde::Deserialize;
use uuid::Uuid;

use crate::model::{Kvitteringsslag, may_move};
use crate::{Component, NAME, store};

const SCOPE: &str = "felles:utskrift";

/// Which letters.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Utvalg {
    /// Their status; `koe` if absent.
    #[param(inline)]
    status: Option<Utskriftsstatus>,
    /// Only letters that came after this one.
    etter: Option<Uuid>,
    /// 1 to 100; 100 if absent.
    antall: Option<u32>,
}

async fn authorise(component: &Component, headers: &HeaderMap) -> Result<(), Problem> {
    let claims = component.ctx.auth.bearer(headers, Issuer::Maskinporten).await?;
    Ok(claims.require_scope(SCOPE)?)
}

/// The letters of a status, oldest first.
#[utoipa::path(get, path = "/postkasse/api/v1/utskrift", tag = "postkasse", params(Utvalg),
    responses((status = 200, body = Utskriftskoe), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn list(
    State(component): State<Component>,
    utvalg: Result<Query<Utvalg>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Json<Utskriftskoe>, Problem> {
    authorise(&component, &headers).await?;
    let Utvalg { status, etter, antall } = super::query(utvalg)?;
    let limit = super::page("antall", antall, 100)?;
    let status = status.unwrap_or(Utskriftsstatus::Koe);
    let found = store::queue(&component.ctx.store, status, etter, limit + 1).await?;
    let mut brev = found.ok_or_else(|| Problem::bad_request("etter er ikke i køen.").field("etter"))?;
    let flere = brev.len() as i64 > limit;
    brev.truncate(limit as usize);
    Ok(Json(Utskriftskoe { brev, flere }))
}

/// One of a letter's documents, 0 being the letter itself.
#[utoipa::path(get, path = "/postkasse/api/v1/utskrift/{id}/dokumenter/{plass}", tag = "postkasse",
    params(("id" = Uuid, Path, description = "The letter's id"), ("plass" = u32, Path, description = "The document's place in the letter")),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn document(
    State(component): State<Component>,
    Path((id, plass)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    authorise(&component, &headers).await?;
    let store = &component.ctx.store;
    let (nr, dokumenter, signert) =
        store::print_number(store, super::id(&id)?).await?.ok_or_else(super::unknown)?;
    let dokument = plass.parse().ok().and_then(|plass: usize| dokumenter.get(plass));
    let dokument = dokument.ok_or_else(super::unknown)?;
    let content = super::content(store::document(store, nr).await?, dokument, signert).await?;
    Ok(super::shown(dokument, content))
}

/// How a report of a status ends.
enum Refused {
    Unknown,
    Backwards,
    Store(StoreError),
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Tells where a letter is now. Safe to repeat. A letter only moves onwards.
#[utoipa::path(post, path = "/postkasse/api/v1/utskrift/{id}/status", tag = "postkasse", request_body = NyUtskriftsstatus,
    params(("id" = Uuid, Path, description = "The letter's id")),
    responses((status = 200, body = Utskriftsbrev), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 415, body = Problem)))]
pub async fn status(
    State(component): State<Component>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<Json<Utskriftsbrev>, Problem> {
    authorise(&component, &headers).await?;
    let id = super::id(&id)?;
    if super::media_type(&headers) != "application/json" {
        let problem = Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Ukjent medietype");
        return Err(problem.detail("Innholdet må være application/json.").field("Content-Type"));
    }
    let NyUtskriftsstatus { status } = kernel::http::json(&body)?;
    let ctx = &component.ctx;
    let (kvittering, now) = (ctx.rng.uuid(), ctx.clock.now());
    let moved = ctx
        .store
        .write(move |tx| {
            Box::pin(async move {
                let letter = store::print_letter(tx, id).await?.ok_or(Refused::Unknown)?;
                let brev = letter.0.clone();
                if brev.status == status {
                    return Ok(brev);
                }
                if !may_move(brev.status, status) {
                    return Err(Refused::Backwards);
                }
                let shredded = brev.retur.returposthaandtering == Returposthaandtering::MakuleringMedMelding;
                let slag = match status {
                    Utskriftsstatus::Postlagt => Some(Kvitteringsslag::Levering),
                    Utskriftsstatus::Retur if shredded => Some(Kvitteringsslag::Returpost),
                    _ => None,
                };
                store::move_print(tx, letter, status, slag.map(|slag| (slag, kvittering)), now).await?;
                Ok(Utskriftsbrev { status, ..brev })
            })
        })
        .await;
    match moved {
        Ok(brev) => {
            ctx.wake.notify(NAME);
            Ok(Json(brev))
        }
        Err(Refused::Unknown) => Err(super::unknown()),
        Err(Refused::Backwards) => {
            Err(Problem::conflict("Brevet kan ikke gå til denne statusen.").field("status"))
        }
        Err(Refused::Store(error)) => Err(error.into()),
    }
}
