//! Turns, iterations and shares.

use oracle_vm::ids::SlotId;
use oracle_vm::schema::slot;
use oracle_vm::value::Data;

use super::Session;
use crate::event::Event;

/// What is remembered of the agent's turns.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct TurnClock {
    /// Whether a turn began.
    begun: bool,
    /// Tokens that the session may use, once said.
    token_budget: Option<i64>,
    /// Tokens that fit into the context, once said.
    context_window: Option<i64>,
    /// Whether the agent tells its iterations itself.
    told_iterations: bool,
}

impl TurnClock {
    pub(super) fn has_begun(&self) -> bool {
        self.begun
    }

    pub(super) fn resume(&mut self, begun: bool) {
        self.begun = begun;
    }
}

impl Session {
    pub(super) fn start_turn(&mut self, event: &Event) {
        let current = self.turn_number();
        let given = int(event, "turn_number");
        let repeated = self.turn.begun && given == Some(current);
        let next = if self.turn.begun { current.saturating_add(1) } else { 1 };
        self.move_to_turn(given.unwrap_or(next), !repeated);
        if repeated && !self.turn.told_iterations {
            super::history::count(&mut self.context, slot::ITERATION_COUNT, 1);
        } else if !repeated {
            self.context.set(slot::ITERATION_COUNT, Data::Int(0));
        }
        self.take_shares(event);
    }

    pub(super) fn end_turn(&mut self, event: &Event) {
        if let Some(given) = int(event, "turn_number") {
            self.move_to_turn(given, given != self.turn_number());
        }
        self.take_shares(event);
    }

    /// An ended tool call is an iteration, as long as the agent tells none.
    pub(super) fn count_iteration(&mut self) {
        if !self.turn.told_iterations {
            super::history::count(&mut self.context, slot::ITERATION_COUNT, 1);
        }
    }

    pub(super) fn turn_number(&self) -> i64 {
        match self.context.get(slot::TURN_NUMBER) {
            Data::Int(number) => *number,
            _ => 1,
        }
    }

    /// Turns that passed: the difference where the number grew, one where it went back.
    fn move_to_turn(&mut self, number: i64, is_new: bool) {
        let passed = u64::try_from(number.saturating_sub(self.turn_number())).unwrap_or(1);
        if is_new {
            self.moment.turn = self.moment.turn.saturating_add(passed.max(1));
        }
        self.turn.begun = true;
        self.context.set(slot::TURN_NUMBER, Data::Int(number));
    }

    fn take_shares(&mut self, event: &Event) {
        if let Some(count) = int(event, "iteration_count") {
            self.turn.told_iterations = true;
            self.context.set(slot::ITERATION_COUNT, Data::Int(count));
        }
        if let Some(limit) = int(event, "iteration_limit") {
            self.context.set(slot::ITERATION_LIMIT, Data::Int(limit));
        }
        self.turn.token_budget = int(event, "token_budget").or(self.turn.token_budget);
        self.turn.context_window = int(event, "context_window").or(self.turn.context_window);
        let (budget, window) = (self.turn.token_budget, self.turn.context_window);
        self.take_share(event, slot::TOKEN_USAGE, ("token_usage", "tokens_used"), budget);
        self.take_share(event, slot::CONTEXT_USAGE, ("context_usage", "context_tokens"), window);
    }

    /// A share is taken as given, or computed from a part and the last whole that was said; more than all is all.
    fn take_share(&mut self, event: &Event, to: SlotId, (share, part): (&str, &str), whole: Option<i64>) {
        #[expect(clippy::cast_precision_loss, reason = "a share of tokens needs no more than 53 bits")]
        let computed = || Some((int(event, part)? as f64 / whole.filter(|it| *it > 0)? as f64).min(1.0));
        let share = match event.get(share) {
            Some(Data::Float(share)) => Some(*share),
            _ => computed(),
        };
        if let Some(share) = share {
            self.context.set(to, Data::Float(share));
        }
    }
}

fn int(event: &Event, key: &str) -> Option<i64> {
    match event.get(key) {
        Some(Data::Int(int)) => Some(*int),
        _ => None,
    }
}
