//! What stands before every endpoint: limits by address, calls from other origins, and bodies that are larger than any form.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, Method, StatusCode, header};
use kernel::limits;

use super::refused::Refused;
use crate::eid::lommebok::{ANSWERS, QUESTIONS};
use crate::{Component, pages};

/// What a client that runs in a browser calls itself. Nothing of it rests on cookies, so that it is open to every origin.
/// `/authorize`, `/logout` and the pages are not among it: a person is sent there, and no script reads what they say.
const CROSS_ORIGIN: [&str; 7] = [
    "/jwks.json",
    "/par",
    "/revoke",
    "/token",
    "/token/revoke",
    "/userinfo",
    "/.well-known/openid-configuration",
];
/// The other endpoints that programs call; whatever remains is seen by people, and refuses with a page.
const PROGRAMS: [&str; 3] = ["/token/introspect", "/tokenintrospect", "/tokeninfo"];

/// Where people sign in, besides the eIDs' own pages.
const PEOPLE: [&str; 5] = ["/authorize", "/innlogging", "/samtykke", "/velg", "/venterom"];

/// Answers a browser's question before a call from another origin, opens the endpoints above to such calls, and answers a
/// body that is too large in the endpoint's own words.
pub async fn edge(State(component): State<Component>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let base = component.issuer().strip_prefix(&*component.ctx.base_url).unwrap_or_default();
    let below = path.strip_prefix(base).unwrap_or_default();
    let open = CROSS_ORIGIN.contains(&below) || path.starts_with("/.well-known/");
    let wallet = below.starts_with(ANSWERS) || below.starts_with(QUESTIONS);
    let page = !open && !wallet && !PROGRAMS.contains(&below);
    let published = below == "/jwks.json" || path.contains("/.well-known/");
    let preflight = open
        && request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if preflight {
        let allowed = [
            (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type, dpop"),
            (header::ACCESS_CONTROL_MAX_AGE, "3600"),
        ];
        (StatusCode::NO_CONTENT, allowed).into_response()
    } else {
        // The other endpoints are open to every client's cache, or to tokens with rights of their own.
        let counted = PEOPLE.contains(&below) || below.starts_with("/eid/") || (!page && !published);
        let address = limits::address(request.extensions()).filter(|_| counted);
        match component.limiter.address(address, !page) {
            Ok(limited) => limits::within(limited, next.run(request)).await,
            Err(exceeded) if page => pages::refused(&component, &exceeded.into()),
            Err(exceeded) => Refused::from(exceeded).into_json(&component.ctx.rng, None),
        }
    };
    let problem =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/problem+json");
    if response.status() == StatusCode::PAYLOAD_TOO_LARGE && !problem {
        let refused = Refused::too_large();
        response = if page {
            pages::refused(&component, &refused)
        } else {
            refused.into_json(&component.ctx.rng, None)
        };
    }
    if open {
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        let exposed = HeaderValue::from_static("dpop-nonce, retry-after, www-authenticate");
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    }
    response
}
