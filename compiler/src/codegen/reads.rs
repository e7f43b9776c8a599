//! What a chunk reads of the context: only that must be bound.

use oracle_vm::builtin;
use oracle_vm::ids::{BuiltinId, FieldId, Reg, SlotId};
use oracle_vm::op::{Op, OperandRole};
use oracle_vm::pack::Chunk;
use oracle_vm::schema::{TOOL, slot};
use oracle_vm::value::Value;
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

/// The fields of the tool calls that a chunk may read, one bit each; all of them where a call leaves its sight.
///
/// It follows, instruction by instruction, which registers may hold the list or one of its calls. Jumps lead ahead, but
/// for the ends of loops: a few rounds see everything.
pub fn tool_fields_read(chunk: &Chunk) -> u64 {
    if !slots_read(chunk).contains(&slot::TOOLS) {
        return 0;
    }
    let mut before = vec![None; chunk.code.len()];
    if let Some(first) = before.first_mut() {
        *first = Some(Held::default());
    }
    let (mut fields, mut changed) = (0, true);
    while changed && fields != u64::MAX {
        changed = false;
        for (at, op) in chunk.code.iter().enumerate() {
            let Some(held) = before.get(at).copied().flatten() else { continue };
            fields |= held.reads(chunk, op);
            let after = held.after(op);
            let next = (!leaves(op)).then_some(at + 1);
            for to in next.into_iter().chain(op.target().map(|to| to.index())) {
                let Some(place) = before.get_mut(to) else { continue };
                let joined = place.map_or(after, |known: Held| known.or(after));
                changed |= *place != Some(joined);
                *place = Some(joined);
            }
        }
    }
    fields
}

/// Whether the next instruction never follows.
fn leaves(op: &Op) -> bool {
    matches!(
        op,
        Op::Jump { .. } | Op::IterLoop { .. } | Op::Return { .. } | Op::Accept { .. } | Op::Reject { .. }
    )
}

/// What registers may hold.
#[derive(Clone, Copy, Default, PartialEq)]
struct Held {
    /// The list of calls, or a part of it.
    lists: Registers,
    /// One call.
    calls: Registers,
    /// A loop over calls.
    loops: Registers,
}

/// A set of registers.
#[derive(Clone, Copy, Default, PartialEq)]
struct Registers([u128; 2]);

impl Registers {
    fn set(&mut self, reg: Reg, holds: bool) {
        let [low, high] = &mut self.0;
        let word = if reg.0 < 128 { low } else { high };
        let bit = 1 << (reg.0 % 128);
        *word = if holds { *word | bit } else { *word & !bit };
    }

    fn has(self, reg: Reg) -> bool {
        let [low, high] = self.0;
        (if reg.0 < 128 { low } else { high }) >> (reg.0 % 128) & 1 == 1
    }

    fn or(self, other: Registers) -> Registers {
        let ([a, b], [c, d]) = (self.0, other.0);
        Registers([a | c, b | d])
    }
}

impl Held {
    fn or(self, other: Held) -> Held {
        Held {
            lists: self.lists.or(other.lists),
            calls: self.calls.or(other.calls),
            loops: self.loops.or(other.loops),
        }
    }

    fn put(&mut self, reg: Reg, list: bool, call: bool) {
        self.lists.set(reg, list);
        self.calls.set(reg, call);
        self.loops.set(reg, false);
    }

    /// What the registers hold behind an instruction.
    fn after(mut self, op: &Op) -> Held {
        let held = self;
        let (lists, calls) = (held.lists, held.calls);
        match *op {
            Op::LoadSlot { dst, slot } => self.put(dst.0, slot == slot::TOOLS, false),
            Op::Move { dst, src } => self.put(dst.0, lists.has(src.0), calls.has(src.0)),
            Op::Slice { dst, src, .. } => self.put(dst.0, lists.has(src.0), false),
            Op::Index { dst, src, .. } => self.put(dst.0, false, lists.has(src.0)),
            Op::IterBegin { dst, src } => {
                self.put(dst.0, false, false);
                self.put(Reg(dst.0.0.saturating_add(1)), false, false);
                self.loops.set(dst.0, lists.has(src.0));
            }
            Op::IterNext { iter, .. } => {
                self.put(Reg(iter.0.0.saturating_add(2)), false, held.loops.has(iter.0));
            }
            Op::Unpack { dst, count, .. } => {
                (dst.0.0..dst.0.0.saturating_add(count)).for_each(|reg| self.put(Reg(reg), false, false));
            }
            _ => op.operands(|_, role| {
                if let OperandRole::Write(reg) = role {
                    self.put(reg, false, false);
                }
            }),
        }
        self
    }

    /// The fields that an instruction may read, which is all of them when it does with a call, or with the list, what
    /// is not known to leave its fields alone.
    fn reads(self, chunk: &Chunk, op: &Op) -> u64 {
        let function = |f: BuiltinId| builtin::TABLE.get(f.index());
        let of_call = |reg, field: Option<FieldId>| match field {
            _ if self.lists.has(reg) => u64::MAX,
            _ if !self.calls.has(reg) => 0,
            Some(field) => 1_u64.checked_shl(field.0.into()).unwrap_or(u64::MAX),
            None => u64::MAX,
        };
        match *op {
            Op::Field { src, f, .. } => of_call(src.0, Some(f)),
            Op::Attr { src, name, .. } => {
                let field = match chunk.constant(name) {
                    Some(Value::Str(name, _)) => TOOL.field(name),
                    _ => None,
                };
                of_call(src.0, field.map(|(field, _)| field))
            }
            Op::Slice { src, .. } | Op::Index { src, .. } | Op::IterBegin { src, .. } => {
                if self.calls.has(src.0) { u64::MAX } else { 0 }
            }
            // Whether something is there, or how much, says nothing about fields.
            Op::Move { .. }
            | Op::Not { .. }
            | Op::Truth { .. }
            | Op::Is { .. }
            | Op::JumpIf { .. }
            | Op::JumpUnless { .. }
            | Op::JumpIfNone { .. }
            | Op::JumpUnlessNone { .. }
            | Op::IterNext { .. }
            | Op::LoadSlot { .. } => 0,
            Op::Call { f, .. } if function(f).is_some_and(|row| row.name == "len") => 0,
            Op::Call { f, .. } if function(f).is_some_and(reads_tools) => u64::MAX,
            _ => self.read_by(op),
        }
    }

    fn read_by(self, op: &Op) -> u64 {
        let (mut all, mut row) = (false, None);
        let mut read = |reg| all |= self.lists.has(reg) || self.calls.has(reg);
        op.operands(|_, role| match role {
            OperandRole::Read(reg) => read(reg),
            OperandRole::ReadRow(reg) => row = Some(reg),
            OperandRole::Count(count) => {
                if let Some(Reg(first)) = row {
                    (first..first.saturating_add(count)).for_each(|reg| read(Reg(reg)));
                }
            }
            _ => {}
        });
        let compares = matches!(op, Op::JumpIfSlot { slot, .. } | Op::JumpUnlessSlot { slot, .. }
            | Op::JumpIfSlotParam { slot, .. } | Op::JumpUnlessSlotParam { slot, .. } if *slot == slot::TOOLS);
        if all || compares { u64::MAX } else { 0 }
    }
}

fn reads_tools(row: &builtin::Builtin) -> bool {
    row.reads.contains(&slot::TOOLS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expression::{ExpressionScope, Mode, compile};

    fn fields(text: &str) -> Vec<&'static str> {
        let scope = ExpressionScope { hook: None, params: &[], settings: &[] };
        let made = compile(text, &scope, Mode::Value, true).unwrap();
        let read = tool_fields_read(&made.pack.chunk(made.chunk).unwrap());
        let rows = TOOL.row().unwrap().fields.iter().enumerate();
        rows.filter(|(at, _)| read >> at & 1 == 1).map(|(_, row)| row.name).collect()
    }

    #[test]
    fn fields_of_tool_calls_are_followed_through_lists_and_loops() {
        for (text, read) in [
            ("context.turn.number > 1", &[][..]),
            ("len(context.history.tools) > 3", &[]),
            ("any(t.name == 'a' and not t.success for t in context.history.tools)", &["name", "success"]),
            ("not context.history.tools or context.history.tools[-1].turn > 3", &["turn"]),
            ("[t.arguments.get('q') for t in context.history.tools[-5:]]", &["arguments"]),
            (
                "[[t.name, u.turn] for t in context.history.tools for u in context.history.tools[1:]]",
                &["name", "turn"],
            ),
            (
                "max([t.duration_ms or 0 for t in context.history.tools if t.success])",
                &["success", "duration_ms"],
            ),
        ] {
            assert_eq!(fields(text), read, "{text}");
        }
    }

    #[test]
    fn a_call_that_leaves_its_sight_is_read_whole() {
        for text in [
            "str(context.history.tools[0])",
            "context.history.tools == []",
            "context.history.tools[0] in context.history.tools",
            "[t for t in context.history.tools]",
            "(context.history.tools or [])[0] == 1",
            "[context.history.tools, 1]",
            "context.history.tools[0] if context.turn.number > 1 else None",
            "tool_count('a') > 1",
        ] {
            assert_eq!(fields(text).len(), 7, "{text}");
        }
    }
}
