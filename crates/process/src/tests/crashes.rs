//! A process that dies at any point: the next one goes on, every effect keeps its key, the end is right.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::SignedDuration;
use kernel::params;
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::{Bench, RECEIVE, USER, has_ended, model, stands_on, task, timer};
use crate::{Answer, Call, Failure, Handlers, Statement};

/// The world outside: it survives crashes, and knows a key that it has dealt with.
#[derive(Clone, Default)]
struct World {
    /// How often each key has arrived.
    arrived: Arc<Mutex<BTreeMap<String, u32>>>,
    /// Counts down to the crash; an effect comes by twice, before and after it has changed the world.
    fuse: Arc<AtomicU32>,
    crash: Arc<Notify>,
}

impl World {
    /// Comes by a point where the process may die.
    async fn point(&self) {
        if self.fuse.load(Ordering::SeqCst) > 0 && self.fuse.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.crash.notify_one();
            std::future::pending::<()>().await;
        }
    }

    async fn effect(&self, call: &Call) {
        self.point().await;
        let key = call.key.strip_prefix(&format!("{}/", call.instance)).unwrap().to_owned();
        *self.arrived.lock().unwrap().entry(key).or_insert(0) += 1;
        self.point().await;
    }

    fn handlers(&self) -> Handlers {
        let (effect, fails, human, pure) = (self.clone(), self.clone(), self.clone(), self.clone());
        Handlers::new()
            .effect("x", move |call| {
                let world = effect.clone();
                async move {
                    world.effect(&call).await;
                    Ok(Answer::new().var(&call.element, "gjort").statement(put(&call)))
                }
            })
            .effect("vakler", move |call| {
                let world = fails.clone();
                async move {
                    world.effect(&call).await;
                    if call.attempt == 1 {
                        Err(Failure::transient("nede"))
                    } else {
                        Ok(Answer::new().statement(put(&call)))
                    }
                }
            })
            .effect("oppgave", move |call| {
                let world = human.clone();
                async move {
                    world.effect(&call).await;
                    Ok(Answer::new().statement(put(&call)))
                }
            })
            .pure("ren", move |call| {
                let world = pure.clone();
                async move {
                    world.point().await;
                    let n = call.vars.get("ren").and_then(Value::as_i64).unwrap_or(0);
                    Ok(Answer::new().var("ren", n + 1).statement(put(&call)))
                }
            })
    }
}

/// Breaks the key's uniqueness if an answer is ever taken twice.
fn put(call: &Call) -> Statement {
    Statement::new("INSERT INTO task (key) VALUES ($1)", params![&*call.key])
}

fn everything() -> String {
    let elements = [
        task("a", "x"),
        task("b", "ren"),
        r#"<parallelGateway id="del"/><parallelGateway id="samle"/>"#.to_owned(),
        task("c", "x"),
        task("d", "vakler"),
        task("e", "ren"),
        USER.to_owned(),
        timer("t", "P1D"),
        RECEIVE.to_owned(),
        task("f", "x"),
    ];
    model(
        &elements.concat(),
        &[
            ("start", "a"),
            ("a", "b"),
            ("b", "del"),
            ("del", "c"),
            ("del", "d"),
            ("c", "samle"),
            ("d", "samle"),
            ("samle", "e"),
            ("e", "oppgave"),
            ("oppgave", "t"),
            ("t", "venter"),
            ("venter", "f"),
            ("f", "slutt"),
        ],
    )
}

/// Runs the model through, with a crash at the point number `crash` (0: none); says whether there was one.
async fn run_through(bench: &Bench, sak: &str, crash: u32) -> bool {
    let world = World::default();
    world.fuse.store(crash, Ordering::SeqCst);
    let mut node = bench.engine("n1", world.handlers()).await.run();
    let id = node.start(sak, json!({})).await;
    let mut crashed = false;
    for _ in 0..4000 {
        tokio::select! {
            biased;
            () = world.crash.notified() => {
                node.kill().await;
                node = bench.engine("n1", world.handlers()).await.run();
                crashed = true;
            }
            () = tokio::time::sleep(Duration::from_millis(2)) => {}
        }
        let instance = node.instance(id).await;
        if has_ended(&instance) {
            break;
        }
        // The world outside does its part, whether it was done before or not.
        if stands_on("oppgave")(&instance) {
            node.complete(&format!("{id}/oppgave/1"), json!({"utfall": "ja"})).await;
        }
        if stands_on("t")(&instance) {
            node.ctx.clock.advance(SignedDuration::from_hours(24));
        }
        node.signal(sak, sak, json!({"svar": 1})).await;
        node.ctx.clock.advance(SignedDuration::from_millis(20));
    }
    let instance = node.until(id, has_ended).await;
    let wanted = json!({"a": "gjort", "c": "gjort", "f": "gjort", "ren": 2, "utfall": "ja", "svar": 1});
    assert_eq!(Value::Object(instance.vars.as_ref().clone()), wanted, "crash at {crash}");

    // A human may be quicker than the process, and then the task need not be put before them.
    let arrived = world.arrived.lock().unwrap().clone();
    let keys: Vec<_> = arrived.keys().filter(|key| *key != "oppgave/1").map(String::as_str).collect();
    assert_eq!(
        keys,
        ["a/1", "c/1", "d/1", "f/1"],
        "crash at {crash}: every key is the one it would have been"
    );
    let repeated =
        arrived.iter().map(|(key, times)| times - if key == "d/1" { 2.min(*times) } else { 1 }).sum::<u32>();
    // What ran beside the effect that died (the other parallel way) died with it.
    assert!(repeated <= if crashed { 2 } else { 0 }, "crash at {crash}: {arrived:?}");
    assert_eq!(node.count("process_effect").await, 0);
    assert_eq!(node.count("process_wait").await, 0);
    let rows = node
        .ctx
        .store
        .query("SELECT key FROM task WHERE key LIKE $1", params![format!("{id}/%")])
        .await
        .unwrap();
    let answers: Vec<String> = rows.iter().map(|row| row.get(0).unwrap()).collect();
    assert!((6..=7).contains(&answers.len()), "each answer was taken once: {answers:?}");
    node.stop().await.unwrap();
    crashed
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_at_any_point_loses_nothing_and_keeps_every_key() {
    let bench = Bench::new(&[everything()]).await;
    assert!(!run_through(&bench, "sak-0", 0).await);
    let mut crash = 1;
    while run_through(&bench, &format!("sak-{crash}"), crash).await {
        crash += 1;
    }
    assert!(crash > 10, "there were only {crash} points");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_dies_again_and_again_does_everything_once() {
    let elements = [
        task("a", "x"),
        task("b", "ren"),
        r#"<parallelGateway id="del"/><parallelGateway id="samle"/>"#.to_owned(),
        task("c", "x"),
        task("d", "vakler"),
        task("e", "x"),
    ];
    let flows = [
        ("start", "a"),
        ("a", "b"),
        ("b", "del"),
        ("del", "c"),
        ("del", "d"),
        ("c", "samle"),
        ("d", "samle"),
        ("samle", "e"),
        ("e", "slutt"),
    ];
    let bench = Bench::new(&[model(&elements.concat(), &flows)]).await;
    let world = World::default();
    let mut started = Vec::new();
    for life in 0..30_u64 {
        let node = bench.engine("n1", world.handlers()).await.run();
        for n in 0..4 {
            let key = format!("sak-{life}-{n}");
            // Half of them begin without a word to the workers, as when the process dies right after the commit.
            started.push(if n % 2 == 0 {
                node.start(&key, json!({})).await
            } else {
                node.start_quietly(&key, json!({})).await.instance
            });
        }
        node.ctx.clock.advance(SignedDuration::from_millis(60));
        tokio::time::sleep(Duration::from_millis(life * 7 % 23)).await;
        node.kill().await;
    }
    let node = bench.engine("n1", world.handlers()).await.run();
    for id in &started {
        while !has_ended(&node.instance(*id).await) {
            node.ctx.clock.advance(SignedDuration::from_millis(20));
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let instance = node.instance(*id).await;
        let wanted = json!({"a": "gjort", "c": "gjort", "e": "gjort", "ren": 1});
        assert_eq!(Value::Object(instance.vars.as_ref().clone()), wanted);
    }
    let arrived = world.arrived.lock().unwrap().clone();
    assert_eq!(arrived.keys().map(String::as_str).collect::<Vec<_>>(), ["a/1", "c/1", "d/1", "e/1"]);
    assert!(arrived.values().all(|times| *times >= 120), "every effect has run: {arrived:?}");
    assert_eq!(node.count("task").await, 120 * 5, "and every answer was taken once");
    assert_eq!((node.count("process_effect").await, node.count("process_instance").await), (0, 120));
}
