//! Every document is one that the register's published schema allows: no field it does not know, none missing, no code
//! outside its lists.

#![allow(clippy::expect_used, clippy::panic, reason = "in tests a failure is a panic")]

use std::path::PathBuf;

use jiff::civil::{Date, date};
use nation::{Options, generate};
use serde_json::Value;

/// The published schemas: beside the repository, or where the environment says.
fn schema(path: &str) -> Option<Value> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/standards");
    let root = std::env::var_os("FELLES_STANDARDS").map_or(beside, PathBuf::from);
    let Ok(text) = std::fs::read(root.join(path)) else {
        eprintln!("skipped: no {path} beside the repository (FELLES_STANDARDS names another place)");
        return None;
    };
    Some(serde_json::from_slice(&text).expect("the schema is JSON"))
}

/// The part of JSON Schema that the published schemas use.
struct Checker<'a>(&'a Value);

impl Checker<'_> {
    fn check(&self, schema: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
        if let Some(reference) = schema["$ref"].as_str() {
            let target = reference.strip_prefix('#').and_then(|pointer| self.0.pointer(pointer));
            return self.check(
                target.unwrap_or_else(|| panic!("{reference} leads nowhere")),
                value,
                at,
                wrong,
            );
        }
        if let Some(any) = schema["anyOf"].as_array() {
            let mut least: Option<Vec<String>> = None;
            for one in any {
                let mut found = Vec::new();
                self.check(one, value, at, &mut found);
                if least.as_ref().is_none_or(|least| found.len() < least.len()) {
                    least = Some(found);
                }
            }
            wrong.extend(least.unwrap_or_default());
        }
        let kind = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(number) if number.is_i64() || number.is_u64() => "integer",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        if let Some(wanted) = schema["type"].as_str()
            && wanted != kind
            && (wanted, kind) != ("number", "integer")
        {
            wrong.push(format!("{at}: {kind} instead of {wanted}"));
            return;
        }
        if let Some(codes) = schema["enum"].as_array()
            && !codes.contains(value)
        {
            wrong.push(format!("{at}: {value} is none of the codes"));
        }
        let text = value.as_str().unwrap_or_default();
        match schema["format"].as_str() {
            Some("date") if text.len() != 10 || text.parse::<Date>().is_err() => {
                wrong.push(format!("{at}: no date"));
            }
            Some("date-time") if text.parse::<jiff::Timestamp>().is_err() => {
                wrong.push(format!("{at}: no moment"));
            }
            _ => {}
        }
        for (n, item) in value.as_array().into_iter().flatten().enumerate() {
            self.check(&schema["items"], item, &format!("{at}[{n}]"), wrong);
        }
        let Some(object) = value.as_object() else { return };
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !object.contains_key(name) {
                wrong.push(format!("{at}.{name}: missing"));
            }
        }
        for (name, inner) in object {
            match schema["properties"].get(name) {
                Some(schema) => self.check(schema, inner, &format!("{at}.{name}"), wrong),
                None if schema["additionalProperties"] == Value::Bool(false) => {
                    wrong.push(format!("{at}.{name}: unknown"));
                }
                None => {}
            }
        }
    }

    fn faults(&self, value: &Value) -> Vec<String> {
        let mut wrong = Vec::new();
        self.check(self.0, value, "$", &mut wrong);
        wrong
    }
}

fn options(population: u32) -> Options {
    Options { population, seed: 7, date: date(2026, 11, 1) }
}

#[test]
fn person_documents_keep_the_strict_schema() {
    let Some(schema) = schema("registers/folkeregisteret/folkeregisterperson-strict.schema.json") else {
        return;
    };
    let checker = Checker(&schema);
    // The checker itself finds what is wrong.
    let bad = serde_json::json!({"navn": [{"fornavn": "A"}], "status": [{"status": "glad"}], "hund": []});
    assert_eq!(checker.faults(&bad).len(), 3, "{:?}", checker.faults(&bad));

    let nation = generate(&options(6000), &mut |_, _| {});
    for (n, person) in nation.persons().enumerate() {
        let faults = checker.faults(&serde_json::to_value(&person).expect("JSON"));
        assert!(faults.is_empty(), "person {n}: {faults:#?}");
    }
}

#[test]
fn units_keep_the_published_schemas() {
    let names = ["enhet", "underenhet", "roller"]
        .map(|name| format!("registers/enhetsregisteret/schemas/{name}.schema.json"));
    let schemas: Vec<Value> = names.iter().filter_map(|name| schema(name)).collect();
    let [unit, place, roles] = schemas.as_slice() else { return };
    let nation = generate(&options(3000), &mut |_, _| {});
    for registration in nation.businesses() {
        let faults = Checker(unit).faults(&serde_json::to_value(&registration.enhet).expect("JSON"));
        assert!(faults.is_empty(), "{}: {faults:#?}", registration.enhet.organisasjonsnummer);
        for under in &registration.underenheter {
            let faults = Checker(place).faults(&serde_json::to_value(under).expect("JSON"));
            assert!(faults.is_empty(), "{}: {faults:#?}", under.organisasjonsnummer);
        }
        let all = serde_json::json!({"rollegrupper": registration.rollegrupper});
        let faults = Checker(roles).faults(&all);
        assert!(faults.is_empty(), "{}: {faults:#?}", registration.enhet.organisasjonsnummer);
    }
}
