//! That businesses let people act for them (Ansattporten), and what has happened with it.

use clients::ansattporten::{Delegeringshandling, Delegeringshendelse};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::id::{Orgnr, Pid};
use kernel::params;
use kernel::store::{Row, Store, StoreError, Tx};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{read_json, write_json};

/// Most that is read at a time.
const MOST: i64 = 500;
/// Most of what has happened that is read at a time.
const MOST_LOG: i64 = 200;

/// That a business lets a person act for it with one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delegation {
    /// Its id.
    pub id: Uuid,
    /// The business; a main unit or a sub-unit.
    pub orgnr: Orgnr,
    /// The person.
    pub pid: Pid,
    /// The resource's id: `2480:40`, `ttd-skjema`.
    pub resource: String,
    /// What the person may: `Read`, or `read` of a resource of Altinn 3.
    pub rights: Vec<String>,
    /// When it ends; seconds since 1970. `None` for until it is withdrawn.
    pub ends: Option<i64>,
    /// The names that both sides see.
    pub names: Names,
}

/// The names of those whom a delegation is between.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Names {
    /// The business.
    pub business: String,
    /// The person.
    pub person: String,
    /// Who gave it.
    pub given_by: String,
}

/// A delegation as it is kept, and when it was given; seconds since 1970.
pub type Given = (Delegation, i64);

const GIVEN: &str = "SELECT id, orgnr, pid, resource, rights, ends, told, given FROM delegation";
const HOLDS: &str = "(ends IS NULL OR ends > $2)";

fn given(row: &Row) -> Result<Given, StoreError> {
    // The installation's own, of before there were ids, have none.
    let id = Uuid::try_parse(&row.get::<String>(0)?).unwrap_or_default();
    let delegation = Delegation {
        id,
        orgnr: row.get(1)?,
        pid: row.get(2)?,
        resource: row.get(3)?,
        rights: read_json(&row.get::<String>(4)?, "a delegation")?,
        ends: row.get(5)?,
        names: read_json(&row.get::<String>(6)?, "a delegation")?,
    };
    Ok((delegation, row.get(7)?))
}

/// A person's delegations that hold now.
pub async fn of_person(store: &Store, pid: &Pid, now: i64) -> Result<Vec<Given>, StoreError> {
    let sql = format!("{GIVEN} WHERE pid = $1 AND {HOLDS} ORDER BY orgnr, resource LIMIT {MOST}");
    store.query(&sql, params![*pid, now]).await?.iter().map(given).collect()
}

/// A business's delegations that hold now, the newest first.
pub async fn of_business(store: &Store, orgnr: &Orgnr, now: i64) -> Result<Vec<Given>, StoreError> {
    let sql = format!("{GIVEN} WHERE orgnr = $1 AND {HOLDS} ORDER BY given DESC, id LIMIT {MOST}");
    store.query(&sql, params![*orgnr, now]).await?.iter().map(given).collect()
}

/// Keeps a delegation, in place of one for the same.
pub async fn give(tx: &mut Tx, delegation: &Delegation, now: i64) -> Result<(), StoreError> {
    let Delegation { id, orgnr, pid, resource, rights, ends, names } = delegation;
    let sql = "INSERT INTO delegation (id, orgnr, pid, resource, rights, given, ends, told) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (pid, orgnr, resource) DO UPDATE SET id = excluded.id, rights = excluded.rights, given = excluded.given,
            ends = excluded.ends, told = excluded.told";
    let (rights, told) = (write_json(rights)?, write_json(names)?);
    tx.execute(sql, params![*id, *orgnr, *pid, resource.as_str(), rights, now, *ends, told]).await?;
    log(tx, *id, delegation, Delegeringshandling::Gitt, &names.given_by, now).await
}

/// Withdraws one of a business's delegations, if it is there; `entry` is the new id of what is then written in the log.
pub async fn withdraw(
    tx: &mut Tx,
    orgnr: &Orgnr,
    id: Uuid,
    entry: Uuid,
    by: &str,
    now: i64,
) -> Result<Option<Given>, StoreError> {
    let sql = format!("{GIVEN} WHERE id = $1 AND orgnr = $2");
    let Some(row) = tx.query_opt(&sql, params![id, *orgnr]).await? else { return Ok(None) };
    let found = given(&row)?;
    tx.execute("DELETE FROM delegation WHERE id = $1 AND orgnr = $2", params![id, *orgnr]).await?;
    log(tx, entry, &found.0, Delegeringshandling::Trukket, by, now).await?;
    Ok(Some(found))
}

async fn log(
    tx: &mut Tx,
    id: Uuid,
    delegation: &Delegation,
    what: Delegeringshandling,
    by: &str,
    now: i64,
) -> Result<(), StoreError> {
    let Delegation { orgnr, pid, resource, rights, names, .. } = delegation;
    let told = Delegeringshendelse {
        hva: what,
        tid: Timestamp::from_second(now).unwrap_or_default(),
        av: by.to_owned(),
        virksomhet: names.business.clone(),
        person: names.person.clone(),
        ressurs: resource.clone(),
        rettigheter: rights.clone(),
    };
    let sql = "INSERT INTO delegation_log (id, orgnr, pid, time, told) VALUES ($1, $2, $3, $4, $5)";
    tx.execute(sql, params![id, *orgnr, *pid, now, write_json(&told)?]).await.map(drop)
}

fn told(row: &Row) -> Result<Delegeringshendelse, StoreError> {
    read_json(&row.get::<String>(0)?, "what happened with a delegation")
}

/// What has happened with a business's delegations, the newest first.
pub async fn log_of_business(store: &Store, orgnr: &Orgnr) -> Result<Vec<Delegeringshendelse>, StoreError> {
    let sql =
        format!("SELECT told FROM delegation_log WHERE orgnr = $1 ORDER BY time DESC, id LIMIT {MOST_LOG}");
    store.query(&sql, params![*orgnr]).await?.iter().map(told).collect()
}

/// What has happened with a person's delegations, the newest first.
pub async fn log_of_person(store: &Store, pid: &Pid) -> Result<Vec<Delegeringshendelse>, StoreError> {
    let sql =
        format!("SELECT told FROM delegation_log WHERE pid = $1 ORDER BY time DESC, id LIMIT {MOST_LOG}");
    store.query(&sql, params![*pid]).await?.iter().map(told).collect()
}

/// Counts that a business tries a person's number and name; how often it has today.
pub async fn count_try(tx: &mut Tx, orgnr: &Orgnr, today: Date) -> Result<i64, StoreError> {
    let sql = "INSERT INTO delegation_tries (orgnr, day, tries) VALUES ($1, $2, 1)
        ON CONFLICT (orgnr) DO UPDATE SET day = excluded.day,
            tries = CASE WHEN delegation_tries.day = excluded.day THEN delegation_tries.tries + 1 ELSE 1 END
        RETURNING tries";
    let row = tx.query_opt(sql, params![*orgnr, today.to_string()]).await?;
    row.ok_or(StoreError::Missing("delegation_tries"))?.get(0)
}
