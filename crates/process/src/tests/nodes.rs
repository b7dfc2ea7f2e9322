//! Several processes that share a store.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::json;

use super::{Bench, Seen, config, has_ended, model, task, timer};
use crate::{Answer, Config, EngineError, Handlers};

/// Notes the call in `seen` and takes a while.
fn slow(seen: &Seen) -> Handlers {
    let seen = seen.clone();
    Handlers::new().effect("x", move |call| {
        let seen = seen.clone();
        async move {
            seen.note(&call);
            tokio::time::sleep(Duration::from_millis(10)).await;
            Ok(Answer::new())
        }
    })
}

fn hanging() -> Handlers {
    Handlers::new().effect("x", |_| std::future::pending())
}

fn two_tasks() -> String {
    model(&(task("a", "x") + &task("b", "x")), &[("start", "a"), ("a", "b"), ("b", "slutt")])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_engines_share_the_work_and_do_nothing_twice() {
    let bench = Bench::new(&[two_tasks()]).await;
    let (seen_1, seen_2) = (Seen::default(), Seen::default());
    let narrow = |node| Config { concurrency: 2, ..config(node) };
    // The first starts everything; what it has no room for belongs to whoever takes it.
    let first = bench.engine_with(narrow("n1"), slow(&seen_1)).await.run();
    let second = bench.engine_with(narrow("n2"), slow(&seen_2)).await.run();
    let mut started = Vec::new();
    for n in 0..80 {
        started.push(first.start(&format!("sak-{n}"), json!({})).await);
    }
    for id in started {
        first.until(id, has_ended).await;
    }
    let sum = |seen: &Seen| seen.all().values().sum::<u32>();
    assert_eq!(sum(&seen_1) + sum(&seen_2), 160, "each effect ran once");
    assert!(sum(&seen_1) > 0 && sum(&seen_2) > 0, "both worked: {} and {}", sum(&seen_1), sum(&seen_2));
    first.stop().await.unwrap();
    second.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_timer_goes_off_once_however_many_see_it() {
    let bench = Bench::new(&[model(
        &(timer("t", "PT1H") + &task("a", "x")),
        &[("start", "t"), ("t", "a"), ("a", "slutt")],
    )])
    .await;
    let seen = Seen::default();
    // Longer than the clock will jump, so that neither takes the other for dead.
    let patient = |node| Config { lease: Duration::from_hours(2), ..config(node) };
    let first = bench.engine_with(patient("n1"), slow(&seen)).await.run();
    let second = bench.engine_with(patient("n2"), slow(&seen)).await.run();
    let mut started = Vec::new();
    for n in 0..20 {
        started.push(first.start(&format!("sak-{n}"), json!({})).await);
    }
    first.ctx.clock.advance(SignedDuration::from_hours(1));
    for id in started {
        second.until(id, has_ended).await;
    }
    assert_eq!(seen.all()["a/1"], 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_node_takes_its_effects_back_at_once() {
    let bench = Bench::new(&[two_tasks()]).await;
    let node = bench.engine("n1", hanging()).await.run();
    let started = node.start("sak-1", json!({})).await;
    node.has_begun().await;
    node.kill().await;
    // The clock stands still: no lease has run out.
    let seen = Seen::default();
    let node = bench.engine("n1", slow(&seen)).await.run();
    node.until(started, has_ended).await;
    assert_eq!(seen.all().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_node_takes_over_when_the_lease_has_run_out_and_not_before() {
    let bench = Bench::new(&[two_tasks()]).await;
    let dead = bench.engine("n1", hanging()).await.run();
    let started = dead.start("sak-1", json!({})).await;
    dead.has_begun().await;
    dead.kill().await;
    let seen = Seen::default();
    let node = bench.engine("n2", slow(&seen)).await.run();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(seen.all().is_empty(), "it may still be alive");
    node.ctx.clock.advance(SignedDuration::from_secs(16));
    node.until(started, has_ended).await;
    assert_eq!(seen.all().into_iter().collect::<Vec<_>>(), [("a/1".to_owned(), 1), ("b/1".to_owned(), 1)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_is_asked_to_end_finishes_its_effects_and_leaves_the_rest() {
    let bench = Bench::new(&[two_tasks()]).await;
    let (seen_1, seen_2) = (Seen::default(), Seen::default());
    let node = bench.engine_with(Config { concurrency: 1, ..config("n1") }, slow(&seen_1)).await.run();
    let mut started = Vec::new();
    for n in 0..6 {
        started.push(node.start(&format!("sak-{n}"), json!({})).await);
    }
    tokio::time::sleep(Duration::from_millis(15)).await;
    node.stop().await.unwrap();
    let other = bench.engine("n2", slow(&seen_2)).await;
    assert_eq!(other.count("process_node").await, 0);
    assert_eq!(other.count("process_effect WHERE owner IS NOT NULL").await, 0);
    let other = other.run();
    for id in started {
        other.until(id, has_ended).await;
    }
    let sum = |seen: &Seen| seen.all().values().sum::<u32>();
    assert_eq!(sum(&seen_1) + sum(&seen_2), 12, "nothing was cut off, so nothing ran twice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_whose_name_another_takes_stops() {
    let bench = Bench::new(&[two_tasks()]).await;
    let quick = Config { lease: Duration::from_millis(90), ..config("n1") };
    let mut first = bench.engine_with(quick, slow(&Seen::default())).await.run();
    tokio::time::sleep(Duration::from_millis(30)).await;
    let second = bench.engine("n1", slow(&Seen::default())).await.run();
    let ended = tokio::time::timeout(Duration::from_secs(10), first.ended()).await.unwrap();
    assert!(matches!(ended, Err(EngineError::NodeTaken(node)) if node == "n1"));
    second.stop().await.unwrap();
}
