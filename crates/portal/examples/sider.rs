//! All pages with the tests' data, for whoever works on words or looks: `cargo run -p portal --example sider`.
//!
//! Style sheets and texts are embedded: start it again after a change. The sign-in asks nobody.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "a tool for the desk")]

#[path = "../tests/common/mod.rs"]
mod common;

#[tokio::main]
async fn main() {
    let fixture = common::fixture().await;
    let address = common::BASE.trim_start_matches("http://");
    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    println!("{}", common::BASE);
    axum::serve(listener, fixture.router.clone()).await.unwrap();
}
