//! Dated law as DMN 1.5 models: compiled once, decided with a trace, explained in Bokmål.
//!
//! ```text
//! content/rules/*.dmn  + content/parameters/*.toml
//!        │ load/: the XML, names and types, order; feel/: expressions; logic.rs: tables; guard.rs: facts that no rule may read
//!        ▼
//!     RuleSet  ── inputs(): the facts it needs, and why · readable(): the rules as text
//!        │ decide(facts, as_of, known_at): select.rs (which fact counts), run.rs (each decision once), decision.rs (outcome, periods)
//!        ▼
//!     Decision ── outcome, proposal, periods, reasons for a human, missing facts
//!        │ explain.rs, trace.rs
//!        ▼
//!     short() · conditions() · trace()
//! ```
//!
//! Four things hold for every rule set, whatever its model says:
//!
//! - **A missing fact is not false.** It spreads as [`Value::Missing`]; a decision that hangs on it is [`Outcome::Mangler`].
//! - **Two time axes.** `as_of` is the day whose law and facts count, `known_at` the moment up to which facts and parameters were known. The
//!   same rule set, facts and pair give the same trace to the byte.
//! - **A machine does not harm.** Under [`Automation::APlus`] a refusal is [`Outcome::TilManuell`]; so is any decision with doubt about a fact, a
//!   fact that is too old, a request for a human, or discretion.
//! - **Nothing forbidden is read, nothing unneeded fetched.** Special categories of personal data are refused when a model is loaded, and
//!   [`RuleSet::inputs`] and [`RuleSet::reads`] say what every rule may see.
//!
//! The crate knows neither clock, network nor store.

pub mod bokmaal;
mod deadline;
mod decision;
mod document;
mod explain;
mod facts;
mod feel;
mod guard;
mod law;
mod load;
mod logic;
mod parameters;
mod ruleset;
mod run;
mod select;
mod trace;
mod value;

pub use deadline::{is_working_day, next_working_day};
pub use decision::{Decision, Outcome, Period, Reason};
pub use explain::{Assessment, Condition, FactLine};
pub use facts::{Fact, FactError, Facts, Source};
pub use feel::{Expression, FeelError, Scope, Type, function_names};
pub use law::LegalRef;
pub use parameters::{Parameter, ParameterValue, Parameters};
pub use ruleset::{Automation, InputSpec, Reads, Role, RuleSet};
pub use value::{MissingFact, Value};

/// Why a rule set or a file of parameters cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}{}: {message}", line.map(|l| format!(":{l}")).unwrap_or_default(), if place.is_empty() { String::new() } else { format!(" ({place})") })]
pub struct LoadError {
    /// The file's name, as the caller gave it.
    pub file: String,
    /// The line in it, from 1, where it is known.
    pub line: Option<u32>,
    /// The element and its id (`decision bt_resultat`), or the parameter; empty when it is the file as a whole.
    pub place: String,
    /// What is wrong.
    pub message: String,
}
