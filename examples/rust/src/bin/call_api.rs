//! Calls an API as an organisation: `cargo run --bin call_api client.json URL`, where the file is what
//! `felles client add` printed.

use anyhow::{Context as _, ensure};
use felles_examples::Client;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Granted {
    access_token: String,
}

/// A token for the client's scopes. It lives for two minutes: keep it, and ask for another when it is about to end.
async fn token(http: &reqwest::Client, client: &Client) -> anyhow::Result<String> {
    let assertion = client.assertion(json!({ "scope": client.scopes.join(" ") }))?;
    let form = [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", &assertion)];
    let endpoint = client.token_endpoint.as_deref().context("not a client of Maskinporten")?;
    let answer = http.post(endpoint).form(&form).send().await?;
    let (status, body) = (answer.status(), answer.text().await?);
    ensure!(status.is_success(), "no token: {body}");
    Ok(serde_json::from_str::<Granted>(&body)?.access_token)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let client = Client::from_args()?;
    let url = std::env::args().nth(2).context("the second argument is the address to call")?;
    let http = reqwest::Client::new();
    let token = token(&http, &client).await?;
    let answer = http.get(url).bearer_auth(token).header("accept", "application/json").send().await?;
    let (status, body) = (answer.status(), answer.text().await?);
    println!("{body}");
    ensure!(status.is_success(), "the API answered {status}");
    Ok(())
}
