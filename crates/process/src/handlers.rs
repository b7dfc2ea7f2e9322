//! What a component gives the engine: how to run its effects.

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use kernel::store::Value;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::bpmn::Vars;

/// A call of an effect.
#[derive(Debug, Clone)]
pub struct Call {
    /// The idempotency key, `instance/element/visit`: the same for every attempt.
    pub key: Arc<str>,
    /// The instance.
    pub instance: Uuid,
    /// The instance's business key.
    pub business_key: Arc<str>,
    /// The element.
    pub element: String,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// The instance's variables.
    pub vars: Arc<Vars>,
    /// What earlier effects of the instance passed on, where they ran right before; empty after a pause or a restart.
    pub passing: Arc<HashMap<&'static str, Arc<Json>>>,
}

/// What an effect gives back.
#[derive(Debug, Default)]
pub struct Answer {
    /// Variables to set; `null` removes one.
    pub vars: Vars,
    /// Values for the effects that follow at once, which are not stored. Whoever reads one has another way to get it.
    pub passing: Vec<(&'static str, Json)>,
    /// Statements that become true in the very transaction that takes the answer.
    pub statements: Vec<Statement>,
}

impl Answer {
    /// An answer without anything.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a variable.
    pub fn var(mut self, name: &str, value: impl Into<Json>) -> Self {
        self.vars.insert(name.to_owned(), value.into());
        self
    }

    /// Passes a value on to the effects that follow at once.
    pub fn pass(mut self, name: &'static str, value: Json) -> Self {
        self.passing.push((name, value));
        self
    }

    /// Adds a statement.
    pub fn statement(mut self, statement: Statement) -> Self {
        self.statements.push(statement);
        self
    }
}

/// A statement of the component's own tables.
#[derive(Debug, Clone)]
pub struct Statement {
    /// The text.
    pub sql: &'static str,
    /// The parameters.
    pub params: Vec<Value>,
}

impl Statement {
    /// A statement with its parameters.
    pub fn new(sql: &'static str, params: &[Value]) -> Self {
        Self { sql, params: params.to_vec() }
    }
}

/// Why an effect gave no answer. Texts hold no personal data: they are logged and stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The same call may succeed later.
    Transient(String),
    /// It never will: takes the boundary error event with this code, or becomes an incident.
    Permanent {
        /// The error's code.
        code: String,
        /// What happened.
        message: String,
    },
}

impl Failure {
    /// A failure that a later attempt may not meet.
    pub fn transient(message: impl Into<String>) -> Self {
        Self::Transient(message.into())
    }

    /// A failure that every attempt will meet.
    pub fn permanent(code: &str, message: impl Into<String>) -> Self {
        Self::Permanent { code: code.to_owned(), message: message.into() }
    }
}

/// An effect or a gateway that got stuck, for a human to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// The instance.
    pub instance: Uuid,
    /// The token that stands still.
    pub token: u32,
    /// The element it stands on.
    pub element: String,
    /// `instance/element/visit`.
    pub key: String,
    /// The error's code.
    pub code: String,
    /// What happened.
    pub message: String,
}

type Run = Arc<dyn Fn(Call) -> BoxFuture<'static, Result<Answer, Failure>> + Send + Sync>;
type OnIncident = Arc<dyn Fn(&Incident, &Vars) -> Vec<Statement> + Send + Sync>;

#[derive(Clone)]
pub(crate) struct Handler {
    pub(crate) run: Run,
    pub(crate) pure: bool,
}

/// The effects of a component, by name.
#[derive(Clone, Default)]
pub struct Handlers {
    by_name: HashMap<String, Handler>,
    on_incident: Option<OnIncident>,
}

impl Handlers {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// An effect on the world. It runs at least once for each key and must know a key that it has already dealt with.
    pub fn effect<F, R>(mut self, name: &str, run: F) -> Self
    where
        F: Fn(Call) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Answer, Failure>> + Send + 'static,
    {
        let run: Run = Arc::new(move |call| run(call).boxed());
        self.by_name.insert(name.to_owned(), Handler { run, pure: false });
        self
    }

    /// An effect that changes nothing outside: it computes, or reads the component's own store. It runs inside the step
    /// that reaches it.
    pub fn pure<F, R>(mut self, name: &str, run: F) -> Self
    where
        F: Fn(Call) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Answer, Failure>> + Send + 'static,
    {
        let run: Run = Arc::new(move |call| run(call).boxed());
        self.by_name.insert(name.to_owned(), Handler { run, pure: true });
        self
    }

    /// What to write when something gets stuck, in the transaction that notes it.
    pub fn on_incident(
        mut self,
        run: impl Fn(&Incident, &Vars) -> Vec<Statement> + Send + Sync + 'static,
    ) -> Self {
        self.on_incident = Some(Arc::new(run));
        self
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Handler> {
        self.by_name.get(name)
    }

    pub(crate) fn incident(&self, incident: &Incident, vars: &Vars) -> Vec<Statement> {
        self.on_incident.as_ref().map_or_else(Vec::new, |run| run(incident, vars))
    }
}

impl std::fmt::Debug for Handlers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.by_name.keys()).finish()
    }
}
