//! Facts of an ordinary birth, and the rule set for child benefit.
#![allow(dead_code, reason = "each test uses its part")]

use std::sync::LazyLock;

use jiff::{Timestamp, civil::Date};
use rules::{Decision, Fact, Facts, Outcome, RuleSet, Source, Value};

pub const DMN: &str = include_str!("../../../../content/rules/barnetrygd.dmn");
pub const PARAMETERS: &str = include_str!("../../../../content/parameters/barnetrygd.toml");

pub static BARNETRYGD: LazyLock<RuleSet> =
    LazyLock::new(|| RuleSet::load(DMN, PARAMETERS).unwrap_or_else(|e| panic!("{e}")));

pub fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Dates in the facts are written as texts; the declared types turn them into dates.
pub fn dates(days: &[&str]) -> Value {
    days.iter().map(|d| Value::from(*d)).collect::<Vec<_>>().into()
}

/// A case under construction: the facts of an ordinary birth, changed as a test needs.
#[derive(Clone)]
pub struct Case {
    pub facts: Vec<Fact>,
    pub as_of: Date,
    pub known_at: Timestamp,
}

impl Case {
    /// A resident mother of 31 with one new child, decided soon after the birth.
    pub fn birth(born: &str) -> Self {
        let born_day = day(born);
        let as_of = born_day.first_of_month().saturating_add(jiff::Span::new().months(1));
        let known_at = at(&format!("{}T08:00:00Z", born_day.saturating_add(jiff::Span::new().days(3))));
        let mut case = Self { facts: Vec::new(), as_of, known_at };
        let mother_born = born_day.saturating_sub(jiff::Span::new().years(31)).to_string();
        case.set("mor_foedselsdato", mother_born.as_str());
        case.set("mor_kjoenn", "kvinne");
        case.set("mor_bostedskommune", "0301");
        case.set("mors_barn_foedselsdatoer", dates(&[born]));
        for yes in ["mor_i_live", "mor_gyldig_ident", "mor_bosatt"] {
            case.set(yes, true);
        }
        for no in ["mor_har_verge", "adresse_beskyttet", "eos_sak", "utvidet_barnetrygd"] {
            case.set(no, false);
        }
        case.child("barn1", born);
        case
    }

    pub fn child(&mut self, label: &str, born: &str) {
        self.set_of(label, "barn_foedselsdato", born);
        self.set_of(label, "barn_bostedskommune", "0301");
        for yes in ["barn_i_live", "barn_gyldig_ident", "barn_bosatt", "barn_bor_med_mor"] {
            self.set_of(label, yes, true);
        }
        self.set_of(label, "utbetales_til_annen", false);
    }

    pub fn fetched(&self) -> Source {
        let fetched_at = self.known_at.checked_sub(jiff::SignedDuration::from_secs(2)).unwrap();
        Source::Register { register: "freg".to_owned(), reference: "dok-1".to_owned(), fetched_at }
    }

    pub fn set(&mut self, key: &str, value: impl Into<Value>) -> &mut Self {
        self.facts.retain(|f| f.key != key);
        self.facts.push(Fact::new(key, key, value).source(self.fetched()));
        self
    }

    pub fn set_of(&mut self, label: &str, key: &str, value: impl Into<Value>) -> &mut Self {
        self.facts.retain(|f| f.key != key || f.subject.as_deref() != Some(label));
        self.facts
            .push(Fact::new(format!("{label}.{key}"), key, value).subject(label).source(self.fetched()));
        self
    }

    pub fn without(&mut self, key: &str) -> &mut Self {
        self.facts.retain(|f| f.key != key);
        self
    }

    /// Moves the moment of deciding, and of fetching.
    pub fn known(&mut self, moment: &str) -> &mut Self {
        self.known_at = at(moment);
        let source = self.fetched();
        for fact in &mut self.facts {
            fact.source = source.clone();
        }
        self
    }

    pub fn as_of(&mut self, text: &str) -> &mut Self {
        self.as_of = day(text);
        self
    }

    pub fn facts(&self) -> Facts {
        self.facts.iter().cloned().collect()
    }

    /// Decides and hands the decision to `look`.
    pub fn decide<T>(&self, look: impl FnOnce(&Decision<'_>) -> T) -> T {
        let facts = self.facts();
        look(&BARNETRYGD.decide(&facts, self.as_of, self.known_at).unwrap())
    }

    pub fn outcome(&self) -> Outcome {
        self.decide(|d| d.outcome())
    }

    /// The amount of the month of `as_of`.
    pub fn amount(&self) -> i64 {
        self.decide(|d| {
            let month = self.as_of.first_of_month();
            d.periods()
                .iter()
                .find(|p| p.from <= month && p.to.is_none_or(|to| month <= to))
                .map_or(0, |p| p.amount)
        })
    }

    pub fn codes(&self) -> Vec<String> {
        self.decide(|d| d.reasons().iter().map(|r| r.code.clone()).collect())
    }
}
