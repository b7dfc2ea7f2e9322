//! Clients.

use axum::Json;
use axum::extract::{Path, State};
use clients::selvbetjening::{ApiError, Asked, Asking, Body, Client, Refusals, Refused};
use http::{HeaderMap, Method, StatusCode};
use kernel::http::json;
use serde_json::Value;

use crate::caller::{Caller, MODIFY, READ, WRITE};
use crate::owners::at;
use crate::{Answer, Component};

/// The organisation's clients; with `inactive=true` also those that are deactivated.
#[utoipa::path(get, path = "/selvbetjening/api/v1/clients", tag = "selvbetjening",
    params(("inactive" = Option<bool>, Query)), responses((status = 200, body = Vec<Client>), Refusals))]
pub async fn clients(
    State(component): State<Component>,
    headers: HeaderMap,
    query: Asking,
) -> Answer<Vec<Client>> {
    let caller = Caller::of(&component, &headers, READ).await?;
    let path = format!("/clients?inactive={}", Asked::of(query)?.inactive == Some(true));
    let mut found: Vec<Client> = Vec::new();
    for owner in component.all() {
        let more: Vec<Client> = owner.pass(caller.tenant.as_str(), Method::GET, &path, None).await?;
        found.extend(more);
    }
    Ok(Json(found))
}

/// Registers a client. The answer has its id, and its secret if it has one: the only time that the secret is shown.
#[utoipa::path(post, path = "/selvbetjening/api/v1/clients", tag = "selvbetjening", request_body = Client,
    responses((status = 201, body = Client), (status = 409, body = ApiError), Refusals))]
pub async fn register(
    State(component): State<Component>,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<(StatusCode, Json<Value>), Refused> {
    let caller = Caller::of(&component, &headers, WRITE).await?;
    let client: Client = json(&body)?;
    // An id that is given is either of a client that exists, or nothing that the caller may choose; its owner says which.
    let owner = match client.client_id.as_deref().filter(|id| !id.is_empty()) {
        Some(id) if component.owner_of(&caller, id).await.is_ok() => {
            return Err(Refused::conflict(
                "The client exists already, perhaps deactivated: change it with PUT",
            ));
        }
        _ => component.owner_of_kind(&client.integration_type)?,
    };
    let consumer = client.client_orgno.as_deref().filter(|orgnr| !orgnr.is_empty());
    let consumer = consumer.unwrap_or(caller.tenant.as_str());
    component.prepare_scopes(&client, &client.integration_type, consumer).await?;
    let path = format!("/clients?supplier={}", caller.supplier);
    let made = owner.pass(caller.tenant.as_str(), Method::POST, &path, Some(&body)).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// One client.
#[utoipa::path(get, path = "/selvbetjening/api/v1/clients/{client_id}", tag = "selvbetjening", params(("client_id" = String, Path)),
    responses((status = 200, body = Client), (status = 404, body = ApiError), Refusals))]
pub async fn client(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(client_id): Path<String>,
) -> Answer<Client> {
    let caller = Caller::of(&component, &headers, READ).await?;
    Ok(Json(component.owner_of(&caller, &client_id).await?.1))
}

/// Changes a client: the whole of it. `active` takes a deactivated client into use again.
#[utoipa::path(put, path = "/selvbetjening/api/v1/clients/{client_id}", tag = "selvbetjening", params(("client_id" = String, Path)),
    request_body = Client, responses((status = 200, body = Client), (status = 404, body = ApiError), Refusals))]
pub async fn update(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(client_id): Path<String>,
    Body(body): Body,
) -> Answer<Value> {
    let caller = Caller::of(&component, &headers, MODIFY).await?;
    let (owner, before) = component.owner_of(&caller, &client_id).await?;
    let client: Client = json(&body)?;
    let consumer = before.client_orgno.as_deref().unwrap_or(caller.tenant.as_str());
    component.prepare_scopes(&client, &before.integration_type, consumer).await?;
    Ok(Json(owner.pass(caller.tenant.as_str(), Method::PUT, &at(&client_id, ""), Some(&body)).await?))
}

/// Deactivates a client.
#[utoipa::path(delete, path = "/selvbetjening/api/v1/clients/{client_id}", tag = "selvbetjening", params(("client_id" = String, Path)),
    responses((status = 200), (status = 404, body = ApiError), Refusals))]
pub async fn deactivate(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(client_id): Path<String>,
) -> Result<StatusCode, Refused> {
    let caller = Caller::of(&component, &headers, MODIFY).await?;
    let (owner, _) = component.owner_of(&caller, &client_id).await?;
    owner.order(caller.tenant.as_str(), Method::DELETE, &at(&client_id, "")).await?;
    Ok(StatusCode::OK)
}

/// Gives a client a new secret, shown this once.
#[utoipa::path(post, path = "/selvbetjening/api/v1/clients/{client_id}/secret", tag = "selvbetjening", params(("client_id" = String, Path)),
    responses((status = 200, body = Client), (status = 404, body = ApiError), (status = 409, body = ApiError), Refusals))]
pub async fn secret(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(client_id): Path<String>,
) -> Answer<Value> {
    let caller = Caller::of(&component, &headers, MODIFY).await?;
    Ok(Json(component.pass_on(&caller, &client_id, Method::POST, "/secret", None).await?))
}
