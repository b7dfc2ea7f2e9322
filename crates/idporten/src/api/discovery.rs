//! What the provider tells of itself (OpenID Connect Discovery, RFC 8414).

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;
use kernel::jose::{Alg, dpop};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Component;
use crate::model::assertion::ALGS;
use crate::model::client::{AuthMethod, SubjectType};
use crate::model::profile::SIGNING;
use crate::model::rar::Kind;
use crate::model::request::ResponseMode;
use crate::model::session::Level;
use crate::portal::Portal;

/// The languages that a client can ask for, and that `locale` can hold.
pub const LOCALES: [&str; 4] = ["en", "nb", "nn", "se"];

/// The provider's metadata; the names are those of OpenID Connect Discovery and RFC 8414, which say what they mean.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Metadata {
    pub issuer: String,
    pub authorization_endpoint: String,
    pub pushed_authorization_request_endpoint: String,
    pub token_endpoint: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo_endpoint: Option<String>,
    pub introspection_endpoint: String,
    pub revocation_endpoint: String,
    pub end_session_endpoint: String,
    pub jwks_uri: String,
    pub response_types_supported: Vec<String>,
    pub response_modes_supported: Vec<String>,
    pub grant_types_supported: Vec<String>,
    pub scopes_supported: Vec<String>,
    pub subject_types_supported: Vec<String>,
    pub acr_values_supported: Vec<String>,
    pub ui_locales_supported: Vec<String>,
    pub prompt_values_supported: Vec<String>,
    pub display_values_supported: Vec<String>,
    pub code_challenge_methods_supported: Vec<String>,
    pub token_endpoint_auth_methods_supported: Vec<String>,
    pub token_endpoint_auth_signing_alg_values_supported: Vec<String>,
    pub id_token_signing_alg_values_supported: Vec<String>,
    pub authorization_signing_alg_values_supported: Vec<String>,
    pub dpop_signing_alg_values_supported: Vec<String>,
    pub authorization_response_iss_parameter_supported: bool,
    pub frontchannel_logout_supported: bool,
    pub frontchannel_logout_session_supported: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authorization_details_types_supported: Vec<String>,
    pub claims_parameter_supported: bool,
    pub request_parameter_supported: bool,
    pub request_uri_parameter_supported: bool,
    // What the real service's document does not say of itself follows.
    pub require_pushed_authorization_requests: bool,
    pub introspection_endpoint_auth_methods_supported: Vec<String>,
    pub revocation_endpoint_auth_methods_supported: Vec<String>,
    pub claims_supported: Vec<String>,
}

/// The claims of id tokens.
const CLAIMS: [&str; 14] = [
    "iss",
    "aud",
    "sub",
    "pid",
    "acr",
    "amr",
    "auth_time",
    "iat",
    "exp",
    "jti",
    "nonce",
    "locale",
    "sid",
    "aud_onbehalfof",
];

/// The provider's metadata.
#[utoipa::path(get, path = "/.well-known/openid-configuration",
    responses((status = 200, body = Metadata)))]
pub async fn metadata(State(component): State<Component>) -> Response {
    answer(&component)
}

/// The same, where RFC 8414 § 3.1 puts it for an issuer that has a path.
#[utoipa::path(get, path = "/",
    responses((status = 200, body = Metadata)))]
pub async fn metadata_rfc8414(State(component): State<Component>) -> Response {
    answer(&component)
}

/// The levels that can be asked for: those of other countries' eIDs where there is one that brings them.
fn acr_values(component: &Component) -> Vec<&'static str> {
    let portal = component.portal;
    let eidas = portal == Portal::Idporten && (component.ctx.test_mode || component.upstreams.has_eidas());
    let own = Level::ALL.map(|level| portal.acr(level));
    own.into_iter().chain(Level::ALL.map(Portal::eidas).into_iter().filter(|_| eidas)).collect()
}

fn answer(component: &Component) -> Response {
    let (issuer, portal) = (component.issuer(), component.portal);
    let at = |path: &str| format!("{issuer}{path}");
    let list = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
    let metadata = Metadata {
        issuer: issuer.to_owned(),
        authorization_endpoint: at("/authorize"),
        pushed_authorization_request_endpoint: at("/par"),
        token_endpoint: at("/token"),
        userinfo_endpoint: portal.has_userinfo().then(|| at("/userinfo")),
        introspection_endpoint: at("/token/introspect"),
        revocation_endpoint: at("/token/revoke"),
        end_session_endpoint: at("/logout"),
        jwks_uri: at("/jwks.json"),
        response_types_supported: list(&["code"]),
        response_modes_supported: list(&ResponseMode::ALL.map(ResponseMode::as_str)),
        grant_types_supported: list(&["authorization_code", "refresh_token"]),
        scopes_supported: list(&["openid", "profile"]),
        subject_types_supported: list(&SubjectType::NAMES),
        acr_values_supported: list(&acr_values(component)),
        ui_locales_supported: list(&LOCALES),
        prompt_values_supported: list(&["consent", "login", "none"]),
        display_values_supported: list(&["page"]),
        code_challenge_methods_supported: list(&["S256"]),
        token_endpoint_auth_methods_supported: list(&AuthMethod::ALL.map(AuthMethod::as_str)),
        token_endpoint_auth_signing_alg_values_supported: list(&ALGS.map(Alg::as_str)),
        id_token_signing_alg_values_supported: list(&SIGNING.map(Alg::as_str)),
        authorization_signing_alg_values_supported: list(&SIGNING.map(Alg::as_str)),
        dpop_signing_alg_values_supported: list(&dpop::ALGS.map(Alg::as_str)),
        authorization_response_iss_parameter_supported: true,
        frontchannel_logout_supported: true,
        frontchannel_logout_session_supported: true,
        authorization_details_types_supported: match portal {
            Portal::Idporten => Vec::new(),
            Portal::Ansattporten => list(&Kind::ALL.map(Kind::as_str)),
        },
        claims_parameter_supported: false,
        request_parameter_supported: false,
        request_uri_parameter_supported: false,
        require_pushed_authorization_requests: false,
        introspection_endpoint_auth_methods_supported: list(
            &AuthMethod::ALL
                .into_iter()
                .filter(|method| *method != AuthMethod::None)
                .map(AuthMethod::as_str)
                .collect::<Vec<_>>(),
        ),
        revocation_endpoint_auth_methods_supported: list(&AuthMethod::ALL.map(AuthMethod::as_str)),
        claims_supported: list(&CLAIMS),
    };
    ([(header::CACHE_CONTROL, "public, max-age=3600")], Json(metadata)).into_response()
}
