//! Every statement of the wallet issuer. Moments are seconds since 1970.

use kernel::id::Pid;
use kernel::jose::Jwk;
use kernel::params;
use kernel::rng::Rng;
use kernel::store::{Store, StoreError, Tx};

use crate::model::status::{Batch, SIZE, TAKEN};

/// An offer that a signed-in person gets.
pub struct Offer {
    /// Hash of the pre-authorized code.
    pub code: [u8; 32],
    /// Hash of the transaction code.
    pub tx_code: [u8; 32],
    /// The person.
    pub pid: Pid,
    /// Hash of the browser's secret.
    pub browser: [u8; 32],
    /// What the browser shows, sealed with its secret.
    pub sealed: Vec<u8>,
    /// Its end.
    pub expires: i64,
}

/// What became of a code that was handed in.
#[derive(Debug, PartialEq, Eq)]
pub enum Redeemed {
    /// There is no such code, or no longer.
    Unknown,
    /// The transaction code is another.
    WrongTxCode,
    /// It is used up now; whose it was.
    Person(Pid),
}

/// An access token that lives.
pub struct Token {
    /// The person that it was given for.
    pub pid: Pid,
    /// The thumbprint of the key that it is bound to.
    pub jkt: Option<String>,
}

/// Keeps a sign-in on its way.
pub async fn add_signing_in(tx: &mut Tx, id: &[u8], sealed: &[u8], expires: i64) -> Result<(), StoreError> {
    let sql = "INSERT INTO signing_in (id, sealed, expires) VALUES ($1, $2, $3)";
    tx.execute(sql, params![id, sealed, expires]).await.map(drop)
}

/// Takes a sign-in out, so that it is answered once.
pub async fn take_signing_in(tx: &mut Tx, id: &[u8], now: i64) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "DELETE FROM signing_in WHERE id = $1 RETURNING sealed, expires";
    let Some(row) = tx.query_opt(sql, params![id]).await? else { return Ok(None) };
    let expires: i64 = row.get(1)?;
    if expires <= now { Ok(None) } else { Ok(Some(row.get(0)?)) }
}

/// Keeps an offer in place of the one that the browser may have had.
pub async fn put_offer(tx: &mut Tx, offer: &Offer) -> Result<(), StoreError> {
    tx.execute("DELETE FROM offer WHERE browser = $1", params![offer.browser.as_slice()]).await?;
    let sql = "INSERT INTO offer (code, tx_code, wrong, pid, browser, sealed, expires)
        VALUES ($1, $2, 0, $3, $4, $5, $6)";
    let (code, tx_code, browser) =
        (offer.code.as_slice(), offer.tx_code.as_slice(), offer.browser.as_slice());
    let values = params![code, tx_code, &offer.pid, browser, offer.sealed.as_slice(), offer.expires];
    tx.execute(sql, values).await.map(drop)
}

/// What a browser shows of its offer, sealed; nothing where it has been taken or is over.
pub async fn offer(store: &Store, browser: &[u8], now: i64) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "SELECT sealed FROM offer WHERE browser = $1 AND expires > $2";
    store.query_opt(sql, params![browser, now]).await?.map(|row| row.get(0)).transpose()
}

/// Uses a code up, if the transaction code is the one that the person was shown; counts it where not, and after `most` wrong
/// ones there is no such code any more.
pub async fn redeem(
    tx: &mut Tx,
    code: &[u8],
    tx_code: &[u8],
    most: i64,
    now: i64,
) -> Result<Redeemed, StoreError> {
    let sql = "SELECT tx_code, wrong, pid FROM offer WHERE code = $1 AND expires > $2";
    let Some(row) = tx.query_opt(sql, params![code, now]).await? else { return Ok(Redeemed::Unknown) };
    let (wanted, wrong, pid): (Vec<u8>, i64, Pid) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let right = wanted == tx_code;
    if right || wrong + 1 >= most {
        tx.execute("DELETE FROM offer WHERE code = $1", params![code]).await?;
    } else {
        tx.execute("UPDATE offer SET wrong = wrong + 1 WHERE code = $1", params![code]).await?;
    }
    Ok(if right { Redeemed::Person(pid) } else { Redeemed::WrongTxCode })
}

/// Keeps an access token.
pub async fn add_token(
    tx: &mut Tx,
    token: &[u8],
    pid: &Pid,
    jkt: Option<&str>,
    expires: i64,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO token (token, pid, jkt, expires) VALUES ($1, $2, $3, $4)";
    tx.execute(sql, params![token, pid, jkt, expires]).await.map(drop)
}

/// An access token.
pub async fn token(store: &Store, token: &[u8], now: i64) -> Result<Option<Token>, StoreError> {
    let sql = "SELECT pid, jkt FROM token WHERE token = $1 AND expires > $2";
    let row = store.query_opt(sql, params![token, now]).await?;
    row.map(|row| Ok(Token { pid: row.get(0)?, jkt: row.get(1)? })).transpose()
}

/// Whether this is used for the first time; remembered until `until`.
pub async fn use_up(tx: &mut Tx, what: &[u8], until: i64) -> Result<bool, StoreError> {
    let sql = "INSERT INTO used (what, until) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    Ok(tx.execute(sql, params![what, until]).await? == 1)
}

/// Credentials that are about to be signed.
pub struct New {
    /// Their number.
    pub batch: String,
    /// Whose.
    pub pid: Pid,
    /// How many.
    pub count: usize,
    /// When; seconds since 1970.
    pub issued: i64,
    /// Their end; seconds since 1970.
    pub expires: i64,
}

/// Gives credentials their places: list and place in it.
pub async fn add_issued(tx: &mut Tx, new: &New, rng: &Rng) -> Result<Vec<(i64, i64)>, StoreError> {
    let count = i64::try_from(new.count).unwrap_or(i64::MAX);
    let sql = "UPDATE status_list SET used = used + $1
        WHERE list = (SELECT MAX(list) FROM status_list) AND used + $1 <= $2 RETURNING list";
    let list: i64 = if let Some(row) = tx.query_opt(sql, params![count, TAKEN]).await? {
        row.get(0)?
    } else {
        // Two nodes that come here together begin one list.
        let sql = "INSERT INTO status_list (list, used) SELECT COALESCE(MAX(list), 0) + 1, CAST($1 AS BIGINT) FROM status_list
                WHERE TRUE ON CONFLICT (list) DO UPDATE SET used = status_list.used + excluded.used RETURNING list";
        let row = tx.query_opt(sql, params![count]).await?;
        row.ok_or(StoreError::Missing("status_list"))?.get(0)?
    };
    let sql = "INSERT INTO issued (list, idx, batch, pid, issued, expires) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT DO NOTHING";
    let mut places = Vec::with_capacity(new.count);
    // Every second draw is free, or more; this many in vain do not happen.
    for _ in 0..new.count.saturating_mul(200) {
        if places.len() == new.count {
            break;
        }
        let idx = i64::from(rng.below(SIZE));
        let values = params![list, idx, new.batch.as_str(), &new.pid, new.issued, new.expires];
        if tx.execute(sql, values).await? == 1 {
            places.push((list, idx));
        }
    }
    if places.len() == new.count { Ok(places) } else { Err(StoreError::Missing("status_list")) }
}

/// Whether there is a list of this number.
pub async fn has_list(store: &Store, list: i64) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM status_list WHERE list = $1";
    Ok(store.query_opt(sql, params![list]).await?.is_some())
}

/// The places of a list whose credentials are withdrawn.
pub async fn withdrawn(store: &Store, list: i64) -> Result<Vec<u64>, StoreError> {
    let sql = "SELECT idx FROM issued WHERE list = $1 AND withdrawn IS NOT NULL";
    let rows = store.query(sql, params![list]).await?;
    rows.iter().map(|row| Ok(row.get::<i64>(0)?.unsigned_abs())).collect()
}

/// A person's credentials that have not expired, the newest first.
pub async fn batches(store: &Store, pid: &Pid, now: i64) -> Result<Vec<Batch>, StoreError> {
    let sql = "SELECT batch, COUNT(*), MIN(issued), MAX(expires), MIN(withdrawn) FROM issued
        WHERE pid = $1 AND expires > $2 GROUP BY batch ORDER BY MIN(issued) DESC, batch";
    let rows = store.query(sql, params![pid, now]).await?;
    let batch = |row: &kernel::store::Row| {
        Ok(Batch {
            batch: row.get(0)?,
            count: row.get(1)?,
            issued: row.get(2)?,
            expires: row.get(3)?,
            withdrawn: row.get(4)?,
        })
    };
    rows.iter().map(batch).collect()
}

/// Withdraws credentials that a person has fetched at once; whether there were any.
pub async fn withdraw(tx: &mut Tx, pid: &Pid, batch: &str, now: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE issued SET withdrawn = $3 WHERE pid = $1 AND batch = $2 AND withdrawn IS NULL";
    Ok(tx.execute(sql, params![pid, batch, now]).await? > 0)
}

/// Keeps who has just signed in.
pub async fn put_visit(tx: &mut Tx, browser: &[u8], pid: &Pid, expires: i64) -> Result<(), StoreError> {
    let sql = "INSERT INTO visit (browser, pid, expires) VALUES ($1, $2, $3)";
    tx.execute(sql, params![browser, pid, expires]).await.map(drop)
}

/// Who has just signed in in this browser.
pub async fn visit(store: &Store, browser: &[u8], now: i64) -> Result<Option<Pid>, StoreError> {
    let sql = "SELECT pid FROM visit WHERE browser = $1 AND expires > $2";
    store.query_opt(sql, params![browser, now]).await?.map(|row| row.get(0)).transpose()
}

/// Keeps a key with a certificate, at least until `until`.
pub async fn keep_key(tx: &mut Tx, kid: &str, jwk: &str, until: i64) -> Result<(), StoreError> {
    let sql = "INSERT INTO certified_key (kid, jwk, until) VALUES ($1, $2, $3)
        ON CONFLICT (kid) DO UPDATE SET until = excluded.until";
    tx.execute(sql, params![kid, jwk, until]).await.map(drop)
}

/// The keys with certificates that are kept.
pub async fn certified_keys(store: &Store, now: i64) -> Result<Vec<Jwk>, StoreError> {
    let sql = "SELECT jwk FROM certified_key WHERE until > $1 ORDER BY kid";
    let rows = store.query(sql, params![now]).await?;
    let jwk = |row: &kernel::store::Row| {
        let text: String = row.get(0)?;
        serde_json::from_str(&text).map_err(|_| StoreError::Damaged("a key".to_owned()))
    };
    rows.iter().map(jwk).collect()
}

/// Forgets what has expired.
pub async fn forget(tx: &mut Tx, now: i64) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM signing_in WHERE expires < $1",
        "DELETE FROM offer WHERE expires < $1",
        "DELETE FROM token WHERE expires < $1",
        "DELETE FROM used WHERE until < $1",
        "DELETE FROM issued WHERE expires < $1",
        "DELETE FROM visit WHERE expires < $1",
        "DELETE FROM certified_key WHERE until < $1",
    ] {
        tx.execute(sql, params![now]).await?;
    }
    // A list that is full and has nothing left that lives.
    let sql = "DELETE FROM status_list WHERE list < (SELECT MAX(list) FROM status_list)
        AND NOT EXISTS (SELECT 1 FROM issued WHERE issued.list = status_list.list)";
    tx.execute(sql, &[]).await.map(drop)
}
