//! Who has signed in, for whoever holds the access token.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use clients::idporten::SCOPE_PROFILE;
use http::{HeaderMap, HeaderValue, header};
use kernel::auth::AuthError;
use kernel::id::Pid;
use kernel::log::Personal;
use kernel::problem::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::hash;
use crate::{Component, store};

/// What is told of a person.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct UserInfo {
    /// As in the id token.
    pub sub: String,
    /// The person's number; absent in pseudonymous sign-ins.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub pid: Option<Pid>,
    /// The language chosen.
    pub locale: String,
}

/// Who has signed in. Demands the scope `profile`.
#[utoipa::path(get, path = "/userinfo",
    responses((status = 200, body = UserInfo), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn userinfo(State(component): State<Component>, headers: HeaderMap) -> Response {
    answer(&component, &headers).await
}

/// The same by POST.
#[utoipa::path(post, path = "/userinfo",
    responses((status = 200, body = UserInfo), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn userinfo_post(State(component): State<Component>, headers: HeaderMap) -> Response {
    answer(&component, &headers).await
}

async fn answer(component: &Component, headers: &HeaderMap) -> Response {
    let mut response = info(component, headers).await.unwrap_or_else(IntoResponse::into_response);
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

async fn info(component: &Component, headers: &HeaderMap) -> Result<Response, Problem> {
    let token = bearer(headers)?;
    let (ctx, now) = (&component.ctx, component.ctx.clock.now().as_second());
    let invalid = || AuthError::invalid("the token is unknown, expired or revoked");
    // A token is known by its hash, be it signed or opaque.
    let (row, granted) = store::access_token(&ctx.store, hash(token), now).await?.ok_or_else(invalid)?;
    if !row.scope.split(' ').any(|scope| scope == SCOPE_PROFILE) {
        return Err(AuthError::scope(SCOPE_PROFILE).into());
    }
    let client = store::client(&ctx.store, &granted.client_id).await?.ok_or_else(invalid)?;
    let pid = granted.authentication.pid;
    let sub = component.pairwise.sub(&client.client_id, &pid);
    let info = UserInfo { sub, pid: granted.pid(), locale: granted.locale };
    let what = format!("{} spurte hvem som er logget inn", client.name);
    let released = Personal::new(pid, info).release(&ctx.log, component.access(&client, pid, what)).await?;
    Ok(released.into_response())
}

/// The bearer token of the header `Authorization`; nowhere else is one looked for.
fn bearer(headers: &HeaderMap) -> Result<&str, AuthError> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    match value.and_then(|value| value.split_once(' ')) {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("Bearer") => Ok(token.trim()),
        _ => Err(AuthError::missing()),
    }
}
