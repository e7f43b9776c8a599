//! The first half of an event: every condition against one snapshot.

use std::sync::Arc;
use std::time::Instant;

use oracle_compiler::rule::Condition;
use oracle_vm::fault::Fault;
use oracle_vm::frame::{Frame, Scope};
use oracle_vm::hook::Hook;
use oracle_vm::ids::{ChunkId, RuleId};
use oracle_vm::machine::Machine;
use oracle_vm::value::Map;

use super::cell::Cell;
use super::overlay::Overlay;
use super::{Report, Rule, RuleSet};
use crate::error::RuleError;
use crate::state::{Namespace, Store};

/// What one rule's condition said.
#[derive(Debug)]
pub(super) struct Verdict {
    pub(super) id: RuleId,
    pub(super) truth: Result<bool, RuleError>,
    pub(super) time_us: f64,
}

/// Evaluates the conditions of a hook's enabled rules. Without a match it allocates nothing.
pub(super) fn judge(
    rules: &RuleSet,
    overlay: &Overlay,
    cell: &mut Cell,
    hook: Hook,
    store: &dyn Store,
    report: Report,
) -> Vec<Verdict> {
    let Cell { session, machine, limits, namespaces, states, .. } = cell;
    let mut frame = Frame::new();
    session.context().bind(&mut frame);
    let mut verdicts = Vec::new();
    let mut clock = Clock::start();
    for &id in rules.of_hook(hook) {
        let Some(rule) = rules.get(id).filter(|_| overlay.is_enabled(id)) else { continue };
        let params = overlay.params(id).map_or(&*rule.params.values, |params| &**params);
        let state = match state_of(rule, store, namespaces, states) {
            Ok(state) => state,
            Err(error) => {
                verdicts.push(Verdict { id, truth: Err(error), time_us: clock.lap() });
                continue;
            }
        };
        let scope = Scope { params, settings: rules.settings(rule.plugin), state };
        let mut run = Run { rules, machine, frame: &frame, scope };
        let mut truth = run.condition(rule);
        if rule.is_limited {
            let limit = limits.entry(id).or_default();
            let cleared = match rule.clear_when.filter(|_| limit.awaits_clear()) {
                Some(chunk) => run.truth(chunk),
                None => Ok(false),
            };
            limit.observe(matches!(truth, Ok(true)) && cleared.is_ok(), matches!(cleared, Ok(true)));
            truth = cleared.and(truth);
        }
        clock.count();
        if !matches!(truth, Ok(false)) || report == Report::All {
            verdicts.push(Verdict { id, truth, time_us: clock.lap() });
        }
    }
    verdicts
}

/// The state of the rule's plugin, read once per event.
fn state_of<'s>(
    rule: &Rule,
    store: &dyn Store,
    namespaces: &[Namespace],
    states: &'s mut [Option<Arc<Map>>],
) -> Result<&'s Map, RuleError> {
    let missing = || RuleError::new("state", "the rule's plugin has no state");
    let (Some(namespace), Some(place)) = (namespaces.get(rule.plugin), states.get_mut(rule.plugin)) else {
        return Err(missing());
    };
    if place.is_none() {
        *place = Some(store.snapshot(namespace).map_err(|error| RuleError::new("state", error.to_string()))?);
    }
    place.as_deref().ok_or_else(missing)
}

/// What evaluations of one rule share.
pub(super) struct Run<'r, 'f> {
    pub(super) rules: &'r RuleSet,
    pub(super) machine: &'r mut Machine,
    pub(super) frame: &'r Frame<'f>,
    pub(super) scope: Scope<'r>,
}

impl Run<'_, '_> {
    pub(super) fn condition(&mut self, rule: &Rule) -> Result<bool, RuleError> {
        match (rule.condition, &rule.spec.condition) {
            (Some(chunk), _) => self.truth(chunk),
            (None, Condition::Script(path)) => {
                Err(RuleError::new("script", format!("`{path}` cannot run: this engine runs no scripts")))
            }
            (None, Condition::Expression(_)) => {
                Err(RuleError::new("action", "the rule has no compiled condition: compile it again"))
            }
        }
    }

    fn truth(&mut self, chunk: ChunkId) -> Result<bool, RuleError> {
        let pack = self.rules.pack();
        let truth = self.machine.truth(pack, chunk, self.frame, &self.scope);
        truth.map_err(|fault| explain(self.rules, chunk, &fault))
    }
}

/// A fault with its place in the condition's text.
#[cold]
fn explain(rules: &RuleSet, chunk: ChunkId, fault: &Fault) -> RuleError {
    let kind = fault.trouble.kind().name();
    let debug = rules.pack().debug.get(chunk.0 as usize);
    let span = debug.and_then(|debug| debug.spans.get(fault.at.index()));
    let (Some(debug), Some(span)) = (debug, span) else {
        return RuleError::new(kind, fault.trouble.to_string());
    };
    let message = match debug.source.get(span.start as usize..span.end as usize) {
        Some(part) if !part.is_empty() => format!("{}: `{part}`", fault.trouble),
        _ => fault.trouble.to_string(),
    };
    RuleError { kind, message, start: Some(span.start), end: Some(span.end) }
}

/// Splits the time between two listed rules over all that were evaluated in between: reading the clock for each
/// would cost more than most conditions.
struct Clock {
    last: Instant,
    evaluated: u32,
}

impl Clock {
    fn start() -> Clock {
        Clock { last: Instant::now(), evaluated: 0 }
    }

    fn count(&mut self) {
        self.evaluated = self.evaluated.saturating_add(1);
    }

    fn lap(&mut self) -> f64 {
        let now = Instant::now();
        let passed = now.duration_since(self.last).as_secs_f64() * 1e6;
        let share = passed / f64::from(self.evaluated.max(1));
        *self = Clock { last: now, evaluated: 0 };
        share
    }
}
