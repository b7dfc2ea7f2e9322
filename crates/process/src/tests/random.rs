//! Models made by chance, of sequences, parallel and exclusive ways: whatever the order in which answers come,
//! and with each step written and read between, every task that lies on the way runs exactly as often as it should.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use proptest::prelude::*;

use super::{compile, task, vars};
use crate::Definition;
use crate::step::{Input, Mover, State, Status, Step};

/// A piece of a model with one way in and one way out.
#[derive(Debug, Clone)]
enum Piece {
    Task,
    Sequence(Vec<Piece>),
    Parallel(Vec<Piece>),
    /// The number says which way is taken; past the last it is the default.
    Exclusive(Vec<Piece>, u8),
}

fn piece() -> impl Strategy<Value = Piece> {
    Just(Piece::Task).prop_recursive(3, 24, 4, |inner| {
        let several = prop::collection::vec(inner, 1..4);
        prop_oneof![
            several.clone().prop_map(Piece::Sequence),
            several.clone().prop_map(Piece::Parallel),
            (several, any::<u8>()).prop_map(|(ways, taken)| Piece::Exclusive(ways, taken)),
        ]
    })
}

/// Writes pieces as a model and notes which tasks must run.
#[derive(Default)]
struct Writer {
    elements: String,
    flows: String,
    number: u32,
    vars: serde_json::Map<String, serde_json::Value>,
    expected: BTreeMap<String, u32>,
}

impl Writer {
    fn id(&mut self, kind: &str) -> String {
        self.number += 1;
        format!("{kind}{}", self.number)
    }

    fn flow(&mut self, from: &str, to: &str, condition: Option<String>) -> String {
        let id = self.id("f");
        let condition =
            condition.map_or_else(String::new, |c| format!("<conditionExpression>{c}</conditionExpression>"));
        write!(
            self.flows,
            r#"<sequenceFlow id="{id}" sourceRef="{from}" targetRef="{to}">{condition}</sequenceFlow>"#
        )
        .unwrap();
        id
    }

    /// The piece's first and last element.
    fn piece(&mut self, piece: &Piece, taken: bool) -> (String, String) {
        match piece {
            Piece::Task => {
                let id = self.id("t");
                self.elements += &task(&id, "x");
                if taken {
                    self.expected.insert(id.clone(), 1);
                }
                (id.clone(), id)
            }
            Piece::Sequence(pieces) => {
                let ends: Vec<_> = pieces.iter().map(|piece| self.piece(piece, taken)).collect();
                for pair in ends.windows(2) {
                    self.flow(&pair[0].1, &pair[1].0, None);
                }
                (ends[0].0.clone(), ends[ends.len() - 1].1.clone())
            }
            Piece::Parallel(ways) => {
                let (split, join) = (self.id("del"), self.id("samle"));
                write!(self.elements, r#"<parallelGateway id="{split}"/><parallelGateway id="{join}"/>"#)
                    .unwrap();
                for way in ways {
                    let (first, last) = self.piece(way, taken);
                    self.flow(&split, &first, None);
                    self.flow(&last, &join, None);
                }
                (split, join)
            }
            Piece::Exclusive(ways, choice) => {
                let (split, join) = (self.id("velg"), self.id("moetes"));
                let choice = usize::from(*choice) % ways.len();
                self.vars.insert(split.clone(), choice.into());
                let mut default = String::new();
                for (n, way) in ways.iter().enumerate() {
                    let (first, last) = self.piece(way, taken && n == choice);
                    let condition = (n > 0).then(|| format!("{split} = {n}"));
                    let flow = self.flow(&split, &first, condition);
                    if n == 0 {
                        default = flow;
                    }
                    self.flow(&last, &join, None);
                }
                write!(
                    self.elements,
                    r#"<exclusiveGateway id="{split}" default="{default}"/><exclusiveGateway id="{join}"/>"#
                )
                .unwrap();
                (split, join)
            }
        }
    }
}

proptest! {
    #[test]
    fn every_task_on_the_way_runs_once_whatever_the_order(piece in piece(), order in prop::collection::vec(any::<u16>(), 1..40)) {
        let mut writer = Writer::default();
        let (first, last) = writer.piece(&piece, true);
        writer.flow("start", &first, None);
        writer.flow(&last, "slutt", None);
        let xml = super::model(&(writer.elements + &writer.flows), &[]);
        let definition = Definition::parse("tilfeldig.bpmn", &xml, &compile).unwrap();
        let mover = Mover {
            definition: &definition,
            instance: "i",
            business_key: "sak",
            now: "2026-03-01T12:00:00Z".parse().unwrap(),
        };

        let mut state = State::default();
        let mut ran = BTreeMap::new();
        let mut open = Vec::new();
        let mut input = Input::Start(writer.vars);
        for n in 0_usize.. {
            let mut step = Step::default();
            prop_assert_eq!(mover.advance(&mut state, input, &mut step), Ok(()));
            prop_assert!(step.incidents.is_empty());
            open.extend(step.effects.into_iter().map(|effect| (effect.token, effect.element)));
            let text = serde_json::to_string(&state).unwrap();
            state = serde_json::from_str(&text).unwrap();
            if open.is_empty() {
                break;
            }
            let (token, element) = open.swap_remove(usize::from(order[n % order.len()]) % open.len());
            *ran.entry(element).or_insert(0) += 1;
            input = Input::Answered { token, vars: vars(serde_json::json!({})) };
        }
        prop_assert_eq!(state.status(), Status::Completed);
        prop_assert_eq!(ran, writer.expected);
    }
}
