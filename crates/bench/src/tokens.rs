//! Tokens from Maskinporten, against bare signing with a key of the same kind in one thread, and against npm's
//! oidc-provider.

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

const CONNECTIONS: usize = 128;
/// Grants that are signed beforehand; they are good for two minutes.
const GRANTS: usize = 8000;

pub async fn measure(felles: &Installation, server: &Server) -> anyhow::Result<()> {
    let bare = bare(Alg::RS256)?;
    report("bare_signatures_per_second", bare, "1/s");
    // With a key of the kind that nearly all of Maskinporten's clients have.
    let (tokens, per_core) = maskinporten(felles, server, "RS256").await?;
    report("tokens_per_second", tokens.per_second, "1/s");
    report("tokens_p99", tokens.p99, "ms");
    report("tokens_per_core_second", per_core, "1/s");
    report("tokens_to_bare_signing_per_core", per_core / bare, "ratio");
    // What is verified costs a sixth of what is signed here, and not a thirtieth.
    let (tokens, per_core) = maskinporten(felles, server, "ES256").await?;
    report("tokens_for_es256_per_second", tokens.per_second, "1/s");
    report("tokens_for_es256_p99", tokens.p99, "ms");
    report("tokens_for_es256_per_core_second", per_core, "1/s");
    report("tokens_for_es256_to_bare_signing_per_core", per_core / bare, "ratio");

    if let Some(oidc_provider) = Peer::start("token-server.mjs", &[])? {
        let peer = peer(&oidc_provider).await?;
        report("tokens_oidc_provider_per_core_second", peer, "1/s");
        report("tokens_for_es256_to_oidc_provider_per_core", per_core / peer, "ratio");
    }
    Ok(())
}

/// Tokens that an installation signs with P-256 (`[maskinporten] signing`).
pub async fn measure_es256(felles: &Installation, server: &Server) -> anyhow::Result<()> {
    let (tokens, per_core) = maskinporten(felles, server, "RS256").await?;
    report("tokens_in_es256_per_second", tokens.per_second, "1/s");
    report("tokens_in_es256_p99", tokens.p99, "ms");
    report("tokens_in_es256_per_core_second", per_core, "1/s");
    report("bare_es256_signatures_per_second", bare(Alg::ES256)?, "1/s");
    Ok(())
}

/// Tokens for a client whose key is of this algorithm, and how many a second of processor time.
async fn maskinporten(
    felles: &Installation,
    server: &Server,
    alg: &str,
) -> anyhow::Result<(load::Measured, f64)> {
    let scope = folkeregister::SCOPE_FOEDSELSMELDING;
    let added = felles.json(&["client", "add", "maskinporten", "--alg", alg, "--scope", scope])?;
    let client = client_key(&added)?;
    let claims =
        json!({ "aud": format!("{}/maskinporten/", felles.base()), "iss": client.client_id, "scope": scope });
    let bodies = grants(&client.key, &claims, GRANTS, |assertion| {
        format!("grant_type={}&assertion={assertion}", encoded(maskinporten::GRANT))
    });
    let before = server.processor_time()?;
    let tokens = exchange(&felles.address(), "/maskinporten/token", bodies?).await?;
    Ok((tokens, GRANTS as f64 / (server.processor_time()? - before)))
}

/// Signatures a second of one thread that does nothing else.
fn bare(alg: Alg) -> anyhow::Result<f64> {
    // What a token holds is about so long.
    let (key, message) = (SigningKey::generate(alg)?, [b'x'; 700]);
    let begin = Instant::now();
    let mut signed = 0_u32;
    while begin.elapsed() < Duration::from_secs(3) {
        key.sign(&message)?;
        signed += 1;
    }
    Ok(f64::from(signed) / begin.elapsed().as_secs_f64())
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

/// Sends each of these forms, which a token answers.
async fn exchange(address: &str, path: &'static str, bodies: Vec<String>) -> anyhow::Result<load::Measured> {
    let host = address.to_owned();
    let tokens = load::measure(address, CONNECTIONS, Duration::from_mins(1), move |n| {
        Request::post(path)
            .header("host", &host)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Full::new(Bytes::from(bodies.get(n)?.clone())))
            .ok()
    });
    tokens.await.context(path)
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
