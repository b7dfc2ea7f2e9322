//! The question as a wallet fetches it: a signed request object (OpenID4VP 1.0 § 5, RFC 9101).

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use clients::lommebok::{PERSONAL_NUMBER, VCT};
use http::{HeaderMap, header};
use kernel::jose::{JoseError, jwe, sd_jwt};
use serde_json::{Value, json};

use super::{Asked, LIVES, Wallets, failed, wallets};
use crate::Component;
use crate::api::refused::Refused;
use crate::model::parameters::Parameters;

/// The type of a request object, and, after `application/`, its media type.
const TYP: &str = "oauth-authz-req+jwt";
/// What a wallet calls itself that has not told us (OpenID4VP 1.0 § 5.8).
const ANY_WALLET: &str = "https://self-issued.me/v2";
/// The name of the credential in the question and its answer.
pub const CREDENTIAL: &str = "pid";
/// The longest `wallet_nonce`; bytes.
const LONGEST_NONCE: usize = 512;

/// The question, for a wallet.
#[utoipa::path(get, path = "/eid/lommebok/foresporsel/{foresporsel}",
    params(("foresporsel" = String, Path, description = "The question")),
    responses((status = 200, content_type = "application/oauth-authz-req+jwt", body = String), (status = 400, body = crate::api::refused::OauthError)))]
pub async fn get(State(component): State<Component>, Path(name): Path<String>) -> Response {
    respond(&component, question(&component, &name, None).await)
}

/// The same for a wallet that gives a nonce of its own (`wallet_nonce`), which the answer repeats. What it tells of itself
/// (`wallet_metadata`) changes nothing: there is one way to answer.
#[utoipa::path(post, path = "/eid/lommebok/foresporsel/{foresporsel}",
    params(("foresporsel" = String, Path, description = "The question")),
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, content_type = "application/oauth-authz-req+jwt", body = String), (status = 400, body = crate::api::refused::OauthError)))]
pub async fn post(
    State(component): State<Component>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let asked = async {
        let form = Parameters::form(&headers, &body)?;
        form.one("wallet_metadata")?;
        let nonce = form.one("wallet_nonce")?;
        if nonce.is_some_and(|nonce| nonce.len() > LONGEST_NONCE) {
            return Err(Refused::request("wallet_nonce is too long"));
        }
        question(&component, &name, nonce).await
    };
    respond(&component, asked.await)
}

fn respond(component: &Component, question: Result<String, Refused>) -> Response {
    match question {
        Ok(question) => {
            let headers = [
                (header::CONTENT_TYPE, "application/oauth-authz-req+jwt"),
                (header::CACHE_CONTROL, "no-store"),
            ];
            (headers, question).into_response()
        }
        Err(refused) => refused.into_json(&component.ctx.rng, None),
    }
}

async fn question(component: &Component, name: &str, wallet_nonce: Option<&str>) -> Result<String, Refused> {
    let wallets = wallets(component)?;
    let asked = Asked::find(component, wallets, name).await?;
    write(component, wallets, &asked, name, wallet_nonce).map_err(failed)
}

/// The address that the answer to a question is posted to.
fn response_uri(component: &Component, name: &str) -> String {
    format!("{}{}{name}", component.issuer(), super::ANSWERS)
}

fn write(
    component: &Component,
    wallets: &Wallets,
    asked: &Asked,
    name: &str,
    wallet_nonce: Option<&str>,
) -> Result<String, JoseError> {
    let now = component.ctx.clock.now().as_second();
    let alg = wallets.certified.key().alg().as_str();
    let mut claims = json!({
        "iss": wallets.client_id,
        "aud": ANY_WALLET,
        "iat": now,
        "exp": now + LIVES,
        "client_id": wallets.client_id,
        "response_type": "vp_token",
        "response_mode": "direct_post",
        "response_uri": response_uri(component, name),
        "nonce": asked.nonce,
        "state": asked.state,
        "dcql_query": dcql(),
        "client_metadata": {
            "vp_formats_supported": { sd_jwt::TYP: { "sd-jwt_alg_values": [alg], "kb-jwt_alg_values": [alg] } },
        },
    });
    if let Some(key) = asked.key()? {
        claims["response_mode"] = "direct_post.jwt".into();
        claims["client_metadata"]["jwks"] = json!({ "keys": [key.public()?.published()] });
        claims["client_metadata"]["encrypted_response_enc_values_supported"] = json!(jwe::ENCS);
    }
    if let Some(nonce) = wallet_nonce {
        claims["wallet_nonce"] = nonce.into();
    }
    wallets.certified.sign_jwt(TYP, &claims)
}

/// What is asked for: the person's number alone, and nothing that is not needed to know who they are.
fn dcql() -> Value {
    json!({
        "credentials": [{
            "id": CREDENTIAL,
            "format": sd_jwt::TYP,
            "meta": { "vct_values": [VCT] },
            "claims": [{ "path": [PERSONAL_NUMBER] }],
        }],
    })
}
