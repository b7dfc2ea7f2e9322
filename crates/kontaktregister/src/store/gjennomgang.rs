//! The whole register, a part at a time.
//!
//! What cannot be read is given as such and does not end the reading.

use clients::kontaktregister::Person;
use kernel::params;
use kernel::store::{Row, Store, StoreError};

/// Persons of one part.
const DEL: i64 = 1000;

/// How many persons there are.
pub async fn antall(store: &Store) -> Result<i64, StoreError> {
    let row = store.query_opt("SELECT COUNT(*) FROM person", &[]).await?;
    row.ok_or(StoreError::Missing("count"))?.get(0)
}

/// The persons after `etter` (at first empty), by number: the number, and the person where they can be read. Empty after the
/// last.
pub async fn personer(store: &Store, etter: &str) -> Result<Vec<(String, Option<Person>)>, StoreError> {
    let sql = "SELECT pid, innhold FROM person WHERE pid > $1 ORDER BY pid LIMIT $2";
    let rows = store.query(sql, params![etter, DEL]).await?;
    let read = |row: &Row| Ok((row.get(0)?, serde_json::from_str(&row.get::<String>(1)?).ok()));
    rows.iter().map(read).collect()
}
