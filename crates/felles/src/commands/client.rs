//! `felles client add`: registers a client, beside a running installation or before it starts, and prints what an outside
//! program needs to begin at once.

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use clients::orgs;
use kernel::clock::Clock;
use kernel::id::Orgnr;
use kernel::jose::Alg;
use kernel::rng::Rng;
use serde_json::json;

use crate::config::{Options, place};
use crate::internal::{self, Credentials};
use crate::server::open_store;

/// See [`ClientCommand`].
#[derive(Debug, Args)]
pub struct Client {
    #[command(subcommand)]
    command: ClientCommand,
}

#[derive(Debug, Subcommand)]
enum ClientCommand {
    /// Register a client and print it as JSON, with its private key: the only time the key is shown
    #[command(subcommand)]
    Add(Add),
}

#[derive(Debug, Subcommand)]
enum Add {
    /// A system that gets tokens from Maskinporten
    #[command(after_long_help = scopes_help())]
    Maskinporten(AddMaskinporten),
}

/// The algorithm of a client's key.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum KeyAlg {
    /// P-256
    #[value(name = "ES256")]
    Es256,
    /// RSA, 2048 bits
    #[value(name = "RS256")]
    Rs256,
}

impl From<KeyAlg> for Alg {
    fn from(alg: KeyAlg) -> Self {
        match alg {
            KeyAlg::Es256 => Self::ES256,
            KeyAlg::Rs256 => Self::RS256,
        }
    }
}

#[derive(Debug, Args)]
struct AddMaskinporten {
    #[command(flatten)]
    options: Options,
    #[command(flatten)]
    common: Common,
    /// A scope that it may ask for; may be repeated
    #[arg(long = "scope", value_name = "SCOPE", required = true)]
    scopes: Vec<String>,
}

#[derive(Debug, Args)]
struct Common {
    /// What it is called
    #[arg(long, default_value = "felles client add", value_name = "TEXT")]
    name: String,
    /// The organisation that it acts for
    #[arg(long, default_value = orgs::FELLES.orgnr, value_name = "ORGNR")]
    orgnr: String,
    /// Where the installation is reached
    #[arg(long, default_value = "http://localhost:8080", env = "FELLES_URL", value_name = "URL")]
    url: String,
    /// The key that it signs with
    #[arg(long, value_enum, ignore_case = true, default_value = "ES256")]
    alg: KeyAlg,
}

impl Common {
    fn orgnr(&self) -> anyhow::Result<Orgnr> {
        Orgnr::parse(&self.orgnr).with_context(|| format!("--orgnr {}", self.orgnr))
    }

    fn url(&self) -> &str {
        self.url.trim_end_matches('/')
    }
}

/// The scopes that can be asked for, for whoever reads the help.
fn scopes_help() -> String {
    let mut text = "Scopes:\n".to_owned();
    for (scope, _, what) in internal::SCOPES {
        text.push_str(&format!("  {scope}\n      {what}\n"));
    }
    text
}

impl Client {
    /// Runs the command.
    pub async fn run(self) -> anyhow::Result<()> {
        let ClientCommand::Add(add) = self.command;
        match add {
            Add::Maskinporten(add) => add.run().await,
        }
    }
}

impl AddMaskinporten {
    async fn run(self) -> anyhow::Result<()> {
        let store = open_store(&place(&self.options)?, maskinporten::NAME).await?;
        let registrar = maskinporten::Registrar::new(store, Clock::system());
        let client_id = Rng::system().uuid().to_string();
        let alg = self.common.alg.into();
        let credentials = Credentials::make(&client_id, alg, &self.common.orgnr()?, &self.scopes)?;
        registrar.register_client(internal::new_client(&credentials, &self.common.name)?).await?;
        let issuer = format!("{}/maskinporten/", self.common.url());
        let mut printed = serde_json::to_value(&credentials)?;
        printed["issuer"] = json!(issuer);
        printed["token_endpoint"] = json!(format!("{issuer}token"));
        super::say(&serde_json::to_string_pretty(&printed)?);
        Ok(())
    }
}
