//! What the service tells of itself (RFC 8414).

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use clients::maskinporten::GRANT;
use http::header;
use kernel::jose::dpop;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Component;
use crate::model::{ALGS, SYSTEM_USER};

/// The service's metadata.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Metadata {
    /// The issuer, with its slash.
    pub issuer: String,
    /// Where tokens are given.
    pub token_endpoint: String,
    /// Where the keys are.
    pub jwks_uri: String,
    /// How clients show who they are.
    pub token_endpoint_auth_methods_supported: Vec<String>,
    /// The grants.
    pub grant_types_supported: Vec<String>,
    /// What assertions may be signed with.
    pub token_endpoint_auth_signing_alg_values_supported: Vec<String>,
    /// The kinds of authorization details.
    pub authorization_details_types_supported: Vec<String>,
    /// What proofs of keys may be signed with.
    pub dpop_signing_alg_values_supported: Vec<String>,
}

/// The service's metadata.
#[utoipa::path(get, path = "/maskinporten/.well-known/oauth-authorization-server", tag = "maskinporten",
    responses((status = 200, body = Metadata)))]
pub async fn metadata(State(component): State<Component>) -> impl IntoResponse {
    answer(&component)
}

/// The service's metadata, where RFC 8414 § 3.1 puts it for an issuer that has a path.
#[utoipa::path(get, path = "/.well-known/oauth-authorization-server/maskinporten", tag = "maskinporten",
    responses((status = 200, body = Metadata)))]
pub async fn metadata_rfc8414(State(component): State<Component>) -> impl IntoResponse {
    answer(&component)
}

/// The same for those who keep the issuer's slash.
#[utoipa::path(get, path = "/.well-known/oauth-authorization-server/maskinporten/", tag = "maskinporten",
    responses((status = 200, body = Metadata)))]
pub async fn metadata_rfc8414_slash(State(component): State<Component>) -> impl IntoResponse {
    answer(&component)
}

fn answer(component: &Component) -> impl IntoResponse + use<> {
    let issuer = component.issuer();
    let metadata = Metadata {
        issuer: issuer.to_owned(),
        token_endpoint: format!("{issuer}token"),
        jwks_uri: format!("{issuer}jwk"),
        token_endpoint_auth_methods_supported: vec!["private_key_jwt".to_owned()],
        grant_types_supported: vec![GRANT.to_owned()],
        token_endpoint_auth_signing_alg_values_supported: ALGS
            .iter()
            .map(|alg| alg.as_str().to_owned())
            .collect(),
        authorization_details_types_supported: vec![SYSTEM_USER.to_owned()],
        dpop_signing_alg_values_supported: dpop::ALGS.iter().map(|alg| alg.as_str().to_owned()).collect(),
    };
    ([(header::CACHE_CONTROL, "public, max-age=3600")], Json(metadata))
}
