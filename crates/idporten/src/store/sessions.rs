//! A person's sessions, in all their browsers.

use std::collections::BTreeMap;

use kernel::id::Pid;
use kernel::params;
use kernel::store::{Store, StoreError, Tx};

use super::{end_session, participants, read_json};
use crate::model::client::NewClient;
use crate::model::session::{ABSOLUTE, INACTIVE, Level};

/// The most rows that are read; one session has one for each isolated client too.
const MOST: i64 = 200;

/// A session that lives, as its person sees it.
pub struct Living {
    /// Its number.
    pub sid: String,
    /// When it began; seconds since 1970.
    pub started: i64,
    /// When it was last used; seconds since 1970.
    pub touched: i64,
    /// The browser, as it called itself when the session began; empty where it did not.
    pub browser: String,
    /// With which eID, how surely: the shared sign-in first, then those at isolated clients.
    pub shown: Vec<(String, Level)>,
    /// The names of the clients that took part.
    pub clients: Vec<String>,
}

/// A person's sessions that live, the last used first.
pub async fn of(store: &Store, pid: &Pid, now: i64) -> Result<Vec<Living>, StoreError> {
    let sql = "SELECT s.sid, s.started, s.touched, s.browser, a.amr, a.level
        FROM authentication a JOIN session s ON s.sid = a.sid
        WHERE a.pid = $1 AND s.touched > $2 AND s.started > $3 ORDER BY s.touched DESC, s.sid, a.realm LIMIT $4";
    let mut sessions: Vec<Living> = Vec::new();
    for row in store.query(sql, params![*pid, now - INACTIVE, now - ABSOLUTE, MOST]).await? {
        let sid: String = row.get(0)?;
        let level = Level::of_number(row.get(5)?).ok_or_else(|| StoreError::Damaged("a level".to_owned()))?;
        let shown = (row.get(4)?, level);
        match sessions.last_mut() {
            // An isolated client's sign-in in the session before.
            Some(session) if session.sid == sid => {
                if !session.shown.contains(&shown) {
                    session.shown.push(shown);
                }
            }
            _ => sessions.push(Living {
                sid,
                started: row.get(1)?,
                touched: row.get(2)?,
                browser: row.get(3)?,
                shown: vec![shown],
                clients: Vec::new(),
            }),
        }
    }
    let sql = "SELECT p.sid, c.settings FROM participant p JOIN client c ON c.client_id = p.client_id
        WHERE p.sid IN (SELECT sid FROM authentication WHERE pid = $1) ORDER BY p.client_id";
    let mut clients: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in store.query(sql, params![*pid]).await? {
        let client: NewClient = read_json(&row.get::<String>(1)?, "a client")?;
        clients.entry(row.get(0)?).or_default().push(client.name);
    }
    for session in &mut sessions {
        session.clients = clients.remove(&session.sid).unwrap_or_default();
    }
    Ok(sessions)
}

/// Whether a session is this person's, and lives.
async fn is_of(tx: &mut Tx, sid: &str, pid: Pid, now: i64) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM authentication a JOIN session s ON s.sid = a.sid
        WHERE a.sid = $1 AND a.pid = $2 AND s.touched > $3 AND s.started > $4";
    Ok(tx.query_opt(sql, params![sid, pid, now - INACTIVE, now - ABSOLUTE]).await?.is_some())
}

/// Ends a session of this person's, and gives the clients that took part; nothing where they have no such session.
pub async fn end(tx: &mut Tx, sid: &str, pid: Pid, now: i64) -> Result<Option<Vec<NewClient>>, StoreError> {
    if !is_of(tx, sid, pid, now).await? {
        return Ok(None);
    }
    let clients = participants(tx, sid).await?;
    end_session(tx, sid, now).await?;
    Ok(Some(clients))
}

/// Ends all of this person's sessions but one.
pub async fn end_others(tx: &mut Tx, but: &str, pid: Pid, now: i64) -> Result<(), StoreError> {
    let sql = "SELECT DISTINCT sid FROM authentication WHERE pid = $1 AND sid <> $2";
    for row in tx.query(sql, params![pid, but]).await? {
        end_session(tx, &row.get::<String>(0)?, now).await?;
    }
    Ok(())
}
