//! Writes a step: one transaction that takes what came in, keeps where the instance stands, its story, its effects and
//! its waits.

use std::collections::HashSet;
use std::sync::atomic::Ordering;

use jiff::Timestamp;
use kernel::store::{StoreError, Tx};
use uuid::Uuid;

use crate::engine::{Engine, EngineError, Job, Live, Ready};
use crate::handlers::{Incident, Statement};
use crate::step::{self, Input, Status, Step, Wait};
use crate::store::{self, EffectRow, InstanceRow};

/// Most pieces of work that a process holds in memory, per worker; further effects belong to whoever takes them.
const IN_HAND_PER_WORKER: usize = 8;

/// How to write a step.
#[derive(Debug, Default)]
pub(crate) struct Change {
    /// The instance begins with it.
    pub(crate) begin: bool,
    /// The effect that is done with it.
    pub(crate) done: Option<String>,
    /// What the component writes with it.
    pub(crate) statements: Vec<Statement>,
}

impl Ready {
    fn by(&mut self, due: i64) {
        self.due = Some(self.due.map_or(due, |other| other.min(due)));
    }
}

impl Engine {
    /// Moves an instance on by `input`; `None` where the token does not wait for it.
    pub(crate) async fn move_in(
        &self,
        tx: &mut Tx,
        instance: Uuid,
        input: Input,
    ) -> Result<Option<Ready>, EngineError> {
        let Some(row) = store::instance_in(tx, instance).await? else { return Ok(None) };
        let mut live = self.live_in(tx, row).await?;
        let mut step = Step::default();
        if live.advance(input, self.0.ctx.clock.now(), &mut step).is_err() {
            return Ok(None);
        }
        let text = live.text()?;
        self.put(tx, live, step, text, Change::default()).await
    }

    /// Writes a step: `text` is the state it led to. `None`, with nothing written, where the instance has moved on since
    /// `live` was read (or, at its beginning, exists already).
    pub(crate) async fn put(
        &self,
        tx: &mut Tx,
        mut live: Live,
        mut step: Step,
        text: String,
        change: Change,
    ) -> Result<Option<Ready>, EngineError> {
        let now = self.0.ctx.clock.now();
        live.rev += 1;
        if change.begin {
            let row = InstanceRow {
                id: live.id,
                definition: live.definition.id.clone(),
                version: live.definition.version.clone(),
                business_key: live.business_key.as_ref().to_owned(),
                rev: live.rev,
                state: text,
            };
            if !store::begin(tx, &row, now).await? {
                return Ok(None);
            }
        } else if !self.save(tx, &live, text, now).await? {
            return Ok(None);
        }
        let taken = self.take_kept(tx, &mut live, &mut step, now).await?;
        if taken || (change.begin && live.state.status() == Status::Completed) {
            live.rev += 1;
            let text = live.text()?;
            self.save(tx, &live, text, now).await?;
        }
        for statement in &change.statements {
            store::run(tx, statement).await?;
        }
        store::journal(tx, live.id, live.rev, &step.journal).await?;
        self.put_incidents(tx, &live, &step).await?;
        for (token, element) in &step.ended_waits {
            store::end_waits(tx, live.id, *token, element.as_deref()).await?;
        }
        let mut ready = Ready::default();
        for wait in &step.waits {
            store::add_wait(tx, live.id, wait).await?;
            if let Some(due) = wait.due {
                ready.by(store::millis(due));
            }
        }
        self.put_effects(tx, &live, &step, change.done, now, &mut ready).await?;
        if let Some(first) = ready.jobs.first_mut() {
            first.live = Some(live);
        }
        Ok(Some(ready))
    }

    async fn save(&self, tx: &mut Tx, live: &Live, text: String, now: Timestamp) -> Result<bool, StoreError> {
        let status = live.state.status();
        let ended = (status == Status::Completed).then_some(now);
        store::save(tx, live.id, live.rev, status.as_str(), text, ended).await
    }

    /// Moves on by messages that came before the step began to wait for them.
    async fn take_kept(
        &self,
        tx: &mut Tx,
        live: &mut Live,
        step: &mut Step,
        now: Timestamp,
    ) -> Result<bool, EngineError> {
        let mut asked = HashSet::new();
        let mut taken = false;
        while let Some((token, message, key)) = step.waits.iter().find_map(|wait| {
            let (message, key) = wait.message.as_ref().filter(|(message, _)| message != step::TASK)?;
            (!asked.contains(&wait.token)).then(|| (wait.token, message.clone(), key.clone()))
        }) {
            asked.insert(token);
            if let Some(payload) = store::take_message(tx, &message, &key, live.id).await? {
                let payload = serde_json::from_str(&payload)
                    .map_err(|error| StoreError::Damaged(format!("process_inbox.payload: {error}")))?;
                // The token has just begun to wait, in this very step.
                taken |= live.advance(Input::Message { token, payload }, now, step).is_ok();
            }
        }
        Ok(taken)
    }

    async fn put_incidents(&self, tx: &mut Tx, live: &Live, step: &Step) -> Result<(), StoreError> {
        for token in step.incidents.iter().filter_map(|id| live.state.token(*id)) {
            let Wait::Incident { code, message } = &token.wait else { continue };
            let incident = Incident {
                instance: live.id,
                token: token.id,
                element: token.element.clone(),
                key: step::key(&live.name, &token.element, token.visit),
                code: code.clone(),
                message: message.clone(),
            };
            tracing::warn!(instance = %live.id, element = token.element, code, message, "a process got stuck");
            for statement in self.0.handlers.incident(&incident, &live.state.vars) {
                store::run(tx, &statement).await?;
            }
        }
        Ok(())
    }

    async fn put_effects(
        &self,
        tx: &mut Tx,
        live: &Live,
        step: &Step,
        mut done: Option<String>,
        now: Timestamp,
        ready: &mut Ready,
    ) -> Result<(), StoreError> {
        for effect in &step.effects {
            let id = step::key(&live.name, &effect.element, effect.visit);
            // The worker whose effect is done goes on with the next; others go to this node while it has room.
            let owner = (done.is_some() || self.has_room()).then_some(self.0.config.node.as_str());
            match done.take() {
                Some(done) => store::follow_effect(tx, &done, id.clone(), live.id, effect, owner).await?,
                None => store::add_effect(tx, id.clone(), live.id, effect, owner).await?,
            }
            if effect.next_at > now {
                ready.by(store::millis(effect.next_at));
            } else if owner.is_none() {
                ready.look = true;
            } else {
                let row = EffectRow {
                    id,
                    token: effect.token,
                    handler: effect.handler.clone(),
                    attempts: effect.attempts,
                };
                ready.jobs.push(Job { row, live: None });
            }
        }
        if let Some(done) = done {
            store::drop_effect(tx, &done).await?;
        }
        for (element, visit) in &step.dropped_effects {
            store::drop_effect(tx, &step::key(&live.name, element, *visit)).await?;
        }
        Ok(())
    }

    fn has_room(&self) -> bool {
        self.0.running.load(Ordering::Acquire)
            && self.desk().in_hand.len() < self.0.config.concurrency.saturating_mul(IN_HAND_PER_WORKER)
    }
}
