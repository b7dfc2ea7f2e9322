//! Suppliers' customers. The documentation of the real service misspells the path (`onbehalof`), so that both are served.

use axum::Json;
use axum::extract::{Path, State};
use clients::encoded;
use clients::selvbetjening::{ApiError, Body, OnBehalfOf, Refused};
use http::{HeaderMap, Method, StatusCode};
use serde_json::Value;

use crate::caller::{CUSTOMERS, Caller, READ};
use crate::owners::at;
use crate::{Answer, Component};

async fn list(component: &Component, headers: &HeaderMap, id: &str) -> Answer<Value> {
    let caller = Caller::of(component, headers, READ).await?;
    Ok(Json(component.pass_on(&caller, id, Method::GET, "/onbehalfof", None).await?))
}

async fn register(
    component: &Component,
    headers: &HeaderMap,
    id: &str,
    body: &[u8],
) -> Result<(StatusCode, Json<Value>), Refused> {
    let caller = Caller::of(component, headers, CUSTOMERS).await?;
    let made = component.pass_on(&caller, id, Method::POST, "/onbehalfof", Some(body)).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

async fn one(
    component: &Component,
    headers: &HeaderMap,
    (id, handle): &(String, String),
    body: Option<&[u8]>,
) -> Answer<Value> {
    let caller = Caller::of(component, headers, if body.is_some() { CUSTOMERS } else { READ }).await?;
    let method = if body.is_some() { Method::PUT } else { Method::GET };
    let path = format!("/onbehalfof/{}", encoded(handle));
    Ok(Json(component.pass_on(&caller, id, method, &path, body).await?))
}

async fn delete(
    component: &Component,
    headers: &HeaderMap,
    (id, handle): &(String, String),
) -> Result<StatusCode, Refused> {
    let caller = Caller::of(component, headers, CUSTOMERS).await?;
    let (owner, _) = component.owner_of(&caller, id).await?;
    let path = at(id, format_args!("/onbehalfof/{}", encoded(handle)));
    owner.order(caller.tenant.as_str(), Method::DELETE, &path).await?;
    Ok(StatusCode::OK)
}

/// A client's customers.
#[utoipa::path(get, path = "/selvbetjening/api/v1/clients/{client_id}/onbehalfof", tag = "selvbetjening", params(("client_id" = String, Path)),
    responses((status = 200, body = Vec<OnBehalfOf>), (status = 404, body = ApiError)))]
pub async fn customers(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Answer<Value> {
    list(&component, &headers, &id).await
}

/// Registers a customer.
#[utoipa::path(post, path = "/selvbetjening/api/v1/clients/{client_id}/onbehalfof", tag = "selvbetjening", params(("client_id" = String, Path)),
    request_body = OnBehalfOf, responses((status = 201, body = OnBehalfOf), (status = 400, body = ApiError), (status = 409, body = ApiError)))]
pub async fn add(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<(StatusCode, Json<Value>), Refused> {
    register(&component, &headers, &id, &body).await
}

/// One customer.
#[utoipa::path(get, path = "/selvbetjening/api/v1/clients/{client_id}/onbehalfof/{handle}", tag = "selvbetjening", params(("client_id" = String, Path), ("handle" = String, Path)),
    responses((status = 200, body = OnBehalfOf), (status = 404, body = ApiError)))]
pub async fn customer(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(place): Path<(String, String)>,
) -> Answer<Value> {
    one(&component, &headers, &place, None).await
}

/// Changes a customer.
#[utoipa::path(put, path = "/selvbetjening/api/v1/clients/{client_id}/onbehalfof/{handle}", tag = "selvbetjening", params(("client_id" = String, Path), ("handle" = String, Path)),
    request_body = OnBehalfOf, responses((status = 200, body = OnBehalfOf), (status = 404, body = ApiError)))]
pub async fn put(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(place): Path<(String, String)>,
    Body(body): Body,
) -> Answer<Value> {
    one(&component, &headers, &place, Some(&body)).await
}

/// Removes a customer.
#[utoipa::path(delete, path = "/selvbetjening/api/v1/clients/{client_id}/onbehalfof/{handle}", tag = "selvbetjening", params(("client_id" = String, Path), ("handle" = String, Path)),
    responses((status = 200), (status = 404, body = ApiError)))]
pub async fn remove(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(place): Path<(String, String)>,
) -> Result<StatusCode, Refused> {
    delete(&component, &headers, &place).await
}

/// A client's customers, at the misspelt path.
#[utoipa::path(get, path = "/selvbetjening/api/v1/clients/{client_id}/onbehalof", tag = "selvbetjening", params(("client_id" = String, Path)),
    responses((status = 200, body = Vec<OnBehalfOf>), (status = 404, body = ApiError)))]
pub async fn customers_misspelt(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Answer<Value> {
    list(&component, &headers, &id).await
}

/// Registers a customer, at the misspelt path.
#[utoipa::path(post, path = "/selvbetjening/api/v1/clients/{client_id}/onbehalof", tag = "selvbetjening", params(("client_id" = String, Path)),
    request_body = OnBehalfOf, responses((status = 201, body = OnBehalfOf), (status = 400, body = ApiError), (status = 409, body = ApiError)))]
pub async fn add_misspelt(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<(StatusCode, Json<Value>), Refused> {
    register(&component, &headers, &id, &body).await
}

/// One customer, at the misspelt path.
#[utoipa::path(get, path = "/selvbetjening/api/v1/clients/{client_id}/onbehalof/{handle}", tag = "selvbetjening", params(("client_id" = String, Path), ("handle" = String, Path)),
    responses((status = 200, body = OnBehalfOf), (status = 404, body = ApiError)))]
pub async fn customer_misspelt(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(place): Path<(String, String)>,
) -> Answer<Value> {
    one(&component, &headers, &place, None).await
}

/// Changes a customer, at the misspelt path.
#[utoipa::path(put, path = "/selvbetjening/api/v1/clients/{client_id}/onbehalof/{handle}", tag = "selvbetjening", params(("client_id" = String, Path), ("handle" = String, Path)),
    request_body = OnBehalfOf, responses((status = 200, body = OnBehalfOf), (status = 404, body = ApiError)))]
pub async fn put_misspelt(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(place): Path<(String, String)>,
    Body(body): Body,
) -> Answer<Value> {
    one(&component, &headers, &place, Some(&body)).await
}

/// Removes a customer, at the misspelt path.
#[utoipa::path(delete, path = "/selvbetjening/api/v1/clients/{client_id}/onbehalof/{handle}", tag = "selvbetjening", params(("client_id" = String, Path), ("handle" = String, Path)),
    responses((status = 200), (status = 404, body = ApiError)))]
pub async fn remove_misspelt(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(place): Path<(String, String)>,
) -> Result<StatusCode, Refused> {
    delete(&component, &headers, &place).await
}
