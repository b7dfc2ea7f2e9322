//! The token endpoint.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use clients::idporten::TokenResponse;
use http::{HeaderMap, header};
use kernel::log::{Access, Actor, Personal};
use kernel::store::Tx;
use utoipa::ToSchema;

use super::refused::{OauthError, Refused};
use super::{caller, dpop};
use crate::model::client::Client;
use crate::model::hash;
use crate::model::parameters::Parameters;
use crate::model::request::is_verifier;
use crate::model::tokens::{AccessToken, Granted, IdToken, Stamp, token_type};
use crate::store::AccessTokenRow;
use crate::{Component, store};

/// The law that lets ID-porten say who a person is.
pub const HJEMMEL: &str = "Personvernforordningen artikkel 6 nr. 1 bokstav e, jf. forvaltningsloven § 15 a";

/// The form of a token request.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes the form for OpenAPI; it is read by hand, to answer as OAuth does")]
pub struct TokenRequest {
    /// `authorization_code` or `refresh_token`.
    grant_type: String,
    /// The client.
    client_id: Option<String>,
    /// The code.
    code: Option<String>,
    /// As in the authorization request.
    redirect_uri: Option<String>,
    /// The secret of PKCE.
    code_verifier: Option<String>,
    /// The refresh token.
    refresh_token: Option<String>,
    /// Fewer scopes than before, for a refresh.
    scope: Option<String>,
    /// `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`.
    client_assertion_type: Option<String>,
    /// The client's assertion.
    client_assertion: Option<String>,
    /// The client's secret.
    client_secret: Option<String>,
}

/// Exchanges a code or a refresh token for tokens.
#[utoipa::path(post, path = "/token",
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = TokenResponse), (status = 400, body = OauthError), (status = 401, body = OauthError)))]
pub async fn token(State(component): State<Component>, headers: HeaderMap, body: Bytes) -> Response {
    let mut client_id = None;
    let mut response = match exchange(&component, &headers, &body, &mut client_id).await {
        Ok(response) => response,
        Err(refused) => refused.into_json(&component.ctx.rng, client_id.as_deref()),
    };
    dpop::give_nonce(&component, &headers, response.headers_mut());
    response
}

async fn exchange(
    component: &Component,
    headers: &HeaderMap,
    body: &[u8],
    client_id: &mut Option<String>,
) -> Result<Response, Refused> {
    let form = Parameters::form(headers, body)?;
    let kind = form.required("grant_type")?;
    if !matches!(kind, "authorization_code" | "refresh_token") {
        return Err(Refused::new("unsupported_grant_type", "The grant type is not supported"));
    }
    let client = caller::authenticate(component, headers, &form, client_id).await?;
    let jkt = dpop::proven(component, headers, &client, "/token").await?;
    if jkt.is_none() && client.must_prove() {
        return Err(dpop::missing());
    }
    let new = Candidates::make(component, jkt);
    let now = new.now;
    let decided = if kind == "refresh_token" {
        if !client.refresh_tokens {
            return Err(Refused::new(
                "unauthorized_client",
                "The client is not registered for refresh tokens",
            ));
        }
        let ask = Refresh {
            token: hash(form.required("refresh_token")?),
            scope: form.one("scope")?.map(str::to_owned),
            client: client.clone(),
        };
        let store = &component.ctx.store;
        store.write(move |tx| Box::pin(async move { ask.decide(tx, new).await })).await?
    } else {
        // Whether there must be one, the code's own challenge says.
        let verifier = form.one("code_verifier")?;
        let ask = Exchange {
            code: hash(form.required("code")?),
            redirect_uri: form.required("redirect_uri")?.to_owned(),
            challenge: verifier.map(|verifier| URL_SAFE_NO_PAD.encode(hash(verifier))),
            verifier_holds: verifier.is_none_or(is_verifier),
            client: client.clone(),
        };
        let store = &component.ctx.store;
        store.write(move |tx| Box::pin(async move { ask.decide(tx, new).await })).await?
    };
    // A used code or token revokes, which a refusal inside the transaction would take back.
    let given = decided.ok_or_else(Refused::grant)?;
    answer(component, &client, given, now).await
}

/// What is made before it is known whether it will be given.
struct Candidates {
    access_token: String,
    refresh_token: String,
    id_token_jti: String,
    jti: String,
    now: i64,
    /// The key that the request proves.
    jkt: Option<String>,
    issuer: Component,
}

impl Candidates {
    fn make(component: &Component, jkt: Option<String>) -> Self {
        let rng = &component.ctx.rng;
        Self {
            jkt,
            access_token: rng.token(),
            refresh_token: rng.token(),
            id_token_jti: rng.token(),
            jti: rng.token(),
            now: component.ctx.clock.now().as_second(),
            issuer: component.clone(),
        }
    }
}

/// What is given, kept already.
struct Given {
    granted: Granted,
    scope: String,
    access_token: String,
    token_type: &'static str,
    refresh_token: Option<String>,
    id_token_jti: String,
    refreshed: bool,
}

struct Exchange {
    code: Vec<u8>,
    redirect_uri: String,
    challenge: Option<String>,
    verifier_holds: bool,
    client: Client,
}

impl Exchange {
    async fn decide(self, tx: &mut Tx, new: Candidates) -> Result<Option<Given>, Refused> {
        let Self { code, redirect_uri, challenge, verifier_holds, client } = self;
        let Some(brought) = store::code(tx, code.clone()).await? else { return Ok(None) };
        let granted = brought.granted;
        if brought.used {
            tracing::warn!(
                client_id = client.client_id,
                "a code came a second time: all that it gave is revoked"
            );
            store::revoke(tx, &granted.id, new.now).await?;
            return Ok(None);
        }
        // A verifier for a code that was asked for without a challenge is as wrong as none for one with: somebody may
        // have taken the challenge out on the way (RFC 9700 § 2.1.1).
        let proven = match (&granted.code_challenge, &challenge) {
            (Some(asked), Some(shown)) => verify_slices_are_equal(asked.as_bytes(), shown.as_bytes()).is_ok(),
            (None, None) => true,
            _ => false,
        };
        let holds = granted.client_id == client.client_id
            && granted.redirect_uri == redirect_uri
            && verifier_holds
            && proven
            && granted.dpop_jkt.as_ref().is_none_or(|bound| new.jkt.as_ref() == Some(bound))
            && !brought.revoked
            && new.now < brought.expires;
        if !holds {
            return Ok(None);
        }
        store::use_code(tx, code).await?;
        let scope = granted.scopes.join(" ");
        let refresh_token = client.refresh_tokens.then(|| new.refresh_token.clone());
        if let Some(token) = &refresh_token {
            let ends = granted.refresh_token_ends(&client, new.now);
            // What a public client is known by from now on (RFC 9449 § 5).
            let jkt = new.jkt.clone().filter(|_| client.is_public());
            store::put_refresh_token(tx, &granted.id, hash(token), ends, jkt).await?;
        }
        give(tx, &client, granted, scope, refresh_token, new, false).await.map(Some)
    }
}

struct Refresh {
    token: Vec<u8>,
    scope: Option<String>,
    client: Client,
}

impl Refresh {
    async fn decide(self, tx: &mut Tx, new: Candidates) -> Result<Option<Given>, Refused> {
        let Self { token, scope, client } = self;
        let Some(brought) = store::refresh_token(tx, token.clone()).await? else { return Ok(None) };
        let mut granted = brought.granted;
        if granted.client_id != client.client_id {
            return Ok(None);
        }
        if brought.jkt.as_ref().is_some_and(|bound| new.jkt.as_ref() != Some(bound)) {
            return Ok(None);
        }
        // What has been taken from the client since is given no more.
        granted.scopes.retain(|scope| client.scopes.contains(scope));
        if brought.used {
            tracing::warn!(
                client_id = client.client_id,
                "a refresh token came a second time: all is revoked"
            );
            store::revoke(tx, &granted.id, new.now).await?;
            return Ok(None);
        }
        if brought.revoked || brought.expires <= new.now || granted.scopes.is_empty() {
            return Ok(None);
        }
        let scope = match scope {
            None => granted.scopes.join(" "),
            Some(fewer) => {
                if let Some(more) = fewer.split_ascii_whitespace().find(|scope| !granted.has_scope(scope)) {
                    let why = format!("The scope {more} was not granted before");
                    return Err(Refused::new("invalid_scope", why));
                }
                fewer.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
            }
        };
        let ends = granted.refresh_token_ends(&client, new.now);
        let refresh_token = if client.rotates() {
            store::use_refresh_token(tx, token).await?;
            let jkt = brought.jkt.or_else(|| new.jkt.clone().filter(|_| client.is_public()));
            store::put_refresh_token(tx, &granted.id, hash(&new.refresh_token), ends, jkt).await?;
            Some(new.refresh_token.clone())
        } else {
            store::prolong_refresh_token(tx, token, ends).await?;
            None
        };
        give(tx, &client, granted, scope, refresh_token, new, true).await.map(Some)
    }
}

/// Makes the access token and keeps it.
async fn give(
    tx: &mut Tx,
    client: &Client,
    granted: Granted,
    scope: String,
    refresh_token: Option<String>,
    new: Candidates,
    refreshed: bool,
) -> Result<Given, Refused> {
    let Candidates { access_token, jti, jkt, now, issuer, id_token_jti, .. } = new;
    let access_token = if granted.opaque {
        access_token
    } else {
        let sub = issuer.pairwise.sub(client, &granted.authentication.pid);
        let stamp = issuer.stamp(&granted, client, &sub, &jti, now);
        let claims = AccessToken::new(&granted, client, &scope, jkt.as_deref(), stamp);
        issuer.sign(client, &claims)?
    };
    let expires = granted.access_token_ends(now);
    let token_type = token_type(jkt.as_deref());
    let row =
        AccessTokenRow { hash: hash(&access_token), jti, scope: scope.clone(), issued: now, expires, jkt };
    store::put_access_token(tx, &granted.id, &row).await?;
    Ok(Given { granted, scope, access_token, token_type, refresh_token, id_token_jti, refreshed })
}

async fn answer(component: &Component, client: &Client, given: Given, now: i64) -> Result<Response, Refused> {
    let Given { granted, scope, access_token, token_type, refresh_token, id_token_jti, refreshed } = given;
    let pid = granted.authentication.pid;
    let id_token = if scope.split(' ').any(|scope| scope == clients::idporten::SCOPE_OPENID) {
        let sub = component.pairwise.sub(client, &pid);
        let stamp = component.stamp(&granted, client, &sub, &id_token_jti, now);
        let claims = IdToken::new(&granted, client, stamp, refreshed);
        Some(component.sign(client, &claims)?)
    } else {
        None
    };
    let expires_in = granted.access_token_ends(now) - now;
    let token_type = token_type.to_owned();
    let authorization_details = granted.chosen.authorization_details.clone();
    let answer = TokenResponse {
        access_token,
        token_type,
        expires_in,
        id_token,
        refresh_token,
        scope,
        authorization_details,
    };
    let what = if refreshed { "Innloggingen hos" } else { "Innlogging hos" };
    let behalf = if granted.chosen.mandate.is_some() { ", på vegne av en annen" } else { "" };
    let what = format!("{what} {}{}{behalf}", client.name, if refreshed { " ble fornyet" } else { "" });
    let released = Personal::many(granted.subjects(), answer)
        .release(&component.ctx.log, component.access(client, pid, what))
        .await?;
    Ok(([(header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")], released).into_response())
}

impl Component {
    /// A use of what the provider knows of a person: the person's own, at `client`.
    pub(crate) fn access(&self, client: &Client, pid: kernel::id::Pid, what: String) -> Access {
        Access {
            actor: Actor { orgnr: Some(client.orgnr), pid: Some(pid), client_id: client.client_id.clone() },
            component: self.portal.name().to_owned(),
            what,
            hjemmel: HJEMMEL.to_owned(),
            formaal: None,
            sak: None,
        }
    }

    fn stamp<'a>(
        &'a self,
        granted: &Granted,
        client: &Client,
        sub: &'a str,
        jti: &'a str,
        now: i64,
    ) -> Stamp<'a> {
        let representation = granted.representation(client, &self.pairwise);
        Stamp { portal: self.portal, iss: self.issuer(), sub, jti, now, representation }
    }

    /// Signs claims for `client` with the key in use.
    fn sign(&self, client: &Client, claims: &impl serde::Serialize) -> Result<String, Refused> {
        let signed = self.keyring.signer(client.signing_alg()).and_then(|key| key.sign_jwt(None, claims));
        signed.map_err(|error| {
            tracing::error!(%error, "a token could not be signed");
            Refused::server()
        })
    }
}
