//! The credential endpoint (OpenID4VCI 1.0 § 8).

use std::collections::HashSet;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use clients::idporten::ACR_HIGH;
use clients::lommebok::SCOPE;
use clients::{Purpose, orgs};
use http::{HeaderMap, StatusCode, header};
use kernel::auth::Issuer;
use kernel::id::{Orgnr, Pid};
use kernel::jose::status_list::Place;
use kernel::jose::{Jwk, sd_jwt};
use kernel::log::{Access, Actor, Personal};
use kernel::store::StoreError;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{OauthError, Refused, proven};
use crate::model::pid::{CONFIGURATION, PidClaims, parts};
use crate::model::{digest, proof};
use crate::{Component, NAME, store};

/// Most credentials of one request, each bound to a key of its own, so that verifiers cannot tell them to be one person's.
pub const MOST: usize = 10;

/// Why the person is looked up and gets the credential.
const PURPOSE: &str = "Utstedelse av personbevis til din lommebok";
/// The law that the wallet rests on, as the person sees it in the log of uses.
const HJEMMEL: &str = "Forordning (EU) 910/2014 (eIDAS) artikkel 5a, endret ved (EU) 2024/1183";

/// A request for credentials.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CredentialRequest {
    /// Which, by the name in the metadata.
    #[serde(default)]
    credential_configuration_id: Option<String>,
    /// By a name that the token's answer gave; no token here gives any.
    #[serde(default)]
    credential_identifier: Option<String>,
    /// The keys that the credentials are to be bound to.
    #[serde(default)]
    proofs: Option<Proofs>,
    /// How the answer is to be encrypted; that cannot be had.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    credential_response_encryption: Option<Value>,
}

/// Proofs of keys.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Proofs {
    /// JWTs of type `openid4vci-proof+jwt`, one to ten, all with the same nonce.
    jwt: Vec<String>,
}

/// The answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct CredentialResponse {
    /// One for each proof, in the same order.
    credentials: Vec<Credential>,
}

/// A credential.
#[derive(Debug, Serialize, ToSchema)]
pub struct Credential {
    /// SD-JWT VC with all disclosures.
    credential: String,
}

/// Issues the signed-in person's credential.
#[utoipa::path(post, path = "/lommebok/credential", tag = "lommebok", request_body = CredentialRequest,
    responses((status = 200, body = CredentialResponse), (status = 400, body = OauthError), (status = 401, body = OauthError),
        (status = 403, body = OauthError), (status = 413, body = OauthError)))]
pub async fn credential(
    State(component): State<Component>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refused> {
    let pid = authorized(&component, &headers).await?;
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Refused::too_large("invalid_credential_request"),
        _ => Refused::new("invalid_credential_request", "The body did not arrive whole"),
    })?;
    let keys = keys(&component, &body).await?;
    let credentials = issue(&component, &pid, &keys).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(CredentialResponse { credentials })).into_response())
}

/// Whose access token it is; one that is bound to a key comes with a proof of it.
async fn authorized(component: &Component, headers: &HeaderMap) -> Result<Pid, Refused> {
    let none = || Refused::token("There is no access token");
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next().and_then(|value| value.to_str().ok()).ok_or_else(none)?;
    if values.next().is_some() {
        return Err(Refused::token("There is more than one access token"));
    }
    let (scheme, given) = value.split_once(' ').ok_or_else(none)?;
    let found =
        store::token(&component.ctx.store, &digest("token", &[given.trim()]), component.now()).await?;
    let Some(token) = found else { return by_idporten(component, headers).await };
    match token.jkt {
        None if scheme.eq_ignore_ascii_case("bearer") => {}
        Some(jkt) if scheme.eq_ignore_ascii_case("dpop") => {
            let proof = proven(component, headers, "credential", Some(given.trim())).await?;
            if proof.is_none_or(|proof| proof.jkt != jkt) {
                return Err(Refused::token("The access token is bound to another key"));
            }
        }
        _ => return Err(Refused::token("The access token is of another type")),
    }
    Ok(token.pid)
}

/// Whose token of ID-porten it is (the authorization code flow, OpenID4VCI 1.0 § 5): with the scope, of a person who has
/// signed in at level high. The kernel verifies it, and the proof of its key where it is bound to one.
async fn by_idporten(component: &Component, headers: &HeaderMap) -> Result<Pid, Refused> {
    let unknown = "The access token is not known, or too old";
    let claims = component.ctx.auth.bearer(headers, Issuer::Idporten).await;
    let claims = claims.map_err(|error| match error.status() {
        StatusCode::SERVICE_UNAVAILABLE => {
            Refused { status: StatusCode::SERVICE_UNAVAILABLE, ..Refused::server() }
        }
        _ => Refused::token(unknown),
    })?;
    if !claims.has_scope(SCOPE) {
        return Err(Refused::scope("The access token is not for the credential"));
    }
    if claims.acr.as_deref() != Some(ACR_HIGH) {
        return Err(Refused::scope("The person has not signed in at level high"));
    }
    claims.pid.ok_or(Refused::scope("The access token names no person"))
}

/// The keys that the wallet has proven to hold, with a nonce that is used up by it.
async fn keys(component: &Component, body: &[u8]) -> Result<Vec<Jwk>, Refused> {
    let request: CredentialRequest = serde_json::from_slice(body)
        .map_err(|_| Refused::new("invalid_credential_request", "The body is not a credential request"))?;
    match (request.credential_configuration_id.as_deref(), request.credential_identifier) {
        (None, Some(_)) => {
            return Err(Refused::new("unknown_credential_identifier", "The token names no credentials"));
        }
        (Some(CONFIGURATION), None) => {}
        (Some(_), None) => {
            return Err(Refused::new("unknown_credential_configuration", "It is not in the metadata"));
        }
        _ => {
            let why = "Exactly one of credential_configuration_id and credential_identifier is wanted";
            return Err(Refused::new("invalid_credential_request", why));
        }
    }
    if request.credential_response_encryption.is_some() {
        return Err(Refused::new("invalid_encryption_parameters", "Answers are not encrypted"));
    }
    let proofs = request.proofs.map(|proofs| proofs.jwt).unwrap_or_default();
    if proofs.is_empty() {
        return Err(Refused::new("invalid_proof", "There is no proof of a key"));
    }
    if proofs.len() > MOST {
        return Err(Refused::new("invalid_proof", "There are more than ten proofs"));
    }
    let now = component.now();
    let (mut keys, mut known, mut nonces) = (Vec::new(), HashSet::new(), HashSet::new());
    for jwt in &proofs {
        let proof =
            proof::verify(jwt, &component.issuer, now).map_err(|why| Refused::new("invalid_proof", why))?;
        if !known.insert(proof.key.thumbprint()) {
            return Err(Refused::new("invalid_proof", "Two proofs are of the same key"));
        }
        keys.push(proof.key);
        nonces.insert(proof.nonce.ok_or(Refused::new("invalid_nonce", "A proof has no nonce"))?);
    }
    let invalid = || Refused::new("invalid_nonce", "The nonce is not of this issuer, used, or too old");
    let mut nonces = nonces.into_iter();
    let (Some(nonce), None) = (nonces.next(), nonces.next()) else {
        return Err(Refused::new("invalid_nonce", "The proofs have different nonces"));
    };
    let until = component.nonces.until(&nonce, now).ok_or_else(invalid)?;
    let what = digest("nonce", &[&nonce]);
    let first: Result<bool, StoreError> = component
        .ctx
        .store
        .write(move |tx| Box::pin(async move { store::use_up(tx, &what, until).await }))
        .await;
    if first? { Ok(keys) } else { Err(invalid()) }
}

/// Looks the person up, writes the use to the access log, and signs a credential for each key.
async fn issue(component: &Component, pid: &Pid, keys: &[Jwk]) -> Result<Vec<Credential>, Refused> {
    let ctx = &component.ctx;
    let found = component.people.person(pid, &parts(), &Purpose::new(PURPOSE)).await;
    let person = found.map_err(|error| {
        tracing::error!(status = error.status(), "a person could not be looked up");
        Refused { status: StatusCode::SERVICE_UNAVAILABLE, ..Refused::server() }
    })?;
    let claims = person.and_then(|person| PidClaims::new(&person, pid, &component.issuer, ctx.clock.now()));
    let denied =
        Refused::new("credential_request_denied", "The register does not bear a credential for the person");
    let claims = claims.ok_or(denied)?;
    let access = Access {
        actor: Actor {
            orgnr: Orgnr::parse(orgs::DIGDIR.orgnr).ok(),
            pid: Some(*pid),
            client_id: "felles-lommebok".to_owned(),
        },
        component: NAME.to_owned(),
        what: format!("Utstedte personbevis til din lommebok ({} eksemplarer)", keys.len()),
        hjemmel: HJEMMEL.to_owned(),
        formaal: Some(PURPOSE.to_owned()),
        sak: None,
    };
    let claims = Personal::new(*pid, claims).release(&ctx.log, access).await?;
    let failed = |error| {
        tracing::error!(%error, "a credential could not be signed");
        Refused::server()
    };
    let (signer, x5c) = component.signer().map_err(failed)?;
    let new = store::New {
        batch: ctx.rng.uuid().to_string(),
        pid: *pid,
        count: keys.len(),
        issued: component.now(),
        expires: claims.expires,
    };
    let rng = ctx.rng.clone();
    let places: Result<Vec<(i64, i64)>, StoreError> =
        ctx.store.write(move |tx| Box::pin(async move { store::add_issued(tx, &new, &rng).await })).await;
    let mut credentials = Vec::with_capacity(keys.len());
    for (key, (list, idx)) in keys.iter().zip(places?) {
        // Drawn from what is not negative.
        let place = Place { idx: idx.unsigned_abs(), uri: component.endpoint(&super::status::path(list)) };
        let (open, hidden) = claims.bound_to(key, &place);
        let credential = sd_jwt::issue(&signer, x5c, open, hidden, &ctx.rng).map_err(failed)?;
        credentials.push(Credential { credential });
    }
    Ok(credentials)
}
