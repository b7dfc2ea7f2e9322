//! The whole register, a part at a time, for whoever checks it against itself and against the other registers.
//!
//! What cannot be read is given as such and does not end the reading: it is a finding of the one who checks.

use clients::enhetsregister::{Endring as Patch, Rollegruppe};
use kernel::params;
use kernel::store::{Row, Store, StoreError};

pub use super::ROLLER;
use super::endringer::les;
use super::{les_roller, tilstand};
use crate::model::{Slag, Tilstand};

/// Units of one part.
const DEL: i64 = 500;

/// A unit as it is kept, whatever became of it.
#[derive(Debug)]
pub struct Kopi {
    /// Its number, as it stands in the store.
    pub orgnr: String,
    /// Main or sub.
    pub slag: Slag,
    /// Whether it is there.
    pub tilstand: Tilstand,
    /// The answer to a look-up, links without the host.
    pub innhold: String,
    /// Its roles, with numbers; `None` where they cannot be read.
    pub roller: Option<Vec<Rollegruppe>>,
}

/// An event of the feed of changes.
#[derive(Debug)]
pub struct Hendelse {
    /// About which unit, as it stands in the store.
    pub orgnr: String,
    /// Of which feed: that of a kind of units, or [`ROLLER`].
    pub slag: String,
    /// `Ny`, `Endring`, `Sletting`, `Fjernet` or `rolle.oppdatert`; `None` where the event cannot be read.
    pub hva: Option<String>,
    /// What a change changed.
    pub endringer: Vec<Patch>,
}

/// How many units there are.
pub async fn antall(store: &Store) -> Result<i64, StoreError> {
    let row = store.query_opt("SELECT COUNT(*) FROM enhet", &[]).await?;
    row.ok_or(StoreError::Missing("count"))?.get(0)
}

/// The units after `etter` (at first empty), by number; empty after the last.
pub async fn enheter(store: &Store, etter: &str) -> Result<Vec<Kopi>, StoreError> {
    let sql =
        "SELECT orgnr, slag, tilstand, innhold, roller FROM enhet WHERE orgnr > $1 ORDER BY orgnr LIMIT $2";
    let rows = store.query(sql, params![etter, DEL]).await?;
    let read = |row: &Row| {
        let roller: Option<String> = row.get(4)?;
        Ok(Kopi {
            orgnr: row.get(0)?,
            slag: if row.get::<i64>(1)? == 0 { Slag::Enhet } else { Slag::Underenhet },
            tilstand: tilstand(row.get(2)?),
            innhold: row.get(3)?,
            roller: roller.map_or(Some(Vec::new()), |text| les_roller(&text).ok()),
        })
    };
    rows.iter().map(read).collect()
}

/// The events about the units after `etter` up to and including `til` (`None`: to the last), by unit and then oldest first.
pub async fn hendelser(store: &Store, etter: &str, til: Option<&str>) -> Result<Vec<Hendelse>, StoreError> {
    let rows = if let Some(til) = til {
        let sql =
            "SELECT subject, kind, body FROM feed WHERE subject > $1 AND subject <= $2 ORDER BY subject, seq";
        store.query(sql, params![etter, til]).await?
    } else {
        let sql = "SELECT subject, kind, body FROM feed WHERE subject > $1 ORDER BY subject, seq";
        store.query(sql, params![etter]).await?
    };
    let read = |row: &Row| {
        let read = les(&row.get::<String>(2)?).ok();
        let (hva, endringer) = read.map_or((None, None), |(hva, endringer)| (Some(hva), endringer));
        Ok(Hendelse { orgnr: row.get(0)?, slag: row.get(1)?, hva, endringer: endringer.unwrap_or_default() })
    };
    rows.iter().map(read).collect()
}
