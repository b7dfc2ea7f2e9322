//! Loads a nation into the registers, through the interface that each has for it.

use std::sync::Arc;

use anyhow::{Context as _, ensure};
use clients::{Mesh, TokenSource, request};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use nation::Nation;
use serde_json::Value;
use tokio::sync::mpsc;

use crate::commands::nation::Progress;

/// Lines in one request: enough to be fast.
const LINES: usize = 2000;
/// No line is added to a request that has so many bytes: a municipality of the whole nation stands with thousands of places of
/// business on one line, and the registers have limits.
const BYTES: usize = 8 << 20;
/// Requests under way: while a register writes one, the next is read.
const AT_ONCE: usize = 2;

/// Where Folkeregisteret takes people.
const FOLK: &str = "/folkeregisteret/innlasting/v1";
/// Where the search for test people takes what they are searched for by.
const TESTPERSONER: &str = "/testpersoner/innlasting/v1";
/// Where the registers take what they load.
const REGISTERS: &[(&str, &str)] = &[
    (folkeregister::NAME, "/folkeregisteret/innlasting/v1?soek=senere"),
    (enhetsregister::NAME, "/enhetsregisteret/innlasting/v1"),
    (matrikkel::NAME, "/matrikkel/innlasting/v1"),
    (kontaktregister::NAME, "/kontaktregisteret/innlasting/v1"),
    (postkasse::NAME, "/postkasse/innlasting/v1"),
    (life_events::NAME, "/livshendelser/innlasting/v1"),
    (testpersoner::NAME, TESTPERSONER),
];

/// What one request brings.
struct Chunk {
    register: &'static str,
    lines: usize,
    body: Vec<u8>,
}

/// Loads a nation. Its lines are made on a thread of their own, no faster than the registers take them, so that memory
/// does not grow with the nation. Safe to repeat: a register takes what it has once more as an update.
pub async fn load(mesh: &Mesh, tokens: &TokenSource, nation: Arc<Nation>) -> anyhow::Result<()> {
    load_registers(mesh, tokens, nation.clone(), |_| true).await?;
    // A load of nobody: everyone who was loaded before is found by search from now on.
    load_lines(mesh, tokens, folkeregister::NAME, FOLK, Vec::new(), 0).await?;
    load_end(mesh, tokens, &nation).await
}

/// Loads into the search for test people alone, for an installation from before there was one.
pub async fn load_test_people(mesh: &Mesh, tokens: &TokenSource, nation: Arc<Nation>) -> anyhow::Result<()> {
    load_registers(mesh, tokens, nation.clone(), |register| register == testpersoner::NAME).await?;
    load_end(mesh, tokens, &nation).await
}

/// Tells the search for test people which of Kontaktregisteret's changes its lines have in them: that register has made one
/// of each line that it was loaded with.
async fn load_end(mesh: &Mesh, tokens: &TokenSource, nation: &Nation) -> anyhow::Result<()> {
    let path = format!("{TESTPERSONER}?kontaktregister={}", nation.contacts().count());
    load_lines(mesh, tokens, testpersoner::NAME, &path, Vec::new(), 0).await
}

async fn load_registers(
    mesh: &Mesh,
    tokens: &TokenSource,
    nation: Arc<Nation>,
    wanted: fn(&str) -> bool,
) -> anyhow::Result<()> {
    let loads = nation.loads();
    let total: usize = loads.iter().filter(|load| wanted(load.register)).map(|load| load.about).sum();
    drop(loads);
    let (sender, chunks) = mpsc::channel(AT_ONCE);
    let maker = std::thread::Builder::new()
        .name("nation".to_owned())
        .spawn(move || make(&nation, wanted, &sender))
        .context("cannot start a thread")?;
    let mut progress = Progress::new("Loading the registers");
    let mut done = 0;
    stream::unfold(chunks, |mut chunks| async { chunks.recv().await.map(|chunk| (chunk, chunks)) })
        .map(|chunk| send(mesh, tokens, chunk))
        .buffered(AT_ONCE)
        .try_for_each(|lines| {
            done += lines;
            progress.show(done as u64, total as u64);
            std::future::ready(Ok(()))
        })
        .await?;
    maker.join().map_err(|_| anyhow::anyhow!("the making of lines ended early"))??;
    progress.end();
    Ok(())
}

/// Makes the chunks, until all are made or nobody takes them any more.
fn make(nation: &Nation, wanted: fn(&str) -> bool, chunks: &mpsc::Sender<Chunk>) -> serde_json::Result<()> {
    for mut load in nation.loads().into_iter().filter(|load| wanted(load.register)) {
        loop {
            let (mut lines, mut body) = (0, Vec::new());
            while lines < LINES && body.len() < BYTES {
                let Some(line) = load.lines.next() else { break };
                body.extend(line?);
                body.push(b'\n');
                lines += 1;
            }
            if lines == 0 {
                break;
            }
            if chunks.blocking_send(Chunk { register: load.register, lines, body }).is_err() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Has a register take a chunk, and gives how many lines that were.
async fn send(mesh: &Mesh, tokens: &TokenSource, chunk: Chunk) -> anyhow::Result<usize> {
    let Chunk { register, lines, body } = chunk;
    let (_, path) = REGISTERS.iter().find(|(name, _)| *name == register).context(register)?;
    load_lines(mesh, tokens, register, path, body, lines).await?;
    Ok(lines)
}

async fn load_lines(
    mesh: &Mesh,
    tokens: &TokenSource,
    register: &'static str,
    path: &str,
    body: Vec<u8>,
    lines: usize,
) -> anyhow::Result<()> {
    let ask = request::post(path).bearer(&tokens.token().await?).body("application/x-ndjson", body)?;
    let answer = mesh.send(register, ask).await.and_then(request::json::<Value>);
    let answer = answer.map_err(|error| anyhow::anyhow!("{register} {}", error.in_full()))?;
    let read = answer["lest"].as_u64();
    ensure!(read == Some(lines as u64), "{register} read {read:?} of {lines} lines");
    Ok(())
}
