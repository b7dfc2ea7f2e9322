//! Every SQL statement.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;

use kernel::id::Pid;
use kernel::params;
use kernel::store::{Row, Store, StoreError, Tx, Value, places};

use crate::model::rad::{PER_DAG, Rad};
use crate::model::soek::Soek;

/// Rows of one insert, and values of one list.
const ROWS: usize = 100;

const KOLONNER: &str = "nr, pid, kommune, trekk, barn, bekreftet, verge";

/// A row that a search has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Treff {
    /// Its number, by which the next answer goes on.
    pub nr: i64,
    /// The person.
    pub rad: Rad,
    /// Whether the person is somebody's guardian.
    pub er_verge: bool,
}

/// The hits of a search, the youngest first, one more than it asks for where there are more.
pub async fn soek(store: &Store, soek: &Soek) -> Result<Vec<Treff>, StoreError> {
    let mut values = Vec::new();
    let hvor = hvor(soek, &mut values);
    values.push((soek.antall + 1).into());
    let sql = format!(
        "SELECT {KOLONNER}, CAST((SELECT COUNT(*) FROM person v WHERE v.verge = person.pid) AS BIGINT)
         FROM person WHERE {hvor} ORDER BY nr DESC LIMIT ${}",
        values.len()
    );
    let rows = store.query(&sql, &values).await?;
    rows.iter()
        .map(|row| Ok(Treff { nr: row.get(0)?, rad: rad(row)?, er_verge: row.get::<i64>(7)? > 0 }))
        .collect()
}

/// How many a search finds in all, where that is no more than `most`; otherwise `most`.
pub async fn tell(store: &Store, soek: &Soek, most: i64) -> Result<i64, StoreError> {
    let mut values = Vec::new();
    let hvor = hvor(soek, &mut values);
    values.push(most.into());
    let sql = format!(
        "SELECT COUNT(*) FROM (SELECT 1 FROM person WHERE {hvor} ORDER BY nr DESC LIMIT ${}) AS treff",
        values.len()
    );
    let row = store.query_opt(&sql, &values).await?;
    row.ok_or(StoreError::Missing("count"))?.get(0)
}

/// What must hold of a row. Values are never part of the text, and what holds of every row is asked for all the same, so that
/// few statements are prepared.
fn hvor(soek: &Soek, values: &mut Vec<Value>) -> String {
    let mut hvor = String::new();
    let mut krev = |tekst: &str, own: &[Value]| {
        if !hvor.is_empty() {
            hvor.push_str(" AND ");
        }
        let mut deler = tekst.split('?');
        hvor.push_str(deler.next().unwrap_or_default());
        for (del, value) in deler.zip(own) {
            values.push(value.clone());
            // Writing to a string does not fail.
            let _ = write!(hvor, "${}{del}", values.len());
        }
    };
    if let Some(kommune) = soek.kommune {
        krev("kommune = ?", params![kommune]);
    }
    krev("nr >= ? AND nr <= ? AND (trekk & ?) = ?", params![soek.fra, soek.til, soek.maske, soek.verdi]);
    match soek.noen_av {
        Some((bits, true)) => krev("(trekk & ?) <> 0", params![bits]),
        Some((bits, false)) => krev("(trekk & ?) = 0", params![bits]),
        None => {}
    }
    // What is beyond the last child is empty, and comes before every day.
    let dag = |dag: i64| format!("{dag:08}");
    if let Some((plass, etter)) = soek.barn {
        krev("substr(barn, ?, 8) > ?", params![plass * 8 + 1, dag(etter)]);
    }
    if let Some((plass, etter)) = soek.ikke_barn {
        krev("substr(barn, ?, 8) <= ?", params![plass * 8 + 1, dag(etter)]);
    }
    match soek.kontakt {
        Some((etter, true)) => krev("bekreftet > ?", params![etter]),
        Some((etter, false)) => krev("bekreftet > 0 AND bekreftet <= ?", params![etter]),
        None => {}
    }
    match soek.er_verge {
        Some(true) => krev("EXISTS (SELECT 1 FROM person v WHERE v.verge = person.pid)", &[]),
        Some(false) => krev("NOT EXISTS (SELECT 1 FROM person v WHERE v.verge = person.pid)", &[]),
        None => {}
    }
    hvor
}

/// Whether nobody is there.
pub async fn er_tom(store: &Store) -> Result<bool, StoreError> {
    Ok(store.query_opt("SELECT nr FROM person LIMIT 1", &[]).await?.is_none())
}

/// Those of `pids` who are there.
pub async fn kjente(store: &Store, pids: &[Pid]) -> Result<HashSet<Pid>, StoreError> {
    let mut found = HashSet::with_capacity(pids.len());
    for chunk in pids.chunks(ROWS) {
        let sql = format!("SELECT pid FROM person WHERE pid IN {}", places(1, chunk.len()));
        let numbers: Vec<Value> = chunk.iter().map(Value::from).collect();
        for row in store.query(&sql, &numbers).await? {
            found.insert(row.get(0)?);
        }
    }
    Ok(found)
}

/// The rows of those of `pids` who are there.
pub async fn rader(tx: &mut Tx, pids: &[Pid]) -> Result<HashMap<Pid, Rad>, StoreError> {
    let mut found = HashMap::with_capacity(pids.len());
    for chunk in pids.chunks(ROWS) {
        let sql = format!("SELECT {KOLONNER} FROM person WHERE pid IN {}", places(1, chunk.len()));
        let numbers: Vec<Value> = chunk.iter().map(Value::from).collect();
        for row in tx.query(&sql, &numbers).await? {
            let rad = rad(&row)?;
            found.insert(rad.pid, rad);
        }
    }
    Ok(found)
}

/// Keeps rows, in the place of those that their people may have had.
pub async fn behold(tx: &mut Tx, rader: &[Rad]) -> Result<(), StoreError> {
    let mut siste = BTreeMap::new();
    for chunk in rader.chunks(ROWS) {
        let foer = numre(tx, chunk).await?;
        let mut values = Vec::with_capacity(chunk.len() * 7);
        for rad in chunk {
            let nr = match foer.get(&rad.pid) {
                Some(nr) if nr / PER_DAG == rad.foedt => *nr,
                annet => {
                    if let Some(nr) = annet {
                        tx.execute("DELETE FROM person WHERE nr = $1", params![*nr]).await?;
                    }
                    neste(tx, &mut siste, rad.foedt).await?
                }
            };
            values.extend_from_slice(params![
                nr,
                rad.pid,
                rad.kommune,
                rad.trekk,
                &rad.barn,
                rad.bekreftet,
                rad.verge
            ]);
        }
        let sql = format!(
            "INSERT INTO person ({KOLONNER}) VALUES {}
             ON CONFLICT (nr) DO UPDATE SET kommune = excluded.kommune, trekk = excluded.trekk, barn = excluded.barn,
                 bekreftet = excluded.bekreftet, verge = excluded.verge",
            places(chunk.len(), 7)
        );
        tx.execute(&sql, &values).await?;
    }
    Ok(())
}

/// The numbers of the rows that are there.
async fn numre(tx: &mut Tx, rader: &[Rad]) -> Result<HashMap<Pid, i64>, StoreError> {
    let sql = format!("SELECT pid, nr FROM person WHERE pid IN {}", places(1, rader.len()));
    let pids: Vec<Value> = rader.iter().map(|rad| Value::from(&rad.pid)).collect();
    let rows = tx.query(&sql, &pids).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// The next number of a day of birth. `siste` has those that were given out last.
async fn neste(tx: &mut Tx, siste: &mut BTreeMap<i64, i64>, foedt: i64) -> Result<i64, StoreError> {
    let (foerste, over) = (foedt * PER_DAG, (foedt + 1) * PER_DAG);
    let foer = if let Some(nr) = siste.get(&foedt) {
        *nr
    } else {
        let sql = "SELECT nr FROM person WHERE nr >= $1 AND nr < $2 ORDER BY nr DESC LIMIT 1";
        let row = tx.query_opt(sql, params![foerste, over]).await?;
        row.map_or(Ok(foerste), |row| row.get(0))?
    };
    let nr = foer + 1;
    if nr == over {
        return Err(StoreError::Damaged("a day of birth has no more numbers".to_owned()));
    }
    siste.insert(foedt, nr);
    Ok(nr)
}

/// Forgets people.
pub async fn glem(tx: &mut Tx, pids: &[Pid]) -> Result<(), StoreError> {
    for pid in pids {
        tx.execute("DELETE FROM person WHERE pid = $1", params![pid]).await?;
    }
    Ok(())
}

/// Up to where a feed has been read; `None` where it is not read at all.
pub async fn lest_til(store: &Store, feed: &str) -> Result<Option<i64>, StoreError> {
    let row = store.query_opt("SELECT seq FROM feed_cursor WHERE name = $1", params![feed]).await?;
    row.map(|row| row.get(0)).transpose()
}

fn rad(row: &Row) -> Result<Rad, StoreError> {
    Ok(Rad {
        foedt: row.get::<i64>(0)? / PER_DAG,
        pid: row.get(1)?,
        kommune: row.get(2)?,
        trekk: row.get(3)?,
        barn: row.get(4)?,
        bekreftet: row.get(5)?,
        verge: row.get(6)?,
    })
}
