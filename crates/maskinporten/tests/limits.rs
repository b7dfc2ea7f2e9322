//! How often a token may be asked for.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use std::net::SocketAddr;
use std::num::NonZeroU32;

use axum::extract::ConnectInfo;
use axum::{Extension, Router};
use common::*;
use http::StatusCode;
use jiff::SignedDuration;
use kernel::limits::{Limits, Rate};
use serde_json::json;

/// The same service with these limits, as it is reached from `from`.
fn limited(f: &mut Fixture, limits: &Limits, from: &str) {
    let address: SocketAddr = format!("{from}:5000").parse().unwrap();
    let router: Router = f.component.clone().limited(limits).router().into();
    f.router = router.layer(Extension(ConnectInfo(address)));
}

fn one() -> Rate {
    Rate { per_minute: NonZeroU32::new(60).unwrap(), burst: NonZeroU32::MIN }
}

#[tokio::test]
async fn a_client_has_a_share_that_nobody_else_can_use_up() {
    let mut f = fixture().await;
    limited(&mut f, &Limits { client: one(), ..Limits::default() }, "192.0.2.1");
    // In the client's name, but with another's key.
    let forged = kernel::jose::SigningKey::generate(kernel::jose::Alg::ES256).unwrap();
    for _ in 0..5 {
        let (status, _) = f.ask(&forged.sign_jwt(None, &f.claims(json!({}))).unwrap()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
    }
    f.token(&f.assertion(json!({}))).await;
    let refused = f.assertion(json!({}));
    let (status, answer) = f.ask(&refused).await;
    assert_eq!(
        (status, answer["error"].as_str()),
        (StatusCode::TOO_MANY_REQUESTS, Some("temporarily_unavailable"))
    );
    assert!(answer["error_description"].as_str().unwrap().contains("client"));
    // The assertion has not been used by that.
    f.clock.advance(SignedDuration::from_secs(2));
    f.token(&refused).await;
}

#[tokio::test]
async fn an_address_has_a_share_and_this_machine_and_process_have_all() {
    let mut f = fixture().await;
    let strict = Limits { program_address: one(), client: one(), ..Limits::default() };
    for from in ["127.0.0.1", "[::1]"] {
        limited(&mut f, &strict, from);
        for _ in 0..3 {
            f.token(&f.assertion(json!({}))).await;
        }
    }
    f.router = f.component.clone().limited(&strict).router().into();
    for _ in 0..3 {
        f.token(&f.assertion(json!({}))).await;
    }
    limited(&mut f, &strict, "192.0.2.1");
    assert_eq!(f.ask("x").await.0, StatusCode::BAD_REQUEST);
    let (status, answer) = f.ask(&f.assertion(json!({}))).await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
    assert!(answer["error_description"].as_str().unwrap().contains("address"));
}
