//! What surrounds every component's routes: health, metrics, OpenAPI documents, limits, a trace of each request, an answer to unknown pages.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::task;
use std::time::{Duration, Instant};

use axum::body::{Body, HttpBody};
use axum::extract::{DefaultBodyLimit, MatchedPath, Path, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use bytes::Bytes;
use http::{StatusCode, header};
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt as _;
use kernel::limits::{Exceeded, Proxies};
use kernel::problem::Problem;
use kernel::store::Store;
use kernel::telemetry::{Metrics, Route};
use utoipa::openapi::OpenApi;

/// The largest body that is read, unless a route says otherwise.
const BODY_LIMIT: usize = 10 * 1024 * 1024;

/// What the operators' routes look at.
pub struct Surroundings {
    /// Where the public reaches this process, which proofs of keys name.
    pub base_url: Arc<str>,
    /// The process's counts.
    pub metrics: Metrics,
    /// The stores that must answer for the process to be ready.
    pub stores: Vec<(String, Store)>,
    /// What the components' routes say of themselves, by component.
    pub documents: Arc<Vec<(&'static str, OpenApi)>>,
    /// Who may tell where a request comes from.
    pub proxies: Proxies,
}

/// Puts `routes` in their surroundings. `pages` says whether an unknown page is answered by the portal among them.
pub fn surround(routes: Router, surroundings: Surroundings, pages: bool) -> Router {
    let surroundings = Arc::new(surroundings);
    let operations = Router::new()
        .route("/health", get(|| async { "ok" }))
        .route("/ready", get(ready))
        .route("/metrics", get(metrics))
        .route("/openapi", get(openapi))
        .route("/openapi/{document}", get(openapi_document))
        .with_state(surroundings.clone());
    let mut all = routes.merge(operations);
    if !pages {
        all = all.fallback(|| async { Problem::not_found("Det er ingenting på denne adressen.") });
    }
    all.layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::map_request(|request: Request| async {
            request.map(|body| Body::new(Drained::new(body)))
        }))
        .layer(middleware::from_fn_with_state(surroundings, observe))
}

/// Whether every store answers.
async fn ready(State(surroundings): State<Arc<Surroundings>>) -> Response {
    for (name, store) in &surroundings.stores {
        if let Err(error) = store.ping().await {
            tracing::error!(%error, store = name, "a store does not answer");
            return Problem::unavailable(format!("Lageret til {name} svarer ikke.")).into_response();
        }
    }
    "ready".into_response()
}

async fn metrics(State(surroundings): State<Arc<Surroundings>>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], surroundings.metrics.render()).into_response()
}

/// Where the OpenAPI document of each component lies.
async fn openapi(State(surroundings): State<Arc<Surroundings>>) -> Response {
    let names = surroundings.documents.iter();
    let places: BTreeMap<_, _> = names.map(|(name, _)| (*name, format!("/openapi/{name}.json"))).collect();
    Json(places).into_response()
}

async fn openapi_document(
    State(surroundings): State<Arc<Surroundings>>,
    Path(file): Path<String>,
) -> Response {
    let mut documents = surroundings.documents.iter();
    match documents.find(|(name, _)| file.strip_suffix(".json") == Some(*name)) {
        Some((_, document)) => Json(document).into_response(),
        None => Problem::not_found("Ingen komponent her har dette navnet; se /openapi.").into_response(),
    }
}

/// Counts and traces a request under its route's pattern: the path itself can hold a personal identifier.
async fn observe(
    State(surroundings): State<Arc<Surroundings>>,
    mut request: Request,
    next: Next,
) -> Response {
    let headers = std::mem::take(request.headers_mut());
    surroundings.proxies.look_through(&headers, request.extensions_mut());
    *request.headers_mut() = headers;
    let start = Instant::now();
    let method = request.method().as_str().to_owned();
    let route = request.extensions().get::<MatchedPath>().map_or("(none)", MatchedPath::as_str).to_owned();
    let address = format!("{}{}", surroundings.base_url, request.uri().path());
    let response = kernel::auth::noted(request.method().clone(), address, next.run(request)).await;
    let took = start.elapsed();
    let status = response.status();
    if status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED {
        tracing::error!(method, route, status = status.as_u16(), ?took, "request failed");
    } else {
        tracing::debug!(method, route, status = status.as_u16(), ?took, "request");
    }
    if let Some(exceeded) = response.extensions().get::<Exceeded>() {
        let labels = [("event", "limited"), ("by", exceeded.whose.name())];
        let labels = labels.map(|(name, value)| (name.to_owned(), value.to_owned()));
        surroundings.metrics.counters.get_or_create(&labels.to_vec()).inc();
    }
    surroundings.metrics.request(Route { method, route, status: status.as_u16() }, took);
    response
}

/// A body of which the rest is read and thrown away when nobody wants it any more. Without that, a caller that is still
/// sending when it is refused (413, say) finds a broken connection and not the refusal.
struct Drained(Option<Body>);

/// How much of an unwanted body is read, and for how long: more than that is no mistake.
const DRAIN: (usize, Duration) = (64 * 1024 * 1024, Duration::from_secs(10));

impl Drained {
    fn new(body: Body) -> Self {
        Self((!body.is_end_stream()).then_some(body))
    }
}

impl HttpBody for Drained {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut task::Context<'_>,
    ) -> task::Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let Some(body) = &mut self.0 else { return task::Poll::Ready(None) };
        let frame = task::ready!(Pin::new(body).poll_frame(context));
        if !matches!(frame, Some(Ok(_))) {
            self.0 = None;
        }
        task::Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.0.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.0.as_ref().map_or_else(|| SizeHint::with_exact(0), HttpBody::size_hint)
    }
}

impl Drop for Drained {
    fn drop(&mut self) {
        let Some(mut body) = self.0.take().filter(|body| !body.is_end_stream()) else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (most, longest) = DRAIN;
        runtime.spawn(tokio::time::timeout(longest, async move {
            let mut read = 0;
            while read < most
                && let Some(Ok(frame)) = body.frame().await
            {
                read += frame.data_ref().map_or(0, Bytes::len);
            }
        }));
    }
}
