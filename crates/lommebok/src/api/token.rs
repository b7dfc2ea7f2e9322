//! The token endpoint: a pre-authorized code and the transaction code for an access token (OpenID4VCI 1.0 § 6).

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use kernel::store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

use super::metadata::PRE_AUTHORIZED;
use super::{OauthError, Refused, proven};
use crate::model::{TOKEN_LIVES, WRONG_TX_CODES, digest};
use crate::store::Redeemed;
use crate::{Component, store};

/// The form of a token request.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes the form for OpenAPI; it is read by hand, to answer as OAuth does")]
pub struct TokenRequest {
    /// `urn:ietf:params:oauth:grant-type:pre-authorized_code`.
    grant_type: String,
    /// The code of the offer.
    #[schema(rename = "pre-authorized_code")]
    pre_authorized_code: String,
    /// The six digits that the person was shown.
    tx_code: String,
}

/// An access token.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenResponse {
    /// Opens the credential endpoint.
    access_token: String,
    /// `DPoP` where the request came with a proof, to whose key the token is bound; otherwise `Bearer`.
    token_type: &'static str,
    /// How many seconds it lives.
    expires_in: i64,
}

/// Gives an access token for a code.
#[utoipa::path(post, path = "/lommebok/token", tag = "lommebok",
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = TokenResponse), (status = 400, body = OauthError), (status = 413, body = OauthError)))]
pub async fn token(
    State(component): State<Component>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refused> {
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Refused::too_large("invalid_request"),
        _ => Refused::new("invalid_request", "The body did not arrive whole"),
    })?;
    let form = form(&headers, &body)?;
    let one = |name: &str| form.get(name).map(String::as_str);
    match one("grant_type") {
        Some(PRE_AUTHORIZED) => {}
        Some(_) => {
            return Err(Refused::new(
                "unsupported_grant_type",
                "Only pre-authorized codes are exchanged here",
            ));
        }
        None => return Err(Refused::new("invalid_request", "grant_type is missing")),
    }
    let code = one("pre-authorized_code")
        .ok_or(Refused::new("invalid_request", "pre-authorized_code is missing"))?;
    let tx_code = one("tx_code").ok_or(Refused::new("invalid_request", "tx_code is missing"))?;
    if form.contains_key("authorization_details") {
        return Err(Refused::new("invalid_request", "authorization_details is not supported"));
    }
    let proof = proven(&component, &headers, "token", None).await?;
    let jkt = proof.map(|proof| proof.jkt);
    let token_type = if jkt.is_some() { "DPoP" } else { "Bearer" };

    let access_token = component.ctx.rng.token();
    let now = component.now();
    let (code, tx_code) = (digest("kode", &[code]), digest("transaksjon", &[code, tx_code]));
    let kept = digest("token", &[&access_token]);
    let redeemed: Result<Redeemed, StoreError> = component
        .ctx
        .store
        .write(move |tx| {
            Box::pin(async move {
                let redeemed = store::redeem(tx, &code, &tx_code, WRONG_TX_CODES, now).await?;
                if let Redeemed::Person(pid) = &redeemed {
                    store::add_token(tx, &kept, pid, jkt.as_deref(), now + TOKEN_LIVES).await?;
                }
                Ok(redeemed)
            })
        })
        .await;
    match redeemed? {
        Redeemed::Person(_) => {
            let answer = TokenResponse { access_token, token_type, expires_in: TOKEN_LIVES };
            Ok(([(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response())
        }
        Redeemed::WrongTxCode => Err(Refused::new("invalid_grant", "The transaction code is wrong")),
        Redeemed::Unknown => Err(Refused::new("invalid_grant", "The code is not known, used, or too old")),
    }
}

/// The parameters of a form, none of which stands twice. Empty values count as left out (RFC 6749 § 3.2).
fn form(headers: &HeaderMap, body: &[u8]) -> Result<HashMap<String, String>, Refused> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(Refused::new(
            "invalid_request",
            "The content type must be application/x-www-form-urlencoded",
        ));
    }
    let mut form = HashMap::new();
    for (name, value) in url::form_urlencoded::parse(body).into_owned() {
        if !value.is_empty() && form.insert(name, value).is_some() {
            return Err(Refused::new("invalid_request", "A parameter is repeated"));
        }
    }
    Ok(form)
}
