//! The feed of changes.

use std::fmt::Write as _;

use clients::enhetsregister::Endring as Patch;
use jiff::Timestamp;
use kernel::feed;
use kernel::id::Orgnr;
use kernel::params;
use kernel::store::{Row, Store, StoreError};
use serde::{Deserialize, Serialize};

use super::Sporring;
use crate::model::soek::Utsnitt;

/// A change as it stands in the feed.
#[derive(Debug)]
pub struct Endring {
    /// Its number.
    pub id: i64,
    /// When.
    pub dato: Timestamp,
    /// Which unit.
    pub orgnr: Orgnr,
    /// `Ny`, `Endring`, `Sletting` or `Fjernet`.
    pub hva: String,
    /// What a change changed.
    pub endringer: Option<Vec<Patch>>,
}

/// An event's body in the feed.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Hendelse {
    /// What happened.
    Bare(String),
    /// A change, and what it changed.
    Med { hva: String, endringer: Vec<Patch> },
}

/// The body of an event: what happened, and what a change changed.
pub(super) fn hendelse(hva: &str, endringer: Option<Vec<Patch>>) -> Result<String, StoreError> {
    let hva = hva.to_owned();
    let hendelse = match endringer {
        Some(endringer) => Hendelse::Med { hva, endringer },
        None => Hendelse::Bare(hva),
    };
    serde_json::to_string(&hendelse).map_err(|_| StoreError::Damaged("an event of the feed".to_owned()))
}

/// What an event's body says.
pub(super) fn les(body: &str) -> Result<(String, Option<Vec<Patch>>), StoreError> {
    match serde_json::from_str(body) {
        Ok(Hendelse::Bare(hva)) => Ok((hva, None)),
        Ok(Hendelse::Med { hva, endringer }) => Ok((hva, Some(endringer))),
        Err(_) => Err(StoreError::Damaged("an event of the feed".to_owned())),
    }
}

/// Which changes to read: of one kind, from and including a number, of these units (none: of all).
#[derive(Debug)]
pub struct Utvalg<'a> {
    /// A unit's kind in the plural, or [`ROLLER`].
    pub slag: &'a str,
    /// The first number.
    pub fra: i64,
    /// The number after the last.
    pub til: Option<i64>,
    /// The units.
    pub enheter: &'a [String],
}

impl Utvalg<'_> {
    fn sporring(&self) -> Sporring {
        let mut q = Sporring { sql: String::new(), verdier: Vec::new() };
        let (kind, from) = (q.verdi(self.slag), q.verdi(self.fra));
        let _ = write!(q.sql, "FROM feed WHERE kind = {kind} AND seq >= {from}");
        if let Some(til) = self.til {
            let til = q.verdi(til);
            let _ = write!(q.sql, " AND seq < {til}");
        }
        if !self.enheter.is_empty() {
            let list = q.liste(self.enheter);
            let _ = write!(q.sql, " AND subject IN ({list})");
        }
        q
    }
}

/// How many changes there are.
pub async fn antall_endringer(store: &Store, utvalg: &Utvalg<'_>) -> Result<i64, StoreError> {
    let q = utvalg.sporring();
    let row = store.query_opt(&format!("SELECT COUNT(*) {}", q.sql), &q.verdier).await?;
    row.ok_or(StoreError::Missing("count"))?.get(0)
}

/// A page of the changes, oldest first or (`synkende`) newest first.
pub async fn endringer(
    store: &Store,
    utvalg: &Utvalg<'_>,
    utsnitt: Utsnitt,
    synkende: bool,
) -> Result<Vec<Endring>, StoreError> {
    let mut q = utvalg.sporring();
    let way = if synkende { "DESC" } else { "ASC" };
    let (limit, offset) = (q.verdi(utsnitt.size), q.verdi(utsnitt.page.saturating_mul(utsnitt.size)));
    let sql =
        format!("SELECT seq, at, subject, body {} ORDER BY seq {way} LIMIT {limit} OFFSET {offset}", q.sql);
    let read = |row: &Row| {
        let (hva, endringer) = les(&row.get::<String>(3)?)?;
        Ok(Endring { id: row.get(0)?, dato: row.get(1)?, orgnr: row.get(2)?, hva, endringer })
    };
    store.query(&sql, &q.verdier).await?.iter().map(read).collect()
}

/// The number of the first change at `moment` or later; the next number to come where there is none.
///
/// The feed's numbers have no gaps and its moments never go back, so it is found by halving.
pub async fn foerste_fra(store: &Store, moment: Timestamp) -> Result<i64, StoreError> {
    let (mut from, mut to) = (1, feed::last(store).await? + 1);
    while from < to {
        let middle = from + (to - from) / 2;
        let row = store.query_opt("SELECT at FROM feed WHERE seq = $1", params![middle]).await?;
        let at: Timestamp = row.ok_or(StoreError::Missing("feed.at"))?.get(0)?;
        if at < moment {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    Ok(from)
}
