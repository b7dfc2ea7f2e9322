//! `felles up` and `felles serve`.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;
use clap::Args;
use kernel::telemetry;

use super::nation::{self, Which};
use crate::config::{Config, File, Options, Serving};
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
        let directory = config.data.join("nation");
        // Real people come by the registers' own ways, never from here.
        let first = config.test_mode && file.nation.is_none() && !file.imported;
        let mut made = None;
        if first {
            let nation = nation::make(&self.which)?;
            nation::directory(&directory)?;
            nation.write_testpersons(&directory)?;
            let mothers: Vec<String> =
                ::nation::mothers(&nation).iter().map(|pid| pid.as_str().to_owned()).collect();
            std::fs::write(directory.join(nation::MOTHERS), mothers.join("\n") + "\n")?;
            made = Some(nation);
        }
        let server = Server::build(&config).await?;
        let (shared, mesh) = (&server.shared, server.shared.mesh());
        if let Some(nation) = made {
            loading::load(mesh, &shared.tokens(internal::LOADER)?, Arc::new(nation)).await?;
            file.nation = Some(self.which.nation());
            file.write(&config.data)?;
        } else if let Some(there) =
            file.nation.filter(|_| config.only.iter().any(|name| name == testpersoner::NAME))
        {
            let search = shared.context(testpersoner::NAME).await?;
            if there.population > 0 && testpersoner::er_tom(&search.store).await? {
                let nation = nation::make(&Which::of(there))?;
                loading::load_test_people(mesh, &shared.tokens(internal::LOADER)?, Arc::new(nation)).await?;
            }
        }
        let listener = listen(&config).await?;
        announce(&config, &file, begin)?;
        if let Some(there) =
            file.nation.filter(|there| *there != self.which.nation() && self.which.is_chosen())
        {
            super::say(&format!(
                "\nThis installation has its nation already ({} people, seed {}); another needs another --data.",
                there.population, there.seed
            ));
        }
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
    tokio::net::TcpListener::bind(&config.listen)
        .await
        .with_context(|| format!("cannot listen on {}", config.listen))
}

/// Tells a newcomer where to go.
fn announce(config: &Config, file: &File, begin: Instant) -> anyhow::Result<()> {
    let took = begin.elapsed().as_millis();
    let Some(nation) = file.nation else {
        super::say(&format!("Felles serves on {} ({took} ms)", config.base_url));
        return Ok(());
    };
    super::say(&format!("Felles serves {} people on {} ({took} ms)", nation.population, config.base_url));
    super::say("\nSign in as one of these (no password; the number is all):");
    for person in suggested(&config.data)? {
        super::say(&format!("  {}  {} – {}", person.personidentifikator.as_str(), person.navn, person.hvem));
    }
    if config.only.iter().any(|name| name == testpersoner::NAME) {
        super::say(&format!("Find others by their traits: {}/testpersoner", config.base_url));
    }
    let birth = if config.data == Path::new("data") {
        String::new()
    } else {
        format!(" --data {}", config.data.display())
    };
    let program = std::env::args().next().unwrap_or_else(|| "felles".to_owned());
    super::say(&format!(
        "\nThen, in another terminal, let a child be born:\n  {program} birth --url {}{birth}",
        config.base_url
    ));
    Ok(())
}

/// The people whom pages and the terminal suggest to sign in as, as the making of the nation has left them.
pub fn suggested(data: &Path) -> anyhow::Result<Vec<::nation::Testperson>> {
    let path = data.join("nation/testpersoner.json");
    match std::fs::read(&path) {
        Ok(text) => serde_json::from_slice(&text).with_context(|| path.display().to_string()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}
