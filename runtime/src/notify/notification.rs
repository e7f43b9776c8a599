//! One notification.

use oracle_compiler::rule::{DeliverAt, Priority};
use serde::Serialize;
use utoipa::ToSchema;

/// What a rule tells the agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Notification {
    /// The rule, by qualified id.
    pub rule_id: String,
    /// The text.
    pub message: String,
    /// What it is about.
    pub category: String,
    /// How urgent it is.
    #[schema(value_type = String)]
    pub priority: Priority,
    /// When the agent reads it.
    #[schema(value_type = String)]
    pub deliver_at: DeliverAt,
}
