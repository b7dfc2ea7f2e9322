//! Child benefit: worked examples of the specification (rules.md § 15), each condition met, not met and on the boundary, each filter, each rate.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::redundant_closure_for_method_calls,
    clippy::unwrap_used,
    reason = "helpers of tests, called with more than one lifetime"
)]

mod common;

use common::{BARNETRYGD, Case, dates, day};
use rules::{Assessment, Outcome};

fn result_of(case: &Case, condition: &str) -> Assessment {
    case.decide(|d| {
        let all: Vec<_> = d.conditions().into_iter().chain(d.filters()).collect();
        all.iter()
            .find(|c| c.id == condition)
            .unwrap_or_else(|| panic!("{condition} is not in {all:?}"))
            .result
    })
}

fn shared(born: &str, as_of: &str) -> Case {
    let mut case = Case::birth(born);
    case.as_of(as_of).known(&format!("{as_of}T08:00:00Z"));
    case
}

#[test]
fn an_ordinary_birth_is_granted_by_machine_from_the_month_after_until_the_month_before_eighteen() {
    Case::birth("2026-02-14").decide(|d| {
        assert_eq!(
            (d.outcome(), d.automatic()),
            (Outcome::Innvilget, true),
            "{:?} {:?}",
            d.reasons(),
            d.missing()
        );
        let [period] = d.periods() else { panic!("{:?}", d.periods()) };
        assert_eq!(
            (period.from, period.to, period.amount),
            (day("2026-03-01"), Some(day("2044-01-01")), 2012)
        );
        assert_eq!(d.short(), "Du får 2\u{a0}012\u{a0}kroner i barnetrygd hver måned fra og med mars 2026.");
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
        assert_eq!(
            steps,
            [
                (day("2026-03-01"), Some(day("2037-04-01")), 4024),
                (day("2037-05-01"), Some(day("2044-01-01")), 2012),
            ]
        );
        assert_eq!(d.subjects(), ["barn1", "barn2"]);
    });
}

#[test]
fn example_2_shared_residence_and_single_carer_give_2292() {
    let mut case = shared("2022-01-10", "2026-03-01");
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
    // Six weeks from 13 November is Christmas Day, a Friday; the weekend follows.
    assert_eq!(BARNETRYGD.appeal_deadline(day("2026-11-13")), Some(day("2026-12-28")));
}

#[test]
fn each_rate_applies_from_its_first_day_and_not_the_day_before() {
    // Ordinary rate for a child of seven; a change in the middle of what is granted splits it.
    let steps = [
        ("2023-07-01", 1310),
        ("2023-12-01", 1310),
        ("2024-01-01", 1510),
        ("2024-08-01", 1510),
        ("2024-09-01", 1766),
        ("2025-04-01", 1766),
        ("2025-05-01", 1968),
        ("2026-01-01", 1968),
        ("2026-02-01", 2012),
    ];
    for (month, amount) in steps {
        assert_eq!(shared("2016-03-05", month).amount(), amount, "{month}");
    }
    // The day before a change is in the month before, which the old rate covers whole.
    assert_eq!(shared("2016-03-05", "2026-01-31").amount(), 1968);
}

#[test]
fn a_grant_is_split_where_the_rate_changes() {
    let mut case = Case::birth("2024-06-20");
    case.known("2026-03-01T00:00:00Z");
    case.decide(|d| {
        let steps: Vec<_> = d.periods().iter().map(|p| (p.from.to_string(), p.amount)).collect();
        // The separate rate for those under six was the ordinary one's equal in September 2024: no change is seen there.
        assert_eq!(
            steps,
            [
                ("2024-07-01".to_owned(), 1766),
                ("2025-05-01".to_owned(), 1968),
                ("2026-02-01".to_owned(), 2012),
            ]
        );
        assert_eq!(d.periods().first().unwrap().to, Some(day("2025-04-01")));
        assert_eq!(d.periods().last().unwrap().to, Some(day("2042-05-01")));
    });
    // So far back is not for a machine.
    assert_eq!(case.codes(), ["LANGT_TILBAKE_I_TID"]);
}

#[test]
fn until_august_2024_those_under_six_had_a_rate_of_their_own_until_the_month_before_the_sixth_birthday() {
    assert_eq!(shared("2018-03-31", "2024-02-01").amount(), 1766);
    assert_eq!(shared("2018-03-31", "2024-03-01").amount(), 1510);
    assert_eq!(shared("2022-03-31", "2024-08-01").amount(), 1766);
    assert_eq!(shared("2022-03-31", "2025-05-01").amount(), 1968);
}

#[test]
fn the_supplement_is_for_finnmark_nord_troms_and_svalbard_from_october_2025() {
    let with = |kommune: &str, month: &str| {
        let mut case = shared("2020-05-05", month);
        case.set_of("barn1", "barn_bostedskommune", kommune);
        case.amount()
    };
    assert_eq!(with("5601", "2025-09-01"), 1968);
    assert_eq!(with("5601", "2025-10-01"), 1968 + 500);
    assert_eq!(with("5601", "2026-01-01"), 1968 + 500);
    assert_eq!(with("5601", "2026-02-01"), 2012 + 512);
    // Karlsøy is in the zone, Tromsø is not; the islands are.
    assert_eq!(with("5534", "2026-02-01"), 2012 + 512);
    assert_eq!(with("5501", "2026-02-01"), 2012);
    assert_eq!(with("2100", "2026-02-01"), 2012 + 512);
}

#[test]
fn a_move_into_the_zone_counts_from_the_month_after_it() {
    let mut case = Case::birth("2026-02-14");
    case.without("barn_bostedskommune");
    let fetched = case.fetched();
    let home = |id: &str, kommune: &str| {
        rules::Fact::new(id, "barn_bostedskommune", kommune).subject("barn1").source(fetched.clone())
    };
    let moved = Some(day("2026-05-15"));
    case.facts.push(home("før", "0301").valid(None, moved));
    case.facts.push(home("etter", "5601").valid(moved, None));
    case.decide(|d| {
        let steps: Vec<_> = d.periods().iter().map(|p| (p.from.to_string(), p.amount)).collect();
        assert_eq!(steps, [("2026-03-01".to_owned(), 2012), ("2026-06-01".to_owned(), 2524)]);
        let used: Vec<_> =
            d.facts().into_iter().filter(|f| f.key == "barn_bostedskommune").map(|f| f.id).collect();
        assert_eq!(used, ["før", "etter"]);
    });
}

#[test]
fn shared_residence_halves_each_line_rounded_half_up() {
    let mut case = shared("2020-05-05", "2024-09-01");
    case.set_of("barn1", "delt_bosted", true);
    assert_eq!(case.amount(), 883);
    // Lines are rounded each by itself: 1 006 and 256, not half of 2 524 with an odd krone lost or won.
    let mut case = shared("2020-05-05", "2026-02-01");
    case.set_of("barn1", "delt_bosted", true).set_of("barn1", "barn_bostedskommune", "5601");
    assert_eq!(case.amount(), 1006 + 256);
    // A half krone goes up.
    let odd = common::PARAMETERS.replace("value = \"2012\"", "value = \"2013\"");
    let rules = rules::RuleSet::load(common::DMN, &odd).unwrap();
    let mut case = shared("2020-05-05", "2026-02-01");
    case.set_of("barn1", "delt_bosted", true);
    let facts = case.facts();
    let decision = rules.decide(&facts, case.as_of, case.known_at).unwrap();
    assert_eq!(decision.periods().first().map(|p| p.amount), Some(1007));
}

#[test]
fn extended_benefit_is_whole_when_one_child_is_not_shared() {
    let mut case = shared("2022-01-10", "2026-03-01");
    case.child("barn2", "2020-03-03");
    case.set_of("barn1", "delt_bosted", true).set("mor_enslig_forsoerger", true);
    assert_eq!(case.amount(), 1006 + 2012 + 2572);
    // What already runs is not granted again.
    case.set("utvidet_barnetrygd", true);
    assert_eq!(case.amount(), 1006 + 2012);
}

#[test]
fn the_child_is_under_eighteen_until_the_month_of_the_birthday() {
    for (as_of, wanted) in [
        ("2026-05-31", Assessment::Oppfylt),
        ("2026-06-01", Assessment::IkkeOppfylt),
        ("2026-06-15", Assessment::IkkeOppfylt),
        ("2026-03-01", Assessment::Oppfylt),
        ("2027-06-01", Assessment::IkkeOppfylt),
    ] {
        assert_eq!(result_of(&shared("2008-06-15", as_of), "v_alder:barn1"), wanted, "{as_of}");
    }
    let case = shared("2008-06-15", "2026-05-01");
    case.decide(|d| assert_eq!(d.periods().last().unwrap().to, Some(day("2026-05-01"))));
}

#[test]
fn one_born_on_leap_day_turns_eighteen_in_february() {
    shared("2024-02-29", "2024-09-01").decide(|d| {
        assert_eq!(d.periods().last().unwrap().to, Some(day("2042-01-01")));
    });
    Case::birth("2024-02-29").decide(|d| assert_eq!(d.periods().first().unwrap().from, day("2024-03-01")));
    Case::birth("2025-12-31").decide(|d| assert_eq!(d.periods().first().unwrap().from, day("2026-01-01")));
}

#[test]
fn the_child_must_live_with_the_mother_or_have_shared_residence() {
    let mut case = Case::birth("2026-02-14");
    assert_eq!(result_of(&case, "v_bor_med:barn1"), Assessment::Oppfylt);
    case.set_of("barn1", "barn_bor_med_mor", false);
    assert_eq!(result_of(&case, "v_bor_med:barn1"), Assessment::IkkeOppfylt);
    assert_eq!(case.outcome(), Outcome::TilManuell);
    assert_eq!(case.codes(), ["AVSLAG_KREVER_MENNESKE"]);
    case.set_of("barn1", "delt_bosted", true);
    assert_eq!(result_of(&case, "v_bor_med:barn1"), Assessment::Oppfylt);
    case.without("barn_bor_med_mor").without("delt_bosted");
    assert_eq!(result_of(&case, "v_bor_med:barn1"), Assessment::IkkeVurdert);
}

#[test]
fn mother_and_child_must_be_resident() {
    for (key, condition, child) in
        [("mor_bosatt", "v_mor_bosatt", false), ("barn_bosatt", "v_barn_bosatt:barn1", true)]
    {
        let mut case = Case::birth("2026-02-14");
        let set = |case: &mut Case, value: bool| {
            if child {
                case.set_of("barn1", key, value)
            } else {
                case.set(key, value)
            };
        };
        assert_eq!(result_of(&case, condition), Assessment::Oppfylt);
        set(&mut case, false);
        assert_eq!(result_of(&case, condition), Assessment::IkkeOppfylt);
        assert_eq!(case.decide(|d| d.proposal()), Some(Outcome::Avslag));
        case.without(key);
        assert_eq!(result_of(&case, condition), Assessment::IkkeVurdert);
        assert_eq!(case.outcome(), Outcome::Mangler);
    }
}

#[test]
fn the_child_must_not_be_married() {
    let mut case = shared("2009-02-14", "2026-03-01");
    assert_eq!(result_of(&case, "v_ugift:barn1"), Assessment::Oppfylt);
    case.set_of("barn1", "barn_gift", true);
    assert_eq!(result_of(&case, "v_ugift:barn1"), Assessment::IkkeOppfylt);
}

#[test]
fn the_first_month_waits_for_the_last_condition() {
    // The child moves to Norway in June.
    let mut case = Case::birth("2026-02-14");
    case.known("2026-06-20T00:00:00Z").without("barn_bosatt");
    let source = case.fetched();
    let moved = Some(day("2026-06-10"));
    case.facts
        .push(rules::Fact::new("b", "barn_bosatt", true).subject("barn1").source(source).valid(moved, None));
    case.as_of("2026-06-15").decide(|d| assert_eq!(d.periods().first().unwrap().from, day("2026-07-01")));
}

#[test]
fn a_grant_for_some_of_the_children_is_for_a_human() {
    let mut case = Case::birth("2026-02-14");
    case.child("barn2", "2019-05-02");
    case.set_of("barn2", "barn_bor_med_mor", false);
    case.decide(|d| {
        assert_eq!((d.outcome(), d.proposal()), (Outcome::TilManuell, Some(Outcome::Delvis)));
        assert_eq!(d.periods().first().unwrap().amount, 2012);
        assert!(d.proposal_text().ends_with("men ikke for alle barna."), "{}", d.proposal_text());
    });
    assert_eq!(case.codes(), ["AVSLAG_KREVER_MENNESKE"]);
}

#[test]
fn each_filter_sends_the_case_to_a_human_with_its_code() {
    let filters: [(&str, rules::Value, bool, &str); 11] = [
        ("mor_gyldig_ident", false.into(), false, "MOR_UGYLDIG_IDENT"),
        ("mor_i_live", false.into(), false, "MOR_DOED"),
        ("mor_kjoenn", "mann".into(), false, "MOR_REGISTRERT_SOM_MANN"),
        ("barn_gyldig_ident", false.into(), true, "BARN_UGYLDIG_IDENT"),
        ("barn_i_live", false.into(), true, "BARN_DOED"),
        ("mor_har_verge", true.into(), false, "MOR_HAR_VERGE"),
        ("eos_sak", true.into(), false, "EOS_SAK"),
        ("utbetales_til_annen", true.into(), true, "UTBETALES_TIL_ANNEN"),
        ("utvidet_barnetrygd", true.into(), false, "UTVIDET_BARNETRYGD"),
        ("mor_bostedskommune", rules::Value::Null, false, "ADRESSE_UAVKLART"),
        ("adresse_beskyttet", true.into(), false, "ADRESSEBESKYTTELSE"),
    ];
    for (key, value, child, code) in filters {
        let mut case = Case::birth("2026-02-14");
        if child {
            case.set_of("barn1", key, value)
        } else {
            case.set(key, value)
        };
        assert_eq!(case.codes(), [code]);
        case.decide(|d| {
            assert_eq!(d.outcome(), Outcome::TilManuell, "{key}");
            assert!(!d.automatic());
            assert!(
                d.reasons().iter().all(|r| r.text.ends_with('.') && r.text.len() > 10),
                "{:?}",
                d.reasons()
            );
            // The law's answer is there for the caseworker all the same.
            assert_eq!(d.proposal(), Some(Outcome::Innvilget));
        });
        // And the same fact unknown is neither yes nor no.
        case.without(key);
        assert_eq!(case.outcome(), Outcome::Mangler, "{key}");
        case.decide(|d| assert!(d.missing().iter().any(|m| &*m.key == key), "{:?}", d.missing()));
    }
}

#[test]
fn a_mother_is_of_age_on_her_birthday() {
    let mut case = Case::birth("2026-02-14");
    case.known("2026-02-17T08:00:00Z");
    for (born, codes) in
        [("2008-02-17", vec![]), ("2008-02-18", vec!["MOR_UNDER_18"]), ("2008-02-16", vec![])]
    {
        assert_eq!(case.set("mor_foedselsdato", born).codes(), codes, "{born}");
    }
}

#[test]
fn children_come_together_or_at_least_five_months_apart() {
    let mut case = Case::birth("2026-02-14");
    for (other, ok) in [
        ("2026-02-14", true),
        ("2026-02-08", true),
        ("2026-02-20", true),
        ("2026-02-07", false),
        ("2026-02-21", false),
        ("2025-09-14", true),
        ("2025-09-15", false),
        ("2026-07-14", true),
        ("2026-07-13", false),
    ] {
        case.set("mors_barn_foedselsdatoer", dates(&["2026-02-14", other]));
        let wanted: &[&str] = if ok { &[] } else { &["KORT_TID_MELLOM_BARN"] };
        assert_eq!(case.codes(), wanted, "{other}");
    }
}

#[test]
fn a_machine_grants_at_most_three_months_back() {
    let mut case = Case::birth("2026-02-14");
    assert!(case.known("2026-06-30T12:00:00Z").codes().is_empty());
    assert_eq!(case.known("2026-07-01T12:00:00Z").codes(), ["LANGT_TILBAKE_I_TID"]);
}

#[test]
fn several_reasons_are_all_told() {
    let mut case = Case::birth("2026-02-14");
    case.set("mor_har_verge", true).set("eos_sak", true).set_of("barn1", "barn_bor_med_mor", false);
    assert_eq!(case.codes(), ["MOR_HAR_VERGE", "EOS_SAK", "AVSLAG_KREVER_MENNESKE"]);
}

#[test]
fn the_model_lists_what_it_needs() {
    let keys: Vec<&str> = BARNETRYGD.inputs().map(|i| i.key.as_str()).collect();
    assert_eq!(
        keys,
        [
            "mor_foedselsdato",
            "mor_i_live",
            "mor_gyldig_ident",
            "mor_kjoenn",
            "mor_bosatt",
            "mor_bostedskommune",
            "mor_har_verge",
            "mors_barn_foedselsdatoer",
            "adresse_beskyttet",
            "eos_sak",
            "utvidet_barnetrygd",
            "mor_enslig_forsoerger",
            "manuell_kontroll",
            "barn_foedselsdato",
            "barn_i_live",
            "barn_gyldig_ident",
            "barn_bosatt",
            "barn_bor_med_mor",
            "barn_bostedskommune",
            "barn_gift",
            "delt_bosted",
            "utbetales_til_annen",
        ]
    );
}
