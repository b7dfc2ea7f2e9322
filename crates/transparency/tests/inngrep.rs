//! Whoever changes the log behind its back is found, on both stores, by what `felles log verify` runs.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

use kernel::id::Pid;
use kernel::log::{self, Access, Actor, Finding, NoteKey, verify_store};
use kernel::params;
use kernel::store::{Store, StoreError};
use kernel::testing::{TestContext, context};
use transparency::MIGRATIONS;

/// A log of 600 entries about two people, and its store opened a second time, as an intruder does.
async fn fixture() -> (TestContext, Store) {
    let test = context(MIGRATIONS).await;
    let access = Access {
        actor: Actor { orgnr: None, pid: None, client_id: "fagsystem".to_owned() },
        component: "folkeregister".to_owned(),
        what: "Slo opp personopplysninger".to_owned(),
        hjemmel: "Folkeregisterloven § 10-2".to_owned(),
        formaal: None,
        sak: None,
    };
    let people = ["03851598730", "41819077906"].map(|pid| Pid::parse(pid).unwrap());
    // So few at a time that each entry is a row.
    for _ in 0..60 {
        test.ctx.log.append(&people.repeat(5), &access).await.unwrap();
    }
    let store = Store::open(&test.place.of(log::NAME), log::MIGRATIONS).await.unwrap();
    assert_eq!(verify_store(&store, &test.ctx.log.verifier()).await.unwrap().findings, []);
    (test, store)
}

async fn touch(store: &Store, sql: &'static str) {
    let touched: Result<u64, StoreError> = store.write(move |tx| Box::pin(tx.execute(sql, params![]))).await;
    assert!(touched.unwrap() > 0, "{sql}");
}

#[tokio::test]
async fn every_kind_of_tampering_is_found() {
    for (sql, expected) in [
        ("UPDATE entry SET body = replace(body, 'Slo opp', 'Rettet') WHERE idx = 300", Finding::Changed(300)),
        (
            "UPDATE entry SET leaf = (SELECT leaf FROM entry AS other WHERE other.idx = 1) WHERE idx = 300",
            Finding::Changed(300),
        ),
        // One that covers its tracks in the entry is given away by the tile and the signed root.
        (
            "UPDATE entry SET leaf = (SELECT leaf FROM entry AS other WHERE other.idx = 2), subject = (SELECT subject FROM entry AS other WHERE other.idx = 2), body = (SELECT body FROM entry AS other WHERE other.idx = 2) WHERE idx = 300",
            Finding::Root(600),
        ),
        ("DELETE FROM entry WHERE idx = 300", Finding::Removed(300)),
        ("DELETE FROM entry WHERE idx = 599", Finding::Removed(599)),
        ("DELETE FROM entry WHERE idx >= 100", Finding::Removed(100)),
        ("UPDATE entry SET subject = '41819077906' WHERE idx = 300", Finding::Misfiled(300)),
        ("INSERT INTO entry SELECT 600, subject, body, leaf FROM entry WHERE idx = 0", Finding::Beyond(600)),
        (
            "UPDATE tile SET hashes = (SELECT hashes FROM tile AS other WHERE other.level = 0 AND other.idx = 0) WHERE level = 0 AND idx = 1",
            Finding::Tile { level: 0, index: 1 },
        ),
        ("DELETE FROM tile WHERE level = 0 AND idx = 0", Finding::Tile { level: 0, index: 0 }),
        ("UPDATE head SET checkpoint = replace(checkpoint, '600', '601')", Finding::Unsigned(600)),
        ("UPDATE head SET size = 599", Finding::Frontier),
        ("DELETE FROM head", Finding::Beyond(0)),
    ] {
        let (test, store) = fixture().await;
        touch(&store, sql).await;
        let findings = verify_store(&store, &test.ctx.log.verifier()).await.unwrap().findings;
        assert!(findings.contains(&expected), "{sql}: {findings:?}");
        assert!(findings.iter().all(|finding| !finding.to_string().is_empty()));
    }
}

#[tokio::test]
async fn a_log_signed_anew_by_another_key_is_found() {
    let (_test, store) = fixture().await;
    let other = NoteKey::from_seed("test/tilgangslogg", &[8; 32]).unwrap();
    let findings = verify_store(&store, &other.verifier()).await.unwrap().findings;
    assert_eq!(findings, [Finding::Unsigned(600)]);
}
