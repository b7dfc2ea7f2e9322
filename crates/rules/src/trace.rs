//! The third depth of an explanation: the complete trace, a graph of every rule, fact and parameter that was used.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};
use serde::Serialize;

use crate::decision::{Decision, Outcome, Reason, used_slots};
use crate::explain::SHIELDED;
use crate::facts::Source;
use crate::law::LegalRef;
use crate::logic::Logic;
use crate::ruleset::{DecisionDef, Ref, Role};
use crate::run::{Node, Run, used_refs};
use crate::value::{MissingFact, Value};

impl<'a> Decision<'a> {
    /// The complete trace as JSON text: the same rule set, facts, `as_of` and `known_at` give the same bytes.
    pub fn trace_json(&self) -> String {
        // Its maps have text keys and its numbers are decimals: nothing in it can fail to be written.
        serde_json::to_string(&self.trace_tree()).unwrap_or_default()
    }

    /// The complete trace.
    pub fn trace(&self) -> serde_json::Value {
        serde_json::to_value(self.trace_tree()).unwrap_or_default()
    }

    fn trace_tree(&self) -> Trace<'_> {
        let rules = self.rules();
        Trace {
            rule_set: TraceRules {
                id: &rules.id,
                version: &rules.version,
                title: &rules.title,
                law: law(&rules.law),
                automation: rules.automation.code(),
            },
            as_of: self.run.day,
            known_at: self.known_at(),
            outcome: self.outcome(),
            proposal: self.proposal(),
            reasons: self.reasons().iter().map(hidden).collect(),
            missing: self.missing().iter().collect(),
            facts: self.trace_facts(),
            parameters: self.trace_parameters(&self.run),
            nodes: self.trace_nodes(&self.run),
            periods: self
                .periods()
                .iter()
                .zip(&self.steps)
                .map(|(period, own)| TracePeriod {
                    from: period.from,
                    to: period.to,
                    amount: period.amount,
                    own: own.as_ref().map(|run| TraceStep {
                        parameters: self.trace_parameters(run),
                        nodes: self.trace_nodes(run),
                    }),
                })
                .collect(),
        }
    }

    fn trace_facts(&self) -> Vec<TraceFact<'_>> {
        let mut out: Vec<TraceFact<'_>> = Vec::new();
        for run in self.runs() {
            for slot in used_slots(&self.case, run) {
                let (Some(id), Some((spec, found))) =
                    (self.fact_id(run, slot), self.input_and_slot(run, slot))
                else {
                    continue;
                };
                if out.iter().any(|f| f.id == id) {
                    continue;
                }
                let fact = self.case.fact(found);
                out.push(TraceFact {
                    id,
                    key: &spec.key,
                    name: &spec.name,
                    subject: self.subject_of(spec, slot),
                    text: if spec.shielded { SHIELDED.to_owned() } else { found.value.text() },
                    value: if spec.shielded { None } else { Some(&found.value) },
                    valid_from: fact.and_then(|f| f.valid_from),
                    valid_to: fact.and_then(|f| f.valid_to),
                    source: fact.map_or(&Source::Default, |f| &f.source),
                    purpose: fact.and_then(|f| f.purpose.as_deref()).unwrap_or(&spec.purpose),
                });
            }
        }
        out
    }

    fn trace_parameters<'s>(&'s self, run: &'s Run<'a>) -> Vec<TraceParameter<'s>> {
        let mut used = BTreeSet::new();
        for (i, d) in self.rules().decisions.iter().enumerate() {
            for subject in self.case.subjects_of(d) {
                let node = self.case.node(run, i, subject);
                used.extend(node.into_iter().flat_map(|n| used_refs(d, n)).filter_map(|r| match r {
                    Ref::Parameter(p) => Some(p),
                    _ => None,
                }));
            }
        }
        let found = |p: usize| {
            let (parameter, value) = (self.rules().parameters.get(p)?, run.parameters.get(p)?.as_ref());
            Some(TraceParameter {
                key: &parameter.key,
                name: &parameter.name,
                unit: &parameter.unit,
                value: value.map_or(Value::Null, |v| Value::Number(v.value)),
                valid_from: value.map(|v| v.valid_from),
                decided_at: value.map(|v| v.decided_at),
                law: value.and_then(|v| v.legal_ref.as_ref()).map(law),
                source: value.map(|v| v.source.as_str()),
                uncertain: value.and_then(|v| v.uncertain.as_deref()),
            })
        };
        used.into_iter().filter_map(found).collect()
    }

    fn trace_nodes<'s>(&'s self, run: &'s Run<'a>) -> Vec<TraceNode<'s>> {
        let mut out = Vec::new();
        for (i, d) in self.rules().decisions.iter().enumerate() {
            for subject in self.case.subjects_of(d) {
                if let Some(node) = self.case.node(run, i, subject) {
                    out.push(self.trace_node(d, subject, node, run));
                }
            }
        }
        out
    }

    fn trace_node<'s>(
        &'s self,
        d: &'s DecisionDef,
        subject: Option<usize>,
        node: &'s Node,
        run: &'s Run<'a>,
    ) -> TraceNode<'s> {
        let mut from = Vec::new();
        for r in used_refs(d, node) {
            match r {
                Ref::Fact(input) => from.extend(
                    self.case
                        .slots_of(input, subject)
                        .filter_map(|slot| self.fact_id(run, slot))
                        .map(|id| format!("faktum {id}")),
                ),
                Ref::Decision(other) => {
                    from.extend(self.nodes_of(other, subject).into_iter().filter_map(|(i, s)| {
                        self.rules().decisions.get(i).map(|d| format!("beslutning {}", self.node_id(d, s)))
                    }));
                }
                Ref::Parameter(p) => {
                    from.extend(self.rules().parameters.get(p).map(|p| format!("parameter {}", p.key)));
                }
                Ref::AsOf => from.push("virkningsdato".to_owned()),
                Ref::KnownAt => from.push("kunnskapsdato".to_owned()),
            }
        }
        let row = if d.shielded { None } else { d.row(node.row) };
        TraceNode {
            id: self.node_id(d, subject),
            name: &d.name,
            role: d.role,
            subject: self.case.label(subject),
            law: row.and_then(|r| r.law.as_ref()).or(d.law.as_ref()).map(law),
            logic: match &d.logic {
                Logic::Literal { text, .. } => Some(text),
                _ => None,
            },
            row: row.map(|r| TraceRow {
                number: node.row.map_or(0, |i| i + 1),
                id: &r.id,
                tests: match &d.logic {
                    Logic::Table(t) => t
                        .inputs
                        .iter()
                        .map(|i| i.label.as_str())
                        .zip(r.cell_texts.iter().map(String::as_str))
                        .collect(),
                    _ => Vec::new(),
                },
                gives: &r.output_texts,
            }),
            from,
            value: if d.shielded { None } else { Some(&node.value) },
            unit: d.unit.as_deref(),
            text: self.finding(d, subject, node, run),
        }
    }
}

/// A place in the law, in words and as a link.
#[derive(Serialize)]
struct TraceLaw {
    tekst: String,
    lenke: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    usikker: bool,
}

fn law(r: &LegalRef) -> TraceLaw {
    TraceLaw { tekst: r.to_string(), lenke: r.url(), usikker: r.uncertain }
}

/// A reason as the trace tells it: a shielded one without what it says.
fn hidden(reason: &Reason) -> TraceReason<'_> {
    if reason.shielded {
        TraceReason { kode: SHIELDED, tekst: SHIELDED, gjelder: None }
    } else {
        TraceReason { kode: &reason.code, tekst: &reason.text, gjelder: reason.subject.as_deref() }
    }
}

#[derive(Serialize)]
struct TraceReason<'a> {
    kode: &'a str,
    tekst: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    gjelder: Option<&'a str>,
}

#[derive(Serialize)]
struct Trace<'a> {
    #[serde(rename = "regelsett")]
    rule_set: TraceRules<'a>,
    as_of: Date,
    known_at: Timestamp,
    #[serde(rename = "utfall")]
    outcome: Outcome,
    #[serde(rename = "forslag")]
    proposal: Option<Outcome>,
    #[serde(rename = "grunner")]
    reasons: Vec<TraceReason<'a>>,
    #[serde(rename = "mangler")]
    missing: Vec<&'a MissingFact>,
    #[serde(rename = "fakta")]
    facts: Vec<TraceFact<'a>>,
    #[serde(rename = "parametre")]
    parameters: Vec<TraceParameter<'a>>,
    #[serde(rename = "beslutninger")]
    nodes: Vec<TraceNode<'a>>,
    #[serde(rename = "perioder")]
    periods: Vec<TracePeriod<'a>>,
}

#[derive(Serialize)]
struct TraceRules<'a> {
    id: &'a str,
    #[serde(rename = "versjon")]
    version: &'a str,
    #[serde(rename = "tittel")]
    title: &'a str,
    #[serde(rename = "hjemmel")]
    law: TraceLaw,
    #[serde(rename = "automatisering")]
    automation: &'static str,
}

#[derive(Serialize)]
struct TraceFact<'a> {
    id: String,
    #[serde(rename = "type")]
    key: &'a str,
    #[serde(rename = "navn")]
    name: &'a str,
    #[serde(rename = "gjelder", skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    #[serde(rename = "tekst")]
    text: String,
    /// The exact value, so that the case can be decided again; absent where it is shielded.
    #[serde(rename = "verdi", skip_serializing_if = "Option::is_none")]
    value: Option<&'a Value>,
    #[serde(rename = "gyldigFra", skip_serializing_if = "Option::is_none")]
    valid_from: Option<Date>,
    #[serde(rename = "gyldigTil", skip_serializing_if = "Option::is_none")]
    valid_to: Option<Date>,
    #[serde(rename = "opphav")]
    source: &'a Source,
    #[serde(rename = "formaal")]
    purpose: &'a str,
}

#[derive(Serialize)]
struct TraceParameter<'a> {
    #[serde(rename = "nøkkel")]
    key: &'a str,
    #[serde(rename = "navn")]
    name: &'a str,
    #[serde(rename = "enhet")]
    unit: &'a str,
    #[serde(rename = "verdi")]
    value: Value,
    #[serde(rename = "gyldigFra", skip_serializing_if = "Option::is_none")]
    valid_from: Option<Date>,
    #[serde(rename = "vedtatt", skip_serializing_if = "Option::is_none")]
    decided_at: Option<Date>,
    #[serde(rename = "hjemmel", skip_serializing_if = "Option::is_none")]
    law: Option<TraceLaw>,
    #[serde(rename = "kilde", skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    #[serde(rename = "usikker", skip_serializing_if = "Option::is_none")]
    uncertain: Option<&'a str>,
}

#[derive(Serialize)]
struct TraceNode<'a> {
    id: String,
    #[serde(rename = "navn")]
    name: &'a str,
    #[serde(rename = "rolle")]
    role: Role,
    #[serde(rename = "gjelder", skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    #[serde(rename = "hjemmel", skip_serializing_if = "Option::is_none")]
    law: Option<TraceLaw>,
    #[serde(rename = "uttrykk", skip_serializing_if = "Option::is_none")]
    logic: Option<&'a str>,
    #[serde(rename = "rad", skip_serializing_if = "Option::is_none")]
    row: Option<TraceRow<'a>>,
    /// What it was found from: facts, other decisions, parameters and days.
    #[serde(rename = "byggerPå")]
    from: Vec<String>,
    #[serde(rename = "verdi", skip_serializing_if = "Option::is_none")]
    value: Option<&'a Value>,
    #[serde(rename = "enhet", skip_serializing_if = "Option::is_none")]
    unit: Option<&'a str>,
    #[serde(rename = "tekst")]
    text: String,
}

#[derive(Serialize)]
struct TraceRow<'a> {
    #[serde(rename = "nummer")]
    number: usize,
    id: &'a str,
    #[serde(rename = "prøver")]
    tests: Vec<(&'a str, &'a str)>,
    #[serde(rename = "gir")]
    gives: &'a [String],
}

#[derive(Serialize)]
struct TracePeriod<'a> {
    #[serde(rename = "fom")]
    from: Date,
    #[serde(rename = "tom")]
    to: Option<Date>,
    #[serde(rename = "beloep")]
    amount: i64,
    /// What the amount was found from, where the period does not begin with `as_of`.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    own: Option<TraceStep<'a>>,
}

#[derive(Serialize)]
struct TraceStep<'a> {
    #[serde(rename = "parametre")]
    parameters: Vec<TraceParameter<'a>>,
    #[serde(rename = "beslutninger")]
    nodes: Vec<TraceNode<'a>>,
}
