//! What the real register has and Felles has not built, and what nobody has.

use axum::routing::any;
use http::{StatusCode, Uri};
use utoipa_axum::router::OpenApiRouter;

use super::Avslag;
use crate::Component;

/// What is not built, by how its path begins.
const DELER: [(&str, &str); 4] = [
    ("/enhetsregisteret/api/roller/representanter", "representanter"),
    ("/enhetsregisteret/api/konsernstruktur", "konsernstruktur"),
    ("/enhetsregisteret/api/matrikkelenhet", "matrikkelenheter"),
    ("/enhetsregisteret/autorisert-api/roller/totalbestand", "nedlasting av alle roller med fødselsnummer"),
];

/// Routes that refuse.
pub fn routes() -> OpenApiRouter<Component> {
    OpenApiRouter::new().route("/enhetsregisteret/{*sti}", any(annet))
}

async fn annet(uri: Uri) -> Avslag {
    let path = uri.path();
    let begins = |(start, _): &&(&str, &str)| {
        path.strip_prefix(*start).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    match DELER.iter().find(begins) {
        Some((_, what)) => Avslag::ikke_bygget(*what),
        None => Avslag::ny(StatusCode::NOT_FOUND, "Det er ingenting på denne adressen."),
    }
}
