//! What a change of a unit changed, as a JSON Patch (RFC 6902).

use clients::enhetsregister::Endring;
use serde_json::Value;

/// The steps from one answer to a look-up to the next. Links are no data; a list is replaced whole.
pub fn forskjell(foer: &str, etter: &str) -> Vec<Endring> {
    let mut steps = Vec::new();
    if let (Ok(foer), Ok(etter)) = (serde_json::from_str(foer), serde_json::from_str(etter)) {
        sammenlign("", &foer, &etter, &mut steps);
    }
    steps
}

fn sammenlign(path: &str, foer: &Value, etter: &Value, steps: &mut Vec<Endring>) {
    let step = |op: &str, path: &str, value: Option<&Value>| Endring {
        op: op.to_owned(),
        path: path.to_owned(),
        value: value.cloned(),
    };
    match (foer, etter) {
        (Value::Object(old), Value::Object(new)) => {
            let child = |name: &str| format!("{path}/{}", name.replace('~', "~0").replace('/', "~1"));
            for (name, value) in old.iter().filter(|(name, _)| *name != "_links") {
                match new.get(name) {
                    Some(now) => sammenlign(&child(name), value, now, steps),
                    None => steps.push(step("remove", &child(name), None)),
                }
            }
            for (name, value) in new.iter().filter(|(name, _)| *name != "_links") {
                if !old.contains_key(name) {
                    steps.push(step("add", &child(name), Some(value)));
                }
            }
        }
        _ if foer != etter => steps.push(step("replace", path, Some(etter))),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_patch_names_what_changed_and_nothing_else() {
        let old = json!({ "navn": "A", "adresse": { "linjer": ["x"], "nr": "1" }, "borte": true, "_links": { "a": 1 } });
        let new = json!({ "navn": "A", "adresse": { "linjer": ["x", "y"], "nr": "1" }, "a/b": 1, "_links": { "a": 2 } });
        let steps = serde_json::to_value(forskjell(&old.to_string(), &new.to_string())).unwrap_or_default();
        let expected = json!([
            { "op": "replace", "path": "/adresse/linjer", "value": ["x", "y"] },
            { "op": "remove", "path": "/borte" },
            { "op": "add", "path": "/a~1b", "value": 1 },
        ]);
        assert_eq!(steps, expected);
        assert!(forskjell(&old.to_string(), &old.to_string()).is_empty());
    }
}
