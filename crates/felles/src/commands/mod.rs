//! One file per command of the command line.

pub mod birth;
pub mod certificate;
pub mod client;
pub mod export;
pub mod import;
pub mod keys;
pub mod live;
pub mod log;
pub mod migrate;
pub mod nation;
pub mod nummer;
pub mod openapi;
pub mod scope;
pub mod up;

use std::path::Path;

use clients::{Mesh, TokenSource};
use kernel::clock::Clock;
use kernel::rng::Rng;

use crate::internal::Credentials;
use crate::secrets::Secrets;

/// Prints a line of a command's result.
#[expect(clippy::print_stdout, reason = "what a command is asked for goes to standard output")]
pub fn say(line: &str) {
    println!("{line}");
}

/// The refusal with the component's own words, for the terminal.
fn refusal(error: clients::ClientError) -> anyhow::Error {
    anyhow::Error::msg(error.in_full())
}

/// Tokens of an internal client, whose key lies beside the data in `data`, from the Maskinporten of the installation at `url`.
fn tokens(
    mesh: &Mesh,
    url: &str,
    data: &Path,
    name: &str,
    clock: &Clock,
    rng: &Rng,
) -> anyhow::Result<TokenSource> {
    let client = Credentials::of(name, &Secrets::of(data))?.client_key()?;
    let issuer = format!("{}/maskinporten/", url.trim_end_matches('/'));
    Ok(TokenSource::new(mesh.clone(), &issuer, client, clock.clone(), rng.clone()))
}
