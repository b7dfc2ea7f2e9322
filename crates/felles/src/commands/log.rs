//! `felles log verify`: reads the whole access log and compares it with what was signed.

use anyhow::bail;
use clap::{Args, Subcommand};
use kernel::log::{self, verify_store};

use crate::config::{Options, place};
use crate::secrets::Secrets;
use crate::server::{log_key, open_store};

/// See [`LogCommand`].
#[derive(Debug, Args)]
pub struct Log {
    #[command(subcommand)]
    command: LogCommand,
}

#[derive(Debug, Subcommand)]
enum LogCommand {
    /// Check every entry, tile and checkpoint; exit status 1 and a line for each finding where something is wrong
    Verify {
        #[command(flatten)]
        options: Options,
    },
}

impl Log {
    /// Runs the command.
    pub async fn run(self) -> anyhow::Result<()> {
        let LogCommand::Verify { options } = self.command;
        let place = place(&options)?;
        let store = open_store(&place, log::NAME).await?;
        let verifier = log_key(&Secrets::of(&options.data))?.verifier();
        let report = verify_store(&store, &verifier).await?;
        super::say(&format!(
            "{} entries, {} signed checkpoints compared",
            report.entries, report.checkpoints
        ));
        for finding in &report.findings {
            super::say(&finding.to_string());
        }
        if !report.findings.is_empty() {
            bail!("the access log is not as it was signed");
        }
        super::say("nothing was changed, removed or slipped in");
        Ok(())
    }
}
