//! How entries lie in the store: a use of few people as a row for each, a use of many as rows of up to [`LONGEST`].
//!
//! The entries of one use differ by person and salt alone, so what they share is kept once: a page of a feed or a look-up of a
//! thousand writes one row of 60 bytes for each person, where a row for each was ten times that. An entry's bytes, and so its
//! hash and its proof, are the same however it is kept.

use super::merkle::{Hash, leaf_hash};
use super::{Access, Body, index, note};
use crate::id::Pid;
use crate::params;
use crate::rng::Rng;
use crate::store::{Row, Store, StoreError, Tx};

/// Subjects from which on they are kept together.
pub(super) const MANY: usize = 16;
/// Most entries of one row.
pub(super) const LONGEST: usize = 1024;

/// Digits of a person's number, bytes of a salt and of a hash.
const DIGITS: usize = 11;
const SALT: usize = 16;
const HASH: usize = 32;

/// Consecutive entries of one use.
#[derive(Debug)]
pub(super) struct Stretch {
    /// What an entry says before the subject's number, and between it and the salt.
    head: String,
    middle: String,
    /// Of each entry, one after another.
    subjects: String,
    salts: Vec<u8>,
    leaves: Vec<u8>,
}

/// What an entry says after the salt.
const TAIL: &str = "\"}";

impl Stretch {
    /// The entries of one use for each of `subjects`, of which `body` is the first one's, without a salt.
    pub(super) fn new(subjects: &[Pid], body: &Body<&Access>, rng: &Rng) -> Result<Self, StoreError> {
        let damaged = |what: &str| StoreError::Damaged(format!("log entry: {what}"));
        let text = serde_json::to_string(body).map_err(|error| damaged(&error.to_string()))?;
        // Before the subject stands only the moment, in which no eleven digits follow each other.
        let (head, rest) = text.split_once(body.subject.as_str()).ok_or_else(|| damaged("no subject"))?;
        let middle = rest.strip_suffix(TAIL).ok_or_else(|| damaged("no salt"))?;
        let mut stretch = Self {
            head: head.to_owned(),
            middle: middle.to_owned(),
            subjects: subjects.iter().map(Pid::as_str).collect(),
            salts: Vec::with_capacity(subjects.len() * SALT),
            leaves: Vec::with_capacity(subjects.len() * HASH),
        };
        for place in 0..subjects.len() {
            stretch.salts.extend_from_slice(&rng.bytes::<SALT>());
            let entry = stretch.body(place).ok_or_else(|| damaged("no salt"))?;
            stretch.leaves.extend_from_slice(&leaf_hash(entry.as_bytes()));
        }
        Ok(stretch)
    }

    fn from_row(row: &Row) -> Result<(u64, Self), StoreError> {
        let (head, middle, subjects) = (row.get(1)?, row.get(2)?, row.get(3)?);
        Ok((index(row, 0)?, Self { head, middle, subjects, salts: row.get(4)?, leaves: row.get(5)? }))
    }

    /// How many entries it has. One that was tampered with has those that are there whole.
    pub(super) fn len(&self) -> usize {
        let parts = [self.subjects.len() / DIGITS, self.salts.len() / SALT, self.leaves.len() / HASH];
        parts.into_iter().min().unwrap_or_default()
    }

    /// Whose data the entry at a place of it tells of.
    fn subject(&self, place: usize) -> Option<&str> {
        self.subjects.get(place * DIGITS..(place + 1) * DIGITS)
    }

    /// The bytes that the tree hashes.
    fn body(&self, place: usize) -> Option<String> {
        let salt = note::base64(self.salts.get(place * SALT..(place + 1) * SALT)?);
        Some([&self.head, self.subject(place)?, &self.middle, &salt, TAIL].concat())
    }

    fn leaf(&self, place: usize) -> Option<&[u8]> {
        self.leaves.get(place * HASH..(place + 1) * HASH)
    }

    /// The hashes of its entries.
    pub(super) fn leaves(&self) -> impl Iterator<Item = Hash> {
        self.leaves.chunks_exact(HASH).filter_map(|leaf| leaf.try_into().ok())
    }

    /// Keeps it, its first entry at `first`.
    pub(super) async fn insert(self, tx: &mut Tx, first: u64) -> Result<(), StoreError> {
        let Self { head, middle, subjects, salts, leaves } = self;
        tx.execute(
            "INSERT INTO stretch (first, head, middle, subjects, salts, leaves) VALUES ($1, $2, $3, $4, $5, $6)",
            params![first as i64, head, middle, subjects, salts, leaves],
        )
        .await?;
        Ok(())
    }
}

/// What is read of an entry: of a row of its own, and of a stretch by its place in that.
pub(super) struct Part<T> {
    sql: &'static str,
    row: fn(&Row) -> Result<T, StoreError>,
    stretch: fn(&Stretch, usize) -> Option<T>,
}

/// An entry as it is kept.
pub(super) struct Whole {
    /// Under whom it is filed.
    pub(super) subject: String,
    /// The bytes that the tree hashes.
    pub(super) body: String,
    /// Their hash, as it is kept.
    pub(super) leaf: Vec<u8>,
}

/// All of it.
pub(super) const WHOLE: Part<Whole> = Part {
    sql: "SELECT idx, subject, body, leaf FROM entry WHERE idx >= $1 AND idx < $2 ORDER BY idx",
    row: |row| Ok(Whole { subject: row.get(1)?, body: row.get(2)?, leaf: row.get(3)? }),
    stretch: |stretch, place| {
        let (subject, body) = (stretch.subject(place)?.to_owned(), stretch.body(place)?);
        Some(Whole { subject, body, leaf: stretch.leaf(place)?.to_vec() })
    },
};

/// Under whom it is filed.
pub(super) const SUBJECT: Part<String> = Part {
    sql: "SELECT idx, subject FROM entry WHERE idx >= $1 AND idx < $2 ORDER BY idx",
    row: |row| row.get(1),
    stretch: |stretch, place| stretch.subject(place).map(str::to_owned),
};

/// Its hash.
pub(super) const LEAF: Part<Vec<u8>> = Part {
    sql: "SELECT idx, leaf FROM entry WHERE idx >= $1 AND idx < $2 ORDER BY idx",
    row: |row| row.get(1),
    stretch: |stretch, place| stretch.leaf(place).map(<[u8]>::to_vec),
};

/// The one that begins last before the first place may reach into what is asked for.
const STRETCHES: &str = "SELECT first, head, middle, subjects, salts, leaves FROM stretch
    WHERE first >= (SELECT COALESCE(MAX(first), 0) FROM stretch WHERE first <= $1) AND first < $2 ORDER BY first";

/// A part of the entries from `from` and before `to`, each with its place, in their order.
pub(super) async fn read<T>(
    store: &Store,
    part: &Part<T>,
    from: u64,
    to: u64,
) -> Result<Vec<(u64, T)>, StoreError> {
    let asked = params![from as i64, to as i64];
    let (rows, stretches) = (store.query(part.sql, asked).await?, store.query(STRETCHES, asked).await?);
    together(part, &rows, &stretches, from, to)
}

/// As [`read`], in a transaction.
pub(super) async fn read_in<T>(
    tx: &mut Tx,
    part: &Part<T>,
    from: u64,
    to: u64,
) -> Result<Vec<(u64, T)>, StoreError> {
    let asked = params![from as i64, to as i64];
    let (rows, stretches) = (tx.query(part.sql, asked).await?, tx.query(STRETCHES, asked).await?);
    together(part, &rows, &stretches, from, to)
}

fn together<T>(
    part: &Part<T>,
    rows: &[Row],
    stretches: &[Row],
    from: u64,
    to: u64,
) -> Result<Vec<(u64, T)>, StoreError> {
    let mut entries = Vec::new();
    for row in rows {
        entries.push((index(row, 0)?, (part.row)(row)?));
    }
    for row in stretches {
        let (first, stretch) = Stretch::from_row(row)?;
        let places = (0..stretch.len()).map(|place| (first + place as u64, place));
        let asked = places.filter(|(at, _)| (from..to).contains(at));
        entries.extend(asked.filter_map(|(at, place)| Some((at, (part.stretch)(&stretch, place)?))));
    }
    entries.sort_by_key(|(at, _)| *at);
    Ok(entries)
}

/// The first place from `from` on at which there is an entry.
pub(super) async fn next(store: &Store, from: u64) -> Result<Option<u64>, StoreError> {
    if let Some((at, _)) = read(store, &LEAF, from, from + 1).await?.first() {
        return Ok(Some(*at));
    }
    let sql = "SELECT MIN(first) FROM (SELECT MIN(idx) AS first FROM entry WHERE idx >= $1
        UNION ALL SELECT MIN(first) FROM stretch WHERE first >= $1) AS both_kinds";
    let Some(row) = store.query_opt(sql, params![from as i64]).await? else { return Ok(None) };
    Ok(row.get::<Option<i64>>(0)?.and_then(|first| u64::try_from(first).ok()))
}

/// The entries about a person from place `from` on and before `to`, newest first: place and bytes.
pub(super) async fn about(
    store: &Store,
    subject: &str,
    from: i64,
    to: i64,
) -> Result<Vec<(u64, String)>, StoreError> {
    let rows = "SELECT idx, body FROM entry WHERE idx >= $1 AND idx < $2 AND subject = $3";
    let mut found = Vec::new();
    for row in store.query(rows, params![from, to, subject]).await? {
        found.push((index(&row, 0)?, row.get(1)?));
    }
    for row in &store.query(STRETCHES, params![from, to]).await? {
        let (first, stretch) = Stretch::from_row(row)?;
        let places = (0..stretch.len()).filter(|place| stretch.subject(*place) == Some(subject));
        let entries = places.filter_map(|place| Some((first + place as u64, stretch.body(place)?)));
        found.extend(entries.filter(|(at, _)| (from..to).contains(&(*at as i64))));
    }
    found.sort_unstable_by_key(|(at, _)| std::cmp::Reverse(*at));
    Ok(found)
}
