//! Tokens from Maskinporten, against bare signing with a key of the same kind in one thread, and against npm's oidc-provider.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use bench::hospital::client_key;
use bench::server::processor_time;
use bench::{Installation, Server, load};
use bytes::Bytes;
use clients::{encoded, folkeregister, idporten, maskinporten};
use http::Request;
use http_body_util::Full;
use kernel::clock::Clock;
use kernel::jose::{Alg, SigningKey};
use kernel::rng::Rng;
use serde_json::{Value, json};

use crate::report;

const CONNECTIONS: usize = 32;
/// Grants that are signed beforehand; they are good for two minutes.
const GRANTS: usize = 8000;

pub async fn measure(felles: &Installation, server: &Server) -> anyhow::Result<()> {
    let scope = folkeregister::SCOPE_FOEDSELSMELDING;
    let client = client_key(&felles.json(&["client", "add", "maskinporten", "--scope", scope])?)?;
    let claims =
        json!({ "aud": format!("{}/maskinporten/", felles.base()), "iss": client.client_id, "scope": scope });
    let bodies = grants(&client.key, &claims, GRANTS, |assertion| {
        format!("grant_type={}&assertion={assertion}", encoded(maskinporten::GRANT))
    });
    let before = server.processor_time()?;
    let rate = exchange(&felles.address(), "/maskinporten/token", bodies?).await?;
    let per_core = GRANTS as f64 / (server.processor_time()? - before);

    // What a token holds is about so long.
    let (key, message) = (SigningKey::generate(Alg::RS256)?, [b'x'; 700]);
    let begin = Instant::now();
    let mut signed = 0_u32;
    while begin.elapsed() < Duration::from_secs(3) {
        key.sign(&message)?;
        signed += 1;
    }
    let bare = f64::from(signed) / begin.elapsed().as_secs_f64();
    report("tokens_per_second", rate, "1/s");
    report("tokens_per_core_second", per_core, "1/s");
    report("bare_signatures_per_second", bare, "1/s");
    report("tokens_to_bare_signing_per_core", per_core / bare, "ratio");

    if let Ok(peers) = std::env::var("BENCH_PEERS") {
        let peer = peer(&peers).await?;
        report("tokens_oidc_provider_per_core_second", peer, "1/s");
        report("tokens_to_oidc_provider_per_core", per_core / peer, "ratio");
    }
    Ok(())
}

/// Forms with assertions of these claims, each with a number of its own.
fn grants(
    key: &SigningKey,
    claims: &Value,
    count: usize,
    form: impl Fn(&str) -> String,
) -> anyhow::Result<Vec<String>> {
    let (now, rng) = (Clock::system().now().as_second(), Rng::system());
    let one = |_| {
        let mut claims = claims.clone();
        claims["iat"] = json!(now);
        claims["exp"] = json!(now + 119);
        claims["jti"] = json!(rng.uuid());
        Ok(form(&key.sign_jwt(None, &claims)?))
    };
    (0..count).map(one).collect()
}

/// How many of these forms a second are answered with a token.
async fn exchange(address: &str, path: &'static str, bodies: Vec<String>) -> anyhow::Result<f64> {
    let host = address.to_owned();
    let rate = load::rate(address, CONNECTIONS, Duration::from_mins(1), move |n| {
        Request::post(path)
            .header("host", &host)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Full::new(Bytes::from(bodies.get(n)?.clone())))
            .ok()
    });
    rate.await.context(path)
}

/// Ended with its owner.
struct Peer(Child);

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Tokens per second of processor time of oidc-provider, which keeps nothing durably.
async fn peer(directory: &str) -> anyhow::Result<f64> {
    let key = SigningKey::generate(Alg::ES256)?;
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let mut child = Command::new("node")
        .args(["token-server.mjs", &port.to_string(), &serde_json::to_string(key.public_jwk())?])
        .current_dir(directory)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("node")?;
    let said = child.stdout.take().context("node says nothing")?;
    let peer = Peer(child);
    let mut line = String::new();
    BufReader::new(said).read_line(&mut line)?;
    anyhow::ensure!(line.trim() == "ready", "the peer did not start: {line}");
    let claims = json!({ "iss": "peer", "sub": "peer", "aud": format!("http://localhost:{port}") });
    let bodies = grants(&key, &claims, GRANTS / 4, |assertion| {
        let kind = encoded(idporten::ASSERTION_TYPE);
        format!(
            "grant_type=client_credentials&scope=read&client_assertion_type={kind}&client_assertion={assertion}"
        )
    });
    let before = processor_time(peer.0.id())?;
    exchange(&format!("127.0.0.1:{port}"), "/token", bodies?).await?;
    Ok((GRANTS / 4) as f64 / (processor_time(peer.0.id())? - before))
}
