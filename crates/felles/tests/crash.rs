//! 500 births while the program is killed (SIGKILL) at 50 random moments and started again: nothing that was acknowledged is
//! lost, and nothing happens twice. The test counts in the databases themselves and says what it counted.
#![allow(clippy::expect_used, reason = "helpers of tests, too")]

use std::collections::HashSet;
use std::io::Write as _;
use std::time::Duration;

use bench::{Hospital, Installation};
use kernel::id::Pid;
use kernel::params;
use kernel::rng::Rng;
use kernel::store::{Place, Store};

const FELLES: &str = env!("CARGO_BIN_EXE_felles");
const BIRTHS: usize = 500;
const KILLS: usize = 50;
/// Reports under way at once.
const AT_ONCE: usize = 8;
const PATIENCE: Duration = Duration::from_mins(2);

async fn count(place: &Place, component: &str, sql: &str) -> i64 {
    let store = Store::open(&place.of(component), &[]).await.expect("the store opens");
    let row = store.query_opt(sql, params![]).await.expect("the statement runs").expect("a row");
    row.get(0).expect("a number")
}

/// Past the test harness's capture: what was counted is to be seen in a run that succeeds, too.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_birth_is_lost_and_none_counts_twice() {
    let data = tempfile::tempdir().expect("a directory");
    let postgres = std::env::var("FELLES_TEST_POSTGRES").ok();
    let felles =
        Installation::new(FELLES, data.path(), 20_000, postgres.as_deref()).expect("an installation");
    let place = match &postgres {
        Some(url) => Place::Database { url: url.clone(), prefix: felles.store_prefix() },
        None => Place::Directory(data.path().to_owned()),
    };
    let (mut server, _) = felles.up().await.expect("felles serves");
    let hospital = Hospital::register(&felles).expect("a client");
    let mothers =
        std::fs::read_to_string(data.path().join("nation/moedre.txt")).expect("the nation has mothers");
    let mothers: Vec<Pid> =
        mothers.lines().take(BIRTHS).map(|line| Pid::parse(line).expect("a number")).collect();
    assert_eq!(mothers.len(), BIRTHS, "the nation has too few mothers");
    let people_before = count(&place, folkeregister::NAME, "SELECT COUNT(*) FROM nummer").await;

    // The hospital's side: every birth is reported until it is acknowledged, over and over with the same message.
    let births = {
        let hospital = hospital.clone();
        let mothers = mothers.clone();
        tokio::spawn(async move {
            let places = std::sync::Arc::new(tokio::sync::Semaphore::new(AT_ONCE));
            let mut births = Vec::new();
            for (n, mother) in mothers.into_iter().enumerate() {
                let place = places.clone().acquire_owned().await.expect("it is open");
                let (hospital, message) = (hospital.clone(), hospital.report("krasj", n, mother));
                births.push(tokio::spawn(async move {
                    let receipt = hospital.insist(&message, PATIENCE).await.expect("an acknowledgement");
                    // So that the kills meet births at every stage, not only the first moments.
                    tokio::time::sleep(Duration::from_millis(60)).await;
                    drop(place);
                    receipt
                }));
            }
            let mut receipts = Vec::new();
            for birth in births {
                receipts.push(birth.await.expect("no panic"));
            }
            receipts
        })
    };
    let chance = Rng::system();
    let mut killed_while_reporting = 0;
    for _ in 0..KILLS {
        tokio::time::sleep(Duration::from_millis(u64::from(chance.below(120)))).await;
        killed_while_reporting += usize::from(!births.is_finished());
        server.kill().expect("felles is killed");
        (server, _) = felles.up().await.expect("felles starts again");
    }
    let receipts = births.await.expect("the hospital has no panic");
    let children: HashSet<Pid> =
        receipts.iter().filter_map(|receipt| receipt.foedsels_eller_d_nummer).collect();
    assert_eq!(children.len(), BIRTHS, "each acknowledged birth has a number of its own");
    let mut letters = HashSet::new();
    for child in &children {
        let journey = hospital.letter(child, Duration::from_millis(20), PATIENCE).await.expect("a letter");
        letters.insert(journey.brev.expect("a letter").melding);
    }
    server.stop().expect("felles stops");

    let people = count(&place, folkeregister::NAME, "SELECT COUNT(*) FROM nummer").await - people_before;
    let events =
        count(&place, folkeregister::NAME, "SELECT COUNT(*) FROM feed WHERE kind = 'personErOpprettet'")
            .await;
    let journeys = count(&place, life_events::NAME, "SELECT COUNT(*) FROM process_instance").await;
    let decisions = count(&place, life_events::NAME, "SELECT COUNT(*) FROM vedtak").await;
    let delivered = count(&place, postkasse::NAME, "SELECT COUNT(*) FROM forsendelse").await;
    let conversations =
        count(&place, postkasse::NAME, "SELECT COUNT(DISTINCT konversasjon) FROM forsendelse").await;
    let (proven, said, complaint) = felles.run(&["log", "verify"]).expect("the command runs");
    say(&format!(
        "killed {KILLS} times, {killed_while_reporting} of them while births were reported: {BIRTHS} births acknowledged, \
         {people} children registered, {} numbers, {events} events of birth, {journeys} journeys, {decisions} decisions, \
         {delivered} letters delivered; the access log: {}",
        children.len(),
        said.replace('\n', "; "),
    ));
    let births = i64::try_from(BIRTHS).expect("a small number");
    assert_eq!(people, births, "children in the register");
    assert_eq!(events, births, "events of birth");
    assert_eq!(journeys, births, "journeys");
    assert_eq!(decisions, births, "decisions");
    assert_eq!((delivered, conversations), (births, births), "letters");
    assert_eq!(letters.len(), BIRTHS, "letters of their own");
    assert!(proven, "{said}{complaint}");
}
