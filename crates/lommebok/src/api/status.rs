//! Which credentials are withdrawn (draft-ietf-oauth-status-list § 8).

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use kernel::jose::status_list;

use super::Refused;
use crate::model::status::{KEPT, SIZE};
use crate::{Component, store};

/// The address of a list, below the issuer.
pub fn path(list: i64) -> String {
    format!("status/{list}")
}

/// A list of credentials' status, signed. It tells nothing of whose they are.
#[utoipa::path(get, path = "/lommebok/status/{list}", tag = "lommebok",
    params(("list" = String, Path, description = "The list")),
    responses((status = 200, content_type = "application/statuslist+jwt", body = String), (status = 404)))]
pub async fn status(
    State(component): State<Component>,
    Path(list): Path<String>,
) -> Result<Response, Refused> {
    let store = &component.ctx.store;
    // The number as we write it, and no other way to write it.
    let number = list.parse::<i64>().ok().filter(|number| number.to_string() == list);
    let known = match number {
        Some(number) => store::has_list(store, number).await?.then_some(number),
        None => None,
    };
    let Some(number) = known else { return Ok(StatusCode::NOT_FOUND.into_response()) };
    let withdrawn = store::withdrawn(store, number).await?;
    let uri = component.endpoint(&path(number));
    let claims = status_list::claims(&uri, SIZE as usize, withdrawn, component.now(), KEPT);
    let signed = component.sign(status_list::TYP, &claims).map_err(|error| {
        tracing::error!(%error, "a status list could not be signed");
        Refused::server()
    })?;
    let headers = [
        (header::CONTENT_TYPE, format!("application/{}", status_list::TYP)),
        (header::CACHE_CONTROL, format!("public, max-age={KEPT}")),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*".to_owned()),
    ];
    Ok((headers, signed).into_response())
}
