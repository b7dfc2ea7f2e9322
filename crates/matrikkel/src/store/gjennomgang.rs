//! The whole cadastre, a part at a time, for whoever checks it against itself and against the other registers.
//!
//! What cannot be read is given as such and does not end the reading: it is a finding of the one who checks.

use std::collections::HashMap;

use clients::matrikkel::{Eiendom, Kommune};
use kernel::params;
use kernel::store::{Row, Store, StoreError};

use super::liste;
use crate::model::svar::Rad;

/// Properties of one part.
const DEL: i64 = 500;
/// Events of one part.
const HENDELSER: i64 = 2000;

/// A property as it is kept.
#[derive(Debug)]
pub struct Kopi {
    /// The store's own number of it.
    pub id: i64,
    /// Its cadastral number as text.
    pub nummer: String,
    /// What it holds; `None` where it cannot be read.
    pub eiendom: Option<Eiendom>,
}

/// What an event of the change log is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ting {
    /// A property, by its cadastral number.
    Eiendom(String),
    /// An address, by its number.
    Adresse(i64),
    /// A building, by its number.
    Bygning(i64),
    /// None of these.
    Ukjent,
}

/// How many properties there are, and how many addresses can be found.
pub async fn antall(store: &Store) -> Result<(i64, i64), StoreError> {
    let sql = "SELECT (SELECT COUNT(*) FROM eiendom), (SELECT COUNT(*) FROM adresse)";
    let row = store.query_opt(sql, &[]).await?.ok_or(StoreError::Missing("count"))?;
    Ok((row.get(0)?, row.get(1)?))
}

/// Every municipality, by number.
pub async fn kommuner(store: &Store) -> Result<Vec<Kommune>, StoreError> {
    super::kommuner(store).await
}

/// The properties after `etter` (at first 0), by the store's own number; empty after the last.
pub async fn eiendommer(store: &Store, etter: i64) -> Result<Vec<Kopi>, StoreError> {
    let sql = "SELECT id, nummer, innhold FROM eiendom WHERE id > $1 ORDER BY id LIMIT $2";
    let rows = store.query(sql, params![etter, DEL]).await?;
    let read = |row: &Row| {
        let eiendom = serde_json::from_str(&row.get::<String>(2)?).ok();
        Ok(Kopi { id: row.get(0)?, nummer: row.get(1)?, eiendom })
    };
    rows.iter().map(read).collect()
}

/// Those of the addresses of these numbers that can be found, as they are found.
pub async fn adresser(store: &Store, ids: &[i64]) -> Result<HashMap<i64, Rad>, StoreError> {
    Ok(super::adresser(store, ids).await?.into_iter().map(|rad| (rad.id, rad)).collect())
}

/// On which property (the store's own number) each of these buildings stands.
pub async fn bygninger(store: &Store, numre: &[i64]) -> Result<HashMap<i64, i64>, StoreError> {
    if numre.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = format!("SELECT nummer, eiendom FROM bygning WHERE nummer IN ({})", liste(numre));
    store.query(&sql, &[]).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// The events after number `etter` (at first 0), oldest first: its number, and what it is about.
pub async fn hendelser(store: &Store, etter: i64) -> Result<Vec<(i64, Ting)>, StoreError> {
    let number = |text: &str, of: fn(i64) -> Ting| text.parse().map_or(Ting::Ukjent, of);
    let entries = kernel::feed::after(store, etter, HENDELSER).await?;
    let read = entries.into_iter().map(|entry| {
        let ting = match entry.kind.as_str() {
            "Matrikkelenhet" => Ting::Eiendom(entry.subject),
            "Adresse" => number(&entry.subject, Ting::Adresse),
            "Bygning" => number(&entry.subject, Ting::Bygning),
            _ => Ting::Ukjent,
        };
        (entry.seq, ting)
    });
    Ok(read.collect())
}
