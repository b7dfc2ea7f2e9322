//! The rights that the engine must protect (rules.md § 14), one test each, on the rule set for child benefit.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::redundant_closure_for_method_calls,
    clippy::unwrap_used,
    reason = "helpers of tests, called with more than one lifetime"
)]

mod common;

use common::{BARNETRYGD, Case, DMN, PARAMETERS, at, day};
use rules::{Fact, Facts, Outcome, RuleSet, Source};

#[test]
fn grounds_carry_law_facts_and_sources_and_are_made_again_to_the_byte() {
    let case = Case::birth("2026-02-14");
    let first = case.decide(|d| {
        let conditions = d.conditions();
        assert_eq!(conditions.len(), 5);
        for c in &conditions {
            assert!(!c.demand.is_empty() && !c.finding.is_empty() && !c.facts.is_empty(), "{c:?}");
            assert!(
                c.law.as_ref().is_some_and(|l| l.url().starts_with("https://lovdata.no/lov/2002-03-08-4/§")),
                "{c:?}"
            );
            assert!(
                c.source.contains("Folkeregisteret, hentet 17. februar 2026")
                    || c.source.contains("regelverket"),
                "{c:?}"
            );
        }
        // Every fact that a condition names is among the decision's facts.
        let facts: Vec<String> = d.facts().into_iter().map(|f| f.id).collect();
        assert!(conditions.iter().flat_map(|c| &c.facts).all(|id| facts.contains(id)));
        d.trace_json()
    });
    // Another engine, the facts kept as JSON: the same trace.
    let kept = serde_json::to_string(&case.facts()).unwrap();
    let facts: Facts = serde_json::from_str(&kept).unwrap();
    let again = RuleSet::load(DMN, PARAMETERS).unwrap();
    assert_eq!(again.decide(&facts, case.as_of, case.known_at).unwrap().trace_json(), first);
    assert!(first.contains("\"utfall\":\"innvilget\"") && first.contains("barnetrygd.ordinaer"));
}

#[test]
fn no_refusal_or_reduction_is_made_by_machine() {
    let mut case = Case::birth("2026-02-14");
    case.set("mor_bosatt", false);
    case.decide(|d| {
        assert_eq!(
            (d.outcome(), d.proposal(), d.automatic()),
            (Outcome::TilManuell, Some(Outcome::Avslag), false)
        );
        assert!(d.periods().is_empty());
        assert_eq!(d.short(), "En saksbehandler skal vurdere saken.");
    });
    // Not even when the model forgets it.
    let careless = DMN.replace("<text>not(\"innvilget\")</text>", "<text>\"ingenting\"</text>").replace(
        "<outputEntry id=\"utfall_rad2_o\">\n          <text>\"innvilget\"</text>",
        "<outputEntry id=\"utfall_rad2_o\">\n          <text>resultat</text>",
    );
    let careless = careless.replace(
        "<text>\"innvilget\"</text>\n        </inputEntry>",
        "<text>-</text>\n        </inputEntry>",
    );
    let rules = RuleSet::load(&careless, PARAMETERS).unwrap();
    assert!(rules.readable().contains("| true | - | resultat |"), "{}", rules.readable());
    let facts = case.facts();
    let decision = rules.decide(&facts, case.as_of, case.known_at).unwrap();
    assert_eq!(decision.outcome(), Outcome::TilManuell);
    assert_eq!(decision.reasons().first().map(|r| r.code.as_str()), Some("AVSLAG_KREVER_MENNESKE"));
}

#[test]
fn the_appeal_deadline_is_the_rule_sets_and_rolls_to_a_working_day() {
    assert_eq!(BARNETRYGD.appeal_weeks(), Some(6));
    assert_eq!(BARNETRYGD.appeal_deadline(day("2026-11-14")), Some(day("2026-12-28")));
}

#[test]
fn a_corrected_fact_gives_a_new_decision_and_the_old_one_stands_as_it_was_known() {
    let mut case = Case::birth("2026-02-14");
    let before = case.decide(|d| d.trace_json());
    let later = at("2026-03-05T10:00:00Z");
    let corrected =
        Source::Register { register: "freg".to_owned(), reference: "dok-2".to_owned(), fetched_at: later };
    case.facts
        .push(Fact::new("rettet", "barn_foedselsdato", "2026-01-31").subject("barn1").source(corrected));
    // With what was known then: the same to the byte.
    assert_eq!(case.decide(|d| d.trace_json()), before);
    let known = case.known_at;
    case.known_at = later;
    case.as_of("2026-02-01").decide(|d| {
        assert_eq!(d.periods().first().unwrap().from, day("2026-02-01"));
        assert!(d.facts().iter().any(|f| f.id == "rettet"));
    });
    case.known_at = known;
    case.as_of("2026-03-01");
    assert_eq!(case.decide(|d| d.trace_json()), before);
}

#[test]
fn a_caseworkers_finding_counts_before_the_register_and_needs_a_reason() {
    let mut case = Case::birth("2026-02-14");
    case.set_of("barn1", "barn_bor_med_mor", false);
    let finding = |reason: &str| {
        let source = Source::Caseworker { reason: reason.to_owned(), at: at("2026-02-16T09:00:00Z") };
        Fact::new("funn", "barn_bor_med_mor", true).subject("barn1").source(source)
    };
    let mut with = case.clone();
    with.facts.push(finding("Flyttemeldingen er bekreftet på telefon."));
    assert_eq!(with.outcome(), Outcome::Innvilget);
    with.decide(|d| {
        let bor = d.conditions().into_iter().find(|c| c.id == "v_bor_med:barn1").unwrap();
        assert!(bor.source.contains("Flyttemeldingen er bekreftet på telefon."), "{}", bor.source);
    });
    case.facts.push(finding("  "));
    let facts = case.facts();
    let error = BARNETRYGD.decide(&facts, case.as_of, case.known_at).unwrap_err();
    assert_eq!(error.to_string(), "fact `funn` (barn_bor_med_mor) is set by a caseworker, but has no reason");
}

#[test]
fn a_request_for_a_human_is_always_met() {
    let mut case = Case::birth("2026-02-14");
    let asked = Source::Person { at: case.known_at };
    case.facts.push(Fact::new("ønske", "manuell_kontroll", true).source(asked));
    assert_eq!((case.outcome(), case.codes()), (Outcome::TilManuell, vec!["MANUELL_KONTROLL".to_owned()]));
    // A rule set that decides alone and has no room for the request is not loaded.
    let without = DMN.replace(" felles:rolle=\"manuell_kontroll\"", "");
    let error = RuleSet::load(&without, PARAMETERS).unwrap_err();
    assert!(error.message.contains("manuell_kontroll"), "{error}");
}

#[test]
fn a_guardian_or_a_party_under_age_is_for_a_human() {
    let mut case = Case::birth("2026-02-14");
    assert_eq!(case.set("mor_har_verge", true).codes(), ["MOR_HAR_VERGE"]);
    assert_eq!(
        case.set("mor_har_verge", false).set("mor_foedselsdato", "2010-01-01").codes(),
        ["MOR_UNDER_18"]
    );
}

#[test]
fn address_protection_leaves_no_mark_in_trace_or_text() {
    let mut open = Case::birth("2026-02-14");
    let mut hidden = open.clone();
    hidden.set("adresse_beskyttet", true);
    open.set("adresse_beskyttet", false);
    hidden.decide(|d| {
        // The caseworker gets the reason; the trace does not say it.
        assert_eq!(
            d.reasons().iter().map(|r| (r.code.as_str(), r.shielded)).collect::<Vec<_>>(),
            [("ADRESSEBESKYTTELSE", true)]
        );
        let trace = d.trace_json();
        assert!(!trace.contains("ADRESSEBESKYTTELSE") && !trace.contains("Et brev kan røpe"), "{trace}");
        let fact = d.facts().into_iter().find(|f| f.key == "adresse_beskyttet").unwrap();
        assert_eq!(fact.text, "skjermet");
        let filter = d.filters().into_iter().find(|c| c.id == "f_adresse").unwrap();
        assert_eq!((filter.finding.as_str(), filter.result), ("skjermet", rules::Assessment::IkkeVurdert));
    });
    let node = |case: &Case, id: &str| {
        case.decide(|d| {
            d.trace()["beslutninger"].as_array().unwrap().iter().find(|n| n["id"] == id).unwrap().clone()
        })
    };
    assert_eq!(node(&open, "f_adresse"), node(&hidden, "f_adresse"));
}

#[test]
fn a_prohibited_fact_cannot_be_an_input() {
    for (key, word) in [
        ("mor_religion", "religion"),
        ("helseopplysning", "helse"),
        ("mor_etnisitet", "etnisk"),
        ("statsborgerskap", "lovkrav"),
    ] {
        let model = DMN.replace("felles:faktum=\"eos_sak\"", &format!("felles:faktum=\"{key}\""));
        let error = RuleSet::load(&model, PARAMETERS).unwrap_err();
        assert!(error.message.contains(word), "{error}");
        assert_eq!(error.place, "inputData eos_sak");
        assert!(error.line.is_some_and(|l| l > 20));
    }
}

#[test]
fn every_fact_has_a_purpose_and_a_rule_that_reads_it() {
    let reads = BARNETRYGD.reads();
    for input in BARNETRYGD.inputs() {
        assert!(!input.purpose.is_empty());
        let read = reads.iter().any(|r| r.facts.contains(&input.key));
        assert!(read || input.key == "manuell_kontroll", "{} is read by no rule", input.key);
    }
    // And what one rule may see is known to the row.
    let row = reads.iter().find(|r| r.decision == "v_bor_med" && r.row == Some(1)).unwrap();
    assert_eq!(row.facts, ["delt_bosted"]);
    // What no rule asks for is not looked at, whatever it is.
    let mut case = Case::birth("2026-02-14");
    let before = case.decide(|d| d.trace_json());
    case.set("noe_helt_annet", 42);
    assert_eq!(case.decide(|d| d.trace_json()), before);
}

#[test]
fn the_trace_says_which_version_and_which_parameters() {
    Case::birth("2026-02-14").decide(|d| {
        let trace = d.trace();
        assert_eq!(trace["regelsett"]["versjon"], BARNETRYGD.version());
        assert_eq!(
            (&trace["as_of"], &trace["known_at"]),
            (&"2026-03-01".into(), &"2026-02-17T08:00:00Z".into())
        );
        let rate = trace["parametre"]
            .as_array()
            .unwrap()
            .iter()
            .find(|p| p["nøkkel"] == "barnetrygd.ordinaer")
            .unwrap();
        assert_eq!((&rate["verdi"], &rate["gyldigFra"]), (&2012.into(), &"2026-02-01".into()));
        assert_eq!(rate["hjemmel"]["tekst"], "barnetrygdloven § 10");
        assert_eq!(trace["perioder"][0]["beloep"], 2012);
        // Each rule in it that is the law's names where in the law.
        for node in trace["beslutninger"].as_array().unwrap().iter().filter(|n| n["rolle"] == "vilkaar") {
            assert!(node["hjemmel"]["lenke"].as_str().unwrap().starts_with("https://lovdata.no/"));
            assert!(!node["byggerPå"].as_array().unwrap().is_empty());
        }
    });
}

#[test]
fn a_parameter_decided_later_changes_nothing_that_was_decided_before() {
    let later = PARAMETERS.replace(
        "[[parameter.value]]\nvalid_from = \"2026-02-01\"\nvalue = \"2012\"",
        "[[parameter.value]]\nvalid_from = \"2026-02-01\"\nvalue = \"2100\"\ndecided_at = \"2026-05-20\"\nsource = \"omgjort\"\n\
         [[parameter.value]]\nvalid_from = \"2026-02-01\"\nvalue = \"2012\"",
    );
    let changed = RuleSet::load(DMN, &later).unwrap();
    let mut case = Case::birth("2026-02-14");
    let before = case.decide(|d| d.trace_json());
    let facts = case.facts();
    assert_eq!(changed.decide(&facts, case.as_of, case.known_at).unwrap().trace_json(), before);
    // Known later, the new value holds for the same months: the difference is there to be shown.
    case.known("2026-05-20T06:00:00Z");
    let facts = case.facts();
    let amounts = |rules: &RuleSet| {
        rules.decide(&facts, case.as_of, case.known_at).unwrap().periods().first().unwrap().amount
    };
    assert_eq!((amounts(&BARNETRYGD), amounts(&changed)), (2012, 2100));
}

#[test]
fn the_legal_content_is_published_as_text_with_version() {
    let text = BARNETRYGD.readable();
    assert!(text.starts_with("# Barnetrygd, versjon 1.0\n"));
    for part in [
        "barnetrygdloven § 11",
        "Formål: Vilkåret om å være bosatt i riket.",
        "fra 2026-02-01: 2012",
        "MOR_HAR_VERGE",
        "Klagefrist: 6 uker.",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    // Every decision and every parameter is in it.
    assert_eq!(text.matches("\n### ").count(), 34 + 1 + 10);
}

#[test]
fn an_uncertain_parameter_is_marked_where_it_is_used() {
    Case::birth("2026-02-14").decide(|d| {
        let trace = d.trace();
        let marked: Vec<&str> = trace["parametre"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|p| p["usikker"].is_string())
            .map(|p| p["nøkkel"].as_str().unwrap())
            .collect();
        assert_eq!(marked, ["barnetrygd.dager_i_samme_foedsel", "barnetrygd.maaneder_tilbake"]);
    });
}
