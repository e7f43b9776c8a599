//! The second half of an event: limits, actions, effects.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use oracle_compiler::rule::LogLevel;
use oracle_vm::ids::RuleId;
use oracle_vm::value::Text;

use super::cell::Cell;
use super::conditions::{Judgement, Verdict, judge};
use super::memory::{Claim, cooldown_record, limit_record};
use super::overlay::Overlay;
use super::record::executions;
use super::room::Room;
use super::scripts::settings_of;
use super::{EngineOptions, EventRef, EventResult, Report, Rule, RuleOutcome, RuleSet};
use crate::action::{Cause, LogRecord, Prepared, PreparedActions};
use crate::error::RuleError;
use crate::event::Event;
use crate::limits::Held;
use crate::script::Printed;
use crate::session::SessionMark;
use crate::state::{Batch, StateError, Write};
use crate::template::{InputsRef, Snapshot, TemplateContext};

/// Events that may follow from one event of the host altogether, over all chains.
const MAX_FOLLOWING: usize = 256;

/// An event to be handled, with the types of the events that led to it.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) event: Event,
    pub(super) chain: Vec<Text>,
}

/// Handles the events that a host's event leads to, one after the other.
pub(super) struct Cascade<'a> {
    pub(super) options: &'a EngineOptions,
    pub(super) rules: &'a Arc<RuleSet>,
    pub(super) overlay: &'a Overlay,
    pub(super) report: Report,
    pub(super) following: usize,
    pub(super) waiting: VecDeque<Step>,
}

/// A rule whose actions are prepared.
#[derive(Debug)]
pub(super) struct Firing {
    /// Its place in the result's list.
    at: usize,
    id: RuleId,
    prepared: PreparedActions,
    claim: Option<Claim>,
}

impl Cascade<'_> {
    /// Handles one event in its session.
    pub(super) fn step(&mut self, cell: &mut Cell, step: &Step) -> EventResult {
        let began = Instant::now();
        let event = &step.event;
        let store = &*self.options.store;
        cell.resume(self.rules, store);
        if cell.session.apply(event) {
            cell.begin_anew();
        }
        cell.follow(self.rules, store);
        let hook = event.hook();
        let mut result = EventResult {
            event: EventRef {
                id: event.id.clone().unwrap_or_else(|| "".into()),
                event_type: event.event_type.clone(),
                session_id: event.session_id.clone(),
            },
            hook,
            rules: Vec::new(),
            first_match: None,
            notifications: Vec::new(),
            time_us: 0.0,
            evaluated: 0,
        };
        Room::with(|room| {
            if let Some(hook) = hook {
                let judgement = &mut room.judgement;
                judge(self.rules, self.overlay, cell, hook, self.options, self.report, judgement);
                result.evaluated = judgement.evaluated;
                for (id, line) in judgement.printed.drain(..) {
                    self.log_printed(cell, step, id, &line);
                }
            }
            self.fire(cell, step, room, &mut result);
        });
        result.time_us = began.elapsed().as_secs_f64() * 1e6;
        if let Some(log) = &self.options.executions
            && !result.rules.is_empty()
        {
            log.record(executions(event, &result));
        }
        result
    }

    fn fire(&mut self, cell: &mut Cell, step: &Step, room: &mut Room, result: &mut EventResult) {
        let Room { judgement: Judgement { verdicts, snapshot, .. }, firings } = room;
        let snapshot = Snapshot::new(cell.session.context(), snapshot.take());
        for verdict in &*verdicts {
            let Some(rule) = self.rules.get(verdict.id) else { continue };
            let began = Instant::now();
            let mut outcome = outcome(rule, verdict);
            if outcome.matched {
                result.first_match.get_or_insert_with(|| Arc::clone(&rule.id));
                match claim(cell, rule, verdict) {
                    Err(held) => outcome.held = Some(held),
                    Ok(claim) => {
                        let (at, id) = (result.rules.len(), verdict.id);
                        match self.prepare(cell, rule, verdict, &snapshot, step) {
                            Ok(prepared) => firings.push(Firing { at, id, prepared, claim }),
                            Err(error) => {
                                give_back(cell, rule, claim);
                                outcome.error = Some(error);
                            }
                        }
                    }
                }
                outcome.time_us += began.elapsed().as_secs_f64() * 1e6;
            }
            result.rules.push(outcome);
        }
        self.commit(cell, firings, result);
        for firing in firings.drain(..) {
            self.apply(cell, step, firing, result);
        }
        let rules = verdicts.iter().filter_map(|verdict| self.rules.get(verdict.id));
        rules.zip(&result.rules).for_each(|(rule, outcome)| rule.count(outcome));
    }

    /// Renders and checks every action of a rule; nothing takes effect.
    fn prepare(
        &mut self,
        cell: &Cell,
        rule: &Rule,
        verdict: &Verdict,
        context: &Snapshot<'_>,
        step: &Step,
    ) -> Result<PreparedActions, RuleError> {
        let values = self.overlay.params(verdict.id).unwrap_or(&rule.params.values);
        let seen = TemplateContext {
            context,
            state: cell.states.of(rule.plugin, &*self.options.store)?,
            params: InputsRef { names: &rule.params.names, values },
            settings: settings_of(self.rules, self.overlay, rule.plugin),
        };
        let cause = Cause {
            rule_id: &rule.id,
            event: &step.event,
            seconds: cell.session.moment().seconds,
            chain: &step.chain,
        };
        let prepared = verdict.actions.as_ref().unwrap_or(&*rule.actions).prepare(&seen, cause)?;
        let emitted = prepared.iter().filter(|it| matches!(it, Prepared::Emit(_))).count();
        if self.following.saturating_add(emitted) > MAX_FOLLOWING {
            let message = format!("more than {MAX_FOLLOWING} events follow from one: emit fewer");
            return Err(RuleError::new("chain", message));
        }
        self.following += emitted;
        Ok(prepared)
    }

    /// Writes everything that the event changes in one transaction. When that fails, the rules that write state do
    /// not fire; what limits count goes on in memory, and is written with the next event that has something to write.
    fn commit(&self, cell: &mut Cell, firings: &mut Vec<Firing>, result: &mut EventResult) {
        loop {
            let written = self.batch(cell, firings).and_then(|(batch, mark)| {
                if !batch.is_empty() {
                    self.options.store.commit(&batch)?;
                }
                Ok((batch, mark))
            });
            let error = match written {
                Ok((batch, mark)) => {
                    if !batch.is_empty() {
                        cell.stored(mark);
                    }
                    return;
                }
                Err(error) => error,
            };
            let before = firings.len();
            self.refuse(cell, firings, result, &error);
            // Only a full quota is the fault of some: the others are written without them.
            if !matches!(error, StateError::Quota { .. }) || firings.len() == before {
                return;
            }
        }
    }

    /// What an event with these firings changes, and the mark of the session that is stored with it.
    fn batch(&self, cell: &mut Cell, firings: &[Firing]) -> Result<(Batch, Option<SessionMark>), StateError> {
        let mut batch = Batch::default();
        let mut limited: Vec<RuleId> = cell.limits.changed().to_vec();
        for firing in firings {
            let Some(rule) = self.rules.get(firing.id) else { continue };
            let namespace = cell.states.namespace(rule.plugin);
            for prepared in &firing.prepared {
                if let (Prepared::SetState { key, value }, Some(namespace)) = (prepared, namespace) {
                    let namespace = namespace.clone();
                    batch.writes.push(Write { namespace, key: key.clone(), value: Some(value.clone()) });
                }
            }
            if rule.is_limited && !limited.contains(&firing.id) {
                limited.push(firing.id);
            }
            if firing.claim.is_some() {
                let seconds = cell.session.moment().seconds;
                batch.records.push(cooldown_record(cell.session.key(), rule, seconds));
            }
        }
        let (records, mark) = cell.mark_to_store(&*self.options.store, !limited.is_empty())?;
        batch.records.extend(records);
        for id in limited {
            let Some(rule) = self.rules.get(id) else { continue };
            let mut state = cell.limits.get(id).copied().unwrap_or_default();
            if firings.iter().any(|firing| firing.id == id) {
                state.fired(&rule.spec.limits, cell.session.moment());
            }
            batch.records.push(limit_record(cell.session.key(), rule, state));
        }
        Ok((batch, mark))
    }

    /// Takes back the firings that write what could not be written.
    fn refuse(&self, cell: &Cell, firings: &mut Vec<Firing>, result: &mut EventResult, error: &StateError) {
        firings.retain(|firing| {
            let Some(rule) = self.rules.get(firing.id) else { return false };
            let its_plugin = |plugin: &str| {
                cell.states.namespace(rule.plugin).is_some_and(|it| it.plugin.as_str() == plugin)
            };
            let concerned = match error {
                StateError::Quota { plugin, .. } => its_plugin(plugin),
                _ => true,
            };
            let writes = firing.prepared.iter().any(|it| matches!(it, Prepared::SetState { .. }));
            let refused = writes && concerned;
            if let (true, Some(outcome)) = (refused, result.rules.get_mut(firing.at)) {
                outcome.error = Some(RuleError::new("state", error.to_string()));
                give_back(cell, rule, firing.claim);
            }
            !refused
        });
    }

    fn log(&self, cell: &Cell, step: &Step, rule_id: &str, level: LogLevel, message: String) {
        self.options.log.log(&LogRecord {
            level,
            message,
            rule_id: rule_id.to_owned(),
            user_id: step.event.user_id.as_str().to_owned(),
            project_id: step.event.project_id.as_str().to_owned(),
            session_id: step.event.session_id.as_str().to_owned(),
            timestamp: cell.session.moment().seconds,
        });
    }

    /// What a script printed goes to the log, with the script's name and the line.
    fn log_printed(&self, cell: &Cell, step: &Step, id: RuleId, printed: &Printed) {
        let Some(rule) = self.rules.get(id) else { return };
        let message = format!("{}:{}: {}", rule.script_name(), printed.line, printed.text);
        self.log(cell, step, &rule.id, LogLevel::Info, message);
    }

    /// Lets a rule's actions take effect and notes that it fired.
    fn apply(&mut self, cell: &mut Cell, step: &Step, firing: Firing, result: &mut EventResult) {
        let Some(outcome) = result.rules.get_mut(firing.at) else { return };
        outcome.fired = true;
        outcome.actions = firing.prepared.iter().map(Prepared::action_type).collect();
        note_firing(self.rules, cell, firing.id);
        for prepared in firing.prepared {
            match prepared {
                Prepared::Notify(notification) => {
                    if cell.inbox.push(notification.clone(), cell.session.moment().seconds) {
                        result.notifications.push(notification);
                    }
                }
                Prepared::Log { level, message } => self.log(cell, step, &outcome.id, level, message),
                // Already written, in the event's one transaction.
                Prepared::SetState { .. } => {}
                Prepared::Emit(event) => {
                    let chain = step.chain.iter().chain([&step.event.event_type]).cloned().collect();
                    self.waiting.push_back(Step { event: *event, chain });
                }
            }
        }
    }
}

fn outcome(rule: &Rule, verdict: &Verdict) -> RuleOutcome {
    RuleOutcome {
        id: Arc::clone(&rule.id),
        matched: matches!(verdict.truth, Ok(true)),
        fired: false,
        held: None,
        actions: Vec::new(),
        error: verdict.truth.as_ref().err().cloned(),
        time_us: verdict.time_us,
        ran: verdict.ran,
    }
}

/// Whether the rule may fire; a rule with `cooldown_seconds` takes the right to.
fn claim(cell: &Cell, rule: &Rule, verdict: &Verdict) -> Result<Option<Claim>, Held> {
    let Some(state) = cell.limits.get(verdict.id).filter(|_| rule.is_limited) else { return Ok(None) };
    let (limits, now) = (&rule.spec.limits, cell.session.moment());
    if limits.cooldown_seconds.is_none() {
        return state.held(limits, now, None).map_or(Ok(None), Err);
    }
    let held = |elsewhere| state.held(limits, now, elsewhere);
    cell.tenant.claim(&rule.id, now.seconds, held).map(Some)
}

fn give_back(cell: &Cell, rule: &Rule, claim: Option<Claim>) {
    if let Some(claim) = claim {
        cell.tenant.give_back(&rule.id, claim);
    }
}

fn note_firing(rules: &RuleSet, cell: &mut Cell, id: RuleId) {
    let Some(rule) = rules.get(id).filter(|rule| rule.is_limited) else { return };
    let now = cell.session.moment();
    cell.limits.fired(id, &rule.spec.limits, now);
}
