//! What surrounds every component's routes: health, metrics, limits, a trace of each request, an answer to unknown pages.

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, header};
use kernel::problem::Problem;
use kernel::store::Store;
use kernel::telemetry::{Metrics, Route};

/// The largest body that is read, unless a route says otherwise.
const BODY_LIMIT: usize = 10 * 1024 * 1024;

/// What the operators' routes look at.
#[derive(Clone)]
pub struct Surroundings {
    /// The process's counts.
    pub metrics: Arc<Metrics>,
    /// The stores that must answer for the process to be ready.
    pub stores: Vec<(String, Store)>,
}

/// Puts `routes` in their surroundings. `pages` says whether an unknown page is answered by the portal among them.
pub fn surround(routes: Router, surroundings: Surroundings, pages: bool) -> Router {
    let operations = Router::new()
        .route("/health", get(|| async { "ok" }))
        .route("/ready", get(ready))
        .route("/metrics", get(metrics))
        .with_state(surroundings.clone());
    let mut all = routes.merge(operations);
    if !pages {
        all = all.fallback(|| async { Problem::not_found("Det er ingenting på denne adressen.") });
    }
    all.layer(DefaultBodyLimit::max(BODY_LIMIT)).layer(middleware::from_fn_with_state(surroundings, observe))
}

/// Whether every store answers.
async fn ready(State(surroundings): State<Surroundings>) -> Response {
    for (name, store) in &surroundings.stores {
        if let Err(error) = store.ping().await {
            tracing::error!(%error, store = name, "a store does not answer");
            return Problem::unavailable(format!("Lageret til {name} svarer ikke.")).into_response();
        }
    }
    "ready".into_response()
}

async fn metrics(State(surroundings): State<Surroundings>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], surroundings.metrics.render()).into_response()
}

/// Counts and traces a request under its route's pattern: the path itself can hold a personal identifier.
async fn observe(State(surroundings): State<Surroundings>, request: Request, next: Next) -> Response {
    let start = Instant::now();
    let method = request.method().as_str().to_owned();
    let route = request.extensions().get::<MatchedPath>().map_or("(none)", MatchedPath::as_str).to_owned();
    let response = next.run(request).await;
    let took = start.elapsed();
    let status = response.status();
    if status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED {
        tracing::error!(method, route, status = status.as_u16(), ?took, "request failed");
    } else {
        tracing::debug!(method, route, status = status.as_u16(), ?took, "request");
    }
    surroundings.metrics.request(Route { method, route, status: status.as_u16() }, took);
    response
}
