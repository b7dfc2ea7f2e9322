//! Moves tokens through a model: values in, values out, nothing else. What a step wants from the world stands in `Step`.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{Timestamp, civil::Date};
use kernel::clock::oslo;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::bpmn::{Definition, Element, Kind, Vars, When};

/// How many elements one step may pass before it counts as a loop without an end.
const MAX_PASSED: usize = 1000;
/// The code of an incident that a model's own fault causes.
const MODEL_ERROR: &str = "MODELLFEIL";

/// Where an instance stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Some token is left.
    Running,
    /// No token is left.
    Completed,
}

impl Status {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Completed => "completed",
        }
    }
}

/// An instance between two steps.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// Its variables.
    #[serde(with = "shared")]
    pub vars: Arc<Vars>,
    /// Its tokens.
    pub tokens: Vec<Token>,
    /// How often each element has been entered.
    visits: BTreeMap<String, u32>,
    /// The next token's number.
    next: u32,
}

/// A token: a place in the model where the instance stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Its number within the instance.
    pub id: u32,
    /// The element it stands on.
    pub element: String,
    /// Which visit to the element this is, from 1.
    pub visit: u32,
    /// What it waits for.
    pub wait: Wait,
    /// The flow by which it came, where that will matter: at a join, and at a gateway where it got stuck.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<usize>,
}

/// What a token waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Wait {
    /// An effect's answer.
    Effect,
    /// A human.
    Task,
    /// A message.
    Message,
    /// A time.
    Timer(Timestamp),
    /// The other tokens of a join.
    Join,
    /// A human who repairs what got stuck.
    Incident {
        /// The error's code.
        code: String,
        /// What happened.
        message: String,
    },
}

/// What comes in to a step.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Input {
    Start(Vars),
    Answered {
        token: u32,
        vars: Vars,
    },
    Failed {
        token: u32,
        code: String,
        message: String,
    },
    /// A message or the result of a human's task.
    Message {
        token: u32,
        payload: Vars,
    },
    /// A time: the element is the token's own, or a boundary event of it.
    Timer {
        token: u32,
        element: String,
    },
    Retry {
        token: u32,
        vars: Vars,
    },
}

/// A line of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// What happened.
    pub what: What,
    /// To which element.
    pub element: String,
    /// Which visit to it.
    pub visit: u32,
    /// More, such as an error's text. Never personal data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// What a line of the journal tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum What {
    /// A token came to the element.
    Entered,
    /// A token went on from the element.
    Left,
    /// A boundary event took the token away.
    Interrupted,
    /// An effect failed for good.
    Failed,
    /// The token got stuck.
    Incident,
    /// A human set a stuck token going again.
    Retried,
}

/// An effect that a step asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewEffect {
    pub(crate) token: u32,
    pub(crate) element: String,
    pub(crate) visit: u32,
    pub(crate) handler: String,
    /// How often it has been tried already.
    pub(crate) attempts: u32,
    /// Not to be tried before.
    pub(crate) next_at: Timestamp,
}

/// A wait that a step begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewWait {
    pub(crate) token: u32,
    pub(crate) element: String,
    pub(crate) message: Option<(String, String)>,
    pub(crate) due: Option<Timestamp>,
}

/// What one or several inputs have led to.
#[derive(Debug, Default)]
pub(crate) struct Step {
    pub(crate) effects: Vec<NewEffect>,
    pub(crate) waits: Vec<NewWait>,
    /// Waits of earlier steps that have ended: all of a token's, or the one for this boundary event.
    pub(crate) ended_waits: Vec<(u32, Option<String>)>,
    /// Effects of earlier steps that nobody wants any more: element and visit.
    pub(crate) dropped_effects: Vec<(String, u32)>,
    pub(crate) journal: Vec<Entry>,
    /// Tokens that got stuck.
    pub(crate) incidents: Vec<u32>,
}

/// Who moves the tokens: the model, the instance and the moment.
pub(crate) struct Mover<'a> {
    pub(crate) definition: &'a Definition,
    pub(crate) instance: &'a str,
    pub(crate) business_key: &'a str,
    pub(crate) now: Timestamp,
}

/// Reads and writes shared variables as plain ones.
mod shared {
    use std::sync::Arc;

    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    use crate::bpmn::Vars;

    pub(super) fn serialize<S: Serializer>(vars: &Arc<Vars>, to: S) -> Result<S::Ok, S::Error> {
        vars.as_ref().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Arc<Vars>, D::Error> {
        Vars::deserialize(from).map(Arc::new)
    }
}

/// A token that nobody moves any more, or not in this way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stale;

impl State {
    /// The token with this number.
    pub fn token(&self, id: u32) -> Option<&Token> {
        self.tokens.iter().find(|token| token.id == id)
    }

    /// Where the instance stands.
    pub fn status(&self) -> Status {
        if self.tokens.is_empty() { Status::Completed } else { Status::Running }
    }

    fn merge(&mut self, vars: Vars) {
        if vars.is_empty() {
            return;
        }
        let own = Arc::make_mut(&mut self.vars);
        for (name, value) in vars {
            if value.is_null() {
                own.remove(&name);
            } else {
                own.insert(name, value);
            }
        }
    }
}

/// The idempotency key of an effect or of a human's task.
pub(crate) fn key(instance: &str, element: &str, visit: u32) -> String {
    format!("{instance}/{element}/{visit}")
}

impl Mover<'_> {
    /// Takes `input` and moves tokens as far as they go.
    pub(crate) fn advance(&self, state: &mut State, input: Input, step: &mut Step) -> Result<(), Stale> {
        match input {
            Input::Start(vars) => {
                state.merge(vars);
                self.enter(state, self.definition.start(), None, step);
            }
            Input::Answered { token, vars } => {
                let (place, element) =
                    self.at(state, token, |wait| matches!(wait, Wait::Effect | Wait::Task))?;
                state.merge(vars);
                // A human's task has been put before them: the token waits for its result.
                if state.tokens[place].wait == Wait::Effect {
                    if !element.boundaries.is_empty() {
                        Self::drop_waits(token, step);
                    }
                    self.leave(state, place, element, step);
                }
            }
            Input::Message { token, payload } => {
                let (place, element) =
                    self.at(state, token, |wait| matches!(wait, Wait::Message | Wait::Task))?;
                state.merge(payload);
                Self::drop_waits(token, step);
                if matches!(element.kind, Kind::User { .. }) {
                    Self::drop_effect(state, place, step);
                }
                self.leave(state, place, element, step);
            }
            Input::Timer { token, element } => self.timer(state, token, &element, step)?,
            Input::Failed { token, code, message } => self.failed(state, token, code, message, step)?,
            Input::Retry { token, vars } => {
                let (place, element) = self.at(state, token, |wait| matches!(wait, Wait::Incident { .. }))?;
                state.merge(vars);
                self.note(step, What::Retried, &state.tokens[place], None);
                let token = state.tokens.remove(place);
                self.arrive(state, token, element, step);
            }
        }
        Ok(())
    }

    /// The token, if it waits in this way, and its element.
    fn at(
        &self,
        state: &State,
        token: u32,
        waits: impl Fn(&Wait) -> bool,
    ) -> Result<(usize, &Element), Stale> {
        let place = state.tokens.iter().position(|it| it.id == token && waits(&it.wait)).ok_or(Stale)?;
        let element = self.definition.element(&state.tokens[place].element).ok_or(Stale)?;
        Ok((place, element))
    }

    fn timer(&self, state: &mut State, token: u32, timer: &str, step: &mut Step) -> Result<(), Stale> {
        let (place, element) =
            self.at(state, token, |wait| !matches!(wait, Wait::Join | Wait::Incident { .. }))?;
        if element.id == timer {
            if !matches!(state.tokens[place].wait, Wait::Timer(_)) {
                return Err(Stale);
            }
            Self::drop_waits(token, step);
            self.leave(state, place, element, step);
            return Ok(());
        }
        let boundary = self
            .definition
            .index(timer)
            .filter(|boundary| element.boundaries.contains(boundary))
            .ok_or(Stale)?;
        let interrupting = match self.definition.elements.get(boundary).map(|it| &it.kind) {
            Some(Kind::BoundaryTimer { interrupting, .. }) => *interrupting,
            _ => return Err(Stale),
        };
        if interrupting {
            Self::drop_waits(token, step);
            Self::drop_effect(state, place, step);
            let token = state.tokens.remove(place);
            self.note(step, What::Interrupted, &token, None);
        } else {
            step.ended_waits.push((token, Some(timer.to_owned())));
        }
        self.enter(state, boundary, None, step);
        Ok(())
    }

    fn failed(
        &self,
        state: &mut State,
        token: u32,
        code: String,
        message: String,
        step: &mut Step,
    ) -> Result<(), Stale> {
        let (place, element) = self.at(state, token, |wait| matches!(wait, Wait::Effect | Wait::Task))?;
        self.note(step, What::Failed, &state.tokens[place], Some(format!("{code}: {message}")));
        let boundary = element.boundaries.iter().copied().find(|boundary| {
            matches!(self.definition.elements.get(*boundary).map(|it| &it.kind),
                Some(Kind::BoundaryError { code: wanted }) if wanted.as_ref().is_none_or(|wanted| *wanted == code))
        });
        Self::drop_waits(token, step);
        match boundary {
            Some(boundary) => {
                state.tokens.remove(place);
                self.enter(state, boundary, None, step);
            }
            None => self.stick(state, place, code, message, step),
        }
        Ok(())
    }

    fn stick(&self, state: &mut State, place: usize, code: String, message: String, step: &mut Step) {
        let token = &mut state.tokens[place];
        self.note(step, What::Incident, token, Some(format!("{code}: {message}")));
        step.incidents.push(token.id);
        token.wait = Wait::Incident { code, message };
    }

    /// Makes a token and lets it come to an element, and further.
    fn enter(&self, state: &mut State, index: usize, by: Option<usize>, step: &mut Step) {
        let mut ways = vec![(index, by)];
        let mut passed = 0;
        while let Some((index, by)) = ways.pop() {
            let Some(element) = self.definition.elements.get(index) else { continue };
            let visit = state.visits.entry(element.id.clone()).or_insert(0);
            *visit += 1;
            let token =
                Token { id: state.next, element: element.id.clone(), visit: *visit, wait: Wait::Join, by };
            state.next += 1;
            passed += 1;
            self.note(step, What::Entered, &token, None);
            if passed > MAX_PASSED {
                state.tokens.push(token);
                let place = state.tokens.len() - 1;
                self.stick(
                    state,
                    place,
                    MODEL_ERROR.to_owned(),
                    "the model goes round without an end".to_owned(),
                    step,
                );
                // The other ways, if any, come to the same stop: no token is lost.
                continue;
            }
            match &element.kind {
                Kind::Start | Kind::BoundaryTimer { .. } | Kind::BoundaryError { .. } => {
                    self.note(step, What::Left, &token, None);
                    self.go(&element.outgoing, &mut ways);
                }
                Kind::End => self.note(step, What::Left, &token, None),
                Kind::Exclusive { default } => match self.choose(state, element, *default) {
                    Ok(flow) => {
                        self.note(step, What::Left, &token, None);
                        self.go(&[flow], &mut ways);
                    }
                    Err(message) => {
                        state.tokens.push(token);
                        let place = state.tokens.len() - 1;
                        self.stick(state, place, MODEL_ERROR.to_owned(), message, step);
                    }
                },
                Kind::Parallel => {
                    state.tokens.push(token);
                    self.join(state, element, &mut ways, step);
                }
                _ => self.arrive(state, token, element, step),
            }
        }
    }

    fn go(&self, flows: &[usize], ways: &mut Vec<(usize, Option<usize>)>) {
        // The last pushed is taken first: reversed, so that tokens move in the order of the text.
        for flow in flows.iter().rev() {
            if let Some(to) = self.definition.flow(*flow) {
                ways.push((to.target, Some(*flow)));
            }
        }
    }

    fn choose(&self, state: &State, element: &Element, default: Option<usize>) -> Result<usize, String> {
        for index in element.outgoing.iter().copied().filter(|index| Some(*index) != default) {
            let Some(flow) = self.definition.flow(index) else { continue };
            let Some(condition) = &flow.condition else { continue };
            match condition(&state.vars)? {
                Value::Bool(true) => return Ok(index),
                Value::Bool(false) => {}
                _ => return Err(format!("the condition of {} is neither true nor false", flow.id)),
            }
        }
        default.ok_or_else(|| "no way out has a condition that holds".to_owned())
    }

    /// Goes on when a token has come by every way in.
    fn join(
        &self,
        state: &mut State,
        element: &Element,
        ways: &mut Vec<(usize, Option<usize>)>,
        step: &mut Step,
    ) {
        let mut complete = Vec::new();
        for flow in &element.incoming {
            let waiting = state
                .tokens
                .iter()
                .find(|it| it.element == element.id && it.wait == Wait::Join && it.by == Some(*flow));
            let Some(waiting) = waiting else { return };
            complete.push(waiting.id);
        }
        for (n, id) in complete.into_iter().enumerate() {
            if let Some(place) = state.tokens.iter().position(|it| it.id == id) {
                let token = state.tokens.remove(place);
                if n == 0 {
                    self.note(step, What::Left, &token, None);
                }
            }
        }
        self.go(&element.outgoing, ways);
    }

    /// A token has come to an element where it waits.
    fn arrive(&self, state: &mut State, mut token: Token, element: &Element, step: &mut Step) {
        if !matches!(element.kind, Kind::Exclusive { .. } | Kind::Parallel) {
            token.by = None;
        }
        let mut stuck = None;
        let mut wait = |element: &str, message: Option<(String, String)>, due: Option<Timestamp>| {
            step.waits.push(NewWait { token: token.id, element: element.to_owned(), message, due });
        };
        token.wait = match &element.kind {
            Kind::Effect { .. } => Wait::Effect,
            Kind::User { .. } => {
                wait(
                    &element.id,
                    Some((TASK.to_owned(), key(self.instance, &element.id, token.visit))),
                    None,
                );
                Wait::Task
            }
            Kind::Message { name, key } => {
                match key.as_ref().map_or(Ok(Value::from(self.business_key)), |key| key(&state.vars)) {
                    Ok(Value::String(key)) => wait(&element.id, Some((name.clone(), key)), None),
                    Ok(_) => stuck = Some("the correlation key is no text".to_owned()),
                    Err(message) => stuck = Some(message),
                }
                Wait::Message
            }
            Kind::Timer(when) => match self.moment(state, when) {
                Ok(due) => {
                    wait(&element.id, None, Some(due));
                    Wait::Timer(due)
                }
                Err(message) => {
                    stuck = Some(message);
                    Wait::Timer(self.now)
                }
            },
            // A gateway that got stuck and is tried again: it is entered anew.
            _ => {
                if let Some(index) = self.definition.index(&element.id) {
                    self.enter(state, index, token.by, step);
                }
                return;
            }
        };
        for boundary in element.boundaries.iter().filter_map(|index| self.definition.elements.get(*index)) {
            if let Kind::BoundaryTimer { when, .. } = &boundary.kind {
                match self.moment(state, when) {
                    Ok(due) => wait(&boundary.id, None, Some(due)),
                    Err(message) => stuck = Some(message),
                }
            }
        }
        if let Kind::Effect { handler } | Kind::User { handler } = &element.kind {
            step.effects.push(NewEffect {
                token: token.id,
                element: element.id.clone(),
                visit: token.visit,
                handler: handler.clone(),
                attempts: 0,
                next_at: self.now,
            });
        }
        state.tokens.push(token);
        if let Some(message) = stuck {
            let place = state.tokens.len() - 1;
            let id = state.tokens[place].id;
            Self::drop_waits(id, step);
            Self::drop_effect(state, place, step);
            self.stick(state, place, MODEL_ERROR.to_owned(), message, step);
        }
    }

    /// The moment a timer means.
    fn moment(&self, state: &State, when: &When) -> Result<Timestamp, String> {
        let value = match when {
            When::After(span) => return self.after(*span),
            When::At(moment) => return Ok(*moment),
            When::Expression(expression) => expression(&state.vars)?,
        };
        let Value::String(text) = value else {
            return Err("the timer's expression gives no text".to_owned());
        };
        if let Ok(moment) = text.parse::<Timestamp>() {
            return Ok(moment);
        }
        if let Ok(day) = text.parse::<Date>() {
            return day
                .to_zoned_datetime(oslo())
                .map(|day| day.timestamp())
                .map_err(|error| error.to_string());
        }
        match text.parse() {
            Ok(span) => self.after(span),
            Err(_) => Err("the timer's expression gives neither a moment, a day nor a duration".to_owned()),
        }
    }

    /// Calendar arithmetic in Norway: a week after is the same time of day.
    fn after(&self, span: jiff::Span) -> Result<Timestamp, String> {
        let zoned = self.now.to_zoned_datetime(oslo());
        zoned.checked_add(span).map(|then| then.timestamp()).map_err(|error| error.to_string())
    }

    /// The token goes on along its element's ways out.
    fn leave(&self, state: &mut State, place: usize, element: &Element, step: &mut Step) {
        let token = state.tokens.remove(place);
        self.note(step, What::Left, &token, None);
        for flow in &element.outgoing {
            if let Some(to) = self.definition.flow(*flow) {
                self.enter(state, to.target, Some(*flow), step);
            }
        }
    }

    /// Ends the token's waits: those that this step began are forgotten, those in the store are to be deleted.
    fn drop_waits(token: u32, step: &mut Step) {
        let before = step.waits.len();
        step.waits.retain(|wait| wait.token != token);
        if step.waits.len() == before {
            step.ended_waits.push((token, None));
        }
    }

    fn drop_effect(state: &State, place: usize, step: &mut Step) {
        let token = &state.tokens[place];
        let before = step.effects.len();
        step.effects.retain(|effect| effect.token != token.id);
        if step.effects.len() == before {
            step.dropped_effects.push((token.element.clone(), token.visit));
        }
    }

    fn note(&self, step: &mut Step, what: What, token: &Token, detail: Option<String>) {
        step.journal.push(Entry {
            at: self.now,
            what,
            element: token.element.clone(),
            visit: token.visit,
            detail,
        });
    }
}

/// The message that tells the result of a human's task; its key is the task's idempotency key.
pub(crate) const TASK: &str = "oppgave løst";
