//! What a wallet reads before it asks for anything: of the issuer (OpenID4VCI 1.0 § 12.2), of its authorization server
//! (RFC 8414), and, as a verifier does too, of the keys that sign credentials (SD-JWT VC § 4).

use std::sync::PoisonError;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use clients::lommebok::SCOPE;
use http::{HeaderMap, header};
use kernel::jose::dpop;
use serde_json::{Value, json};

use crate::Component;
use crate::model::pid::{CLAIMS, CONFIGURATION, VCT};
use crate::model::proof::ALG;

/// The grant of a code that the issuer has handed out with an offer.
pub const PRE_AUTHORIZED: &str = "urn:ietf:params:oauth:grant-type:pre-authorized_code";

/// What can be issued, and where.
#[utoipa::path(get, path = "/.well-known/openid-credential-issuer/lommebok", tag = "lommebok",
    responses((status = 200, body = Object)))]
pub async fn issuer(State(component): State<Component>) -> Json<Value> {
    let display =
        |nb: &str, en: &str| json!([{ "name": nb, "locale": "nb" }, { "name": en, "locale": "en" }]);
    let claims: Vec<Value> = CLAIMS
        .iter()
        .map(|(name, mandatory, nb, en)| {
            json!({ "path": [name], "mandatory": mandatory, "display": display(nb, en) })
        })
        .collect();
    let configuration = json!({
        "format": "dc+sd-jwt",
        "scope": SCOPE,
        "vct": VCT,
        "cryptographic_binding_methods_supported": ["jwk"],
        "credential_signing_alg_values_supported": ["ES256"],
        "proof_types_supported": { "jwt": { "proof_signing_alg_values_supported": [ALG.as_str()] } },
        "credential_metadata": { "display": display("Personbevis", "Person identification data"), "claims": claims },
    });
    Json(json!({
        "credential_issuer": &*component.issuer,
        // The issuer itself for codes that come with an offer, ID-porten for people who begin in their wallet.
        "authorization_servers": [&*component.issuer, component.relying.issuer()],
        "credential_endpoint": component.endpoint("credential"),
        "nonce_endpoint": component.endpoint("nonce"),
        "batch_credential_issuance": { "batch_size": super::credential::MOST },
        "display": display("Folkeregisteret, ved Felles", "The National Population Register, by Felles"),
        "credential_configurations_supported": { CONFIGURATION: configuration },
    }))
}

/// How tokens for the credential endpoint are had.
#[utoipa::path(get, path = "/.well-known/oauth-authorization-server/lommebok", tag = "lommebok",
    responses((status = 200, body = Object)))]
pub async fn authorization_server(State(component): State<Component>) -> Json<Value> {
    let algs: Vec<&str> = dpop::ALGS.iter().map(|alg| alg.as_str()).collect();
    Json(json!({
        "issuer": &*component.issuer,
        "token_endpoint": component.endpoint("token"),
        "grant_types_supported": [PRE_AUTHORIZED],
        "response_types_supported": [],
        "token_endpoint_auth_methods_supported": ["none"],
        "pre-authorized_grant_anonymous_access_supported": true,
        "dpop_signing_alg_values_supported": algs,
    }))
}

/// Where the keys are that sign credentials.
#[utoipa::path(get, path = "/.well-known/jwt-vc-issuer/lommebok", tag = "lommebok",
    responses((status = 200, body = Object)))]
pub async fn jwt_vc_issuer(State(component): State<Component>) -> Json<Value> {
    Json(json!({ "issuer": &*component.issuer, "jwks_uri": component.endpoint("jwks.json") }))
}

/// The keys that sign credentials, and those that have signed credentials that still live.
#[utoipa::path(get, path = "/lommebok/jwks.json", tag = "lommebok", responses((status = 200, body = Object)))]
pub async fn jwks(State(component): State<Component>, headers: HeaderMap) -> Response {
    let certified = component.certified_keys.read().unwrap_or_else(PoisonError::into_inner).clone();
    if certified.is_empty() {
        return component.keyring.jwks_response(&headers);
    }
    let keys: Result<Value, _> = serde_json::from_str(&component.keyring.jwks());
    let mut keys = keys.unwrap_or_default();
    if let Some(list) = keys["keys"].as_array_mut() {
        list.extend(certified.iter().map(|jwk| json!(jwk)));
    }
    ([(header::CACHE_CONTROL, "max-age=3600, must-revalidate")], Json(keys)).into_response()
}
