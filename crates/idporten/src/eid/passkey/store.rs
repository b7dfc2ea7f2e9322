//! Every statement of the passkeys. Challenges are here as hashes alone.

use kernel::id::Pid;
use kernel::params;
use kernel::store::{Row, Store, StoreError, Tx};

use super::ceremony::{Passkey, Used};

/// A passkey and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// What signatures are checked with.
    pub passkey: Passkey,
    /// The random number under which the authenticator keeps its holder.
    pub holder: Vec<u8>,
    /// Whose it is.
    pub pid: Pid,
    /// What its holder calls it.
    pub name: String,
    /// The eID that its holder was signed in with when it was made, as it stands in `amr`.
    pub vouched_by: String,
    /// When it was made; seconds since 1970.
    pub made: i64,
    /// When somebody signed in with it; seconds since 1970.
    pub last_used: Option<i64>,
    /// Since when it is refused, because there is another with the same key; seconds since 1970.
    pub locked: Option<i64>,
}

const KEPT: &str = "SELECT k.credential_id, k.public_key, k.sign_count, k.backup_eligible, k.backed_up, k.holder, h.pid, k.name,
    k.vouched_by, k.made, k.last_used, k.locked FROM passkey k JOIN passkey_holder h ON h.handle = k.holder";

fn kept(row: &Row) -> Result<Kept, StoreError> {
    Ok(Kept {
        passkey: Passkey {
            credential_id: row.get(0)?,
            public_key: row.get(1)?,
            sign_count: row.get(2)?,
            backup_eligible: row.get(3)?,
            backed_up: row.get(4)?,
        },
        holder: row.get(5)?,
        pid: row.get(6)?,
        name: row.get(7)?,
        vouched_by: row.get(8)?,
        made: row.get(9)?,
        last_used: row.get(10)?,
        locked: row.get(11)?,
    })
}

/// Keeps a challenge that `owner` is to answer: the hash of a sign-in's handle, or of a session's cookie.
pub async fn put_challenge(
    tx: &mut Tx,
    challenge: Vec<u8>,
    owner: Vec<u8>,
    expires: i64,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO passkey_challenge (challenge, owner, expires) VALUES ($1, $2, $3)";
    tx.execute(sql, params![challenge, owner, expires]).await.map(drop)
}

/// Uses a challenge up; whether it was there for `owner`.
pub async fn take_challenge(
    tx: &mut Tx,
    challenge: Vec<u8>,
    owner: Vec<u8>,
    now: i64,
) -> Result<bool, StoreError> {
    let sql = "DELETE FROM passkey_challenge WHERE challenge = $1 AND owner = $2 AND expires > $3";
    Ok(tx.execute(sql, params![challenge, owner, now]).await? > 0)
}

/// Forgets the challenges that nobody has answered.
pub async fn forget(tx: &mut Tx, now: i64) -> Result<(), StoreError> {
    tx.execute("DELETE FROM passkey_challenge WHERE expires <= $1", params![now]).await.map(drop)
}

/// The random number of a person: the one that is kept, or `handle`, kept from now on.
pub async fn holder(tx: &mut Tx, pid: Pid, handle: Vec<u8>) -> Result<Vec<u8>, StoreError> {
    let sql = "INSERT INTO passkey_holder (handle, pid) VALUES ($1, $2) ON CONFLICT (pid) DO NOTHING";
    tx.execute(sql, params![handle, pid]).await?;
    let row = tx.query_opt("SELECT handle FROM passkey_holder WHERE pid = $1", params![pid]).await?;
    row.ok_or(StoreError::Missing("passkey_holder"))?.get(0)
}

/// A person's passkeys, the newest first.
pub async fn of(store: &Store, pid: Pid) -> Result<Vec<Kept>, StoreError> {
    let sql = format!("{KEPT} WHERE h.pid = $1 ORDER BY k.made DESC, k.credential_id");
    store.query(&sql, params![pid]).await?.iter().map(kept).collect()
}

/// The passkey of this id.
pub async fn find(store: &Store, credential_id: Vec<u8>) -> Result<Option<Kept>, StoreError> {
    let sql = format!("{KEPT} WHERE k.credential_id = $1");
    store.query_opt(&sql, params![credential_id]).await?.as_ref().map(kept).transpose()
}

/// What became of a new passkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It is kept.
    Kept,
    /// It was there already.
    Before,
    /// Its holder has as many as anyone may have.
    TooMany,
}

/// Keeps a new passkey, where its holder has less than `most`.
pub async fn add(tx: &mut Tx, new: &Kept, most: i64) -> Result<Added, StoreError> {
    let sql = "SELECT COUNT(*) FROM passkey WHERE holder = $1";
    let row = tx.query_opt(sql, params![new.holder.clone()]).await?;
    if row.map_or(Ok(0), |row| row.get::<i64>(0))? >= most {
        return Ok(Added::TooMany);
    }
    let Passkey { credential_id, public_key, sign_count, backup_eligible, backed_up } = &new.passkey;
    let added = tx
        .execute(
            "INSERT INTO passkey (credential_id, holder, name, public_key, sign_count, backup_eligible, backed_up,
                vouched_by, made) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (credential_id) DO NOTHING",
            params![
                credential_id.clone(),
                new.holder.clone(),
                new.name.as_str(),
                public_key.clone(),
                *sign_count,
                *backup_eligible,
                *backed_up,
                new.vouched_by.as_str(),
                new.made
            ],
        )
        .await?;
    Ok(if added > 0 { Added::Kept } else { Added::Before })
}

/// Keeps a use of a passkey; whether it is as it was when its signature was checked, and not locked.
pub async fn used(tx: &mut Tx, passkey: &Passkey, used: Used, now: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE passkey SET sign_count = $3, backed_up = $4, last_used = $5
        WHERE credential_id = $1 AND sign_count = $2 AND locked IS NULL";
    let Used { sign_count, backed_up } = used;
    let params = params![passkey.credential_id.clone(), passkey.sign_count, sign_count, backed_up, now];
    Ok(tx.execute(sql, params).await? > 0)
}

/// Refuses a passkey from now on.
pub async fn lock(tx: &mut Tx, credential_id: Vec<u8>, now: i64) -> Result<(), StoreError> {
    let sql = "UPDATE passkey SET locked = $2 WHERE credential_id = $1 AND locked IS NULL";
    tx.execute(sql, params![credential_id, now]).await.map(drop)
}

const OF_PERSON: &str = "credential_id = $1 AND holder IN (SELECT handle FROM passkey_holder WHERE pid = $2)";

/// Calls a person's passkey something else; whether they have it.
pub async fn rename(tx: &mut Tx, credential_id: Vec<u8>, pid: Pid, name: &str) -> Result<bool, StoreError> {
    let sql = format!("UPDATE passkey SET name = $3 WHERE {OF_PERSON}");
    Ok(tx.execute(&sql, params![credential_id, pid, name]).await? > 0)
}

/// Removes a person's passkey; whether they had it.
pub async fn remove(tx: &mut Tx, credential_id: Vec<u8>, pid: Pid) -> Result<bool, StoreError> {
    let sql = format!("DELETE FROM passkey WHERE {OF_PERSON}");
    Ok(tx.execute(&sql, params![credential_id, pid]).await? > 0)
}
