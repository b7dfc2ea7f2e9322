//! Every statement of the register. A person is one row: the number, and the rest as JSON of the wire type.

use std::collections::HashMap;

use clients::kontaktregister::{Person, Status};
use jiff::Timestamp;
use kernel::feed::{self, Entry, Event};
use kernel::id::Pid;
use kernel::params;
use kernel::store::{Row, Store, StoreError, Tx, Value, places};

pub mod gjennomgang;

/// Numbers of one statement: few sizes, so that the prepared statements stay few.
const SIZES: [usize; 4] = [1, 10, 100, 1000];

/// Those of `pids` that the register knows.
pub async fn find(store: &Store, pids: &[Pid]) -> Result<HashMap<Pid, Person>, StoreError> {
    let mut found = HashMap::with_capacity(pids.len());
    for chunk in pids.chunks(1000) {
        let Some(last) = chunk.last() else { continue };
        let size = SIZES.into_iter().find(|size| *size >= chunk.len()).unwrap_or(1000);
        // The last number again and again fills the statement up.
        let numbers: Vec<Value> =
            chunk.iter().chain(std::iter::repeat(last)).take(size).map(Value::from).collect();
        let sql = format!("SELECT innhold FROM person WHERE pid IN {}", places(1, size));
        for row in store.query(&sql, &numbers).await? {
            let person = person(&row)?;
            found.insert(person.personidentifikator, person);
        }
    }
    Ok(found)
}

/// One person, inside a transaction.
pub async fn get(tx: &mut Tx, pid: &Pid) -> Result<Option<Person>, StoreError> {
    let row = tx.query_opt("SELECT innhold FROM person WHERE pid = $1", params![pid]).await?;
    row.as_ref().map(person).transpose()
}

/// Keeps a person's newest state and appends the change to the feed; nothing where it is as it was.
pub async fn put(tx: &mut Tx, person: &Person, now: Timestamp) -> Result<(), StoreError> {
    let text = serde_json::to_string(person).map_err(|error| StoreError::Damaged(error.to_string()))?;
    let changed = tx
        .execute(
            "INSERT INTO person (pid, innhold) VALUES ($1, $2)
             ON CONFLICT (pid) DO UPDATE SET innhold = excluded.innhold WHERE person.innhold <> excluded.innhold",
            params![&person.personidentifikator, text],
        )
        .await?;
    if changed == 0 {
        return Ok(());
    }
    let kind = if person.status == Status::Slettet { "slettet" } else { "endret" };
    let subject = person.personidentifikator.as_str();
    feed::append(tx, &Event { kind, subject, body: "{}".to_owned(), at: now }).await.map(drop)
}

/// The changes from and including number `fra`, at most `limit`.
pub async fn changes(store: &Store, fra: i64, limit: i64) -> Result<Vec<Entry>, StoreError> {
    feed::after(store, fra.saturating_sub(1), limit).await
}

fn person(row: &Row) -> Result<Person, StoreError> {
    let text: String = row.get(0)?;
    serde_json::from_str(&text)
        .map_err(|error| StoreError::Damaged(format!("a person in the contact register: {error}")))
}
