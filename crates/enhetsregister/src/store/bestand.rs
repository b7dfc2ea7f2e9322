//! All that there is, a part at a time: total downloads, municipalities, and the roles that units have in others.

use kernel::id::Orgnr;
use kernel::params;
use kernel::store::{Row, Store, StoreError};

use super::slagtall;
use crate::model::Slag;
use crate::model::soek::Utsnitt;

/// Units of one part of a download.
const DEL: i64 = 200;

/// The units of a kind that are in the register, after `etter` (at first empty), by number: number and answer to a
/// look-up.
pub async fn del_av_enheter(
    store: &Store,
    slag: Slag,
    etter: &str,
) -> Result<Vec<(Orgnr, String)>, StoreError> {
    let rows = store
        .query(
            "SELECT orgnr, innhold FROM enhet WHERE slag = $1 AND tilstand = 0 AND orgnr > $2 ORDER BY orgnr LIMIT $3",
            params![slagtall(slag), etter, DEL],
        )
        .await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// The units that have roles, after `etter` (at first empty), by number: number and roles with numbers.
pub async fn del_av_roller(store: &Store, etter: &str) -> Result<Vec<(Orgnr, String)>, StoreError> {
    let rows = store
        .query(
            "SELECT orgnr, roller FROM enhet WHERE roller IS NOT NULL AND tilstand = 0 AND orgnr > $1 ORDER BY orgnr LIMIT $2",
            params![etter, DEL],
        )
        .await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Municipalities in which units have an address, by number: number and name; and how many there are.
pub async fn kommuner(store: &Store, utsnitt: Utsnitt) -> Result<(Vec<(String, String)>, i64), StoreError> {
    let row = store.query_opt("SELECT COUNT(*) FROM kommune", params![]).await?;
    let total = row.ok_or(StoreError::Missing("count"))?.get(0)?;
    let offset = utsnitt.page.saturating_mul(utsnitt.size);
    let sql = "SELECT nummer, navn FROM kommune ORDER BY nummer LIMIT $1 OFFSET $2";
    let rows = store.query(sql, params![utsnitt.size, offset]).await?;
    let read = |row: &Row| Ok((row.get(0)?, row.get(1)?));
    Ok((rows.iter().map(read).collect::<Result<_, StoreError>>()?, total))
}

/// The name of a municipality.
pub async fn kommune(store: &Store, nummer: &str) -> Result<Option<String>, StoreError> {
    let row = store.query_opt("SELECT navn FROM kommune WHERE nummer = $1", params![nummer]).await?;
    row.map(|row| row.get(0)).transpose()
}

/// The roles that a unit has in others that are in the register, by their names: number, name, role as JSON.
pub async fn roller_i_andre(
    store: &Store,
    orgnr: &Orgnr,
) -> Result<Vec<(Orgnr, String, String)>, StoreError> {
    let rows = store
        .query(
            "SELECT r.orgnr, e.navn, r.rolle FROM enhetsrolle r JOIN enhet e ON e.orgnr = r.orgnr
             WHERE r.innehaver = $1 AND e.tilstand = 0 ORDER BY e.sortering, r.orgnr, r.n",
            params![orgnr],
        )
        .await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
}
