//! Which facts count: those known by the moment and valid on the day, the most reliable first.

use jiff::{Timestamp, civil::Date};

use crate::facts::{Fact, FactError, Facts, Source};
use crate::feel::{Nothing, Type, eval_tests};
use crate::ruleset::{Input, RuleSet};
use crate::value::{MissingFact, Value, parse_duration};

/// The facts that the rule set reads, checked, by place: input, then subject.
#[derive(Clone, Debug)]
pub(crate) struct Sorted<'a> {
    /// The subjects' labels, in the order they came.
    pub subjects: Vec<&'a str>,
    /// By slot, otherwise as they came.
    entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    slot: usize,
    fact: usize,
    value: Value,
}

/// Where a slot's value is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A fact, by its place among the facts.
    Fact(usize),
    /// The rule set's default.
    Default,
    /// Nothing: it is missing.
    Nowhere,
}

/// What is known of one input for one subject.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    pub value: Value,
    pub origin: Origin,
    /// Whether sources of the same weight say different things.
    pub conflict: bool,
}

impl<'a> Sorted<'a> {
    pub fn new(rules: &'a RuleSet, facts: &'a Facts, known_at: Timestamp) -> Result<Self, FactError> {
        let mut subjects: Vec<&str> = Vec::new();
        let mut found: Vec<(usize, usize, usize, Value)> = Vec::with_capacity(facts.len());
        for (index, fact) in facts.iter().enumerate() {
            let Some((i, input)) =
                rules.by_key.get(&fact.key).and_then(|i| rules.inputs.get(*i).map(|f| (*i, f)))
            else {
                continue;
            };
            let subject = match (&fact.subject, input.per_subject) {
                (Some(label), true) => subjects.iter().position(|s| s == label).unwrap_or_else(|| {
                    subjects.push(label);
                    subjects.len() - 1
                }),
                (None, false) => 0,
                (None, true) => return Err(subject_error(fact, "does not say which subject it is about")),
                (Some(_), false) => return Err(subject_error(fact, "is not about one of several subjects")),
            };
            let value = checked(fact, input)?;
            if fact.known_by(known_at) {
                found.push((i, subject, index, value));
            }
        }
        // Without any subject there is one of which nothing is known: 'all of none' must not pass as met.
        if subjects.is_empty()
            && let Some(kind) = &rules.subject
        {
            subjects.push(kind);
        }
        let width = subjects.len().max(1);
        let mut entries: Vec<Entry> =
            found.into_iter().map(|(i, s, fact, value)| Entry { slot: i * width + s, fact, value }).collect();
        entries.sort_by_key(|e| e.slot);
        Ok(Self { subjects, entries })
    }

    /// How many slots an input has.
    pub fn width(&self) -> usize {
        self.subjects.len().max(1)
    }

    /// The slots on a day.
    pub fn on(&self, rules: &RuleSet, facts: &Facts, day: Date) -> Vec<Slot> {
        let width = self.width();
        let mut slots = Vec::with_capacity(rules.inputs.len() * width);
        let mut rest = self.entries.as_slice();
        for input in &rules.inputs {
            for subject in 0..width {
                let slot = slots.len();
                let here = rest.iter().take_while(|e| e.slot == slot).count();
                let (entries, after) = rest.split_at(here);
                rest = after;
                // The second and later slots of an input that is not per subject are never read.
                let label = self.subjects.get(subject).filter(|_| input.per_subject);
                slots.push(pick(entries, facts, day).unwrap_or_else(|| absent(input, label)));
            }
        }
        slots
    }

    /// The days on which what is known of the inputs may change.
    pub fn changes(&self, facts: &Facts) -> impl Iterator<Item = Date> {
        self.entries
            .iter()
            .filter_map(|e| facts.get(e.fact))
            .flat_map(|f| f.valid_from.into_iter().chain(f.valid_to))
    }
}

fn absent(input: &Input, label: Option<&&str>) -> Slot {
    if let Some(value) = &input.default {
        return Slot { value: value.clone(), origin: Origin::Default, conflict: false };
    }
    let missing = MissingFact {
        key: input.spec.key.as_str().into(),
        name: input.spec.name.as_str().into(),
        subject: label.map(|l| (**l).into()),
    };
    Slot { value: Value::missing(missing), origin: Origin::Nowhere, conflict: false }
}

/// A caseworker's finding stands before what registers say, that before what the person says. A register's later word replaces its earlier
/// one; where sources of the same weight differ, the latest is taken and the conflict told.
fn pick(entries: &[Entry], facts: &Facts, day: Date) -> Option<Slot> {
    let valid = |e: &&Entry| facts.get(e.fact).is_some_and(|f| f.holds_on(day));
    let take = |e: &Entry, conflict| Slot { value: e.value.clone(), origin: Origin::Fact(e.fact), conflict };
    if let [only] = entries {
        return valid(&only).then(|| take(only, false));
    }
    let mut latest: Vec<(&Entry, &Source)> = Vec::new();
    for entry in entries.iter().filter(valid) {
        let Some(source) = facts.get(entry.fact).map(|f| &f.source) else { continue };
        if latest.iter().any(|(_, s)| rank(s) > rank(source)) {
            continue;
        }
        // What it outranks or replaces goes; of equals at the same moment both stay.
        latest.retain(|(_, s)| {
            rank(s) == rank(source) && !(same_register(s, source) && s.known_at() < source.known_at())
        });
        if latest.iter().any(|(_, s)| same_register(s, source) && s.known_at() > source.known_at()) {
            continue;
        }
        latest.push((entry, source));
    }
    let (newest, _) = latest.iter().rev().max_by_key(|(_, s)| s.known_at())?;
    let conflict = latest.iter().any(|(e, _)| e.value != newest.value);
    Some(take(newest, conflict))
}

fn rank(source: &Source) -> u8 {
    match source {
        Source::Caseworker { .. } => 3,
        Source::Register { .. } => 2,
        Source::Person { .. } => 1,
        Source::Default => 0,
    }
}

fn same_register(a: &Source, b: &Source) -> bool {
    match (a, b) {
        (Source::Register { register: a, .. }, Source::Register { register: b, .. }) => a == b,
        _ => true,
    }
}

/// The fact's value in the declared type. A text is read as the date or duration that the type says; null stays, since a register may know
/// that there is none.
fn checked(fact: &Fact, input: &Input) -> Result<Value, FactError> {
    if let Source::Caseworker { reason, .. } = &fact.source
        && reason.trim().is_empty()
    {
        return Err(FactError::NoReason { fact: fact.id.clone(), key: fact.key.clone() });
    }
    let Some(value) = typed(&fact.value, &input.ty) else {
        return Err(FactError::WrongType {
            fact: fact.id.clone(),
            key: fact.key.clone(),
            wanted: input.spec.type_name.clone(),
            found: fact.value.type_name(),
        });
    };
    if let Some(allowed) = &input.allowed
        && value != Value::Null
    {
        let fits = |v: &Value| eval_tests(allowed, v, &[], &mut Nothing) == Value::Bool(true);
        let good = match &value {
            Value::List(items) => items.iter().all(fits),
            v => fits(v),
        };
        if !good {
            return Err(FactError::NotAllowed { fact: fact.id.clone(), key: fact.key.clone() });
        }
    }
    Ok(value)
}

fn typed(value: &Value, ty: &Type) -> Option<Value> {
    match (ty, value) {
        (_, Value::Missing(_)) => None,
        (Type::Any, v) | (_, v @ Value::Null) => Some(v.clone()),
        (Type::Date, Value::String(s)) => s.parse().ok().map(Value::Date),
        (Type::Days | Type::Months, Value::String(s)) => parse_duration(s).and_then(|v| typed(&v, ty)),
        (Type::List(of), Value::List(items)) => {
            items.iter().map(|v| typed(v, of)).collect::<Option<Vec<_>>>().map(Value::list)
        }
        (Type::Context(wanted), Value::Context(fields)) => {
            let typed = wanted
                .iter()
                .map(|(name, t)| Some((name.as_str().into(), typed(fields.get(name.as_str())?, t)?)));
            typed.collect::<Option<_>>().map(|fields| Value::Context(std::sync::Arc::new(fields)))
        }
        (Type::Boolean, Value::Bool(_))
        | (Type::Number, Value::Number(_))
        | (Type::String, Value::String(_))
        | (Type::Date, Value::Date(_))
        | (Type::Days, Value::Days(_))
        | (Type::Months, Value::Months(_)) => Some(value.clone()),
        _ => None,
    }
}

fn subject_error(fact: &Fact, problem: &'static str) -> FactError {
    FactError::Subject { fact: fact.id.clone(), key: fact.key.clone(), problem }
}
