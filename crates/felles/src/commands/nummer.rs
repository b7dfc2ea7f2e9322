//! `felles nummer`: draws identity numbers that belong to nobody, and checks those that it is given.

use std::io::{BufRead as _, BufWriter, Write as _};

use clap::{Args, Subcommand};
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use kernel::id::{IdError, Kjoenn, Pid};
use kernel::rng::Rng;

/// The earliest day of birth of a drawn number, and the days after it that they spread over: to the end of 2026.
const FROM: Date = date(1925, 1, 1);
const DAYS: u32 = 37_255;
/// More than a day has for one sex: a draw beyond the last is drawn again.
const A_DAY: u32 = 220;

/// See [`NummerCommand`].
#[derive(Debug, Args)]
pub struct Nummer {
    #[command(subcommand)]
    command: NummerCommand,
}

#[derive(Debug, Subcommand)]
enum NummerCommand {
    /// Draw fødselsnummer and D-numbers of the synthetic series (month + 80), one a line
    Draw(Draw),
    /// Read numbers from standard input, one a line, and say of each whether it is one
    Check,
}

#[derive(Debug, Args)]
struct Draw {
    /// How many
    #[arg(long, default_value_t = 1, value_name = "N")]
    count: u32,
    /// The same seed draws the same numbers
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
}

impl Nummer {
    /// Runs the command.
    pub fn run(self) -> anyhow::Result<()> {
        let mut out = BufWriter::new(std::io::stdout().lock());
        match self.command {
            NummerCommand::Draw(Draw { count, seed }) => {
                let rng = seed.map_or_else(Rng::system, Rng::seeded);
                for _ in 0..count {
                    writeln!(out, "{}", draw(&rng).as_str())?;
                }
            }
            NummerCommand::Check => {
                for line in std::io::stdin().lock().lines() {
                    writeln!(out, "{}", verdict(line?.trim()))?;
                }
            }
        }
        Ok(out.flush()?)
    }
}

/// One in twenty is a D-number.
fn draw(rng: &Rng) -> Pid {
    loop {
        let day = FROM.saturating_add(i64::from(rng.below(DAYS)).days());
        let sex = if rng.below(2) == 0 { Kjoenn::Kvinne } else { Kjoenn::Mann };
        let n = rng.below(A_DAY) as usize;
        let number =
            if rng.below(20) == 0 { Pid::synthetic_d(day, sex, n) } else { Pid::synthetic(day, sex, n) };
        if let Some(number) = number {
            return number;
        }
    }
}

/// What a number is, or why it is none.
fn verdict(text: &str) -> &'static str {
    match Pid::parse(text) {
        Ok(pid) => match (pid.is_d_number(), pid.is_synthetic()) {
            (false, false) => "fødselsnummer",
            (true, false) => "D-nummer",
            (false, true) => "syntetisk fødselsnummer",
            (true, true) => "syntetisk D-nummer",
        },
        Err(IdError::Length(_)) => "ugyldig: skal ha 11 siffer",
        Err(IdError::Digits) => "ugyldig: skal bare ha siffer",
        Err(IdError::Date) => "ugyldig: begynner ikke med en dato",
        Err(IdError::ControlDigit) => "ugyldig: feil kontrollsiffer",
    }
}
