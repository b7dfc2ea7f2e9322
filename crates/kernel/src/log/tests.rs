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

/// A log of one use of `many` entries is whole; touched so, it is not.
async fn is_found(many: usize, touch: &str, finding: &Finding) {
    let directory = tempfile::tempdir().unwrap();
    let (log, _) = log(&directory).await;
    log.append(&vec![pid(); many], &access(0)).await.unwrap();
    assert_eq!(log.verify().await.unwrap().findings, []);
    touched(&directory, touch);
    let findings = log.verify().await.unwrap().findings;
    assert!(findings.contains(finding), "{touch}: {findings:?}");
}

#[tokio::test]
async fn a_touched_entry_is_found() {
    for (touch, finding) in [
        ("UPDATE entry SET body = replace(body, 'Slo', 'slo') WHERE idx = 3", Finding::Changed(3)),
        ("DELETE FROM entry WHERE idx = 3", Finding::Removed(3)),
        ("DELETE FROM entry WHERE idx = 9", Finding::Removed(9)),
        ("DELETE FROM entry WHERE idx > 4", Finding::Removed(5)),
        ("UPDATE entry SET subject = '41819077906' WHERE idx = 4", Finding::Misfiled(4)),
        ("INSERT INTO entry SELECT 10, subject, body, leaf FROM entry WHERE idx = 1", Finding::Beyond(10)),
        // Someone who also mends the hash is given away by the signed root.
        (
            "UPDATE entry SET body = (SELECT body FROM entry WHERE idx = 1), leaf = (SELECT leaf FROM entry WHERE idx = 1) WHERE idx = 3",
            Finding::Root(10),
        ),
        ("UPDATE head SET checkpoint = replace(checkpoint, '10', '11')", Finding::Unsigned(10)),
        ("UPDATE head SET frontier = zeroblob(64)", Finding::Frontier),
        ("DELETE FROM head", Finding::Beyond(0)),
    ] {
        is_found(10, touch, &finding).await;
    }
}

#[tokio::test]
async fn a_touched_entry_among_many_is_found() {
    for (touch, finding) in [
        ("UPDATE stretch SET middle = replace(middle, 'Slo', 'slo')", Finding::Changed(0)),
        (
            "UPDATE stretch SET subjects = replace(subjects, '03851598730', '41819077906')",
            Finding::Changed(0),
        ),
        (
            "UPDATE stretch SET salts = CAST(substr(salts, 1, 47) || zeroblob(1) || substr(salts, 49) AS BLOB)",
            Finding::Changed(2),
        ),
        (
            "UPDATE stretch SET leaves = CAST(substr(leaves, 1, 95) || zeroblob(1) || substr(leaves, 97) AS BLOB)",
            Finding::Changed(2),
        ),
        ("UPDATE stretch SET subjects = substr(subjects, 1, 11 * 19)", Finding::Removed(19)),
        ("UPDATE stretch SET subjects = 'æøå' || subjects", Finding::Changed(0)),
        ("DELETE FROM stretch", Finding::Removed(0)),
        (
            "INSERT INTO stretch SELECT 20, head, middle, subjects, salts, leaves FROM stretch",
            Finding::Beyond(20),
        ),
        (
            "INSERT INTO stretch SELECT 7, head, middle, subjects, salts, leaves FROM stretch",
            Finding::Changed(7),
        ),
        ("INSERT INTO entry SELECT 3, subjects, head, leaves FROM stretch", Finding::Changed(3)),
    ] {
        is_found(20, touch, &finding).await;
    }
}

#[tokio::test]
async fn a_row_of_the_index_that_is_touched_is_found() {
    let directory = tempfile::tempdir().unwrap();
    let (log, store) = log(&directory).await;
    for n in 0..50 {
        log.append(&vec![pid(); 1000], &access(n)).await.unwrap();
    }
    let runs = store.query("SELECT first FROM run ORDER BY first", &[]).await.unwrap();
    assert_eq!(runs.iter().map(|row| index(row, 0).unwrap()).collect::<Vec<_>>(), [0, 16_384]);
    assert_eq!(log.verify().await.unwrap().findings, []);
    touched(&directory, "UPDATE filed SET subject = '41819077906' WHERE idx = 20000");
    touched(&directory, "DELETE FROM filed WHERE idx = 5");
    let misplaced = Finding::Index { first: 16_384, rows: 1 };
    assert_eq!(
        log.verify().await.unwrap().findings,
        [Finding::Misfiled(5), Finding::Misfiled(20_000), misplaced]
    );
}

#[tokio::test]
async fn entries_of_few_and_of_many_are_one_log() {
    let directory = tempfile::tempdir().unwrap();
    let (log, _) = log(&directory).await;
    let other = Pid::parse("41819077906").unwrap();
    let mut expected = Vec::new();
    let mut size = 0;
    for n in 0..60 {
        // One, few and many, with the other somewhere among them.
        let mut subjects = vec![pid(); [1, 15, 16, 700, 1500][n % 5]];
        let place = n * 7 % subjects.len();
        subjects[place] = other;
        log.append(&subjects, &access(n)).await.unwrap();
        expected.push((size + place as u64, format!("client-{n}")));
        size += subjects.len() as u64;
    }
    assert!(size > 2 * 8192, "enough for a run of the index");
    expected.reverse();
    let mut found = Vec::new();
    while let page = log.entries_about(&other, found.last().map(|(at, _)| *at), 7).await.unwrap()
        && !page.is_empty()
    {
        found.extend(page.into_iter().map(|entry| (entry.index, entry.access.actor.client_id)));
    }
    assert_eq!(found, expected);
    for (at, client) in expected {
        let proof = log.proof(at).await.unwrap().unwrap();
        assert!(proof.verify(&log.verifier()) && proof.entry.contains(&client), "{at}");
        assert!(proof.entry.contains(other.as_str()));
    }
    let report = log.verify().await.unwrap();
    assert_eq!((report.entries, report.findings), (size, vec![]));
}

#[tokio::test]
async fn entries_filed_by_an_older_felles_are_found() {
    let directory = tempfile::tempdir().unwrap();
    let place = Place::Directory(directory.path().to_owned());
    drop(Store::open(&place.of(NAME), &MIGRATIONS[..2]).await.unwrap());
    let body = |n: usize| {
        let (at, salt) = (Timestamp::UNIX_EPOCH, "s".to_owned());
        serde_json::to_string(&Body { at, subject: pid(), access: access(n), person: None, salt }).unwrap()
    };
    let mut entries = Vec::new();
    let mut frontier = Frontier::default();
    for n in 0..3 {
        let (body, subject) = (body(n), pid());
        let (leaf, subject) = (leaf_hash(body.as_bytes()), subject.as_str());
        frontier.push(leaf);
        let hex = note::hex(&leaf);
        entries.push(format!("INSERT INTO entry VALUES ({n}, '{subject}', '{body}', x'{hex}');"));
        entries.push(format!("INSERT INTO filed VALUES ('{subject}', {n});"));
    }
    let checkpoint = NoteKey::from_seed("test/logg", &[7; 32]).unwrap().checkpoint(3, &frontier.root());
    let roots = note::hex(&frontier.to_bytes());
    touched(
        &directory,
        &format!("{} INSERT INTO head VALUES (1, 3, x'{roots}', '{checkpoint}', 3)", entries.concat()),
    );
    let (log, _) = log(&directory).await;
    log.append(&[pid(); 20], &access(3)).await.unwrap();
    let found = log.entries_about(&pid(), None, 100).await.unwrap();
    assert_eq!(found.iter().map(|entry| entry.index).collect::<Vec<_>>(), (0..23).rev().collect::<Vec<_>>());
    assert_eq!(log.verify().await.unwrap().findings, []);
}

#[tokio::test]
async fn a_log_set_back_to_an_older_checkpoint_is_found() {
    let directory = tempfile::tempdir().unwrap();
    let (log, store) = log(&directory).await;
    log.append(&vec![pid(); 4000], &access(0)).await.unwrap();
    let old = head(&store).await.unwrap().unwrap();
    log.append(&vec![pid(); 200], &access(1)).await.unwrap();
    let frontier = note::hex(&old.1.to_bytes());
    touched(
        &directory,
        &format!(
            "DELETE FROM stretch WHERE first >= 4000; DELETE FROM tile WHERE level = 0 AND idx >= 15; DELETE FROM tile WHERE level > 0;
             UPDATE head SET size = 4000, frontier = x'{frontier}', checkpoint = '{}'",
            old.2
        ),
    );
    let findings = log.verify().await.unwrap().findings;
    assert_eq!(findings.first(), Some(&Finding::Removed(4000)));
}

#[tokio::test]
async fn a_touched_tile_of_any_level_is_found() {
    let directory = tempfile::tempdir().unwrap();
    let (log, _) = log(&directory).await;
    for n in 0..66 {
        log.append(&vec![pid(); 1000], &access(n)).await.unwrap();
    }
    assert_eq!(log.verify().await.unwrap().findings, []);
    for (level, index) in [(0, 7), (1, 0)] {
        touched(
            &directory,
            &format!("UPDATE tile SET hashes = zeroblob(8192) WHERE level = {level} AND idx = {index}"),
        );
        let findings = log.verify().await.unwrap().findings;
        assert!(findings.contains(&Finding::Tile { level, index }), "{findings:?}");
    }
}

fn touched(directory: &tempfile::TempDir, sql: &str) {
    let file = directory.path().join("tilgangslogg.sqlite");
    rusqlite::Connection::open(file).unwrap().execute_batch(sql).unwrap();
}

/// What an append costs, by how many callers there are and how many entries each appends.
/// `cargo test -p kernel --release -- --ignored --nocapture an_append_costs`
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures and asserts nothing"]
async fn an_append_costs() {
    let directory = tempfile::tempdir().unwrap();
    let mut places = vec![("SQLite", Place::Directory(directory.path().to_owned()))];
    if let Ok(url) = std::env::var("FELLES_TEST_POSTGRES") {
        let prefix = format!("t{}_", Rng::system().uuid().simple());
        places.push(("PostgreSQL", Place::Database { url, prefix }));
    }
    for (kind, place) in places {
        let store = Store::open(&place.of(NAME), MIGRATIONS).await.unwrap();
        let key = NoteKey::from_seed("test/logg", &[7; 32]).unwrap();
        let log = AccessLog::start(store, Clock::system(), Rng::system(), key);
        for (callers, each, subjects) in [(1, 200, 1), (8, 400, 1), (64, 100, 1), (256, 40, 1), (4, 10, 1000)]
        {
            let begin = std::time::Instant::now();
            let calling = (0..callers).map(|n| {
                let (log, subjects) = (log.clone(), vec![pid(); subjects]);
                tokio::spawn(async move {
                    for _ in 0..each {
                        log.append(&subjects, &access(n)).await.unwrap();
                    }
                })
            });
            futures::future::join_all(calling.collect::<Vec<_>>()).await;
            let micros = begin.elapsed().as_micros() as f64;
            let (appends, entries) = (callers * each, callers * each * subjects);
            println!(
                "{kind}: {callers} callers of {subjects} entries: {:.0} µs an append, {:.1} µs an entry, {:.0} entries/s",
                micros / appends as f64,
                micros / entries as f64,
                entries as f64 / micros * 1e6
            );
        }
    }
}

#[tokio::test]
async fn another_persons_number_is_in_no_entry_and_their_pseudonym_is_always_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let (log, _) = log(&directory).await;
    let caseworker = Pid::parse("41819077906").unwrap();
    let mut access = access(0);
    access.actor.pid = Some(caseworker);
    log.append(&[pid(), caseworker, pid()], &access).await.unwrap();
    let mut entries = Vec::new();
    for index in 0..3 {
        entries.push(log.entry(index).await.unwrap().unwrap());
    }
    assert_eq!(
        entries.iter().map(|entry| entry.access.actor.pid).collect::<Vec<_>>(),
        [None, Some(caseworker), None]
    );
    let person = |entry: &Entry| serde_json::from_str::<Body<Access>>(&entry.body).unwrap().person;
    assert!(!entries[0].body.contains(caseworker.as_str()));
    assert!(person(&entries[0]).is_some() && person(&entries[0]) == person(&entries[2]));
    assert_eq!(person(&entries[1]), None);
    assert_eq!(log.verify().await.unwrap().findings, []);
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
