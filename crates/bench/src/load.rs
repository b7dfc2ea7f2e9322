//! Load over HTTP/1.1: some connections, each with one request at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// One connection that is kept.
pub struct Connection(SendRequest<Full<Bytes>>);

impl Connection {
    /// Connects to `host:port`.
    pub async fn open(address: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self(sender))
    }

    /// One exchange.
    pub async fn send(&mut self, request: Request<Full<Bytes>>) -> anyhow::Result<Response<Bytes>> {
        self.0.ready().await?;
        let (parts, body) = self.0.send_request(request).await?.into_parts();
        Ok(Response::from_parts(parts, body.collect().await?.to_bytes()))
    }
}

/// What a load gave.
#[derive(Debug, Clone, Copy)]
pub struct Measured {
    /// Exchanges a second.
    pub per_second: f64,
    /// What 99 of 100 exchanges took at most; milliseconds.
    pub p99: f64,
}

/// What `share` per cent of these took at most; milliseconds.
pub fn percentile(mut times: Vec<Duration>, share: usize) -> f64 {
    times.sort_unstable();
    times.get(times.len() * share / 100).map_or(f64::NAN, |time| time.as_secs_f64() * 1000.0)
}

/// What `connections` manage for `time`, when the n-th request is `request(n)`. Every answer must be a success.
pub async fn measure(
    address: &str,
    connections: usize,
    time: Duration,
    request: impl Fn(usize) -> Option<Request<Full<Bytes>>> + Send + Sync + 'static,
) -> anyhow::Result<Measured> {
    let (request, next) = (Arc::new(request), Arc::new(AtomicUsize::new(0)));
    let begin = Instant::now();
    let workers: Vec<_> = (0..connections)
        .map(|_| {
            let (address, request, next) = (address.to_owned(), Arc::clone(&request), Arc::clone(&next));
            tokio::spawn(async move {
                let mut connection = Connection::open(&address).await?;
                let mut times = Vec::new();
                while begin.elapsed() < time {
                    let Some(request) = request(next.fetch_add(1, Ordering::Relaxed)) else { break };
                    let start = Instant::now();
                    let response = connection.send(request).await?;
                    anyhow::ensure!(
                        response.status().is_success(),
                        "answered {}: {}",
                        response.status(),
                        String::from_utf8_lossy(response.body())
                    );
                    times.push(start.elapsed());
                }
                anyhow::Ok(times)
            })
        })
        .collect();
    let mut times = Vec::new();
    for worker in workers {
        times.extend(worker.await.context("a worker died")??);
    }
    let per_second = times.len() as f64 / begin.elapsed().as_secs_f64();
    Ok(Measured { per_second, p99: percentile(times, 99) })
}
