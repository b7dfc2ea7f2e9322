//! `felles export`: registers as files.

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use clap::builder::PossibleValuesParser;

use super::nation::directory;
use crate::config::{Options, place};
use crate::snapshot::Format;
use crate::snapshot::registers::{REGISTERS, export};

/// The command's flags.
#[derive(Debug, Args)]
pub struct Export {
    /// Which register; may be repeated [default: all four]
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_parser = PossibleValuesParser::new(REGISTERS))]
    register: Vec<String>,
    /// What the files are
    #[arg(long, value_enum, default_value = "jsonl")]
    format: Format,
    /// Where to put them
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    #[command(flatten)]
    options: Options,
}

impl Export {
    /// Runs the command.
    pub async fn run(self) -> anyhow::Result<()> {
        let place = place(&self.options)?;
        directory(&self.out)?;
        let wanted =
            |register: &&str| self.register.is_empty() || self.register.iter().any(|one| one == register);
        let mut left_out = 0;
        for register in REGISTERS.into_iter().filter(wanted) {
            let exported = export(&place, register, self.format, &self.out).await?;
            super::say(&format!("{register}: {} lines", exported.lines));
            left_out += exported.left_out;
        }
        if left_out > 0 {
            bail!("{left_out} could not be exported");
        }
        Ok(())
    }
}
