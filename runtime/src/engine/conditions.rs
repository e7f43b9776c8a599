//! The first half of an event: every condition against one snapshot.

use std::cell::RefCell;
use std::sync::{Arc, LazyLock};
use std::time::Instant;

use oracle_vm::fault::Fault;
use oracle_vm::frame::{Frame, Scope};
use oracle_vm::hook::Hook;
use oracle_vm::ids::{ChunkId, RuleId};
use oracle_vm::index::{HookRun, Host};
use oracle_vm::machine::Machine;
use oracle_vm::value::Map;

use super::cell::Cell;
use super::hooks::HookRules;
use super::overlay::Overlay;
use super::room::empty;
use super::states::States;
use super::{EngineOptions, Report, Rule, RuleSet};
use crate::action::Actions;
use crate::context::Context;
use crate::error::RuleError;
use crate::limits::SessionLimits;
use crate::script::Printed;
use crate::state::Store;

static NO_STATE: LazyLock<Map> = LazyLock::new(Map::default);

/// What one rule's condition said.
#[derive(Debug)]
pub(super) struct Verdict {
    pub(super) id: RuleId,
    pub(super) truth: Result<bool, RuleError>,
    pub(super) time_us: f64,
    /// Whether its code ran, where that was measured.
    pub(super) ran: bool,
    /// The actions that a script made, in place of the rule's own.
    pub(super) actions: Option<Actions>,
}

/// What the conditions of an event said.
#[derive(Debug, Default)]
pub(super) struct Judgement {
    /// Of the rules that matched or failed, or of all candidates, in firing order.
    pub(super) verdicts: Vec<Verdict>,
    /// How many rules' code ran; the index settled the others.
    pub(super) evaluated: u32,
    /// What scripts printed.
    pub(super) printed: Vec<(RuleId, Printed)>,
    /// The context, where scripts needed it.
    pub(super) snapshot: Option<Arc<Context>>,
}

impl Judgement {
    /// Forgets what was said and keeps room for the next event.
    pub(super) fn clear(&mut self) {
        empty(&mut self.verdicts);
        empty(&mut self.printed);
        self.snapshot = None;
        self.evaluated = 0;
    }
}

/// Evaluates the conditions of a hook's enabled rules into an empty judgement. Allocates nothing where no rule matches,
/// fails or is a script.
pub(super) fn judge(
    rules: &RuleSet,
    overlay: &Overlay,
    cell: &mut Cell,
    hook: Hook,
    options: &EngineOptions,
    report: Report,
    judgement: &mut Judgement,
) {
    let Some(set) = rules.hook(hook).filter(|set| !set.order.is_empty()) else { return };
    let Cell { session, machine, limits, states, run, .. } = cell;
    let mut frame = Frame::new();
    session.context().bind_only(&mut frame, &set.slots);
    let laps = (report == Report::All).then(RefCell::default);
    let store = &*options.store;
    let user = User { rules, set, overlay, states, store, hook, unread: RefCell::default(), laps };
    let began = Instant::now();
    set.program.run(rules.pack(), machine, &frame, &user, run);
    user.lap(u32::MAX);
    let mut verdicts = std::mem::take(&mut judgement.verdicts);
    user.failures(run, &mut verdicts);
    user.watch(Evaluation { machine, frame: &frame, run, limits }, &mut verdicts);
    run.matched.drain(|at| {
        let Some((id, rule)) = user.rule(at) else { return };
        if rule.is_limited && !rule.is_watched {
            limits.observe(id, &rule.spec.limits, true, false);
        }
        verdicts.push(Verdict::of(id, Ok(true)));
    });
    let share = began.elapsed().as_secs_f64() * 1e6 / f64::from(run.evaluated.max(1));
    verdicts.iter_mut().for_each(|verdict| verdict.time_us = share);
    judgement.evaluated = run.evaluated;
    if !set.scripts.is_empty() {
        let evaluation = Evaluation { machine, frame: &frame, run, limits };
        user.scripts(evaluation, session.context(), options, &mut verdicts, judgement);
    }
    // Each rule has a rank of its own, so that the order is certain without the room that a stable sort takes.
    verdicts.sort_unstable_by_key(|verdict| rules.get(verdict.id).map_or(u32::MAX, |rule| rule.rank));
    if let Some(laps) = &user.laps {
        verdicts = user.complete(verdicts, &laps.borrow());
    }
    judgement.verdicts = verdicts;
}

impl Verdict {
    pub(super) fn of(id: RuleId, truth: Result<bool, RuleError>) -> Verdict {
        Verdict { id, truth, time_us: 0.0, ran: false, actions: None }
    }
}

/// What evaluating beside the hook program takes.
pub(super) struct Evaluation<'e, 'f> {
    pub(super) machine: &'e mut Machine,
    pub(super) frame: &'e Frame<'f>,
    pub(super) run: &'e mut HookRun,
    pub(super) limits: &'e mut SessionLimits,
}

/// The user of the event against the rules of its hook.
pub(super) struct User<'a> {
    pub(super) rules: &'a RuleSet,
    pub(super) set: &'a HookRules,
    pub(super) overlay: &'a Overlay,
    pub(super) states: &'a States,
    pub(super) store: &'a dyn Store,
    hook: Hook,
    /// Positions of rules whose state could not be read.
    unread: RefCell<Vec<u32>>,
    /// When the code of each rule began to run, and the end; where it is measured.
    pub(super) laps: Option<RefCell<Vec<(u32, Instant)>>>,
}

impl Host for User<'_> {
    #[inline]
    fn enabled(&self, at: u32) -> bool {
        self.set.program.rules().get(at as usize).is_some_and(|id| self.overlay.is_enabled(*id))
    }

    fn scope(&self, at: u32) -> Scope<'_> {
        self.lap(at);
        match self.rule(at).map(|(id, rule)| self.scope_of(id, rule)) {
            Some(Ok(scope)) => scope,
            _ => {
                self.unread.borrow_mut().push(at);
                Scope { params: &[], settings: &[], state: &NO_STATE }
            }
        }
    }

    fn changed(&self) -> &[u32] {
        self.overlay.changed(self.hook)
    }
}

impl<'a> User<'a> {
    /// Notes the time, where it is measured.
    fn lap(&self, at: u32) {
        if let Some(laps) = &self.laps {
            laps.borrow_mut().push((at, Instant::now()));
        }
    }

    /// The rule at a position of the program, if it is on.
    fn rule(&self, at: u32) -> Option<(RuleId, &'a Rule)> {
        let id = *self.set.program.rules().get(at as usize)?;
        let rule = self.rules.get(id).filter(|_| self.overlay.is_enabled(id))?;
        Some((id, rule))
    }

    fn scope_of(&self, id: RuleId, rule: &'a Rule) -> Result<Scope<'_>, RuleError> {
        let state = if rule.reads_state { &**self.states.of(rule.plugin, self.store)? } else { &NO_STATE };
        let params = self.overlay.params(id).map_or(&*rule.params.values, |params| &**params);
        let settings = self.overlay.settings(rule.plugin);
        let settings = settings.or_else(|| Some(&self.rules.settings(rule.plugin)?.values));
        Ok(Scope { params, settings: settings.map_or(&[], |settings| &**settings), state })
    }

    /// What failed while the program ran.
    fn failures(&self, run: &mut HookRun, verdicts: &mut Vec<Verdict>) {
        let unread = self.unread.take();
        for (at, fault) in run.faults.drain(..) {
            let Some((id, rule)) = self.rule(at).filter(|_| !unread.contains(&at)) else { continue };
            let error = rule.condition.map(|chunk| explain(self.rules, chunk, &fault));
            verdicts.extend(error.map(|error| Verdict::of(id, Err(error))));
        }
        for at in unread {
            run.matched.remove(at);
            let Some((id, rule)) = self.rule(at) else { continue };
            verdicts.extend(self.states.of(rule.plugin, self.store).err().map(|it| Verdict::of(id, Err(it))));
        }
    }

    /// Shows the evaluation to limits that have to see those without a match too; a rule whose `clear_when` fails
    /// has failed.
    fn watch(&self, mut evaluation: Evaluation<'_, '_>, verdicts: &mut Vec<Verdict>) {
        for &at in &self.set.watched {
            let Some((id, rule)) = self.rule(at) else { continue };
            let matched = evaluation.run.matched.contains(at);
            if let Err(error) = self.watch_one(id, rule, matched, &mut evaluation) {
                evaluation.run.matched.remove(at);
                verdicts.retain(|verdict| verdict.id != id);
                verdicts.push(Verdict::of(id, Err(error)));
            }
        }
    }

    /// Shows an evaluation to the limits of one rule; fails where its `clear_when` does.
    pub(super) fn watch_one(
        &self,
        id: RuleId,
        rule: &'a Rule,
        matched: bool,
        evaluation: &mut Evaluation<'_, '_>,
    ) -> Result<(), RuleError> {
        let Evaluation { machine, frame, limits, .. } = evaluation;
        if !matched && limits.get(id).is_none() {
            return Ok(());
        }
        let cleared = match rule.clear_when.filter(|_| limits.awaits_clear(id)) {
            Some(chunk) => self.scope_of(id, rule).and_then(|scope| {
                let truth = machine.truth(self.rules.pack(), chunk, frame, &scope);
                truth.map_err(|fault| explain(self.rules, chunk, &fault))
            }),
            None => Ok(false),
        };
        let (held, cleared_now) = (matched && cleared.is_ok(), matches!(cleared, Ok(true)));
        limits.observe(id, &rule.spec.limits, held, cleared_now);
        cleared.map(drop)
    }

    /// Adds the candidates that are not among the verdicts, and the time of those whose code ran.
    fn complete(&self, verdicts: Vec<Verdict>, laps: &[(u32, Instant)]) -> Vec<Verdict> {
        let mut known = verdicts.into_iter().peekable();
        let candidates = self.set.order.iter().filter(|id| self.overlay.is_enabled(**id));
        let complete = candidates.map(|&id| {
            let known = known.next_if(|verdict| verdict.id == id);
            let mut verdict = known.unwrap_or_else(|| Verdict::of(id, Ok(false)));
            let at = self.rules.get(id).map_or(u32::MAX, |rule| rule.at);
            let lap = laps.binary_search_by_key(&at, |(at, _)| *at).ok();
            if let Some([(_, from), (_, to), ..]) = lap.and_then(|lap| laps.get(lap..)) {
                verdict.time_us = to.duration_since(*from).as_secs_f64() * 1e6;
                verdict.ran = true;
            }
            verdict
        });
        complete.collect()
    }
}

/// The condition of a rule, without an index: for trials.
pub(super) fn condition(
    rules: &RuleSet,
    rule: &Rule,
    machine: &mut Machine,
    frame: &Frame<'_>,
    scope: &Scope<'_>,
) -> Result<bool, RuleError> {
    let Some(chunk) = rule.condition else {
        return Err(RuleError::new("action", "the rule has no compiled condition: compile it again"));
    };
    machine.truth(rules.pack(), chunk, frame, scope).map_err(|fault| explain(rules, chunk, &fault))
}

/// A fault with its place in the condition's text.
#[cold]
fn explain(rules: &RuleSet, chunk: ChunkId, fault: &Fault) -> RuleError {
    let kind = fault.trouble.kind().name();
    let debug = rules.pack().debug.get(chunk);
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
