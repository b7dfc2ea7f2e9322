//! Deciding: what the law gives, whether a machine may say so, and what is granted month by month.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::{Span, Timestamp};
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};

use crate::bokmaal;
use crate::facts::{FactError, Facts, Source};
use crate::parameters::Parameter;
use crate::ruleset::{Automation, Ref, Role, RuleSet};
use crate::run::{Case, Run, used_refs};
use crate::select::{Origin, Sorted};
use crate::value::{MissingFact, Value};

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

impl Outcome {
    /// Its code, as it is stored and as a model writes it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Innvilget => "innvilget",
            Self::Delvis => "delvis",
            Self::Avslag => "avslag",
            Self::Endret => "endret",
            Self::Opphoert => "opphørt",
            Self::Avvist => "avvist",
            Self::Henlagt => "henlagt",
            Self::Mangler => "mangler",
            Self::TilManuell => "til_manuell",
        }
    }

    fn named(code: &str) -> Option<Self> {
        use Outcome::{Avslag, Avvist, Delvis, Endret, Henlagt, Innvilget, Opphoert, TilManuell};
        let all = [Innvilget, Delvis, Avslag, Endret, Opphoert, Avvist, Henlagt, TilManuell];
        all.into_iter().find(|o| o.code() == code)
    }

    /// Whether something may be granted with it.
    fn grants(self) -> bool {
        matches!(self, Self::Innvilget | Self::Delvis | Self::Endret)
    }
}

/// A step of what is granted, from month to month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// The first day of the first month.
    #[serde(rename = "fom")]
    pub from: Date,
    /// The first day of the *last* month (closed, as the law counts); `None` while it is open.
    #[serde(rename = "tom")]
    pub to: Option<Date>,
    /// Whole kroner a month.
    #[serde(rename = "beloep")]
    pub amount: i64,
}

/// Why a human must decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// A stable code: a filter's own, or one of the engine's (`MOTSTRIDENDE_OPPLYSNINGER`, `FOR_GAMMEL_OPPLYSNING`, `MANUELL_KONTROLL`, `SKJOENN`,
    /// `MENNESKE_AVGJOER`, `AVSLAG_KREVER_MENNESKE`, `INGEN_UTBETALING`, `REGELSETT_UTEN_SVAR`).
    pub code: String,
    /// In Bokmål, for the caseworker.
    pub text: String,
    /// The subject's label, where it is about one of several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Whether it comes from a shielded fact: then only a caseworker may see it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shielded: bool,
}

/// A decision with all that it rests on.
#[derive(Clone, Debug)]
pub struct Decision<'a> {
    pub(crate) case: Case<'a>,
    /// As of the day that was asked for.
    pub(crate) run: Run<'a>,
    /// What the sum builds on, for each period; `None` where that is `run`.
    pub(crate) steps: Vec<Option<Run<'a>>>,
    periods: Vec<Period>,
    outcome: Outcome,
    proposal: Option<Outcome>,
    reasons: Vec<Reason>,
    missing: Vec<MissingFact>,
}

impl RuleSet {
    /// Decides. `as_of` is the day whose law and facts count, and the earliest from which anything is granted (for a birth: the first day of the
    /// month after it); `known_at` the moment up to which facts and parameters count as known. Periods begin with `as_of`'s month.
    ///
    /// # Errors
    /// A fact has a type, value or subject that the rule set does not take, or the rule set does not apply on that day.
    pub fn decide<'a>(
        &'a self,
        facts: &'a Facts,
        as_of: Date,
        known_at: Timestamp,
    ) -> Result<Decision<'a>, FactError> {
        if !self.applies_on(as_of) {
            return Err(FactError::NotInForce { rule_set: self.id.clone(), as_of });
        }
        let sorted = Sorted::new(self, facts, known_at)?;
        let case = Case { rules: self, facts, sorted, known_at };
        let run = case.run(as_of, None);
        let mut decision = Decision {
            case,
            run,
            steps: Vec::new(),
            periods: Vec::new(),
            outcome: Outcome::TilManuell,
            proposal: None,
            reasons: Vec::new(),
            missing: Vec::new(),
        };
        decision.settle();
        Ok(decision)
    }
}

impl<'a> Decision<'a> {
    /// The outcome.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// What the law gives by these facts, whoever decides; `None` when facts are missing. For a caseworker.
    pub fn proposal(&self) -> Option<Outcome> {
        self.proposal
    }

    /// Whether a machine may carry it out: nothing is missing, no human is needed, and it does not wait for the person's acceptance.
    pub fn automatic(&self) -> bool {
        !matches!(self.outcome, Outcome::Mangler | Outcome::TilManuell)
            && self.case.rules.automation != Automation::P
    }

    /// What is granted, or, when a human decides, what the law would give. Sorted; months without an amount are left out.
    pub fn periods(&self) -> &[Period] {
        &self.periods
    }

    /// Why a human must decide; not empty when the outcome is [`Outcome::TilManuell`].
    pub fn reasons(&self) -> &[Reason] {
        &self.reasons
    }

    /// The facts that must be known before it can be decided.
    pub fn missing(&self) -> &[MissingFact] {
        &self.missing
    }

    /// The rule set that decided.
    pub fn rules(&self) -> &'a RuleSet {
        self.case.rules
    }

    /// The day whose law and facts counted.
    pub fn as_of(&self) -> Date {
        self.run.day
    }

    /// The moment up to which facts and parameters were known.
    pub fn known_at(&self) -> Timestamp {
        self.case.known_at
    }

    /// The labels of the subjects, in the order they came.
    pub fn subjects(&self) -> &[&'a str] {
        &self.case.sorted.subjects
    }

    fn settle(&mut self) {
        let rules = self.case.rules;
        self.ask_the_filters();
        self.doubt_the_facts();
        let value_of =
            |d: usize| self.case.node(&self.run, d, None).map(|n| n.value.clone()).unwrap_or_default();
        let root = value_of(rules.root);
        let proposed = rules.proposal.map_or_else(|| root.clone(), value_of);
        let mut missing = self.missing_of(Role::Filter);
        missing.extend(root.missing_facts());
        missing.extend(proposed.missing_facts());
        self.proposal = proposed.as_str().and_then(Outcome::named);
        if self.proposal.is_some_and(Outcome::grants) {
            // A refusal may stand on one condition alone; a grant needs them all.
            missing.extend(self.missing_of(Role::Vilkaar));
            self.grant(&mut missing);
        }
        let answer = root.as_str().and_then(Outcome::named);
        match rules.automation {
            Automation::H => self.reason("MENNESKE_AVGJOER", "Denne avgjørelsen tas alltid av et menneske."),
            // Only what is wholly in the person's favour; a grant in part is also a refusal in part.
            Automation::APlus if [self.proposal, answer].into_iter().flatten().any(against) => {
                self.reason(
                    "AVSLAG_KREVER_MENNESKE",
                    "Et avslag, helt eller delvis, skal vurderes av et menneske.",
                );
            }
            _ => {}
        }
        let no_answer = answer.is_none() && !root.is_missing();
        if no_answer || (answer == Some(Outcome::TilManuell) && self.reasons.is_empty()) {
            self.reason(
                "REGELSETT_UTEN_SVAR",
                "Regelsettet gir ikke noe entydig svar på disse opplysningene.",
            );
        }
        self.outcome = match answer {
            _ if !self.reasons.is_empty() => Outcome::TilManuell,
            Some(outcome) if missing.is_empty() => outcome,
            _ => Outcome::Mangler,
        };
        self.missing = missing.into_iter().collect();
    }

    fn missing_of(&self, role: Role) -> BTreeSet<MissingFact> {
        let decisions = self.case.rules.decisions.iter().enumerate().filter(|(_, d)| d.role == role);
        let width = self.case.width();
        let nodes = decisions.filter_map(|(i, _)| self.run.nodes.get(i * width..(i + 1) * width));
        nodes.flatten().flatten().flat_map(|n| n.value.missing_facts()).collect()
    }

    fn reason(&mut self, code: &str, text: impl Into<String>) {
        self.reasons.push(Reason {
            code: code.to_owned(),
            text: text.into(),
            subject: None,
            shielded: false,
        });
    }

    /// Every filter must hold. One that is false, or has no answer, is a reason; one that lacks facts leaves the decision open.
    fn ask_the_filters(&mut self) {
        let rules = self.case.rules;
        for (i, d) in rules.decisions.iter().enumerate() {
            for subject in self.case.subjects_of(d) {
                let Some(node) = self.case.node(&self.run, i, subject) else { continue };
                let name = self.case.label(subject);
                match (d.role, &node.value) {
                    (Role::Filter, Value::Bool(true) | Value::Missing(_)) => {}
                    (Role::Filter, _) => {
                        let text = d.reason.as_ref().map(|t| self.case.text(t, d, subject, &self.run, None));
                        self.reasons.push(Reason {
                            code: d.code.clone().unwrap_or_default(),
                            text: text.unwrap_or_default(),
                            subject: name.map(str::to_owned),
                            shielded: d.shielded,
                        });
                    }
                    _ => {}
                }
                if d.discretion || d.row(node.row).is_some_and(|r| r.discretion) {
                    self.reasons.push(Reason {
                        code: "SKJOENN".to_owned(),
                        text: format!("«{}» krever skjønn.", d.name),
                        subject: name.map(str::to_owned),
                        shielded: false,
                    });
                }
            }
        }
        let request = rules.manual.map(|i| self.case.slots_of(i, None)).and_then(|r| self.run.slots.get(r));
        if request.is_some_and(|slots| slots.iter().any(|s| s.value == Value::Bool(true))) {
            self.reason("MANUELL_KONTROLL", "Personen har bedt om at et menneske ser på saken.");
        }
    }

    /// Facts that contradict each other, and facts that are too old for a machine to rely on.
    fn doubt_the_facts(&mut self) {
        for slot in used_slots(&self.case, &self.run) {
            let input = slot / self.case.width();
            let (Some(spec), Some(found)) =
                (self.case.rules.inputs.get(input).map(|i| &i.spec), self.run.slots.get(slot))
            else {
                continue;
            };
            let subject = spec.subject.as_ref().and_then(|_| self.case.label(Some(slot % self.case.width())));
            let subject = subject.map(str::to_owned);
            if found.conflict {
                self.reasons.push(Reason {
                    code: "MOTSTRIDENDE_OPPLYSNINGER".to_owned(),
                    text: format!("Kildene sier ulike ting om {}.", spec.name),
                    subject: subject.clone(),
                    shielded: spec.shielded,
                });
            }
            let fetched = self.case.fact(found).and_then(|f| match &f.source {
                Source::Register { fetched_at, .. } => Some(*fetched_at),
                _ => None,
            });
            if let (Some(limit), Some(at)) = (spec.fresh_for, fetched)
                && self.case.known_at.as_second() - at.as_second() > limit
            {
                let day = bokmaal::day_text(at);
                self.reasons.push(Reason {
                    code: "FOR_GAMMEL_OPPLYSNING".to_owned(),
                    text: format!(
                        "Opplysningen om {} er hentet {day}, og er for gammel til å avgjøre etter.",
                        spec.name
                    ),
                    subject,
                    shielded: spec.shielded,
                });
            }
        }
    }

    /// Evaluates the sum on the first of every month in which it may change, and makes the steps.
    fn grant(&mut self, missing: &mut BTreeSet<MissingFact>) {
        let rules = self.case.rules;
        let Some(sum) = rules.sum else { return };
        let mut periods: Vec<Period> = Vec::new();
        let mut steps = Vec::new();
        let mut fault = false;
        for month in self.months() {
            let own = (month != self.run.day).then(|| self.case.run(month, Some(&rules.for_sum)));
            let value = self
                .case
                .node(own.as_ref().unwrap_or(&self.run), sum, None)
                .map(|n| n.value.clone())
                .unwrap_or_default();
            missing.extend(value.missing_facts());
            let amount = match &value {
                Value::Number(n) if n.fract().is_zero() && !n.is_sign_negative() => n.to_i64(),
                Value::Number(n) if n.is_zero() => Some(0),
                _ => None,
            };
            fault |= amount.is_none() && !value.is_missing();
            let amount = amount.unwrap_or(0);
            match periods.last_mut() {
                Some(last) if last.to.is_none() && last.amount == amount => continue,
                Some(last) if last.to.is_none() => {
                    last.to = first_of(month.yesterday().unwrap_or(month));
                }
                _ => {}
            }
            if amount > 0 {
                periods.push(Period { from: month, to: None, amount });
                steps.push(own);
            }
        }
        if fault {
            self.reason("REGELSETT_UTEN_SVAR", "Regelsettet gir ikke et beløp i hele kroner for hver måned.");
        } else if periods.is_empty() && missing.is_empty() {
            self.reason("INGEN_UTBETALING", "Vilkårene er oppfylt, men ingen måned gir en utbetaling.");
        }
        self.periods = periods;
        self.steps = steps;
    }

    /// The months, from `as_of`'s on and from the first that the model names, in which the sum may change: a parameter or a fact begins or ends
    /// to apply, or the model says that it is a first month, or the one after a last.
    fn months(&self) -> Vec<Date> {
        let rules = self.case.rules;
        let named = |role: Role| {
            let decisions = rules.decisions.iter().enumerate().filter(move |(_, d)| d.role == role);
            let width = self.case.width();
            let nodes = decisions.filter_map(move |(i, _)| self.run.nodes.get(i * width..(i + 1) * width));
            nodes.flatten().flatten().filter_map(|n| n.value.as_date()).filter_map(first_of)
        };
        let asked = first_of(self.run.day).unwrap_or(self.run.day);
        let start = named(Role::FoersteMaaned).min().map_or(asked, |first| asked.max(first));
        let after_last = named(Role::SisteMaaned).filter_map(|m| m.checked_add(Span::new().months(1)).ok());
        let parameters = rules.parameters.iter().flat_map(Parameter::changes);
        let changes = parameters.chain(self.case.sorted.changes(self.case.facts));
        let mut months: Vec<Date> = std::iter::once(start)
            .chain(named(Role::FoersteMaaned))
            .chain(after_last)
            .chain(changes.filter(|day| *day > start).filter_map(next_first))
            .filter(|m| *m >= start && rules.applies_on(*m))
            .collect();
        months.sort_unstable();
        months.dedup();
        months
    }
}

/// What a rule set in mode A+ leaves to a human: anything but a full grant.
fn against(outcome: Outcome) -> bool {
    !matches!(outcome, Outcome::Innvilget | Outcome::TilManuell)
}

fn first_of(day: Date) -> Option<Date> {
    Date::new(day.year(), day.month(), 1).ok()
}

/// The day itself when it is the first of a month, else the first of the next.
fn next_first(day: Date) -> Option<Date> {
    let first = first_of(day)?;
    if first == day { Some(first) } else { first.checked_add(Span::new().months(1)).ok() }
}

/// The slots that some decision of a run looked at, and where something is known, in the model's order.
pub(crate) fn used_slots(case: &Case<'_>, run: &Run<'_>) -> impl Iterator<Item = usize> + use<> {
    let mut used = vec![false; run.slots.len()];
    let mut mark = |input, subject| {
        let looked_at = used.get_mut(case.slots_of(input, subject)).unwrap_or_default().iter_mut();
        looked_at.for_each(|slot| *slot = true);
    };
    for (i, d) in case.rules.decisions.iter().enumerate() {
        for subject in case.subjects_of(d) {
            let Some(node) = case.node(run, i, subject) else { continue };
            for r in used_refs(d, node) {
                if let Ref::Fact(input) = r {
                    mark(input, subject);
                }
            }
        }
    }
    if let Some(input) = case.rules.manual {
        mark(input, None);
    }
    for (used, slot) in used.iter_mut().zip(&run.slots) {
        *used &= slot.origin != Origin::Nowhere;
    }
    used.into_iter().enumerate().filter(|(_, used)| *used).map(|(slot, _)| slot)
}
