//! What a chunk reads of the context: only that must be bound.

use oracle_vm::builtin;
use oracle_vm::ids::SlotId;
use oracle_vm::op::Op;
use oracle_vm::pack::Chunk;
use std::collections::BTreeSet;

/// The slots that a chunk may read, in order, those of the functions that it calls included.
pub fn slots_read(chunk: &Chunk) -> Vec<SlotId> {
    let mut slots = BTreeSet::new();
    for op in chunk.code {
        match op {
            Op::LoadSlot { slot, .. }
            | Op::JumpUnlessSlot { slot, .. }
            | Op::JumpIfSlot { slot, .. }
            | Op::JumpUnlessSlotParam { slot, .. }
            | Op::JumpIfSlotParam { slot, .. } => {
                slots.insert(*slot);
            }
            Op::Call { f, .. } => {
                if let Some(row) = builtin::TABLE.get(f.index()) {
                    slots.extend(row.reads.iter().copied());
                }
            }
            _ => {}
        }
    }
    slots.into_iter().collect()
}
