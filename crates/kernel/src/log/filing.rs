//! Which entries are about whom.
//!
//! An index by person that follows every entry touches another page for each, and in a nation of millions so does one that takes
//! thousands at a time. So entries are filed in runs: [`RUN`] consecutive entries, sorted by person and written one after
//! another, which is what a disk does best. A person's entries are one look-up in each run; a run is never changed. What is not
//! filed yet (`head.filed` says from where) is found by reading it.

use std::sync::LazyLock;

use super::verify::Finding;
use super::{index, stretch};
use crate::id::Pid;
use crate::params;
use crate::store::{Store, StoreError, Tx, Value, places};

/// Entries of a run.
const RUN: i64 = 16_384;
/// Entries read or filed in one step, so that no write waits long.
const SLICE: usize = 1024;
/// Rows of one insert.
const ROWS: usize = 64;
const COLUMNS: usize = 3;

/// A run on its way into the index. After a failure or a restart it begins anew: filing twice files once.
#[derive(Default)]
pub(super) struct Filing {
    /// What has been read of it; by person, once it has been read whole.
    run: Vec<(String, i64)>,
    /// Its first place, the place that it has been read to, and the place that it ends before. The last two are equal once
    /// it has been read whole; all are 0 where there is no run.
    first: i64,
    read: i64,
    end: i64,
    /// How many of its entries are filed.
    done: usize,
}

impl Filing {
    /// Goes on, where there is enough to file. An entry takes two steps, so more than two for each of the `written` ones keep up
    /// with what is written.
    pub(super) async fn go_on(&mut self, tx: &mut Tx, written: usize) -> Result<(), StoreError> {
        let row = tx.query_opt("SELECT size, filed FROM head WHERE id = 1", &[]).await?;
        let Some(row) = row else { return Ok(()) };
        let (size, mut filed): (i64, i64) = (row.get(0)?, row.get(1)?);
        for _ in 0..=written * 3 / SLICE {
            if self.end == 0 {
                if size - filed < RUN {
                    break;
                }
                (self.first, self.read, self.end) = (filed, filed, filed + RUN);
            }
            if self.read < self.end {
                self.read(tx).await?;
            } else if self.file(tx).await? {
                filed = self.end;
                *self = Self::default();
            }
        }
        Ok(())
    }

    async fn read(&mut self, tx: &mut Tx) -> Result<(), StoreError> {
        let to = self.end.min(self.read + SLICE as i64);
        for (at, subject) in stretch::read_in(tx, &stretch::SUBJECT, self.read as u64, to as u64).await? {
            self.run.push((subject, at as i64));
        }
        self.read = to;
        if to == self.end {
            self.run.sort_unstable();
        }
        Ok(())
    }

    /// Files some, and says whether that was the last of the run.
    async fn file(&mut self, tx: &mut Tx) -> Result<bool, StoreError> {
        static INSERT: LazyLock<String> = LazyLock::new(|| {
            let rows = places(ROWS, COLUMNS);
            format!("INSERT INTO filed (run, subject, idx) VALUES {rows} ON CONFLICT DO NOTHING")
        });
        let slice = self.run.get(self.done..).unwrap_or_default();
        let slice = slice.get(..SLICE).unwrap_or(slice);
        for rows in slice.chunks(ROWS) {
            // The last row again and again fills the statement up.
            let rows = rows.iter().chain(rows.last().into_iter().cycle()).take(ROWS);
            let values: Vec<Value> = rows
                .flat_map(|(subject, idx)| {
                    [Value::Int(self.first), subject.as_str().into(), Value::Int(*idx)]
                })
                .collect();
            tx.execute(&INSERT, &values).await?;
        }
        self.done += slice.len();
        if self.done < self.run.len() {
            return Ok(false);
        }
        tx.execute("INSERT INTO run (first) VALUES ($1) ON CONFLICT DO NOTHING", params![self.first]).await?;
        tx.execute("UPDATE head SET filed = $1 WHERE id = 1 AND filed < $1", params![self.end]).await?;
        Ok(true)
    }
}

/// The newest entries about a person, before place `before`, newest first: place and bytes.
pub(super) async fn about(
    store: &Store,
    subject: &Pid,
    before: i64,
    limit: i64,
) -> Result<Vec<(u64, String)>, StoreError> {
    let most = usize::try_from(limit).unwrap_or_default();
    let filed = filed(store).await?;
    let mut found = stretch::about(store, subject.as_str(), filed as i64, before).await?;
    found.truncate(most);
    let more = (most - found.len()) as i64;
    if more > 0 {
        let sql = "SELECT filed.idx FROM run JOIN filed ON filed.run = run.first AND filed.subject = $1
            WHERE filed.idx < $2 ORDER BY filed.idx DESC LIMIT $3";
        for row in store.query(sql, params![subject, before.min(filed as i64), more]).await? {
            let place = index(&row, 0)?;
            let entries = stretch::read(store, &stretch::WHOLE, place, place + 1).await?;
            found.extend(entries.into_iter().map(|(at, entry)| (at, entry.body)));
        }
    }
    Ok(found)
}

/// The place before which every entry is filed.
async fn filed(store: &Store) -> Result<u64, StoreError> {
    let row = store.query_opt("SELECT filed FROM head WHERE id = 1", &[]).await?;
    row.map_or(Ok(0), |row| index(&row, 0))
}

/// What is wrong with the index: entries that a person is not shown, and rows that show a person what is not about them.
pub(super) async fn verify(store: &Store) -> Result<Vec<Finding>, StoreError> {
    let filed = filed(store).await?;
    let mut firsts = Vec::new();
    for row in store.query("SELECT first FROM run ORDER BY first", &[]).await? {
        firsts.push(index(&row, 0)?);
    }
    let mut findings = Vec::new();
    if filed > 0 && firsts.first() != Some(&0) {
        firsts.insert(0, 0);
    }
    let ends = firsts.iter().copied().skip(1).chain([filed]);
    for (first, end) in firsts.iter().copied().zip(ends) {
        let rows = "SELECT subject, idx FROM filed WHERE run = $1 ORDER BY idx";
        let mut rows = store.query(rows, params![first as i64]).await?.into_iter().peekable();
        let (mut at, mut extra) = (first, 0);
        while at < end {
            let to = end.min(at + RUN as u64);
            for (entry, subject) in stretch::read(store, &stretch::SUBJECT, at, to).await? {
                let mut shown = false;
                while let Some(row) = rows.next_if(|row| index(row, 1).is_ok_and(|idx| idx <= entry)) {
                    let fits = index(&row, 1)? == entry && row.get::<String>(0)? == subject;
                    extra += u64::from(!fits);
                    shown |= fits;
                }
                if !shown {
                    findings.push(Finding::Misfiled(entry));
                }
            }
            at = to;
        }
        extra += rows.count() as u64;
        if extra > 0 {
            findings.push(Finding::Index { first, rows: extra });
        }
    }
    Ok(findings)
}
