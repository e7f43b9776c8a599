//! One line of the execution log, and questions about them.

use std::sync::Arc;

use oracle_compiler::rule::ActionType;
use oracle_vm::hook::Hook;
use oracle_vm::value::Text;
use serde::{Deserialize, Serialize};

use crate::limits::Held;

/// What became of one rule at one event: recorded when it matched or failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Execution {
    /// When it was recorded, by the clock of the machine, in seconds since 1970.
    pub at: f64,
    /// The rule, by qualified id.
    pub rule_id: Arc<str>,
    /// Where it ran.
    pub hook: Hook,
    /// The user.
    pub user_id: Text,
    /// The project.
    pub project_id: Text,
    /// The session.
    pub session_id: Text,
    /// The event.
    pub event_id: Text,
    /// Whether the condition held.
    pub matched: bool,
    /// Whether the actions ran.
    pub fired: bool,
    /// The limit that held the rule back.
    pub held: Option<Held>,
    /// The types of the actions that ran, in order.
    pub actions: Vec<ActionType>,
    /// Why the rule failed.
    pub error: Option<ExecutionError>,
    /// Microseconds that the rule took.
    pub time_us: f64,
}

/// Why a rule failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecutionError {
    /// What kind of error it is.
    pub kind: String,
    /// What happened.
    pub message: String,
}

/// What to look for in the execution log.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExecutionQuery {
    /// Of this user alone.
    pub user_id: Option<String>,
    /// Of this project alone.
    pub project_id: Option<String>,
    /// Of this session alone.
    pub session_id: Option<String>,
    /// Of this rule alone, by qualified id.
    pub rule_id: Option<String>,
    /// Not before, in seconds since 1970.
    pub since: Option<f64>,
    /// At most so many, the newest.
    pub limit: Option<usize>,
}

impl ExecutionQuery {
    /// Whether an execution is asked for.
    pub fn takes(&self, execution: &Execution) -> bool {
        let is = |wanted: &Option<String>, is: &str| wanted.as_deref().is_none_or(|wanted| wanted == is);
        is(&self.user_id, execution.user_id.as_str())
            && is(&self.project_id, execution.project_id.as_str())
            && is(&self.session_id, execution.session_id.as_str())
            && is(&self.rule_id, &execution.rule_id)
            && self.since.is_none_or(|since| execution.at >= since)
    }

    /// How many are asked for.
    pub(super) fn most(&self) -> usize {
        self.limit.unwrap_or(usize::MAX)
    }
}
