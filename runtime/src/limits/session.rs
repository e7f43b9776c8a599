//! The limits of a session, and what has to be stored of them.

use std::collections::HashMap;

use oracle_compiler::rule::LimitSpec;
use oracle_vm::ids::RuleId;

use super::{LimitState, Moment};

type States = HashMap<RuleId, LimitState, foldhash::fast::RandomState>;

/// What the limits of every rule remember of one session. Knows which of it changed since it was last stored.
#[derive(Clone, Debug, Default)]
pub struct SessionLimits {
    states: States,
    changed: Vec<RuleId>,
    /// The turn from which on no rule counts turns since it fired.
    cooling_until: u64,
}

impl SessionLimits {
    /// What the limits of a rule remember, if they remember anything.
    pub fn get(&self, id: RuleId) -> Option<&LimitState> {
        self.states.get(&id)
    }

    /// Whether nothing is remembered.
    pub fn is_empty(&self) -> bool {
        self.states.is_empty()
    }

    /// Whether the rule's `clear_when` has to be evaluated.
    pub fn awaits_clear(&self, id: RuleId) -> bool {
        self.get(id).is_some_and(LimitState::awaits_clear)
    }

    /// Notes an evaluation, as [`LimitState::observe`].
    pub fn observe(&mut self, id: RuleId, limits: &LimitSpec, matched: bool, cleared: bool) {
        let state = match self.states.get_mut(&id) {
            Some(state) => state,
            None if matched => self.states.entry(id).or_default(),
            // Without a memory there is nothing that an evaluation without a match could change.
            None => return,
        };
        let before = *state;
        state.observe(matched, cleared);
        if state.differs(&before, limits) {
            self.changed.push(id);
        }
    }

    /// Notes that a rule fired.
    pub fn fired(&mut self, id: RuleId, limits: &LimitSpec, now: Moment) {
        self.states.entry(id).or_default().fired(limits, now);
        self.changed.push(id);
        if let Some(turns) = limits.cooldown_turns {
            self.cooling_until = self.cooling_until.max(now.turn.saturating_add(u64::from(turns)));
        }
    }

    /// What was stored of a rule, which is not news. What is remembered already wins.
    pub fn restore(&mut self, id: RuleId, limits: &LimitSpec, state: LimitState) {
        self.states.entry(id).or_insert(state);
        if let (Some(turns), Some(last)) = (limits.cooldown_turns, state.last()) {
            self.cooling_until = self.cooling_until.max(last.turn.saturating_add(u64::from(turns)));
        }
    }

    /// The rules whose memory changed since it was stored, once each.
    pub fn changed(&mut self) -> &[RuleId] {
        self.changed.sort_unstable();
        self.changed.dedup();
        &self.changed
    }

    /// Everything that changed was stored.
    pub fn stored(&mut self) {
        self.changed.clear();
    }

    /// Whether some rule still counts turns after this one.
    pub fn counts_turns_after(&self, turn: u64) -> bool {
        turn < self.cooling_until
    }

    /// Forgets everything: the session begins anew.
    pub fn clear(&mut self) {
        *self = SessionLimits::default();
    }

    /// Goes over to other rule ids; what has none any more is forgotten.
    pub fn follow(&mut self, to: impl Fn(RuleId) -> Option<RuleId>) {
        self.states = self.states.drain().filter_map(|(id, state)| Some((to(id)?, state))).collect();
        self.changed = self.changed.drain(..).filter_map(to).collect();
    }
}
