//! Every statement of the register.
//!
//! A unit is one row: what can be asked for in columns, and the answer to a look-up as JSON. Its name's words and the
//! people who have roles in it have rows of their own. Bytes (`BYTEA`) stand where order must not depend on the
//! database's language.

use kernel::id::{Orgnr, Pid};
use kernel::params;
use kernel::store::{Row, Store, StoreError};

use crate::model::{Slag, Tilstand};

mod behold;
mod bestand;
mod endringer;
mod mottak;
mod soek;

pub use behold::*;
pub use bestand::*;
pub use endringer::*;
pub use mottak::*;
pub use soek::*;

pub mod gjennomgang;

/// The kind of the feed's events about changed roles.
pub const ROLLER: &str = "roller";

/// A unit as it was found.
#[derive(Debug)]
pub struct Funnet {
    /// Whether it is there.
    pub tilstand: Tilstand,
    /// Its name.
    pub navn: String,
    /// The answer to a look-up, its links without the host.
    pub innhold: String,
    /// The roles with numbers, as JSON.
    pub roller: Option<String>,
}

/// A unit of this number and kind.
pub async fn finn(store: &Store, orgnr: &Orgnr, slag: Slag) -> Result<Option<Funnet>, StoreError> {
    let row = store
        .query_opt(
            "SELECT tilstand, navn, innhold, roller FROM enhet WHERE orgnr = $1 AND slag = $2",
            params![orgnr, slagtall(slag)],
        )
        .await?;
    row.as_ref()
        .map(|row| {
            let tilstand = tilstand(row.get(0)?);
            Ok(Funnet { tilstand, navn: row.get(1)?, innhold: row.get(2)?, roller: row.get(3)? })
        })
        .transpose()
}

/// A role in a person's list.
#[derive(Debug)]
pub struct Rolle {
    /// The unit.
    pub orgnr: Orgnr,
    /// Its name.
    pub navn: String,
    /// What the person is in it.
    pub kode: String,
    /// In words.
    pub beskrivelse: String,
    /// Whether resigned.
    pub fratraadt: bool,
    /// Whether struck.
    pub avregistrert: bool,
}

/// The roles of a living person in units that are in the register, by the units' names.
pub async fn roller_til(store: &Store, pid: &Pid) -> Result<Vec<Rolle>, StoreError> {
    let rows = store
        .query(
            "SELECT r.orgnr, e.navn, r.kode, r.beskrivelse, r.fratraadt, r.avregistrert
             FROM rolle r JOIN enhet e ON e.orgnr = r.orgnr
             WHERE r.pid = $1 AND r.doed = 0 AND e.tilstand = 0 ORDER BY e.sortering, r.orgnr, r.n",
            params![pid],
        )
        .await?;
    let read = |row: &Row| {
        Ok(Rolle {
            orgnr: row.get(0)?,
            navn: row.get(1)?,
            kode: row.get(2)?,
            beskrivelse: row.get(3)?,
            fratraadt: row.get(4)?,
            avregistrert: row.get(5)?,
        })
    };
    rows.iter().map(read).collect()
}

/// Stored roles.
pub fn les_roller(text: &str) -> Result<Vec<clients::enhetsregister::Rollegruppe>, StoreError> {
    // The reader's own words may quote what is stored, so they are not kept.
    serde_json::from_str(text).map_err(|_| StoreError::Damaged("the roles of a unit".to_owned()))
}

/// A stored role of a unit.
pub fn les_rolle(text: &str) -> Result<clients::enhetsregister::JuridiskRolle, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Damaged("a unit's role".to_owned()))
}

fn tilstand(tall: i64) -> Tilstand {
    match tall {
        0 => Tilstand::Aktiv,
        1 => Tilstand::Slettet,
        // Whatever else stands there is not shown.
        _ => Tilstand::Fjernet,
    }
}

fn slagtall(slag: Slag) -> i64 {
    match slag {
        Slag::Enhet => 0,
        Slag::Underenhet => 1,
    }
}
