//! FEEL by itself: values, names, three values, types, and that nothing that is written or given can make it panic.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::redundant_closure_for_method_calls,
    clippy::unwrap_used,
    reason = "helpers of tests, called with more than one lifetime"
)]

use proptest::prelude::*;
use rules::{Expression, MissingFact, Scope, Type, Value};

fn scope() -> Scope {
    Scope::new()
        .with("x", Type::Number)
        .with("sats for barnet", Type::Number)
        .with("sats", Type::Number)
        .with("født", Type::Date)
        .with("ja", Type::Boolean)
        .with("liste", Type::List(Box::new(Type::Number)))
        .with("noe", Type::Any)
}

fn values() -> Vec<Value> {
    vec![
        5.into(),
        7.into(),
        3.into(),
        Value::Date("2026-02-14".parse().unwrap()),
        true.into(),
        vec![1, 2, 3].into(),
        Value::Null,
    ]
}

fn eval(text: &str) -> Value {
    Expression::compile(text, &scope()).unwrap_or_else(|e| panic!("{text}: {e}")).eval(&values())
}

fn shown(text: &str) -> String {
    eval(text).to_string()
}

fn error(text: &str) -> String {
    Expression::compile(text, &scope()).expect_err(text).to_string()
}

#[test]
fn numbers_are_decimals() {
    for (text, wanted) in [
        ("0.1 + 0.2", "0.3"),
        ("1 / 3 * 3", "0.9999999999999999999999999999"),
        ("2 ** 10", "1024"),
        ("-x ** 2", "25"),
        ("7 - 2 - 1", "4"),
        ("2 + 3 * 4", "14"),
        ("x / 0", "null"),
        ("round half up(1006.5, 0)", "1007"),
        ("round half up(-1006.5, 0)", "-1007"),
        ("round half down(2.5, 0)", "2"),
        ("round half even(2.5)", "2"),
        ("decimal(1/3, 2)", "0.33"),
        ("floor(-1.5)", "-2"),
        ("ceiling(-1.5)", "-1"),
        ("modulo(-10, 3)", "2"),
        ("modulo(10, 0)", "null"),
        ("79228162514264337593543950335 + 1", "null"),
        ("abs(-3)", "3"),
    ] {
        assert_eq!(shown(text), wanted, "{text}");
    }
}

#[test]
fn names_may_have_spaces_and_the_longest_counts() {
    assert_eq!(shown("sats for barnet + sats"), "10");
    assert_eq!(shown("for sats in [1, 2] return sats * 2"), "[2, 4]");
    assert!(error("sats for mor").contains("was expected"), "{}", error("sats for mor"));
}

#[test]
fn dates_and_durations() {
    for (text, wanted) in [
        ("født + @\"P18Y\"", "2044-02-14"),
        ("date(\"2024-02-29\") + @\"P18Y\"", "2042-02-28"),
        ("date(\"2026-01-31\") + @\"P1M\"", "2026-02-28"),
        ("date(\"2026-03-01\") - @\"P1D\"", "2026-02-28"),
        ("date(født.year, født.month, 1) + @\"P1M\"", "2026-03-01"),
        ("født - date(\"2026-02-01\")", "P13D"),
        ("years and months duration(født, date(\"2027-03-13\"))", "P1Y"),
        ("@\"P1Y\" * 18 = @\"P18Y\"", "true"),
        ("date(2026, 2, 30)", "null"),
        ("date(\"9999-12-31\") + @\"P1D\"", "null"),
        ("født.weekday", "6"),
        ("@\"P1Y6M\".months", "6"),
        ("født in [date(\"2026-02-01\")..date(\"2026-02-14\")]", "true"),
        ("født in [date(\"2026-02-01\")..date(\"2026-02-14\"))", "false"),
    ] {
        assert_eq!(shown(text), wanted, "{text}");
    }
}

#[test]
fn conditions_lists_and_contexts() {
    for (text, wanted) in [
        ("if ja then 1 else 2", "1"),
        ("if null then 1 else 2", "2"),
        ("x between 5 and 7", "true"),
        ("x in (1, 2, [5..6])", "true"),
        ("x in (< 5, > 5)", "false"),
        ("some t in liste satisfies t > 2", "true"),
        ("every t in liste satisfies t > 2", "false"),
        ("every t in [] satisfies t > 2", "true"),
        ("for i in 1..3 return i * i", "[1, 4, 9]"),
        ("liste[item > 1]", "[2, 3]"),
        ("liste[1] + liste[-1]", "4"),
        ("liste[9]", "null"),
        ("sum(liste)", "6"),
        ("sum([])", "null"),
        ("count(liste)", "3"),
        ("min(liste) + max(1, 2)", "3"),
        ("list contains(liste, 2)", "true"),
        ("{a: 1, b: a + 1}.b", "2"),
        ("[{a: 1}, {a: 2}][a > 1].a", "[2]"),
        ("\"a\" + \"b\"", "ab"),
        ("starts with(\"5601\", \"56\")", "true"),
        ("noe = null", "true"),
        ("is defined(noe)", "false"),
        ("not(ja)", "false"),
        ("null and false", "false"),
        ("null and true", "null"),
        ("all([true, null])", "null"),
        ("any([true, null])", "true"),
        ("x = \"5\" or true", ""),
    ] {
        if wanted.is_empty() {
            assert!(error(text).contains("can never be compared"));
        } else {
            assert_eq!(shown(text), wanted, "{text}");
        }
    }
}

fn missing(key: &str) -> Value {
    Value::missing(MissingFact { key: key.into(), name: key.into(), subject: None })
}

#[test]
fn what_is_missing_spreads_only_where_it_matters() {
    let with = |text: &str, x: Value| {
        let mut values = values();
        values[0] = x;
        Expression::compile(text, &scope()).unwrap().eval(&values).to_string()
    };
    for (text, wanted) in [
        ("x + 1", "mangler(k)"),
        ("x > 1 or ja", "true"),
        ("x > 1 and not(ja)", "false"),
        ("x > 1 and ja", "mangler(k)"),
        ("not(x > 1)", "mangler(k)"),
        ("if x > 1 then 1 else 1", "1"),
        ("if x > 1 then 1 else 2", "mangler(k)"),
        ("sum([1, x])", "mangler(k)"),
        ("count([1, x])", "2"),
        ("[1, x][1]", "1"),
        ("list contains([1, x], 1)", "true"),
        ("list contains([2, x], 1)", "mangler(k)"),
        ("some t in [1, x] satisfies t = 1", "true"),
        ("every t in [1, x] satisfies t = 2", "false"),
        ("every t in [1, x] satisfies t = 1", "mangler(k)"),
        ("x in [1..2]", "mangler(k)"),
        ("x = null", "mangler(k)"),
        ("is defined(x)", "false"),
        ("max([1, x])", "mangler(k)"),
    ] {
        assert_eq!(with(text, missing("k")), wanted, "{text}");
    }
}

#[test]
fn what_can_never_work_is_an_error_with_its_place() {
    for (text, wanted) in [
        ("1 +", "a value was expected"),
        ("(1", "`)` was expected"),
        ("ukjent", "unknown name `ukjent`"),
        ("ja + 1", "does not work on a boolean and a number"),
        ("født < 3", "can never be compared"),
        ("if 3 then 1 else 2", "the condition is a number"),
        ("date(\"2026-02-30\")", "is not a date"),
        ("@\"tull\"", "neither a date nor a duration"),
        ("sum()", "does not take 0 arguments"),
        ("født.time", "has no part `time`"),
        ("\"a", "no closing quote"),
        ("1 $ 2", "has no meaning here"),
        ("? > 1", "only in a test"),
        ("{a: 1, a: 2}", "twice"),
        ("1 2", "the end was expected"),
    ] {
        assert!(error(text).contains(wanted), "{text}: {}", error(text));
    }
    assert!(error("x + ukjent").ends_with("(at character 4)"), "{}", error("x + ukjent"));
    let deep = format!("{}1{}", "(".repeat(10_000), ")".repeat(10_000));
    assert!(error(&deep).contains("nested too deeply"));
}

#[test]
fn a_loop_without_end_gives_up() {
    assert_eq!(shown("count(for i in 1..1000000000, j in 1..1000000000 return 1)"), "null");
}

#[test]
fn values_are_kept_as_they_are() {
    for value in values().into_iter().chain([
        missing("k"),
        Value::Number("1006.5".parse().unwrap()),
        Value::Months(18),
        Value::Days(3600),
        eval("{a: 1, b: [null, \"x\"]}"),
        Value::text_of("2026-02-14"),
    ]) {
        let kept = serde_json::to_string(&value).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&kept).unwrap(), value, "{kept}");
    }
}

/// Texts that look like FEEL more often than chance would.
fn fragments() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("x"),
        Just("sats for barnet"),
        Just("født"),
        Just("ja"),
        Just("liste"),
        Just("noe"),
        Just("null"),
        Just("true"),
        Just("item"),
        Just("?"),
        Just("1"),
        Just("0"),
        Just("-1"),
        Just("1e28"),
        Just("99999999999999999999"),
        Just("\"a\""),
        Just("@\"P1Y\""),
        Just("@\"P999999999999D\""),
        Just("@\"9999-12-31\""),
        Just("+"),
        Just("-"),
        Just("*"),
        Just("/"),
        Just("**"),
        Just("="),
        Just("<"),
        Just(">="),
        Just("and"),
        Just("or"),
        Just("not("),
        Just("("),
        Just(")"),
        Just("["),
        Just("]"),
        Just("{"),
        Just("}"),
        Just(":"),
        Just(","),
        Just(".."),
        Just("."),
        Just("year"),
        Just("if"),
        Just("then"),
        Just("else"),
        Just("for"),
        Just("some"),
        Just("every"),
        Just("in"),
        Just("return"),
        Just("satisfies"),
        Just("between"),
        Just("date("),
        Just("sum("),
        Just("sublist("),
        Just("substring("),
        Just("years and months duration("),
        Just("round half up("),
        Just("sort("),
        Just("string("),
        Just("modulo("),
        Just("decimal("),
        Just("split("),
        Just("index of("),
        Just("flatten("),
        Just("abs("),
        Just("duration("),
        Just("number("),
        Just("get value("),
    ];
    prop::collection::vec(word, 0..14).prop_map(|words| words.join(" "))
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        Just(missing("k")),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        Just(Value::Number(rust_decimal::Decimal::MAX)),
        Just(Value::Number(rust_decimal::Decimal::MIN)),
        "\\PC{0,6}".prop_map(Value::from),
        Just(Value::Date(jiff::civil::Date::MAX)),
        Just(Value::Date(jiff::civil::Date::MIN)),
        any::<i64>().prop_map(Value::Days),
        any::<i64>().prop_map(Value::Months),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| prop::collection::vec(inner, 0..3).prop_map(Value::list))
}

/// Every function and operator, with the holes filled from the scope.
const SHAPES: &[&str] = &[
    "noe + noe",
    "noe - noe",
    "noe * noe",
    "noe / noe",
    "noe ** noe",
    "-noe",
    "noe < noe",
    "noe = noe",
    "noe in [noe..noe]",
    "noe between noe and noe",
    "noe[noe]",
    "noe[item = noe]",
    "noe.year",
    "noe.days",
    "noe.months",
    "noe.weekday",
    "date(noe)",
    "date(noe, x, x)",
    "date(x, x, x)",
    "duration(string(noe))",
    "years and months duration(noe, noe)",
    "number(noe)",
    "string(noe)",
    "not(noe)",
    "substring(string(noe), x, x)",
    "sublist(noe, x, x)",
    "min(noe)",
    "max(noe, noe)",
    "sum(noe)",
    "mean(noe)",
    "all(noe)",
    "any(noe)",
    "sort(noe)",
    "flatten(noe)",
    "distinct values(noe)",
    "decimal(x, x)",
    "floor(x, x)",
    "round half up(x, x)",
    "abs(noe)",
    "modulo(x, x)",
    "odd(x)",
    "for i in x..sats return i",
    "for i in noe return i",
    "some i in noe satisfies i = noe",
    "index of(noe, noe)",
    "if ja then noe else x",
    "concatenate(noe, noe)",
    "append(noe, noe)",
    "x ** x",
    "x / sats",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_the_compiler_panic(text in "\\PC{0,60}") {
        let _ = Expression::compile(&text, &scope());
    }

    #[test]
    fn nothing_that_compiles_panics_whatever_it_is_given(text in fragments(), given in prop::collection::vec(any_value(), 7)) {
        if let Ok(e) = Expression::compile(&text, &scope()) {
            let value = e.eval(&given);
            let _ = (value.to_string(), value.text(), value.to_json(), serde_json::to_string(&value));
            prop_assert_eq!(e.eval(&given), value);
        }
    }

    #[test]
    fn no_operation_panics_on_any_values(shape in prop::sample::select(SHAPES), given in prop::collection::vec(any_value(), 7)) {
        if let Ok(e) = Expression::compile(shape, &scope()) {
            let _ = e.eval(&given).text();
        }
    }

    /// Learning a fact can settle what was open, never turn what was settled.
    #[test]
    fn knowing_more_never_changes_a_settled_answer(a in any::<bool>(), b in any::<bool>(), known in any::<bool>(), shape in 0..6usize) {
        let text = ["p and q", "p or q", "not(p) or q", "if p then q else q", "p and not(q)", "(p or q) and (q or not(p))"][shape];
        let e = Expression::compile(text, &Scope::new().with("p", Type::Boolean).with("q", Type::Boolean)).unwrap();
        let before = e.eval(&[missing("p"), if known { b.into() } else { missing("q") }]);
        let after = e.eval(&[a.into(), b.into()]);
        if !before.is_missing() {
            prop_assert_eq!(before, after);
        }
    }
}
