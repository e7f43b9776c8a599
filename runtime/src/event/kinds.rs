//! The known event types. Others are allowed on the bus; one that is nearly a known one is probably a slip.

use oracle_vm::hook::{HOOKS, OTHER_EVENTS};
use oracle_vm::schema::{PAYLOADS, ShapeId};

use crate::input::nearest;

/// Every known event type: those that lead to hooks, then the others.
pub fn known() -> impl Iterator<Item = &'static str> {
    HOOKS.iter().flat_map(|row| row.events).chain(OTHER_EVENTS).copied()
}

/// Whether the type is a known one.
pub fn is_known(event_type: &str) -> bool {
    known().any(|known| known == event_type)
}

/// The known type that an unknown one is a near miss of.
pub fn suggest(event_type: &str) -> Option<&'static str> {
    if is_known(event_type) { None } else { nearest(event_type, known()) }
}

/// What is known about the payload of this type.
pub fn payload_shape(event_type: &str) -> Option<ShapeId> {
    PAYLOADS.iter().find(|row| row.event == event_type).map(|row| row.shape)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_misses_are_reported_and_own_types_are_not() {
        assert_eq!(suggest("agent.turn.strat"), Some("agent.turn.start"));
        assert_eq!(suggest("tool.call.succes"), Some("tool.call.success"));
        assert_eq!(suggest("agent.turn.start"), None);
        assert_eq!(suggest("deploy.finished"), None);
    }
}
