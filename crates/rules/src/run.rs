//! One run of a rule set on one day: each decision once for each subject, in the order in which they build on each other.

use jiff::{Timestamp, civil::Date};

use crate::facts::{Fact, Facts};
use crate::feel::Host;
use crate::logic::Template;
use crate::parameters::ParameterValue;
use crate::ruleset::{DecisionDef, Ref, RuleSet};
use crate::select::{Origin, Slot, Sorted};
use crate::value::Value;

/// What is the same in all runs of one decision.
#[derive(Clone, Debug)]
pub(crate) struct Case<'a> {
    pub rules: &'a RuleSet,
    pub facts: &'a Facts,
    pub sorted: Sorted<'a>,
    pub known_at: Timestamp,
}

/// A decision in the model, evaluated.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub value: Value,
    /// The row of its table that gave the value, from 0.
    pub row: Option<usize>,
    /// Which of its requirements it looked at: a bit for each.
    pub used: u64,
}

/// All that was found on one day.
#[derive(Clone, Debug)]
pub(crate) struct Run<'a> {
    pub day: Date,
    pub slots: Vec<Slot>,
    pub parameters: Vec<Option<&'a ParameterValue>>,
    /// By decision, then subject; `None` where it was not asked for.
    pub nodes: Vec<Option<Node>>,
}

impl<'a> Case<'a> {
    /// How many slots an input, and nodes a decision, has.
    pub fn width(&self) -> usize {
        self.sorted.width()
    }

    /// The subjects of a decision: each of them, or none.
    pub fn subjects_of(&self, d: &DecisionDef) -> impl Iterator<Item = Option<usize>> + use<> {
        let (one, several) = if d.per_subject { (None, self.width()) } else { (Some(None), 0) };
        one.into_iter().chain((0..several).map(Some))
    }

    /// A subject's label.
    pub fn label(&self, subject: Option<usize>) -> Option<&'a str> {
        self.sorted.subjects.get(subject?).copied()
    }

    /// Runs the rules as they are on a day; with `only`, those decisions alone.
    pub fn run(&self, day: Date, only: Option<&[bool]>) -> Run<'a> {
        let (rules, known) = (self.rules, day_of(self.known_at));
        let mut run = Run {
            day,
            slots: self.sorted.on(rules, self.facts, day),
            parameters: rules.parameters.iter().map(|p| p.on(day, known)).collect(),
            nodes: vec![None; rules.decisions.len() * self.width()],
        };
        for (i, d) in rules.decisions.iter().enumerate() {
            if only.is_some_and(|only| !only.get(i).copied().unwrap_or_default()) {
                continue;
            }
            for subject in self.subjects_of(d) {
                let mut frame = self.frame(d, subject, &run);
                let (value, row) = d.logic.eval(&[], &mut frame);
                let used = frame.used;
                if let Some(node) = run.nodes.get_mut(i * self.width() + subject.unwrap_or(0)) {
                    *node = Some(Node { value, row, used });
                }
            }
        }
        run
    }

    fn frame<'r>(&'r self, d: &'r DecisionDef, subject: Option<usize>, run: &'r Run<'a>) -> Frame<'r, 'a> {
        Frame { case: self, run, later: None, refs: &d.refs, functions: &d.functions, subject, used: 0 }
    }

    /// A text of a decision. `later` answers first for the decisions that it has.
    pub fn text(
        &self,
        template: &Template,
        d: &DecisionDef,
        subject: Option<usize>,
        run: &Run<'a>,
        later: Option<&Run<'a>>,
    ) -> String {
        template.render(&[], &mut Frame { later, ..self.frame(d, subject, run) })
    }

    /// A node of a run.
    pub fn node<'r>(&self, run: &'r Run<'a>, decision: usize, subject: Option<usize>) -> Option<&'r Node> {
        run.nodes.get(decision * self.width() + subject.unwrap_or(0))?.as_ref()
    }

    /// The slots of an input that a decision about `subject` looks at.
    pub fn slots_of(&self, input: usize, subject: Option<usize>) -> std::ops::Range<usize> {
        let start = input * self.width();
        match (self.rules.inputs.get(input).is_some_and(|i| i.per_subject), subject) {
            (true, None) => start..start + self.width(),
            (true, Some(s)) => start + s..start + s + 1,
            (false, _) => start..start + 1,
        }
    }

    /// The fact behind a slot.
    pub fn fact(&self, slot: &Slot) -> Option<&'a Fact> {
        match slot.origin {
            Origin::Fact(i) => self.facts.get(i),
            Origin::Default | Origin::Nowhere => None,
        }
    }
}

/// The requirements of a decision that it looked at.
pub(crate) fn used_refs<'r>(d: &'r DecisionDef, node: &Node) -> impl Iterator<Item = Ref> + use<'r> {
    let used = node.used;
    d.refs.iter().enumerate().filter(move |(i, _)| used & (1 << i) != 0).map(|(_, r)| *r)
}

/// A decision's view of the run while it is evaluated.
struct Frame<'r, 'a> {
    case: &'r Case<'a>,
    run: &'r Run<'a>,
    later: Option<&'r Run<'a>>,
    refs: &'r [Ref],
    functions: &'r [usize],
    subject: Option<usize>,
    used: u64,
}

impl Frame<'_, '_> {
    fn node(&self, decision: usize, subject: Option<usize>) -> Value {
        let node = self.later.and_then(|run| self.case.node(run, decision, subject));
        node.or_else(|| self.case.node(self.run, decision, subject))
            .map(|n| n.value.clone())
            .unwrap_or_default()
    }
}

impl Host for Frame<'_, '_> {
    fn var(&mut self, index: usize) -> Value {
        // The loader has seen to it that there are at most as many requirements as bits.
        self.used |= 1u64.checked_shl(index as u32).unwrap_or_default();
        match self.refs.get(index) {
            Some(Ref::Fact(input)) => {
                let slots = self.run.slots.get(self.case.slots_of(*input, self.subject)).unwrap_or_default();
                let per_subject = self.case.rules.inputs.get(*input).is_some_and(|i| i.per_subject);
                match slots {
                    [one] if !per_subject || self.subject.is_some() => one.value.clone(),
                    all => Value::list(all.iter().map(|s| s.value.clone()).collect()),
                }
            }
            Some(Ref::Decision(decision)) => {
                let per_subject = self.case.rules.decisions.get(*decision).is_some_and(|d| d.per_subject);
                match (per_subject, self.subject) {
                    (true, None) => {
                        Value::list((0..self.case.width()).map(|s| self.node(*decision, Some(s))).collect())
                    }
                    (true, subject) => self.node(*decision, subject),
                    (false, _) => self.node(*decision, None),
                }
            }
            Some(Ref::Parameter(p)) => {
                self.run.parameters.get(*p).copied().flatten().map_or(Value::Null, |v| Value::Number(v.value))
            }
            Some(Ref::AsOf) => Value::Date(self.run.day),
            Some(Ref::KnownAt) => Value::Date(day_of(self.case.known_at)),
            None => Value::Null,
        }
    }

    fn call(&mut self, function: usize, args: Vec<Value>) -> Value {
        call(self.case.rules, self.functions, function, &args)
    }

    fn validity(&mut self, index: usize, from: bool) -> Value {
        let Some(Ref::Fact(input)) = self.refs.get(index) else { return Value::Null };
        let of = |slot: &Slot| {
            let fact = self.case.fact(slot);
            match slot.origin {
                Origin::Nowhere => slot.value.clone(),
                _ => fact.and_then(|f| if from { f.valid_from } else { f.valid_to }).into(),
            }
        };
        let slots = self.run.slots.get(self.case.slots_of(*input, self.subject)).unwrap_or_default();
        let per_subject = self.case.rules.inputs.get(*input).is_some_and(|i| i.per_subject);
        let value = match slots {
            [one] if !per_subject || self.subject.is_some() => of(one),
            all => Value::list(all.iter().map(of).collect()),
        };
        self.used |= 1u64.checked_shl(index as u32).unwrap_or_default();
        value
    }
}

/// A function of the model sees its arguments and other functions, nothing else.
struct Inside<'r> {
    rules: &'r RuleSet,
    functions: &'r [usize],
}

impl Host for Inside<'_> {
    fn var(&mut self, _index: usize) -> Value {
        Value::Null
    }
    fn call(&mut self, function: usize, args: Vec<Value>) -> Value {
        call(self.rules, self.functions, function, &args)
    }
    fn validity(&mut self, _index: usize, _from: bool) -> Value {
        Value::Null
    }
}

fn call(rules: &RuleSet, functions: &[usize], function: usize, args: &[Value]) -> Value {
    match functions.get(function).and_then(|f| rules.functions.get(*f)) {
        Some(f) => f.logic.eval(args, &mut Inside { rules, functions: &f.functions }).0,
        None => Value::Null,
    }
}

/// The day of a moment, in UTC: the answer must not depend on a time zone database.
pub(crate) fn day_of(at: Timestamp) -> Date {
    at.to_zoned_datetime(jiff::tz::TimeZone::UTC).date()
}
