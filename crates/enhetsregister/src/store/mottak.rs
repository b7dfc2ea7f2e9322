//! What notices read and write: units inside the transaction, receipts, and the registers that refer to units.

use clients::enhetsregister::Kode;
use kernel::id::Orgnr;
use kernel::params;
use kernel::store::{Row, Store, StoreError, Tx};

use super::{Funnet, tilstand};
use crate::model::Slag;

/// The first eight digits of the first number that is allotted here: the real register's numbers begin with 8 and 9, and
/// those of a synthetic nation lie far below.
const SERIE: u32 = 39_000_000;
/// Where the series ends.
const SERIE_SLUTT: u32 = 40_000_000;

/// A unit as it stands, whatever its kind.
pub async fn finn_i(tx: &mut Tx, orgnr: &Orgnr) -> Result<Option<(Slag, Funnet)>, StoreError> {
    let row = tx
        .query_opt("SELECT slag, tilstand, navn, innhold, roller FROM enhet WHERE orgnr = $1", params![orgnr])
        .await?;
    row.map(|row| {
        let slag = if row.get::<i64>(0)? == 0 { Slag::Enhet } else { Slag::Underenhet };
        let found = Funnet {
            tilstand: tilstand(row.get(1)?),
            navn: row.get(2)?,
            innhold: row.get(3)?,
            roller: row.get(4)?,
        };
        Ok((slag, found))
    })
    .transpose()
}

/// The form and name of a main unit that is in the register.
pub async fn form_og_navn(tx: &mut Tx, orgnr: &Orgnr) -> Result<Option<(Kode, String)>, StoreError> {
    let row = tx
        .query_opt(
            "SELECT form, navn FROM enhet WHERE orgnr = $1 AND slag = 0 AND tilstand = 0",
            params![orgnr],
        )
        .await?;
    row.map(|row| {
        let code: String = row.get(0)?;
        let text = crate::model::koder::organisasjonsform(&code).map_or("", |form| form.beskrivelse);
        Ok((Kode::ny(&code, text), row.get(1)?))
    })
    .transpose()
}

/// The places of business of a main unit that are in the register, as look-ups show them.
pub async fn steder(tx: &mut Tx, orgnr: &Orgnr) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT innhold FROM enhet WHERE overordnet = $1 AND slag = 1 AND tilstand = 0 ORDER BY orgnr";
    tx.query(sql, params![orgnr]).await?.iter().map(|row| row.get(0)).collect()
}

/// The other main units that are in the register in which a unit has a role.
pub async fn enheter_med_innehaver(tx: &mut Tx, orgnr: &Orgnr) -> Result<Vec<Orgnr>, StoreError> {
    let sql = "SELECT DISTINCT r.orgnr FROM enhetsrolle r JOIN enhet e ON e.orgnr = r.orgnr
         WHERE r.innehaver = $1 AND r.orgnr <> $1 AND e.slag = 0 AND e.tilstand = 0 ORDER BY r.orgnr";
    tx.query(sql, params![orgnr]).await?.iter().map(|row| row.get(0)).collect()
}

/// Whether main units that are in the register lie below one.
pub async fn har_enheter_under(tx: &mut Tx, orgnr: &Orgnr) -> Result<bool, StoreError> {
    let sql = "SELECT orgnr FROM enhet WHERE overordnet = $1 AND slag = 0 AND tilstand = 0 LIMIT 1";
    Ok(tx.query_opt(sql, params![orgnr]).await?.is_some())
}

/// The name of a municipality that units have addresses in.
pub async fn kommunenavn(tx: &mut Tx, nummer: &str) -> Result<Option<String>, StoreError> {
    let row = tx.query_opt("SELECT navn FROM kommune WHERE nummer = $1", params![nummer]).await?;
    row.map(|row| row.get(0)).transpose()
}

/// The next number that no unit has or had.
pub async fn nytt_nummer(tx: &mut Tx) -> Result<Option<Orgnr>, StoreError> {
    let (from, to) = (format!("{SERIE}0"), format!("{SERIE_SLUTT}0"));
    let sql = "SELECT MAX(orgnr) FROM enhet WHERE orgnr >= $1 AND orgnr < $2";
    let row = tx.query_opt(sql, params![from.as_str(), to.as_str()]).await?;
    let last: Option<String> = row.map(|row| row.get(0)).transpose()?.flatten();
    let stem = last.and_then(|last| last.get(..8)?.parse::<u32>().ok()).map_or(SERIE, |stem| stem + 1);
    Ok((stem..SERIE_SLUTT).find_map(Orgnr::from_stem))
}

/// A notice that was registered.
#[derive(Debug)]
pub struct Mottatt {
    /// Its kind.
    pub slag: String,
    /// What it said, as JSON: kept as the ground of what was registered, also when that is no longer shown.
    pub innhold: String,
    /// Its receipt, as JSON.
    pub kvittering: String,
}

const MELDING: &str = "SELECT slag, innhold, kvittering FROM melding WHERE avsender = $1 AND id = $2";

fn mottatt(row: Option<Row>) -> Result<Option<Mottatt>, StoreError> {
    row.map(|row| Ok(Mottatt { slag: row.get(0)?, innhold: row.get(1)?, kvittering: row.get(2)? }))
        .transpose()
}

/// A notice by its sender and the sender's number.
pub async fn melding(store: &Store, avsender: &str, id: &str) -> Result<Option<Mottatt>, StoreError> {
    mottatt(store.query_opt(MELDING, params![avsender, id]).await?)
}

/// As [`melding`], inside a transaction.
pub async fn melding_i(tx: &mut Tx, avsender: &str, id: &str) -> Result<Option<Mottatt>, StoreError> {
    mottatt(tx.query_opt(MELDING, params![avsender, id]).await?)
}

/// Keeps a notice with its receipt.
pub async fn behold_melding(
    tx: &mut Tx,
    avsender: &str,
    id: &str,
    mottatt: &Mottatt,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO melding (avsender, id, slag, innhold, kvittering) VALUES ($1, $2, $3, $4, $5)",
        params![avsender, id, mottatt.slag.as_str(), mottatt.innhold.as_str(), mottatt.kvittering.as_str()],
    )
    .await?;
    Ok(())
}

/// Enters a unit in Frivillighetsregisteret, or renews what stands there; when it first came in, stays.
pub async fn innfoer_frivillig(
    tx: &mut Tx,
    orgnr: &Orgnr,
    foerste: &str,
    dag: &str,
    innhold: &str,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO frivillig_organisasjon (orgnr, foerste, innfoert, innhold) VALUES ($1, $2, $3, $4)
         ON CONFLICT (orgnr) DO UPDATE SET slettet = NULL, innfoert = excluded.innfoert, innhold = excluded.innhold",
        params![orgnr, foerste, dag, innhold],
    )
    .await?;
    Ok(())
}

/// Strikes a unit off Frivillighetsregisteret, where a notice brought it in.
pub async fn stryk_frivillig(tx: &mut Tx, orgnr: &Orgnr, dag: &str) -> Result<(), StoreError> {
    let sql = "UPDATE frivillig_organisasjon SET slettet = $2 WHERE orgnr = $1 AND slettet IS NULL";
    tx.execute(sql, params![orgnr, dag]).await?;
    Ok(())
}

/// What Frivillighetsregisteret has of a unit: number, first day, newest day, the rest as JSON.
pub type Frivillig = (Orgnr, String, String, String);

/// A unit of Frivillighetsregisteret.
pub async fn frivillig(store: &Store, orgnr: &Orgnr) -> Result<Option<Frivillig>, StoreError> {
    let sql = "SELECT orgnr, foerste, innfoert, innhold FROM frivillig_organisasjon WHERE orgnr = $1 AND slettet IS NULL";
    let row = store.query_opt(sql, params![orgnr]).await?;
    row.map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).transpose()
}
