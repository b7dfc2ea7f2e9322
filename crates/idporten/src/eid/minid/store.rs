//! Every statement of MinID. Recovery codes, letters' codes and browsers' cookies are here as hashes alone, passwords as
//! Argon2id has made them, the secrets of code generators sealed.

use kernel::id::Pid;
use kernel::params;
use kernel::store::{Store, StoreError, Tx};

use super::guard::{self, Door};

/// A person's MinID.
pub struct Account {
    /// The password's hash (PHC string).
    pub password: String,
    /// The code generator's secret, sealed.
    pub secret: Vec<u8>,
    /// When it was made; seconds since 1970.
    pub created: i64,
}

/// The MinID of a person.
pub async fn account(store: &Store, pid: Pid) -> Result<Option<Account>, StoreError> {
    let sql = "SELECT password, secret, created FROM minid WHERE pid = $1";
    let Some(row) = store.query_opt(sql, params![pid]).await? else { return Ok(None) };
    Ok(Some(Account { password: row.get(0)?, secret: row.get(1)?, created: row.get(2)? }))
}

/// Uses a code of the generator up: whether no code of that step or a later one had been used.
pub async fn use_step(tx: &mut Tx, pid: Pid, step: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE minid SET last_step = $2 WHERE pid = $1 AND last_step < $2";
    Ok(tx.execute(sql, params![pid, step]).await? > 0)
}

/// Uses a recovery code up; whether it was there.
pub async fn use_recovery(tx: &mut Tx, pid: Pid, code: Vec<u8>) -> Result<bool, StoreError> {
    Ok(tx.execute("DELETE FROM minid_recovery WHERE pid = $1 AND code = $2", params![pid, code]).await? > 0)
}

/// How many recovery codes are left.
pub async fn recovery_left(store: &Store, pid: Pid) -> Result<i64, StoreError> {
    let row = store.query_opt("SELECT COUNT(*) FROM minid_recovery WHERE pid = $1", params![pid]).await?;
    row.map_or(Ok(0), |row| row.get(0))
}

/// Replaces a person's recovery codes.
pub async fn put_recovery(tx: &mut Tx, pid: Pid, codes: Vec<Vec<u8>>) -> Result<(), StoreError> {
    tx.execute("DELETE FROM minid_recovery WHERE pid = $1", params![pid]).await?;
    for code in codes {
        tx.execute("INSERT INTO minid_recovery (pid, code) VALUES ($1, $2)", params![pid, code]).await?;
    }
    Ok(())
}

/// Changes the password of a MinID.
pub async fn put_password(tx: &mut Tx, pid: Pid, password: String) -> Result<(), StoreError> {
    tx.execute("UPDATE minid SET password = $2 WHERE pid = $1", params![pid, password]).await.map(drop)
}

/// Removes a person's MinID, and nothing else of theirs.
pub async fn remove(tx: &mut Tx, pid: Pid) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM minid WHERE pid = $1",
        "DELETE FROM minid_recovery WHERE pid = $1",
        "DELETE FROM minid_letter WHERE pid = $1",
        "DELETE FROM minid_enrolment WHERE pid = $1",
        "DELETE FROM minid_browser WHERE pid = $1",
    ] {
        tx.execute(sql, params![pid]).await?;
    }
    Ok(())
}

// --- letters and enrolments ---

/// How often a letter's code can be tried.
const TRIES: i64 = 20;

/// Keeps the code of the letter that is on its way to a person, unless one was sent after `since`; whether it did. An older
/// letter no longer counts.
pub async fn put_letter(
    tx: &mut Tx,
    pid: Pid,
    code: Vec<u8>,
    now: i64,
    since: i64,
    expires: i64,
) -> Result<bool, StoreError> {
    let sql = "INSERT INTO minid_letter (pid, code, sent, expires, tries) VALUES ($1, $2, $3, $4, 0)
        ON CONFLICT (pid) DO UPDATE SET code = excluded.code, sent = excluded.sent, expires = excluded.expires, tries = 0
        WHERE minid_letter.sent <= $5";
    Ok(tx.execute(sql, params![pid, code, now, expires, since]).await? > 0)
}

/// Forgets a letter that was not sent after all.
pub async fn drop_letter(tx: &mut Tx, pid: Pid, code: Vec<u8>) -> Result<(), StoreError> {
    tx.execute("DELETE FROM minid_letter WHERE pid = $1 AND code = $2", params![pid, code]).await.map(drop)
}

/// Whether a letter with this code has been sent to the person; counts the attempt.
pub async fn has_letter(tx: &mut Tx, pid: Pid, code: Vec<u8>, now: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE minid_letter SET tries = tries + 1 WHERE pid = $1 AND expires > $2 AND tries < $3 RETURNING code";
    let row = tx.query_opt(sql, params![pid, now, TRIES]).await?;
    row.map_or(Ok(false), |row| Ok(row.get::<Vec<u8>>(0)? == code))
}

/// A MinID in the making: it counts when the person has shown a code of its generator.
pub struct Enrolment {
    /// Whose.
    pub pid: Pid,
    /// The password's hash.
    pub password: String,
    /// The code generator's secret, sealed.
    pub secret: Vec<u8>,
    /// The hash of the letter's code that it rests on; none where it rests on a session.
    pub letter: Option<Vec<u8>>,
}

/// Keeps a MinID in the making.
pub async fn put_enrolment(
    tx: &mut Tx,
    handle: Vec<u8>,
    enrolment: Enrolment,
    expires: i64,
) -> Result<(), StoreError> {
    let Enrolment { pid, password, secret, letter } = enrolment;
    let sql = "INSERT INTO minid_enrolment (handle, pid, password, secret, letter, expires) VALUES ($1, $2, $3, $4, $5, $6)";
    tx.execute(sql, params![handle, pid, password, secret, letter, expires]).await.map(drop)
}

/// The MinID in the making of this handle.
pub async fn enrolment(store: &Store, handle: Vec<u8>, now: i64) -> Result<Option<Enrolment>, StoreError> {
    let sql = "SELECT pid, password, secret, letter FROM minid_enrolment WHERE handle = $1 AND expires > $2";
    let Some(row) = store.query_opt(sql, params![handle, now]).await? else { return Ok(None) };
    Ok(Some(Enrolment { pid: row.get(0)?, password: row.get(1)?, secret: row.get(2)?, letter: row.get(3)? }))
}

/// What a MinID begins with.
pub struct Begin {
    /// The handle of its enrolment.
    pub handle: Vec<u8>,
    /// The step whose code the person has shown.
    pub step: i64,
    /// The recovery codes.
    pub recovery: Vec<Vec<u8>>,
    /// When; seconds since 1970.
    pub now: i64,
}

/// Makes the MinID of an enrolment, in the place of one that there was. Whether the enrolment, and the letter that it
/// rests on, were still there: each is used once. Browsers known from an earlier one are so no longer.
pub async fn enrol(tx: &mut Tx, enrolment: Enrolment, begin: Begin) -> Result<bool, StoreError> {
    let Enrolment { pid, password, secret, letter } = enrolment;
    let Begin { handle, step, recovery, now } = begin;
    if tx.execute("DELETE FROM minid_enrolment WHERE handle = $1", params![handle]).await? == 0 {
        return Ok(false);
    }
    if let Some(letter) = letter {
        let sql = "DELETE FROM minid_letter WHERE pid = $1 AND code = $2";
        if tx.execute(sql, params![pid, letter]).await? == 0 {
            return Ok(false);
        }
    }
    remove(tx, pid).await?;
    let sql = "INSERT INTO minid (pid, password, secret, last_step, created) VALUES ($1, $2, $3, $4, $5)";
    tx.execute(sql, params![pid, password, secret, step, now]).await?;
    put_recovery(tx, pid, recovery).await?;
    Ok(true)
}

// --- the guard against guessing ---

/// Whether a person has signed in with MinID in a browser before.
pub async fn is_known(store: &Store, browser: Vec<u8>, pid: Pid, now: i64) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM minid_browser WHERE browser = $1 AND pid = $2 AND expires > $3";
    Ok(store.query_opt(sql, params![browser, pid, now]).await?.is_some())
}

/// Remembers that a person has signed in with MinID in a browser.
pub async fn know(tx: &mut Tx, browser: Vec<u8>, pid: Pid, expires: i64) -> Result<(), StoreError> {
    let sql = "INSERT INTO minid_browser (browser, pid, expires) VALUES ($1, $2, $3)
        ON CONFLICT (browser, pid) DO UPDATE SET expires = excluded.expires";
    tx.execute(sql, params![browser, pid, expires]).await.map(drop)
}

/// Goes through the doors, or says how many seconds until they open. The attempt counts as a failure until
/// [`succeeded`], so that many at the same time are no way around.
pub async fn try_doors(tx: &mut Tx, doors: &[Door], now: i64) -> Result<Option<i64>, StoreError> {
    let mut wait = None;
    let mut counted = Vec::new();
    for door in doors {
        let sql = "INSERT INTO minid_guard (door, failures, closed_until, expires) VALUES ($1, 1, 0, $2)
            ON CONFLICT (door) DO UPDATE SET
                failures = CASE WHEN minid_guard.expires <= $3 THEN 1 ELSE minid_guard.failures + 1 END
            RETURNING failures, closed_until";
        let row = tx.query_opt(sql, params![door.key.as_str(), now + guard::REMEMBERED, now]).await?;
        let row = row.ok_or(StoreError::Missing("minid_guard"))?;
        let (failures, closed_until): (i64, i64) = (row.get(0)?, row.get(1)?);
        counted.push((door, failures));
        if closed_until > now {
            wait = wait.max(Some(closed_until - now));
        }
    }
    for (door, failures) in counted {
        // An attempt that was not let through does not count: knocking does not keep a door closed.
        if wait.is_some() {
            let sql = "UPDATE minid_guard SET failures = failures - 1 WHERE door = $1";
            tx.execute(sql, params![door.key.as_str()]).await?;
        } else {
            let sql = "UPDATE minid_guard SET closed_until = $2, expires = $3 WHERE door = $1";
            let closed = now + guard::delay(failures - door.free);
            tx.execute(sql, params![door.key.as_str(), closed, now + guard::REMEMBERED]).await?;
        }
    }
    Ok(wait)
}

/// Opens the doors again after a success: those of the person wholly, that of the address for this one attempt.
pub async fn succeeded(tx: &mut Tx, doors: &[Door]) -> Result<(), StoreError> {
    for door in doors {
        let sql = if door.shared {
            "UPDATE minid_guard SET failures = failures - 1, closed_until = 0 WHERE door = $1"
        } else {
            "DELETE FROM minid_guard WHERE door = $1"
        };
        tx.execute(sql, params![door.key.as_str()]).await?;
    }
    Ok(())
}

/// Forgets what has ended.
pub async fn forget(tx: &mut Tx, now: i64) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM minid_letter WHERE expires <= $1",
        "DELETE FROM minid_enrolment WHERE expires <= $1",
        "DELETE FROM minid_browser WHERE expires <= $1",
        "DELETE FROM minid_guard WHERE expires <= $1",
    ] {
        tx.execute(sql, params![now]).await?;
    }
    Ok(())
}
