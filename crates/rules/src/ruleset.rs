//! A compiled rule set: what it is, what it reads, and what may be asked of it.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::feel::{Compiled, Test, Type};
use crate::law::LegalRef;
use crate::logic::{Logic, Row, Template};
use crate::parameters::Parameter;
use crate::value::Value;

/// What a decision is to the case. The name in the model is the Bokmål one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A condition of the law (`vilkaar`): boolean.
    Vilkaar,
    /// A condition for deciding without a human (`filter`): boolean, true when a machine may go on.
    Filter,
    /// An amount (`beloep`).
    Beloep,
    /// What is paid a month in all (`sum`), in whole kroner: the periods of the decision are its steps.
    Sum,
    /// The first month of what is granted (`foerste_maaned`): a day in it.
    FoersteMaaned,
    /// The last month of it (`siste_maaned`).
    SisteMaaned,
    /// What the law gives, before the question of who decides (`resultat`): innvilget, delvis, avslag.
    Resultat,
    /// The outcome (`utfall`): the root of the model.
    Utfall,
    /// A step on the way (`hjelp`).
    Hjelp,
}

impl Role {
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "vilkaar" => Self::Vilkaar,
            "filter" => Self::Filter,
            "beloep" => Self::Beloep,
            "sum" => Self::Sum,
            "foerste_maaned" => Self::FoersteMaaned,
            "siste_maaned" => Self::SisteMaaned,
            "resultat" => Self::Resultat,
            "utfall" => Self::Utfall,
            "hjelp" => Self::Hjelp,
            _ => return None,
        })
    }
}

/// How far a machine may decide (life-events.md § 0.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Automation {
    /// Fully, both ways.
    A,
    /// Only in the person's favour; a refusal or reduction becomes a task.
    #[serde(rename = "A+")]
    APlus,
    /// A proposal that the person accepts.
    P,
    /// A human decides.
    H,
}

impl Automation {
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "A" => Self::A,
            "A+" => Self::APlus,
            "P" => Self::P,
            "H" => Self::H,
            _ => return None,
        })
    }

    /// As the specification writes it.
    pub fn code(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::APlus => "A+",
            Self::P => "P",
            Self::H => "H",
        }
    }
}

/// A fact that a rule set may read, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InputSpec {
    /// The key that facts carry.
    pub key: String,
    /// The name in Bokmål, as the rules write it.
    pub name: String,
    /// What kind of subject it is about (`barn`), when there may be several.
    pub subject: Option<String>,
    /// Why it is needed (formål).
    pub purpose: String,
    /// The register that has it, by key.
    pub source: Option<String>,
    /// Whether its value is kept out of traces, texts and letters.
    pub shielded: bool,
    /// FEEL's name of its type.
    pub type_name: String,
    /// How old a look-up of it may be when a machine decides, in seconds.
    pub fresh_for: Option<i64>,
}

/// What one rule may read: of a row when `row` is given (from 1), else of the whole decision with all that it builds on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reads {
    /// The decision's id.
    pub decision: String,
    /// The row of its table, from 1.
    pub row: Option<usize>,
    /// The keys of the facts, sorted.
    pub facts: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ref {
    Fact(usize),
    Parameter(usize),
    Decision(usize),
    /// The day whose law and facts count.
    AsOf,
    /// The day up to which facts are known, in UTC.
    KnownAt,
}

#[derive(Clone, Debug)]
pub(crate) struct Input {
    pub spec: InputSpec,
    pub ty: Type,
    pub per_subject: bool,
    pub default: Option<Value>,
    pub allowed: Option<Compiled<Vec<Test>>>,
    pub allowed_text: Option<String>,
    pub by_law: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct DecisionDef {
    pub id: String,
    pub name: String,
    pub description: Option<String>,
    pub role: Role,
    pub code: Option<String>,
    pub unit: Option<String>,
    pub per_subject: bool,
    pub shielded: bool,
    pub discretion: bool,
    pub law: Option<LegalRef>,
    pub demand: Option<Template>,
    pub demand_text: Option<String>,
    pub finding: Option<Template>,
    pub reason: Option<Template>,
    pub logic: Logic,
    pub refs: Vec<Ref>,
    pub functions: Vec<usize>,
}

impl DecisionDef {
    /// Its texts, also those of its rows.
    pub fn texts(&self) -> impl Iterator<Item = &Template> {
        let rows = if let Logic::Table(table) = &self.logic { table.rows.as_slice() } else { &[] };
        let own = self.demand.iter().chain(&self.finding).chain(&self.reason);
        own.chain(rows.iter().filter_map(|r| r.finding.as_ref()))
    }

    /// The row of its table that has this number, from 0.
    pub fn row(&self, row: Option<usize>) -> Option<&Row> {
        match (&self.logic, row) {
            (Logic::Table(table), Some(i)) => table.rows.get(i),
            _ => None,
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct FunctionDef {
    pub name: String,
    pub params: Vec<String>,
    pub description: Option<String>,
    pub law: Option<LegalRef>,
    pub logic: Logic,
    pub functions: Vec<usize>,
}

/// A rule set, compiled from a DMN model. Cheap to ask; make one and keep it.
#[derive(Clone, Debug)]
pub struct RuleSet {
    pub(crate) id: String,
    pub(crate) version: String,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) law: LegalRef,
    pub(crate) valid_from: Date,
    pub(crate) valid_to: Option<Date>,
    pub(crate) automation: Automation,
    pub(crate) appeal_weeks: Option<u8>,
    pub(crate) subject: Option<String>,
    pub(crate) inputs: Vec<Input>,
    pub(crate) by_key: HashMap<String, usize>,
    pub(crate) parameters: Vec<Parameter>,
    /// In an order in which each comes after those it builds on.
    pub(crate) decisions: Vec<DecisionDef>,
    pub(crate) functions: Vec<FunctionDef>,
    pub(crate) root: usize,
    pub(crate) proposal: Option<usize>,
    pub(crate) sum: Option<usize>,
    /// Which decisions the sum builds on, itself with them.
    pub(crate) for_sum: Vec<bool>,
    /// The input that says whether a human decides.
    pub(crate) manual: Option<usize>,
}

impl RuleSet {
    /// Its id, e.g. `barnetrygd`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its version, `major.minor`: major when the law or its reading changed, minor when only the implementation did.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Its title in Bokmål.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The law it implements.
    pub fn law(&self) -> &LegalRef {
        &self.law
    }

    /// How far a machine may decide by it.
    pub fn automation(&self) -> Automation {
        self.automation
    }

    /// How many weeks a person has to appeal, where the model says so.
    pub fn appeal_weeks(&self) -> Option<u8> {
        self.appeal_weeks
    }

    /// The first day it applies to.
    pub fn valid_from(&self) -> Date {
        self.valid_from
    }

    /// The first day it no longer applies to.
    pub fn valid_to(&self) -> Option<Date> {
        self.valid_to
    }

    /// Whether it applies on a day.
    pub fn applies_on(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|to| day < to)
    }

    /// The facts it may read. What is not in this list need not be fetched, and is not looked at.
    pub fn inputs(&self) -> impl Iterator<Item = &InputSpec> {
        self.inputs.iter().map(|i| &i.spec)
    }

    /// The parameters it uses.
    pub fn parameters(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter()
    }

    /// Which facts each decision and each row of a table may read, also through what they build on.
    pub fn reads(&self) -> Vec<Reads> {
        let mut whole: Vec<BTreeSet<usize>> = Vec::new();
        let mut out = Vec::new();
        for d in &self.decisions {
            let facts_of = |uses: &[usize], whole: &[BTreeSet<usize>]| {
                let mut facts = BTreeSet::new();
                for r in uses.iter().filter_map(|i| d.refs.get(*i)) {
                    match r {
                        Ref::Fact(f) => drop(facts.insert(*f)),
                        Ref::Decision(other) => facts.extend(whole.get(*other).into_iter().flatten()),
                        Ref::Parameter(_) | Ref::AsOf | Ref::KnownAt => {}
                    }
                }
                facts
            };
            let mut uses = d.logic.uses();
            uses.extend(d.texts().flat_map(Template::uses));
            let all = facts_of(&uses, &whole);
            out.push(self.reads_entry(&d.id, None, &all));
            if let Logic::Table(table) = &d.logic {
                for row in 0..table.rows.len() {
                    out.push(self.reads_entry(&d.id, Some(row + 1), &facts_of(&table.row_uses(row), &whole)));
                }
            }
            whole.push(all);
        }
        out
    }

    /// Which decisions one builds on, itself with them.
    pub(crate) fn needed_for(&self, decision: Option<usize>) -> Vec<bool> {
        let mut needed = vec![false; self.decisions.len()];
        let mut rest: Vec<usize> = decision.into_iter().collect();
        while let Some(i) = rest.pop() {
            let (Some(seen), Some(d)) = (needed.get_mut(i), self.decisions.get(i)) else { continue };
            if !std::mem::replace(seen, true) {
                rest.extend(
                    d.refs.iter().filter_map(|r| if let Ref::Decision(d) = r { Some(*d) } else { None }),
                );
            }
        }
        needed
    }

    fn reads_entry(&self, decision: &str, row: Option<usize>, facts: &BTreeSet<usize>) -> Reads {
        let mut facts: Vec<String> =
            facts.iter().filter_map(|f| self.inputs.get(*f)).map(|i| i.spec.key.clone()).collect();
        facts.sort_unstable();
        Reads { decision: decision.to_owned(), row, facts }
    }
}
