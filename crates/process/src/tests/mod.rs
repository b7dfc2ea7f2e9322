//! Tests of the engine: [`steps`] moves tokens without a store; the rest run on both stores.

mod crashes;
mod engine;
mod models;
mod nodes;
mod random;
mod steps;
mod throughput;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kernel::Context;
use kernel::rng::Rng;
use kernel::store::Store;
use kernel::testing::{self, TestContext};
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::{
    Call, Condition, Config, Engine, EngineError, Handlers, Instance, MIGRATION, Received, Signal, Started,
    Vars,
};

/// A BPMN file with one process `p`; of the root's children `message` m1 and `error` e1 are there.
pub(crate) fn model(elements: &str, flows: &[(&str, &str)]) -> String {
    let flows: Vec<_> = flows.iter().map(|(from, to)| (*from, *to, "")).collect();
    model_with(elements, &flows)
}

/// As [`model`]; a flow has a condition, or the empty text.
pub(crate) fn model_with(elements: &str, flows: &[(&str, &str, &str)]) -> String {
    let mut text = format!(
        r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:felles="urn:felles:bpmn">
        <message id="m1" name="melding"/><error id="e1" errorCode="FEIL"/>
        <process id="p" name="Prøve"><startEvent id="start"/><endEvent id="slutt"/>{elements}"#
    );
    for (n, (from, to, condition)) in flows.iter().enumerate() {
        let condition = match *condition {
            "" => String::new(),
            text => format!("<conditionExpression>{text}</conditionExpression>"),
        };
        write!(
            text,
            r#"<sequenceFlow id="f{n}" sourceRef="{from}" targetRef="{to}">{condition}</sequenceFlow>"#
        )
        .unwrap();
    }
    text + "</process></definitions>"
}

pub(crate) fn task(id: &str, handler: &str) -> String {
    format!(r#"<serviceTask id="{id}" implementation="urn:felles:{handler}"/>"#)
}

pub(crate) const RECEIVE: &str = r#"<receiveTask id="venter" messageRef="m1"/>"#;
pub(crate) const USER: &str = r#"<userTask id="oppgave" implementation="urn:felles:oppgave"/>"#;

pub(crate) fn timer(id: &str, duration: &str) -> String {
    format!(
        r#"<intermediateCatchEvent id="{id}"><timerEventDefinition><timeDuration>{duration}</timeDuration>
        </timerEventDefinition></intermediateCatchEvent>"#
    )
}

pub(crate) fn boundary_timer(id: &str, host: &str, duration: &str, interrupting: bool) -> String {
    format!(
        r#"<boundaryEvent id="{id}" attachedToRef="{host}" cancelActivity="{interrupting}"><timerEventDefinition>
        <timeDuration>{duration}</timeDuration></timerEventDefinition></boundaryEvent>"#
    )
}

pub(crate) fn boundary_error(id: &str, host: &str) -> String {
    format!(
        r#"<boundaryEvent id="{id}" attachedToRef="{host}"><errorEventDefinition errorRef="e1"/></boundaryEvent>"#
    )
}

/// A language of expressions for tests: `name`, or `name = JSON`.
pub(crate) fn compile(text: &str) -> Result<Condition, String> {
    let (name, wanted) = match text.split_once('=') {
        Some((name, wanted)) => {
            let wanted: Value = serde_json::from_str(wanted.trim()).map_err(|error| error.to_string())?;
            (name.trim().to_owned(), Some(wanted))
        }
        None => (text.trim().to_owned(), None),
    };
    Ok(Arc::new(move |vars| {
        let found = vars.get(&name).ok_or_else(|| format!("there is no {name}"))?;
        Ok(wanted.as_ref().map_or_else(|| found.clone(), |wanted| Value::Bool(found == wanted)))
    }))
}

pub(crate) fn vars(value: Value) -> Vars {
    value.as_object().cloned().unwrap()
}

/// The calls that handlers have seen, by idempotency key (without the instance's id).
#[derive(Clone, Default)]
pub(crate) struct Seen(Arc<Mutex<BTreeMap<String, u32>>>);

impl Seen {
    pub(crate) fn note(&self, call: &Call) -> u32 {
        let key = call.key.strip_prefix(&format!("{}/", call.instance)).unwrap().to_owned();
        let mut seen = self.0.lock().unwrap();
        let count = seen.entry(key).or_insert(0);
        *count += 1;
        *count
    }

    pub(crate) fn all(&self) -> BTreeMap<String, u32> {
        self.0.lock().unwrap().clone()
    }
}

pub(crate) fn config(node: &str) -> Config {
    Config {
        poll: Duration::from_millis(20),
        first_pause: Duration::from_millis(100),
        ..Config::new(node, "process")
    }
}

/// A store for one test, and engines over it.
pub(crate) struct Bench {
    pub(crate) test: TestContext,
    pub(crate) models: Vec<String>,
}

impl Bench {
    pub(crate) async fn new(models: &[String]) -> Self {
        const TASKS: &str = "CREATE TABLE task (key TEXT PRIMARY KEY); CREATE TABLE stuck (key TEXT PRIMARY KEY, token BIGINT NOT NULL)";
        Self { test: testing::context(&[MIGRATION, TASKS]).await, models: models.to_vec() }
    }

    /// A context as another process has it: a store of its own over the same data.
    pub(crate) async fn process(&self) -> Context {
        let store = Store::open(&self.test.place.of("test"), &[]).await.unwrap();
        Context { store, rng: Rng::system(), wake: Default::default(), ..self.test.ctx.clone() }
    }

    pub(crate) async fn engine(&self, node: &str, handlers: Handlers) -> Node {
        self.engine_with(config(node), handlers).await
    }

    pub(crate) async fn engine_with(&self, config: Config, handlers: Handlers) -> Node {
        let ctx = self.process().await;
        let models: Vec<_> = self.models.iter().map(|xml| ("test.bpmn", xml.as_str())).collect();
        let engine = Engine::open(&ctx, &models, compile, handlers, config).await.unwrap();
        Node { engine, ctx, running: None }
    }
}

/// What ends an engine, and how it ended.
type Running = (oneshot::Sender<()>, JoinHandle<Result<(), EngineError>>);

/// An engine in its own process, as it were.
pub(crate) struct Node {
    pub(crate) engine: Engine,
    pub(crate) ctx: Context,
    running: Option<Running>,
}

impl Node {
    pub(crate) fn run(mut self) -> Self {
        let (stop, stopped) = oneshot::channel::<()>();
        let engine = self.engine.clone();
        let running = tokio::spawn(async move {
            engine
                .run(async {
                    let _ = stopped.await;
                })
                .await
        });
        self.running = Some((stop, running));
        self
    }

    /// Ends as a process that is asked to.
    pub(crate) async fn stop(self) -> Result<(), EngineError> {
        let (stop, running) = self.running.unwrap();
        let _ = stop.send(());
        running.await.unwrap()
    }

    /// Lets it work for so long, then ends it.
    pub(crate) async fn stop_after(self, pause: Duration) {
        tokio::time::sleep(pause).await;
        self.stop().await.unwrap();
    }

    /// Ends as a process that is killed.
    pub(crate) async fn kill(self) {
        let (_, running) = self.running.unwrap();
        running.abort();
        let _ = running.await;
    }

    pub(crate) async fn ended(&mut self) -> Result<(), EngineError> {
        let (_, running) = self.running.as_mut().unwrap();
        running.await.unwrap()
    }

    /// The instance, and whether it is new.
    pub(crate) async fn start_or_find(&self, key: &str, vars: Value) -> (Uuid, bool) {
        let started = self.start_quietly(key, vars).await;
        self.engine.committed(started.ready);
        (started.instance, started.new)
    }

    pub(crate) async fn start(&self, key: &str, vars: Value) -> Uuid {
        self.start_or_find(key, vars).await.0
    }

    /// As [`Node::start`], but as if the process forgot to tell its workers.
    pub(crate) async fn start_quietly(&self, key: &str, value: Value) -> Started {
        let (engine, key) = (self.engine.clone(), key.to_owned());
        let started = self
            .ctx
            .store
            .write(move |tx| Box::pin(async move { engine.start_in(tx, "p", &key, vars(value)).await }))
            .await;
        started.unwrap()
    }

    /// Whether the message is new, and who took it.
    pub(crate) async fn signal(&self, reference: &str, key: &str, payload: Value) -> (bool, Option<Uuid>) {
        let signal = Signal {
            source: "prøve".to_owned(),
            reference: reference.to_owned(),
            message: "melding".to_owned(),
            key: key.to_owned(),
            payload: vars(payload),
        };
        let engine = self.engine.clone();
        let received =
            self.ctx.store.write(move |tx| Box::pin(async move { engine.signal_in(tx, signal).await })).await;
        let Received { new, instance, ready } = received.unwrap();
        self.engine.committed(ready);
        (new, instance)
    }

    /// Whether a human's task was waiting for its result.
    pub(crate) async fn complete(&self, key: &str, result: Value) -> bool {
        let (engine, key) = (self.engine.clone(), key.to_owned());
        let done = self
            .ctx
            .store
            .write(move |tx| Box::pin(async move { engine.complete_in(tx, &key, vars(result)).await }))
            .await
            .unwrap();
        let waited = done.is_some();
        self.engine.committed(done.unwrap_or_default());
        waited
    }

    pub(crate) async fn retry(&self, instance: Uuid, token: u32, set: Value) -> bool {
        let engine = self.engine.clone();
        let retried = self
            .ctx
            .store
            .write(move |tx| Box::pin(async move { engine.retry_in(tx, instance, token, vars(set)).await }))
            .await
            .unwrap();
        let stuck = retried.is_some();
        self.engine.committed(retried.unwrap_or_default());
        stuck
    }

    pub(crate) async fn instance(&self, id: Uuid) -> Instance {
        self.engine.instance(id).await.unwrap().unwrap()
    }

    /// Waits until the instance stands as wanted.
    pub(crate) async fn until(&self, id: Uuid, wanted: impl Fn(&Instance) -> bool) -> Instance {
        for _ in 0..2000 {
            let instance = self.instance(id).await;
            if wanted(&instance) {
                return instance;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("the instance does not come so far: {:?}", self.instance(id).await);
    }

    /// Waits until the node has begun an effect.
    pub(crate) async fn has_begun(&self) {
        for _ in 0..2000 {
            if self.count("process_effect WHERE owner IS NOT NULL").await > 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("no effect is begun");
    }

    pub(crate) async fn count(&self, table: &str) -> i64 {
        let row = self.ctx.store.query_opt(&format!("SELECT COUNT(*) FROM {table}"), &[]).await.unwrap();
        row.unwrap().get(0).unwrap()
    }
}

/// Whether a token stands on the element.
pub(crate) fn stands_on(element: &str) -> impl Fn(&Instance) -> bool {
    move |instance| instance.tokens.iter().any(|token| token.element == element)
}

pub(crate) fn has_ended(instance: &Instance) -> bool {
    instance.tokens.is_empty()
}

/// What an instance has passed, as `what element`, sorted within nothing: in the journal's order.
pub(crate) fn story(instance: &Instance) -> Vec<String> {
    instance.journal.iter().map(|entry| format!("{:?} {}", entry.what, entry.element)).collect()
}

#[test]
fn the_language_of_the_tests_compares() {
    let condition = compile("a = 1").unwrap();
    assert_eq!(condition(&vars(json!({"a": 1}))), Ok(json!(true)));
    assert_eq!(condition(&vars(json!({"a": 2}))), Ok(json!(false)));
    assert!(condition(&Vars::new()).is_err());
}
