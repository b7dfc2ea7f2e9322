//! The engine on small models: hit policies, three values, sources, modes, functions, and what a model is refused for.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::redundant_closure_for_method_calls,
    clippy::unwrap_used,
    clippy::format_collect,
    reason = "helpers of tests, called with more than one lifetime"
)]

use jiff::{Timestamp, civil::Date};
use rules::{Fact, FactError, Facts, LoadError, Outcome, RuleSet, Source, Value};

const PARAMETERS: &str = r#"
[[parameter]]
key = "grense"
name = "Grense"
unit = "kr"
[[parameter.value]]
valid_from = "2020-01-01"
valid_to = "2027-01-01"
value = "100"
decided_at = "2019-12-01"
source = "test"
"#;

/// A model with the inputs `a`, `b` (number), `ja` (boolean), the parameter `grense`, and what a test adds.
fn model(mode: &str, rest: &str) -> String {
    let input = |id: &str, ty: &str, own: &str| {
        format!(
            r#"<inputData id="{id}" name="{id}" felles:faktum="{id}" felles:formaal="Test" {own}><variable name="{id}" typeRef="{ty}"/></inputData>"#
        )
    };
    format!(
        r#"<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" xmlns:felles="urn:felles:dmn:1" id="m" name="M" namespace="urn:m"
 felles:versjon="1.0" felles:lov="LOV-2000-01-01-1" felles:gyldigFra="2020-01-01" felles:gyldigTil="2030-01-01" felles:automatisering="{mode}">
{}{}{}{}
<inputData id="grense" name="grense" felles:parameter="grense"><variable name="grense" typeRef="number"/></inputData>
{rest}
</definitions>"#,
        input("a", "number", ""),
        input("b", "number", ""),
        input("ja", "boolean", r#"felles:ferskhet="P10D""#),
        input("menneske", "boolean", r#"felles:standard="false" felles:rolle="manuell_kontroll""#),
    )
}

fn decision(id: &str, ty: &str, own: &str, needs: &[&str], logic: &str) -> String {
    let is_input = |n: &str| ["a", "b", "ja", "menneske", "grense"].contains(&n);
    let requirements: String = needs
        .iter()
        .map(|n| {
            let tag = if is_input(n) { "requiredInput" } else { "requiredDecision" };
            format!(r##"<informationRequirement><{tag} href="#{n}"/></informationRequirement>"##)
        })
        .collect();
    format!(
        r#"<decision id="{id}" name="{id}" {own}><variable name="{id}" typeRef="{ty}"/>{requirements}{logic}</decision>"#
    )
}

fn literal(text: &str) -> String {
    format!("<literalExpression><text>{text}</text></literalExpression>")
}

const UTFALL: &str = r#"felles:rolle="utfall""#;

/// The outcome of `"innvilget"` when a FEEL condition holds, `"avslag"` when it does not.
fn by(mode: &str, condition: &str, needs: &[&str]) -> RuleSet {
    let text = literal(&format!("if {condition} then \"innvilget\" else \"avslag\""));
    load(&model(mode, &decision("u", "string", UTFALL, needs, &text)))
}

fn load(dmn: &str) -> RuleSet {
    RuleSet::load(dmn, PARAMETERS).unwrap_or_else(|e| panic!("{e}\n{dmn}"))
}

fn refused(dmn: &str) -> LoadError {
    RuleSet::load(dmn, PARAMETERS).expect_err(dmn)
}

fn register(name: &str, hour: u8) -> Source {
    Source::Register { register: name.to_owned(), reference: "r".to_owned(), fetched_at: now(hour) }
}

fn now(hour: u8) -> Timestamp {
    format!("2026-01-15T{hour:02}:00:00Z").parse().unwrap()
}

fn facts(all: &[(&str, Value)]) -> Facts {
    all.iter().map(|(key, value)| Fact::new(*key, *key, value.clone()).source(register("freg", 1))).collect()
}

fn today() -> Date {
    "2026-01-15".parse().unwrap()
}

fn decide(rules: &RuleSet, facts: &Facts) -> (Outcome, Vec<String>) {
    let d = rules.decide(facts, today(), now(12)).unwrap();
    assert!(d.outcome() != Outcome::TilManuell || !d.reasons().is_empty());
    assert_eq!(d.trace()["utfall"], serde_json::to_value(d.outcome()).unwrap());
    (d.outcome(), d.reasons().iter().map(|r| r.code.clone()).collect())
}

fn outcome(rules: &RuleSet, all: &[(&str, Value)]) -> Outcome {
    decide(rules, &facts(all)).0
}

// --- three values ---

#[test]
fn a_missing_fact_is_not_false() {
    let rules = by("A", "a > 1", &["a"]);
    assert_eq!(outcome(&rules, &[("a", 2.into())]), Outcome::Innvilget);
    assert_eq!(outcome(&rules, &[("a", 1.into())]), Outcome::Avslag);
    assert_eq!(outcome(&rules, &[]), Outcome::Mangler);
    let none = Facts::new();
    let d = rules.decide(&none, today(), now(12)).unwrap();
    assert_eq!(d.missing().iter().map(|m| &*m.key).collect::<Vec<_>>(), ["a"]);
    assert_eq!(d.short(), "Saken kan ikke avgjøres ennå, fordi vi mangler a.");
}

#[test]
fn a_missing_fact_that_changes_nothing_is_not_asked_for() {
    let rules = by("A", "a > 1 and b > 1", &["a", "b"]);
    assert_eq!(outcome(&rules, &[("a", 0.into())]), Outcome::Avslag);
    assert_eq!(outcome(&rules, &[("a", 5.into())]), Outcome::Mangler);
    let rules = by("A", "a > 1 or b > 1", &["a", "b"]);
    assert_eq!(outcome(&rules, &[("b", 5.into())]), Outcome::Innvilget);
    assert_eq!(outcome(&rules, &[("b", 0.into())]), Outcome::Mangler);
}

#[test]
fn null_is_known_to_be_nothing() {
    let rules = by("A", "a = null", &["a"]);
    assert_eq!(outcome(&rules, &[("a", Value::Null)]), Outcome::Innvilget);
    assert_eq!(outcome(&rules, &[("a", 3.into())]), Outcome::Avslag);
    assert_eq!(outcome(&rules, &[]), Outcome::Mangler);
}

#[test]
fn a_parameter_that_is_not_in_force_or_not_yet_known_has_no_value() {
    let rules = by("A", "grense = null", &["grense"]);
    let at = |as_of: &str, known: &str| {
        let none = Facts::new();
        rules.decide(&none, as_of.parse().unwrap(), known.parse().unwrap()).unwrap().outcome()
    };
    assert_eq!(at("2026-12-31", "2026-01-01T00:00:00Z"), Outcome::Avslag);
    assert_eq!(at("2027-01-01", "2026-01-01T00:00:00Z"), Outcome::Innvilget);
    assert_eq!(at("2020-01-01", "2019-12-01T00:00:00Z"), Outcome::Avslag);
    assert_eq!(at("2020-01-01", "2019-11-30T23:59:59Z"), Outcome::Innvilget);
}

// --- hit policies ---

fn table(policy: &str, rows: &[(&str, &str)], ty: &str) -> RuleSet {
    let rules: String = rows
        .iter()
        .enumerate()
        .map(|(i, (test, gives))| {
            format!(
                r#"<rule id="r{i}"><inputEntry><text>{test}</text></inputEntry><outputEntry><text>{gives}</text></outputEntry></rule>"#
            )
        })
        .collect();
    let logic = format!(
        r#"<decisionTable {policy}><input label="a"><inputExpression typeRef="number"><text>a</text></inputExpression></input>
<output name="o"><outputValues><text>"høy", "middels", "lav"</text></outputValues></output>{rules}</decisionTable>"#
    );
    let role = r#"felles:rolle="hjelp""#;
    let parts = decision("t", ty, role, &["a"], &logic)
        + &decision(
            "u",
            "string",
            UTFALL,
            &["t"],
            &literal("if t = null then \"avslag\" else \"innvilget\""),
        );
    load(&model("A", &parts))
}

/// The table's value for an `a`, as the trace tells it.
fn value(rules: &RuleSet, a: impl Into<Value>) -> serde_json::Value {
    let all = facts(&[("a", a.into())]);
    let d = rules.decide(&all, today(), now(12)).unwrap();
    d.trace()["beslutninger"].as_array().unwrap().iter().find(|n| n["id"] == "t").unwrap()["verdi"].clone()
}

#[test]
fn unique_has_one_answer_or_none() {
    let rules =
        table("", &[("&lt; 10", "\"lav\""), ("[10..20)", "\"middels\""), ("&gt;= 15", "\"høy\"")], "string");
    assert_eq!(value(&rules, 9), "lav");
    assert_eq!(value(&rules, 10), "middels");
    assert_eq!(value(&rules, 20), "høy");
    assert!(value(&rules, 15).is_null(), "two rows hold");
}

#[test]
fn first_takes_the_first_row_that_holds() {
    let rules = table(
        r#"hitPolicy="FIRST""#,
        &[("&gt; 10", "\"høy\""), ("&gt; 5", "\"middels\""), ("-", "\"lav\"")],
        "string",
    );
    assert_eq!(
        (value(&rules, 11), value(&rules, 10), value(&rules, 5)),
        ("høy".into(), "middels".into(), "lav".into())
    );
}

#[test]
fn any_accepts_rows_that_agree() {
    let rules = table(
        r#"hitPolicy="ANY""#,
        &[("&gt; 1", "\"høy\""), ("&gt; 2", "\"høy\""), ("&gt; 3", "\"lav\"")],
        "string",
    );
    assert_eq!(value(&rules, 3), "høy");
    assert!(value(&rules, 4).is_null());
}

#[test]
fn priority_takes_the_weightiest_output() {
    let rules = table(
        r#"hitPolicy="PRIORITY""#,
        &[("&gt; 1", "\"lav\""), ("&gt; 2", "\"høy\""), ("&gt; 0", "\"middels\"")],
        "string",
    );
    assert_eq!(
        (value(&rules, 1), value(&rules, 2), value(&rules, 3)),
        ("middels".into(), "middels".into(), "høy".into())
    );
}

#[test]
fn collect_and_rule_order_gather_rows_and_aggregate() {
    let rows = [("&gt; 1", "10"), ("&gt; 2", "5"), ("&gt; 3", "5")];
    for (policy, ty, wanted) in [
        (r#"hitPolicy="RULE ORDER""#, "list", serde_json::json!([10, 5, 5])),
        (r#"hitPolicy="COLLECT""#, "list", serde_json::json!([10, 5, 5])),
        (r#"hitPolicy="COLLECT" aggregation="SUM""#, "number", 20.into()),
        (r#"hitPolicy="COLLECT" aggregation="MIN""#, "number", 5.into()),
        (r#"hitPolicy="COLLECT" aggregation="MAX""#, "number", 10.into()),
        (r#"hitPolicy="COLLECT" aggregation="COUNT""#, "number", 3.into()),
    ] {
        assert_eq!(value(&table(policy, &rows, ty), 4), wanted, "{policy}");
    }
}

#[test]
fn a_row_that_may_hold_leaves_the_answer_open() {
    let rules = table(r#"hitPolicy="FIRST""#, &[("&gt; 10", "\"høy\""), ("-", "\"lav\"")], "string");
    assert_eq!(outcome(&rules, &[]), Outcome::Mangler);
    // Where every row says the same, the fact does not matter.
    let rules = table(r#"hitPolicy="FIRST""#, &[("&gt; 10", "\"lav\""), ("-", "\"lav\"")], "string");
    assert_eq!(outcome(&rules, &[]), Outcome::Innvilget);
}

// --- sources ---

#[test]
fn a_later_word_of_the_same_register_replaces_the_earlier_and_two_registers_that_differ_are_for_a_human() {
    let rules = by("A", "a > 1", &["a"]);
    let case = |all: &[(i32, &str, u8)]| -> (Outcome, Vec<String>) {
        let facts = all
            .iter()
            .enumerate()
            .map(|(i, (v, r, h))| Fact::new(format!("f{i}"), "a", *v).source(register(r, *h)))
            .collect();
        decide(&rules, &facts)
    };
    let conflict = || (Outcome::TilManuell, vec!["MOTSTRIDENDE_OPPLYSNINGER".to_owned()]);
    assert_eq!(case(&[(0, "freg", 1), (5, "freg", 2)]).0, Outcome::Innvilget);
    assert_eq!(case(&[(5, "freg", 2), (0, "freg", 1)]).0, Outcome::Innvilget);
    assert_eq!(case(&[(5, "freg", 1), (0, "skatt", 2)]), conflict());
    assert_eq!(case(&[(5, "freg", 1), (5, "skatt", 2)]).0, Outcome::Innvilget);
    assert_eq!(case(&[(5, "freg", 2), (0, "freg", 2)]), conflict());
    // The register that erred has corrected itself.
    assert_eq!(case(&[(0, "freg", 1), (5, "skatt", 2), (5, "freg", 3)]).0, Outcome::Innvilget);
    // What is not known yet does not count.
    assert_eq!(case(&[(0, "freg", 1), (5, "freg", 13)]).0, Outcome::Avslag);
}

#[test]
fn a_caseworker_comes_before_a_register_and_that_before_the_person() {
    let rules = by("A", "a > 1", &["a"]);
    let person = Fact::new("p", "a", 5).source(Source::Person { at: now(5) });
    let freg = Fact::new("r", "a", 0).source(register("freg", 1));
    let worker = Fact::new("s", "a", 9).source(Source::Caseworker { reason: "Sett".to_owned(), at: now(2) });
    let of = |all: &[&Fact]| decide(&rules, &all.iter().map(|f| (*f).clone()).collect()).0;
    assert_eq!(of(&[&person]), Outcome::Innvilget);
    assert_eq!(of(&[&person, &freg]), Outcome::Avslag);
    assert_eq!(of(&[&freg, &worker, &person]), Outcome::Innvilget);
}

#[test]
fn a_fact_counts_on_the_days_it_holds() {
    let rules = by("A", "a > 1", &["a"]);
    let of = |from: Option<&str>, to: Option<&str>| {
        let day = |d: Option<&str>| d.map(|d| d.parse().unwrap());
        let all =
            std::iter::once(Fact::new("f", "a", 5).source(register("freg", 1)).valid(day(from), day(to)))
                .collect();
        decide(&rules, &all).0
    };
    assert_eq!(of(Some("2026-01-15"), None), Outcome::Innvilget);
    assert_eq!(of(Some("2026-01-16"), None), Outcome::Mangler);
    assert_eq!(of(None, Some("2026-01-16")), Outcome::Innvilget);
    assert_eq!(of(None, Some("2026-01-15")), Outcome::Mangler);
}

#[test]
fn a_fact_older_than_its_limit_is_for_a_human() {
    let rules = by("A", "ja", &["ja"]);
    let of = |fetched: &str| {
        let source = Source::Register {
            register: "freg".to_owned(),
            reference: "r".to_owned(),
            fetched_at: fetched.parse().unwrap(),
        };
        decide(&rules, &std::iter::once(Fact::new("f", "ja", true).source(source)).collect())
    };
    assert_eq!(of("2026-01-05T12:00:00Z").0, Outcome::Innvilget);
    assert_eq!(of("2026-01-05T11:59:59Z"), (Outcome::TilManuell, vec!["FOR_GAMMEL_OPPLYSNING".to_owned()]));
}

#[test]
fn facts_that_do_not_fit_are_refused_without_repeating_them() {
    let rules = by("A", "a > 1", &["a"]);
    let error = |fact: Fact| rules.decide(&std::iter::once(fact).collect(), today(), now(12)).unwrap_err();
    let wrong = error(Fact::new("f", "a", "01017012345"));
    assert_eq!(wrong.to_string(), "fact `f` (a) is a string, not a number");
    assert!(matches!(error(Fact::new("f", "a", 1).subject("barn1")), FactError::Subject { .. }));
    let late: Date = "2030-01-01".parse().unwrap();
    let none = Facts::new();
    let error = rules.decide(&none, late, now(12)).unwrap_err();
    assert_eq!(error.to_string(), "the rule set `m` does not apply on 2030-01-01");
}

// --- who decides ---

#[test]
fn the_mode_says_what_a_machine_may_do() {
    let of = |mode: &str, a: i32| {
        let rules = by(mode, "a > 1", &["a"]);
        let all = facts(&[("a", a.into())]);
        let d = rules.decide(&all, today(), now(12)).unwrap();
        (d.outcome(), d.automatic(), d.proposal())
    };
    use Outcome::{Avslag, Innvilget, TilManuell};
    assert_eq!(of("A", 5), (Innvilget, true, Some(Innvilget)));
    assert_eq!(of("A", 0), (Avslag, true, Some(Avslag)));
    assert_eq!(of("A+", 5), (Innvilget, true, Some(Innvilget)));
    assert_eq!(of("A+", 0), (TilManuell, false, Some(Avslag)));
    // A proposal waits for the person.
    assert_eq!(of("P", 5), (Innvilget, false, Some(Innvilget)));
    assert_eq!(of("H", 5), (TilManuell, false, Some(Innvilget)));
}

#[test]
fn discretion_is_for_a_human() {
    let skjonn = r#"felles:rolle="utfall" felles:skjoenn="true""#;
    let rules = load(&model(
        "A",
        &decision("u", "string", skjonn, &["a"], &literal("if a > 1 then \"innvilget\" else \"avslag\"")),
    ));
    assert_eq!(decide(&rules, &facts(&[("a", 5.into())])), (Outcome::TilManuell, vec!["SKJOENN".to_owned()]));
}

#[test]
fn a_model_that_gives_no_outcome_is_for_a_human() {
    for text in ["\"kanskje\"", "if a > 1 then \"mangler\" else \"innvilget\"", "string(a / 0)"] {
        let rules = load(&model(
            "A",
            &decision(
                "u",
                "string",
                UTFALL,
                if text.contains('a') && text != "\"kanskje\"" { &["a"] } else { &[] },
                &literal(text),
            ),
        ));
        assert_eq!(
            decide(&rules, &facts(&[("a", 5.into())])),
            (Outcome::TilManuell, vec!["REGELSETT_UTEN_SVAR".to_owned()]),
            "{text}"
        );
    }
}

#[test]
fn an_amount_that_is_not_whole_kroner_is_not_paid() {
    let sum = decision("s", "number", r#"felles:rolle="sum""#, &["a"], &literal("a / 2"));
    let rules = load(&model("A", &(sum + &decision("u", "string", UTFALL, &[], &literal("\"innvilget\"")))));
    let of = |a: i32| {
        let all = facts(&[("a", a.into())]);
        let d = rules.decide(&all, today(), now(12)).unwrap();
        (d.outcome(), d.periods().iter().map(|p| (p.from.to_string(), p.to, p.amount)).collect::<Vec<_>>())
    };
    assert_eq!(of(10), (Outcome::Innvilget, vec![("2026-01-01".to_owned(), None, 5)]));
    assert_eq!(of(11), (Outcome::TilManuell, vec![]));
    assert_eq!(of(-10), (Outcome::TilManuell, vec![]));
    assert_eq!(of(0), (Outcome::TilManuell, vec![]));
}

// --- contexts and functions ---

#[test]
fn a_boxed_context_and_functions_work() {
    let bkm = r#"<businessKnowledgeModel id="f" name="det dobbelte"><variable name="det dobbelte" typeRef="number"/>
<encapsulatedLogic><formalParameter name="av tallet" typeRef="number"/><literalExpression><text>av tallet * 2</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>"#;
    let logic = r##"<knowledgeRequirement><requiredKnowledge href="#f"/></knowledgeRequirement><context>
<contextEntry><variable name="to ganger"/><literalExpression><text>det dobbelte(a)</text></literalExpression></contextEntry>
<contextEntry><variable name="fire ganger"/><literalExpression><text>det dobbelte(to ganger)</text></literalExpression></contextEntry>
<contextEntry><literalExpression><text>if fire ganger = 20 then "innvilget" else "avslag"</text></literalExpression></contextEntry></context>"##;
    let rules = load(&model("A", &(bkm.to_owned() + &decision("u", "string", UTFALL, &["a"], logic))));
    assert_eq!(outcome(&rules, &[("a", 5.into())]), Outcome::Innvilget);
    assert_eq!(outcome(&rules, &[("a", 6.into())]), Outcome::Avslag);
    assert_eq!(outcome(&rules, &[]), Outcome::Mangler);
}

// --- what is refused ---

#[test]
fn a_model_that_cannot_be_decided_by_is_refused_with_element_and_line() {
    let ok = |text: &str| decision("u", "string", UTFALL, &["a"], &literal(text));
    let good = "if a > 1 then \"innvilget\" else \"avslag\"";
    let hjelp = r#"felles:rolle="hjelp""#;
    let cases: Vec<(String, &str, &str)> = vec![
        (model("A", &ok("if c > 1 then \"innvilget\" else \"avslag\"")), "decision u", "unknown name `c`"),
        (model("A", &ok("if a > 1 then")), "decision u", "a value was expected"),
        (
            model("A", &ok("if a > \"x\" then \"innvilget\" else \"avslag\"")),
            "decision u",
            "can never be compared",
        ),
        (model("A", &ok("a")), "decision u", "said to be a string, but its logic gives a number"),
        (model("A", &ok("tull(a)")), "decision u", "unknown function `tull`"),
        (model("Z", &ok(good)), "definitions m", "not A, A+, P or H"),
        (model("A", ""), "definitions m", "no decision"),
        (
            model("A", &decision("u", "string", hjelp, &["a"], &literal(good))),
            "definitions m",
            "no decision has `felles:rolle=\"utfall\"`",
        ),
        (model("A", &(ok(good) + &ok(good))), "decision u", "the id `u` is used twice"),
        (
            model("A", &(ok(good) + &decision("u2", "string", UTFALL, &["a"], &literal(good)))),
            "definitions m",
            "`u2` is a second decision with its role",
        ),
        (
            model("A", &decision("u", "string", UTFALL, &["a", "b"], &literal(good))),
            "decision u",
            "`b` is required, but not used",
        ),
        (
            model("A", &decision("u", "string", UTFALL, &["x"], &literal(good))),
            "decision u",
            "`#x` is no input or decision here",
        ),
        (
            model(
                "A",
                &(decision("u", "number", hjelp, &["v"], &literal("v"))
                    + &decision("v", "number", hjelp, &["u"], &literal("u"))),
            ),
            "decision u",
            "in a circle: u, v",
        ),
        (
            model("A", &decision("u", "boolean", r#"felles:rolle="vilkaar""#, &["ja"], &literal("ja"))),
            "decision u",
            "every decision names its law",
        ),
        (
            model(
                "A",
                &decision(
                    "u",
                    "boolean",
                    r#"felles:rolle="vilkaar" felles:paragraf="1""#,
                    &["ja"],
                    &literal("ja"),
                ),
            ),
            "decision u",
            "needs `felles:krav`",
        ),
        (
            model(
                "A",
                &decision(
                    "u",
                    "boolean",
                    r#"felles:rolle="filter" felles:paragraf="1""#,
                    &["ja"],
                    &literal("ja"),
                ),
            ),
            "decision u",
            "needs `felles:kode` and `felles:grunn`",
        ),
        (
            model(
                "A",
                &decision(
                    "u",
                    "string",
                    r#"felles:rolle="utfall" felles:rekkefolge="1""#,
                    &["a"],
                    &literal(good),
                ),
            ),
            "decision u",
            "`felles:rekkefolge` has no meaning",
        ),
        (
            model("A", &decision("u", "string", r#"felles:rolle="kanskje""#, &["a"], &literal(good))),
            "decision u",
            "no role `kanskje`",
        ),
        (model("A", &decision("u", "string", UTFALL, &["a"], "")), "decision u", "it has no logic"),
        (
            model("A", &decision("u", "string", UTFALL, &["a"], "<invocation/>")),
            "decision u",
            "a boxed `invocation` is not taken",
        ),
        (
            model("A", &ok(good)).replace("felles:parameter=\"grense\"", "felles:parameter=\"annen\""),
            "inputData grense",
            "no parameter `annen`",
        ),
        (model("A", &ok(good)).replace("20230324", "20191111"), "definitions m", "DMN 1.5"),
        (
            model("A", &ok(good)).replace("felles:versjon=\"1.0\"", "felles:versjon=\"en\""),
            "definitions m",
            "not major.minor",
        ),
        (model("A", &ok(good)).replace("P10D", "P1M"), "inputData ja", "not days or hours"),
        (
            model("A", &ok(good)).replace("felles:standard=\"false\"", "felles:standard=\"3\""),
            "inputData menneske",
            "is a number, not a boolean",
        ),
        (
            model(
                "A",
                &decision(
                    "u",
                    "string",
                    UTFALL,
                    &["a"],
                    r#"<decisionTable><input><inputExpression><text>a</text></inputExpression></input><output/>
<rule id="r1"><inputEntry><text>1</text></inputEntry></rule></decisionTable>"#,
                ),
            ),
            "rule r1",
            "the rule has 1 input and 0 output cells",
        ),
        (
            model(
                "A",
                &decision(
                    "u",
                    "string",
                    UTFALL,
                    &["a"],
                    r#"<decisionTable><input><inputExpression><text>a</text></inputExpression></input><output/>
<rule id="r1"><inputEntry><text>"x"</text></inputEntry><outputEntry><text>"avslag"</text></outputEntry></rule></decisionTable>"#,
                ),
            ),
            "rule r1",
            "can never be equal",
        ),
    ];
    for (dmn, place, message) in cases {
        let error = refused(&dmn);
        assert!(error.message.contains(message), "wanted {message}: {error}\n{dmn}");
        assert_eq!(error.place, place, "{error}");
        assert!(error.line.is_some_and(|l| l >= 1));
    }
}

#[test]
fn a_shielded_fact_must_not_come_out_in_words() {
    let shield = |d: &str| model("A", d).replace("id=\"a\"", "id=\"a\" felles:skjermet=\"true\"");
    let good = literal("if a > 1 then \"innvilget\" else \"avslag\"");
    assert!(
        refused(&shield(&decision("u", "string", UTFALL, &["a"], &good)))
            .message
            .contains("must be `felles:skjermet`")
    );
    let text = "<extensionElements><felles:funn>Verdien er {a}.</felles:funn></extensionElements>";
    let leaking = decision("u", "string", r#"felles:rolle="utfall" felles:skjermet="true""#, &["a"], &good)
        .replace("<variable name=\"u\"", &format!("{text}<variable name=\"u\""));
    assert!(refused(&shield(&leaking)).message.contains("a text of the decision would show it"));
}

#[test]
fn the_line_of_an_error_is_the_elements_own() {
    let dmn = model(
        "A",
        &format!(
            "\n\n{}",
            decision(
                "u",
                "string",
                UTFALL,
                &["a"],
                "\n<literalExpression>\n<text>a +</text>\n</literalExpression>"
            )
        ),
    );
    let line = dmn.lines().position(|l| l.contains("<literalExpression>")).unwrap() as u32 + 1;
    assert_eq!(refused(&dmn).line, Some(line));
    let broken = RuleSet::load("<definitions>\n<a></b></definitions>", PARAMETERS).unwrap_err();
    assert_eq!(broken.line, Some(2));
}

#[test]
fn parameters_that_contradict_themselves_are_refused() {
    let twice = format!("{PARAMETERS}{PARAMETERS}");
    assert!(RuleSet::load("", &twice).unwrap_err().message.contains("the key comes twice"));
    let ends = PARAMETERS.replace("2027-01-01", "2020-01-01");
    assert!(RuleSet::load("", &ends).unwrap_err().message.contains("ends before it begins"));
    let float = PARAMETERS.replace("\"100\"", "\"hundre\"");
    assert!(RuleSet::load("", &float).unwrap_err().message.contains("`hundre` is no decimal number"));
}
