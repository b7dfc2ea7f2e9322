//! Durable processes: a defined subset of BPMN 2.0 over [`kernel::store`].
//!
//! A model ([`Definition`]) is read from the XML that any BPMN modeller writes. An instance moves in steps, and a step is
//! one transaction: what came in is taken (once), tokens advance as far as they can, the journal grows, effects go to the
//! outbox, waits for messages and for time are put down as rows. Between two transactions nothing lives in memory that
//! cannot be lost.
//!
//! - **Effects** (service, business rule, send and user tasks) are run outside transactions by [`Handlers`], at least
//!   once, each with the idempotency key `instance/element/visit`. The answer and the advance it causes are one
//!   transaction. An effect that is marked pure is run by the worker inside the step that reaches it, without a
//!   transaction of its own; one that a caller's transaction reaches goes through the outbox like the others.
//! - **Messages** are kept with [`Engine::signal_in`] in the sender's transaction, deduplicated on source and reference;
//!   one that comes before anybody waits for it stays until somebody does.
//! - **Failures**: a transient one is tried again with growing pauses; a permanent one takes the boundary error event, or
//!   else becomes an incident that a human resolves ([`Engine::retry_in`]).
//! - **Several processes** may share a store: whoever runs an effect owns its row for as long as its node is alive
//!   ([`Config::node`], renewed as a lease). After a crash the same node takes its effects back at once.
//!   Whoever comes second with an answer, or with one that a boundary event has overtaken, is not heard.
//! - **Versions**: an instance stays with the model it began with; models are kept in the store. There is no way yet to
//!   move an instance to another version.
//!
//! Map: [`bpmn`] reads models, [`step`] moves tokens (pure), [`engine`] is what the component calls, `put` writes a step,
//! `worker` runs effects and timers, `store` holds every SQL statement.

pub mod bpmn;
pub mod engine;
mod handlers;
mod put;
pub mod step;
mod store;
#[cfg(test)]
mod tests;
mod worker;

pub use bpmn::{Compile, Condition, Definition, Element, Kind, LoadError, Vars};
pub use engine::{Config, Engine, EngineError, GIVEN_UP, Instance, Ready, Received, Signal, Started};
pub use handlers::{Answer, Call, Failure, Handlers, Incident, Statement};
pub use step::{Entry, Status, Token, Wait, What};

/// The engine's tables; a component adds them to its own migrations.
pub const MIGRATION: &str = include_str!("../migrations/0001_process.sql");
