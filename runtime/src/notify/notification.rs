//! One notification.

use oracle_compiler::rule::{DeliverAt, Priority};
use serde::Serialize;

/// What a rule tells the agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notification {
    /// The rule, by qualified id.
    pub rule_id: String,
    /// The text.
    pub message: String,
    /// What it is about.
    pub category: String,
    /// How urgent it is.
    pub priority: Priority,
    /// When the agent reads it.
    pub deliver_at: DeliverAt,
}
