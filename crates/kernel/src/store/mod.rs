//! One small façade over SQLite (one file) and PostgreSQL (a schema), with one SQL text for both.
//!
//! The common subset: `$1` parameters, `ON CONFLICT`, `RETURNING`, common table expressions, window functions; columns
//! are `BIGINT`, `TEXT` or `BYTEA`; JSON and moments are text. A sum of `BIGINT` is `CAST(SUM(x) AS BIGINT)`.
//!
//! - [`Store::query`] reads outside any transaction. On SQLite it runs at once, on a connection that its thread keeps.
//! - [`Store::write`] runs a transaction. All writes of a store go through one writer that commits several together:
//!   each runs in a savepoint of its own, one that fails takes only itself back, and every one is answered only when
//!   its bytes are durable. So a transaction never meets a conflict and is never run twice.

mod postgres;
mod sqlite;
mod value;
mod warm;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;

use futures::FutureExt as _;
use tokio::sync::{mpsc, oneshot};

pub use value::{FromValue, Row, Value};
pub use warm::warm;

/// The parameters of a statement: `params![name, 7]`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::store::Value::from($value)),*] as &[$crate::store::Value] };
}

/// `($1,$2),($3,$4)`: the places of `rows` of `columns` parameters, at least one of each; one row is also the list of an `IN`.
pub fn places(rows: usize, columns: usize) -> String {
    let mut sql = String::with_capacity(rows * columns * 5);
    for n in 0..rows * columns {
        let before = match (n % columns, n) {
            (0, 0) => "(",
            (0, _) => "),(",
            _ => ",",
        };
        // Writing to a string does not fail.
        let _ = write!(sql, "{before}${}", n + 1);
    }
    sql.push(')');
    sql
}

/// Most transactions that share one commit.
const MAX_BATCH: usize = 256;

/// What can go wrong with a store. Its text never holds values of a statement.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite refused.
    #[error("SQLite: {}", sqlite::describe(.0))]
    Sqlite(rusqlite::Error),
    /// PostgreSQL refused.
    #[error("PostgreSQL: {}", postgres::describe(.0))]
    Postgres(tokio_postgres::Error),
    /// A value that a statement should have given is not there.
    #[error("the statement gave no {0}")]
    Missing(&'static str),
    /// A column holds another type than the program reads.
    #[error("column {column} is not {expected}")]
    Column {
        /// Its place in the row, from 0.
        column: usize,
        /// The type that was asked for.
        expected: &'static str,
    },
    /// Something that was stored can no longer be read.
    #[error("stored data is damaged: {0}")]
    Damaged(String),
    /// The writer has stopped, or what it ran panicked.
    #[error("the store's writer did not answer")]
    Closed,
    /// The store cannot be opened as asked.
    #[error("{0}")]
    Open(String),
}

impl StoreError {
    /// Whether a `UNIQUE` or `PRIMARY KEY` constraint was broken.
    pub fn is_unique_violation(&self) -> bool {
        match self {
            Self::Sqlite(error) => sqlite::is_unique_violation(error),
            Self::Postgres(error) => error.code() == Some(&tokio_postgres::error::SqlState::UNIQUE_VIOLATION),
            _ => false,
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Postgres(error)
    }
}

/// Where a component's data lies.
#[derive(Debug, Clone)]
pub enum Location {
    /// One SQLite file.
    File(PathBuf),
    /// One schema of a PostgreSQL database.
    Schema {
        /// `postgres://user@host/database`.
        url: String,
        /// The schema's name.
        schema: String,
    },
}

/// Where the data of all components lies.
#[derive(Debug, Clone)]
pub enum Place {
    /// SQLite files in a directory.
    Directory(PathBuf),
    /// Schemas of a PostgreSQL database, their names beginning with `prefix`.
    Database {
        /// `postgres://user@host/database`.
        url: String,
        /// What each schema's name begins with; empty in production.
        prefix: String,
    },
}

impl Place {
    /// Where the component `name` keeps its data: `folkeregister.sqlite`, or the schema `folkeregister`.
    pub fn of(&self, name: &str) -> Location {
        match self {
            Self::Directory(directory) => Location::File(directory.join(format!("{name}.sqlite"))),
            Self::Database { url, prefix } => {
                Location::Schema { url: url.clone(), schema: format!("{prefix}{}", name.replace('-', "_")) }
            }
        }
    }
}

/// A component's data. Clones share it.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    reader: Reader,
    writer: mpsc::UnboundedSender<Job>,
}

enum Reader {
    Sqlite(sqlite::Reader),
    Postgres(postgres::Reader),
}

/// What a transaction's closure gives back.
pub type TxFuture<'a, T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'a>>;

type Run = Box<dyn for<'a> FnOnce(&'a mut Tx) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'a>> + Send>;

/// A transaction on its way to the writer.
struct Job(Run);

/// How a transaction ended: whether to keep its changes, and how to answer its caller once they are durable.
struct Outcome {
    keep: bool,
    answer: Box<dyn FnOnce(Option<StoreError>) + Send>,
}

impl Job {
    /// Runs the job; a panic inside it counts as a failure of this job alone.
    async fn run(self, tx: &mut Tx) -> Outcome {
        std::panic::AssertUnwindSafe((self.0)(tx))
            .catch_unwind()
            .await
            .unwrap_or_else(|_| Outcome { keep: false, answer: Box::new(|_| {}) })
    }
}

/// The jobs of one commit: the first that is waiting and whoever has come meanwhile.
fn fill_batch(batch: &mut Vec<Job>, jobs: &mut mpsc::UnboundedReceiver<Job>) {
    while batch.len() < MAX_BATCH {
        match jobs.try_recv() {
            Ok(job) => batch.push(job),
            Err(_) => break,
        }
    }
}

/// Makes a copy of `error` for one of several callers whose common commit failed.
fn shared(error: &StoreError) -> StoreError {
    StoreError::Open(format!("the commit failed: {error}"))
}

/// A transaction in progress.
pub struct Tx(Connection);

enum Connection {
    Sqlite(rusqlite::Connection),
    Postgres(postgres::Session),
}

impl Tx {
    /// Runs a statement and gives its rows.
    pub async fn query(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>, StoreError> {
        match &mut self.0 {
            Connection::Sqlite(connection) => sqlite::query(connection, sql, params),
            Connection::Postgres(session) => session.query(sql, params).await,
        }
    }

    /// Runs a statement and gives its first row.
    pub async fn query_opt(&mut self, sql: &str, params: &[Value]) -> Result<Option<Row>, StoreError> {
        Ok(self.query(sql, params).await?.into_iter().next())
    }

    /// Runs a statement and counts the rows it changed.
    pub async fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64, StoreError> {
        match &mut self.0 {
            Connection::Sqlite(connection) => sqlite::execute(connection, sql, params),
            Connection::Postgres(session) => session.execute(sql, params).await,
        }
    }
}

impl Store {
    /// Opens the store at `location`, makes it if need be, and brings its tables up to date.
    ///
    /// Each of `migrations` holds statements separated by `;` and runs once, in order.
    pub async fn open(location: &Location, migrations: &[&str]) -> Result<Self, StoreError> {
        match location {
            Location::File(path) => {
                let (reader, writer) = sqlite::open(path, migrations)?;
                Ok(Self(Arc::new(Inner { reader: Reader::Sqlite(reader), writer })))
            }
            Location::Schema { url, schema } => {
                let (reader, writer) = postgres::open(url, schema, migrations).await?;
                Ok(Self(Arc::new(Inner { reader: Reader::Postgres(reader), writer })))
            }
        }
    }

    /// Reads, outside any transaction: sees everything that has been answered as written.
    pub async fn query(&self, sql: &str, params: &[Value]) -> Result<Vec<Row>, StoreError> {
        match &self.0.reader {
            Reader::Sqlite(reader) => reader.query(sql, params),
            Reader::Postgres(reader) => reader.query(sql, params).await,
        }
    }

    /// Reads the first row.
    pub async fn query_opt(&self, sql: &str, params: &[Value]) -> Result<Option<Row>, StoreError> {
        Ok(self.query(sql, params).await?.into_iter().next())
    }

    /// Runs a transaction; see the module's text. The closure does nothing else than call its [`Tx`].
    pub async fn write<T, E, F>(&self, run: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'a> FnOnce(&'a mut Tx) -> TxFuture<'a, T, E> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job = Job(Box::new(move |tx| {
            let running = run(tx);
            Box::pin(async move {
                let result = running.await;
                let keep = result.is_ok();
                let answer = Box::new(move |failed: Option<StoreError>| {
                    let result = match (failed, result) {
                        (Some(error), Ok(_)) => Err(error.into()),
                        (_, result) => result,
                    };
                    // A caller that has gone away no longer wants the answer.
                    let _ = answer.send(result);
                });
                Outcome { keep, answer }
            })
        }));
        self.0.writer.send(job).map_err(|_| StoreError::Closed)?;
        answered.await.unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    /// Whether the store answers; for readiness.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.query("SELECT 1", &[]).await.map(drop)
    }

    /// A place for a file beside the data, when the data is files.
    pub fn directory(&self) -> Option<&Path> {
        match &self.0.reader {
            Reader::Sqlite(reader) => reader.path().parent(),
            Reader::Postgres(_) => None,
        }
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}

/// The statements of a migration.
fn statements(migration: &str) -> impl Iterator<Item = &str> {
    migration.split(';').map(str::trim).filter(|statement| !statement.is_empty())
}

#[cfg(test)]
mod tests;
