//! The promises of the store, on SQLite and, where `FELLES_TEST_POSTGRES` names one, on PostgreSQL.

use super::*;

const MIGRATION: &str = "CREATE TABLE t (k BIGINT PRIMARY KEY, a TEXT, b BYTEA)";

async fn stores() -> Vec<(Store, Option<tempfile::TempDir>)> {
    let directory = tempfile::tempdir().unwrap();
    let file = Place::Directory(directory.path().to_owned()).of("t");
    let mut stores = vec![(Store::open(&file, &[MIGRATION]).await.unwrap(), Some(directory))];
    if let Ok(url) = std::env::var("FELLES_TEST_POSTGRES") {
        let prefix = format!("t{}_", crate::rng::Rng::system().uuid().simple());
        let schema = Place::Database { url, prefix }.of("t");
        stores.push((Store::open(&schema, &[MIGRATION]).await.unwrap(), None));
    } else {
        eprintln!("skipped on PostgreSQL: FELLES_TEST_POSTGRES is not set");
    }
    stores
}

async fn insert(store: &Store, k: i64, fail: bool) -> Result<i64, StoreError> {
    store
        .write(move |tx| {
            Box::pin(async move {
                tx.execute("INSERT INTO t (k, a) VALUES ($2, $1)", params!["x", k]).await?;
                if fail { Err(StoreError::Missing("luck")) } else { Ok(k) }
            })
        })
        .await
}

#[tokio::test]
async fn values_come_back_as_they_went_in() {
    for (store, _directory) in stores().await {
        store
            .write(|tx| {
                Box::pin(async move {
                    tx.execute("INSERT INTO t VALUES ($1, $2, $3)", params![1_i64, "æøå", vec![0_u8, 255]])
                        .await?;
                    tx.execute(
                        "INSERT INTO t VALUES ($1, $2, $3)",
                        params![2_i64, None::<String>, None::<Vec<u8>>],
                    )
                    .await
                })
            })
            .await
            .map_err(|e: StoreError| e)
            .unwrap();
        let rows = store.query("SELECT k, a, b FROM t ORDER BY k", &[]).await.unwrap();
        assert_eq!(rows[0].get::<String>(1).unwrap(), "æøå");
        assert_eq!(rows[0].get::<Vec<u8>>(2).unwrap(), [0, 255]);
        assert_eq!(rows[1].get::<Option<String>>(1).unwrap(), None);
        assert!(rows[0].get::<i64>(1).is_err());
    }
}

#[test]
fn places_are_numbered_row_by_row() {
    assert_eq!(places(1, 1), "($1)");
    assert_eq!(places(1, 3), "($1,$2,$3)");
    assert_eq!(places(3, 1), "($1),($2),($3)");
    assert_eq!(places(2, 2), "($1,$2),($3,$4)");
}

#[tokio::test]
async fn a_failed_transaction_takes_back_itself_and_no_other() {
    for (store, _directory) in stores().await {
        let jobs = (0..200).map(|k| insert(&store, k, k % 3 == 0));
        let results = futures::future::join_all(jobs).await;
        for (k, result) in results.iter().enumerate() {
            assert_eq!(result.is_err(), k % 3 == 0);
        }
        let kept: i64 =
            store.query_opt("SELECT count(*) FROM t", &[]).await.unwrap().unwrap().get(0).unwrap();
        assert_eq!(kept, 133);
        let twice = insert(&store, 1, false).await.unwrap_err();
        assert!(twice.is_unique_violation());
    }
}

#[tokio::test]
async fn a_panic_in_a_transaction_harms_no_other() {
    for (store, _directory) in stores().await {
        let broken: Result<(), StoreError> = store.write(|_| Box::pin(async { panic!("on purpose") })).await;
        assert!(matches!(broken, Err(StoreError::Closed)));
        insert(&store, 7, false).await.unwrap();
    }
}

#[tokio::test]
async fn a_long_write_ahead_log_does_not_stay() {
    let directory = tempfile::tempdir().unwrap();
    let place = Place::Directory(directory.path().to_owned()).of("lang");
    let store =
        Store::open(&place, &["CREATE TABLE t (k BIGINT PRIMARY KEY, v BYTEA NOT NULL)"]).await.unwrap();
    let written: Result<(), StoreError> = store
        .write(|tx| {
            Box::pin(async move {
                for k in 0..70_i64 {
                    tx.execute("INSERT INTO t (k, v) VALUES ($1, $2)", params![k, vec![7_u8; 1 << 20]])
                        .await?;
                }
                Ok(())
            })
        })
        .await;
    written.unwrap();
    let log = directory.path().join("lang.sqlite-wal");
    let length = || std::fs::metadata(&log).map_or(0, |log| log.len());
    // It is cut after the answer, while nothing else waits.
    for _ in 0..500 {
        if length() == 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(length(), 0);
    assert_eq!(store.query("SELECT k FROM t", &[]).await.unwrap().len(), 70);
}

#[tokio::test]
async fn migrations_run_once_and_in_order() {
    let directory = tempfile::tempdir().unwrap();
    let file = Place::Directory(directory.path().to_owned()).of("t");
    drop(Store::open(&file, &[MIGRATION]).await.unwrap());
    let more = "ALTER TABLE t ADD COLUMN c TEXT; INSERT INTO t (k, c) VALUES (1, 'new')";
    for _ in 0..2 {
        let store = Store::open(&file, &[MIGRATION, more]).await.unwrap();
        assert_eq!(store.query("SELECT c FROM t", &[]).await.unwrap().len(), 1);
    }
}

/// How many small transactions a second, by how many callers there are: one caller pays a sync for each, many share
/// it. `cargo test -p kernel --release -- --ignored --nocapture transactions_a_second`
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures and asserts nothing"]
async fn transactions_a_second() {
    for (store, directory) in stores().await {
        let kind = if directory.is_some() { "SQLite" } else { "PostgreSQL" };
        let mut next = 0;
        for callers in [1, 8, 64, 256] {
            let each = if callers == 1 { 200 } else { 6400 / callers };
            let begin = std::time::Instant::now();
            let calling = (0..callers).map(|_| {
                let (store, first) = (store.clone(), next);
                next += each;
                tokio::spawn(async move {
                    for k in first..first + each {
                        insert(&store, k, false).await.unwrap();
                    }
                })
            });
            futures::future::join_all(calling.collect::<Vec<_>>()).await;
            let (all, took) = (callers * each, begin.elapsed());
            let micros = took.as_micros() as f64 / all as f64;
            println!("{kind}: {callers} callers, {:.0} transactions/s, {micros:.0} µs each", 1e6 / micros);
        }
    }
}
