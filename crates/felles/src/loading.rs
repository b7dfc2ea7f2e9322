//! Loads a nation into the registers, through the interface that each has for it.

use std::path::Path;

use anyhow::{Context as _, ensure};
use clients::{Mesh, TokenSource, request};
use serde_json::Value;

use crate::commands::nation::Progress;

/// Lines in one request: enough to be fast, few enough that a body stays well under every limit.
const LINES: usize = 2000;

/// The registers, their files and where they take them.
const REGISTERS: &[(&str, &str, &str)] = &[
    (folkeregister::NAME, "folkeregister.jsonl", "/folkeregisteret/innlasting/v1"),
    (enhetsregister::NAME, "enhetsregister.jsonl", "/enhetsregisteret/innlasting/v1"),
    (kontaktregister::NAME, "kontaktregister.jsonl", "/kontaktregisteret/innlasting/v1"),
    (postkasse::NAME, "postkasse.jsonl", "/postkasse/innlasting/v1"),
    (life_events::NAME, "life-events.jsonl", "/livshendelser/innlasting/v1"),
];

/// Loads the files in `directory`. Safe to repeat: a register takes what it has once more as an update.
pub async fn load(mesh: &Mesh, tokens: &TokenSource, directory: &Path) -> anyhow::Result<()> {
    let mut files = Vec::new();
    for (register, file, path) in REGISTERS {
        let file = directory.join(file);
        let text =
            std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        files.push((*register, *path, text));
    }
    let total: usize = files.iter().map(|(_, _, text)| text.len()).sum();
    let mut progress = Progress::new("Loading the registers");
    let mut done = 0;
    for (register, path, text) in files {
        let lines: Vec<&str> = text.lines().collect();
        for chunk in lines.chunks(LINES) {
            let body = chunk.join("\n");
            done += body.len();
            let ask = request::post(path)
                .bearer(&tokens.token().await?)
                .body("application/x-ndjson", body.into_bytes())?;
            let answer = mesh.send(register, ask).await.and_then(request::json::<Value>);
            let answer = answer.map_err(|error| anyhow::anyhow!("{register} {}", error.in_full()))?;
            let read = answer["lest"].as_u64();
            ensure!(read == Some(chunk.len() as u64), "{register} read {read:?} of {} lines", chunk.len());
            progress.show(done as u64, total as u64);
        }
    }
    progress.end();
    Ok(())
}
