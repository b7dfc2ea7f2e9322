//! Decides child benefit for one synthetic birth again and again, and prints how often a second:
//! `cargo run --release -p rules --example decide`.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement at the terminal")]

use std::time::Instant;

use rules::{Fact, Facts, RuleSet, Source, Value};

fn main() {
    let dmn = include_str!("../../../content/rules/barnetrygd.dmn");
    let rules = RuleSet::load(dmn, include_str!("../../../content/parameters/barnetrygd.toml")).unwrap();
    let known_at = "2026-02-17T08:00:00Z".parse().unwrap();
    let source =
        Source::Register { register: "freg".to_owned(), reference: "dok".to_owned(), fetched_at: known_at };
    let born = Value::from("2026-02-14");
    let facts: Facts = rules
        .inputs()
        .filter(|i| {
            i.type_name != "boolean"
                || !matches!(i.key.as_str(), "manuell_kontroll" | "mor_enslig_forsoerger")
        })
        .map(|i| {
            let value = match i.key.as_str() {
                "mor_foedselsdato" => Value::from("1995-02-14"),
                "mor_kjoenn" => Value::from("kvinne"),
                "barn_foedselsdato" => born.clone(),
                "mors_barn_foedselsdatoer" => vec![born.clone()].into(),
                "mor_bostedskommune" | "barn_bostedskommune" => Value::from("0301"),
                "mor_i_live" | "mor_gyldig_ident" | "mor_bosatt" | "barn_i_live" | "barn_gyldig_ident"
                | "barn_bosatt" | "barn_bor_med_mor" => true.into(),
                _ => false.into(),
            };
            let fact = Fact::new(i.key.clone(), i.key.clone(), value).source(source.clone());
            if i.subject.is_some() { fact.subject("barn1") } else { fact }
        })
        .collect();
    let as_of = "2026-03-01".parse().unwrap();
    let rate = |name: &str, mut once: Box<dyn FnMut() -> usize + '_>| {
        let (start, mut turns, mut sum) = (Instant::now(), 0u32, 0usize);
        while start.elapsed().as_secs() < 2 {
            for _ in 0..200 {
                sum = sum.wrapping_add(once());
            }
            turns += 200;
        }
        println!("{name}: {:.0} a second ({sum})", f64::from(turns) / start.elapsed().as_secs_f64());
    };
    let decide = || rules.decide(&facts, as_of, known_at).unwrap();
    assert!(decide().automatic());
    rate("decided, with the trace in memory", Box::new(|| decide().periods().len()));
    rate(
        "and conditions, facts and one sentence",
        Box::new(|| {
            let d = decide();
            d.conditions().len() + d.facts().len() + d.short().len()
        }),
    );
    rate("and the trace as JSON", Box::new(|| decide().trace_json().len()));
}
