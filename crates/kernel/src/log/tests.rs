//! The log holds what it was given, proves it, and shows when it was touched.

use super::*;
use crate::store::Place;

fn access(n: usize) -> Access {
    Access {
        actor: Actor { orgnr: None, pid: None, client_id: format!("client-{n}") },
        component: "test".to_owned(),
        what: "Slo opp".to_owned(),
        hjemmel: "test".to_owned(),
        formaal: None,
        sak: None,
    }
}

fn pid() -> Pid {
    Pid::parse("03851598730").unwrap()
}

async fn log(directory: &tempfile::TempDir) -> (AccessLog, Store) {
    let place = Place::Directory(directory.path().to_owned());
    let store = Store::open(&place.of(NAME), MIGRATIONS).await.unwrap();
    let key = NoteKey::from_seed("test/logg", &[7; 32]).unwrap();
    (AccessLog::start(store.clone(), Clock::system(), Rng::seeded(1), key), store)
}

#[tokio::test]
async fn every_entry_has_a_proof_at_every_size() {
    let directory = tempfile::tempdir().unwrap();
    let (log, _) = log(&directory).await;
    for size in 1..=40_u64 {
        log.append(&[pid()], &access(size as usize)).await.unwrap();
        for index in 0..size {
            let proof = log.proof(index).await.unwrap().unwrap();
            assert!(proof.verify(&log.verifier()), "{index} of {size}");
            let mut other = proof.clone();
            other.index = (index + 1) % size;
            assert!(size == 1 || !other.verify(&log.verifier()));
            other = proof;
            other.entry.push(' ');
            assert!(!other.verify(&log.verifier()));
        }
    }
}

#[tokio::test]
async fn large_logs_are_proved_over_tiles() {
    let directory = tempfile::tempdir().unwrap();
    let (log, _) = log(&directory).await;
    let subjects = vec![pid(); 300];
    for n in 0..230 {
        log.append(&subjects, &access(n)).await.unwrap();
    }
    let size = 69_000;
    for index in [0, 1, 255, 256, 65_535, 65_536, 68_999] {
        let proof = log.proof(index).await.unwrap().unwrap();
        assert_eq!(proof.size, size);
        assert!(proof.verify(&log.verifier()), "{index}");
    }
    let report = log.verify().await.unwrap();
    assert_eq!((report.entries, report.findings.len()), (size, 0));
    assert!(report.checkpoints > 10);
    assert_eq!(log.tile(1, 0, 256).await.unwrap().unwrap().len(), 8192);
    assert!(log.tile(1, 5, 256).await.unwrap().is_none());
}

#[tokio::test]
async fn a_touched_entry_is_found() {
    for (touch, finding) in [
        ("UPDATE entry SET body = replace(body, 'Slo', 'slo') WHERE idx = 3", Finding::Changed(3)),
        ("DELETE FROM entry WHERE idx = 3", Finding::Removed(3)),
        ("DELETE FROM entry WHERE idx = 9", Finding::Removed(9)),
        ("UPDATE entry SET subject = '41819077906' WHERE idx = 4", Finding::Misfiled(4)),
        ("INSERT INTO entry SELECT 10, subject, body, leaf FROM entry WHERE idx = 1", Finding::Beyond(10)),
        // Someone who also mends the hash is given away by the signed root.
        ("UPDATE entry SET body = (SELECT body FROM entry WHERE idx = 1), leaf = (SELECT leaf FROM entry WHERE idx = 1) WHERE idx = 3", Finding::Root(10)),
        ("UPDATE head SET checkpoint = replace(checkpoint, '10', '11')", Finding::Unsigned(10)),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let (log, _) = log(&directory).await;
        log.append(&[pid(); 10], &access(0)).await.unwrap();
        assert_eq!(log.verify().await.unwrap().findings, []);
        let file = directory.path().join("tilgangslogg.sqlite");
        rusqlite::Connection::open(file).unwrap().execute_batch(touch).unwrap();
        let findings = log.verify().await.unwrap().findings;
        assert!(findings.contains(&finding), "{touch}: {findings:?}");
    }
}

#[tokio::test]
async fn a_person_sees_the_newest_entries_about_them() {
    let directory = tempfile::tempdir().unwrap();
    let (log, _) = log(&directory).await;
    let other = Pid::parse("41819077906").unwrap();
    for n in 0..5 {
        log.append(&[pid(), other], &access(n)).await.unwrap();
    }
    let entries = log.entries_about(&pid(), None, 3).await.unwrap();
    assert_eq!(entries.iter().map(|entry| entry.index).collect::<Vec<_>>(), [8, 6, 4]);
    let older = log.entries_about(&pid(), Some(4), 10).await.unwrap();
    assert_eq!(older.iter().map(|entry| entry.index).collect::<Vec<_>>(), [2, 0]);
    assert_eq!(entries[0].access.actor.client_id, "client-4");
}
