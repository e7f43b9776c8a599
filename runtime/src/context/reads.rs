//! What of a context is read: the plan by which binding leaves the rest alone.

use oracle_compiler::codegen::{slots_read, tool_fields_read};
use oracle_vm::hook::Hook;
use oracle_vm::ids::{ChunkId, SlotId};
use oracle_vm::op::Op;
use oracle_vm::schema::{SLOT_COUNT, SLOTS, slot};
use oracle_vm::verify::VerifiedPack;

/// The parts of a context that some code reads. What it leaves out is not even converted by
/// [`Context::from_json_text`](super::Context::from_json_text).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reads {
    /// One bit for each slot.
    slots: u64,
    /// One bit for each field of the tool calls of the history.
    tool_fields: u64,
    state: bool,
}

const _: () = assert!(SLOT_COUNT <= 64, "a bit for each slot");

/// Whoever reads the first needs the second to be there: it decides about the form of the first.
const DEPENDS: &[(SlotId, SlotId)] = &[
    (slot::NOW, slot::EVENT_TIMESTAMP),
    (slot::NOW, slot::SESSION_STARTED_AT),
    (slot::NOW, slot::SESSION_DURATION),
    (slot::EVENT_PAYLOAD, slot::EVENT_TYPE),
    (slot::RESULT_COUNT, slot::RESULT_TEXT),
];

impl Reads {
    /// Nothing at all.
    pub const NOTHING: Reads = Reads { slots: 0, tool_fields: 0, state: false };

    /// Everything: what templates, scripts and people may ask for.
    pub const EVERYTHING: Reads = Reads { slots: u64::MAX, tool_fields: u64::MAX, state: true };

    /// What the conditions of a hook's rules read, their `clear_when` included.
    pub fn of_hook(pack: &VerifiedPack, hook: Hook) -> Reads {
        let rules = pack.rules_of(hook).iter().filter_map(|id| pack.rules().get(*id));
        let chunks = rules.flat_map(|rule| [rule.condition, rule.clear_when]).flatten();
        Reads::of_chunks(pack, chunks)
    }

    /// What these conditions read.
    pub fn of_chunks(pack: &VerifiedPack, chunks: impl IntoIterator<Item = ChunkId>) -> Reads {
        let mut all = Reads::NOTHING;
        for chunk in chunks.into_iter().filter_map(|id| pack.chunk(id)) {
            slots_read(&chunk).into_iter().for_each(|slot| all.add(slot));
            all.tool_fields |= tool_fields_read(&chunk);
            all.state |= chunk.code.iter().any(|op| matches!(op, Op::LoadState { .. }));
        }
        all.settled()
    }

    /// These slots and nothing else; tool calls with all of their fields.
    pub fn of_slots(slots: impl IntoIterator<Item = SlotId>) -> Reads {
        let mut all = Reads { tool_fields: u64::MAX, ..Reads::NOTHING };
        slots.into_iter().for_each(|slot| all.add(slot));
        all.settled()
    }

    /// What either reads.
    #[must_use]
    pub fn and(self, other: Reads) -> Reads {
        Reads {
            slots: self.slots | other.slots,
            tool_fields: self.tool_fields | other.tool_fields,
            state: self.state || other.state,
        }
    }

    /// Whether the slot is read.
    pub fn contains(self, slot: SlotId) -> bool {
        self.slots & bit(slot.index()) != 0
    }

    /// The slots that are read.
    pub fn slots(self) -> impl Iterator<Item = SlotId> {
        SLOTS.iter().map(|row| row.id).filter(move |slot| self.contains(*slot))
    }

    /// Whether the state of the rule's plugin is read.
    pub fn reads_state(self) -> bool {
        self.state
    }

    /// One bit for each field of the tool calls.
    pub(super) fn tool_fields(self) -> u64 {
        self.tool_fields
    }

    /// One bit for each of the fields of a group, which lie behind each other in the frame; all of them where the
    /// group is read as a whole.
    pub(super) fn group_fields(self, group: SlotId, first: SlotId) -> u64 {
        if self.contains(group) { u64::MAX } else { self.slots.checked_shr(first.0.into()).unwrap_or(0) }
    }

    fn add(&mut self, slot: SlotId) {
        self.slots |= bit(slot.index());
    }

    fn settled(mut self) -> Reads {
        for (read, needed) in DEPENDS {
            if self.contains(*read) {
                self.add(*needed);
            }
        }
        self
    }
}

/// One bit, none beyond the last.
pub(super) fn bit(at: usize) -> u64 {
    u32::try_from(at).ok().and_then(|at| 1_u64.checked_shl(at)).unwrap_or(0)
}
