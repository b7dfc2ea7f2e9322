//! Tokens from Maskinporten, against bare signing with a key of the same kind in one thread.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use bench::hospital::client_key;
use bench::{Installation, Server, load};
use bytes::Bytes;
use clients::{encoded, folkeregister, maskinporten};
use http::Request;
use http_body_util::Full;
use kernel::clock::Clock;
use kernel::jose::{Alg, SigningKey};
use kernel::rng::Rng;
use serde_json::json;

use crate::report;

const CONNECTIONS: usize = 32;
/// Grants that are signed beforehand; they are good for two minutes.
const GRANTS: usize = 8000;

pub async fn measure(felles: &Installation, server: &Server) -> anyhow::Result<()> {
    let scope = folkeregister::SCOPE_FOEDSELSMELDING;
    let client = client_key(&felles.json(&["client", "add", "maskinporten", "--scope", scope])?)?;
    let (now, rng) = (Clock::system().now().as_second(), Rng::system());
    let grant = || {
        let claims = json!({
            "aud": format!("{}/maskinporten/", felles.base()), "iss": client.client_id, "scope": scope,
            "iat": now, "exp": now + 119, "jti": rng.uuid(),
        });
        let assertion = client.key.sign_jwt(None, &claims)?;
        anyhow::Ok(format!("grant_type={}&assertion={assertion}", encoded(maskinporten::GRANT)))
    };
    let grants = (0..GRANTS).map(|_| grant()).collect::<anyhow::Result<Vec<_>>>()?;

    let (address, before) = (felles.address(), server.processor_time()?);
    let host = address.clone();
    let rate = load::rate(&address, CONNECTIONS, Duration::from_secs(60), move |n| {
        Request::post("/maskinporten/token")
            .header("host", &host)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Full::new(Bytes::from(grants.get(n)?.clone())))
            .ok()
    });
    let rate = rate.await.context("token")?;
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
    Ok(())
}
