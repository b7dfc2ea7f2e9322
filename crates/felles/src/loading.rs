//! Loads the registers through the interface that each has for it: with a nation that is made here, or with files
//! (`commands::import`).

use std::ops::Range;
use std::sync::Arc;

use anyhow::{Context as _, anyhow, bail, ensure};
use clients::{ClientError, Mesh, TokenSource, request};
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

/// Where the registers take what they load, in the order in which they do.
const REGISTERS: &[(&str, &str)] = &[
    (folkeregister::NAME, "/folkeregisteret/innlasting/v1"),
    (enhetsregister::NAME, "/enhetsregisteret/innlasting/v1"),
    (matrikkel::NAME, "/matrikkel/innlasting/v1"),
    (kontaktregister::NAME, "/kontaktregisteret/innlasting/v1"),
    (postkasse::NAME, "/postkasse/innlasting/v1"),
    (life_events::NAME, "/livshendelser/innlasting/v1"),
    (testpersoner::NAME, "/testpersoner/innlasting/v1"),
];

/// The registers that load, by name.
pub fn registers() -> impl Iterator<Item = &'static str> {
    REGISTERS.iter().map(|(name, _)| *name)
}

/// Who loads.
pub struct Loader {
    /// The way to the registers.
    pub mesh: Mesh,
    /// Tokens that may load.
    pub tokens: TokenSource,
    /// Whether those who are new in Folkeregisteret are found by search only after [`Loader::found`], which is faster.
    pub found_later: bool,
}

impl Loader {
    /// Has a register take the lines of a body: all, or none where it refuses them, which is then said in its words. Safe to
    /// repeat: what it has, it takes once more as an update.
    pub async fn send(
        &self,
        register: &str,
        body: Vec<u8>,
        lines: usize,
    ) -> anyhow::Result<Result<(), String>> {
        let later = self.found_later && register == folkeregister::NAME;
        self.post(register, if later { "?soek=senere" } else { "" }, body, lines).await
    }

    /// Lets everyone who was loaded be found by search: a load of nobody.
    pub async fn found(&self) -> anyhow::Result<()> {
        self.post(folkeregister::NAME, "", Vec::new(), 0).await?.map_err(anyhow::Error::msg)
    }

    async fn post(
        &self,
        register: &str,
        query: &str,
        body: Vec<u8>,
        lines: usize,
    ) -> anyhow::Result<Result<(), String>> {
        let (_, path) = REGISTERS.iter().find(|(name, _)| *name == register).context("no such register")?;
        let token = self.tokens.token().await;
        let token = token.map_err(|error| anyhow!("Maskinporten gave no token: {}", error.in_full()))?;
        let ask =
            request::post(&format!("{path}{query}")).bearer(&token).body("application/x-ndjson", body)?;
        let answer = match self.mesh.send(register, ask).await.and_then(request::json::<Value>) {
            Ok(answer) => answer,
            Err(ClientError::Status { status: 400 | 409 | 413 | 422, body }) => return Ok(Err(body)),
            Err(error) => bail!("{register} {}", error.in_full()),
        };
        let read = answer["lest"].as_u64();
        ensure!(read == Some(lines as u64), "{register} read {read:?} of {lines} lines");
        Ok(Ok(()))
    }
}

/// The lines of one request, as many as fit.
#[derive(Debug, Default)]
pub struct Batch {
    body: Vec<u8>,
    /// Where each line ends.
    ends: Vec<usize>,
}

impl Batch {
    /// Whether another line is for the next request.
    pub fn is_full(&self) -> bool {
        self.ends.len() >= LINES || self.body.len() >= BYTES
    }

    /// Adds a line, without its end.
    pub fn push(&mut self, line: &[u8]) {
        self.body.extend_from_slice(line);
        self.body.push(b'\n');
        self.ends.push(self.body.len());
    }

    /// How many lines it has.
    pub fn lines(&self) -> usize {
        self.ends.len()
    }

    /// Some of the lines, by their places from 0, as a body.
    pub fn part(&self, lines: &Range<usize>) -> &[u8] {
        let end = |line: usize| line.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.body[end(lines.start)..end(lines.end)]
    }
}

/// What one request brings.
struct Chunk {
    register: &'static str,
    batch: Batch,
}

/// Loads a nation. Its lines are made on a thread of their own, no faster than the registers take them, so that memory
/// does not grow with the nation. Safe to repeat.
pub async fn load(mesh: &Mesh, tokens: &TokenSource, nation: Arc<Nation>) -> anyhow::Result<()> {
    let loader = Loader { mesh: mesh.clone(), tokens: tokens.clone(), found_later: true };
    load_registers(&loader, nation.clone(), |_| true).await?;
    loader.found().await?;
    load_end(&loader, &nation).await
}

/// Loads into the search for test people alone, for an installation from before there was one.
pub async fn load_test_people(mesh: &Mesh, tokens: &TokenSource, nation: Arc<Nation>) -> anyhow::Result<()> {
    let loader = Loader { mesh: mesh.clone(), tokens: tokens.clone(), found_later: true };
    load_registers(&loader, nation.clone(), |register| register == testpersoner::NAME).await?;
    load_end(&loader, &nation).await
}

/// Tells the search for test people which of Kontaktregisteret's changes its lines have in them: that register has made one
/// of each line that it was loaded with.
async fn load_end(loader: &Loader, nation: &Nation) -> anyhow::Result<()> {
    let query = format!("?kontaktregister={}", nation.contacts().count());
    loader.post(testpersoner::NAME, &query, Vec::new(), 0).await?.map_err(anyhow::Error::msg)
}

async fn load_registers(
    loader: &Loader,
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
        .map(|chunk| take(loader, chunk))
        .buffered(AT_ONCE)
        .try_for_each(|lines| {
            done += lines;
            progress.show(done as u64, total as u64);
            std::future::ready(Ok(()))
        })
        .await?;
    maker.join().map_err(|_| anyhow!("the making of lines ended early"))??;
    progress.end();
    Ok(())
}

/// Makes the chunks, until all are made or nobody takes them any more.
fn make(nation: &Nation, wanted: fn(&str) -> bool, chunks: &mpsc::Sender<Chunk>) -> serde_json::Result<()> {
    for mut load in nation.loads().into_iter().filter(|load| wanted(load.register)) {
        loop {
            let mut batch = Batch::default();
            while !batch.is_full() {
                let Some(line) = load.lines.next() else { break };
                batch.push(&line?);
            }
            if batch.lines() == 0 {
                break;
            }
            if chunks.blocking_send(Chunk { register: load.register, batch }).is_err() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Has a register take a chunk, and gives how many lines that were.
async fn take(loader: &Loader, Chunk { register, batch }: Chunk) -> anyhow::Result<usize> {
    let lines = batch.lines();
    let answer = loader.send(register, batch.body, lines).await?;
    answer.map_err(|refusal| anyhow!("{register} refused: {refusal}"))?;
    Ok(lines)
}
