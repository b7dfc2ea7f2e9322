//! One engine over one store: effects, messages, timers, humans, failures.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::SignedDuration;
use kernel::params;
use serde_json::json;

use super::{
    Bench, RECEIVE, Seen, USER, boundary_error, boundary_timer, compile, config, has_ended, model,
    model_with, stands_on, story, task, timer,
};
use crate::{Answer, Engine, EngineError, Failure, Handlers, Statement, Status, Wait};

const PUT_TASK: &str = "INSERT INTO task (key) VALUES ($1) ON CONFLICT (key) DO NOTHING";

/// A handler `x` that notes each call, and what it answers.
fn noting(seen: &Seen) -> Handlers {
    let seen = seen.clone();
    Handlers::new().effect("x", move |call| {
        let seen = seen.clone();
        async move {
            seen.note(&call);
            Ok(Answer::new().var(&format!("har_{}", call.element), true))
        }
    })
}

fn two_tasks() -> String {
    model(&(task("a", "x") + &task("b", "x")), &[("start", "a"), ("a", "b"), ("b", "slutt")])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_instance_runs_to_its_end_and_leaves_only_its_story() {
    let (bench, seen) = (Bench::new(&[two_tasks()]).await, Seen::default());
    let node = bench.engine("n1", noting(&seen)).await.run();
    let started = node.start("sak-1", json!({"n": 1})).await;
    let instance = node.until(started, has_ended).await;
    assert_eq!(instance.status, Status::Completed);
    assert_eq!(
        serde_json::Value::Object(instance.vars.as_ref().clone()),
        json!({"n": 1, "har_a": true, "har_b": true})
    );
    assert_eq!(
        story(&instance),
        [
            "Entered start",
            "Left start",
            "Entered a",
            "Left a",
            "Entered b",
            "Left b",
            "Entered slutt",
            "Left slutt",
        ]
    );
    assert!(instance.ended.is_some() && instance.business_key == "sak-1");
    assert_eq!(seen.all().into_iter().collect::<Vec<_>>(), [("a/1".to_owned(), 1), ("b/1".to_owned(), 1)]);
    assert_eq!((node.count("process_effect").await, node.count("process_wait").await), (0, 0));
    let found = node.engine.instance_of("p", "sak-1").await.unwrap().unwrap();
    assert_eq!(found.id, started);
    assert!(node.engine.instance_of("p", "sak-2").await.unwrap().is_none());
    node.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_start_with_the_same_key_gives_the_first_instance() {
    let (bench, seen) = (Bench::new(&[two_tasks()]).await, Seen::default());
    let node = bench.engine("n1", noting(&seen)).await.run();
    let (first, new) = node.start_or_find("sak-1", json!({})).await;
    assert!(new);
    assert_eq!(node.start_or_find("sak-1", json!({"n": 2})).await, (first, false));
    node.until(first, has_ended).await;
    assert_eq!(node.count("process_instance").await, 1);
    assert!(seen.all().values().all(|calls| *calls == 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_a_transaction_that_fails_is_begun() {
    let (bench, seen) = (Bench::new(&[two_tasks()]).await, Seen::default());
    let node = bench.engine("n1", noting(&seen)).await.run();
    let engine = node.engine.clone();
    let failed: Result<(), EngineError> = node
        .ctx
        .store
        .write(move |tx| {
            Box::pin(async move {
                let started = engine.start_in(tx, "p", "sak-1", Default::default()).await?;
                assert!(started.new);
                Err(EngineError::UnknownDefinition("angret".to_owned()))
            })
        })
        .await;
    assert!(failed.is_err());
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(seen.all().is_empty());
    for table in ["process_instance", "process_effect", "process_journal"] {
        assert_eq!(node.count(table).await, 0, "{table}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_that_the_workers_were_not_told_of_is_found() {
    let (bench, seen) = (Bench::new(&[two_tasks()]).await, Seen::default());
    let node = bench.engine("n1", noting(&seen)).await;
    let before = node.start_quietly("før", json!({})).await;
    let node = node.run();
    node.until(before.instance, has_ended).await;
    let during = node.start_quietly("under", json!({})).await;
    node.until(during.instance, has_ended).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pure_effects_run_within_the_step_and_receive_what_was_passed() {
    let xml = model(
        &(task("a", "x") + &task("b", "ren") + &task("c", "ren")),
        &[("start", "a"), ("a", "b"), ("b", "c"), ("c", "slutt")],
    );
    let bench = Bench::new(&[xml]).await;
    let handlers = Handlers::new()
        .effect("x", |_| async { Ok(Answer::new().pass("tung", json!({"n": 20}))) })
        .pure("ren", |call| async move {
            let passed = call.passing.get("tung").and_then(|value| value["n"].as_i64());
            let sum = call.vars.get("sum").and_then(serde_json::Value::as_i64).unwrap_or(0);
            Ok(Answer::new()
                .var("sum", sum + passed.unwrap_or(-1000))
                .statement(Statement::new(PUT_TASK, params![&*call.key])))
        });
    let node = bench.engine("n1", handlers).await.run();
    let started = node.start("sak-1", json!({})).await;
    let instance = node.until(started, has_ended).await;
    assert_eq!((instance.vars["sum"].clone(), instance.vars.len()), (json!(40), 1));
    assert_eq!(node.count("task").await, 2);
    assert_eq!(node.count("process_journal").await, 2, "the start, and one step with a, b and c");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_early_message_is_kept_and_a_second_copy_is_none() {
    let (bench, seen) =
        (Bench::new(&[model(RECEIVE, &[("start", "venter"), ("venter", "slutt")])]).await, Seen::default());
    let node = bench.engine("n1", noting(&seen)).await.run();
    let early = node.signal("1", "sak-1", json!({"svar": "ja"})).await;
    let copy = node.signal("1", "sak-1", json!({"svar": "nei"})).await;
    assert_eq!((early, copy), ((true, None), (false, None)));
    let started = node.start("sak-1", json!({})).await;
    let instance = node.instance(started).await;
    assert_eq!((instance.status, instance.vars["svar"].clone()), (Status::Completed, json!("ja")));
    let late = node.signal("1", "sak-1", json!({"svar": "nei"})).await;
    assert_eq!(late, (false, Some(started)));
    let row = node.ctx.store.query_opt("SELECT payload FROM process_inbox", &[]).await.unwrap().unwrap();
    assert_eq!(row.get::<String>(0).unwrap(), "", "what an instance has taken is kept once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_goes_to_the_one_who_waits_for_its_key() {
    let xml = model(
        &(RECEIVE.to_owned() + &task("a", "x")),
        &[("start", "venter"), ("venter", "a"), ("a", "slutt")],
    );
    let (bench, seen) = (Bench::new(&[xml]).await, Seen::default());
    let node = bench.engine("n1", noting(&seen)).await.run();
    let (one, two) = (node.start("sak-1", json!({})).await, node.start("sak-2", json!({})).await);
    let received = node.signal("1", "sak-2", json!({"svar": 2})).await;
    assert_eq!(received, (true, Some(two)));
    node.until(two, has_ended).await;
    assert!(stands_on("venter")(&node.instance(one).await));
    assert_eq!(node.count("process_wait").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_humans_task_is_put_down_with_the_answer_and_done_once() {
    let xml = model(
        &(USER.to_owned() + &task("a", "x")),
        &[("start", "oppgave"), ("oppgave", "a"), ("a", "slutt")],
    );
    let (bench, seen) = (Bench::new(&[xml]).await, Seen::default());
    let handlers = noting(&seen).effect("oppgave", |call| async move {
        Ok(Answer::new().statement(Statement::new(PUT_TASK, params![&*call.key])))
    });
    let node = bench.engine("n1", handlers).await.run();
    let started = node.start("sak-1", json!({})).await;
    for _ in 0..1000 {
        if node.count("task").await == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let instance = node.instance(started).await;
    assert_eq!((instance.tokens[0].element.as_str(), &instance.tokens[0].wait), ("oppgave", &Wait::Task));
    let row = node.ctx.store.query_opt("SELECT key FROM task", &[]).await.unwrap().unwrap();
    let key: String = row.get(0).unwrap();
    assert!(node.complete(&key, json!({"utfall": "innvilget"})).await);
    assert!(!node.complete(&key, json!({"utfall": "avslag"})).await);
    let instance = node.until(started, has_ended).await;
    assert_eq!(instance.vars["utfall"], json!("innvilget"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_timer_goes_off_when_its_time_has_come() {
    let xml = model(&(timer("t", "P14D") + &task("a", "x")), &[("start", "t"), ("t", "a"), ("a", "slutt")]);
    let (bench, seen) = (Bench::new(&[xml]).await, Seen::default());
    let node = bench.engine("n1", noting(&seen)).await.run();
    let started = node.start("sak-1", json!({})).await;
    node.ctx.clock.advance(SignedDuration::from_hours(14 * 24 - 1));
    tokio::time::sleep(Duration::from_millis(80)).await;
    assert!(stands_on("t")(&node.instance(started).await));
    node.ctx.clock.advance(SignedDuration::from_hours(1));
    node.until(started, has_ended).await;
    assert_eq!(node.count("process_wait").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn boundary_timers_remind_once_and_then_take_the_task_away() {
    let xml = model(
        &(USER.to_owned()
            + &task("a", "x")
            + &task("b", "x")
            + &boundary_timer("purring", "oppgave", "P1D", false)
            + &boundary_timer("frist", "oppgave", "P3D", true)),
        &[
            ("start", "oppgave"),
            ("oppgave", "slutt"),
            ("purring", "a"),
            ("a", "slutt"),
            ("frist", "b"),
            ("b", "slutt"),
        ],
    );
    let (bench, seen) = (Bench::new(&[xml]).await, Seen::default());
    let node =
        bench.engine("n1", noting(&seen).effect("oppgave", |_| async { Ok(Answer::new()) })).await.run();
    let started = node.start("sak-1", json!({})).await;
    node.ctx.clock.advance(SignedDuration::from_hours(25));
    node.until(started, |instance| instance.vars.contains_key("har_a")).await;
    tokio::time::sleep(Duration::from_millis(80)).await;
    assert_eq!(seen.all().len(), 1, "a reminder is not sent twice");
    node.ctx.clock.advance(SignedDuration::from_hours(48));
    let instance = node.until(started, has_ended).await;
    assert!(story(&instance).contains(&"Interrupted oppgave".to_owned()));
    assert!(instance.vars.contains_key("har_b"));
    assert_eq!((node.count("process_wait").await, node.count("process_effect").await), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transient_failure_is_tried_again_after_growing_pauses_with_the_same_key() {
    let (bench, calls) =
        (Bench::new(&[model(&task("a", "x"), &[("start", "a"), ("a", "slutt")])]).await, Arc::default());
    let noted: Arc<Mutex<Vec<(String, u32, jiff::Timestamp)>>> = Arc::clone(&calls);
    let clock = bench.test.ctx.clock.clone();
    let handlers = Handlers::new().effect("x", move |call| {
        noted.lock().unwrap().push((call.key.to_string(), call.attempt, clock.now()));
        async move { if call.attempt < 5 { Err(Failure::transient("nede")) } else { Ok(Answer::new()) } }
    });
    let node = bench.engine("n1", handlers).await.run();
    let started = node.start("sak-1", json!({})).await;
    for _ in 0..2000 {
        if has_ended(&node.instance(started).await) {
            break;
        }
        node.ctx.clock.advance(SignedDuration::from_millis(10));
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
    let calls = calls.lock().unwrap();
    assert_eq!(calls.iter().map(|(_, attempt, _)| *attempt).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    assert!(calls.iter().all(|(key, _, _)| *key == calls[0].0));
    for (n, pair) in calls.windows(2).enumerate() {
        let pause = pair[1].2.duration_since(pair[0].2).as_millis();
        let longest = 100 << n;
        assert!(pause >= longest / 2, "pause {n} was {pause} ms of at most {longest}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transient_failure_that_never_ends_is_an_incident_at_last() {
    let bench = Bench::new(&[model(&task("a", "x"), &[("start", "a"), ("a", "slutt")])]).await;
    let handlers = Handlers::new().effect("x", |_| async { Err(Failure::transient("nede")) });
    let node = bench.engine_with(crate::Config { attempts: 3, ..config("n1") }, handlers).await.run();
    let started = node.start("sak-1", json!({})).await;
    for _ in 0..2000 {
        let instance = node.instance(started).await;
        if let Wait::Incident { code, .. } = &instance.tokens[0].wait {
            assert_eq!(code, crate::GIVEN_UP);
            return;
        }
        node.ctx.clock.advance(SignedDuration::from_millis(50));
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
    panic!("it is tried for ever");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_the_store_refuses_is_an_incident_at_last() {
    let bench = Bench::new(&[model(&task("a", "x"), &[("start", "a"), ("a", "slutt")])]).await;
    let handlers = Handlers::new().effect("x", |call| async move {
        let key = if call.vars.contains_key("rettet") { "ny" } else { "opptatt" };
        Ok(Answer::new()
            .var("svar", 1)
            .statement(Statement::new("INSERT INTO task (key) VALUES ($1)", params![key])))
    });
    let node = bench.engine_with(crate::Config { attempts: 3, ..config("n1") }, handlers).await.run();
    node.ctx
        .store
        .write(|tx| Box::pin(async { tx.execute(PUT_TASK, params!["opptatt"]).await }))
        .await
        .unwrap();
    let started = node.start("sak-1", json!({})).await;
    let is_stuck = |instance: &crate::Instance| matches!(instance.tokens[0].wait, Wait::Incident { .. });
    while !is_stuck(&node.instance(started).await) {
        node.ctx.clock.advance(SignedDuration::from_millis(50));
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
    let instance = node.instance(started).await;
    assert!(instance.vars.is_empty(), "nothing of the answer was kept");
    assert!(node.retry(started, instance.tokens[0].id, json!({"rettet": true})).await);
    node.until(started, has_ended).await;
    assert_eq!(node.count("task").await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_incident_is_written_with_its_step_and_a_human_sets_it_going() {
    let bench = Bench::new(&[model(&task("a", "x"), &[("start", "a"), ("a", "slutt")])]).await;
    let seen = Seen::default();
    let noted = seen.clone();
    let handlers = Handlers::new()
        .effect("x", move |call| {
            noted.note(&call);
            let mended = call.vars.contains_key("rettet");
            async move {
                if mended {
                    Ok(Answer::new())
                } else {
                    Err(Failure::permanent("AVVIST", "mottakeren vil ikke"))
                }
            }
        })
        .on_incident(|incident, _| {
            vec![Statement::new(
                "INSERT INTO stuck (key, token) VALUES ($1, $2)",
                params![&*incident.key, incident.token],
            )]
        });
    let node = bench.engine("n1", handlers).await.run();
    let started = node.start("sak-1", json!({})).await;
    let instance =
        node.until(started, |instance| matches!(instance.tokens[0].wait, Wait::Incident { .. })).await;
    assert_eq!(
        instance.tokens[0].wait,
        Wait::Incident { code: "AVVIST".to_owned(), message: "mottakeren vil ikke".to_owned() }
    );
    let row = node.ctx.store.query_opt("SELECT key, token FROM stuck", &[]).await.unwrap().unwrap();
    assert_eq!(row.get::<String>(0).unwrap(), format!("{started}/a/1"));
    let token = u32::try_from(row.get::<i64>(1).unwrap()).unwrap();
    assert!(!node.retry(started, token + 1, json!({})).await);
    assert!(node.retry(started, token, json!({"rettet": true})).await);
    node.until(started, has_ended).await;
    assert!(!node.retry(started, token, json!({})).await);
    assert_eq!(seen.all().into_iter().collect::<Vec<_>>(), [("a/1".to_owned(), 2)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_permanent_failure_takes_its_boundary_and_a_panic_is_an_incident() {
    let flows = [("start", "a"), ("a", "slutt"), ("feil", "b"), ("b", "slutt")];
    let bench =
        Bench::new(&[model(&(task("a", "x") + &task("b", "y") + &boundary_error("feil", "a")), &flows)])
            .await;
    let handlers = Handlers::new()
        .effect("x", |_| async { Err(Failure::permanent("FEIL", "slik er det")) })
        .effect("y", |call| async move {
            assert!(call.vars.contains_key("trygg"), "a fault of the program");
            Ok(Answer::new())
        });
    let node = bench.engine("n1", handlers).await.run();
    let started = node.start("sak-1", json!({})).await;
    let instance =
        node.until(started, |instance| matches!(instance.tokens[0].wait, Wait::Incident { .. })).await;
    assert!(matches!(&instance.tokens[0].wait, Wait::Incident { code, message }
        if code == "PANIKK" && !message.contains("a fault of")));
    assert_eq!(instance.tokens[0].element, "b");
    assert!(node.retry(started, instance.tokens[0].id, json!({"trygg": 1})).await);
    node.until(started, has_ended).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parallel_ways_that_answer_at_once_do_not_undo_each_other() {
    let ways = 8;
    let mut elements = r#"<parallelGateway id="del"/><parallelGateway id="samle"/>"#.to_owned();
    let names: Vec<_> = (0..ways).map(|n| format!("a{n}")).collect();
    let mut flows = vec![("start", "del"), ("samle", "slutt")];
    for name in &names {
        elements += &task(name, "x");
        flows.extend([("del", name.as_str()), (name.as_str(), "samle")]);
    }
    let bench = Bench::new(&[model(&elements, &flows)]).await;
    let seen = Seen::default();
    let node = bench.engine("n1", noting(&seen)).await.run();
    let mut started = Vec::new();
    for n in 0..10 {
        started.push(node.start(&format!("sak-{n}"), json!({})).await);
    }
    for id in started {
        let instance = node.until(id, has_ended).await;
        assert_eq!(instance.vars.len(), ways, "every way's variable is there");
    }
    assert!(seen.all().values().all(|calls| *calls == 10), "each of ten instances once: {:?}", seen.all());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_instance_stays_with_the_model_it_began_with() {
    let old = model(
        &(RECEIVE.to_owned() + &task("gammel", "x")),
        &[("start", "venter"), ("venter", "gammel"), ("gammel", "slutt")],
    );
    let new = model(
        &(RECEIVE.to_owned() + &task("ny", "x")),
        &[("start", "venter"), ("venter", "ny"), ("ny", "slutt")],
    );
    let (mut bench, seen) = (Bench::new(&[old]).await, Seen::default());
    let node = bench.engine("n1", noting(&seen)).await.run();
    let first = node.start("sak-1", json!({})).await;
    node.stop().await.unwrap();
    bench.models = vec![new];
    let node = bench.engine("n1", noting(&seen)).await.run();
    let second = node.start("sak-2", json!({})).await;
    node.signal("1", "sak-1", json!({})).await;
    node.signal("2", "sak-2", json!({})).await;
    node.until(first, has_ended).await;
    node.until(second, has_ended).await;
    assert_eq!(seen.all().into_keys().collect::<Vec<_>>(), ["gammel/1", "ny/1"]);
    let (first, second) = (node.instance(first).await, node.instance(second).await);
    assert_ne!(first.definition.version, second.definition.version);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_effects_answer_is_thrown_away_with_its_statements() {
    let flows = [("start", "a"), ("a", "slutt"), ("frist", "slutt")];
    let bench =
        Bench::new(&[model(&(task("a", "x") + &boundary_timer("frist", "a", "PT1H", true)), &flows)]).await;
    let (go, gate) = (Arc::new(tokio::sync::Notify::new()), Arc::new(AtomicU32::new(0)));
    let (went, entered) = (go.clone(), gate.clone());
    let handlers = Handlers::new().effect("x", move |call| {
        let (went, entered) = (went.clone(), entered.clone());
        async move {
            entered.store(1, Ordering::SeqCst);
            went.notified().await;
            Ok(Answer::new().var("sen", true).statement(Statement::new(PUT_TASK, params![&*call.key])))
        }
    });
    let node = bench.engine("n1", handlers).await.run();
    let started = node.start("sak-1", json!({})).await;
    while gate.load(Ordering::SeqCst) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    node.ctx.clock.advance(SignedDuration::from_hours(2));
    node.until(started, has_ended).await;
    go.notify_one();
    node.stop_after(Duration::from_millis(80)).await;
    let node = bench.engine("n1", Handlers::new().effect("x", |_| async { Ok(Answer::new()) })).await;
    assert_eq!(node.count("task").await, 0);
    assert!(node.instance(started).await.vars.is_empty());
}

#[tokio::test]
async fn a_model_without_its_handler_and_a_model_nobody_knows_are_refused() {
    let bench = Bench::new(&[]).await;
    let xml = model_with(&task("a", "mangler"), &[("start", "a", ""), ("a", "slutt", "")]);
    let refused = Engine::open(&bench.test.ctx, &[("f.bpmn", &xml)], compile, Handlers::new(), config("n1"))
        .await
        .unwrap_err();
    assert_eq!(refused.to_string(), "p: a asks for the handler mangler, which does not exist");
    let node = bench.engine("n1", Handlers::new()).await;
    let engine = node.engine.clone();
    let unknown: Result<crate::Started, EngineError> = node
        .ctx
        .store
        .write(move |tx| Box::pin(async move { engine.start_in(tx, "q", "sak-1", Default::default()).await }))
        .await;
    assert_eq!(unknown.unwrap_err().to_string(), "there is no process q");
}
