//! Actions with everything rendered, not yet applied.

use oracle_compiler::rule::{ActionType, LogLevel};
use oracle_vm::value::{Data, Text};
use serde::{Serialize, Serializer};
use smallvec::SmallVec;

use crate::event::Event;
use crate::input::json_from_data;
use crate::notify::Notification;

/// What the actions of one rule are about to do, in order: most rules have one.
pub type PreparedActions = SmallVec<[Prepared; 1]>;

/// What one action is about to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Prepared {
    /// Queue a notification.
    Notify(Notification),
    /// Write a log line.
    Log {
        /// How severe it is.
        level: LogLevel,
        /// The text.
        message: String,
    },
    /// Store a value in the plugin's state.
    SetState {
        /// The key.
        key: Text,
        /// The value.
        value: Data,
    },
    /// Put an event on the bus and handle it after the current one.
    Emit(Box<Event>),
}

impl Prepared {
    /// The type of the action.
    pub fn action_type(&self) -> ActionType {
        match self {
            Prepared::Notify(_) => ActionType::NotifySelf,
            Prepared::Log { .. } => ActionType::Log,
            Prepared::SetState { .. } => ActionType::SetState,
            Prepared::Emit(_) => ActionType::EmitEvent,
        }
    }

    /// The text of a notification or a log line.
    pub fn message(&self) -> Option<&str> {
        match self {
            Prepared::Notify(notification) => Some(&notification.message),
            Prepared::Log { message, .. } => Some(message),
            Prepared::SetState { .. } | Prepared::Emit(_) => None,
        }
    }
}

impl Serialize for Prepared {
    /// The fields of rule files, with their `type`.
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let kind = self.action_type();
        match self {
            Prepared::Notify(it) => serde_json::json!({
                "type": kind, "message": it.message, "category": it.category,
                "priority": it.priority, "deliver_at": it.deliver_at,
            }),
            Prepared::Log { level, message } => {
                serde_json::json!({"type": kind, "message": message, "level": level})
            }
            Prepared::SetState { key, value } => {
                serde_json::json!({"type": kind, "key": key.as_str(), "value": json_from_data(value)})
            }
            Prepared::Emit(event) => {
                let payload = json_from_data(&Data::Map(event.payload.clone()));
                serde_json::json!({"type": kind, "event_type": event.event_type.as_str(), "payload": payload})
            }
        }
        .serialize(to)
    }
}
