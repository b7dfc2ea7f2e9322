//! The store as a schema of a PostgreSQL database: a few pipelined connections that read, one that writes.
//!
//! A batch of writes holds an advisory lock of the schema, so that several processes that share it take turns as
//! the jobs of one process do.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::{Mutex, mpsc};
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, NoTls, Statement};

use super::{Connection, Job, Outcome, Row, StoreError, Tx, Value, fill_batch, shared, statements};

const READERS: usize = 2;

/// A connection with its prepared statements.
pub(super) struct Session {
    client: Arc<Client>,
    prepared: RwLock<HashMap<String, Statement>>,
}

impl Session {
    async fn connect(url: &str, schema: &str) -> Result<Self, StoreError> {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::warn!(error = describe(&error), "a PostgreSQL connection ended");
            }
        });
        client.batch_execute(&format!("SET search_path TO {}", quoted(schema))).await?;
        Ok(Self { client: Arc::new(client), prepared: RwLock::default() })
    }

    async fn prepare(&self, sql: &str) -> Result<Statement, StoreError> {
        if let Some(statement) = self.prepared.read().unwrap_or_else(PoisonError::into_inner).get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).await?;
        self.prepared
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    pub(super) async fn query(&self, sql: &str, params: &[Value]) -> Result<Vec<Row>, StoreError> {
        let statement = self.prepare(sql).await?;
        let rows = self.client.query(&statement, &borrowed(params)).await?;
        rows.iter().map(row).collect()
    }

    pub(super) async fn execute(&self, sql: &str, params: &[Value]) -> Result<u64, StoreError> {
        let statement = self.prepare(sql).await?;
        Ok(self.client.execute(&statement, &borrowed(params)).await?)
    }
}

fn borrowed(params: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    params.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

fn row(row: &tokio_postgres::Row) -> Result<Row, StoreError> {
    let mut values = Vec::with_capacity(row.len());
    for (column, description) in row.columns().iter().enumerate() {
        values.push(match *description.type_() {
            Type::INT8 => row.try_get::<_, Option<i64>>(column)?.map_or(Value::Null, Value::Int),
            Type::INT4 => {
                row.try_get::<_, Option<i32>>(column)?.map_or(Value::Null, |v| Value::Int(v.into()))
            }
            Type::TEXT | Type::VARCHAR => {
                row.try_get::<_, Option<String>>(column)?.map_or(Value::Null, Value::Text)
            }
            Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(column)?.map_or(Value::Null, Value::Bytes),
            Type::BOOL => {
                row.try_get::<_, Option<bool>>(column)?.map_or(Value::Null, |v| Value::Int(v.into()))
            }
            _ => return Err(StoreError::Column { column, expected: "BIGINT, TEXT or BYTEA" }),
        });
    }
    Ok(Row::new(values))
}

/// Reads over a few connections; each carries several questions at once.
pub(super) struct Reader {
    url: String,
    schema: String,
    sessions: [Mutex<Option<Arc<Session>>>; READERS],
    next: AtomicUsize,
}

impl Reader {
    pub(super) async fn query(&self, sql: &str, params: &[Value]) -> Result<Vec<Row>, StoreError> {
        self.session().await?.query(sql, params).await
    }

    async fn session(&self) -> Result<Arc<Session>, StoreError> {
        let turn = self.next.fetch_add(1, Ordering::Relaxed) % READERS;
        let mut place = self.sessions[turn].lock().await;
        if let Some(session) = place.as_ref().filter(|session| !session.client.is_closed()) {
            return Ok(session.clone());
        }
        let session = Arc::new(Session::connect(&self.url, &self.schema).await?);
        *place = Some(session.clone());
        Ok(session)
    }
}

/// Makes the schema, migrates it and starts its writer.
pub(super) async fn open(
    url: &str,
    schema: &str,
    migrations: &[&str],
) -> Result<(Reader, mpsc::UnboundedSender<Job>), StoreError> {
    let session = Session::connect(url, schema).await?;
    migrate(&session, schema, migrations).await?;
    let (sender, jobs) = mpsc::unbounded_channel();
    tokio::spawn(write_loop(Writer { url: url.to_owned(), schema: schema.to_owned() }, session, jobs));
    let reader = Reader {
        url: url.to_owned(),
        schema: schema.to_owned(),
        sessions: Default::default(),
        next: AtomicUsize::new(0),
    };
    Ok((reader, sender))
}

async fn migrate(session: &Session, schema: &str, migrations: &[&str]) -> Result<(), StoreError> {
    let client = &session.client;
    // Two processes that start at once take turns.
    client
        .batch_execute(&format!("BEGIN; {}; CREATE SCHEMA IF NOT EXISTS {}", lock(schema), quoted(schema)))
        .await?;
    client.batch_execute("CREATE TABLE IF NOT EXISTS felles_migration (n BIGINT PRIMARY KEY)").await?;
    let done: i64 = client.query_one("SELECT count(*) FROM felles_migration", &[]).await?.try_get(0)?;
    for (n, migration) in (0_i64..).zip(migrations).skip(usize::try_from(done).unwrap_or(0)) {
        for statement in statements(migration) {
            // Every table of PostgreSQL is one without SQLite's row numbers.
            client.batch_execute(&statement.replace(" WITHOUT ROWID", "")).await?;
        }
        client.execute("INSERT INTO felles_migration (n) VALUES ($1)", &[&n]).await?;
    }
    client.batch_execute("COMMIT").await?;
    Ok(())
}

struct Writer {
    url: String,
    schema: String,
}

async fn write_loop(writer: Writer, session: Session, mut jobs: mpsc::UnboundedReceiver<Job>) {
    let mut tx = Tx(Connection::Postgres(session));
    let mut batch = Vec::new();
    while let Some(first) = jobs.recv().await {
        batch.push(first);
        fill_batch(&mut batch, &mut jobs);
        let mut outcomes = Vec::with_capacity(batch.len());
        let failed = writer.run_batch(&mut tx, &mut batch, &mut outcomes).await.err();
        if failed.is_some() {
            let _ = statement(&mut tx, "ROLLBACK").await;
        }
        for Outcome { answer, .. } in outcomes {
            answer(failed.as_ref().map(shared));
        }
        batch.clear();
    }
}

impl Writer {
    async fn run_batch(
        &self,
        tx: &mut Tx,
        batch: &mut Vec<Job>,
        outcomes: &mut Vec<Outcome>,
    ) -> Result<(), StoreError> {
        if let Connection::Postgres(session) = &tx.0
            && session.client.is_closed()
        {
            tx.0 = Connection::Postgres(Session::connect(&self.url, &self.schema).await?);
        }
        let Connection::Postgres(session) = &tx.0 else { return Ok(()) };
        let client = session.client.clone();
        client.batch_execute(&format!("BEGIN; {}; SAVEPOINT job", lock(&self.schema))).await?;
        // What ends one job and begins the next is sent ahead of the next one's first statement, without waiting for
        // its answer: where it fails, the transaction is broken and nothing that follows is kept. `BEGIN` is waited
        // for, since a statement that came after a `BEGIN` that failed would stand alone.
        let mut between = None;
        for job in batch.drain(..) {
            let begun = async {
                match between {
                    Some(between) => client.batch_execute(between).await,
                    None => Ok(()),
                }
            };
            let (begun, outcome) = futures::join!(begun, job.run(tx));
            between = Some(if outcome.keep { KEEP } else { TAKE_BACK });
            outcomes.push(outcome);
            begun?;
        }
        let last = between.unwrap_or(KEEP).replace("SAVEPOINT job", "COMMIT");
        Ok(client.batch_execute(&last).await?)
    }
}

/// Between a job that is kept and the next.
const KEEP: &str = "RELEASE job; SAVEPOINT job";
/// Between a job that failed and the next.
const TAKE_BACK: &str = "ROLLBACK TO job; RELEASE job; SAVEPOINT job";

async fn statement(tx: &mut Tx, sql: &str) -> Result<(), StoreError> {
    if let Connection::Postgres(session) = &mut tx.0 {
        session.client.batch_execute(sql).await?;
    }
    Ok(())
}

/// Takes the schema's lock until the transaction ends.
fn lock(schema: &str) -> String {
    format!("SELECT pg_advisory_xact_lock(hashtextextended({}, 0))", literal(schema))
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn literal(text: &str) -> String {
    format!("'felles/{}'", text.replace('\'', "''"))
}

/// The error without its detail, which can quote values.
pub(super) fn describe(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(db) => format!("{} {}", db.code().code(), db.message()),
        None => error.to_string(),
    }
}
