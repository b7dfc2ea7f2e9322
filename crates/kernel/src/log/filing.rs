//! Which entries are about whom.
//!
//! An index by person that follows every entry touches another page for each, and those pages are most of what writing
//! an entry costs. So entries are filed in batches, sorted, a slice with each write; what is not filed yet
//! (`head.filed` says from where) is found by reading it.

use std::sync::LazyLock;

use super::index;
use crate::id::Pid;
use crate::params;
use crate::store::{Row, Store, StoreError, Tx, Value};

/// Entries filed together.
const BATCH: i64 = 16_384;
/// Entries read or filed in one step, so that no write waits long.
const SLICE: usize = 1024;
/// Rows of one insert.
const ROWS: usize = 64;

/// A batch on its way into the index. After a failure or a restart it begins anew: filing twice files once.
#[derive(Default)]
pub(super) struct Filing {
    /// What has been read of it; by person, once it has been read whole.
    batch: Vec<(String, i64)>,
    /// The place that it has been read to, and the place that it ends before. Equal once it has been read whole.
    read: i64,
    end: i64,
    /// How many of the batch are filed.
    done: usize,
}

impl Filing {
    /// Goes on by one step, where there is enough to file in a log of `size` entries of which `filed` are filed.
    pub(super) async fn go_on(&mut self, tx: &mut Tx, filed: i64, size: i64) -> Result<(), StoreError> {
        if self.end == 0 {
            if size - filed >= BATCH {
                (self.read, self.end) = (filed, filed + BATCH);
            }
        } else if self.read < self.end {
            self.read(tx).await?;
        } else {
            self.file(tx).await?;
        }
        Ok(())
    }

    async fn read(&mut self, tx: &mut Tx) -> Result<(), StoreError> {
        let to = self.end.min(self.read + SLICE as i64);
        let sql = "SELECT subject, idx FROM entry WHERE idx >= $1 AND idx < $2";
        for row in tx.query(sql, params![self.read, to]).await? {
            self.batch.push((row.get(0)?, row.get(1)?));
        }
        self.read = to;
        if to == self.end {
            self.batch.sort_unstable();
        }
        Ok(())
    }

    async fn file(&mut self, tx: &mut Tx) -> Result<(), StoreError> {
        static INSERT: LazyLock<String> = LazyLock::new(|| {
            let rows: Vec<String> = (0..ROWS).map(|n| format!("(${}, ${})", n * 2 + 1, n * 2 + 2)).collect();
            format!("INSERT INTO filed (subject, idx) VALUES {} ON CONFLICT DO NOTHING", rows.join(", "))
        });
        let slice = self.batch.get(self.done..).unwrap_or_default();
        let slice = slice.get(..SLICE).unwrap_or(slice);
        for rows in slice.chunks(ROWS) {
            // The last row again and again fills the statement up.
            let rows = rows.iter().chain(rows.last().into_iter().cycle()).take(ROWS);
            let values: Vec<Value> =
                rows.flat_map(|(subject, idx)| [subject.as_str().into(), Value::Int(*idx)]).collect();
            tx.execute(&INSERT, &values).await?;
        }
        self.done += slice.len();
        if self.done == self.batch.len() {
            tx.execute("UPDATE head SET filed = $1 WHERE id = 1 AND filed < $1", params![self.end]).await?;
            *self = Self::default();
        }
        Ok(())
    }
}

/// The rows `(idx, body)` of the newest entries about a person, before place `before`, newest first.
pub(super) async fn about(
    store: &Store,
    subject: &Pid,
    before: i64,
    limit: i64,
) -> Result<Vec<Row>, StoreError> {
    let filed = filed(store).await? as i64;
    let sql = "SELECT idx, body FROM entry WHERE idx >= $1 AND idx < $2 AND subject = $3 ORDER BY idx DESC LIMIT $4";
    let mut rows = store.query(sql, params![filed, before, subject, limit]).await?;
    let more = limit - rows.len() as i64;
    if more > 0 {
        let sql = "SELECT entry.idx, entry.body FROM filed JOIN entry ON entry.idx = filed.idx
            WHERE filed.subject = $1 AND filed.idx < $2 ORDER BY filed.idx DESC LIMIT $3";
        rows.extend(store.query(sql, params![subject, before.min(filed), more]).await?);
    }
    Ok(rows)
}

/// The place before which every entry is filed.
pub(super) async fn filed(store: &Store) -> Result<u64, StoreError> {
    let row = store.query_opt("SELECT filed FROM head WHERE id = 1", &[]).await?;
    row.map_or(Ok(0), |row| index(&row, 0))
}

/// The entries from `from` and before `to` that are not filed under their person.
pub(super) async fn not_filed(store: &Store, from: u64, to: u64) -> Result<Vec<u64>, StoreError> {
    let sql = "SELECT idx FROM entry WHERE idx >= $1 AND idx < $2
        AND NOT EXISTS (SELECT 1 FROM filed WHERE filed.subject = entry.subject AND filed.idx = entry.idx)";
    let rows = store.query(sql, params![from as i64, to as i64]).await?;
    rows.iter().map(|row| index(row, 0)).collect()
}

/// How many rows the index has for the entries before `to`.
pub(super) async fn rows(store: &Store, to: u64) -> Result<u64, StoreError> {
    let row = store.query_opt("SELECT count(*) FROM filed WHERE idx < $1", params![to as i64]).await?;
    row.map_or(Ok(0), |row| index(&row, 0))
}
