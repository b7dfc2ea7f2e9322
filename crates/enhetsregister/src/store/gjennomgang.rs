//! The whole register, a part at a time, for whoever checks it against itself and against the other registers.
//!
//! What cannot be read is given as such and does not end the reading: it is a finding of the one who checks.

use std::collections::HashMap;

use clients::enhetsregister::{
    Borte, BorteEnhet, Endring as Patch, Enhet, FjernetEnhet, Kode, Lenker, Registrering, Rollegruppe,
    SlettetEnhet, Sletting, Underenhet,
};
use kernel::params;
use kernel::store::{Row, Store, StoreError, Value, places};
use serde::Serialize;

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

/// A line of the bulk load that brings what the register has.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Linje {
    /// A main unit with its places of business and roles.
    Enhet(Box<Registrering>),
    /// A unit that has left the register.
    Borte(Borte),
}

/// The lines of the main units after `etter` (at first empty), and of the units that have left the register: the number, and
/// the line where what is kept can be read. Empty after the last.
///
/// Links are left out: the register makes them.
pub async fn linjer(store: &Store, etter: &str) -> Result<Vec<(String, Option<Linje>)>, StoreError> {
    let sql = "SELECT orgnr, slag, tilstand, innhold, roller FROM enhet
         WHERE orgnr > $1 AND (slag = 0 OR tilstand <> 0) ORDER BY orgnr LIMIT $2";
    let rows = store.query(sql, params![etter, DEL]).await?;
    let mut steder = steder(store, &rows).await?;
    let read = |row: &Row| {
        let orgnr: String = row.get(0)?;
        let (innhold, roller): (String, Option<String>) = (row.get(3)?, row.get(4)?);
        let line = match tilstand(row.get(2)?) {
            Tilstand::Aktiv => {
                registrering(&innhold, roller.as_deref(), steder.remove(&orgnr).unwrap_or_default())
                    .map(|whole| Linje::Enhet(Box::new(whole)))
            }
            gone => borte(row.get::<i64>(1)? != 0, gone, &innhold).map(|borte| Linje::Borte(Borte { borte })),
        };
        Ok((orgnr, line))
    };
    rows.iter().map(read).collect()
}

/// The places of business of these units that are in the register, as they are kept, by the main unit.
async fn steder(store: &Store, rows: &[Row]) -> Result<HashMap<String, Vec<String>>, StoreError> {
    let mut steder: HashMap<String, Vec<String>> = HashMap::new();
    let numbers = rows.iter().map(|row| row.get::<String>(0).map(Value::from));
    let numbers: Vec<Value> = numbers.collect::<Result<_, _>>()?;
    if numbers.is_empty() {
        return Ok(steder);
    }
    let sql = format!(
        "SELECT overordnet, innhold FROM enhet WHERE overordnet IN {} AND slag = 1 AND tilstand = 0 ORDER BY orgnr",
        places(1, numbers.len())
    );
    for row in store.query(&sql, &numbers).await? {
        steder.entry(row.get(0)?).or_default().push(row.get(1)?);
    }
    Ok(steder)
}

/// The places of business that are in the register below a unit that is not: no line brings them.
pub async fn uten_enhet(store: &Store) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT u.orgnr FROM enhet u LEFT JOIN enhet e ON e.orgnr = u.overordnet AND e.slag = 0 AND e.tilstand = 0
         WHERE u.slag = 1 AND u.tilstand = 0 AND e.orgnr IS NULL ORDER BY u.orgnr";
    store.query(sql, &[]).await?.iter().map(|row| row.get(0)).collect()
}

fn registrering(innhold: &str, roller: Option<&str>, steder: Vec<String>) -> Option<Registrering> {
    let mut enhet: Enhet = serde_json::from_str(innhold).ok()?;
    enhet.lenker = Lenker::new();
    enhet.organisasjonsform.lenker = Lenker::new();
    let mut underenheter = Vec::with_capacity(steder.len());
    for sted in steder {
        let mut under: Underenhet = serde_json::from_str(&sted).ok()?;
        under.lenker = Lenker::new();
        under.organisasjonsform.lenker = Lenker::new();
        underenheter.push(under);
    }
    let mut rollegrupper = roller.map_or(Some(Vec::new()), |text| les_roller(text).ok())?;
    for group in &mut rollegrupper {
        group.kind.lenker = Lenker::new();
        for role in &mut group.roller {
            role.kind.lenker = Lenker::new();
            if let Some(unit) = &mut role.enhet {
                unit.organisasjonsform.lenker = Lenker::new();
            }
        }
    }
    let (eiere, ansatte) = (Vec::new(), Vec::new());
    Some(Registrering { enhet, slettet: None, underenheter, rollegrupper, eiere, ansatte })
}

fn borte(underenhet: bool, tilstand: Tilstand, innhold: &str) -> Option<BorteEnhet> {
    if tilstand == Tilstand::Fjernet {
        let FjernetEnhet { organisasjonsnummer, slettedato, .. } = serde_json::from_str(innhold).ok()?;
        let slettet = Sletting { dato: slettedato, fjernet: true };
        let navn = String::new();
        return Some(BorteEnhet { organisasjonsnummer, underenhet, navn, organisasjonsform: None, slettet });
    }
    let gone: SlettetEnhet = serde_json::from_str(innhold).ok()?;
    Some(BorteEnhet {
        organisasjonsnummer: gone.organisasjonsnummer,
        underenhet,
        navn: gone.navn,
        organisasjonsform: Some(Kode { lenker: Lenker::new(), ..gone.organisasjonsform }),
        slettet: Sletting { dato: gone.slettedato, fjernet: false },
    })
}
