//! Dated law as DMN 1.5 models: compiled once, decided with a trace, explained in Bokmål.
//!
//! ```text
//! content/rules/*.dmn  + content/parameters/*.toml
//!        │ load: dmn.rs (XML → parts), compile.rs (names, types, order), guard.rs (facts no rule may read)
//!        ▼
//!     RuleSet  ── inputs(): the facts it needs, and why
//!        │ decide(facts, as_of, known_at): select.rs (which fact counts), run.rs (each decision once), periods.rs (steps in time)
//!        ▼
//!     Decision ── outcome, proposal, periods, reasons for a human, missing facts
//!        │ explain.rs
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
mod decision;
mod facts;
mod feel;
mod guard;
mod law;
mod logic;
mod parameters;
mod ruleset;
mod value;

pub use decision::{Assessment, Condition, Decision, FactLine, Outcome, Period, Reason};
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
