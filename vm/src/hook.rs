//! The points of an agent's life at which rules run, and the event types that lead there.

/// A point in the agent's life at which rules run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Hook {
    /// A new user query arrives.
    OnQueryStart,
    /// Before the agent works on a turn.
    OnTurnStart,
    /// After a turn.
    OnTurnEnd,
    /// Before a tool runs.
    OnToolCall,
    /// A tool returned.
    OnToolComplete,
    /// A tool failed or timed out.
    OnToolFailure,
    /// The session closes.
    OnSessionEnd,
}

/// One row of the table of hooks.
#[derive(Debug)]
pub struct HookRow {
    /// The hook.
    pub hook: Hook,
    /// Its name in rule files.
    pub name: &'static str,
    /// The event types that lead to it.
    pub events: &'static [&'static str],
    /// When it happens, in a few words.
    pub when: &'static str,
}

/// All hooks, in the order of [`Hook`].
pub const HOOKS: &[HookRow] = &[
    HookRow {
        hook: Hook::OnQueryStart,
        name: "on_query_start",
        events: &["query.start"],
        when: "a new user query arrives",
    },
    HookRow {
        hook: Hook::OnTurnStart,
        name: "on_turn_start",
        events: &["agent.turn.start"],
        when: "before the agent works on a turn",
    },
    HookRow { hook: Hook::OnTurnEnd, name: "on_turn_end", events: &["agent.turn.end"], when: "after a turn" },
    HookRow {
        hook: Hook::OnToolCall,
        name: "on_tool_call",
        events: &["tool.call.pending"],
        when: "before a tool runs",
    },
    HookRow {
        hook: Hook::OnToolComplete,
        name: "on_tool_complete",
        events: &["tool.call.success"],
        when: "a tool returned",
    },
    HookRow {
        hook: Hook::OnToolFailure,
        name: "on_tool_failure",
        events: &["tool.call.failure", "tool.call.timeout"],
        when: "a tool failed or timed out",
    },
    HookRow {
        hook: Hook::OnSessionEnd,
        name: "on_session_end",
        events: &["session.end"],
        when: "the session closes",
    },
];

/// Event types of the notification system that lead to no hook; they can be subscribed to on the bus.
pub const OTHER_EVENTS: &[&str] = &[
    "tool.batch.complete",
    "budget.token.warning",
    "budget.token.exceeded",
    "budget.iteration.warning",
    "budget.iteration.exceeded",
    "budget.timeout.warning",
    "agent.loop.detected",
    "agent.self.notify",
    "agent.self.remind",
    "context.approaching_limit",
    "session.resumed",
    "source.stale",
    "task.checkpoint",
    "subagent.complete",
    "subagent.failed",
    "cli.event",
];

impl Hook {
    /// All hooks, in order.
    pub fn all() -> impl Iterator<Item = Hook> {
        HOOKS.iter().map(|row| row.hook)
    }

    fn row(self) -> Option<&'static HookRow> {
        HOOKS.get(self as usize)
    }

    /// The name used in rule files, such as `on_turn_start`.
    pub fn name(self) -> &'static str {
        self.row().map_or("", |row| row.name)
    }

    /// The event types that lead to this hook.
    pub fn events(self) -> &'static [&'static str] {
        self.row().map_or(&[], |row| row.events)
    }

    /// The hook with this name.
    pub fn from_name(name: &str) -> Option<Hook> {
        HOOKS.iter().find(|row| row.name == name).map(|row| row.hook)
    }

    /// The hook that an event of this type leads to.
    pub fn of_event(event_type: &str) -> Option<Hook> {
        HOOKS.iter().find(|row| row.events.contains(&event_type)).map(|row| row.hook)
    }
}

impl std::fmt::Display for Hook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        for (at, row) in HOOKS.iter().enumerate() {
            assert_eq!(row.hook as usize, at);
            assert_eq!(Hook::from_name(row.name), Some(row.hook));
            for event in row.events {
                assert_eq!(Hook::of_event(event), Some(row.hook));
            }
        }
    }
}
