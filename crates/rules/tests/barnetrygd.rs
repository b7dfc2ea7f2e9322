//! Child benefit: worked examples of the specification (rules.md § 15), each condition met, not met and on the boundary, and each filter.

mod common;

use common::{BARNETRYGD, Case, dates, day};
use rules::{Assessment, Outcome};

#[test]
fn an_ordinary_birth_is_granted_by_machine_from_the_month_after_until_the_month_before_eighteen() {
    Case::birth("2026-02-14").decide(|d| {
        assert_eq!((d.outcome(), d.automatic()), (Outcome::Innvilget, true), "{:?} {:?}", d.reasons(), d.missing());
        let [period] = d.periods() else { panic!("{:?}", d.periods()) };
        assert_eq!((period.from, period.to, period.amount), (day("2026-03-01"), Some(day("2044-01-01")), 2012));
        assert_eq!(d.short(), "Du får 2\u{a0}012\u{a0}kroner i barnetrygd hver måned fra og med mars 2026.");
        println!("{}", d.trace_json());
    });
}

#[test]
fn example_1_two_children_are_granted_4024_automatically() {
    let mut case = Case::birth("2026-02-14");
    case.child("barn2", "2019-05-02");
    case.set("mors_barn_foedselsdatoer", dates(&["2026-02-14", "2019-05-02"])).as_of("2026-03-01");
    case.decide(|d| {
        assert_eq!((d.outcome(), d.automatic()), (Outcome::Innvilget, true), "{:?}", d.reasons());
        let steps: Vec<_> = d.periods().iter().map(|p| (p.from, p.to, p.amount)).collect();
        // The older one turns eighteen in May 2037, and the younger in February 2044.
        assert_eq!(steps, [
            (day("2026-03-01"), Some(day("2037-04-01")), 4024),
            (day("2037-05-01"), Some(day("2044-01-01")), 2012),
        ]);
    });
}

#[test]
fn example_2_shared_residence_and_single_carer_give_2292() {
    let mut case = Case::birth("2022-01-10");
    case.as_of("2026-03-01").known("2026-03-02T08:00:00Z");
    case.set_of("barn1", "delt_bosted", true).set("mor_enslig_forsoerger", true);
    case.decide(|d| {
        assert_eq!(d.proposal(), Some(Outcome::Innvilget));
        assert_eq!(d.periods().first().map(|p| p.amount), Some(2292));
        // Extended benefit has facts outside the registers: a human decides.
        assert_eq!(d.outcome(), Outcome::TilManuell);
    });
    assert_eq!(case.codes(), ["UTVIDET_BARNETRYGD"]);
}

#[test]
fn example_12_a_refusal_of_10_november_is_appealed_by_22_december() {
    assert_eq!(BARNETRYGD.appeal_deadline(day("2026-11-10")), Some(day("2026-12-22")));
}
