//! As much of JSON Schema (draft-07) as the published schemas use. A keyword that is not known here fails the test, so
//! that nothing passes unchecked.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// Schemas by `$id`, so that none is fetched from a network.
pub struct Schemas(HashMap<String, Value>);

/// Where the published schemas lie, where they do.
pub fn standards() -> Option<PathBuf> {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/standards");
    let root = std::env::var_os("FELLES_STANDARDS").map_or_else(default, PathBuf::from).join("communication");
    root.join("dpi").is_dir().then_some(root)
}

impl Schemas {
    pub fn read(root: &Path) -> Self {
        let mut all = HashMap::new();
        for folder in ["common", "dpi"] {
            for file in std::fs::read_dir(root.join(folder)).unwrap() {
                let path = file.unwrap().path();
                if path.to_string_lossy().ends_with(".schema.json") {
                    let schema: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
                    all.insert(schema["$id"].as_str().unwrap().to_owned(), schema);
                }
            }
        }
        Self(all)
    }

    /// The places where `value` breaks the schema of document type `kind`.
    pub fn faults(&self, kind: &str, value: &Value) -> Vec<String> {
        let id = format!("https://docs.digdir.no/schemas/dpi/{kind}.schema.json");
        let root = self.0.get(&id).unwrap_or_else(|| panic!("no schema {id}"));
        let mut faults = Vec::new();
        self.check(root, root, value, "$", &mut faults);
        faults
    }

    fn check(&self, root: &Value, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let (document, pointer) = reference.split_once('#').unwrap();
            let root = if document.is_empty() { root } else { &self.0[document] };
            let schema = root.pointer(pointer).unwrap_or_else(|| panic!("no {reference}"));
            return self.check(root, schema, value, at, faults);
        }
        let mut fault = |holds: bool, keyword: &str| {
            if !holds {
                faults.push(format!("{at}: {keyword}"));
            }
        };
        let text = value.as_str();
        let length = text.map(|text| text.chars().count() as u64);
        let mut deeper: Vec<(&Value, &Value, String)> = Vec::new();
        for (keyword, rule) in schema.as_object().unwrap() {
            let limit = rule.as_u64().unwrap_or_default();
            match keyword.as_str() {
                "$id" | "$schema" | "$comment" | "title" | "description" | "examples" | "default"
                | "definitions" => {}
                "type" => fault(has_type(value, rule.as_str().unwrap()), "type"),
                "enum" => fault(rule.as_array().unwrap().contains(value), "enum"),
                "const" => fault(rule == value, "const"),
                "minLength" => fault(length.is_none_or(|length| length >= limit), "minLength"),
                "maxLength" => fault(length.is_none_or(|length| length <= limit), "maxLength"),
                "pattern" => fault(text.is_none_or(|text| matches(rule.as_str().unwrap(), text)), "pattern"),
                "format" => fault(text.is_none_or(|text| formatted(rule.as_str().unwrap(), text)), "format"),
                "minimum" => fault(value.as_i64().is_none_or(|number| number >= limit as i64), "minimum"),
                "maximum" => fault(value.as_i64().is_none_or(|number| number <= limit as i64), "maximum"),
                "minItems" => {
                    fault(value.as_array().is_none_or(|items| items.len() as u64 >= limit), "minItems");
                }
                "maxItems" => {
                    fault(value.as_array().is_none_or(|items| items.len() as u64 <= limit), "maxItems");
                }
                "items" => {
                    let items = value.as_array().into_iter().flatten().enumerate();
                    deeper.extend(items.map(|(n, item)| (rule, item, format!("{at}[{n}]"))));
                }
                "required" => {
                    let names = rule.as_array().unwrap().iter().filter_map(Value::as_str);
                    for name in names {
                        fault(
                            value.as_object().is_none_or(|object| object.contains_key(name)),
                            &format!("required {name}"),
                        );
                    }
                }
                "properties" => {
                    for (name, rule) in rule.as_object().unwrap() {
                        deeper.extend(value.get(name).map(|value| (rule, value, format!("{at}.{name}"))));
                    }
                }
                "additionalProperties" => {
                    assert_eq!(rule, false);
                    let known = schema["properties"].as_object().unwrap();
                    for name in value.as_object().into_iter().flat_map(|object| object.keys()) {
                        fault(known.contains_key(name), &format!("additional {name}"));
                    }
                }
                "oneOf" => {
                    let fits = rule.as_array().unwrap().iter().filter(|rule| {
                        let mut inner = Vec::new();
                        self.check(root, rule, value, at, &mut inner);
                        inner.is_empty()
                    });
                    fault(fits.count() == 1, "oneOf");
                }
                other => panic!("the keyword {other} is not known here"),
            }
        }
        for (schema, value, at) in deeper {
            self.check(root, schema, value, &at, faults);
        }
    }
}

fn has_type(value: &Value, name: &str) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64(),
        other => panic!("the type {other} is not known here"),
    }
}

/// The few patterns of the schemas, by hand.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern {
        "[0-9]{4}:\\w{1,35}" => text.as_bytes().windows(6).any(|window| {
            window[..4].iter().all(u8::is_ascii_digit)
                && window[4] == b':'
                && (window[5].is_ascii_alphanumeric() || window[5] == b'_')
        }),
        "^\\d{4}$" => text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit()),
        "^[a-zA-Z]{2}$" => text.len() == 2 && text.bytes().all(|b| b.is_ascii_alphabetic()),
        "^\\+?[- _0-9]+$" => {
            let rest = text.strip_prefix('+').unwrap_or(text);
            !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit() || b"- _".contains(&b))
        }
        other => panic!("the pattern {other} is not known here"),
    }
}

fn formatted(format: &str, text: &str) -> bool {
    match format {
        "uuid" => uuid::Uuid::parse_str(text).is_ok(),
        "date-time" => text.parse::<jiff::Timestamp>().is_ok(),
        "date" => text.parse::<jiff::civil::Date>().is_ok(),
        "email" => text.contains('@'),
        other => panic!("the format {other} is not known here"),
    }
}
