//! Tokens from Maskinporten, against bare signing with a key of the same kind in one thread, and against npm's oidc-provider.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use bench::hospital::client_key;
use bench::{Installation, Server, load};
use bytes::Bytes;
use clients::{encoded, folkeregister, idporten, maskinporten};
use http::Request;
use http_body_util::Full;
use kernel::clock::Clock;
use kernel::jose::{Alg, SigningKey};
use kernel::rng::Rng;
use serde_json::{Value, json};

use crate::peer::Peer;
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

    if let Some(oidc_provider) = Peer::start("token-server.mjs", &[])? {
        let peer = peer(&oidc_provider).await?;
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

/// Tokens per second of processor time of oidc-provider.
async fn peer(peer: &Peer) -> anyhow::Result<f64> {
    let claims = json!({ "iss": "peer", "sub": "peer", "aud": peer.issuer() });
    let bodies = grants(&peer.key, &claims, GRANTS / 4, |assertion| {
        let kind = encoded(idporten::ASSERTION_TYPE);
        format!(
            "grant_type=client_credentials&scope=read&client_assertion_type={kind}&client_assertion={assertion}"
        )
    });
    let before = peer.processor_time()?;
    exchange(&peer.address(), "/token", bodies?).await?;
    Ok((GRANTS / 4) as f64 / (peer.processor_time()? - before))
}
