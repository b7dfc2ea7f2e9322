//! The engine as its component sees it: what it does within the component's transactions, and what it tells.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use jiff::Timestamp;
use kernel::Context;
use kernel::store::{Store, StoreError, Tx};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::bpmn::{Condition, Definition, LoadError, Vars};
use crate::handlers::Handlers;
use crate::put::Change;
use crate::step::{self, Entry, Input, Mover, Stale, State, Status, Step, Token};
use crate::store::{self, DueWait, EffectRow, InstanceRow};

/// How an engine works.
#[derive(Debug, Clone)]
pub struct Config {
    /// This process's name among those that share the store: the same after a restart, never the same as another's.
    pub node: String,
    /// The topic of [`kernel::wake`] by which others in the process say that there is work in the store.
    pub topic: String,
    /// The topic that the engine notifies when a step has become durable, if any.
    pub changed: Option<String>,
    /// Most instances that are worked on at once.
    pub concurrency: usize,
    /// The longest pause between two looks at the store.
    pub poll: Duration,
    /// How long a silent node keeps what it owns before others take it.
    pub lease: Duration,
    /// The pause after the first failed attempt; each further one doubles it.
    pub first_pause: Duration,
    /// The longest pause between attempts.
    pub longest_pause: Duration,
    /// After so many failed attempts even a transient failure becomes permanent, with the code [`GIVEN_UP`].
    pub attempts: u32,
}

/// The error code of an effect that failed so often that a human must look at it.
pub const GIVEN_UP: &str = "GITT_OPP";

impl Config {
    /// What suits most: 64 at once, a look each second, 15 s leases, pauses of 0.2 s to 5 minutes for about eight hours.
    pub fn new(node: &str, topic: &str) -> Self {
        Self {
            node: node.to_owned(),
            topic: topic.to_owned(),
            changed: None,
            concurrency: 64,
            poll: Duration::from_secs(1),
            lease: Duration::from_secs(15),
            first_pause: Duration::from_millis(200),
            longest_pause: Duration::from_mins(5),
            attempts: 110,
        }
    }
}

/// What can go wrong. No text holds variables or business keys.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A model cannot be used.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A model asks for a handler that nobody gave.
    #[error("{definition}: {element} asks for the handler {handler}, which does not exist")]
    NoHandler {
        /// The process's id.
        definition: String,
        /// The element's id.
        element: String,
        /// The handler's name.
        handler: String,
    },
    /// There is no model with this id.
    #[error("there is no process {0}")]
    UnknownDefinition(String),
    /// Another process took this node's name; this engine has stopped.
    #[error("another process runs as the node {0}")]
    NodeTaken(String),
}

/// A message for whoever waits for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Signal {
    /// Who sends it, such as the name of a feed.
    pub source: String,
    /// Its number or id there; a second one with the same source and reference is no new message.
    pub reference: String,
    /// The message's name in the models.
    pub message: String,
    /// The correlation key: by default the business key of the instance that waits.
    pub key: String,
    /// Variables to set.
    pub payload: Vars,
}

/// What [`Engine::start_in`] did.
#[derive(Debug)]
#[must_use = "give `ready` to Engine::committed after the transaction"]
pub struct Started {
    /// The instance.
    pub instance: Uuid,
    /// False where it existed already.
    pub new: bool,
    /// For [`Engine::committed`].
    pub ready: Ready,
}

/// What [`Engine::signal_in`] did.
#[derive(Debug)]
#[must_use = "give `ready` to Engine::committed after the transaction"]
pub struct Received {
    /// False where the message had come before.
    pub new: bool,
    /// Who took it; nobody yet, where absent.
    pub instance: Option<Uuid>,
    /// For [`Engine::committed`].
    pub ready: Ready,
}

/// Work that a transaction has begun. After the commit it goes to [`Engine::committed`], which hands it to the workers at
/// once. If it gets lost, they find it in the store within [`Config::poll`].
#[derive(Debug, Default)]
#[must_use = "give it to Engine::committed after the transaction"]
pub struct Ready {
    pub(crate) jobs: Vec<Job>,
    /// There is work that no node owns yet.
    pub(crate) look: bool,
    /// When the first of the timers is due, in milliseconds.
    pub(crate) due: Option<i64>,
}

/// An instance, as it stands.
#[derive(Debug, Clone)]
pub struct Instance {
    /// Its id.
    pub id: Uuid,
    /// The model it follows.
    pub definition: Arc<Definition>,
    /// Its business key.
    pub business_key: String,
    /// Whether it has ended.
    pub status: Status,
    /// Its variables.
    pub vars: Arc<Vars>,
    /// Where it stands.
    pub tokens: Vec<Token>,
    /// When it began.
    pub started: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// What has happened, oldest first.
    pub journal: Vec<Entry>,
}

/// An instance in memory. The row may have moved on: [`Live::rev`] tells.
#[derive(Debug, Clone)]
pub(crate) struct Live {
    pub(crate) id: Uuid,
    pub(crate) name: Arc<str>,
    pub(crate) business_key: Arc<str>,
    pub(crate) definition: Arc<Definition>,
    pub(crate) rev: i64,
    pub(crate) state: State,
}

impl Live {
    pub(crate) fn mover(&self, now: Timestamp) -> Mover<'_> {
        Mover { definition: &self.definition, instance: &self.name, business_key: &self.business_key, now }
    }

    /// Moves on by `input`; what that leads to is added to `step`.
    pub(crate) fn advance(&mut self, input: Input, now: Timestamp, step: &mut Step) -> Result<(), Stale> {
        let mut state = std::mem::take(&mut self.state);
        let moved = self.mover(now).advance(&mut state, input, step);
        self.state = state;
        moved
    }

    pub(crate) fn text(&self) -> Result<String, StoreError> {
        serde_json::to_string(&self.state).map_err(|error| StoreError::Damaged(error.to_string()))
    }
}

impl EffectRow {
    /// Whether a token still stands where the effect was asked for.
    pub(crate) fn is_wanted(&self, live: &Live) -> bool {
        let token = live.state.token(self.token);
        token.is_some_and(|token| step::key(&live.name, &token.element, token.visit) == self.id)
    }
}

/// An effect to run; with its instance where that is at hand.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) row: EffectRow,
    pub(crate) live: Option<Live>,
}

/// What lies before the workers.
#[derive(Debug)]
pub(crate) enum Work {
    /// An effect just written, known in full.
    Hot(Box<Job>),
    /// An effect of this node, to be read from the store.
    Effect(String),
    /// A time that has come.
    Wait(DueWait),
}

/// The work of this process that is done or waits in memory; every piece of it stands in the store too.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    pub(crate) queue: VecDeque<Work>,
    /// Keys of what is in the queue or in a worker's hands.
    pub(crate) in_hand: HashSet<String>,
}

type Compiler = dyn Fn(&str) -> Result<Condition, String> + Send + Sync;

pub(crate) struct Inner {
    pub(crate) ctx: Context,
    pub(crate) config: Config,
    pub(crate) handlers: Handlers,
    compile: Box<Compiler>,
    /// The models that new instances follow, by id.
    current: HashMap<String, Arc<Definition>>,
    /// All models met so far, by version.
    models: RwLock<HashMap<String, Arc<Definition>>>,
    pub(crate) desk: Mutex<Desk>,
    pub(crate) wake: Notify,
    pub(crate) running: AtomicBool,
    /// The store may hold due work that is not on the desk.
    pub(crate) look: AtomicBool,
    /// When the loop will look by itself, in milliseconds.
    pub(crate) next_due: AtomicI64,
}

/// The engine over one store. Clones share it.
#[derive(Clone)]
pub struct Engine(pub(crate) Arc<Inner>);

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("node", &self.0.config.node).finish_non_exhaustive()
    }
}

impl Engine {
    /// Makes an engine over the component's store, whose migrations hold [`crate::MIGRATION`].
    ///
    /// `models` are file names with BPMN texts; new instances follow these. `compile` reads the expressions in them.
    /// Nothing runs before [`Engine::run`].
    pub async fn open(
        ctx: &Context,
        models: &[(&str, &str)],
        compile: impl Fn(&str) -> Result<Condition, String> + Send + Sync + 'static,
        handlers: Handlers,
        config: Config,
    ) -> Result<Self, EngineError> {
        let mut current = HashMap::new();
        let mut known = HashMap::new();
        for (file, xml) in models {
            let definition = Arc::new(Definition::parse(file, xml, &compile)?);
            for (element, handler) in definition.handlers() {
                if handlers.get(handler).is_none() {
                    return Err(EngineError::NoHandler {
                        definition: definition.id.clone(),
                        element: element.id.clone(),
                        handler: handler.to_owned(),
                    });
                }
            }
            known.insert(definition.version.clone(), definition.clone());
            current.insert(definition.id.clone(), definition);
        }
        let kept: Vec<_> = current.values().cloned().collect();
        ctx.store
            .write(move |tx| {
                Box::pin(async move {
                    for definition in kept {
                        store::keep_definition(tx, &definition.id, &definition.version, &definition.xml)
                            .await?;
                    }
                    Ok::<_, StoreError>(())
                })
            })
            .await?;
        Ok(Self(Arc::new(Inner {
            ctx: ctx.clone(),
            config,
            handlers,
            compile: Box::new(compile),
            current,
            models: RwLock::new(known),
            desk: Mutex::default(),
            wake: Notify::new(),
            running: AtomicBool::new(false),
            look: AtomicBool::new(true),
            next_due: AtomicI64::new(i64::MAX),
        })))
    }

    /// Starts an instance within the caller's transaction, unless the model has one with this business key.
    pub async fn start_in(
        &self,
        tx: &mut Tx,
        definition: &str,
        business_key: &str,
        vars: Vars,
    ) -> Result<Started, EngineError> {
        let Some(definition) = self.0.current.get(definition) else {
            return Err(EngineError::UnknownDefinition(definition.to_owned()));
        };
        let now = self.0.ctx.clock.now();
        // Ids grow with time, so that new rows lie beside each other.
        let since_epoch = u64::try_from(now.as_millisecond()).unwrap_or(0);
        let id = uuid::Builder::from_unix_timestamp_millis(since_epoch, &self.0.ctx.rng.bytes()).into_uuid();
        let mut live = Live {
            id,
            name: id.to_string().into(),
            business_key: business_key.into(),
            definition: definition.clone(),
            rev: 0,
            state: State::default(),
        };
        let mut step = Step::default();
        // A start moves no token that could be missing.
        let _ = live.advance(Input::Start(vars), now, &mut step);
        let text = live.text()?;
        if let Some(ready) =
            self.put(tx, live, step, text, Change { begin: true, ..Change::default() }).await?
        {
            return Ok(Started { instance: id, new: true, ready });
        }
        let existing = store::id_of_in(tx, &definition.id, business_key).await?;
        let instance = existing.ok_or(StoreError::Missing("process_instance"))?;
        Ok(Started { instance, new: false, ready: Ready::default() })
    }

    /// Gives a message, within the caller's transaction, to the instance that waits for it, or keeps it until one does.
    pub async fn signal_in(&self, tx: &mut Tx, signal: Signal) -> Result<Received, EngineError> {
        if let Some(instance) = store::seen_message(tx, &signal.source, &signal.reference).await? {
            return Ok(Received { new: false, instance, ready: Ready::default() });
        }
        let (mut taken_by, mut ready) = (None, Ready::default());
        let mut payload =
            serde_json::to_string(&signal.payload).map_err(|e| StoreError::Damaged(e.to_string()))?;
        if let Some((instance, token)) = store::waiting_for(tx, &signal.message, &signal.key).await?
            && let Some(moved) =
                self.move_in(tx, instance, Input::Message { token, payload: signal.payload }).await?
        {
            (taken_by, ready) = (Some(instance), moved);
            payload = String::new();
        }
        let message = store::Message {
            source: &signal.source,
            reference: &signal.reference,
            name: &signal.message,
            key: &signal.key,
        };
        store::keep_message(tx, &message, payload, taken_by, self.0.ctx.clock.now()).await?;
        Ok(Received { new: true, instance: taken_by, ready })
    }

    /// Tells the result of a human's task, whose key is the [`crate::Call::key`] by which it was put before them. `None`
    /// where no instance waits for it: it was done before, or is no longer wanted.
    pub async fn complete_in(
        &self,
        tx: &mut Tx,
        key: &str,
        result: Vars,
    ) -> Result<Option<Ready>, EngineError> {
        match store::waiting_for(tx, step::TASK, key).await? {
            Some((instance, token)) => {
                self.move_in(tx, instance, Input::Message { token, payload: result }).await
            }
            None => Ok(None),
        }
    }

    /// Sets a token that got stuck going again, after setting `vars`. `None` where it is not stuck.
    pub async fn retry_in(
        &self,
        tx: &mut Tx,
        instance: Uuid,
        token: u32,
        vars: Vars,
    ) -> Result<Option<Ready>, EngineError> {
        self.move_in(tx, instance, Input::Retry { token, vars }).await
    }

    /// Hands to the workers what a transaction has begun. To be called after its commit.
    pub fn committed(&self, ready: Ready) {
        let mut wake =
            ready.look || ready.due.is_some_and(|due| due < self.0.next_due.load(Ordering::Acquire));
        if wake {
            self.0.look.store(true, Ordering::Release);
        }
        if self.0.running.load(Ordering::Acquire) && !ready.jobs.is_empty() {
            wake = true;
            let mut desk = self.desk();
            for job in ready.jobs {
                if desk.in_hand.insert(job.row.id.clone()) {
                    desk.queue.push_back(Work::Hot(Box::new(job)));
                }
            }
        }
        if wake {
            self.0.wake.notify_one();
        }
        if let Some(topic) = &self.0.config.changed {
            self.0.ctx.wake.notify(topic);
        }
    }

    /// An instance, with its journal.
    pub async fn instance(&self, id: Uuid) -> Result<Option<Instance>, EngineError> {
        let Some((row, started, ended)) = store::dated_instance(self.store(), id).await? else {
            return Ok(None);
        };
        let journal = store::journal_of(self.store(), id, row.rev).await?;
        let business_key = row.business_key.clone();
        let Live { definition, state, .. } = self.live(row).await?;
        let status = state.status();
        let State { vars, tokens, .. } = state;
        Ok(Some(Instance { id, definition, business_key, status, vars, tokens, started, ended, journal }))
    }

    /// The instance of a model with this business key.
    pub async fn instance_of(
        &self,
        definition: &str,
        business_key: &str,
    ) -> Result<Option<Instance>, EngineError> {
        match store::id_of(self.store(), definition, business_key).await? {
            Some(id) => self.instance(id).await,
            None => Ok(None),
        }
    }

    /// The model that new instances follow.
    pub fn definition(&self, id: &str) -> Option<&Arc<Definition>> {
        self.0.current.get(id)
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.ctx.store
    }

    pub(crate) fn desk(&self) -> MutexGuard<'_, Desk> {
        self.0.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An instance from its row.
    pub(crate) async fn live(&self, row: InstanceRow) -> Result<Live, EngineError> {
        let definition = match self.model(&row.version) {
            Some(definition) => definition,
            None => {
                self.learn(&row, store::definition(self.store(), &row.definition, &row.version).await?)?
            }
        };
        revive(row, definition)
    }

    pub(crate) async fn live_in(&self, tx: &mut Tx, row: InstanceRow) -> Result<Live, EngineError> {
        let definition = match self.model(&row.version) {
            Some(definition) => definition,
            None => self.learn(&row, store::definition_in(tx, &row.definition, &row.version).await?)?,
        };
        revive(row, definition)
    }

    fn model(&self, version: &str) -> Option<Arc<Definition>> {
        self.0.models.read().unwrap_or_else(PoisonError::into_inner).get(version).cloned()
    }

    /// Reads a model of another version of the program.
    fn learn(&self, row: &InstanceRow, xml: Option<String>) -> Result<Arc<Definition>, EngineError> {
        let xml = xml.ok_or(StoreError::Missing("process_definition"))?;
        let file = format!("{} {}", row.definition, row.version);
        let definition = Arc::new(Definition::parse(&file, &xml, &self.0.compile)?);
        let mut models = self.0.models.write().unwrap_or_else(PoisonError::into_inner);
        models.insert(row.version.clone(), definition.clone());
        Ok(definition)
    }
}

fn revive(row: InstanceRow, definition: Arc<Definition>) -> Result<Live, EngineError> {
    let state = serde_json::from_str(&row.state)
        .map_err(|error| StoreError::Damaged(format!("process_instance.state: {error}")))?;
    Ok(Live {
        id: row.id,
        name: row.id.to_string().into(),
        business_key: row.business_key.into(),
        definition,
        rev: row.rev,
        state,
    })
}
