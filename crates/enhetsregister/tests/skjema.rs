//! Each kind of answer against the schemas that the register publishes, where they are at hand (`../shared`).
#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

mod common;

use std::path::PathBuf;

use common::*;
use http::StatusCode;
use serde_json::{Value, json};

fn schema(name: &str) -> Option<Value> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/standards/registers/enhetsregisteret/schemas");
    serde_json::from_slice(&std::fs::read(folder.join(format!("{name}.schema.json"))).ok()?).ok()
}

/// What is wrong with a value, by the keywords that these schemas use; and members that they do not know.
fn check(root: &Value, schema: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
    if let Some(name) = schema["$ref"].as_str() {
        let target = root.pointer(name.trim_start_matches('#')).unwrap();
        return check(root, target, value, at, wrong);
    }
    if let Some(any) = schema["anyOf"].as_array() {
        let tried = any.iter().map(|one| {
            let mut wrong = Vec::new();
            check(root, one, value, at, &mut wrong);
            wrong
        });
        wrong.extend(tried.min_by_key(Vec::len).unwrap());
        return;
    }
    let fits = match schema["type"].as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("number" | "integer") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("null") => value.is_null(),
        _ => true,
    };
    if !fits || schema.get("const").is_some_and(|only| only != value) {
        wrong.push(format!("{at}: {value} is not {}", schema["type"]));
        return;
    }
    if let Some(members) = value.as_object() {
        for name in schema["required"].as_array().into_iter().flatten() {
            if !members.contains_key(name.as_str().unwrap()) {
                wrong.push(format!("{at}: {name} is missing"));
            }
        }
        for (name, member) in members {
            match schema["properties"].get(name) {
                Some(schema) => check(root, schema, member, &format!("{at}/{name}"), wrong),
                // Seen in the real register's answers, but not in its schemas; and our lists of roles are pages as all lists are.
                None if matches!(name.as_str(), "avregistrert" | "erIKonsern" | "kapital" | "page") => {}
                None => wrong.push(format!("{at}: {name} is not in the schema")),
            }
        }
    }
    for item in value.as_array().into_iter().flatten() {
        check(root, &schema["items"], item, &format!("{at}/-"), wrong);
    }
}

#[tokio::test]
async fn answers_are_as_published() {
    let f = empty().await;
    let mut fjell = fjell();
    fjell["enhet"]["kapital"] = json!({ "belop": 30000, "antallAksjer": 100, "type": "Aksjekapital", "valuta": "NOK", "innfortDato": "2020-01-01" });
    fjell["enhet"]["vedtektsfestetFormaal"] = json!(["Bygge"]);
    fjell["enhet"]["historiskeNavn"] =
        json!([{ "navn": "X", "fraDato": "1995-02-22 22:56:00", "tilDato": "1996-05-22 19:00:08" }]);
    fjell["underenheter"][0]["nedleggelsesdato"] = json!("2024-01-01");
    let mut units = all();
    units[0] = fjell;
    assert_eq!(f.load(&units).await.0, StatusCode::OK);
    let cases = [
        ("root", String::new()),
        ("enhet", format!("/enheter/{}", nr(0))),
        ("slettet-enhet", format!("/enheter/{}", nr(6))),
        ("slettet-underenhet", format!("/underenheter/{}", nr(7))),
        ("enhet-410", format!("/enheter/{}", nr(8))),
        ("underenhet", format!("/underenheter/{}", nr(1))),
        ("enheter-page", "/enheter?size=2&page=1".to_owned()),
        ("enheter-page", "/enheter?navn=ukjent".to_owned()),
        ("underenheter-page", "/underenheter?size=1".to_owned()),
        ("roller", format!("/enheter/{}/roller", nr(0))),
        ("oppdateringer-enheter-page", "/oppdateringer/enheter?size=3".to_owned()),
        ("oppdateringer-underenheter-page", "/oppdateringer/underenheter?size=3".to_owned()),
        ("oppdateringer-roller", "/oppdateringer/roller".to_owned()),
        ("organisasjonsformer", "/organisasjonsformer".to_owned()),
        ("organisasjonsform", "/organisasjonsformer/AS".to_owned()),
        ("rolletyper", "/roller/rolletyper".to_owned()),
        ("rollegruppetyper", "/roller/rollegruppetyper".to_owned()),
        ("kommuner-page", "/kommuner".to_owned()),
        ("kommune", "/kommuner/4601".to_owned()),
        ("error-400", "/enheter?konkurs=ja".to_owned()),
    ];
    for (name, path) in cases {
        let Some(schema) = schema(name) else {
            eprintln!("skipped: the schema {name} is not here");
            continue;
        };
        let (_, answer) = f.get(&path).await;
        let mut wrong = Vec::new();
        check(&schema, &schema, &answer, "", &mut wrong);
        assert!(wrong.is_empty(), "{path} by {name}: {wrong:#?}");
    }
}
