//! The files that pages load: embedded at build time, served under the hash of their contents.

use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderMap, StatusCode, header};
use sha2::{Digest as _, Sha256};

macro_rules! built {
    ($name:expr) => {
        include_bytes!(concat!(env!("OUT_DIR"), "/", $name))
    };
}

struct Asset {
    name: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
    /// The same, compressed by brotli.
    brotli: Option<&'static [u8]>,
}

const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const FONT: &str = "font/woff2";

const fn asset(name: &'static str, kind: &'static str, bytes: &'static [u8]) -> Asset {
    Asset { name, kind, bytes, brotli: None }
}

macro_rules! web {
    ($name:literal) => {
        asset(concat!("web/", $name), SCRIPT, built!(concat!("web/", $name)))
    };
}

static ASSETS: &[Asset] = &[
    Asset { brotli: Some(built!("felles.css.br")), ..asset("felles.css", CSS, built!("felles.css")) },
    asset("felles.js", SCRIPT, include_bytes!("../assets/felles.js")),
    web!("clickdelegatefor/clickdelegatefor.js"),
    web!("error-summary/error-summary.js"),
    web!("field/field.js"),
    web!("packages/web/package.js"),
    web!("utils/utils.js"),
    asset("inter-latin.woff2", FONT, built!("inter-latin.woff2")),
    asset("inter-latin-ext.woff2", FONT, built!("inter-latin-ext.woff2")),
    asset("felles.svg", "image/svg+xml", include_bytes!("../assets/felles.svg")),
];

/// One hash over all files, so that they find each other by relative addresses.
static HASH: LazyLock<String> = LazyLock::new(|| {
    let hash = ASSETS
        .iter()
        .fold(Sha256::new(), |hash, asset| hash.chain_update(asset.name).chain_update(asset.bytes))
        .finalize();
    let first: [u8; 8] = std::array::from_fn(|at| hash[at]);
    format!("{:016x}", u64::from_be_bytes(first))
});

/// The address of a file: `/static/<hash>/felles.css`.
pub fn href(name: &str) -> String {
    format!("/static/{}/{name}", *HASH)
}

/// The routes of the files. A path that is not of this build is unknown.
pub fn routes() -> Router {
    Router::new().route("/static/{hash}/{*file}", get(serve))
}

async fn serve(Path((hash, file)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.name == file).filter(|_| hash == *HASH) else {
        return (StatusCode::NOT_FOUND, "ukjent fil").into_response();
    };
    let accepted =
        headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let brotli = asset.brotli.filter(|_| accepts_brotli(accepted));
    let mut response = brotli.unwrap_or(asset.bytes).into_response();
    let answer = response.headers_mut();
    let fixed = [
        (header::CONTENT_TYPE, asset.kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::VARY, "accept-encoding"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    for (name, value) in fixed {
        answer.insert(name, http::HeaderValue::from_static(value));
    }
    if brotli.is_some() {
        answer.insert(header::CONTENT_ENCODING, http::HeaderValue::from_static("br"));
    }
    response
}

/// Whether `br` is among the encodings and not refused by a quality of 0.
fn accepts_brotli(accepted: &str) -> bool {
    accepted.split(',').any(|part| {
        let (name, quality) = part.split_once(';').unwrap_or((part, ""));
        name.trim().eq_ignore_ascii_case("br")
            && !matches!(quality.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
    })
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use http::Request;
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    use super::*;

    async fn ask(path: &str, encoding: &str) -> Response {
        let request = Request::get(path).header("accept-encoding", encoding).body(Body::empty()).unwrap();
        routes().oneshot(request).await.unwrap()
    }

    #[tokio::test]
    async fn files_are_kept_for_ever_under_the_hash_of_their_contents() {
        for asset in ASSETS {
            let answer = ask(&href(asset.name), "gzip").await;
            assert_eq!(answer.status(), 200, "{}", asset.name);
            assert!(answer.headers()["cache-control"].to_str().unwrap().contains("immutable"));
            assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), asset.bytes);
        }
        assert_eq!(ask("/static/0123456789abcdef/felles.css", "").await.status(), 404);
        assert_eq!(ask(&href("..%2Fbuild.rs"), "").await.status(), 404);
    }

    #[tokio::test]
    async fn a_browser_that_knows_brotli_gets_it() {
        let answer = ask(&href("felles.css"), "gzip, br").await;
        assert_eq!(answer.headers()["content-encoding"], "br");
        assert!(answer.into_body().collect().await.unwrap().to_bytes().len() < ASSETS[0].bytes.len() / 4);
        assert!(!ask(&href("felles.css"), "gzip, br;q=0").await.headers().contains_key("content-encoding"));
    }

    #[test]
    fn styles_load_nothing_from_elsewhere() {
        let css = std::str::from_utf8(ASSETS[0].bytes).unwrap();
        for (at, _) in css.match_indices("url(") {
            let address: String = css[at + 4..].chars().take(20).collect();
            let ours = ["\"data:", "'data:", "data:", "\"inter-latin"]
                .iter()
                .any(|start| address.starts_with(start));
            assert!(ours, "{address}");
        }
    }
}
