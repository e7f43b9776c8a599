//! Bounded lists and counters of the context, changed in place.

use std::sync::Arc;

use oracle_vm::ids::SlotId;
use oracle_vm::value::Data;

use crate::context::Context;

/// Messages and tool calls that a session keeps.
pub const HISTORY: usize = 200;

/// Appends to a list of the context; the oldest entry beyond [`HISTORY`] goes.
pub(super) fn push(context: &mut Context, list: SlotId, item: Data) {
    if let Some(Data::List(items)) = context.slot_mut(list) {
        // A list that a snapshot still holds is copied once: at most `HISTORY` entries.
        let items = Arc::make_mut(items);
        if items.len() >= HISTORY {
            items.drain(..=items.len() - HISTORY);
        }
        items.push(item);
    }
}

/// Adds to a counter of the context.
pub(super) fn count(context: &mut Context, counter: SlotId, by: i64) {
    if let Some(Data::Int(total)) = context.slot_mut(counter) {
        *total = total.saturating_add(by);
    }
}
