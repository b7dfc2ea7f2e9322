//! What is no model is refused with the element's id.

use super::{RECEIVE, USER, boundary_error, compile, model, model_with, task, timer};
use crate::Definition;

fn refusal(xml: &str) -> String {
    Definition::parse("prøve.bpmn", xml, &compile).unwrap_err().to_string()
}

#[test]
fn a_model_is_read_with_its_names_attributes_and_version() {
    let xml = model(
        r#"<serviceTask id="a" name="Hent" implementation="urn:felles:hent" felles:etat="nav"><documentation>Om den.</documentation>
        </serviceTask><textAnnotation id="note"/>"#,
        &[("start", "a"), ("a", "slutt")],
    );
    let definition = Definition::parse("prøve.bpmn", &xml, &compile).unwrap();
    assert_eq!(
        (definition.id.as_str(), definition.name.as_str(), definition.version.len()),
        ("p", "Prøve", 12)
    );
    let element = definition.element("a").unwrap();
    assert_eq!((element.name.as_str(), element.attributes["etat"].as_str()), ("Hent", "nav"));
    assert_eq!(definition.handlers().map(|(_, handler)| handler).collect::<Vec<_>>(), ["hent"]);
    let changed = Definition::parse("prøve.bpmn", &xml.replace("Om den", "Mer om den"), &compile).unwrap();
    assert_ne!(definition.version, changed.version);
}

#[test]
fn what_the_engine_cannot_run_is_refused_and_named() {
    let two = [("start", "a"), ("a", "slutt")];
    let cases = [
        (model("", &[("start", "slutt"), ("start", "slutt")]), "start: has 2 ways out"),
        (model(r#"<scriptTask id="a"/>"#, &two), "a: <scriptTask> is not supported"),
        (model(r#"<serviceTask id="a"/>"#, &two), "a: needs implementation=\"urn:felles:…\""),
        (model(r#"<receiveTask id="a" messageRef="m9"/>"#, &two), "a: there is no message m9"),
        (model(&task("a", "x"), &[("start", "slutt"), ("a", "slutt")]), "a: cannot be reached"),
        (model(&task("a", "x"), &[("start", "b")]), "f0: targetRef b is no element of the process"),
        (model(&(task("a", "x") + &task("a", "x")), &two), "a: the id is used twice"),
        (model(&timer("a", "en uke"), &two), "a: en uke is no ISO 8601 duration"),
        (model(&(task("a", "x") + &boundary_error("b", "a")), &two), "b: has 0 ways out"),
        (
            model(
                &(timer("a", "PT1S") + &boundary_error("b", "a")),
                &[("start", "a"), ("a", "slutt"), ("b", "slutt")],
            ),
            "b: cannot be attached to a",
        ),
        (
            model_with(&task("a", "x"), &[("start", "a", "x = 1"), ("a", "slutt", "")]),
            "f0: only an exclusive gateway's",
        ),
        (
            model_with(
                r#"<exclusiveGateway id="a"/>"#,
                &[("start", "a", ""), ("a", "slutt", ""), ("a", "slutt", "x = 1")],
            ),
            "a: its way out f1 has no condition",
        ),
        (
            model_with(
                r#"<exclusiveGateway id="a" default="f2"/>"#,
                &[("start", "a", ""), ("a", "slutt", "x = ja"), ("a", "slutt", "")],
            ),
            "f1: the expression x = ja",
        ),
        (model(r#"<startEvent id="a"/>"#, &[("start", "slutt"), ("a", "slutt")]), "p: has 2 start events"),
        ("<definitions/>".to_owned(), "definitions>: not a BPMN 2.0 definitions element"),
        ("<definitions".to_owned(), "prøve.bpmn: not XML"),
    ];
    for (xml, wanted) in cases {
        let refused = refusal(&xml);
        assert!(refused.contains(wanted), "{refused}\n  should say\n{wanted}");
    }
}

#[test]
fn every_kind_of_the_subset_is_read() {
    let xml = model(
        &(task("a", "x") + RECEIVE + USER + &timer("t", "P1D") + &boundary_error("b", "a")),
        &[
            ("start", "a"),
            ("a", "venter"),
            ("venter", "oppgave"),
            ("oppgave", "t"),
            ("t", "slutt"),
            ("b", "slutt"),
        ],
    );
    assert_eq!(Definition::parse("prøve.bpmn", &xml, &compile).unwrap().elements.len(), 7);
}
