//! A wallet's answer (OpenID4VP 1.0 § 8): encrypted (`direct_post.jwt`) or not (`direct_post`), as the question wants it;
//! an error need not be encrypted.
//!
//! An answer that is refused changes nothing: the question may still be answered. One that holds, or an error of the
//! wallet, is kept, once.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::Json;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use kernel::store::StoreError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::issuers::Fault;
use super::store::{self, Outcome};
use super::{Asked, digits_of, failed, hash_of_digits, wallets};
use crate::Component;
use crate::api::refused::{OauthError, Refused};
use crate::model::hash;
use crate::model::parameters::Parameters;

/// The longest error code that is kept; characters.
const LONGEST_ERROR: usize = 100;

/// Where the wallet goes now.
#[derive(Debug, Serialize, ToSchema)]
pub struct Onward {
    /// An address of ours, to be opened in the person's browser.
    redirect_uri: String,
}

/// The credentials shown, by their names in the question.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct VpToken {
    pid: [String; 1],
}

/// What an encrypted answer says. Others than these are ignored.
#[derive(Debug, Deserialize)]
struct Content {
    vp_token: Option<VpToken>,
    state: Option<String>,
    error: Option<String>,
}

/// A wallet answers a question: `response` is an encrypted token of `vp_token` and `state`; or `error` and `state` say why
/// it does not show what was asked for.
#[utoipa::path(post, path = "/eid/lommebok/svar/{foresporsel}",
    params(("foresporsel" = String, Path, description = "The question")),
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = Onward), (status = 400, body = OauthError), (status = 413, body = OauthError),
        (status = 503, description = "The credential's issuer does not answer", body = OauthError)))]
pub async fn answer(
    State(component): State<Component>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    match try_answer(&component, &name, &headers, body).await {
        Ok(redirect_uri) => {
            ([(header::CACHE_CONTROL, "no-store")], Json(Onward { redirect_uri })).into_response()
        }
        Err(refused) => refused.into_json(&component.ctx.rng, None),
    }
}

async fn try_answer(
    component: &Component,
    name: &str,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<String, Refused> {
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Refused::too_large(),
        _ => Refused::request("The body did not arrive whole"),
    })?;
    let (ctx, wallets) = (&component.ctx, wallets(component)?);
    let form = Parameters::form(headers, &body)?;
    let asked = Asked::find(component, wallets, name).await?;
    let content = read(&form, &asked)?;
    let known = content
        .state
        .is_some_and(|state| verify_slices_are_equal(state.as_bytes(), asked.state.as_bytes()).is_ok());
    if !known {
        return Err(Refused::request("state is not the question's"));
    }
    let now = ctx.clock.now().as_second();
    let outcome = match (content.vp_token, content.error) {
        (Some(VpToken { pid: [presentation] }), None) => {
            let shown = wallets.issuers.verify(&presentation, &wallets.client_id, &asked.nonce, now).await;
            Outcome::Person(shown.map_err(refused)?)
        }
        (None, Some(error)) => {
            let printable = |char: &char| char.is_ascii_graphic();
            Outcome::Fault(error.chars().filter(printable).take(LONGEST_ERROR).collect())
        }
        _ => return Err(Refused::request("Exactly one of vp_token and error is wanted")),
    };

    let response_code = ctx.rng.token();
    let digits = hash_of_digits(name, &digits_of(&response_code));
    let (request, code) = (hash(name), hash(&response_code));
    let first: Result<bool, StoreError> = ctx
        .store
        .write(move |tx| {
            Box::pin(async move { store::answer(tx, request, &outcome, code, digits, now).await })
        })
        .await;
    if !first? {
        return Err(Refused::request("The question has been answered"));
    }
    Ok(format!("{}/eid/lommebok/tilbake?svar={response_code}", component.issuer()))
}

/// What an answer says, decrypted.
fn read(form: &Parameters, asked: &Asked) -> Result<Content, Refused> {
    let unlike = |_| Refused::request("The answer does not hold what was asked for");
    let (state, error) = (form.one("state")?, form.one("error")?);
    let key = asked.key().map_err(failed)?;
    match (form.one("response")?, form.one("vp_token")?, key) {
        (Some(response), None, Some(key)) if error.is_none() => {
            let opened = key.decrypt(response);
            let opened =
                opened.map_err(|error| Refused::request(format!("response cannot be read: {error}")))?;
            serde_json::from_slice(&opened).map_err(unlike)
        }
        (None, None, _) if error.is_some() => {
            Ok(Content { vp_token: None, state: state.map(str::to_owned), error: error.map(str::to_owned) })
        }
        (None, Some(vp_token), None) if error.is_none() => {
            let vp_token = Some(serde_json::from_str(vp_token).map_err(unlike)?);
            Ok(Content { vp_token, state: state.map(str::to_owned), error: None })
        }
        (None, Some(_), Some(_)) => Err(Refused::request("The answer is not encrypted")),
        (Some(_), None, None) => Err(Refused::request("The answer is encrypted")),
        _ => Err(Refused::request("Exactly one of an answer and an error is wanted")),
    }
}

fn refused(fault: Fault) -> Refused {
    match fault {
        Fault::Client(error) => {
            tracing::warn!(%error, "an issuer of person identification data does not answer");
            Refused::unavailable("The credential's issuer does not answer")
        }
        fault => Refused::request(format!("The presentation does not hold: {fault}")),
    }
}
