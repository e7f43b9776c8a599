//! The engine itself: rules, users, sessions and the bus, joined.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use oracle_compiler::rule::{DeliverAt, LogLevel};
use oracle_vm::schema::slot;
use oracle_vm::value::{Data, Text};

use super::cell::Cell;
use super::firing::{Cascade, Step};
use super::overlay::{Stale, World};
use super::sessions::Sessions;
use super::{EngineOptions, EventResult, Report, RuleSet, UserChoices};
use crate::action::LogRecord;
use crate::context::Context;
use crate::error::EngineError;
use crate::event::Event;
use crate::event::bus::Bus;
use crate::metrics::EngineMetrics;
use crate::notify::Notification;
use crate::session::SessionKey;
use crate::state::{Batch, now};

/// Takes events and says what the rules made of them. Shared between threads; events of one session are handled
/// one after the other, events of different sessions side by side.
#[derive(Debug)]
pub struct Engine {
    world: RwLock<Arc<World>>,
    /// Held while a new world is made from the current one, so that no change is lost.
    changing: Mutex<()>,
    sessions: Sessions,
    bus: Bus,
    options: EngineOptions,
    events: AtomicU64,
    metrics: EngineMetrics,
}

impl Engine {
    /// An engine that runs these rules, for users whose choices are in the store. Choices that cannot be read are
    /// not used, and the log says so.
    pub fn new(rules: Arc<RuleSet>, options: EngineOptions) -> Engine {
        let mut world = World::new(rules);
        let mut stale = Vec::new();
        match UserChoices::of_all(&*options.store) {
            Ok(users) => {
                for (user, choices) in users {
                    let theirs = world.set_choices(user.clone(), Arc::new(choices));
                    stale.extend(theirs.into_iter().map(|it| (user.clone(), it)));
                }
            }
            Err(error) => warn(&options, "", "", format!("what users chose is not used: {error}")),
        }
        warn_of_stale(&options, &stale);
        Engine {
            world: RwLock::new(Arc::new(world)),
            changing: Mutex::new(()),
            sessions: Sessions::default(),
            bus: Bus::new(options.bus_capacity),
            options,
            events: AtomicU64::new(0),
            metrics: EngineMetrics::default(),
        }
    }

    /// Handles an event, and after it the events that its rules emit. The first result is the event's own.
    pub fn handle(&self, event: Event) -> Vec<EventResult> {
        self.handle_with(event, Report::Notable)
    }

    /// As [`Engine::handle`], with a choice of which rules the results list.
    pub fn handle_with(&self, event: Event, report: Report) -> Vec<EventResult> {
        let mut results = Vec::with_capacity(1);
        self.handle_into(event, report, &mut results);
        results
    }

    /// As [`Engine::handle_with`], adding the results to a list: one that is used again costs no allocation.
    pub fn handle_into(&self, event: Event, report: Report, results: &mut Vec<EventResult>) {
        let slot = self.sessions.open(&SessionKey::of(&event), self.options.max_sessions);
        {
            let mut cell = slot.lock();
            // Asked for after the lock: the rules of a session never go back to those before a reload.
            let world = self.world();
            self.run(&world, &mut cell, event, report, results);
        }
        self.bus.deliver();
    }

    /// As [`Engine::handle_into`], where that waits for nothing: no script, no write to the disk and no other event
    /// of the session. Otherwise the event comes back, untouched, for a thread that may wait.
    pub fn handle_at_once(
        &self,
        event: Event,
        report: Report,
        results: &mut Vec<EventResult>,
    ) -> Option<Event> {
        let slot = self.sessions.open(&SessionKey::of(&event), self.options.max_sessions);
        let Some(mut cell) = slot.try_lock() else { return Some(event) };
        let world = self.world();
        if event.hook().is_some_and(|hook| world.may_wait(hook, &event.user_id)) {
            return Some(event);
        }
        self.run(&world, &mut cell, event, report, results);
        drop(cell);
        self.bus.deliver();
        None
    }

    pub(super) fn run(
        &self,
        world: &World,
        cell: &mut Cell,
        event: Event,
        report: Report,
        results: &mut Vec<EventResult>,
    ) {
        let mut cascade = Cascade {
            options: &self.options,
            rules: &world.rules,
            overlay: world.overlay(&event.user_id),
            report,
            following: 0,
            waiting: VecDeque::new(),
        };
        let mut next = Some(Step { event, chain: Vec::new() });
        while let Some(mut step) = next {
            self.number(&mut step.event);
            let result = cascade.step(cell, &step);
            self.metrics.count(&result);
            results.push(result);
            self.bus.publish(&step.event);
            next = cascade.waiting.pop_front();
        }
    }

    /// Whether a session is in memory, or its user has room for one more.
    pub fn has_room_for(&self, session: &SessionKey, most: usize) -> bool {
        self.sessions.has_room_for(session, most)
    }

    /// Takes the notifications of a session that wait at a delivery point, most urgent first, then in firing
    /// order; without a point, all of them.
    pub fn drain(&self, session: &SessionKey, deliver_at: Option<DeliverAt>) -> Vec<Notification> {
        let Some(slot) = self.sessions.find(session) else { return Vec::new() };
        let mut cell = slot.lock();
        let now = cell.session.moment().seconds;
        cell.inbox.drain(deliver_at, now)
    }

    /// Takes what waits at each of these delivery points, one point after the other.
    pub fn drain_points(&self, session: &SessionKey, points: &[DeliverAt]) -> Vec<Notification> {
        let Some(slot) = self.sessions.find(session) else { return Vec::new() };
        let mut cell = slot.lock();
        if cell.inbox.is_empty() {
            return Vec::new();
        }
        let now = cell.session.moment().seconds;
        points.iter().flat_map(|point| cell.inbox.drain(Some(*point), now)).collect()
    }

    /// The context of a session as of its last event.
    pub fn context(&self, session: &SessionKey) -> Option<Context> {
        self.sessions.find(session).map(|slot| slot.lock().session.context().clone())
    }

    /// The turn that a session is in, from 1.
    pub fn turn_number(&self, session: &SessionKey) -> Option<i64> {
        let found = self.sessions.find(session)?;
        match found.lock().session.context().get(slot::TURN_NUMBER) {
            Data::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// How many pairs of a user and a project have something in memory.
    pub fn tenant_count(&self) -> usize {
        self.sessions.tenants()
    }

    /// How many sessions are in memory.
    pub fn session_count(&self) -> usize {
        self.sessions.len()
    }

    /// The bus: every handled event is published there.
    pub fn bus(&self) -> &Bus {
        &self.bus
    }

    /// What happened to events so far, by hook; what happened to rules is in [`Rule::counts`](super::Rule::counts).
    pub fn metrics(&self) -> &EngineMetrics {
        &self.metrics
    }

    /// The parts that the engine was made with.
    pub fn options(&self) -> &EngineOptions {
        &self.options
    }

    /// The rules that run now.
    pub fn rules(&self) -> Arc<RuleSet> {
        Arc::clone(&self.world().rules)
    }

    /// Swaps the rules; events that are being handled finish with the old ones. What users chose, and the limits
    /// of rules that are still there, stay. What users chose and the new rules do not take is written to the log.
    pub fn replace_rules(&self, rules: Arc<RuleSet>) {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.rules();
        if !Arc::ptr_eq(&rules, &before) {
            rules.carry_counts(&before);
        }
        let (world, stale) = self.world().with_rules(rules);
        self.put(world);
        warn_of_stale(&self.options, &stale);
    }

    pub(super) fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    pub(super) fn world(&self) -> Arc<World> {
        Arc::clone(&self.world.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn put(&self, world: World) {
        *self.world.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(world);
    }

    /// Changes what a user chose: it is stored first, and in force for the next event after.
    pub(super) fn choose(
        &self,
        user: &str,
        change: impl FnOnce(&RuleSet, &mut UserChoices) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut world = World::clone(&self.world());
        let before = world.choices(user);
        let mut choices = before.clone();
        change(&world.rules, &mut choices)?;
        let user = Text::from(user);
        let records = choices.changes(&user, &before);
        if records.is_empty() {
            return Ok(());
        }
        self.options.store.commit(&Batch::of_records(records))?;
        let stale = world.set_choices(user.clone(), Arc::new(choices));
        self.put(world);
        let stale: Vec<(Text, Stale)> = stale.into_iter().map(|it| (user.clone(), it)).collect();
        warn_of_stale(&self.options, &stale);
        Ok(())
    }

    /// Events without an id are numbered in the order in which they are handled.
    fn number(&self, event: &mut Event) {
        let number = self.events.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        if event.id.is_none() {
            event.id = Some(format!("event-{number}").into());
        }
    }
}

/// Tells the log what users chose and these rules do not take.
fn warn_of_stale(options: &EngineOptions, stale: &[(Text, Stale)]) {
    for (user, Stale { of, error }) in stale {
        let message = format!("{error}: what was set is not used, the default holds");
        warn(options, user.as_str(), of, message);
    }
}

fn warn(options: &EngineOptions, user: &str, rule: &str, message: String) {
    options.log.log(&LogRecord {
        level: LogLevel::Warning,
        message,
        rule_id: rule.to_owned(),
        user_id: user.to_owned(),
        project_id: String::new(),
        session_id: String::new(),
        timestamp: now(),
    });
}
