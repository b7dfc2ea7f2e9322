//! The token endpoint.

use std::net::SocketAddr;

use axum::extract::rejection::BytesRejection;
use axum::extract::{ConnectInfo, State};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use bytes::Bytes;
use clients::maskinporten::TokenResponse;
use http::{HeaderMap, header};
use kernel::jose::dpop;
use kernel::limits;
use utoipa::ToSchema;

use super::refused::{OauthError, Refused};
use crate::model::{self, Authorities, Grant, TokenClaims};
use crate::{Component, store};

/// Largest form, in bytes.
pub const MAX_BODY: usize = 64 << 10;
/// How often a decision is made anew because what it rests on changed.
const ATTEMPTS: usize = 4;

/// The form of a token request.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes the form for OpenAPI; it is read by hand, to answer as OAuth does")]
pub struct TokenRequest {
    /// `urn:ietf:params:oauth:grant-type:jwt-bearer`.
    grant_type: String,
    /// The signed assertion.
    assertion: String,
}

/// Exchanges a signed assertion for an access token.
#[utoipa::path(post, path = "/maskinporten/token", tag = "maskinporten",
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = TokenResponse), (status = 400, body = OauthError), (status = 403, body = OauthError), (status = 413, body = OauthError), (status = 429, body = OauthError)))]
pub async fn token(
    State(component): State<Component>,
    from: From,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    answer(&component, from, &headers, body).await
}

/// The same with a slash at the end, as some clients call it.
#[utoipa::path(post, path = "/maskinporten/token/", tag = "maskinporten",
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = TokenResponse), (status = 400, body = OauthError), (status = 403, body = OauthError), (status = 413, body = OauthError), (status = 429, body = OauthError)))]
pub async fn token_slash(
    State(component): State<Component>,
    from: From,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    answer(&component, from, &headers, body).await
}

/// Where a request comes from, where the server tells.
type From = Option<Extension<ConnectInfo<SocketAddr>>>;

async fn answer(
    component: &Component,
    from: From,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let mut client_id = None;
    let address = from.map(|Extension(ConnectInfo(address))| address.ip().to_canonical());
    let granted = match component.limiter.address(address, true) {
        Ok(limited) => limits::within(limited, grant(component, headers, body, &mut client_id)).await,
        Err(exceeded) => Err(exceeded.into()),
    };
    match granted {
        Ok(answer) => ([(header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")], Json(answer))
            .into_response(),
        Err(refused) => refused.into_response(&component.ctx.rng, client_id.as_deref()),
    }
}

async fn grant(
    component: &Component,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
    client_id: &mut Option<String>,
) -> Result<TokenResponse, Refused> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let body = body.map_err(|rejection| Refused::body(rejection.status()))?;
    let assertion = model::form(content_type, &body)?;
    let proof = dpop::of(headers).map_err(Refused::proof)?;
    let claimed = model::claimed(&assertion)?;
    let client_id = client_id.insert(claimed.client_id);
    // Certificates are rare, so that the own authority's list of revoked ones is made for each.
    let test = if claimed.by_certificate { component.test_trust().await? } else { None };
    let configured = component.trust();
    let mut known = component.registry.known(client_id).await?;
    for _ in 0..ATTEMPTS {
        let now = component.ctx.clock.now().as_second();
        let authorities = Authorities { configured: &configured, test: test.as_ref() };
        let verified = model::verify(&assertion, &known, authorities, &component.issuer, now);
        if verified.is_ok() {
            component.limiter.client(client_id)?;
        }
        let outcome = match verified {
            Err(refused) => Err(refused),
            Ok(verified) => match model::decide(&verified, &known) {
                Ok(grant) => issue(component, grant, proof, now).await,
                // That it has been used is told before what it may not have.
                Err(_) if store::is_used(&component.ctx.store, verified.fingerprint).await? => {
                    return Err(Refused::replayed());
                }
                Err(refused) => Err(refused),
            },
        };
        let Err(refused) = outcome else { return outcome };
        // What is remembered may be out of date: another node may have registered a key a moment ago.
        match component.registry.newer(client_id, &known).await? {
            Some(newer) => known = newer,
            None => return Err(refused),
        }
    }
    Err(Refused::server())
}

/// Keeps that the assertion is used and what is issued, and then signs. With a proof (DPoP) the token is bound to its key.
async fn issue(
    component: &Component,
    grant: Grant,
    proof: Option<&str>,
    now: i64,
) -> Result<TokenResponse, Refused> {
    let address = format!("{}token", component.issuer);
    let verified = proof.map(|proof| dpop::verify(proof, "POST", &address, None, now));
    let proof = verified.transpose().map_err(Refused::proof)?;
    let jti = component.ctx.rng.token();
    let scope = grant.scopes.join(" ");
    let issued = store::Issued { grant, scope, jti, proof, at: now };
    let store = &component.ctx.store;
    let write = store.write(move |tx| {
        Box::pin(async move { store::issue(tx, &issued).await.map(|system_user| (issued, system_user)) })
    });
    let (issued, user) = write.await?;
    let jkt = issued.proof.as_ref().map(|proof| proof.jkt.as_str());
    let claims = TokenClaims::new(
        &issued.grant,
        user.as_ref(),
        &issued.scope,
        &component.issuer,
        &issued.jti,
        jkt,
        now,
    );
    let token_type = claims.token_type().to_owned();
    let signed = component.keyring.signer(component.signing).and_then(|key| key.sign_jwt(None, &claims));
    let access_token = signed.map_err(|error| {
        tracing::error!(%error, "a token could not be signed");
        Refused::server()
    })?;
    let expires_in = issued.grant.lifetime;
    Ok(TokenResponse { access_token, token_type, expires_in, scope: issued.scope })
}
