//! What became of an event.

use std::sync::Arc;

use oracle_compiler::rule::ActionType;
use oracle_vm::hook::Hook;
use oracle_vm::value::Text;
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use crate::error::RuleError;
use crate::limits::Held;
use crate::notify::Notification;

/// The result of an event; its JSON is the same in the library, over HTTP and on the command line.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct EventResult {
    /// The event.
    pub event: EventRef,
    /// The hook that it led to.
    #[schema(required, value_type = Option<String>)]
    pub hook: Option<Hook>,
    /// The rules that matched or failed, in firing order; all candidates where they were asked for.
    pub rules: Vec<RuleOutcome>,
    /// The first rule that matched, by qualified id.
    #[schema(required, value_type = Option<String>)]
    pub first_match: Option<Arc<str>>,
    /// The notifications that the event queued, in firing order.
    pub notifications: Vec<Notification>,
    /// Microseconds that handling took.
    pub time_us: f64,
    /// How many rules' code ran; the index answered for the other candidates.
    #[serde(skip)]
    pub evaluated: u32,
}

/// What names an event.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct EventRef {
    /// Its id.
    #[serde(serialize_with = "text")]
    #[schema(value_type = String)]
    pub id: Text,
    /// Its type.
    #[serde(rename = "type", serialize_with = "text")]
    #[schema(value_type = String)]
    pub event_type: Text,
    /// Its session.
    #[serde(serialize_with = "text")]
    #[schema(value_type = String)]
    pub session_id: Text,
}

fn text<S: Serializer>(text: &Text, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(text.as_str())
}

/// What became of one rule.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RuleOutcome {
    /// Qualified id.
    #[schema(value_type = String)]
    pub id: Arc<str>,
    /// Whether its condition held.
    pub matched: bool,
    /// Whether its actions ran.
    pub fired: bool,
    /// The limit that held it back.
    #[schema(required, value_type = Option<String>)]
    pub held: Option<Held>,
    /// The types of the actions that ran, in order.
    #[schema(value_type = Vec<String>)]
    pub actions: Vec<ActionType>,
    /// Why it failed.
    #[schema(required)]
    pub error: Option<RuleError>,
    /// Microseconds that it took. Where only rules that matched or failed are listed, the condition's share is
    /// the average of all conditions whose code ran; else it is what was measured, and nothing where the index
    /// answered.
    pub time_us: f64,
    /// Whether its condition's code ran, which is only noted where all candidates are listed: the index answers for
    /// most rules without.
    #[serde(skip)]
    pub ran: bool,
}

impl EventResult {
    /// The rules that fired.
    pub fn fired(&self) -> impl Iterator<Item = &RuleOutcome> {
        self.rules.iter().filter(|rule| rule.fired)
    }

    /// The rules that failed.
    pub fn failed(&self) -> impl Iterator<Item = &RuleOutcome> {
        self.rules.iter().filter(|rule| rule.error.is_some())
    }
}
