//! `felles migrate`: brings every store's tables up to date without serving.

use clap::Args;

use crate::config::{File, Options};
use crate::server::{MIGRATIONS, open_stores};

/// The command's flags.
#[derive(Debug, Args)]
pub struct Migrate {
    #[command(flatten)]
    options: Options,
}

impl Migrate {
    /// Runs the command.
    pub async fn run(self) -> anyhow::Result<()> {
        let place = File::read(&self.options.data)?.place(&self.options);
        open_stores(&place, MIGRATIONS.iter().map(|(name, _)| *name)).await?;
        super::say(&format!("the tables of {} stores are up to date", MIGRATIONS.len()));
        Ok(())
    }
}
