//! What people have given to clients, and where they have signed in.

use kernel::id::Pid;
use kernel::params;
use kernel::store::{Store, StoreError, Tx};

use super::read_json;
use crate::model::client::NewClient;
use crate::model::session::{Level, SignedIn};
use crate::model::tokens::Granted;

/// Keeps a sign-in.
pub async fn log_sign_in(tx: &mut Tx, entry: &SignedIn) -> Result<(), StoreError> {
    let SignedIn { id, pid, time, client_id, orgno, service, eid, level, sid } = entry;
    tx.execute(
        "INSERT INTO sign_in_log (id, pid, time, client_id, orgno, service, eid, level, sid)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        params![
            id.as_str(),
            *pid,
            *time,
            client_id.as_str(),
            orgno.as_str(),
            service.as_str(),
            eid.as_str(),
            *level as i64,
            sid.as_str()
        ],
    )
    .await
    .map(drop)
}

/// A person's sign-ins, the newest first, without the first `skip`; at the services of one organisation where `orgno` is given.
pub async fn sign_ins(
    store: &Store,
    pid: &Pid,
    orgno: Option<&str>,
    most: i64,
    skip: i64,
) -> Result<Vec<SignedIn>, StoreError> {
    let sql = "SELECT id, pid, time, client_id, orgno, service, eid, level, sid FROM sign_in_log
        WHERE pid = $1 AND ($2 = '' OR orgno = $2) ORDER BY time DESC, id LIMIT $3 OFFSET $4";
    let rows = store.query(sql, params![*pid, orgno.unwrap_or_default(), most, skip]).await?;
    let read = |row: &kernel::store::Row| {
        Ok(SignedIn {
            id: row.get(0)?,
            pid: row.get(1)?,
            time: row.get(2)?,
            client_id: row.get(3)?,
            orgno: row.get(4)?,
            service: row.get(5)?,
            eid: row.get(6)?,
            level: Level::of_number(row.get(7)?).ok_or_else(|| StoreError::Damaged("a level".to_owned()))?,
            sid: row.get(8)?,
        })
    };
    rows.iter().map(read).collect()
}

/// What a person has given that is neither withdrawn nor over, the newest first, each with its client.
pub async fn living(store: &Store, pid: &Pid, now: i64) -> Result<Vec<(Granted, NewClient)>, StoreError> {
    let sql = "SELECT g.data, c.settings FROM granted g JOIN client c ON c.client_id = g.client_id
        WHERE g.pid = $1 AND g.revoked = 0 AND g.ends > $2";
    let rows = store.query(sql, params![*pid, now]).await?;
    let read = |row: &kernel::store::Row| {
        let granted: Granted = read_json(&row.get::<String>(0)?, "an authorization")?;
        Ok((granted, read_json(&row.get::<String>(1)?, "a client")?))
    };
    let mut living = rows.iter().map(read).collect::<Result<Vec<(Granted, NewClient)>, StoreError>>()?;
    living.sort_by(|(one, _), (other, _)| (other.given, &one.id).cmp(&(one.given, &other.id)));
    Ok(living)
}

/// An authorization that lives, whose it is, and its client.
pub async fn one(store: &Store, id: &str, now: i64) -> Result<Option<(Granted, NewClient)>, StoreError> {
    let sql = "SELECT g.data, c.settings FROM granted g JOIN client c ON c.client_id = g.client_id
        WHERE g.id = $1 AND g.revoked = 0 AND g.ends > $2";
    let Some(row) = store.query_opt(sql, params![id, now]).await? else { return Ok(None) };
    let granted = read_json(&row.get::<String>(0)?, "an authorization")?;
    Ok(Some((granted, read_json(&row.get::<String>(1)?, "a client")?)))
}

/// An access token that would be valid, had it not been revoked.
pub struct RevokedToken {
    /// Its number.
    pub jti: String,
    /// When it would have ended; seconds since 1970.
    pub expires: i64,
    /// When it was revoked; seconds since 1970.
    pub revoked: i64,
}

/// A client's revoked access tokens, the oldest revocation first.
pub async fn revoked(store: &Store, client_id: &str, now: i64) -> Result<Vec<RevokedToken>, StoreError> {
    let sql = "SELECT t.jti, t.expires, g.revoked FROM granted g JOIN access_token t ON t.granted = g.id
        WHERE g.client_id = $1 AND g.revoked > 0 AND t.expires > $2 ORDER BY g.revoked, t.jti";
    let rows = store.query(sql, params![client_id, now]).await?;
    let read = |row: &kernel::store::Row| {
        Ok(RevokedToken { jti: row.get(0)?, expires: row.get(1)?, revoked: row.get(2)? })
    };
    rows.iter().map(read).collect()
}
