//! Properties, as they are and as they were. Each is read as the type that the reader names: what that has no place for stays
//! in the store.

use clients::matrikkel::{Eiendom, MAX_HITS, Matrikkelenhet, Matrikkelnummer};
use jiff::Timestamp;
use kernel::id::Pid;
use kernel::params;
use kernel::store::{Row, Store, StoreError, Value, places};
use serde::de::DeserializeOwned;

use super::innlasting::ROWS;
use crate::model::matrikkelenhet::Nummersoek;

/// A column that holds a property.
fn les<T: DeserializeOwned>(mut row: Row, column: usize) -> Result<T, StoreError> {
    let text = row.take_text(column)?.unwrap_or_default();
    // The reader's own words may quote what is stored, so they are not kept.
    serde_json::from_str(&text).map_err(|_| StoreError::Damaged("a property".to_owned()))
}

/// A property as it is known now or, with `da`, was known then; `None` where there is or was none.
pub async fn finn<T: DeserializeOwned>(
    store: &Store,
    nummer: &Matrikkelnummer,
    da: Option<Timestamp>,
) -> Result<Option<T>, StoreError> {
    let number = Matrikkelnummer { seksjonsnummer: 0, ..nummer.clone() }.to_string();
    let sql = "SELECT id, fra, innhold FROM eiendom WHERE nummer = $1";
    let Some(row) = store.query_opt(sql, params![number]).await? else { return Ok(None) };
    let (id, since): (i64, i64) = (row.get(0)?, row.get(1)?);
    let Some(da) = da.map(Timestamp::as_microsecond).filter(|da| *da < since) else {
        return les(row, 2).map(Some);
    };
    let sql = "SELECT innhold FROM eiendom_foer WHERE eiendom = $1 AND fra <= $2 ORDER BY fra DESC LIMIT 1";
    store.query_opt(sql, params![id, da]).await?.map(|row| les(row, 0)).transpose()
}

/// How many properties a search finds, counted to 10,000, and those of a page.
pub async fn soek(
    store: &Store,
    soek: &Nummersoek,
    per_side: usize,
    side: usize,
) -> Result<(usize, Vec<Matrikkelenhet>), StoreError> {
    let parts = soek.deler.iter().map(|part| Value::from(*part));
    let parts = std::iter::once(Value::from(&soek.kommunenummer)).chain(parts);
    let (conditions, mut values): (Vec<String>, Vec<Value>) = ["kommune", "gnr", "bnr", "fnr"]
        .into_iter()
        .zip(parts)
        .zip(1..)
        .map(|((column, part), n)| (format!("{column} = ${n}"), part))
        .unzip();
    let from = format!("FROM eiendom WHERE {}", conditions.join(" AND "));
    let sql = format!("SELECT COUNT(*) FROM (SELECT 1 {from} LIMIT {MAX_HITS}) AS treff");
    let row = store.query_opt(&sql, &values).await?.ok_or(StoreError::Missing("count"))?;
    let total: i64 = row.get(0)?;
    let n = values.len();
    values.extend([(per_side as i64).into(), ((per_side * side) as i64).into()]);
    let sql =
        format!("SELECT innhold {from} ORDER BY kommune, gnr, bnr, fnr LIMIT ${} OFFSET ${}", n + 1, n + 2);
    let rows = store.query(&sql, &values).await?;
    Ok((total as usize, rows.into_iter().map(|row| les(row, 0)).collect::<Result<_, _>>()?))
}

/// The property that a building stands on.
pub async fn med_bygning(store: &Store, nummer: i64) -> Result<Option<Matrikkelenhet>, StoreError> {
    let sql = "SELECT e.innhold FROM bygning b JOIN eiendom e ON e.id = b.eiendom WHERE b.nummer = $1";
    store.query_opt(sql, params![nummer]).await?.map(|row| les(row, 0)).transpose()
}

/// The property that an address is of.
pub async fn med_adresse(store: &Store, id: i64) -> Result<Option<Matrikkelenhet>, StoreError> {
    let sql = "SELECT e.innhold FROM adresse a JOIN eiendom e ON e.id = a.eiendom WHERE a.id = $1";
    store.query_opt(sql, params![id]).await?.map(|row| les(row, 0)).transpose()
}

/// The properties that any of these people own some of now, by number.
pub async fn eid_av(store: &Store, pids: &[Pid]) -> Result<Vec<Eiendom>, StoreError> {
    let mut found = Vec::new();
    for pids in pids.chunks(ROWS) {
        let values: Vec<Value> = pids.iter().map(Value::from).collect();
        let sql = format!(
            "SELECT innhold FROM eiendom WHERE id IN (SELECT eiendom FROM eier WHERE pid IN {})
             ORDER BY kommune, gnr, bnr, fnr",
            places(1, values.len())
        );
        for row in store.query(&sql, &values).await? {
            found.push(les(row, 0)?);
        }
    }
    Ok(found)
}
