//! What a token costs.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use std::time::Instant;

use common::*;
use kernel::jose::{Alg, SigningKey};
use serde_json::json;

/// Tokens a second and the ratio to signing the same claims with a key of the same kind in one thread, for each number of
/// callers. `cargo test -p maskinporten --release -- --ignored --nocapture`
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures and asserts nothing"]
async fn a_token_costs() {
    let f = std::sync::Arc::new(fixture().await);
    let claims = f.token(&f.assertion(json!({}))).await;
    let bare = per_second(400, || drop(rsa_key().sign_jwt(None, &claims).unwrap()));
    println!("bare signing (RS256): {bare:.0}/s in one thread");
    for key in [rsa_key(), SigningKey::generate(Alg::ES256).unwrap()] {
        f.component.registrar().register_client(nav(&[&key], &["test:en"])).await.unwrap();
        for callers in [1, 8, 64] {
            let each = 1024 / callers;
            let forms: Vec<Vec<String>> = (0..callers)
                .map(|_| {
                    (0..each).map(|_| form(&key.sign_jwt(None, &f.claims(json!({}))).unwrap())).collect()
                })
                .collect();
            let (begin, before) = (Instant::now(), processor_seconds());
            let asking = forms.into_iter().map(|forms| {
                let f = f.clone();
                tokio::spawn(async move {
                    for form in forms {
                        assert_eq!(post(&f.router, "/maskinporten/token", &form).await.0, 200);
                    }
                })
            });
            futures::future::join_all(asking.collect::<Vec<_>>()).await;
            let tokens = f64::from(callers * each);
            let rate = tokens / begin.elapsed().as_secs_f64();
            let core = tokens / (processor_seconds() - before);
            println!(
                "{} assertions, {callers} callers: {rate:.0} tokens/s, {core:.0} a second of processor time: {:.2} of bare signing",
                key.alg().as_str(),
                core / bare
            );
        }
    }
}

fn per_second(times: u32, mut run: impl FnMut()) -> f64 {
    let begin = Instant::now();
    for _ in 0..times {
        run();
    }
    f64::from(times) / begin.elapsed().as_secs_f64()
}

/// What this process has used so far, by Linux's count in hundredths; all threads.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let after_name: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let ticks: u32 = [11, 12].iter().map(|field| after_name[*field].parse::<u32>().unwrap()).sum();
    f64::from(ticks) / 100.0
}
