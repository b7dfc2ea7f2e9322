//! Clients' keys. POST and PUT are the same: they replace the whole set.

use axum::Json;
use axum::extract::{Path, State};
use clients::selvbetjening::{ApiError, Body, Jwks, Refusals};
use http::{HeaderMap, Method};
use serde_json::Value;

use crate::caller::{Caller, MODIFY, READ};
use crate::{Answer, Component};

/// A client's keys.
#[utoipa::path(get, path = "/selvbetjening/api/v1/clients/{client_id}/jwks", tag = "selvbetjening", params(("client_id" = String, Path)),
    responses((status = 200, body = Jwks), (status = 404, body = ApiError), Refusals))]
pub async fn keys(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Answer<Value> {
    let caller = Caller::of(&component, &headers, READ).await?;
    Ok(Json(component.pass_on(&caller, &id, Method::GET, "/jwks", None).await?))
}

/// Replaces a client's keys, all of them; they can be used for a year.
#[utoipa::path(post, path = "/selvbetjening/api/v1/clients/{client_id}/jwks", tag = "selvbetjening", params(("client_id" = String, Path)),
    request_body = Jwks, responses((status = 200, body = Jwks), (status = 404, body = ApiError), (status = 409, body = ApiError), Refusals))]
pub async fn post_keys(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Body(body): Body,
) -> Answer<Value> {
    let caller = Caller::of(&component, &headers, MODIFY).await?;
    Ok(Json(component.pass_on(&caller, &id, Method::POST, "/jwks", Some(&body)).await?))
}

/// The same.
#[utoipa::path(put, path = "/selvbetjening/api/v1/clients/{client_id}/jwks", tag = "selvbetjening", params(("client_id" = String, Path)),
    request_body = Jwks, responses((status = 200, body = Jwks), (status = 404, body = ApiError), (status = 409, body = ApiError), Refusals))]
pub async fn put_keys(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Body(body): Body,
) -> Answer<Value> {
    let caller = Caller::of(&component, &headers, MODIFY).await?;
    Ok(Json(component.pass_on(&caller, &id, Method::PUT, "/jwks", Some(&body)).await?))
}

/// Removes a client's keys.
#[utoipa::path(delete, path = "/selvbetjening/api/v1/clients/{client_id}/jwks", tag = "selvbetjening", params(("client_id" = String, Path)),
    responses((status = 200, body = Jwks), (status = 404, body = ApiError), (status = 409, body = ApiError), Refusals))]
pub async fn delete_keys(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Answer<Value> {
    let caller = Caller::of(&component, &headers, MODIFY).await?;
    Ok(Json(component.pass_on(&caller, &id, Method::DELETE, "/jwks", None).await?))
}
