//! Access to scopes: a consumer asks, the owner gives, refuses or withdraws.
//!
//! ```text
//!            request              grant                 deny
//! (nothing) ───────► REQUESTED ─────────► APPROVED ──────────► DENIED
//!     │ ▲               │  ▲                 ▲                  │  │
//!     │ └── cancel ─────┘  │                 └───── grant ──────┘  │
//!     │                    └────────────── request ───────────────┘
//!     └──────────────────── grant ──────────► APPROVED
//! ```

use axum::Json;
use axum::extract::{Path, State};
use clients::encoded;
use clients::selvbetjening::{Access, ApiError, Asked, Asking, Refusals, Refused};
use http::{HeaderMap, Method, StatusCode};

use crate::caller::{ASK, Caller, SCOPES, SEE_SCOPES};
use crate::{Answer, Component};

/// Who has access to an own scope, has asked for it, or has been refused.
#[utoipa::path(get, path = "/selvbetjening/api/v1/scopes/access", tag = "selvbetjening", params(("scope" = String, Query)),
    responses((status = 200, body = Vec<Access>), (status = 404, body = ApiError), Refusals))]
pub async fn accesses(
    State(component): State<Component>,
    headers: HeaderMap,
    query: Asking,
) -> Answer<Vec<Access>> {
    let caller = Caller::of(&component, &headers, SCOPES).await?;
    let path = format!("/scopes/access?scope={}", encoded(Asked::of(query)?.scope()?));
    Ok(Json(component.owners.maskinporten.pass(caller.tenant.as_str(), Method::GET, &path, None).await?))
}

/// What the organisation has access to, has asked for, or has been refused; with `accessible_for_all=true` also what is open.
#[utoipa::path(get, path = "/selvbetjening/api/v1/scopes/access/all", tag = "selvbetjening",
    params(("accessible_for_all" = Option<bool>, Query)), responses((status = 200, body = Vec<Access>), Refusals))]
pub async fn mine(
    State(component): State<Component>,
    headers: HeaderMap,
    query: Asking,
) -> Answer<Vec<Access>> {
    let caller = Caller::of(&component, &headers, SEE_SCOPES).await?;
    let open = Asked::of(query)?.accessible_for_all == Some(true);
    let path = format!("/scopes/access/all?accessible_for_all={open}");
    Ok(Json(component.owners.maskinporten.pass(caller.tenant.as_str(), Method::GET, &path, None).await?))
}

/// The requests that wait for the organisation, oldest first.
#[utoipa::path(get, path = "/selvbetjening/api/v1/scopes/access/requests", tag = "selvbetjening", responses((status = 200, body = Vec<Access>), Refusals))]
pub async fn requests(State(component): State<Component>, headers: HeaderMap) -> Answer<Vec<Access>> {
    let caller = Caller::of(&component, &headers, SCOPES).await?;
    let maskinporten = &component.owners.maskinporten;
    let path = "/scopes/access/requests";
    Ok(Json(maskinporten.pass(caller.tenant.as_str(), Method::GET, path, None).await?))
}

/// Asks for access to another's scope. Safe to repeat; what is approved stays so.
#[utoipa::path(post, path = "/selvbetjening/api/v1/scopes/access/request", tag = "selvbetjening", params(("scope" = String, Query)),
    responses((status = 200, body = Access), (status = 404, body = ApiError), Refusals))]
pub async fn request(
    State(component): State<Component>,
    headers: HeaderMap,
    query: Asking,
) -> Answer<Access> {
    let caller = Caller::of(&component, &headers, ASK).await?;
    let path = format!("/scopes/access/request?scope={}", encoded(Asked::of(query)?.scope()?));
    Ok(Json(component.owners.maskinporten.pass(caller.tenant.as_str(), Method::POST, &path, None).await?))
}

/// Takes a request back that has not been answered.
#[utoipa::path(delete, path = "/selvbetjening/api/v1/scopes/access/request", tag = "selvbetjening", params(("scope" = String, Query)),
    responses((status = 200), (status = 404, body = ApiError), Refusals))]
pub async fn cancel(
    State(component): State<Component>,
    headers: HeaderMap,
    query: Asking,
) -> Result<StatusCode, Refused> {
    let caller = Caller::of(&component, &headers, ASK).await?;
    let path = format!("/scopes/access/request?scope={}", encoded(Asked::of(query)?.scope()?));
    component.owners.maskinporten.order(caller.tenant.as_str(), Method::DELETE, &path).await?;
    Ok(StatusCode::OK)
}

async fn decide(
    component: &Component,
    headers: &HeaderMap,
    consumer: &str,
    query: Asking,
    method: Method,
) -> Answer<Access> {
    let caller = Caller::of(component, headers, SCOPES).await?;
    let scope = Asked::of(query)?;
    let path = format!("/scopes/access/{}?scope={}", encoded(consumer), encoded(scope.scope()?));
    let maskinporten = &component.owners.maskinporten;
    let access: Access = maskinporten.pass(caller.tenant.as_str(), method, &path, None).await?;
    component.make_access_known(&access).await?;
    Ok(Json(access))
}

/// Gives an organisation access to an own scope, whether it has asked or not.
#[utoipa::path(put, path = "/selvbetjening/api/v1/scopes/access/{consumer_orgno}", tag = "selvbetjening",
    params(("consumer_orgno" = String, Path), ("scope" = String, Query)), responses((status = 200, body = Access), (status = 404, body = ApiError), (status = 409, body = ApiError), Refusals))]
pub async fn grant(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(consumer): Path<String>,
    query: Asking,
) -> Answer<Access> {
    decide(&component, &headers, &consumer, query, Method::PUT).await
}

/// Refuses a request, or withdraws access.
#[utoipa::path(delete, path = "/selvbetjening/api/v1/scopes/access/{consumer_orgno}", tag = "selvbetjening",
    params(("consumer_orgno" = String, Path), ("scope" = String, Query)), responses((status = 200, body = Access), (status = 404, body = ApiError), Refusals))]
pub async fn deny(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(consumer): Path<String>,
    query: Asking,
) -> Answer<Access> {
    decide(&component, &headers, &consumer, query, Method::DELETE).await
}
