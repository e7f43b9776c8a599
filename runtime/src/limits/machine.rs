//! The state machine.

use oracle_compiler::rule::LimitSpec;
use serde::{Deserialize, Serialize};

use super::Held;

/// When an evaluation happens, as far as limits care.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Moment {
    /// Turns that passed in the session; never goes back.
    pub turn: u64,
    /// The event's time in seconds since 1970.
    pub seconds: f64,
}

/// What one rule's limits remember of one session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LimitState {
    /// Evaluations in a row at which the condition held.
    streak: u32,
    /// Firings in the session.
    firings: u32,
    /// When it last fired in the session.
    last: Option<Moment>,
    /// Whether it waits for `clear_when`.
    uncleared: bool,
}

impl LimitState {
    /// Whether `clear_when` has to be evaluated: the rule fired and has not been cleared since.
    pub fn awaits_clear(&self) -> bool {
        self.uncleared
    }

    /// When it last fired in the session.
    pub fn last(&self) -> Option<Moment> {
        self.last
    }

    /// Whether the limits may decide otherwise than they did before: a streak beyond what they ask for is all one.
    pub fn differs(&self, before: &LimitState, limits: &LimitSpec) -> bool {
        let counts = limits.hold_turns.is_some() || limits.rising;
        let enough = limits.hold_turns.unwrap_or(1).max(1).saturating_add(1);
        let streak = |state: &LimitState| if counts { state.streak.min(enough) } else { 0 };
        streak(self) != streak(before)
            || self.firings != before.firings
            || self.last != before.last
            || self.uncleared != before.uncleared
    }

    /// Notes an evaluation: whether the condition held (a failed one did not) and whether `clear_when` did.
    pub fn observe(&mut self, matched: bool, cleared: bool) {
        self.streak = if matched { self.streak.saturating_add(1) } else { 0 };
        self.uncleared &= !cleared;
    }

    /// Why the rule, whose condition was just observed to hold, may not fire; `elsewhere` is when it last fired
    /// in another session of the same user and project.
    pub fn held(&self, limits: &LimitSpec, now: Moment, elsewhere: Option<f64>) -> Option<Held> {
        let wanted = limits.hold_turns.unwrap_or(1).max(1);
        if limits.max_per_session.is_some_and(|most| self.firings >= most) {
            return Some(Held::MaxPerSession);
        }
        if self.uncleared {
            return Some(Held::ClearWhen);
        }
        if self.streak < wanted {
            return Some(Held::HoldTurns);
        }
        // With both, what has to turn true is "held often enough in a row".
        if limits.rising && self.streak > wanted {
            return Some(Held::Rising);
        }
        if let (Some(turns), Some(last)) = (limits.cooldown_turns, self.last)
            && now.turn.saturating_sub(last.turn) < u64::from(turns)
        {
            return Some(Held::CooldownTurns);
        }
        if let Some(seconds) = limits.cooldown_seconds {
            // Traces of different sessions may overlap in time in any order: near is near on both sides.
            let near = |fired: f64| (now.seconds - fired).abs() < seconds;
            if self.last.is_some_and(|last| near(last.seconds)) || elsewhere.is_some_and(near) {
                return Some(Held::CooldownSeconds);
            }
        }
        None
    }

    /// Notes that the rule fired.
    pub fn fired(&mut self, limits: &LimitSpec, now: Moment) {
        self.firings = self.firings.saturating_add(1);
        self.last = Some(now);
        self.uncleared = limits.clear_when.is_some();
    }
}
