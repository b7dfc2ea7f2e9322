//! The access log: every use of personal data, in a Merkle tree that only grows.
//!
//! An entry is a line of JSON with a random salt, so that a proof shown to one person tells nothing of another's
//! entries. Entries are hashed as in RFC 6962; with each batch the root is signed as a C2SP checkpoint (a signed note
//! with an Ed25519 key). An entry that is changed, removed or slipped in no longer fits the signed root:
//! [`AccessLog::verify`] finds it, and [`InclusionProof::verify`] lets a person check their own entry alone.

mod filing;
mod merkle;
mod note;
mod personal;
mod stretch;
mod verify;

use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot};

pub use merkle::{Hash, InclusionProof, leaf_hash, verify_inclusion};
pub use note::{NoteKey, NoteVerifier};
pub use personal::{Personal, Released};
pub use verify::{Finding, Report};

use crate::auth::Claims;
use crate::clock::Clock;
use crate::id::{Orgnr, Pid};
use crate::params;
use crate::rng::Rng;
use crate::store::{Row, Store, StoreError, Tx, Value, places};
use filing::Filing;
use merkle::Frontier;
use stretch::Stretch;

/// The name of the log's own store.
pub const NAME: &str = "tilgangslogg";

/// The log's tables.
pub const MIGRATIONS: &[&str] = &["
CREATE TABLE entry (idx BIGINT PRIMARY KEY, subject TEXT NOT NULL, body TEXT NOT NULL, leaf BYTEA NOT NULL);
CREATE INDEX entry_subject ON entry (subject, idx);
CREATE TABLE tile (level BIGINT NOT NULL, idx BIGINT NOT NULL, hashes BYTEA NOT NULL, PRIMARY KEY (level, idx));
CREATE TABLE head (id BIGINT PRIMARY KEY, size BIGINT NOT NULL, frontier BYTEA NOT NULL, checkpoint TEXT NOT NULL);
CREATE TABLE checkpoint (size BIGINT PRIMARY KEY, note TEXT NOT NULL);
", "
DROP INDEX entry_subject;
CREATE TABLE filed (subject TEXT NOT NULL, idx BIGINT NOT NULL, PRIMARY KEY (subject, idx)) WITHOUT ROWID;
INSERT INTO filed (subject, idx) SELECT subject, idx FROM entry ORDER BY subject, idx;
ALTER TABLE head ADD COLUMN filed BIGINT NOT NULL DEFAULT 0;
UPDATE head SET filed = size;
", "
CREATE TABLE stretch (first BIGINT PRIMARY KEY, head TEXT NOT NULL, middle TEXT NOT NULL, subjects TEXT NOT NULL,
    salts BYTEA NOT NULL, leaves BYTEA NOT NULL);
ALTER TABLE filed RENAME TO filed_before;
CREATE TABLE filed (run BIGINT NOT NULL, subject TEXT NOT NULL, idx BIGINT NOT NULL, PRIMARY KEY (run, subject, idx)) WITHOUT ROWID;
CREATE TABLE run (first BIGINT PRIMARY KEY);
INSERT INTO filed (run, subject, idx) SELECT 0, subject, idx FROM filed_before ORDER BY subject, idx;
INSERT INTO run (first) SELECT 0 FROM head WHERE filed > 0;
DROP TABLE filed_before;
"];

/// How many entries lie between two checkpoints that are kept for ever.
const KEPT_CHECKPOINT: u64 = 4096;
/// Most entries written in one go.
const MAX_BATCH: usize = 512;
/// So many written entries let filing go on by itself, when no entry waits to be written.
const FILED_ALONE: usize = 64;
/// So many written entries have filing come along with the next ones, whether they wait or not.
const MOST_OWED: usize = 8192;
/// Rows of the insert statements: few sizes, so that few statements are prepared; together they make any number.
const ROWS: [usize; 6] = [32, 16, 8, 4, 2, 1];
/// Values of one row.
const COLUMNS: usize = 4;

/// Who used the data.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub struct Actor {
    /// The organisation that answers for the use.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub orgnr: Option<Orgnr>,
    /// The person, where one acts. In an entry about another (whose case it is), a pseudonym stands in its place: the
    /// subject can prove the entry, and gets no caseworker's number with it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub pid: Option<Pid>,
    /// The system: its client id.
    pub client_id: String,
}

/// A use of personal data: who, what, why.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub struct Access {
    /// Who.
    pub actor: Actor,
    /// The component that gave the data out.
    pub component: String,
    /// What was done, in words for the person it is about.
    pub what: String,
    /// The legal basis.
    pub hjemmel: String,
    /// The purpose that the caller gave (header `Felles-Formaal`).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub formaal: Option<String>,
    /// The case that the caller gave (header `Felles-Sak`).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sak: Option<String>,
}

impl Access {
    /// The use that a request with a verified token makes. Purpose and case come from the request's headers
    /// `Felles-Formaal` and `Felles-Sak` (percent-encoded UTF-8), at most 500 characters each.
    pub fn from_claims(
        component: &str,
        claims: &Claims,
        headers: &http::HeaderMap,
        what: impl Into<String>,
        hjemmel: impl Into<String>,
    ) -> Self {
        let header = |name: &str| {
            let raw = headers.get(name)?.as_bytes();
            let text = percent_encoding::percent_decode(raw).decode_utf8().ok()?;
            Some(text.chars().take(500).collect())
        };
        Self {
            actor: Actor {
                orgnr: claims.consumer_orgnr,
                pid: claims.pid,
                client_id: claims.client_id.clone(),
            },
            component: component.to_owned(),
            what: what.into(),
            hjemmel: hjemmel.into(),
            formaal: header("Felles-Formaal"),
            sak: header("Felles-Sak"),
        }
    }
}

/// An entry as it is hashed; `A` is an [`Access`], owned or borrowed.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Body<A> {
    at: Timestamp,
    subject: Pid,
    #[serde(flatten)]
    access: A,
    /// The pseudonym of the person who acted, where that is another than the subject.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    person: Option<String>,
    /// Keeps the leaf's hash from being guessed.
    salt: String,
}

/// An entry of the log.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its place in the log, from 0.
    pub index: u64,
    /// When.
    pub at: Timestamp,
    /// Whose data.
    pub subject: Pid,
    /// The use.
    pub access: Access,
    /// The bytes that the tree hashes.
    pub body: String,
}

impl Entry {
    fn read(index: u64, body: String) -> Result<Self, StoreError> {
        let parsed: Body<Access> =
            serde_json::from_str(&body).map_err(|e| StoreError::Damaged(format!("log entry: {e}")))?;
        Ok(Self { index, at: parsed.at, subject: parsed.subject, access: parsed.access, body })
    }
}

fn index(row: &Row, column: usize) -> Result<u64, StoreError> {
    u64::try_from(row.get::<i64>(column)?)
        .map_err(|_| StoreError::Damaged("a negative place in the log".to_owned()))
}

/// What is to be written.
enum New {
    One { subject: Pid, body: String, leaf: Hash },
    Many(Stretch),
}

impl New {
    /// How many entries it is.
    fn len(&self) -> usize {
        match self {
            Self::One { .. } => 1,
            Self::Many(stretch) => stretch.len(),
        }
    }
}

/// Entries on their way into the log.
struct Append {
    entries: Vec<New>,
    done: oneshot::Sender<Result<(), StoreError>>,
}

/// The access log of this process. Clones share it.
#[derive(Clone)]
pub struct AccessLog(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Clock,
    rng: Rng,
    key: Arc<NoteKey>,
    queue: mpsc::UnboundedSender<Append>,
}

impl AccessLog {
    /// Starts the log over its store (opened with [`MIGRATIONS`]); `key` signs the checkpoints.
    pub fn start(store: Store, clock: Clock, rng: Rng, key: NoteKey) -> Self {
        let (queue, appends) = mpsc::unbounded_channel();
        let key = Arc::new(key);
        tokio::spawn(write_loop(store.clone(), key.clone(), appends));
        Self(Arc::new(Inner { store, clock, rng, key, queue }))
    }

    /// Writes that `access` was made to the data of each of `subjects`; returns when the entries are durable.
    pub async fn append(&self, subjects: &[Pid], access: &Access) -> Result<(), StoreError> {
        if subjects.is_empty() {
            return Ok(());
        }
        let at = self.0.clock.now();
        let other = access.actor.pid.filter(|pid| subjects.iter().any(|subject| subject != pid)).map(|pid| {
            let actor = Actor { pid: None, ..access.actor.clone() };
            (Access { actor, ..access.clone() }, self.0.key.pseudonym(&pid))
        });
        let body = |subject: Pid, salt: String| {
            let (access, person) = match &other {
                Some((hidden, person)) if access.actor.pid != Some(subject) => (hidden, Some(person.clone())),
                _ => (access, None),
            };
            Body { at, subject, access, person, salt }
        };
        let rng = &self.0.rng;
        let one = |subject: Pid| -> Result<New, StoreError> {
            let body = serde_json::to_string(&body(subject, note::base64(&rng.bytes::<16>())))
                .map_err(|e| StoreError::Damaged(e.to_string()))?;
            let leaf = leaf_hash(body.as_bytes());
            Ok(New::One { subject, body, leaf })
        };
        let entries: Vec<New> = if subjects.len() < stretch::MANY {
            subjects.iter().copied().map(one).collect::<Result<_, _>>()?
        } else {
            // The entry about the one who acts differs from the others.
            let (own, others): (Vec<Pid>, Vec<Pid>) =
                subjects.iter().partition(|subject| access.actor.pid == Some(**subject));
            let many = others.chunks(stretch::LONGEST).filter_map(|subjects| {
                let first = body(*subjects.first()?, String::new());
                Some(Stretch::new(subjects, &first, rng).map(New::Many))
            });
            many.chain(own.into_iter().map(one)).collect::<Result<_, _>>()?
        };
        let (done, finished) = oneshot::channel();
        self.0.queue.send(Append { entries, done }).map_err(|_| StoreError::Closed)?;
        finished.await.map_err(|_| StoreError::Closed)?
    }

    /// The entries about a person, newest first, before place `before`, at most `limit`.
    pub async fn entries_about(
        &self,
        subject: &Pid,
        before: Option<u64>,
        limit: i64,
    ) -> Result<Vec<Entry>, StoreError> {
        let before = before.and_then(|place| i64::try_from(place).ok()).unwrap_or(i64::MAX);
        let found = filing::about(&self.0.store, subject, before, limit).await?;
        found.into_iter().map(|(index, body)| Entry::read(index, body)).collect()
    }

    /// The entry at a place.
    pub async fn entry(&self, index: u64) -> Result<Option<Entry>, StoreError> {
        if index >= i64::MAX as u64 {
            return Ok(None);
        }
        let found = stretch::read(&self.0.store, &stretch::WHOLE, index, index + 1).await?.pop();
        found.map(|(at, entry)| Entry::read(at, entry.body)).transpose()
    }

    /// The newest checkpoint: a signed note of the log's name, size and root.
    pub async fn checkpoint(&self) -> Result<String, StoreError> {
        match head(&self.0.store).await? {
            Some((_, _, checkpoint)) => Ok(checkpoint),
            None => Ok(self.0.key.checkpoint(0, &Frontier::default().root())),
        }
    }

    /// Proves that the entry at place `index` is in the tree of the newest checkpoint.
    pub async fn proof(&self, index: u64) -> Result<Option<InclusionProof>, StoreError> {
        let Some((size, _, checkpoint)) = head(&self.0.store).await? else { return Ok(None) };
        if index >= size {
            return Ok(None);
        }
        let Some(entry) = self.entry(index).await? else { return Ok(None) };
        let path = merkle::path(&self.0.store, index, size).await?;
        Ok(Some(InclusionProof { index, size, entry: entry.body, path, checkpoint }))
    }

    /// A tile of the tree, as C2SP tlog-tiles serves it: up to 256 hashes of `level`, at `index`.
    pub async fn tile(&self, level: u8, index: u64, width: usize) -> Result<Option<Vec<u8>>, StoreError> {
        merkle::tile(&self.0.store, level, index, width).await
    }

    /// The public key of the checkpoints.
    pub fn verifier(&self) -> NoteVerifier {
        self.0.key.verifier()
    }

    /// Checks the whole log; see [`verify::verify`].
    pub async fn verify(&self) -> Result<Report, StoreError> {
        verify::verify(&self.0.store, &self.verifier()).await
    }
}

/// Checks the whole log in `store` against its signed checkpoints, without a running server.
pub async fn verify_store(store: &Store, verifier: &NoteVerifier) -> Result<Report, StoreError> {
    verify::verify(store, verifier).await
}

impl std::fmt::Debug for AccessLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AccessLog")
    }
}

const HEAD: &str = "SELECT size, frontier, checkpoint FROM head WHERE id = 1";

async fn head(store: &Store) -> Result<Option<(u64, Frontier, String)>, StoreError> {
    store.query_opt(HEAD, &[]).await?.as_ref().map(read_head).transpose()
}

/// Reads what [`HEAD`] gives.
fn read_head(row: &Row) -> Result<(u64, Frontier, String), StoreError> {
    let size = index(row, 0)?;
    let frontier = Frontier::from_bytes(size, &row.get::<Vec<u8>>(1)?)
        .ok_or_else(|| StoreError::Damaged("the log's frontier".to_owned()))?;
    Ok((size, frontier, row.get(2)?))
}

async fn write_loop(store: Store, key: Arc<NoteKey>, mut appends: mpsc::UnboundedReceiver<Append>) {
    let mut filing = Filing::default();
    // Entries that were written and not yet matched by filing.
    let mut owed = 0;
    while let Some(first) = appends.recv().await {
        let mut entries = first.entries;
        let mut waiting = vec![first.done];
        // Requests that are on their way to here come along: a write costs as much as many entries. When there are
        // none, this returns at once.
        tokio::task::yield_now().await;
        let mut many: usize = entries.iter().map(New::len).sum();
        while many < MAX_BATCH {
            let Ok(next) = appends.try_recv() else { break };
            many += next.entries.iter().map(New::len).sum::<usize>();
            entries.extend(next.entries);
            waiting.push(next.done);
        }
        owed += many;
        // Where writes follow each other, filing shares theirs; otherwise nobody waits for it.
        let along = if owed > MOST_OWED { std::mem::take(&mut owed) } else { 0 };
        let key = key.clone();
        let mut files = std::mem::take(&mut filing);
        let written: Result<Filing, StoreError> = store
            .write(move |tx| {
                Box::pin(async move {
                    write_batch(tx, &key, entries).await?;
                    if along > 0 {
                        files.go_on(tx, along).await?;
                    }
                    Ok(files)
                })
            })
            .await;
        for done in waiting {
            let result = written.as_ref().map(drop).map_err(|e| StoreError::Open(format!("access log: {e}")));
            // Whoever no longer waits has gone away.
            let _ = done.send(result);
        }
        // After a failure filing begins again where the store says it is.
        filing = written.unwrap_or_default();
        if owed >= FILED_ALONE && appends.is_empty() {
            let (mut files, done) = (std::mem::take(&mut filing), std::mem::take(&mut owed));
            let write = store.write(move |tx| {
                Box::pin(async move {
                    files.go_on(tx, done).await?;
                    Ok::<_, StoreError>(files)
                })
            });
            filing = write.await.unwrap_or_else(|error| {
                tracing::warn!(%error, "entries of the access log could not be filed; they will be");
                Filing::default()
            });
        }
    }
}

/// Writes entries.
async fn write_batch(tx: &mut Tx, key: &NoteKey, entries: Vec<New>) -> Result<(), StoreError> {
    let head = tx.query_opt(HEAD, &[]).await?.as_ref().map(read_head).transpose()?;
    let (start, mut frontier, _) = head.unwrap_or_default();
    let mut size = start;
    let mut values = Vec::with_capacity(entries.len() * COLUMNS);
    for entry in entries {
        let first = size;
        size += entry.len() as u64;
        match entry {
            New::One { subject, body, leaf } => {
                frontier.push(leaf);
                values.extend([Value::Int(first as i64), subject.into(), body.into(), leaf.to_vec().into()]);
            }
            New::Many(stretch) => {
                stretch.leaves().for_each(|leaf| frontier.push(leaf));
                stretch.insert(tx, first).await?;
            }
        }
    }
    insert(tx, &values).await?;
    merkle::complete_tiles(tx, start, size).await?;
    let checkpoint = key.checkpoint(size, &frontier.root());
    if start / KEPT_CHECKPOINT != size / KEPT_CHECKPOINT {
        tx.execute(
            "INSERT INTO checkpoint (size, note) VALUES ($1, $2)",
            params![size as i64, checkpoint.as_str()],
        )
        .await?;
    }
    tx.execute(
        "INSERT INTO head (id, size, frontier, checkpoint) VALUES (1, $1, $2, $3) ON CONFLICT (id) DO UPDATE
         SET size = excluded.size, frontier = excluded.frontier, checkpoint = excluded.checkpoint",
        params![size as i64, frontier.to_bytes(), checkpoint],
    )
    .await?;
    Ok(())
}

/// Inserts rows with as few statements as [`ROWS`] allows.
async fn insert(tx: &mut Tx, mut values: &[Value]) -> Result<(), StoreError> {
    static STATEMENTS: LazyLock<[String; ROWS.len()]> = LazyLock::new(|| {
        ROWS.map(|rows| {
            format!("INSERT INTO entry (idx, subject, body, leaf) VALUES {}", places(rows, COLUMNS))
        })
    });
    for (rows, sql) in ROWS.into_iter().zip(STATEMENTS.iter()) {
        while let Some((now, later)) = values.split_at_checked(rows * COLUMNS) {
            tx.execute(sql, now).await?;
            values = later;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
