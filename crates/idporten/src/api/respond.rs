//! The answer to an authorization request, on its way through the browser to the client.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Map, Value};

use super::refused::Refused;
use crate::model::request::{Destination, ResponseMode};
use crate::{Component, pages};

/// How long a signed answer lives; seconds.
const SIGNED: i64 = 120;

/// Sends the browser on with a redirect of `status`: 302 after a GET, 303 after a POST.
pub fn code(component: &Component, destination: &Destination, code: &str, status: StatusCode) -> Response {
    answer(component, destination, vec![("code", code.to_owned())], status)
}

/// Tells the client what is wrong.
pub fn error(
    component: &Component,
    destination: &Destination,
    refused: &Refused,
    status: StatusCode,
) -> Response {
    let described = refused.described(&component.ctx.rng, Some(&destination.client_id));
    let parameters = vec![("error", refused.error.to_owned()), ("error_description", described)];
    answer(component, destination, parameters, status)
}

fn answer(
    component: &Component,
    destination: &Destination,
    mut parameters: Vec<(&'static str, String)>,
    status: StatusCode,
) -> Response {
    if let Some(state) = &destination.state {
        parameters.push(("state", state.clone()));
    }
    parameters.push(("iss", component.issuer().to_owned()));
    if matches!(destination.mode, ResponseMode::QueryJwt | ResponseMode::FormPostJwt) {
        match signed(component, destination, parameters) {
            Ok(response) => parameters = vec![("response", response)],
            Err(refused) => return pages::refused(component, &refused),
        }
    }
    match destination.mode {
        ResponseMode::Query | ResponseMode::QueryJwt => {
            redirect(&destination.redirect_uri, &parameters, status)
        }
        ResponseMode::FormPost | ResponseMode::FormPostJwt => {
            pages::form_post(component, destination, &parameters)
        }
    }
}

/// The parameters as a signed token (JARM).
fn signed(
    component: &Component,
    destination: &Destination,
    parameters: Vec<(&'static str, String)>,
) -> Result<String, Refused> {
    let mut claims = Map::new();
    claims.insert("aud".to_owned(), Value::from(destination.client_id.as_str()));
    claims.insert("exp".to_owned(), Value::from(component.ctx.clock.now().as_second() + SIGNED));
    claims.extend(parameters.into_iter().map(|(name, value)| (name.to_owned(), Value::from(value))));
    let signed = component.keyring.signer(destination.alg).and_then(|key| key.sign_jwt(None, &claims));
    signed.map_err(|error| {
        tracing::error!(%error, "an answer could not be signed");
        Refused::server()
    })
}

/// A redirect to an address that is ours or registered, character for character, with `parameters` added.
pub fn redirect(uri: &str, parameters: &[(&str, String)], status: StatusCode) -> Response {
    let mut location = uri.to_owned();
    for (name, value) in parameters {
        location.push(if location.contains('?') { '&' } else { '?' });
        location.push_str(name);
        location.push('=');
        location.push_str(&clients::encoded(value));
    }
    match HeaderValue::from_str(&location) {
        Ok(location) => (
            status,
            [
                (header::LOCATION, location),
                (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
                (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
            ],
        )
            .into_response(),
        // Registered addresses are of ASCII's graphic characters, as is what was added.
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Posts the one form of the page; where scripts are off, its button does.
#[utoipa::path(get, path = "/form-post.js",
    responses((status = 200, content_type = "text/javascript", body = String)))]
pub async fn form_post_script() -> Response {
    let headers =
        [(header::CONTENT_TYPE, "text/javascript"), (header::CACHE_CONTROL, "public, max-age=3600")];
    (headers, "document.getElementById('svar').submit();\n").into_response()
}
