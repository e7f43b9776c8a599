//! Reads the tests off a chunk's code.

use std::collections::{BTreeMap, BTreeSet};

use super::step::{Scalar, Step, Target, Test};
use crate::builtin;
use crate::ids::{ConstId, Reg};
use crate::op::{CmpOp, Op};
use crate::pack::Chunk;
use crate::value::Data;

/// A test as it was read: the addresses to which it leads are not yet steps.
struct Shape {
    test: Test,
    of: u8,
    bits: u64,
    yes: Way,
    no: Way,
}

/// Where a test leads, in the code.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Code(usize),
    NextRow,
}

/// What the values in a run of instructions are taken from.
#[derive(Clone, Copy)]
enum Row {
    /// Slots of the frame.
    Frame,
    /// Fields of the record in this register, inside the loop that `iter_next` at this address begins.
    Record(Reg, usize),
}

/// The steps of a chunk, in the order of their addresses; none where it does not begin with a test.
pub(super) fn steps(chunk: &Chunk) -> Box<[Step]> {
    let mut shapes: BTreeMap<usize, Shape> = BTreeMap::new();
    let mut todo = BTreeSet::from([0]);
    // Jumps lead forward only, so every address is reached after all that lead to it.
    while let Some(at) = todo.pop_first() {
        let at = follow(chunk, at);
        if shapes.contains_key(&at) {
            continue;
        }
        if let Some(found) = rows(chunk, at) {
            todo.extend(found.iter().flat_map(|(_, shape)| leads(shape)));
            shapes.extend(found);
        } else if let Some(shape) = test(chunk, at, Row::Frame) {
            todo.extend(leads(&shape));
            shapes.insert(at, shape);
        }
    }
    if shapes.len() >= usize::from(Target::STEPS) || !shapes.contains_key(&follow(chunk, 0)) {
        return Box::default();
    }
    resolve(chunk, &shapes)
}

fn leads(shape: &Shape) -> impl Iterator<Item = usize> + use<> {
    [shape.yes, shape.no].into_iter().filter_map(|way| match way {
        Way::Code(at) => Some(at),
        Way::NextRow => None,
    })
}

/// Where control goes from here without deciding anything.
fn follow(chunk: &Chunk, mut at: usize) -> usize {
    while let Some(Op::Jump { to }) = chunk.code.get(at) {
        at = to.index();
    }
    at
}

fn resolve(chunk: &Chunk, shapes: &BTreeMap<usize, Shape>) -> Box<[Step]> {
    let number: BTreeMap<usize, u16> = shapes.keys().copied().zip(0..).collect();
    let target = |way: Way| match way {
        Way::NextRow => Target::NEXT_ROW,
        Way::Code(at) => {
            let at = follow(chunk, at);
            match (chunk.code.get(at), number.get(&at)) {
                (Some(Op::Accept {}), _) => Target::ACCEPT,
                (Some(Op::Reject {}), _) => Target::REJECT,
                (_, Some(step)) => Target(*step),
                _ => Target::LEAVE,
            }
        }
    };
    let steps = shapes.values().zip(0u16..).map(|(shape, own)| {
        let bits = match shape.test {
            // The body stands right behind: from the next step, as many as were counted.
            Test::Rows => (u64::from(own) + 1) | ((u64::from(own) + 1 + shape.bits) << 16),
            _ => shape.bits,
        };
        let ways = [target(shape.no), target(shape.yes), Target::LEAVE];
        Step { test: shape.test, of: shape.of, ways, bits }
    });
    steps.collect()
}

/// A loop over records whose body is nothing but tests: the walk, and the tests of its body.
fn rows(chunk: &Chunk, at: usize) -> Option<Vec<(usize, Shape)>> {
    let (Op::LoadSlot { dst, slot }, Op::IterBegin { dst: iter, src }) = (op(chunk, at)?, op(chunk, at + 1)?)
    else {
        return None;
    };
    let Op::IterNext { iter: next, to } = op(chunk, at + 2)? else { return None };
    if src.0 != dst.0 || next.0 != iter.0 {
        return None;
    }
    let row = Row::Record(Reg(iter.0.0.checked_add(2)?), at + 2);
    let mut body: BTreeMap<usize, Shape> = BTreeMap::new();
    let mut todo = BTreeSet::from([at + 3]);
    while let Some(inside) = todo.pop_first() {
        if inside >= to.index() || body.contains_key(&inside) || ends(chunk, inside) {
            continue;
        }
        let shape = test(chunk, inside, row)?;
        todo.extend(leads(&shape));
        body.insert(inside, shape);
    }
    if body.is_empty() {
        return None;
    }
    let on = Way::Code(to.index());
    let walk = Shape { test: Test::Rows, of: slot.0, bits: body.len() as u64, yes: on, no: on };
    Some(std::iter::once((at, walk)).chain(body).collect())
}

/// Whether the condition is decided here.
fn ends(chunk: &Chunk, at: usize) -> bool {
    matches!(op(chunk, follow(chunk, at)), Some(Op::Accept {} | Op::Reject {}))
}

fn op(chunk: &Chunk, at: usize) -> Option<Op> {
    chunk.code.get(at).copied()
}

fn test(chunk: &Chunk, at: usize, row: Row) -> Option<Shape> {
    let (test, of, bits, holds, to, next) = match row {
        Row::Frame => in_place(chunk, at).or_else(|| loaded(chunk, at, row))?,
        Row::Record(..) => loaded(chunk, at, row)?,
    };
    let way = |at: usize| match (row, op(chunk, at)) {
        (Row::Record(_, first), Some(Op::IterLoop { to })) if to.index() == first => Way::NextRow,
        _ => Way::Code(at),
    };
    let (yes, no) = if holds { (to, next) } else { (next, to) };
    Some(Shape { test, of, bits, yes: way(yes), no: way(no) })
}

/// Test, operand, bits, whether it jumps when it holds, where to, and what follows.
type Found = (Test, u8, u64, bool, usize, usize);

/// A slot compared in one instruction.
fn in_place(chunk: &Chunk, at: usize) -> Option<Found> {
    let (cmp, slot, against, jumps, to) = match op(chunk, at)? {
        Op::JumpUnlessSlot { op, slot, k, to } => (op, slot, against(chunk, op, k)?, false, to),
        Op::JumpIfSlot { op, slot, k, to } => (op, slot, against(chunk, op, k)?, true, to),
        Op::JumpUnlessSlotParam { op, slot, input, to } => {
            (op, slot, (Test::Param, input.0.into()), false, to)
        }
        Op::JumpIfSlotParam { op, slot, input, to } => (op, slot, (Test::Param, input.0.into()), true, to),
        _ => return None,
    };
    let (test, bits) = against;
    let bits = if test == Test::Param { with_cmp(cmp, bits) } else { bits };
    Some((test, slot.0, bits, jumps, to.index(), at + 1))
}

fn with_cmp(cmp: CmpOp, bits: u64) -> u64 {
    bits | (cmp as u64) << 56
}

/// The test for a comparison with a constant.
fn against(chunk: &Chunk, cmp: CmpOp, k: ConstId) -> Option<(Test, u64)> {
    const FLOAT: [Test; 6] =
        [Test::FloatEq, Test::FloatNe, Test::FloatLt, Test::FloatLe, Test::FloatGt, Test::FloatGe];
    const INT: [Test; 6] = [Test::IntEq, Test::IntNe, Test::IntLt, Test::IntLe, Test::IntGt, Test::IntGe];
    let id = u64::from(k.0);
    match (chunk.constant(k)?, cmp) {
        (Data::Float(x), _) => FLOAT.get(cmp as usize).map(|test| (*test, x.to_bits())),
        #[expect(clippy::cast_sign_loss, reason = "the bits are read back as an i64")]
        (Data::Int(i), _) => INT.get(cmp as usize).map(|test| (*test, *i as u64)),
        (Data::Str(_), CmpOp::Eq) => Some((Test::TextEq, id)),
        (Data::Str(_), CmpOp::Ne) => Some((Test::TextNe, id)),
        (Data::List(items), CmpOp::In) if items.iter().all(|item| item.text().is_some()) => {
            Some((Test::TextIn, id))
        }
        _ => None,
    }
}

/// A value that is loaded first and tested by the instructions after that.
fn loaded(chunk: &Chunk, at: usize, row: Row) -> Option<Found> {
    if let Some(found) = contains(chunk, at, row) {
        return Some(found);
    }
    let (reg, of) = load(chunk, at, row)?;
    match op(chunk, at + 1)? {
        Op::JumpIf { src, to } if src.0 == reg => {
            length_or_zero(chunk, at, reg, of).or(Some((Test::True, of, 0, true, to.index(), at + 2)))
        }
        Op::JumpUnless { src, to } if src.0 == reg => Some((Test::True, of, 0, false, to.index(), at + 2)),
        Op::JumpIfNone { src, to } if src.0 == reg => Some((Test::None, of, 0, true, to.index(), at + 2)),
        Op::JumpUnlessNone { src, to } if src.0 == reg => {
            Some((Test::None, of, 0, false, to.index(), at + 2))
        }
        Op::Call { .. } => {
            let (cmp, k, jumps, to, next) = length(chunk, at + 1, reg)?;
            Some((Test::Length, of, with_cmp(cmp, k), jumps, to, next))
        }
        Op::LoadConst { dst, k } => compared(chunk, at + 2, reg, dst.0, k)
            .map(|(test, bits, jumps, to, next)| (test, of, bits, jumps, to, next)),
        _ => None,
    }
}

/// The register and the slot or field of a load.
fn load(chunk: &Chunk, at: usize, row: Row) -> Option<(Reg, u8)> {
    match (row, op(chunk, at)?) {
        (Row::Frame, Op::LoadSlot { dst, slot }) => Some((dst.0, slot.0)),
        (Row::Record(record, _), Op::Field { dst, src, f }) if src.0 == record => Some((dst.0, f.0)),
        _ => None,
    }
}

/// A jump by comparison of two registers: comparison, whether it jumps when it holds, where to, what follows.
fn jump(chunk: &Chunk, at: usize, left: Reg, right: Reg) -> Option<(CmpOp, bool, usize, usize)> {
    match op(chunk, at)? {
        Op::JumpUnlessCmp { op, lhs, rhs, to } if lhs.0 == left && rhs.0 == right => {
            Some((op, false, to.index(), at + 1))
        }
        Op::JumpIfCmp { op, lhs, rhs, to } if lhs.0 == left && rhs.0 == right => {
            Some((op, true, to.index(), at + 1))
        }
        _ => None,
    }
}

/// `value cmp constant`, or `value % constant cmp constant`.
fn compared(
    chunk: &Chunk,
    at: usize,
    left: Reg,
    right: Reg,
    k: ConstId,
) -> Option<(Test, u64, bool, usize, usize)> {
    if let Some((cmp, jumps, to, next)) = jump(chunk, at, left, right) {
        let (test, bits) = against(chunk, cmp, k)?;
        return Some((test, bits, jumps, to, next));
    }
    let Op::Mod { dst, lhs, rhs } = op(chunk, at)? else { return None };
    let Op::LoadConst { dst: other, k: wanted } = op(chunk, at + 1)? else { return None };
    if lhs.0 != left || rhs.0 != right || other.0 == dst.0 {
        return None;
    }
    let (cmp, jumps, to, next) = jump(chunk, at + 2, dst.0, other.0)?;
    let small = |k: ConstId| chunk.constant(k)?.int().and_then(|i| u16::try_from(i).ok());
    let by = small(k).filter(|by| *by > 0)?;
    // Below `in`, comparisons of whole numbers cannot fail.
    let bits = with_cmp(cmp, u64::from(by) | u64::from(small(wanted)?) << 16);
    (cmp as u8 <= CmpOp::Ge as u8).then_some((Test::Remainder, bits, jumps, to, next))
}

/// `'text' in value`: the constant is loaded first.
fn contains(chunk: &Chunk, at: usize, row: Row) -> Option<Found> {
    let Op::LoadConst { dst, k } = op(chunk, at)? else { return None };
    let (reg, of) = load(chunk, at + 1, row)?;
    let (cmp, jumps, to, next) = jump(chunk, at + 2, dst.0, reg)?;
    chunk.constant(k)?.text()?;
    let jumps = match cmp {
        CmpOp::In => jumps,
        CmpOp::NotIn => !jumps,
        _ => return None,
    };
    (reg != dst.0).then_some((Test::TextHas, of, k.0.into(), jumps, to, next))
}

/// `len(value) cmp number` from the call on: comparison, number, whether it jumps when it holds, where to, next.
fn length(chunk: &Chunk, at: usize, arg: Reg) -> Option<(CmpOp, u64, bool, usize, usize)> {
    let Op::Call { dst, f, args, count: 1 } = op(chunk, at)? else { return None };
    let Op::LoadConst { dst: other, k } = op(chunk, at + 1)? else { return None };
    if args.0 != arg || builtin::function("len").is_none_or(|(len, _)| len != f) || other.0 == dst.0 {
        return None;
    }
    let (cmp, jumps, to, next) = jump(chunk, at + 2, dst.0, other.0)?;
    let number = u32::try_from(chunk.constant(k)?.int()?).ok()?;
    (cmp as u8 <= CmpOp::Ge as u8).then_some((cmp, number.into(), jumps, to, next))
}

/// `len(value or '') cmp number`.
fn length_or_zero(chunk: &Chunk, at: usize, reg: Reg, of: u8) -> Option<Found> {
    let Op::JumpIf { to: over, .. } = op(chunk, at + 1)? else { return None };
    let Op::LoadConst { dst, k } = op(chunk, at + 2)? else { return None };
    if over.index() != at + 3 || dst.0 != reg || chunk.constant(k)?.length()? != 0 {
        return None;
    }
    let (cmp, number, jumps, to, next) = length(chunk, at + 3, reg)?;
    Some((Test::LengthOrZero, of, with_cmp(cmp, number), jumps, to, next))
}
