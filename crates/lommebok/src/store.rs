//! Every statement of the wallet issuer. Moments are seconds since 1970.

use kernel::id::Pid;
use kernel::params;
use kernel::store::{Store, StoreError, Tx};

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

/// Forgets what has expired.
pub async fn forget(tx: &mut Tx, now: i64) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM signing_in WHERE expires < $1",
        "DELETE FROM offer WHERE expires < $1",
        "DELETE FROM token WHERE expires < $1",
        "DELETE FROM used WHERE until < $1",
    ] {
        tx.execute(sql, params![now]).await?;
    }
    Ok(())
}
