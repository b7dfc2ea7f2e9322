//! `felles up` and `felles serve`.

use std::path::Path;
use std::time::Instant;

use anyhow::Context as _;
use clap::Args;
use kernel::telemetry;

use super::nation::{Which, make};
use crate::config::{Config, File, Nation, Options, Serving};
use crate::server::Server;
use crate::{internal, loading};

/// `felles up`.
#[derive(Debug, Args)]
pub struct Up {
    #[command(flatten)]
    options: Options,
    #[command(flatten)]
    serving: Serving,
    #[command(flatten)]
    which: Which,
}

impl Up {
    /// Runs the command.
    pub async fn run(self) -> anyhow::Result<()> {
        telemetry::init(&self.options.log, self.options.log_format());
        let begin = Instant::now();
        let (config, mut file) = Config::new(&self.options, &self.serving, &[])?;
        let nation = config.data.join("nation");
        let first = file.nation.is_none();
        if first {
            let made = make(&self.which, &nation)?;
            let mothers: Vec<String> = nation::mothers(&made).iter().map(|pid| pid.as_str().to_owned()).collect();
            std::fs::write(nation.join("moedre.txt"), mothers.join("\n") + "\n")?;
        }
        let server = Server::build(&config).await?;
        if first {
            let tokens = server.shared.tokens(internal::LOADER)?;
            loading::load(server.shared.mesh(), &tokens, &nation).await?;
            file.nation = Some(Nation {
                population: self.which.population,
                seed: self.which.seed,
                date: self.which.date,
            });
            file.write(&config.data)?;
        }
        let listener = listen(&config).await?;
        announce(&config, &file, begin)?;
        server.serve(listener).await
    }
}

/// `felles serve`.
#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    options: Options,
    #[command(flatten)]
    serving: Serving,
    /// The components to serve here [default: all that no --remote names]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    only: Vec<String>,
}

impl Serve {
    /// Runs the command.
    pub async fn run(self) -> anyhow::Result<()> {
        telemetry::init(&self.options.log, self.options.log_format());
        let (config, _) = Config::new(&self.options, &self.serving, &self.only)?;
        let server = Server::build(&config).await?;
        let listener = listen(&config).await?;
        super::say(&format!("{} on {}", config.only.join(", "), config.base_url));
        server.serve(listener).await
    }
}

async fn listen(config: &Config) -> anyhow::Result<tokio::net::TcpListener> {
    tokio::net::TcpListener::bind(&config.listen).await.with_context(|| format!("cannot listen on {}", config.listen))
}

/// Tells a newcomer where to go.
fn announce(config: &Config, file: &File, begin: Instant) -> anyhow::Result<()> {
    let people = file.nation.as_ref().map_or(0, |nation| nation.population);
    super::say(&format!("Felles serves {people} people on {} ({} ms)", config.base_url, begin.elapsed().as_millis()));
    if !config.test_mode {
        return Ok(());
    }
    super::say("\nSign in as one of these (no password; the number is all):");
    for person in suggested(&config.data)? {
        super::say(&format!("  {}  {} – {}", person.personidentifikator.as_str(), person.navn, person.hvem));
    }
    super::say("\nThen, in another terminal, let a child be born:\n  felles birth");
    Ok(())
}

fn suggested(data: &Path) -> anyhow::Result<Vec<nation::Testperson>> {
    let path = data.join("nation/testpersoner.json");
    let text = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_slice(&text).with_context(|| path.display().to_string())
}
