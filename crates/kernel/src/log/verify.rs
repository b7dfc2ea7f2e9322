//! Checking a whole log: every entry against its hash, every tile against its entries, every checkpoint against the tree.

use super::merkle::{Frontier, Hash, TILE_WIDTH, split, subtree};
use super::{Access, Body, HEAD, NoteVerifier, filing, leaf_hash, read_head, stretch};
use crate::params;
use crate::store::{Store, StoreError};

const PAGE: u64 = 4096;

/// Something in the log that is not as it was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The entry at this place is missing.
    Removed(u64),
    /// The entry at this place is not the one that was hashed.
    Changed(u64),
    /// The entry tells of another person than the one it is filed under.
    Misfiled(u64),
    /// A tile does not fit the entries below it.
    Tile {
        /// Its level; 0 holds the entries' own hashes.
        level: u8,
        /// Its place in the level, from 0.
        index: u64,
    },
    /// A checkpoint of this size is not signed by the log's key.
    Unsigned(u64),
    /// The entries do not give the root that was signed for this size.
    Root(u64),
    /// What the log goes on from is not what its entries give, so that its next root would be wrong.
    Frontier,
    /// There are entries beyond the newest checkpoint.
    Beyond(u64),
    /// The index by person has rows that no entry gives: a person would be shown what is not about them.
    Index {
        /// The first place of the run that they stand in.
        first: u64,
        /// How many.
        rows: u64,
    },
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Removed(at) => write!(f, "entry {at} has been removed"),
            Self::Changed(at) => write!(f, "entry {at} has been changed"),
            Self::Misfiled(at) => write!(f, "entry {at} is filed under another person"),
            Self::Tile { level, index } => {
                write!(f, "tile {index} of level {level} does not fit its entries")
            }
            Self::Unsigned(size) => {
                write!(f, "the checkpoint of {size} entries is not signed by the log's key")
            }
            Self::Root(size) => write!(f, "the first {size} entries do not give the root that was signed"),
            Self::Frontier => write!(f, "the log would not go on from its entries"),
            Self::Beyond(size) => write!(f, "there are entries beyond the newest checkpoint of {size}"),
            Self::Index { first, rows } => {
                write!(f, "the index by person has {rows} rows too many in the run from {first}")
            }
        }
    }
}

/// What a check found.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// How many entries were read.
    pub entries: u64,
    /// How many signed checkpoints were compared.
    pub checkpoints: usize,
    /// What is wrong; empty where all is well.
    pub findings: Vec<Finding>,
}

/// Reads the log from its first entry to its newest checkpoint.
pub(super) async fn verify(store: &Store, verifier: &NoteVerifier) -> Result<Report, StoreError> {
    let mut report = Report::default();
    let mut signed: Vec<(u64, Hash)> = Vec::new();
    let mut notes: Vec<(u64, String)> = Vec::new();
    for row in store.query("SELECT size, note FROM checkpoint ORDER BY size", &[]).await? {
        notes.push((super::index(&row, 0)?, row.get(1)?));
    }
    let head = store.query_opt(HEAD, &[]).await?;
    let (size, kept) = match head.as_ref().map(read_head).transpose() {
        Ok(Some((size, frontier, note))) => {
            notes.push((size, note));
            (size, Some(frontier))
        }
        Ok(None) => (0, Some(Frontier::default())),
        Err(StoreError::Damaged(_)) => (0, None),
        Err(error) => return Err(error),
    };
    for (size, note) in notes {
        match verifier.open(&note) {
            Some((of, root)) if of == size => signed.push((of, root)),
            _ => report.findings.push(Finding::Unsigned(size)),
        }
    }
    // Where the head has been set back, an older checkpoint still tells how long the log was.
    let size = signed.iter().map(|(size, _)| *size).fold(size, u64::max);
    signed.sort_unstable();
    signed.dedup();

    let mut frontier = Frontier::default();
    let mut checkpoints = signed.iter().peekable();
    let mut expected = 0_u64;
    let mut tiles = Tiles::default();
    while let Some(from) = stretch::next(store, expected).await? {
        for (at, entry) in stretch::read(store, &stretch::WHOLE, from, from + PAGE).await? {
            while expected < at {
                report.findings.push(Finding::Removed(expected));
                expected += 1;
            }
            if at < expected {
                // There is another at this place.
                report.findings.push(Finding::Changed(at));
                continue;
            }
            let leaf = leaf_hash(entry.body.as_bytes());
            if leaf.as_slice() != entry.leaf {
                report.findings.push(Finding::Changed(at));
            }
            let told = serde_json::from_str::<Body<Access>>(&entry.body);
            if told.is_ok_and(|body| body.subject.as_str() != entry.subject) {
                report.findings.push(Finding::Misfiled(at));
            }
            frontier.push(leaf);
            expected += 1;
            report.entries += 1;
            tiles.push(store, leaf, &mut report.findings).await?;
            while let Some((_, root)) = checkpoints.next_if(|(size, _)| *size == expected) {
                report.checkpoints += 1;
                if *root != frontier.root() {
                    report.findings.push(Finding::Root(expected));
                }
            }
        }
    }
    report.findings.extend(filing::verify(store).await?);
    while expected < size {
        report.findings.push(Finding::Removed(expected));
        expected += 1;
    }
    if expected > size {
        report.findings.push(Finding::Beyond(size));
    }
    if kept != Some(frontier) {
        report.findings.push(Finding::Frontier);
    }
    Ok(report)
}

/// The tiles that the entries give, level by level, compared with the stored ones as they fill.
#[derive(Default)]
struct Tiles(Vec<Level>);

#[derive(Default)]
struct Level {
    /// Tiles that were full before.
    done: u64,
    hashes: Vec<u8>,
}

impl Tiles {
    async fn push(
        &mut self,
        store: &Store,
        leaf: Hash,
        findings: &mut Vec<Finding>,
    ) -> Result<(), StoreError> {
        let mut hash = leaf;
        for level in 0_u8.. {
            let number = usize::from(level);
            if self.0.len() == number {
                self.0.push(Level::default());
            }
            let Some(tile) = self.0.get_mut(number) else { break };
            tile.hashes.extend_from_slice(&hash);
            if tile.hashes.len() < TILE_WIDTH as usize * 32 {
                break;
            }
            let row = store
                .query_opt(
                    "SELECT hashes FROM tile WHERE level = $1 AND idx = $2",
                    params![i64::from(level), tile.done as i64],
                )
                .await?;
            if row.map(|row| row.get::<Vec<u8>>(0)).transpose()?.as_ref() != Some(&tile.hashes) {
                findings.push(Finding::Tile { level, index: tile.done });
            }
            tile.done += 1;
            let Some(root) = subtree(split(&std::mem::take(&mut tile.hashes))?) else { break };
            hash = root;
        }
        Ok(())
    }
}
