//! The way from one component to another.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::{Request, Response, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tower::ServiceExt as _;

use crate::ClientError;

/// How long an answer over HTTP may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Largest answer over HTTP; bytes. The bulk loads and archives are smaller.
const LARGEST: usize = 1 << 30;

/// Knows for each component whether it lives in this process or at a URL. Clones share it.
#[derive(Clone)]
pub struct Mesh(Arc<Inner>);

struct Inner {
    /// All routes of this process; set once, after every component has been made.
    local: OnceLock<Router>,
    /// Components elsewhere: name → base URL, which takes the place of this process's own origin.
    remote: HashMap<String, String>,
    http: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

impl Mesh {
    /// A mesh where the components in `remote` are called at their URL and all others in this process.
    pub fn new(remote: HashMap<String, String>) -> Self {
        let connector = hyper_rustls::HttpsConnectorBuilder::new()
            .with_webpki_roots()
            .https_or_http()
            .enable_http1()
            .build();
        let http = Client::builder(TokioExecutor::new()).build(connector);
        Self(Arc::new(Inner { local: OnceLock::new(), remote, http }))
    }

    /// A mesh whose every component is at one URL: what an outside program uses.
    pub fn remote(base: &str, components: &[&str]) -> Self {
        Self::new(
            components
                .iter()
                .map(|name| ((*name).to_owned(), base.trim_end_matches('/').to_owned()))
                .collect(),
        )
    }

    /// Gives the routes of this process. Only the first call counts.
    pub fn set_local(&self, router: Router) {
        let _ = self.0.local.set(router);
    }

    /// Sends a request whose URI is the path from the origin (`/folkeregisteret/…`) to `component`.
    pub async fn send(
        &self,
        component: &str,
        request: Request<Vec<u8>>,
    ) -> Result<Response<Bytes>, ClientError> {
        match self.0.remote.get(component) {
            Some(base) => self.send_http(base, request).await,
            None => self.send_local(component, request).await,
        }
    }

    async fn send_local(
        &self,
        component: &str,
        request: Request<Vec<u8>>,
    ) -> Result<Response<Bytes>, ClientError> {
        let router = self
            .0
            .local
            .get()
            .ok_or_else(|| ClientError::Transport(format!("{component} has not started")))?
            .clone();
        let answer = router.oneshot(request.map(Body::from)).await;
        let response = answer.unwrap_or_else(|never| match never {});
        let (parts, body) = response.into_parts();
        let body = body.collect().await.map_err(|error| ClientError::Transport(error.to_string()))?;
        Ok(Response::from_parts(parts, body.to_bytes()))
    }

    async fn send_http(
        &self,
        base: &str,
        mut request: Request<Vec<u8>>,
    ) -> Result<Response<Bytes>, ClientError> {
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let uri = format!("{base}{path}").parse::<Uri>();
        *request.uri_mut() =
            uri.map_err(|error| ClientError::Transport(format!("{base} is no URL: {error}")))?;
        self.send_outside(request).await
    }

    /// Sends a request with a whole URL to who is no component of ours.
    pub async fn send_outside(&self, request: Request<Vec<u8>>) -> Result<Response<Bytes>, ClientError> {
        let host = request.uri().host().unwrap_or_default().to_owned();
        let request = request.map(|body| Full::new(Bytes::from(body)));
        let exchange = async {
            let response = self
                .0
                .http
                .request(request)
                .await
                .map_err(|error| ClientError::Transport(error.to_string()))?;
            let (parts, body) = response.into_parts();
            let body = Limited::new(body, LARGEST).collect().await;
            let body = body.map_err(|error| ClientError::Transport(error.to_string()))?;
            Ok(Response::from_parts(parts, body.to_bytes()))
        };
        tokio::time::timeout(TIMEOUT, exchange)
            .await
            .unwrap_or_else(|_| Err(ClientError::Transport(format!("{host} did not answer in time"))))
    }
}

impl std::fmt::Debug for Mesh {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mesh").field("remote", &self.0.remote).finish_non_exhaustive()
    }
}
