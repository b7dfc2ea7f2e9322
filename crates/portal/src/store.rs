//! Every statement of the portal. Moments are seconds since 1970.

use kernel::params;
use kernel::store::{Store, StoreError, Tx};

/// A session as it is kept: sealed under a key that only the browser's cookie gives.
pub struct Kept {
    /// What it holds.
    pub sealed: Vec<u8>,
    /// When the person signed in.
    pub created: i64,
    /// When they last came by.
    pub seen: i64,
}

/// The session of this id.
pub async fn session(store: &Store, id: &[u8]) -> Result<Option<Kept>, StoreError> {
    let row = store.query_opt("SELECT sealed, created, seen FROM session WHERE id = $1", params![id]).await?;
    row.map(|row| Ok(Kept { sealed: row.get(0)?, created: row.get(1)?, seen: row.get(2)? })).transpose()
}

/// Keeps a new session, and forgets those that nobody has used since `idle_since`.
pub async fn add_session(tx: &mut Tx, id: &[u8], kept: &Kept, idle_since: i64) -> Result<(), StoreError> {
    tx.execute("DELETE FROM session WHERE seen < $1", params![idle_since]).await?;
    let sql = "INSERT INTO session (id, sealed, created, seen) VALUES ($1, $2, $3, $4)";
    tx.execute(sql, params![id, kept.sealed.as_slice(), kept.created, kept.seen]).await.map(drop)
}

/// Notes that a session was used; it may have ended meanwhile.
pub async fn seen(tx: &mut Tx, id: &[u8], seen: i64) -> Result<(), StoreError> {
    tx.execute("UPDATE session SET seen = $2 WHERE id = $1", params![id, seen]).await.map(drop)
}

/// Replaces what a session holds; it may have ended meanwhile.
pub async fn reseal(tx: &mut Tx, id: &[u8], sealed: &[u8]) -> Result<(), StoreError> {
    tx.execute("UPDATE session SET sealed = $2 WHERE id = $1", params![id, sealed]).await.map(drop)
}

/// Ends a session.
pub async fn end(tx: &mut Tx, id: &[u8]) -> Result<(), StoreError> {
    tx.execute("DELETE FROM session WHERE id = $1", params![id]).await.map(drop)
}

/// Keeps a sign-in on its way, and forgets those that came to nothing.
pub async fn add_signing_in(
    tx: &mut Tx,
    id: &[u8],
    sealed: &[u8],
    now: i64,
    expires: i64,
) -> Result<(), StoreError> {
    tx.execute("DELETE FROM signing_in WHERE expires < $1", params![now]).await?;
    let sql = "INSERT INTO signing_in (id, sealed, expires) VALUES ($1, $2, $3)";
    tx.execute(sql, params![id, sealed, expires]).await.map(drop)
}

/// Takes a sign-in out, so that it is answered once.
pub async fn take_signing_in(tx: &mut Tx, id: &[u8], now: i64) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "DELETE FROM signing_in WHERE id = $1 RETURNING sealed, expires";
    let Some(row) = tx.query_opt(sql, params![id]).await? else { return Ok(None) };
    let expires: i64 = row.get(1)?;
    if expires < now { Ok(None) } else { Ok(Some(row.get(0)?)) }
}
