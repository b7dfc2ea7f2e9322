//! The whole register, a part at a time, for whoever checks it against itself and against the other registers.
//!
//! What cannot be read is given as such and does not end the reading: it is a finding of the one who checks.

use std::collections::HashMap;

use clients::folkeregister::{DokumentForHendelse, LagretHendelse, Persondokument};
use kernel::params;
use kernel::store::{Store, StoreError};

use super::versjon;

/// Rows of one part: a part of documents of the longest sort is a few megabytes.
const DEL: i64 = 500;

/// A number that was given, and the person whom it finds.
#[derive(Debug)]
pub struct Nummer {
    /// The number.
    pub nummer: String,
    /// The newest version of the person's document, by its identifier, and all of it, history too; `None` where there
    /// is no such document, or where it cannot be read.
    pub person: Option<(String, Persondokument)>,
}

/// How many numbers were given.
pub async fn antall(store: &Store) -> Result<i64, StoreError> {
    let row = store.query_opt("SELECT COUNT(*) FROM nummer", &[]).await?;
    row.ok_or(StoreError::Missing("count"))?.get(0)
}

/// The numbers after `etter` (at first empty), in their order; empty after the last.
pub async fn numre(store: &Store, etter: &str) -> Result<Vec<Nummer>, StoreError> {
    const SQL: &str = concat!(
        "SELECT n.pid, ",
        dokument!(),
        historikk!(),
        " FROM nummer n LEFT JOIN dokument d ON d.id = n.dokument WHERE n.pid > $1 ORDER BY n.pid LIMIT $2"
    );
    let rows = store.query(SQL, params![etter, DEL]).await?;
    let read = |row: kernel::store::Row| {
        let nummer = row.get(0)?;
        let versjon = versjon(row).ok();
        Ok(Nummer { nummer, person: versjon.and_then(|one| Some((one.dokument.clone(), one.helt().ok()?))) })
    };
    rows.into_iter().map(read).collect()
}

/// The versions after `etter` (at first empty), in the order of their identifiers, which is that of their making: each
/// with the number that the person had in use.
pub async fn versjoner(store: &Store, etter: &str) -> Result<Vec<(String, String)>, StoreError> {
    let sql = "SELECT id, pid FROM dokument WHERE id > $1 ORDER BY id LIMIT $2";
    let rows = store.query(sql, params![etter, DEL * 4]).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// The events after number `etter` (at first 0), oldest first: its number, and the event where it can be read.
pub async fn hendelser(store: &Store, etter: i64) -> Result<Vec<(i64, Option<LagretHendelse>)>, StoreError> {
    let entries = kernel::feed::after(store, etter, DEL).await?;
    Ok(entries.into_iter().map(|entry| (entry.seq, crate::feed::vis(entry).ok())).collect())
}

/// Those of these events in full that are there and can be read.
pub async fn hendelsesdokumenter(
    store: &Store,
    ids: &[String],
) -> Result<HashMap<String, DokumentForHendelse>, StoreError> {
    let found = super::hendelsesdokumenter(store, ids).await?;
    let read = |(id, (_, innhold)): (String, (_, String))| Some((id, serde_json::from_str(&innhold).ok()?));
    Ok(found.into_iter().filter_map(read).collect())
}

/// Those of these versions of documents that are there and can be read, history too.
pub async fn dokumenter(
    store: &Store,
    ids: &[String],
) -> Result<HashMap<String, Persondokument>, StoreError> {
    let found = super::arkiverte(store, ids).await?;
    Ok(found.into_iter().filter_map(|(id, versjon)| Some((id, versjon.helt().ok()?))).collect())
}
