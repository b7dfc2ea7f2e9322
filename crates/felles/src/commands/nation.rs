//! `felles nation`: makes a synthetic nation as files; `felles nation check`: whether one that is loaded holds together.

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use jiff::civil::{Date, date};
use nation::Summary;

use crate::check;
use crate::config::{self, Options};

/// The day on which a nation begins, unless the command says otherwise: the same for every installation, so that a seed
/// means the same nation on every day.
const DAY_ONE: Date = date(2026, 11, 1);
const POPULATION: u32 = 10_000;
const SEED: u64 = 1;

/// The file of women who can have a child now and whose case a machine may decide, one number a line.
pub const MOTHERS: &str = "moedre.txt";

/// The file of what was made beside what is published.
const SUMMARY: &str = "summary.txt";

/// Which nation.
#[derive(Debug, Clone, Args)]
pub struct Which {
    /// How many people
    #[arg(long, default_value_t = POPULATION, env = "FELLES_POPULATION", value_name = "N")]
    pub population: u32,
    /// Which nation of all possible ones; the same seed gives the same nation to the byte
    #[arg(long, default_value_t = SEED, env = "FELLES_SEED", value_name = "S")]
    pub seed: u64,
    /// The nation's first day; nobody is born after it
    #[arg(long, default_value_t = DAY_ONE, env = "FELLES_DATE", value_name = "YYYY-MM-DD")]
    pub date: Date,
}

impl Which {
    /// As an installation remembers it.
    pub fn nation(&self) -> config::Nation {
        config::Nation { population: self.population, seed: self.seed, date: self.date }
    }

    /// The nation that an installation remembers.
    pub fn of(nation: config::Nation) -> Self {
        Self { population: nation.population, seed: nation.seed, date: nation.date }
    }

    /// Whether it is another than the usual one.
    pub fn is_chosen(&self) -> bool {
        self.nation() != config::Nation { population: POPULATION, seed: SEED, date: DAY_ONE }
    }
}

/// The command's flags, or what it does with a nation that is there.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Nation {
    #[command(subcommand)]
    command: Option<NationCommand>,
    #[command(flatten)]
    files: Files,
}

#[derive(Debug, Subcommand)]
enum NationCommand {
    /// Check that the registers' content holds together; exit status 1 and a line for each finding where it does not
    ///
    /// Reads Folkeregisteret, Enhetsregisteret and Matrikkelen whole: kinship, marriages, addresses, roles, owners, and
    /// whether each feed leads to what its register holds. A table says what each rule asks and how many things it has
    /// looked at. Findings name people by their numbers where these are synthetic. Stop `felles up` first: what is written
    /// meanwhile may be seen half.
    Check {
        #[command(flatten)]
        options: Options,
    },
    /// Let life go on in a nation that `felles up` serves: births, deaths, moves, marriages at the rates of a real year
    ///
    /// Each is a message to Folkeregisteret's intake, and everything that follows an event follows: a birth brings a decision on
    /// child benefit. A line is printed for each.
    Live(super::live::Live),
}

/// Which files to make.
#[derive(Debug, Args)]
struct Files {
    #[command(flatten)]
    which: Which,
    /// Where to put the files
    #[arg(long, default_value = "nation", value_name = "DIR")]
    out: PathBuf,
}

impl Nation {
    /// Runs the command.
    pub async fn run(self) -> anyhow::Result<()> {
        match self.command {
            None => self.files.make(),
            Some(NationCommand::Check { options }) => check(&options).await,
            Some(NationCommand::Live(live)) => live.run().await,
        }
    }
}

async fn check(options: &Options) -> anyhow::Result<()> {
    let stores = check::Stores::open(&config::place(options)?).await?;
    let report = check::nation(&stores).await?;
    super::say(&report.to_string());
    if report.findings() > 0 {
        bail!("the nation does not hold together");
    }
    Ok(())
}

impl Files {
    fn make(self) -> anyhow::Result<()> {
        let made = make(&self.which)?;
        directory(&self.out)?;
        made.write(&self.out).with_context(|| format!("cannot write to {}", self.out.display()))?;
        let summary = made.summary();
        let path = self.out.join(SUMMARY);
        std::fs::write(&path, summary.to_string())
            .with_context(|| format!("cannot write {}", path.display()))?;
        let short = Summary(summary.0.into_iter().filter(|one| one.topic != "Municipalities").collect());
        super::say(&format!("{short}\n{} people in {}", self.which.population, self.out.display()));
        super::say(&format!("The whole table, with every municipality, is in {}", path.display()));
        Ok(())
    }
}

/// Makes a nation.
pub fn make(which: &Which) -> anyhow::Result<nation::Nation> {
    let options = nation::Options { population: which.population, seed: which.seed, date: which.date };
    options.check().map_err(anyhow::Error::msg)?;
    let mut progress = Progress::new("Making the nation");
    let made = nation::generate(&options, &mut |done, total| progress.show(done as u64, total as u64));
    progress.end();
    Ok(made)
}

/// Makes a directory that may be there already.
pub fn directory(path: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(path).with_context(|| format!("cannot make {}", path.display()))
}

/// A line on the terminal that says how far something has come; nothing where standard error is no terminal.
pub struct Progress {
    what: String,
    shown: Option<u64>,
    terminal: bool,
}

impl Progress {
    /// The progress of `what`.
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), shown: None, terminal: std::io::stderr().is_terminal() }
    }

    /// Shows how much of `total` is done, in whole per cent.
    pub fn show(&mut self, done: u64, total: u64) {
        let percent = (done * 100).checked_div(total).unwrap_or(100).min(100);
        if self.terminal && self.shown != Some(percent) {
            self.shown = Some(percent);
            // A terminal that has gone away is no reason to stop.
            let _ = write!(std::io::stderr(), "\r{} … {percent} %", self.what);
        }
    }

    /// Prints a line of its own to standard error; the progress goes on below it.
    pub fn above(&mut self, line: &str) {
        let clear = if self.shown.take().is_some() { "\r\x1b[K" } else { "" };
        let _ = writeln!(std::io::stderr(), "{clear}{line}");
    }

    /// Ends the line.
    pub fn end(self) {
        if self.shown.is_some() {
            let _ = writeln!(std::io::stderr(), "\r{} … done ", self.what);
        }
    }
}
