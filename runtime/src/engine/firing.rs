//! The second half of an event: limits, actions, effects.

use std::collections::VecDeque;
use std::sync::{Arc, PoisonError};
use std::time::Instant;

use oracle_vm::ids::RuleId;
use oracle_vm::value::Text;

use super::cell::Cell;
use super::conditions::{Verdict, judge};
use super::overlay::Overlay;
use super::{EngineOptions, EventRef, EventResult, Report, Rule, RuleOutcome, RuleSet};
use crate::action::{Cause, LogRecord, Prepared};
use crate::context::Context;
use crate::error::RuleError;
use crate::event::Event;
use crate::limits::Held;
use crate::state::{Batch, Write};
use crate::template::{Inputs, TemplateContext};

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
struct Firing {
    /// Its place in the result's list.
    at: usize,
    id: RuleId,
    prepared: Vec<Prepared>,
}

impl Cascade<'_> {
    /// Handles one event in its session.
    pub(super) fn step(&mut self, cell: &mut Cell, step: &Step) -> EventResult {
        let began = Instant::now();
        let event = &step.event;
        if cell.session.apply(event) {
            cell.limits.clear();
        }
        cell.follow(self.rules);
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
        if let Some(hook) = hook {
            let store = &*self.options.store;
            let judgement = judge(self.rules, self.overlay, cell, hook, store, self.report);
            result.evaluated = judgement.evaluated;
            if !judgement.verdicts.is_empty() {
                self.fire(cell, step, judgement.verdicts, &mut result);
            }
        }
        result.time_us = began.elapsed().as_secs_f64() * 1e6;
        result
    }

    fn fire(&mut self, cell: &mut Cell, step: &Step, verdicts: Vec<Verdict>, result: &mut EventResult) {
        let mut snapshot = None;
        let mut firings = Vec::new();
        let mut ids = Vec::with_capacity(verdicts.len());
        for verdict in verdicts {
            let Some(rule) = self.rules.get(verdict.id) else { continue };
            let began = Instant::now();
            let mut outcome = outcome(rule, &verdict);
            if outcome.matched {
                result.first_match.get_or_insert_with(|| Arc::clone(&rule.id));
                outcome.held = held(cell, rule, &verdict);
                if outcome.held.is_none() {
                    let context = snapshot.get_or_insert_with(|| Arc::new(cell.session.context().clone()));
                    match self.prepare(cell, rule, &verdict, context, step) {
                        Ok(prepared) => {
                            firings.push(Firing { at: result.rules.len(), id: verdict.id, prepared })
                        }
                        Err(error) => outcome.error = Some(error),
                    }
                }
                outcome.time_us += began.elapsed().as_secs_f64() * 1e6;
            }
            result.rules.push(outcome);
            ids.push(verdict.id);
        }
        self.commit(cell, &mut firings, result);
        for firing in firings {
            self.apply(cell, step, firing, result);
        }
        for (outcome, id) in result.rules.iter().zip(ids) {
            if let Some(rule) = self.rules.get(id) {
                rule.count(outcome);
            }
        }
    }

    /// Renders and checks every action of a rule; nothing takes effect.
    fn prepare(
        &mut self,
        cell: &Cell,
        rule: &Rule,
        verdict: &Verdict,
        context: &Arc<Context>,
        step: &Step,
    ) -> Result<Vec<Prepared>, RuleError> {
        let values = self.overlay.params(verdict.id).unwrap_or(&rule.params.values);
        let seen = TemplateContext {
            context: Arc::clone(context),
            state: Arc::clone(cell.states.of(rule.plugin, &*self.options.store)?),
            params: Inputs { names: Arc::clone(&rule.params.names), values: Arc::clone(values) },
            settings: self.settings_of(rule),
        };
        let cause = Cause {
            rule_id: &rule.id,
            event: &step.event,
            seconds: cell.session.moment().seconds,
            chain: &step.chain,
        };
        let prepared = rule.actions.prepare(&seen, cause)?;
        let emitted = prepared.iter().filter(|it| matches!(it, Prepared::Emit(_))).count();
        if self.following.saturating_add(emitted) > MAX_FOLLOWING {
            let message = format!("more than {MAX_FOLLOWING} events follow from one: emit fewer");
            return Err(RuleError::new("chain", message));
        }
        self.following += emitted;
        Ok(prepared)
    }

    /// The effective settings of the rule's plugin.
    fn settings_of(&self, rule: &Rule) -> Inputs {
        let Some(defaults) = self.rules.settings(rule.plugin) else { return Inputs::default() };
        let values = self.overlay.settings(rule.plugin).unwrap_or(&defaults.values);
        Inputs { names: Arc::clone(&defaults.names), values: Arc::clone(values) }
    }

    /// Writes the state of all rules in one transaction. When that fails, the rules that write do not fire.
    fn commit(&self, cell: &Cell, firings: &mut Vec<Firing>, result: &mut EventResult) {
        let mut batch = Batch::default();
        for firing in &*firings {
            let rule = self.rules.get(firing.id);
            let namespace = rule.and_then(|rule| cell.states.namespace(rule.plugin));
            for prepared in &firing.prepared {
                if let (Prepared::SetState { key, value }, Some(namespace)) = (prepared, namespace) {
                    let namespace = namespace.clone();
                    batch.writes.push(Write { namespace, key: key.clone(), value: Some(value.clone()) });
                }
            }
        }
        if batch.writes.is_empty() {
            return;
        }
        if let Err(error) = self.options.store.commit(&batch) {
            firings.retain(|firing| {
                let writes = firing.prepared.iter().any(|it| matches!(it, Prepared::SetState { .. }));
                if let (true, Some(outcome)) = (writes, result.rules.get_mut(firing.at)) {
                    outcome.error = Some(RuleError::new("state", error.to_string()));
                }
                !writes
            });
        }
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
                    if cell.inbox.push(notification.clone()) {
                        result.notifications.push(notification);
                    }
                }
                Prepared::Log { level, message } => self.options.log.log(&LogRecord {
                    level,
                    message,
                    rule_id: outcome.id.to_string(),
                    user_id: step.event.user_id.as_str().to_owned(),
                    project_id: step.event.project_id.as_str().to_owned(),
                    session_id: step.event.session_id.as_str().to_owned(),
                    timestamp: cell.session.moment().seconds,
                }),
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

fn held(cell: &Cell, rule: &Rule, verdict: &Verdict) -> Option<Held> {
    if !rule.is_limited {
        return None;
    }
    let elsewhere = rule.spec.limits.cooldown_seconds.and_then(|_| {
        let last = cell.tenant.last_fired.lock().unwrap_or_else(PoisonError::into_inner);
        last.get(&rule.id).copied()
    });
    cell.limits.get(&verdict.id)?.held(&rule.spec.limits, cell.session.moment(), elsewhere)
}

fn note_firing(rules: &RuleSet, cell: &mut Cell, id: RuleId) {
    let Some(rule) = rules.get(id).filter(|rule| rule.is_limited) else { return };
    let now = cell.session.moment();
    cell.limits.entry(id).or_default().fired(&rule.spec.limits, now);
    if rule.spec.limits.cooldown_seconds.is_some() {
        let mut last = cell.tenant.last_fired.lock().unwrap_or_else(PoisonError::into_inner);
        last.insert(Arc::clone(&rule.id), now.seconds);
    }
}
