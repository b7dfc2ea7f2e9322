//! What a decision is to the one who asked for it.

use std::marker::PhantomData;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::facts::{FactError, Facts, Source};
use crate::law::LegalRef;
use crate::ruleset::RuleSet;
use crate::value::MissingFact;
use crate::LoadError;

/// How a case ends (rules.md § 14.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Granted as asked.
    Innvilget,
    /// Granted in part.
    Delvis,
    /// Refused.
    Avslag,
    /// An earlier decision is changed.
    Endret,
    /// An earlier grant ends.
    #[serde(rename = "opphørt")]
    Opphoert,
    /// Not taken up: the formal conditions of a claim are not met.
    Avvist,
    /// Closed without a decision.
    Henlagt,
    /// Facts are missing; nothing is decided.
    Mangler,
    /// A human decides; [`Decision::reasons`] says why.
    TilManuell,
}

/// A step of what is granted, from month to month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// The first day of the first month.
    pub from: Date,
    /// The first day of the *last* month (closed, as the law counts); `None` while it is open.
    pub to: Option<Date>,
    /// Whole kroner a month.
    pub amount: i64,
}

/// Why a human must decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// A stable code, e.g. `MOR_UNDER_18`.
    pub code: String,
    /// In Bokmål, for the caseworker.
    pub text: String,
    /// The subject's label, where it is about one of several.
    pub subject: Option<String>,
}

/// How a condition turned out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assessment {
    /// Met.
    Oppfylt,
    /// Not met.
    IkkeOppfylt,
    /// Not assessed, for want of facts; never the same as not met.
    IkkeVurdert,
}

/// A condition: what the law demands, what was found, where from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// The decision's id in the model, with `:label` where it is about one of several subjects.
    pub id: String,
    /// Its name in Bokmål.
    pub name: String,
    /// The subject's label.
    pub subject: Option<String>,
    /// What the law demands.
    pub demand: String,
    /// What was found.
    pub finding: String,
    /// How it turned out.
    pub result: Assessment,
    /// Where the facts are from, in words.
    pub source: String,
    /// The law.
    pub law: Option<LegalRef>,
    /// Ids of the facts used, also through other decisions.
    pub facts: Vec<String>,
}

/// A fact that the decision rests on, for people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FactLine {
    /// The fact's id; `standard:<key>` for the rule set's own default.
    pub id: String,
    /// The key.
    pub key: String,
    /// Its name in Bokmål.
    pub name: String,
    /// The subject's label.
    pub subject: Option<String>,
    /// Its value in Bokmål; `skjermet` where it is shielded.
    pub text: String,
    /// Where it is from.
    pub source: Source,
    /// Why it was needed.
    pub purpose: String,
}

/// A decision with all that it rests on.
#[derive(Clone, Debug)]
pub struct Decision<'a> {
    outcome: Outcome,
    periods: Vec<Period>,
    reasons: Vec<Reason>,
    missing: Vec<MissingFact>,
    of: PhantomData<&'a ()>,
}

impl RuleSet {
    /// Compiles a model with its parameters.
    ///
    /// # Errors
    /// The model is not DMN 1.5, or cannot be decided by: the error names the element and the line.
    pub fn load(_dmn: &str, _parameters_toml: &str) -> Result<Self, LoadError> {
        Err(LoadError { file: "dmn".to_owned(), line: None, place: String::new(), message: "being written".to_owned() })
    }

    /// Decides. `as_of` is the first day that the decision is to have effect (for a birth: the first day of the month after it); `known_at` the
    /// moment up to which facts and parameters count as known.
    ///
    /// # Errors
    /// A fact has a type, value or subject that the rule set does not take, or the rule set does not apply on that day.
    pub fn decide<'a>(
        &'a self,
        _facts: &'a Facts,
        _as_of: Date,
        _known_at: Timestamp,
    ) -> Result<Decision<'a>, FactError> {
        Ok(Decision { outcome: Outcome::Mangler, periods: vec![], reasons: vec![], missing: vec![], of: PhantomData })
    }
}

impl Decision<'_> {
    /// The outcome.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// What the law gives by these facts, whoever decides; `None` when facts are missing. For a caseworker.
    pub fn proposal(&self) -> Option<Outcome> {
        None
    }

    /// Whether the machine may carry it out itself: the outcome is a decision and no human is needed.
    pub fn automatic(&self) -> bool {
        !matches!(self.outcome, Outcome::Mangler | Outcome::TilManuell)
    }

    /// What is granted, or, when a human decides, what is proposed. Sorted, without holes of zero.
    pub fn periods(&self) -> &[Period] {
        &self.periods
    }

    /// Why a human must decide.
    pub fn reasons(&self) -> &[Reason] {
        &self.reasons
    }

    /// The facts that must be known before it can be decided.
    pub fn missing(&self) -> &[MissingFact] {
        &self.missing
    }

    /// One sentence.
    pub fn short(&self) -> String {
        String::new()
    }

    /// Condition by condition: those of the law.
    pub fn conditions(&self) -> Vec<Condition> {
        Vec::new()
    }

    /// Condition by condition: those for deciding without a human. For caseworkers.
    pub fn filters(&self) -> Vec<Condition> {
        Vec::new()
    }

    /// The facts it rests on.
    pub fn facts(&self) -> Vec<FactLine> {
        Vec::new()
    }

    /// The complete trace.
    pub fn trace(&self) -> serde_json::Value {
        serde_json::Value::Null
    }
}
