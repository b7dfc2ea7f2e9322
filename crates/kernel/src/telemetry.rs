//! What the program tells its operators: traces to standard error, counts to `/metrics`.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram};
use prometheus_client::registry::Registry;
use tracing_subscriber::EnvFilter;

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for machines.
    Json,
}

/// Starts logging to standard error; `filter` is in the form of `RUST_LOG` (`info,folkeregister=debug`).
pub fn init(filter: &str, format: LogFormat) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Tests of one process may start it twice; the first stays.
    let _ = match format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
}

/// What a request is counted under. The route is the pattern, never the path, which can hold a personal identifier.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Route {
    /// `GET`, `POST`, …
    pub method: String,
    /// `/folkeregisteret/…/personer/{personidentifikator}`.
    pub route: String,
    /// `200`, …
    pub status: u16,
}

/// The process's counts.
pub struct Metrics {
    registry: Registry,
    requests: Family<Route, Counter>,
    seconds: Family<Route, Histogram, fn() -> Histogram>,
    /// Journeys that have ended, by outcome and the like: named values that components set.
    pub gauges: Family<Vec<(String, String)>, Gauge<i64, std::sync::atomic::AtomicI64>>,
    /// Counts that components add to.
    pub counters: Family<Vec<(String, String)>, Counter<u64, AtomicU64>>,
}

impl Default for Metrics {
    fn default() -> Self {
        let buckets: fn() -> Histogram = || {
            Histogram::new([0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0])
        };
        let mut metrics = Self {
            registry: Registry::default(),
            requests: Family::default(),
            seconds: Family::new_with_constructor(buckets),
            gauges: Family::default(),
            counters: Family::default(),
        };
        let registry = &mut metrics.registry;
        registry.register("felles_http_requests", "Requests answered", metrics.requests.clone());
        registry.register("felles_http_request_seconds", "Time to answer", metrics.seconds.clone());
        registry.register("felles_state", "Values that components report", metrics.gauges.clone());
        registry.register("felles_events", "Counts that components report", metrics.counters.clone());
        metrics
    }
}

impl Metrics {
    /// Counts a request.
    pub fn request(&self, route: Route, took: Duration) {
        self.seconds.get_or_create(&route).observe(took.as_secs_f64());
        self.requests.get_or_create(&route).inc();
    }

    /// All counts in the text form of Prometheus.
    pub fn render(&self) -> String {
        let mut out = String::new();
        match text::encode(&mut out, &self.registry) {
            Ok(()) => out,
            Err(error) => {
                tracing::error!(%error, "metrics could not be written");
                String::new()
            }
        }
    }
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Metrics")
    }
}
