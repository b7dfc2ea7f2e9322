//! How fast it is: printed, not judged. `cargo test -p process -- --ignored --nocapture throughput`

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use super::{Bench, has_ended, model, task};
use crate::{Answer, Config, Handlers};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "prints a measurement"]
async fn throughput() {
    const INSTANCES: u32 = 2000;
    let elements: String =
        ["a", "b", "c", "d", "e"].map(|id| task(id, "x")).concat() + &task("p", "ren") + &task("q", "ren");
    let flows = [
        ("start", "a"),
        ("a", "p"),
        ("p", "b"),
        ("b", "c"),
        ("c", "q"),
        ("q", "d"),
        ("d", "e"),
        ("e", "slutt"),
    ];
    let bench = Bench::new(&[model(&elements, &flows)]).await;
    let calls = Arc::new(AtomicU32::new(0));
    let counted = calls.clone();
    let handlers = Handlers::new()
        .effect("x", move |call| {
            counted.fetch_add(1, Ordering::Relaxed);
            async move {
                Ok(Answer::new().var(&call.element, "et svar av vanlig lengde, som et id eller en dato"))
            }
        })
        .pure("ren", |_| async { Ok(Answer::new()) });
    let node = bench
        .engine_with(Config { poll: Duration::from_secs(1), ..Config::new("n1", "p") }, handlers)
        .await
        .run();
    let begun = Instant::now();
    let starts = (0..INSTANCES).map(|n| {
        let node = &node;
        async move { node.start(&format!("sak-{n}"), json!({"barn": "et barn", "mor": "en mor"})).await }
    });
    let ids = futures::future::join_all(starts).await;
    let started = begun.elapsed();
    for id in ids {
        node.until(id, has_ended).await;
    }
    let all = begun.elapsed();
    println!(
        "{INSTANCES} instances of 5 effects and 2 pure ones: started in {started:?}, ended in {all:?}, {:.0}/s, {} calls",
        f64::from(INSTANCES) / all.as_secs_f64(),
        calls.load(Ordering::Relaxed)
    );
    // One alone: how long it takes when nothing else happens.
    let begun = Instant::now();
    let id = node.start("alene", json!({})).await;
    while !has_ended(&node.instance(id).await) {
        tokio::time::sleep(Duration::from_micros(200)).await;
    }
    println!("one alone: {:?}", begun.elapsed());
}
