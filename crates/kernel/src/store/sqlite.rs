//! The store as one SQLite file: write-ahead log, every commit synced, one writer thread, a reading connection per thread.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use tokio::sync::mpsc;

use super::{
    Connection as TxConnection, Job, Outcome, Row, StoreError, Tx, Value, fill_batch, shared, statements,
};

/// How long a statement waits for another process that writes, such as the command line beside the server.
const BUSY: Duration = Duration::from_secs(10);
const CACHED_STATEMENTS: usize = 128;
/// How long a commit waits for more transactions when the one before it had several: a commit costs as much as many of
/// them. Measured: waiting longer gains nothing.
const LINGER: Duration = Duration::from_micros(300);
/// Bytes from which on a write-ahead log, as a bulk load leaves one, is put into the file and cut as soon as nothing waits to
/// be written: the next start would have to read it whole.
const LONG_LOG: u64 = 64 << 20;
/// How long that waits for readers. Where they stay, the next write leads to another attempt.
const LONG_LOG_WAIT: Duration = Duration::from_millis(20);

/// Reads from the file.
pub(super) struct Reader {
    id: u64,
    path: PathBuf,
}

thread_local! {
    /// The reading connections of this thread, by store.
    static CONNECTIONS: RefCell<HashMap<u64, Rc<Connection>>> = RefCell::default();
}

impl Reader {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn query(&self, sql: &str, params: &[Value]) -> Result<Vec<Row>, StoreError> {
        query(&*self.connection()?, sql, params)
    }

    fn connection(&self) -> Result<Rc<Connection>, StoreError> {
        CONNECTIONS.with_borrow_mut(|connections| {
            if let Some(connection) = connections.get(&self.id) {
                return Ok(connection.clone());
            }
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let connection = Connection::open_with_flags(&self.path, flags)?;
            settle(&connection)?;
            // The whole file, however large, is read where the system has it: SQLite's own copies of pages would be each thread's.
            connection.execute_batch("PRAGMA mmap_size = 1099511627776; PRAGMA cache_size = -4096;")?;
            let connection = Rc::new(connection);
            connections.insert(self.id, connection.clone());
            Ok(connection)
        })
    }
}

/// Opens the file, migrates it and starts its writer.
pub(super) fn open(
    path: &Path,
    migrations: &[&str],
) -> Result<(Reader, mpsc::UnboundedSender<Job>), StoreError> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory)
            .map_err(|error| StoreError::Open(format!("cannot make {}: {error}", directory.display())))?;
    }
    let mut connection = Connection::open(path)?;
    settle(&connection)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
         PRAGMA cache_size = -8192; PRAGMA wal_autocheckpoint = 4000;",
    )?;
    migrate(&mut connection, migrations)?;
    // What an earlier process left in the write-ahead log goes into the file, from which reading is quicker.
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;

    let (sender, jobs) = mpsc::unbounded_channel();
    std::thread::Builder::new()
        .name("store-writer".to_owned())
        .spawn({
            let mut log = path.as_os_str().to_owned();
            log.push("-wal");
            move || write_loop(connection, jobs, Path::new(&log))
        })
        .map_err(|error| StoreError::Open(format!("cannot start the writer: {error}")))?;
    let reader = Reader { id: NEXT.fetch_add(1, Ordering::Relaxed), path: path.to_owned() };
    Ok((reader, sender))
}

/// What every connection is set to.
fn settle(connection: &Connection) -> Result<(), StoreError> {
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
    // Plans do not depend on the values that are bound; otherwise SQLite prepares many statements anew at each use.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

fn migrate(connection: &mut Connection, migrations: &[&str]) -> Result<(), StoreError> {
    let tx = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    tx.execute_batch("CREATE TABLE IF NOT EXISTS felles_migration (n BIGINT PRIMARY KEY)")?;
    let done: i64 = tx.query_row("SELECT count(*) FROM felles_migration", [], |row| row.get(0))?;
    for (n, migration) in (0_i64..).zip(migrations).skip(usize::try_from(done).unwrap_or(0)) {
        for statement in statements(migration) {
            // Only this spelling makes the key SQLite's own row number, which saves an index.
            tx.execute_batch(&statement.replace("BIGINT PRIMARY KEY", "INTEGER PRIMARY KEY"))?;
        }
        tx.execute("INSERT INTO felles_migration (n) VALUES ($1)", [n])?;
    }
    tx.commit()?;
    Ok(())
}

fn write_loop(connection: Connection, mut jobs: mpsc::UnboundedReceiver<Job>, log: &Path) {
    let mut tx = Tx(TxConnection::Sqlite(connection));
    let mut batch = Vec::new();
    let mut busy = false;
    while let Some(first) = jobs.blocking_recv() {
        batch.push(first);
        if busy {
            std::thread::sleep(LINGER);
        }
        fill_batch(&mut batch, &mut jobs);
        busy = batch.len() > 1;
        let mut outcomes = Vec::with_capacity(batch.len());
        let failed = run_batch(&mut tx, &mut batch, &mut outcomes).err();
        if failed.is_some() {
            // Nothing to undo where the transaction never began.
            let _ = statement(&tx, "ROLLBACK");
        }
        for Outcome { answer, .. } in outcomes {
            answer(failed.as_ref().map(shared));
        }
        // Jobs that the failed batch did not reach: dropping them tells their callers.
        batch.clear();
        if jobs.is_empty() && std::fs::metadata(log).is_ok_and(|log| log.len() > LONG_LOG) {
            shorten(&tx);
        }
    }
}

/// Puts the write-ahead log into the file and cuts it. What hinders it now may not later, and nothing depends on it.
fn shorten(tx: &Tx) {
    let TxConnection::Sqlite(connection) = &tx.0 else { return };
    let _ = connection.busy_timeout(LONG_LOG_WAIT);
    let _ = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    let _ = connection.busy_timeout(BUSY);
}

fn run_batch(tx: &mut Tx, batch: &mut Vec<Job>, outcomes: &mut Vec<Outcome>) -> Result<(), StoreError> {
    statement(tx, "BEGIN IMMEDIATE")?;
    for job in batch.drain(..) {
        statement(tx, "SAVEPOINT job")?;
        let outcome = futures::executor::block_on(job.run(tx));
        if !outcome.keep {
            statement(tx, "ROLLBACK TO job")?;
        }
        outcomes.push(outcome);
        statement(tx, "RELEASE job")?;
    }
    statement(tx, "COMMIT")
}

fn statement(tx: &Tx, sql: &str) -> Result<(), StoreError> {
    if let TxConnection::Sqlite(connection) = &tx.0 {
        connection.prepare_cached(sql)?.execute([])?;
    }
    Ok(())
}

pub(super) fn query(connection: &Connection, sql: &str, params: &[Value]) -> Result<Vec<Row>, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    bind(&mut statement, sql, params)?;
    let columns = statement.column_count();
    let mut found = statement.raw_query();
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        let mut values = Vec::with_capacity(columns);
        for column in 0..columns {
            values.push(match row.get_ref(column)? {
                rusqlite::types::ValueRef::Null => Value::Null,
                rusqlite::types::ValueRef::Integer(int) => Value::Int(int),
                rusqlite::types::ValueRef::Text(text) => Value::Text(
                    String::from_utf8(text.to_vec())
                        .map_err(|_| StoreError::Column { column, expected: "UTF-8 text" })?,
                ),
                rusqlite::types::ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
                rusqlite::types::ValueRef::Real(_) => {
                    return Err(StoreError::Column { column, expected: "a whole number" });
                }
            });
        }
        rows.push(Row::new(values));
    }
    Ok(rows)
}

pub(super) fn execute(connection: &Connection, sql: &str, params: &[Value]) -> Result<u64, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    bind(&mut statement, sql, params)?;
    Ok(statement.raw_execute()? as u64)
}

/// Binds by the parameter's number. SQLite itself numbers `$2, $1` by first appearance.
fn bind(
    statement: &mut rusqlite::CachedStatement<'_>,
    sql: &str,
    params: &[Value],
) -> Result<(), StoreError> {
    let count = statement.parameter_count();
    let in_order = in_order(sql) == Some(count);
    for place in 1..=count {
        let number = if in_order {
            place
        } else {
            // SQLite looks a name up among all of them, so not in the common case.
            statement
                .parameter_name(place)
                .and_then(|name| name.strip_prefix('$')?.parse::<usize>().ok())
                .ok_or(StoreError::Missing("numbered parameter"))?
        };
        let value =
            params.get(number.wrapping_sub(1)).ok_or(StoreError::Missing("parameter of that number"))?;
        statement.raw_bind_parameter(place, value)?;
    }
    Ok(())
}

/// How many parameters a statement has, where they first appear in the order of their numbers.
fn in_order(sql: &str) -> Option<usize> {
    let mut seen = 0;
    for part in sql.split('$').skip(1) {
        let digits = part.bytes().take_while(u8::is_ascii_digit);
        let number = digits.fold(0_usize, |n, digit| n.wrapping_mul(10).wrapping_add((digit - b'0').into()));
        if number == seen + 1 {
            seen = number;
        } else if number == 0 || number > seen {
            return None;
        }
    }
    Some(seen)
}

pub(super) fn is_unique_violation(error: &rusqlite::Error) -> bool {
    let unique = [rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE, rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY];
    matches!(error, rusqlite::Error::SqliteFailure(failure, _)
        if failure.code == ErrorCode::ConstraintViolation && unique.contains(&failure.extended_code))
}

/// SQLite's messages name tables and columns, never values.
pub(super) fn describe(error: &rusqlite::Error) -> String {
    error.to_string()
}
