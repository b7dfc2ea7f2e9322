//! Tokens, without a store: what goes in, where the tokens then stand, what is asked of the world.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{RECEIVE, USER, boundary_error, boundary_timer, compile, model, model_with, task, timer, vars};
use crate::Definition;
use crate::step::{Input, Mover, Stale, State, Status, Step, Wait};

struct Play {
    definition: Definition,
    state: State,
    now: Timestamp,
}

impl Play {
    fn new(xml: &str) -> Self {
        let definition = Definition::parse("prøve.bpmn", xml, &compile).unwrap();
        Self { definition, state: State::default(), now: "2026-03-01T12:00:00Z".parse().unwrap() }
    }

    fn try_to(&mut self, input: Input) -> Result<Step, Stale> {
        let mover =
            Mover { definition: &self.definition, instance: "i", business_key: "sak-1", now: self.now };
        let mut step = Step::default();
        mover.advance(&mut self.state, input, &mut step).map(|()| step)
    }

    fn go(&mut self, input: Input) -> Step {
        self.try_to(input).unwrap()
    }

    fn start(&mut self, value: Value) -> Step {
        self.go(Input::Start(vars(value)))
    }

    fn token(&self, element: &str) -> u32 {
        self.state.tokens.iter().find(|token| token.element == element).unwrap().id
    }

    fn answer(&mut self, element: &str, value: Value) -> Step {
        let token = self.token(element);
        self.go(Input::Answered { token, vars: vars(value) })
    }

    fn fail(&mut self, element: &str, code: &str) -> Step {
        let token = self.token(element);
        self.go(Input::Failed { token, code: code.to_owned(), message: "slik".to_owned() })
    }

    fn timer(&mut self, host: &str, element: &str) -> Step {
        let token = self.token(host);
        self.go(Input::Timer { token, element: element.to_owned() })
    }

    fn places(&self) -> Vec<&str> {
        self.state.tokens.iter().map(|token| token.element.as_str()).collect()
    }
}

fn effects(step: &Step) -> Vec<(&str, u32)> {
    step.effects.iter().map(|effect| (effect.element.as_str(), effect.visit)).collect()
}

#[test]
fn an_effect_is_asked_for_and_its_answer_goes_on() {
    let mut play = Play::new(&model(&task("a", "x"), &[("start", "a"), ("a", "slutt")]));
    let step = play.start(json!({"n": 1, "bort": true}));
    assert_eq!(effects(&step), [("a", 1)]);
    assert_eq!(step.effects[0].handler, "x");
    let token = play.token("a");
    let step = play.answer("a", json!({"n": 2, "bort": null}));
    assert_eq!((play.state.status(), play.state.vars.as_ref()), (Status::Completed, &vars(json!({"n": 2}))));
    assert!(step.ended_waits.is_empty() && step.effects.is_empty());
    assert_eq!(play.try_to(Input::Answered { token, vars: vars(json!({})) }).err(), Some(Stale));
}

#[test]
fn an_exclusive_gateway_takes_the_first_way_that_holds_or_its_default() {
    let xml = model_with(
        &(r#"<exclusiveGateway id="valg" default="f3"/>"#.to_owned()
            + &task("a", "x")
            + &task("b", "x")
            + &task("c", "x")),
        &[
            ("start", "valg", ""),
            ("valg", "a", "n = 1"),
            ("valg", "b", "n = 2"),
            ("valg", "c", ""),
            ("a", "slutt", ""),
            ("b", "slutt", ""),
            ("c", "slutt", ""),
        ],
    );
    for (n, place) in [(1, "a"), (2, "b"), (3, "c")] {
        let mut play = Play::new(&xml);
        play.start(json!({ "n": n }));
        assert_eq!(play.places(), [place]);
    }
}

#[test]
fn a_condition_that_cannot_be_judged_is_an_incident_and_is_judged_again() {
    let xml = model_with(
        r#"<exclusiveGateway id="valg"/>"#,
        &[("start", "valg", ""), ("valg", "slutt", "n = 1"), ("valg", "slutt", "n = 2")],
    );
    let mut play = Play::new(&xml);
    let step = play.start(json!({}));
    let token = play.token("valg");
    assert_eq!(step.incidents, [token]);
    assert!(matches!(&play.state.tokens[0].wait, Wait::Incident { code, message }
        if code == "MODELLFEIL" && message == "there is no n"));
    // Neither way holds: stuck again, not lost.
    play.go(Input::Retry { token, vars: vars(json!({"n": 3})) });
    assert_eq!(play.places(), ["valg"]);
    let token = play.token("valg");
    play.go(Input::Retry { token, vars: vars(json!({"n": 2})) });
    assert_eq!(play.state.status(), Status::Completed);
}

#[test]
fn a_join_waits_for_every_way_in() {
    let xml = model(
        &(r#"<parallelGateway id="del"/><parallelGateway id="samle"/>"#.to_owned()
            + &task("a", "x")
            + &task("b", "x")
            + &task("c", "x")),
        &[
            ("start", "del"),
            ("del", "a"),
            ("del", "b"),
            ("a", "samle"),
            ("b", "samle"),
            ("samle", "c"),
            ("c", "slutt"),
        ],
    );
    for order in [["a", "b"], ["b", "a"]] {
        let mut play = Play::new(&xml);
        assert_eq!(effects(&play.start(json!({}))), [("a", 1), ("b", 1)]);
        assert!(effects(&play.answer(order[0], json!({}))).is_empty());
        assert_eq!(play.state.status(), Status::Running);
        assert_eq!(effects(&play.answer(order[1], json!({}))), [("c", 1)]);
        assert_eq!(play.places(), ["c"]);
    }
}

#[test]
fn each_visit_in_a_loop_has_its_own_key() {
    let xml = model_with(
        &(task("a", "x") + r#"<exclusiveGateway id="igjen" default="f3"/>"#),
        &[("start", "a", ""), ("a", "igjen", ""), ("igjen", "a", "igjen = true"), ("igjen", "slutt", "")],
    );
    let mut play = Play::new(&xml);
    play.start(json!({}));
    assert_eq!(effects(&play.answer("a", json!({"igjen": true}))), [("a", 2)]);
    play.answer("a", json!({"igjen": false}));
    assert_eq!(play.state.status(), Status::Completed);
}

#[test]
fn a_loop_that_waits_for_nothing_is_an_incident() {
    let xml = model_with(
        r#"<exclusiveGateway id="a" default="f3"/><exclusiveGateway id="b"/>"#,
        &[("start", "a", ""), ("a", "b", "n = 1"), ("b", "a", ""), ("a", "slutt", "")],
    );
    let mut play = Play::new(&xml);
    let step = play.start(json!({"n": 1}));
    assert_eq!(step.incidents.len(), 1);
    let token = play.state.tokens[0].id;
    play.go(Input::Retry { token, vars: vars(json!({"n": 2})) });
    assert_eq!(play.state.status(), Status::Completed);
}

#[test]
fn a_message_is_waited_for_by_the_business_key_or_by_an_expression() {
    let flows = [("start", "venter"), ("venter", "slutt")];
    let mut play = Play::new(&model(RECEIVE, &flows));
    let step = play.start(json!({}));
    assert_eq!(step.waits[0].message, Some(("melding".to_owned(), "sak-1".to_owned())));
    let token = play.token("venter");
    let step = play.go(Input::Message { token, payload: vars(json!({"svar": 1})) });
    assert_eq!((step.ended_waits, play.state.vars["svar"].clone()), (vec![(token, None)], json!(1)));

    let keyed = r#"<receiveTask id="venter" messageRef="m1" felles:noekkel="=barn"/>"#;
    let mut play = Play::new(&model(keyed, &flows));
    assert_eq!(play.start(json!({"barn": "b-7"})).waits[0].message.as_ref().unwrap().1, "b-7");
    let mut play = Play::new(&model(keyed, &flows));
    let step = play.start(json!({}));
    assert_eq!((step.incidents.len(), step.waits.len()), (1, 0), "an unknown key is no key");
}

#[test]
fn a_humans_task_waits_for_its_result_also_after_it_was_put_before_them() {
    let mut play = Play::new(&model(USER, &[("start", "oppgave"), ("oppgave", "slutt")]));
    let step = play.start(json!({}));
    assert_eq!(
        (effects(&step), step.waits[0].message.as_ref().unwrap().1.as_str()),
        (vec![("oppgave", 1)], "i/oppgave/1")
    );
    play.answer("oppgave", json!({"lagt": true}));
    assert_eq!(play.places(), ["oppgave"]);
    let token = play.token("oppgave");
    let step = play.go(Input::Message { token, payload: vars(json!({"utfall": "ja"})) });
    assert_eq!(play.state.status(), Status::Completed);
    assert_eq!(
        step.dropped_effects,
        [("oppgave".to_owned(), 1)],
        "it need not be put before anyone any more"
    );
}

#[test]
fn timers_count_days_as_norway_does() {
    let flows = [("start", "t"), ("t", "slutt")];
    // Summer time begins on 29 March 2026: the same time of day is an hour less.
    let mut play = Play::new(&model(&timer("t", "P4W"), &flows));
    assert_eq!(play.start(json!({})).waits[0].due.unwrap().to_string(), "2026-03-29T11:00:00Z");
    let mut play = Play::new(&model(&timer("t", "=frist"), &flows));
    assert_eq!(
        play.start(json!({"frist": "2026-05-17"})).waits[0].due.unwrap().to_string(),
        "2026-05-16T22:00:00Z"
    );
    let step = play.timer("t", "t");
    assert_eq!((play.state.status(), step.ended_waits.len()), (Status::Completed, 1));
    for (frist, due) in
        [("PT36H", "2026-03-03T00:00:00Z"), ("2026-04-01T10:00:00+02:00", "2026-04-01T08:00:00Z")]
    {
        let mut play = Play::new(&model(&timer("t", "=frist"), &flows));
        assert_eq!(play.start(json!({ "frist": frist })).waits[0].due.unwrap().to_string(), due);
    }
    let mut play = Play::new(&model(&timer("t", "=frist"), &flows));
    assert_eq!(play.start(json!({"frist": "snart"})).incidents.len(), 1);
}

#[test]
fn a_boundary_timer_takes_the_token_or_sets_another_going() {
    let flows = [("start", "venter"), ("venter", "slutt"), ("b", "a"), ("a", "slutt")];
    let elements = |interrupting| {
        RECEIVE.to_owned() + &task("a", "x") + &boundary_timer("b", "venter", "PT1H", interrupting)
    };
    let mut play = Play::new(&model(&elements(true), &flows));
    let step = play.start(json!({}));
    assert_eq!(step.waits.iter().map(|wait| wait.element.as_str()).collect::<Vec<_>>(), ["venter", "b"]);
    let token = play.token("venter");
    let step = play.timer("venter", "b");
    assert_eq!((play.places(), step.ended_waits), (vec!["a"], vec![(token, None)]));

    let mut play = Play::new(&model(&elements(false), &flows));
    play.start(json!({}));
    let token = play.token("venter");
    let step = play.timer("venter", "b");
    assert_eq!(play.places(), ["venter", "a"]);
    assert_eq!(step.ended_waits, [(token, Some("b".to_owned()))], "it goes off once");
}

#[test]
fn an_interrupted_effect_is_dropped_and_its_answer_comes_too_late() {
    let flows = [("start", "a"), ("a", "slutt"), ("b", "slutt")];
    let mut play = Play::new(&model(&(task("a", "x") + &boundary_timer("b", "a", "PT1H", true)), &flows));
    play.start(json!({}));
    let token = play.token("a");
    assert_eq!(play.timer("a", "b").dropped_effects, [("a".to_owned(), 1)]);
    assert_eq!(play.try_to(Input::Answered { token, vars: vars(json!({})) }).err(), Some(Stale));
}

#[test]
fn a_permanent_failure_takes_the_boundary_of_its_code_or_gets_stuck() {
    let flows = [("start", "a"), ("a", "slutt"), ("b", "c"), ("c", "slutt")];
    let xml = model(&(task("a", "x") + &task("c", "x") + &boundary_error("b", "a")), &flows);
    let mut play = Play::new(&xml);
    play.start(json!({}));
    let step = play.fail("a", "FEIL");
    assert_eq!((play.places(), step.incidents.len()), (vec!["c"], 0));

    let mut play = Play::new(&xml);
    play.start(json!({}));
    let step = play.fail("a", "ANNET");
    let token = play.token("a");
    assert_eq!(step.incidents, [token]);
    let step = play.go(Input::Retry { token, vars: vars(json!({})) });
    assert_eq!(effects(&step), [("a", 1)], "the same visit, so the same key");
    play.answer("a", json!({}));
    assert_eq!(play.state.status(), Status::Completed);
}

#[test]
fn a_state_is_the_same_after_it_was_written_and_read() {
    let xml = model(
        &(r#"<parallelGateway id="del"/><parallelGateway id="samle"/>"#.to_owned()
            + &task("a", "x")
            + &timer("t", "PT1H")),
        &[("start", "del"), ("del", "a"), ("del", "t"), ("a", "samle"), ("t", "samle"), ("samle", "slutt")],
    );
    let mut play = Play::new(&xml);
    play.start(json!({"navn": "Åse", "tall": [1, null]}));
    play.answer("a", json!({}));
    let text = serde_json::to_string(&play.state).unwrap();
    assert_eq!(serde_json::from_str::<State>(&text).unwrap(), play.state);
    play.state = serde_json::from_str(&text).unwrap();
    play.timer("t", "t");
    assert_eq!(play.state.status(), Status::Completed);
}
