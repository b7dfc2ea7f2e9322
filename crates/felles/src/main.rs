//! `felles`: the command line.

mod certified;
mod check;
mod commands;
mod config;
mod internal;
mod loading;
mod secrets;
mod server;
mod snapshot;
mod web;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

// A request makes many small allocations on several threads, which the system's allocator is slow at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Norway's common digital ecosystem in one program
///
/// Start with `felles up`: it makes a synthetic nation, serves every component on http://localhost:8080 and says whom
/// to sign in as. Then, in another terminal, `felles birth` reports a birth and follows it to the mother's letter.
#[derive(Debug, Parser)]
#[command(name = "felles", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make the nation the first time, and serve everything
    Up(commands::up::Up),
    /// Serve some components, over data that is already there
    Serve(commands::up::Serve),
    /// Make a synthetic nation as files, one JSON object a line; check one that is loaded
    Nation(commands::nation::Nation),
    /// Write registers to files: Folkeregisteret, Enhetsregisteret, Matrikkelen and Kontaktregisteret
    ///
    /// One file for each, named after it. A line is what the register's bulk load takes, as in the files of `felles nation`, and
    /// `felles import` loads it: a person with their history, a unit with its places of business and roles, a municipality or a
    /// property, a person's contact details. In Parquet, columns to count and filter by stand beside the whole line (`linje`).
    ///
    /// A file has what a register holds now. It has not: events, former versions of documents and properties, receipts of
    /// messages, what notices told Frivillighetsregisteret, owners and employees (whom Enhetsregisteret does not keep).
    /// Mailboxes, letters, cases and the access log are in none. A place of business that is deleted stands alone, without whose
    /// it was.
    ///
    /// The files hold personal numbers and protected addresses; they are made so that this user alone can read them. Like a copy
    /// of the database, an export leaves no trace in the access log. Stop `felles up` first: what is written meanwhile may be seen
    /// half.
    Export(commands::export::Export),
    /// Load registers from files, as `felles export` and `felles nation` make them
    ///
    /// A line that its register refuses is reported with its file, number (of Parquet the row's) and the register's reason, and all
    /// others are loaded; the exit status is then 1. What a register has already it takes as an update, so an import that was
    /// broken off can be repeated. Of lines about the same thing the last one counts.
    ///
    /// Loads straight into the installation's stores, which are made where there are none: stop `felles up` first. `felles up`
    /// makes no nation of its own beside what was imported. With --url, a Felles that is served loads by HTTP, which is slower for
    /// people.
    Import(commands::import::Import),
    /// Draw identity numbers that belong to nobody, or check some
    Nummer(commands::nummer::Nummer),
    /// Report a birth as a hospital does, and follow it to the letter
    Birth(commands::birth::Birth),
    /// Register a client of Maskinporten or ID-porten
    Client(commands::client::Client),
    /// Issue an enterprise certificate of the test authority
    Certificate(commands::certificate::Certificate),
    /// The keys that tokens are signed with: replace them
    Keys(commands::keys::Keys),
    /// Make a scope of Maskinporten or ID-porten, for an API that you offer
    Scope(commands::scope::Scope),
    /// The access log: check that nothing was changed or removed
    Log(commands::log::Log),
    /// Write the OpenAPI documents of every component
    Openapi(commands::openapi::Openapi),
    /// Bring the tables of every store up to date, without serving
    Migrate(commands::migrate::Migrate),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match cli.command {
            Command::Up(command) => command.run().await,
            Command::Serve(command) => command.run().await,
            Command::Nation(command) => command.run().await,
            Command::Export(command) => command.run().await,
            Command::Import(command) => command.run().await,
            Command::Nummer(command) => command.run(),
            Command::Birth(command) => command.run().await,
            Command::Client(command) => command.run().await,
            Command::Certificate(command) => command.run().await,
            Command::Keys(command) => command.run().await,
            Command::Scope(command) => command.run().await,
            Command::Log(command) => command.run().await,
            Command::Openapi(command) => command.run().await,
            Command::Migrate(command) => command.run().await,
        }
    })
}

/// In one line for whoever sits at the terminal; where in the program it came from is shown where `RUST_BACKTRACE=full`.
fn complain(error: &anyhow::Error) {
    eprintln!("felles: {error:#}");
    if std::env::var_os("RUST_BACKTRACE").is_some_and(|wanted| wanted == "full") {
        eprintln!("{}", error.backtrace());
    }
}
