//! A decision in words, in three depths: one sentence, condition by condition, and the complete trace.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::bokmaal;
use crate::decision::{Decision, Outcome, used_slots};
use crate::facts::Source;
use crate::law::LegalRef;
use crate::ruleset::{DecisionDef, InputSpec, Ref, Role};
use crate::run::{Node, Run, used_refs};
use crate::select::{Origin, Slot};
use crate::value::Value;

/// What stands in place of a shielded value.
pub(crate) const SHIELDED: &str = "skjermet";

/// How a condition turned out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assessment {
    /// Met.
    Oppfylt,
    /// Not met.
    IkkeOppfylt,
    /// Not assessed, for want of facts, or not shown; never the same as not met.
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
    /// Ids of the facts used, also through other decisions: those of [`Decision::facts`].
    pub facts: Vec<String>,
}

/// A fact that the decision rests on, for people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FactLine {
    /// The fact's id; `standard:<key>` for the rule set's own default.
    pub id: String,
    /// The key.
    #[serde(rename = "type")]
    pub key: String,
    /// Its name in Bokmål.
    #[serde(rename = "navn")]
    pub name: String,
    /// The subject's label.
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "gjelder")]
    pub subject: Option<String>,
    /// Its value in Bokmål; `skjermet` where it is shielded.
    #[serde(rename = "tekst")]
    pub text: String,
    /// Where it is from.
    #[serde(rename = "opphav")]
    pub source: Source,
    /// Why it was needed.
    #[serde(rename = "formaal")]
    pub purpose: String,
}

impl<'a> Decision<'a> {
    /// One sentence for the person: what the model finds for the outcome. Where a machine does not decide, that.
    pub fn short(&self) -> String {
        match self.outcome() {
            Outcome::TilManuell => "En saksbehandler skal vurdere saken.".to_owned(),
            Outcome::Mangler => {
                let names: BTreeSet<&str> = self.missing().iter().map(|m| &*m.name).collect();
                format!(
                    "Saken kan ikke avgjøres ennå, fordi vi mangler {}.",
                    bokmaal::join(&names.into_iter().map(str::to_owned).collect::<Vec<_>>())
                )
            }
            _ => self.proposal_text(),
        }
    }

    /// The sentence that would stand if the proposal became the decision. For caseworkers.
    pub fn proposal_text(&self) -> String {
        let rules = self.rules();
        let named = rules.proposal.unwrap_or(rules.root);
        let (Some(d), Some(node)) = (rules.decisions.get(named), self.case.node(&self.run, named, None))
        else {
            return String::new();
        };
        // Amounts are told as they are in the first month of payment, which may come after the day that the conditions were judged by.
        let first = self.steps.first().and_then(Option::as_ref);
        match d.row(node.row).and_then(|r| r.finding.as_ref()).or(d.finding.as_ref()) {
            Some(text) if !node.value.is_missing() => self.case.text(text, d, None, &self.run, first),
            _ => String::new(),
        }
    }

    /// Condition by condition: those of the law.
    pub fn conditions(&self) -> Vec<Condition> {
        self.conditions_of(Role::Vilkaar)
    }

    /// Condition by condition: those for deciding without a human. For caseworkers.
    pub fn filters(&self) -> Vec<Condition> {
        self.conditions_of(Role::Filter)
    }

    fn conditions_of(&self, role: Role) -> Vec<Condition> {
        let mut out = Vec::new();
        for (i, d) in self.rules().decisions.iter().enumerate().filter(|(_, d)| d.role == role) {
            for subject in self.case.subjects_of(d) {
                if let Some(node) = self.case.node(&self.run, i, subject) {
                    out.push(self.condition(i, d, subject, node));
                }
            }
        }
        out
    }

    fn condition(&self, decision: usize, d: &DecisionDef, subject: Option<usize>, node: &Node) -> Condition {
        let slots = self.slots_below(decision, subject);
        let mut sources: Vec<String> = Vec::new();
        let mut facts = Vec::new();
        for slot in slots {
            let (Some(id), Some(found)) = (self.fact_id(&self.run, slot), self.run.slots.get(slot)) else {
                continue;
            };
            let source = self.case.fact(found).map_or(&Source::Default, |f| &f.source).text();
            if !sources.contains(&source) {
                sources.push(source);
            }
            facts.push(id);
        }
        let demand = d.demand.as_ref().map(|t| self.case.text(t, d, subject, &self.run, None));
        Condition {
            id: self.node_id(d, subject),
            name: d.name.clone(),
            subject: self.case.label(subject).map(str::to_owned),
            demand: demand.unwrap_or_else(|| d.description.clone().unwrap_or_default()),
            finding: self.finding(d, subject, node, &self.run),
            result: match &node.value {
                // What is shielded is told to nobody here, not even as a yes or no.
                _ if d.shielded => Assessment::IkkeVurdert,
                Value::Bool(true) => Assessment::Oppfylt,
                Value::Bool(false) => Assessment::IkkeOppfylt,
                _ => Assessment::IkkeVurdert,
            },
            source: bokmaal::join(&sources),
            law: d.row(node.row).and_then(|r| r.law.as_ref()).or(d.law.as_ref()).cloned(),
            facts,
        }
    }

    pub(crate) fn finding(
        &self,
        d: &DecisionDef,
        subject: Option<usize>,
        node: &Node,
        run: &Run<'a>,
    ) -> String {
        if d.shielded {
            return SHIELDED.to_owned();
        }
        if let Value::Missing(facts) = &node.value {
            let names: Vec<String> = facts.iter().map(|f| f.name.to_string()).collect();
            return format!("Ikke vurdert, fordi vi mangler {}.", bokmaal::join(&names));
        }
        match d.row(node.row).and_then(|r| r.finding.as_ref()).or(d.finding.as_ref()) {
            Some(text) => self.case.text(text, d, subject, run, None),
            None => node.value.text(),
        }
    }

    /// The slots that a decision looked at, also through other decisions.
    fn slots_below(&self, decision: usize, subject: Option<usize>) -> BTreeSet<usize> {
        let mut slots = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut rest = vec![(decision, subject)];
        while let Some((i, subject)) = rest.pop() {
            let (Some(d), Some(node)) =
                (self.rules().decisions.get(i), self.case.node(&self.run, i, subject))
            else {
                continue;
            };
            if !seen.insert((i, subject)) {
                continue;
            }
            for r in used_refs(d, node) {
                match r {
                    Ref::Fact(input) => slots.extend(self.case.slots_of(input, subject)),
                    Ref::Decision(other) => rest.extend(self.nodes_of(other, subject)),
                    Ref::Parameter(_) | Ref::AsOf | Ref::KnownAt => {}
                }
            }
        }
        slots
    }

    /// The nodes of a decision that one about `subject` looks at.
    pub(crate) fn nodes_of(&self, decision: usize, subject: Option<usize>) -> Vec<(usize, Option<usize>)> {
        match (self.rules().decisions.get(decision).is_some_and(|d| d.per_subject), subject) {
            (true, None) => (0..self.case.width()).map(|s| (decision, Some(s))).collect(),
            (true, subject) => vec![(decision, subject)],
            (false, _) => vec![(decision, None)],
        }
    }

    /// The run of the day that was asked for, and those of later months.
    pub(crate) fn runs(&self) -> impl Iterator<Item = &Run<'a>> {
        std::iter::once(&self.run).chain(self.steps.iter().flatten())
    }

    /// The facts it rests on, in the model's order.
    pub fn facts(&self) -> Vec<FactLine> {
        let mut lines: Vec<FactLine> = Vec::new();
        for run in self.runs() {
            for slot in used_slots(&self.case, run) {
                if let Some(line) = self.fact_line(run, slot)
                    && !lines.iter().any(|l| l.id == line.id)
                {
                    lines.push(line);
                }
            }
        }
        lines
    }

    fn fact_line(&self, run: &Run<'a>, slot: usize) -> Option<FactLine> {
        let (spec, found) = self.input_and_slot(run, slot)?;
        let fact = self.case.fact(found);
        Some(FactLine {
            id: self.fact_id(run, slot)?,
            key: spec.key.clone(),
            name: spec.name.clone(),
            subject: self.subject_of(spec, slot).map(str::to_owned),
            text: if spec.shielded { SHIELDED.to_owned() } else { found.value.text() },
            source: fact.map_or(Source::Default, |f| f.source.clone()),
            purpose: fact.and_then(|f| f.purpose.clone()).unwrap_or_else(|| spec.purpose.clone()),
        })
    }

    /// What a slot is for and what stands in it.
    pub(crate) fn input_and_slot<'s>(
        &'s self,
        run: &'s Run<'a>,
        slot: usize,
    ) -> Option<(&'s InputSpec, &'s Slot)> {
        let input = self.rules().inputs.get(slot / self.case.width())?;
        Some((&input.spec, run.slots.get(slot)?))
    }

    /// The id of the fact in a slot; `None` where nothing is known.
    pub(crate) fn fact_id(&self, run: &Run<'a>, slot: usize) -> Option<String> {
        let (spec, found) = self.input_and_slot(run, slot)?;
        match (found.origin, self.subject_of(spec, slot)) {
            (Origin::Fact(_), _) => Some(self.case.fact(found)?.id.clone()),
            (Origin::Default, None) => Some(format!("standard:{}", spec.key)),
            (Origin::Default, Some(label)) => Some(format!("standard:{}:{label}", spec.key)),
            (Origin::Nowhere, _) => None,
        }
    }

    /// The label of the subject that a slot is about.
    pub(crate) fn subject_of(&self, spec: &InputSpec, slot: usize) -> Option<&'a str> {
        spec.subject.as_ref().and_then(|_| self.case.label(Some(slot % self.case.width())))
    }

    pub(crate) fn node_id(&self, d: &DecisionDef, subject: Option<usize>) -> String {
        match self.case.label(subject) {
            Some(label) => format!("{}:{label}", d.id),
            None => d.id.clone(),
        }
    }
}
