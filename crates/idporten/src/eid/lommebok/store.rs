//! Every statement of presentations.

use kernel::id::Pid;
use kernel::params;
use kernel::store::{Row, Store, StoreError, Tx};

/// A question to a wallet.
pub struct Presentation {
    /// Hash of its name.
    pub request: Vec<u8>,
    /// Hash of the handle of the sign-in that it belongs to.
    pub login: Vec<u8>,
    /// What is asked, sealed with a secret of the installation.
    pub asked: Vec<u8>,
    /// The sign-in's handle, sealed with the browser's cookie.
    pub handle: Vec<u8>,
    /// What the browser calls itself.
    pub browser: String,
    /// To what the person signs in.
    pub service: String,
    /// Its end; seconds since 1970.
    pub expires: i64,
}

/// What came of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Somebody has shown who they are.
    Person(Pid),
    /// The wallet said no, in one of its codes.
    Fault(String),
}

impl Outcome {
    fn of(pid: Option<Pid>, fault: Option<String>) -> Option<Self> {
        pid.map(Self::Person).or(fault.map(Self::Fault))
    }

    fn parts(&self) -> (Option<Pid>, Option<&str>) {
        match self {
            Self::Person(pid) => (Some(*pid), None),
            Self::Fault(fault) => (None, Some(fault)),
        }
    }
}

/// What a wallet's answer is known by afterwards.
pub struct Answered {
    /// The sign-in's handle, sealed.
    pub handle: Vec<u8>,
    /// What the browser calls itself.
    pub browser: String,
    /// To what the person signs in.
    pub service: String,
    /// What came of it.
    pub outcome: Outcome,
}

/// What became of digits that a person typed.
#[derive(Debug, PartialEq, Eq)]
pub enum Typed {
    /// There is no such question, or no longer.
    Gone,
    /// No wallet has answered.
    Unanswered,
    /// The digits are others.
    Wrong,
    /// They are right, or there are none because the wallet said no; the question is over.
    Right(Outcome),
}

/// Keeps a question.
pub async fn add(tx: &mut Tx, new: &Presentation) -> Result<(), StoreError> {
    let sql = "INSERT INTO presentation (request, login, asked, handle, browser, service, expires)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let Presentation { request, login, asked, handle, browser, service, expires } = new;
    let values = params![
        request.clone(),
        login.clone(),
        asked.clone(),
        handle.clone(),
        browser.as_str(),
        service.as_str(),
        *expires
    ];
    tx.execute(sql, values).await.map(drop)
}

/// What is asked by this name and not answered yet, sealed.
pub async fn asked(store: &Store, request: Vec<u8>, now: i64) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "SELECT asked FROM presentation WHERE request = $1 AND response_code IS NULL AND expires > $2";
    store.query_opt(sql, params![request, now]).await?.map(|row| row.get(0)).transpose()
}

/// Keeps the answer of a wallet, by the hashes of its response code and digits; whether it is the first.
pub async fn answer(
    tx: &mut Tx,
    request: Vec<u8>,
    outcome: &Outcome,
    response_code: Vec<u8>,
    digits: Vec<u8>,
    now: i64,
) -> Result<bool, StoreError> {
    let sql = "UPDATE presentation SET pid = $2, fault = $3, response_code = $4, digits = $5
        WHERE request = $1 AND response_code IS NULL AND expires > $6";
    let (pid, fault) = outcome.parts();
    Ok(tx.execute(sql, params![request, pid, fault, response_code, digits, now]).await? > 0)
}

/// The answer with this response code.
pub async fn answered(
    store: &Store,
    response_code: Vec<u8>,
    now: i64,
) -> Result<Option<Answered>, StoreError> {
    let sql = "SELECT handle, browser, service, pid, fault FROM presentation WHERE response_code = $1 AND expires > $2";
    let Some(row) = store.query_opt(sql, params![response_code, now]).await? else { return Ok(None) };
    let Some(outcome) = Outcome::of(row.get(3)?, row.get(4)?) else { return Ok(None) };
    Ok(Some(Answered { handle: row.get(0)?, browser: row.get(1)?, service: row.get(2)?, outcome }))
}

/// Takes the answer with this response code to the sign-in `login`, once.
pub async fn take(
    tx: &mut Tx,
    response_code: Vec<u8>,
    login: Vec<u8>,
    now: i64,
) -> Result<Option<Outcome>, StoreError> {
    let sql = "DELETE FROM presentation WHERE response_code = $1 AND login = $2 AND expires > $3 RETURNING pid, fault";
    let row = tx.query_opt(sql, params![response_code, login, now]).await?;
    row.map_or(Ok(None), |row| outcome(&row))
}

fn outcome(row: &Row) -> Result<Option<Outcome>, StoreError> {
    Ok(Outcome::of(row.get(0)?, row.get(1)?))
}

/// Takes the answer to a question of the sign-in `login`, if the digits are those that the wallet's owner was shown; counts
/// wrong ones, and after `most` the question is over.
pub async fn redeem(
    tx: &mut Tx,
    request: Vec<u8>,
    login: Vec<u8>,
    digits: &[u8],
    most: i64,
    now: i64,
) -> Result<Typed, StoreError> {
    let sql = "SELECT pid, fault, digits, wrong FROM presentation WHERE request = $1 AND login = $2 AND expires > $3";
    let Some(row) = tx.query_opt(sql, params![request.clone(), login, now]).await? else {
        return Ok(Typed::Gone);
    };
    let Some(outcome) = outcome(&row)? else { return Ok(Typed::Unanswered) };
    let (wanted, wrong): (Option<Vec<u8>>, i64) = (row.get(2)?, row.get(3)?);
    let right = matches!(outcome, Outcome::Fault(_)) || wanted.as_deref() == Some(digits);
    let over = right || wrong + 1 >= most;
    if over {
        // Only one of two takes it.
        let sql = "DELETE FROM presentation WHERE request = $1 AND wrong = $2";
        if tx.execute(sql, params![request, wrong]).await? == 0 {
            return Ok(Typed::Gone);
        }
    } else {
        let sql = "UPDATE presentation SET wrong = wrong + 1 WHERE request = $1";
        tx.execute(sql, params![request]).await?;
    }
    Ok(match (right, over) {
        (true, _) => Typed::Right(outcome),
        (false, true) => Typed::Gone,
        (false, false) => Typed::Wrong,
    })
}

/// Forgets the questions that are over.
pub async fn forget(tx: &mut Tx, now: i64) -> Result<(), StoreError> {
    tx.execute("DELETE FROM presentation WHERE expires <= $1", params![now]).await.map(drop)
}
