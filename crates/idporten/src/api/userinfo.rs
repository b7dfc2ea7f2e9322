//! Who has signed in, for whoever holds the access token.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use clients::idporten::SCOPE_PROFILE;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use kernel::auth::{AuthError, Presented};
use kernel::id::Pid;
use kernel::jose::dpop::DpopError;
use kernel::log::Personal;
use kernel::problem::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::dpop;
use crate::model::client::Client;
use crate::model::hash;
use crate::model::parameters::Parameters;
use crate::model::tokens::Granted;
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
    answer(&component, "GET", &headers, &[]).await
}

/// The same by POST, where the token may come as `access_token` of a form (RFC 6750 § 2.2).
#[utoipa::path(post, path = "/userinfo",
    request_body(content = Option<String>, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = UserInfo), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn userinfo_post(State(component): State<Component>, headers: HeaderMap, body: Bytes) -> Response {
    answer(&component, "POST", &headers, &body).await
}

async fn answer(component: &Component, method: &str, headers: &HeaderMap, body: &[u8]) -> Response {
    let mut response =
        info(component, method, headers, body).await.unwrap_or_else(IntoResponse::into_response);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn info(
    component: &Component,
    method: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Response, Problem> {
    let form = Parameters::form(headers, body).unwrap_or_default();
    let presented = match (headers.contains_key(header::AUTHORIZATION), form.all("access_token").next()) {
        (true, Some(_)) => return Err(Problem::bad_request("The token stands in more than one place.")),
        (false, Some(_)) => {
            let token = form.one("access_token").ok().flatten().ok_or_else(AuthError::missing)?;
            Presented::in_form(token, headers)
        }
        _ => Presented::of(headers)?,
    };
    let (granted, client) = opened(component, presented, method, "/userinfo", SCOPE_PROFILE).await?;
    if let Err(exceeded) = component.limiter.client(&client.client_id) {
        let often = Problem::new(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests");
        return Ok(exceeded.mark(often.detail("Klienten spør for ofte.").into_response()));
    }
    let ctx = &component.ctx;
    let pid = granted.authentication.pid;
    let sub = component.pairwise.sub(&client, &pid);
    let info = UserInfo { sub, pid: granted.pid(), locale: granted.locale };
    let what = format!("{} spurte hvem som er logget inn", client.name);
    let released = Personal::new(pid, info).release(&ctx.log, component.access(&client, pid, what)).await?;
    Ok(released.into_response())
}

/// What an access token with `scope` stands for, and its client; `method` and `path` are those of the request, of which a
/// token bound to a key needs a proof.
pub async fn opened(
    component: &Component,
    presented: Presented<'_>,
    method: &str,
    path: &str,
    scope: &str,
) -> Result<(Granted, Client), Problem> {
    let (ctx, now) = (&component.ctx, component.ctx.clock.now().as_second());
    let invalid = || AuthError::invalid("the token is unknown, expired or revoked");
    // A token is known by its hash, be it signed or opaque.
    let (row, granted) =
        store::access_token(&ctx.store, hash(presented.token), now).await?.ok_or_else(invalid)?;
    let address = format!("{}{path}", component.issuer());
    if let Some(proof) = presented.prove(row.jkt.as_deref(), method, &address, now)?
        && !dpop::use_up(component, &proof).await?
    {
        return Err(AuthError::from(DpopError("it has been used before")).into());
    }
    if !row.scope.split(' ').any(|own| own == scope) {
        return Err(AuthError::scope(scope).into());
    }
    let client = store::client(&ctx.store, &granted.client_id).await?.ok_or_else(invalid)?;
    Ok((granted, client))
}
