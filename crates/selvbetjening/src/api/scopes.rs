//! Scopes. A scope's name holds `:` and `/`, so that it is always a parameter of the query.

use axum::Json;
use axum::extract::State;
use clients::encoded;
use clients::selvbetjening::{
    ApiError, Asked, Asking, Body, DelegationSource, Refusals, Refused, Scope, Scopes,
};
use http::{HeaderMap, Method, StatusCode};
use serde_json::Value;

use crate::caller::{Caller, SCOPES, SEE_SCOPES};
use crate::{Answer, Component};

/// Nobody: what is open to all is asked for in nobody's name.
const NOBODY: &str = "";

/// All scopes that anyone may see. Open.
#[utoipa::path(get, path = "/selvbetjening/api/v1/scopes/all", tag = "selvbetjening",
    params(("accessible_for_all" = Option<bool>, Query)), responses((status = 200, body = Vec<Scope>), (status = 400, body = ApiError)))]
pub async fn all(State(component): State<Component>, query: Asking) -> Answer<Vec<Scope>> {
    let open = Asked::of(query)?.accessible_for_all;
    let path = open
        .map_or_else(|| "/scopes/all".to_owned(), |open| format!("/scopes/all?accessible_for_all={open}"));
    Ok(Json(component.owners.maskinporten.pass(NOBODY, Method::GET, &path, None).await?))
}

/// The organisation's scopes; with `scope`, that one (own, or one that it may see).
#[utoipa::path(get, path = "/selvbetjening/api/v1/scopes", tag = "selvbetjening",
    params(("scope" = Option<String>, Query), ("inactive" = Option<bool>, Query)),
    responses((status = 200, body = Scopes), (status = 404, body = ApiError), Refusals))]
pub async fn scopes(State(component): State<Component>, headers: HeaderMap, query: Asking) -> Answer<Value> {
    let caller = Caller::of(&component, &headers, SEE_SCOPES).await?;
    let asked = Asked::of(query)?;
    let path = match &asked.scope {
        Some(scope) => format!("/scopes?scope={}", encoded(scope)),
        None => format!("/scopes?inactive={}", asked.inactive == Some(true)),
    };
    Ok(Json(component.owners.maskinporten.pass(caller.tenant.as_str(), Method::GET, &path, None).await?))
}

/// Makes a scope. Its prefix must be one that the organisation has been given.
#[utoipa::path(post, path = "/selvbetjening/api/v1/scopes", tag = "selvbetjening", request_body = Scope,
    responses((status = 201, body = Scope), (status = 409, body = ApiError), Refusals))]
pub async fn add(
    State(component): State<Component>,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<(StatusCode, Json<Scope>), Refused> {
    let caller = Caller::of(&component, &headers, SCOPES).await?;
    let maskinporten = &component.owners.maskinporten;
    let made: Scope = maskinporten.pass(caller.tenant.as_str(), Method::POST, "/scopes", Some(&body)).await?;
    component.make_known(&made).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Changes a scope: the whole of it but its name. `active` takes a deactivated scope into use again.
#[utoipa::path(put, path = "/selvbetjening/api/v1/scopes", tag = "selvbetjening", params(("scope" = String, Query)), request_body = Scope,
    responses((status = 200, body = Scope), (status = 404, body = ApiError), Refusals))]
pub async fn put(
    State(component): State<Component>,
    headers: HeaderMap,
    query: Asking,
    Body(body): Body,
) -> Answer<Scope> {
    let caller = Caller::of(&component, &headers, SCOPES).await?;
    let path = format!("/scopes?scope={}", encoded(Asked::of(query)?.scope()?));
    let maskinporten = &component.owners.maskinporten;
    let changed: Scope = maskinporten.pass(caller.tenant.as_str(), Method::PUT, &path, Some(&body)).await?;
    component.make_known(&changed).await?;
    Ok(Json(changed))
}

/// Takes a scope out of use; accesses are kept.
#[utoipa::path(delete, path = "/selvbetjening/api/v1/scopes", tag = "selvbetjening", params(("scope" = String, Query)),
    responses((status = 200, body = Scope), (status = 404, body = ApiError), Refusals))]
pub async fn deactivate(
    State(component): State<Component>,
    headers: HeaderMap,
    query: Asking,
) -> Answer<Scope> {
    let caller = Caller::of(&component, &headers, SCOPES).await?;
    let path = format!("/scopes?scope={}", encoded(Asked::of(query)?.scope()?));
    let maskinporten = &component.owners.maskinporten;
    let changed: Scope = maskinporten.pass(caller.tenant.as_str(), Method::DELETE, &path, None).await?;
    component.make_known(&changed).await?;
    Ok(Json(changed))
}

/// Where delegations are kept. Open.
#[utoipa::path(get, path = "/selvbetjening/api/v1/delegationsources", tag = "selvbetjening",
    responses((status = 200, body = Vec<DelegationSource>)))]
pub async fn delegation_sources(State(component): State<Component>) -> Answer<Vec<DelegationSource>> {
    let maskinporten = &component.owners.maskinporten;
    Ok(Json(maskinporten.pass(NOBODY, Method::GET, "/delegationsources", None).await?))
}
