//! Suppliers' customers.

use axum::Json;
use axum::extract::{Path, State};
use axum::routing::get;
use clients::encoded;
use clients::selvbetjening::{ApiError, Body, OnBehalfOf, Refusals, Refused};
use http::{HeaderMap, Method, StatusCode};
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;

use crate::caller::{CUSTOMERS, Caller, READ};
use crate::owners::at;
use crate::{Answer, Component};

/// The documentation of the real service misspells the path, and its clients send it so.
pub fn misspelt() -> OpenApiRouter<Component> {
    const BASE: &str = "/selvbetjening/api/v1/clients/{client_id}/onbehalof";
    OpenApiRouter::new()
        .route(BASE, get(customers).post(add))
        .route(&format!("{BASE}/{{handle}}"), get(customer).put(put).delete(remove))
}

/// A client's customers.
#[utoipa::path(get, path = "/selvbetjening/api/v1/clients/{client_id}/onbehalfof", tag = "selvbetjening", params(("client_id" = String, Path)),
    responses((status = 200, body = Vec<OnBehalfOf>), (status = 404, body = ApiError), Refusals))]
pub async fn customers(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Answer<Value> {
    let caller = Caller::of(&component, &headers, READ).await?;
    Ok(Json(component.pass_on(&caller, &id, Method::GET, "/onbehalfof", None).await?))
}

/// Registers a customer.
#[utoipa::path(post, path = "/selvbetjening/api/v1/clients/{client_id}/onbehalfof", tag = "selvbetjening", params(("client_id" = String, Path)),
    request_body = OnBehalfOf, responses((status = 201, body = OnBehalfOf), (status = 404, body = ApiError), (status = 409, body = ApiError), Refusals))]
pub async fn add(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<(StatusCode, Json<Value>), Refused> {
    let caller = Caller::of(&component, &headers, CUSTOMERS).await?;
    let made = component.pass_on(&caller, &id, Method::POST, "/onbehalfof", Some(&body)).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// One customer.
#[utoipa::path(get, path = "/selvbetjening/api/v1/clients/{client_id}/onbehalfof/{handle}", tag = "selvbetjening", params(("client_id" = String, Path), ("handle" = String, Path)),
    responses((status = 200, body = OnBehalfOf), (status = 404, body = ApiError), Refusals))]
pub async fn customer(
    State(component): State<Component>,
    headers: HeaderMap,
    Path((id, handle)): Path<(String, String)>,
) -> Answer<Value> {
    let caller = Caller::of(&component, &headers, READ).await?;
    let path = format!("/onbehalfof/{}", encoded(&handle));
    Ok(Json(component.pass_on(&caller, &id, Method::GET, &path, None).await?))
}

/// Changes a customer.
#[utoipa::path(put, path = "/selvbetjening/api/v1/clients/{client_id}/onbehalfof/{handle}", tag = "selvbetjening", params(("client_id" = String, Path), ("handle" = String, Path)),
    request_body = OnBehalfOf, responses((status = 200, body = OnBehalfOf), (status = 404, body = ApiError), (status = 409, body = ApiError), Refusals))]
pub async fn put(
    State(component): State<Component>,
    headers: HeaderMap,
    Path((id, handle)): Path<(String, String)>,
    Body(body): Body,
) -> Answer<Value> {
    let caller = Caller::of(&component, &headers, CUSTOMERS).await?;
    let path = format!("/onbehalfof/{}", encoded(&handle));
    Ok(Json(component.pass_on(&caller, &id, Method::PUT, &path, Some(&body)).await?))
}

/// Removes a customer.
#[utoipa::path(delete, path = "/selvbetjening/api/v1/clients/{client_id}/onbehalfof/{handle}", tag = "selvbetjening", params(("client_id" = String, Path), ("handle" = String, Path)),
    responses((status = 200), (status = 404, body = ApiError), (status = 409, body = ApiError), Refusals))]
pub async fn remove(
    State(component): State<Component>,
    headers: HeaderMap,
    Path((id, handle)): Path<(String, String)>,
) -> Result<StatusCode, Refused> {
    let caller = Caller::of(&component, &headers, CUSTOMERS).await?;
    let (owner, _) = component.owner_of(&caller, &id).await?;
    let path = at(&id, format_args!("/onbehalfof/{}", encoded(&handle)));
    owner.order(caller.tenant.as_str(), Method::DELETE, &path).await?;
    Ok(StatusCode::OK)
}
