//! Facts: what a decision rests on, each with where it comes from and when it holds.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::bokmaal;
use crate::value::Value;

/// Where a fact comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kilde", rename_all = "snake_case")]
pub enum Source {
    /// A register said so.
    Register {
        /// The register's key, e.g. `freg` (life-events.md § 0.4).
        register: String,
        /// What in the register: a document version, an event's id. Never a personidentifikator.
        #[serde(rename = "ref")]
        reference: String,
        /// When it was fetched; a decision that knows less than this does not know the fact.
        #[serde(rename = "hentet")]
        fetched_at: Timestamp,
    },
    /// The person said so.
    Person {
        /// When.
        #[serde(rename = "oppgitt")]
        at: Timestamp,
    },
    /// A caseworker found so. This fact replaces what registers and the person say.
    Caseworker {
        /// Why; a finding without a reason is refused.
        #[serde(rename = "begrunnelse")]
        reason: String,
        /// When.
        #[serde(rename = "registrert")]
        at: Timestamp,
    },
    /// The rule set's own default, where it declares one.
    #[serde(rename = "standard")]
    Default,
}

impl Source {
    /// When the fact became known here; `None` for a default, which always was.
    pub fn known_at(&self) -> Option<Timestamp> {
        match self {
            Self::Register { fetched_at: at, .. } | Self::Person { at } | Self::Caseworker { at, .. } => {
                Some(*at)
            }
            Self::Default => None,
        }
    }

    /// In Bokmål: `Folkeregisteret, hentet 20. februar 2026`.
    pub fn text(&self) -> String {
        match self {
            Self::Register { register, fetched_at, .. } => {
                format!("{}, hentet {}", bokmaal::register_name(register), bokmaal::day_text(*fetched_at))
            }
            Self::Person { at } => format!("oppgitt av deg {}", bokmaal::day_text(*at)),
            Self::Caseworker { reason, at } => {
                format!("lagt inn av saksbehandler {}: {reason}", bokmaal::day_text(*at))
            }
            Self::Default => "utgangspunktet i regelverket".to_owned(),
        }
    }
}

/// One fact. Serialises as it is, so that a case can keep its facts and decide again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// The fact's own id, unique in the case; a trace names it.
    pub id: String,
    /// What it says, by the rule set's key, e.g. `barn_foedselsdato`.
    #[serde(rename = "type")]
    pub key: String,
    /// About whom, when there are several (a label such as `barn1`, never a personidentifikator).
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "gjelder")]
    pub subject: Option<String>,
    /// The value.
    #[serde(rename = "verdi")]
    pub value: Value,
    /// First day it holds; `None` since ever.
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "gyldigFra")]
    pub valid_from: Option<Date>,
    /// First day it no longer holds; `None` until further notice.
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "gyldigTil")]
    pub valid_to: Option<Date>,
    /// Where it comes from.
    #[serde(rename = "opphav")]
    pub source: Source,
    /// What it was fetched for.
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "formaal")]
    pub purpose: Option<String>,
}

impl Fact {
    /// A fact that holds always; add [`Fact::source`], and [`Fact::valid`] and [`Fact::subject`] where they apply. Without a source it counts
    /// as the rule set's default.
    pub fn new(id: impl Into<String>, key: impl Into<String>, value: impl Into<Value>) -> Self {
        Self {
            id: id.into(),
            key: key.into(),
            subject: None,
            value: value.into(),
            valid_from: None,
            valid_to: None,
            source: Source::Default,
            purpose: None,
        }
    }

    /// About whom.
    #[must_use]
    pub fn subject(mut self, label: impl Into<String>) -> Self {
        self.subject = Some(label.into());
        self
    }

    /// Where it comes from.
    #[must_use]
    pub fn source(mut self, source: Source) -> Self {
        self.source = source;
        self
    }

    /// When it holds: from a day, to the first day it no longer does.
    #[must_use]
    pub fn valid(mut self, from: Option<Date>, to: Option<Date>) -> Self {
        self.valid_from = from;
        self.valid_to = to;
        self
    }

    /// What it was fetched for.
    #[must_use]
    pub fn purpose(mut self, purpose: impl Into<String>) -> Self {
        self.purpose = Some(purpose.into());
        self
    }

    pub(crate) fn holds_on(&self, day: Date) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_to.is_none_or(|to| day < to)
    }

    pub(crate) fn known_by(&self, moment: Timestamp) -> bool {
        self.source.known_at().is_none_or(|at| at <= moment)
    }
}

/// The facts of a case, in the order they came.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Facts(Vec<Fact>);

impl Facts {
    /// No facts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&mut self, fact: Fact) {
        self.0.push(fact);
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Fact> {
        self.0.iter()
    }

    pub(crate) fn get(&self, index: usize) -> Option<&Fact> {
        self.0.get(index)
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Fact> for Facts {
    fn from_iter<I: IntoIterator<Item = Fact>>(facts: I) -> Self {
        Self(facts.into_iter().collect())
    }
}

impl Extend<Fact> for Facts {
    fn extend<I: IntoIterator<Item = Fact>>(&mut self, facts: I) {
        self.0.extend(facts);
    }
}

/// Why facts cannot be decided on. Says nothing of their values, which may be personal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FactError {
    /// The value has another type than the rule set declares.
    #[error("fact `{fact}` ({key}) is a {found}, not a {wanted}")]
    WrongType {
        /// The fact's id.
        fact: String,
        /// Its key.
        key: String,
        /// The declared type.
        wanted: String,
        /// The type it has.
        found: &'static str,
    },
    /// The value is none of those that the rule set allows.
    #[error("fact `{fact}` ({key}) has a value that the rule set does not allow")]
    NotAllowed {
        /// The fact's id.
        fact: String,
        /// Its key.
        key: String,
    },
    /// A caseworker's fact without a reason.
    #[error("fact `{fact}` ({key}) is set by a caseworker, but has no reason")]
    NoReason {
        /// The fact's id.
        fact: String,
        /// Its key.
        key: String,
    },
    /// The rule set does not apply on the day that was asked for.
    #[error("the rule set `{rule_set}` does not apply on {as_of}")]
    NotInForce {
        /// The rule set's id.
        rule_set: String,
        /// The day.
        as_of: Date,
    },
    /// A fact about one of several subjects without saying which, or the other way round.
    #[error("fact `{fact}` ({key}) {problem}")]
    Subject {
        /// The fact's id.
        fact: String,
        /// Its key.
        key: String,
        /// What is wrong with the subject.
        problem: &'static str,
    },
}
