//! What holds for every case of child benefit, whatever its facts.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::redundant_closure_for_method_calls,
    clippy::unwrap_used,
    reason = "helpers of tests, called with more than one lifetime"
)]

mod common;

use common::{BARNETRYGD, Case};
use jiff::civil::Date;
use proptest::prelude::*;
use rules::{Fact, Facts, Outcome, Source, Value};

fn any_date() -> impl Strategy<Value = Date> {
    (2005i16..2030, 1i8..=12, 1i8..=28).prop_map(|(y, m, d)| Date::new(y, m, d).unwrap())
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any_date().prop_map(Value::from),
        "(0301|5601|kvinne|mann|2100|\\PC{0,4})".prop_map(Value::from),
        Just(Value::Null),
        prop::collection::vec(any_date(), 0..3).prop_map(Value::from),
    ]
}

fn any_source() -> impl Strategy<Value = Source> {
    let at = || {
        any_date()
            .prop_map(|d| d.at(12, 0, 0, 0).to_zoned_datetime(jiff::tz::TimeZone::UTC).unwrap().timestamp())
    };
    prop_oneof![
        (at(), "(freg|nav|skatt)").prop_map(|(fetched_at, register)| Source::Register {
            register,
            reference: "r".to_owned(),
            fetched_at
        }),
        at().prop_map(|at| Source::Person { at }),
        at().prop_map(|at| Source::Caseworker { reason: "Sett".to_owned(), at }),
        Just(Source::Default),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any facts: an error that names the fact, or a decision that can be explained; never a panic.
    #[test]
    fn no_facts_make_it_panic(
        given in prop::collection::vec(
            (0..22usize, any_value(), any_source(), prop::option::of(any_date()), prop::option::of(any_date()), prop::option::of(0..3u8)),
            0..30,
        ),
        as_of in any_date(),
        known in any_date(),
    ) {
        let facts: Facts = given.into_iter().enumerate().map(|(i, (input, value, source, from, to, subject))| {
            let spec = BARNETRYGD.inputs().nth(input).unwrap();
            let fact = Fact::new(format!("f{i}"), spec.key.clone(), value).source(source).valid(from, to);
            match (subject, &spec.subject) {
                (Some(s), Some(_)) => fact.subject(format!("barn{s}")),
                _ => fact,
            }
        }).collect();
        let known_at = known.at(0, 0, 0, 0).to_zoned_datetime(jiff::tz::TimeZone::UTC).unwrap().timestamp();
        match BARNETRYGD.decide(&facts, as_of, known_at) {
            Err(error) => prop_assert!(!error.to_string().is_empty()),
            Ok(d) => {
                let _ = (d.short(), d.conditions(), d.filters(), d.facts());
                prop_assert_eq!(d.trace_json(), BARNETRYGD.decide(&facts, as_of, known_at).unwrap().trace_json());
                prop_assert!(!d.automatic() || d.reasons().is_empty());
                prop_assert!(d.outcome() != Outcome::TilManuell || !d.reasons().is_empty());
                prop_assert!(d.outcome() != Outcome::Mangler || !d.missing().is_empty());
                prop_assert!(!matches!(d.outcome(), Outcome::Avslag | Outcome::Delvis), "A+ refuses nothing by machine");
            }
        }
    }

    /// Periods are in order, do not overlap, pay something, and say for every month what deciding that month alone says.
    #[test]
    fn periods_are_whole_and_each_month_agrees_with_them(
        born in (0..2300i32).prop_map(|days| Date::constant(2023, 7, 1).saturating_add(jiff::Span::new().days(days))),
        shared in any::<bool>(),
        single in any::<bool>(),
        north in any::<bool>(),
        months_on in 0..300i32,
    ) {
        let born = born.to_string();
        let mut case = Case::birth(&born);
        case.known("2026-11-24T00:00:00Z");
        case.set_of("barn1", "delt_bosted", shared).set("mor_enslig_forsoerger", single);
        case.set_of("barn1", "barn_bostedskommune", if north { "5601" } else { "0301" });
        let whole = case.decide(|d| d.periods().to_vec());
        prop_assert!(!whole.is_empty());
        for p in &whole {
            prop_assert!(p.amount > 0 && p.from.day() == 1 && p.to.is_none_or(|to| to >= p.from && to.day() == 1));
        }
        for pair in whole.windows(2) {
            let [a, b] = pair else { unreachable!() };
            prop_assert!(a.to.is_some_and(|to| to < b.from));
            prop_assert!(a.amount != b.amount || a.to.is_some_and(|to| to.saturating_add(jiff::Span::new().months(1)) < b.from));
        }
        let month = case.as_of.saturating_add(jiff::Span::new().months(months_on));
        let in_whole = whole.iter().find(|p| p.from <= month && p.to.is_none_or(|to| month <= to)).map_or(0, |p| p.amount);
        case.as_of = month;
        prop_assert_eq!(case.amount(), in_whole, "{} {}", born, month);
    }
}
