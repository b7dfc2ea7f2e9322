//! Runs effects and timers: takes work from the desk and from the store, and follows an instance as far as it goes.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures::FutureExt as _;
use jiff::{SignedDuration, Timestamp};
use kernel::store::StoreError;
use serde_json::Value as Json;
use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;

use crate::engine::{Desk, Engine, EngineError, GIVEN_UP, Job, Live, Ready, Work};
use crate::handlers::{Answer, Call, Failure, Handler, Statement};
use crate::put::Change;
use crate::step::{Input, NewEffect, Step};
use crate::store::{self, DueWait, EffectRow};

/// How many pure effects one step runs; further ones run after its commit, so that no step goes on for ever.
const MAX_PURE: usize = 100;
/// How many rows one look at the store brings beside those that are in hand already.
const LOOK: usize = 128;
/// How long effects may finish after the process was asked to end.
const GRACE: Duration = Duration::from_secs(10);
/// The code of a handler that panicked.
const PANIC: &str = "PANIKK";

type Passing = Arc<HashMap<&'static str, Arc<Json>>>;

/// Says that the engine has stopped, also where [`Engine::run`] is dropped.
struct Running<'a>(&'a Engine);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.0.running.store(false, Ordering::Release);
    }
}

/// A piece of work in a worker's hands, until the worker is done, however it ends.
struct Held<'a> {
    engine: &'a Engine,
    key: String,
}

impl Held<'_> {
    /// Lays it down for another; false where that is in hand already, since a look at the store found it first.
    fn turn_to(&mut self, key: &str) -> bool {
        let mut desk = self.engine.desk();
        desk.in_hand.remove(&self.key);
        if desk.in_hand.insert(key.to_owned()) {
            key.clone_into(&mut self.key);
            return true;
        }
        self.key.clear();
        false
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.engine.desk().in_hand.remove(&self.key);
    }
}

/// What an effect led to, for good.
enum Outcome {
    Answered(Answer),
    Failed { code: String, message: String },
}

impl Engine {
    /// Works until `shutdown` ends: runs effects, a bounded number at once, and timers. Then lets the effects in progress
    /// finish and leaves the rest to other nodes. Fails only where the node cannot be registered, or another process has
    /// taken its name.
    pub async fn run(&self, shutdown: impl Future<Output = ()> + Send) -> Result<(), EngineError> {
        let boot = self.0.ctx.rng.uuid().to_string();
        self.take_node(&boot).await?;
        self.0.look.store(true, Ordering::Release);
        self.0.running.store(true, Ordering::Release);
        let mut tasks = JoinSet::new();
        let running = Running(self);
        let ended = self.work(&boot, shutdown, &mut tasks).await;
        drop(running);
        let rest = async { while tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, rest).await.is_err() {
            tracing::warn!("effects are still running; they will be run again");
            tasks.shutdown().await;
        }
        *self.desk() = Desk::default();
        ended?;
        let node = self.0.config.node.clone();
        self.store()
            .write(move |tx| Box::pin(async move { store::leave_node(tx, &node, &boot).await }))
            .await?;
        Ok(())
    }

    async fn work(
        &self,
        boot: &str,
        shutdown: impl Future<Output = ()> + Send,
        tasks: &mut JoinSet<()>,
    ) -> Result<(), EngineError> {
        let mut shutdown = std::pin::pin!(shutdown);
        let mut hints = self.0.ctx.wake.listen(&self.0.config.topic);
        let mut heartbeat = tokio::time::interval(self.0.config.lease / 3);
        let mut next_look = Instant::now();
        loop {
            self.spawn_work(tasks);
            let room = tasks.len() < self.0.config.concurrency;
            if room && (self.0.look.swap(false, Ordering::AcqRel) || Instant::now() >= next_look) {
                next_look = Instant::now() + self.look_or_warn().await;
                continue;
            }
            tokio::select! {
                () = &mut shutdown => return Ok(()),
                Some(ended) = tasks.join_next() => note_fault(ended),
                () = self.0.wake.notified() => {}
                () = hints.wait(Duration::MAX) => self.0.look.store(true, Ordering::Release),
                () = tokio::time::sleep_until(next_look), if room => {}
                _ = heartbeat.tick() => self.renew_node(boot).await?,
            }
        }
    }

    fn spawn_work(&self, tasks: &mut JoinSet<()>) {
        while tasks.len() < self.0.config.concurrency {
            let Some(work) = self.desk().queue.pop_front() else { return };
            let engine = self.clone();
            tasks.spawn(async move {
                match work {
                    Work::Hot(job) => engine.follow(job.row.id.clone(), Some(*job)).await,
                    Work::Effect(id) => engine.follow(id, None).await,
                    Work::Wait(wait) => engine.fire(wait).await,
                }
            });
        }
        while let Some(ended) = tasks.try_join_next() {
            note_fault(ended);
        }
    }

    // The node.

    fn lease_end(&self) -> Timestamp {
        let lease = SignedDuration::try_from(self.0.config.lease).unwrap_or(SignedDuration::MAX);
        self.0.ctx.clock.now().saturating_add(lease).unwrap_or(Timestamp::MAX)
    }

    async fn take_node(&self, boot: &str) -> Result<(), StoreError> {
        let (node, boot, until) = (self.0.config.node.clone(), boot.to_owned(), self.lease_end());
        self.store()
            .write(move |tx| Box::pin(async move { store::take_node(tx, &node, &boot, until).await }))
            .await
    }

    async fn renew_node(&self, boot: &str) -> Result<(), EngineError> {
        let (node, boot, until) = (self.0.config.node.clone(), boot.to_owned(), self.lease_end());
        let renewed: Result<bool, StoreError> = self
            .store()
            .write(move |tx| Box::pin(async move { store::renew_node(tx, &node, &boot, until).await }))
            .await;
        match renewed {
            Ok(true) => Ok(()),
            Ok(false) => Err(EngineError::NodeTaken(self.0.config.node.clone())),
            Err(error) => {
                tracing::warn!(%error, "the node's lease could not be renewed");
                Ok(())
            }
        }
    }

    // What the store holds.

    /// Looks for due work, and says how long to wait until the next look.
    async fn look_or_warn(&self) -> Duration {
        match self.look().await {
            Ok(pause) => pause,
            Err(error) => {
                tracing::warn!(%error, "cannot look for work");
                self.0.config.poll
            }
        }
    }

    async fn look(&self) -> Result<Duration, EngineError> {
        let now = self.0.ctx.clock.now();
        let limit = self.desk().in_hand.len() + LOOK;
        let due = store::due_effects(self.store(), &self.0.config.node, now, limit).await?;
        let waits = store::due_waits(self.store(), now, limit).await?;
        let mut more = due.len() >= limit || waits.len() >= limit;
        let mut mine: Vec<String> = Vec::new();
        if due.iter().any(|(_, foreign)| *foreign) {
            let node = self.0.config.node.clone();
            let room = self.0.config.concurrency;
            let claimed: Vec<String> = self
                .store()
                .write(move |tx| Box::pin(async move { store::claim_effects(tx, &node, now, room).await }))
                .await
                .map_err(EngineError::Store)?;
            more |= claimed.len() >= room;
            mine.extend(claimed);
        }
        mine.extend(due.into_iter().filter(|(_, foreign)| !foreign).map(|(id, _)| id));
        {
            let mut desk = self.desk();
            for id in mine {
                if desk.in_hand.insert(id.clone()) {
                    desk.queue.push_back(Work::Effect(id));
                }
            }
            for wait in waits {
                if desk.in_hand.insert(wait.key()) {
                    desk.queue.push_back(Work::Wait(wait));
                }
            }
        }
        if more {
            self.0.look.store(true, Ordering::Release);
        }
        let next = store::next_due(self.store(), now).await?;
        self.0.next_due.store(next.unwrap_or(i64::MAX), Ordering::Release);
        let until =
            next.map(|next| Duration::from_millis(next.saturating_sub(now.as_millisecond()).max(1) as u64));
        Ok(until.unwrap_or(Duration::MAX).min(self.0.config.poll))
    }

    // Timers.

    async fn fire(&self, wait: DueWait) {
        let _held = Held { engine: self, key: wait.key() };
        let (engine, now) = (self.clone(), self.0.ctx.clock.now());
        let fired = self
            .store()
            .write(move |tx| {
                Box::pin(async move {
                    if !store::is_due(tx, &wait, now).await? {
                        return Ok(None);
                    }
                    let input = Input::Timer { token: wait.token, element: wait.element.clone() };
                    let moved = engine.move_in(tx, wait.instance, input).await?;
                    if moved.is_none() {
                        store::end_waits(tx, wait.instance, wait.token, Some(&wait.element)).await?;
                    }
                    Ok::<_, EngineError>(moved)
                })
            })
            .await;
        match fired {
            Ok(ready) => self.committed(ready.unwrap_or_default()),
            Err(error) => tracing::warn!(%error, "a timer could not go off; it will be tried again"),
        }
    }

    // Effects.

    /// Runs an effect and those that follow it in the same instance.
    async fn follow(&self, id: String, mut job: Option<Job>) {
        let mut passing = Passing::default();
        let mut held = Held { engine: self, key: id };
        loop {
            match self.effect(&held.key, job, &mut passing).await {
                Ok(Some(next)) if self.0.running.load(Ordering::Acquire) && held.turn_to(&next.row.id) => {
                    job = Some(next);
                }
                Ok(_) => return,
                Err(error) => {
                    tracing::warn!(%error, effect = held.key, "an effect's answer could not be kept; it will be run again");
                    return;
                }
            }
        }
    }

    /// Runs an effect and writes what it led to; gives the effect that follows.
    async fn effect(
        &self,
        id: &str,
        job: Option<Job>,
        passing: &mut Passing,
    ) -> Result<Option<Job>, EngineError> {
        let now = self.0.ctx.clock.now();
        let (row, live) = match job {
            Some(Job { row, live: Some(live) }) => (row, live),
            _ => match store::owned_effect(self.store(), id, &self.0.config.node, now).await? {
                Some((row, instance)) => (row, self.live(instance).await?),
                None => return Ok(None),
            },
        };
        let Some(handler) = self.0.handlers.get(&row.handler) else {
            tracing::warn!(
                handler = row.handler,
                effect = id,
                "another version of the program must run this effect"
            );
            let lease = Duration::min(self.0.config.lease, self.0.config.longest_pause);
            let (attempts, next_at) = (row.attempts, self.after(lease));
            self.postpone(row, attempts, next_at, false).await?;
            return Ok(None);
        };
        let (attempt, instance) = (row.attempts + 1, live.id);
        let outcome = match self.call(handler, &live, row.token, attempt, passing).await {
            Some(Ok(answer)) => Outcome::Answered(answer),
            Some(Err(Failure::Transient(message))) if attempt < self.0.config.attempts => {
                tracing::info!(effect = id, attempt, message, "an effect failed for now");
                let next_at = self.after_pause(attempt);
                self.postpone(row, attempt, next_at, true).await?;
                return Ok(None);
            }
            Some(Err(Failure::Transient(message))) => Outcome::Failed { code: GIVEN_UP.to_owned(), message },
            Some(Err(Failure::Permanent { code, message })) => Outcome::Failed { code, message },
            None => return Ok(None),
        };
        let kept = self.settle(&row, live, outcome, passing).await;
        let Err(error) = kept else { return kept };
        // The store may be refusing the component's own statements, and then it will again: as any other failure.
        tracing::warn!(%error, effect = id, attempt, "an effect's answer could not be kept");
        if attempt < self.0.config.attempts {
            let next_at = self.after_pause(attempt);
            self.postpone(row, attempt, next_at, true).await?;
            return Ok(None);
        }
        let Some(instance) = store::instance(self.store(), instance).await? else { return Ok(None) };
        let given_up = Outcome::Failed { code: GIVEN_UP.to_owned(), message: error.to_string() };
        self.settle(&row, self.live(instance).await?, given_up, passing).await
    }

    async fn call(
        &self,
        handler: &Handler,
        live: &Live,
        token: u32,
        attempt: u32,
        passing: &Passing,
    ) -> Option<Result<Answer, Failure>> {
        let token = live.state.token(token)?;
        let call = Call {
            key: crate::step::key(&live.name, &token.element, token.visit).into(),
            instance: live.id,
            business_key: live.business_key.clone(),
            element: token.element.clone(),
            attempt,
            vars: live.state.vars.clone(),
            passing: passing.clone(),
        };
        // The handler's own making of the future may panic too.
        let running = async { (handler.run)(call).await };
        let ended = AssertUnwindSafe(running).catch_unwind().await;
        Some(ended.unwrap_or_else(|_| Err(Failure::permanent(PANIC, "the program has a fault here"))))
    }

    /// Writes an effect's outcome and the advance it causes in one transaction, anew where the instance has moved on.
    async fn settle(
        &self,
        row: &EffectRow,
        mut live: Live,
        outcome: Outcome,
        passing: &mut Passing,
    ) -> Result<Option<Job>, EngineError> {
        loop {
            let instance = live.id;
            let (input, mut statements) = outcome.input(row.token);
            if let Outcome::Answered(answer) = &outcome {
                pass(passing, answer);
            }
            let mut step = Step::default();
            if !row.is_wanted(&live) {
                return Ok(None);
            }
            if live.advance(input, self.0.ctx.clock.now(), &mut step).is_err() {
                return Ok(None);
            }
            self.run_pure(&mut live, &mut step, &mut statements, passing).await;
            let text = live.text()?;
            let change = Change { begin: false, done: Some(row.id.clone()), statements };
            let engine = self.clone();
            let written = self
                .store()
                .write(move |tx| Box::pin(async move { engine.put(tx, live, step, text, change).await }))
                .await?;
            match written {
                Some(ready) => return Ok(self.go_on(ready)),
                None => match store::instance(self.store(), instance).await? {
                    Some(row) => live = self.live(row).await?,
                    None => return Ok(None),
                },
            }
        }
    }

    /// Keeps the first effect for the worker at hand and hands out the rest.
    fn go_on(&self, mut ready: Ready) -> Option<Job> {
        let first = (!ready.jobs.is_empty()).then(|| ready.jobs.remove(0));
        self.committed(ready);
        first
    }

    /// Runs the pure effects that a step has reached, within the step.
    async fn run_pure(
        &self,
        live: &mut Live,
        step: &mut Step,
        statements: &mut Vec<Statement>,
        passing: &mut Passing,
    ) {
        for _ in 0..MAX_PURE {
            let found = step.effects.iter().enumerate().find_map(|(place, effect)| {
                let handler = self.0.handlers.get(&effect.handler)?;
                (handler.pure && effect.attempts == 0).then_some((place, handler))
            });
            let Some((place, handler)) = found else { return };
            let token = step.effects[place].token;
            let outcome = match self.call(handler, live, token, 1, passing).await {
                Some(Ok(answer)) => Outcome::Answered(answer),
                Some(Err(Failure::Permanent { code, message })) => Outcome::Failed { code, message },
                Some(Err(Failure::Transient(message))) => {
                    let effect: &mut NewEffect = &mut step.effects[place];
                    tracing::info!(element = effect.element, message, "a pure effect failed for now");
                    effect.attempts = 1;
                    effect.next_at = self.after_pause(1);
                    continue;
                }
                None => return,
            };
            step.effects.remove(place);
            let (input, own) = outcome.input(token);
            statements.extend(own);
            if let Outcome::Answered(answer) = &outcome {
                pass(passing, answer);
            }
            // The token waits for just this: the step put it there.
            let _ = live.advance(input, self.0.ctx.clock.now(), step);
        }
    }

    async fn postpone(
        &self,
        row: EffectRow,
        attempts: u32,
        next_at: Timestamp,
        keep: bool,
    ) -> Result<(), StoreError> {
        let node = self.0.config.node.clone();
        self.store()
            .write(move |tx| {
                Box::pin(
                    async move { store::postpone_effect(tx, &row.id, &node, attempts, next_at, keep).await },
                )
            })
            .await?;
        self.committed(Ready { due: Some(store::millis(next_at)), ..Ready::default() });
        Ok(())
    }

    /// When to try again after so many failed attempts: the pause doubles each time, and chance spreads it over its
    /// upper half.
    fn after_pause(&self, attempts: u32) -> Timestamp {
        let config = &self.0.config;
        let doubled = 2_u32.saturating_pow(attempts.saturating_sub(1));
        let pause = config.first_pause.saturating_mul(doubled).min(config.longest_pause);
        let half = u32::try_from(pause.as_millis() / 2).unwrap_or(u32::MAX / 2);
        let chance = self.0.ctx.rng.below(half.saturating_add(1));
        self.after(Duration::from_millis(u64::from(half) + u64::from(chance)))
    }

    fn after(&self, pause: Duration) -> Timestamp {
        self.0.ctx.clock.now().saturating_add(pause).unwrap_or(Timestamp::MAX)
    }
}

/// Says that a worker panicked. Its work stands in the store.
fn note_fault(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "a worker stopped");
    }
}

impl Outcome {
    fn input(&self, token: u32) -> (Input, Vec<Statement>) {
        match self {
            Self::Answered(answer) => {
                (Input::Answered { token, vars: answer.vars.clone() }, answer.statements.clone())
            }
            Self::Failed { code, message } => {
                (Input::Failed { token, code: code.clone(), message: message.clone() }, Vec::new())
            }
        }
    }
}

fn pass(passing: &mut Passing, answer: &Answer) {
    if !answer.passing.is_empty() {
        let passing = Arc::make_mut(passing);
        passing.extend(answer.passing.iter().map(|(name, value)| (*name, Arc::new(value.clone()))));
    }
}
