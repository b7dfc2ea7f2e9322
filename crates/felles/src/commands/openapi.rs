//! `felles openapi`: writes the OpenAPI documents, one per component.

use std::path::PathBuf;

use clap::Args;
use utoipa::openapi::OpenApi;

use crate::server::documents;

/// The command's flags.
#[derive(Debug, Args)]
pub struct Openapi {
    /// Where to put them
    #[arg(long, default_value = "openapi", value_name = "DIR")]
    out: PathBuf,
    /// Write nothing; fail where a document in DIR is not what the program's routes say
    #[arg(long)]
    check: bool,
}

impl Openapi {
    /// Runs the command.
    pub async fn run(self) -> anyhow::Result<()> {
        let mut drifted = Vec::new();
        std::fs::create_dir_all(&self.out)?;
        for (name, document) in documents().await?.iter() {
            let path = self.out.join(format!("{name}.json"));
            let text = pretty(document)?;
            if !self.check {
                std::fs::write(&path, text)?;
            } else if std::fs::read_to_string(&path).ok().as_deref() != Some(&text) {
                drifted.push(path.display().to_string());
            }
        }
        anyhow::ensure!(
            drifted.is_empty(),
            "not what the routes say: {}; run `felles openapi`",
            drifted.join(", ")
        );
        Ok(())
    }
}

fn pretty(document: &OpenApi) -> anyhow::Result<String> {
    Ok(document.to_pretty_json()? + "\n")
}
