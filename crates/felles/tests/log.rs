//! `felles log verify` finds what was done to the access log behind the program's back: the test changes the database itself.
#![allow(clippy::expect_used, reason = "helpers of tests, too")]

use bench::{Hospital, Installation};
use kernel::id::Pid;
use kernel::params;
use kernel::store::{Location, Place, Store};

const FELLES: &str = env!("CARGO_BIN_EXE_felles");

/// The store of `component`, as it lies on the disk or in the database.
async fn open(felles: &Installation, data: &std::path::Path, component: &str) -> Store {
    let place = match std::env::var("FELLES_TEST_POSTGRES") {
        Ok(url) => Place::Database { url, prefix: felles.store_prefix() },
        Err(_) => Place::Directory(data.to_owned()),
    };
    let location: Location = place.of(component);
    // No migrations: the tables are there.
    Store::open(&location, &[]).await.expect("the store opens")
}

async fn execute(store: &Store, sql: &'static str) {
    let changed: Result<u64, kernel::store::StoreError> =
        store.write(move |tx| Box::pin(async move { tx.execute(sql, params![]).await })).await;
    assert!(changed.expect("the database can be changed behind the program's back") > 0, "{sql}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_or_removed_entry_is_found() {
    let data = tempfile::tempdir().expect("a directory");
    let postgres = std::env::var("FELLES_TEST_POSTGRES").ok();
    let felles = Installation::new(FELLES, data.path(), 3000, postgres.as_deref()).expect("an installation");
    let (server, _) = felles.up().await.expect("felles serves");
    let mothers =
        std::fs::read_to_string(data.path().join("nation/moedre.txt")).expect("the nation has mothers");
    let hospital = Hospital::register(&felles).expect("a client");
    for (n, mother) in mothers.lines().take(5).enumerate() {
        let message = hospital.report("logg", n, Pid::parse(mother).expect("a number"));
        let receipt = hospital.register.meld_foedsel(&message).await.expect("a receipt");
        let child = receipt.foedsels_eller_d_nummer.expect("a child");
        let (look, patience) = (std::time::Duration::from_millis(20), std::time::Duration::from_secs(20));
        hospital.letter(&child, look, patience).await.expect("a letter");
    }
    server.stop().expect("felles stops");

    let verify = || felles.run(&["log", "verify"]).expect("the command runs");
    let (whole, said, complaint) = verify();
    assert!(whole, "{said}{complaint}");
    let entries: i64 =
        said.split(' ').next().and_then(|count| count.parse().ok()).expect("a count of entries");
    assert!(entries >= 5, "{said}");

    let log = open(&felles, data.path(), kernel::log::NAME).await;
    let changes = [
        // What was done is made to look innocent, and put right again.
        (
            "UPDATE entry SET body = REPLACE(body, '\"hjemmel\"', '\"hjemmeL\"') WHERE idx = 1",
            "UPDATE entry SET body = REPLACE(body, '\"hjemmeL\"', '\"hjemmel\"') WHERE idx = 1",
        ),
        // An entry is moved out of sight of the person it is about.
        (
            "UPDATE entry SET subject = '-' || subject WHERE idx = 2",
            "UPDATE entry SET subject = SUBSTR(subject, 2) WHERE idx = 2",
        ),
        // The newest is hidden.
        ("UPDATE head SET size = size - 1", "UPDATE head SET size = size + 1"),
    ];
    for (change, back) in changes {
        execute(&log, change).await;
        let (whole, said, _) = verify();
        assert!(!whole, "not found: {change}\n{said}");
        execute(&log, back).await;
        let (whole, said, complaint) = verify();
        assert!(whole, "after {back}: {said}{complaint}");
    }
    execute(&log, "DELETE FROM entry WHERE idx = 3").await;
    let (whole, said, _) = verify();
    assert!(!whole, "a removed entry is not found: {said}");
    assert!(said.contains('3'), "the finding does not say which entry: {said}");
}
