//! `felles migrate`: brings every store's tables up to date without serving.

use clap::Args;

use crate::config::{Options, place};
use crate::server::{MIGRATIONS, open_store};

/// The command's flags.
#[derive(Debug, Args)]
pub struct Migrate {
    #[command(flatten)]
    options: Options,
}

impl Migrate {
    /// Runs the command.
    pub async fn run(self) -> anyhow::Result<()> {
        let place = place(&self.options)?;
        for (name, _) in MIGRATIONS {
            open_store(&place, name).await?;
        }
        super::say(&format!("the tables of {} stores are up to date", MIGRATIONS.len()));
        Ok(())
    }
}
