//! Single tests: a value compared with a constant or another value, its presence, its length, a text in it.

use super::super::scalar::{Scalar, both_ends, orders, short};
use super::super::step::{Test, halves};
use super::{Draft, Extra, Found, Row, calc, op};
use crate::builtin;
use crate::ids::{BuiltinId, ConstId, Reg, SlotId};
use crate::op::{CmpOp, Op};
use crate::pack::Chunk;
use crate::ty::TyDesc;
use crate::value::{Data, Value};

/// Numbers that the schema promises.
#[derive(Clone, Copy, PartialEq)]
enum Numbers {
    Whole,
    Float,
}

/// The test that begins at this address.
pub(super) fn found(chunk: &Chunk<'_>, at: usize, row: Row) -> Option<Found> {
    let in_place = || if matches!(row, Row::Frame) { in_place(chunk, at) } else { None };
    let calculated = || {
        let (draft, negated, at) = calc::read(chunk, at, row)?;
        let (_, jumps, to, next) = any_jump(chunk, at)?;
        Some(Found { draft, jumps: jumps != negated, to, next })
    };
    let found = in_place()
        .or_else(|| contains(chunk, at, row))
        .or_else(|| loaded(chunk, at, row))
        .or_else(calculated)?;
    Some(if matches!(row, Row::Frame) { found.keyed() } else { found })
}

/// A slot compared in one instruction.
fn in_place(chunk: &Chunk<'_>, at: usize) -> Option<Found> {
    let (cmp, slot, right, jumps, to) = match op(chunk, at)? {
        Op::JumpUnlessSlot { op, slot, k, to } => (op, slot, Ok(k), false, to),
        Op::JumpIfSlot { op, slot, k, to } => (op, slot, Ok(k), true, to),
        Op::JumpUnlessSlotParam { op, slot, input, to } => (op, slot, Err(input), false, to),
        Op::JumpIfSlotParam { op, slot, input, to } => (op, slot, Err(input), true, to),
        _ => return None,
    };
    let (draft, negated) = match right {
        Ok(k) => against(chunk, cmp, k, slot.0, slot_numbers(slot))?,
        Err(input) => (with_other(Test::Param, cmp, slot.0, input.0)?, false),
    };
    Some(Found { draft, jumps: jumps != negated, to: to.index(), next: at + 1 })
}

/// A comparison with another slot or a param.
fn with_other(test: Test, cmp: CmpOp, of: u8, other: u16) -> Option<Draft> {
    Some(Draft { orders: orders(cmp)?, aux: u8::try_from(other).ok()?, ..Draft::new(test, of) })
}

fn slot_numbers(slot: SlotId) -> Option<Numbers> {
    numbers(&slot.row()?.ty)
}

fn numbers(ty: &TyDesc) -> Option<Numbers> {
    match ty {
        TyDesc::Int => Some(Numbers::Whole),
        TyDesc::Float | TyDesc::Time => Some(Numbers::Float),
        TyDesc::Opt(inner) => numbers(inner),
        _ => None,
    }
}

/// The test for a comparison with a constant, and whether it is the negation that must hold.
fn against(
    chunk: &Chunk<'_>,
    cmp: CmpOp,
    k: ConstId,
    of: u8,
    numbers: Option<Numbers>,
) -> Option<(Draft, bool)> {
    match (chunk.constant(k)?, numbers) {
        (Value::Float(x), Some(Numbers::Whole)) => {
            let (cmp, bound) = whole_bound(cmp, x)?;
            against_int(cmp, bound, of)
        }
        (Value::Float(x), _) => against_float(cmp, x, of),
        (Value::Int(i), Some(Numbers::Float)) => against_float(cmp, exact(i)?, of),
        (Value::Int(i), _) => against_int(cmp, i, of),
        (Value::Str(text, _), _) => match cmp {
            CmpOp::Eq => Some((equal(text, of)?, false)),
            CmpOp::Ne => Some((equal(text, of)?, true)),
            _ => None,
        },
        (Value::Data(items), _) if items.iter().all(|item| item.text().is_some()) => {
            let draft = Draft { extra: Extra::Data(chunk.consts.data(k)?), ..Draft::new(Test::OneOf, of) };
            match cmp {
                CmpOp::In => Some((draft, false)),
                CmpOp::NotIn => Some((draft, true)),
                _ => None,
            }
        }
        _ => None,
    }
}

fn against_float(cmp: CmpOp, bound: f64, of: u8) -> Option<(Draft, bool)> {
    let (test, negated) = match cmp {
        CmpOp::Eq => (Test::FloatEq, false),
        CmpOp::Ne => (Test::FloatEq, true),
        CmpOp::Lt => (Test::FloatLt, false),
        CmpOp::Le => (Test::FloatLe, false),
        CmpOp::Gt => (Test::FloatGt, false),
        CmpOp::Ge => (Test::FloatGe, false),
        CmpOp::In | CmpOp::NotIn => return None,
    };
    Some((Draft { bits: bound.to_bits(), ..Draft::new(test, of) }, negated))
}

fn against_int(cmp: CmpOp, bound: i64, of: u8) -> Option<(Draft, bool)> {
    let (test, negated) = match cmp {
        CmpOp::Eq => (Test::IntEq, false),
        CmpOp::Ne => (Test::IntEq, true),
        CmpOp::Lt => (Test::IntLt, false),
        CmpOp::Ge => (Test::IntLt, true),
        CmpOp::Gt => (Test::IntGt, false),
        CmpOp::Le => (Test::IntGt, true),
        CmpOp::In | CmpOp::NotIn => return None,
    };
    Some((Draft { bits: bound.cast_unsigned(), ..Draft::new(test, of) }, negated))
}

/// The comparison of whole numbers that says what one with this float says; `None` where there is none, or where the
/// numbers are too large to tell.
fn whole_bound(cmp: CmpOp, x: f64) -> Option<(CmpOp, i64)> {
    let bound = match cmp {
        CmpOp::Lt | CmpOp::Ge => x.ceil(),
        CmpOp::Gt | CmpOp::Le => x.floor(),
        _ if x == x.trunc() => x,
        _ => return None,
    };
    (bound.abs() < 9e15).then_some((cmp, bound as i64))
}

/// The float that is exactly this number.
fn exact(i: i64) -> Option<f64> {
    (i.unsigned_abs() <= 1 << 53).then_some(i as f64)
}

/// Whether a value is this text.
fn equal(text: &str, of: u8) -> Option<Draft> {
    let bytes = text.as_bytes();
    // Of longer texts the length is not needed.
    let aux = u8::try_from(bytes.len()).unwrap_or(u8::MAX);
    Some(match bytes.len() {
        0..=8 => Draft { aux, bits: short(bytes), ..Draft::new(Test::Short, of) },
        9..=16 => Draft { aux, extra: Extra::Mid(both_ends(bytes)?), ..Draft::new(Test::Mid, of) },
        _ => Draft { aux, extra: Extra::Data(Data::text(text)), ..Draft::new(Test::Long, of) },
    })
}

/// The register and the slot or field of a load.
pub(super) fn load(chunk: &Chunk<'_>, at: usize, row: Row) -> Option<(Reg, u8)> {
    match (row, op(chunk, at)?) {
        (Row::Frame, Op::LoadSlot { dst, slot }) => Some((dst.0, slot.0)),
        (Row::Record(record, _), Op::Field { dst, src, f }) if src.0 == record => Some((dst.0, f.0)),
        _ => None,
    }
}

/// A value that is loaded first and tested by the instructions after that.
fn loaded(chunk: &Chunk<'_>, at: usize, row: Row) -> Option<Found> {
    let (reg, of) = load(chunk, at, row)?;
    let simple =
        |test, jumps, to: usize| Some(Found { draft: Draft::new(test, of), jumps, to, next: at + 2 });
    if let Some((_, or_zero, next)) = length(chunk, at, reg) {
        let test = if or_zero { Test::LengthOrZero } else { Test::Length };
        return length_compared(chunk, next, Draft::new(test, of));
    }
    match op(chunk, at + 1)? {
        Op::JumpIf { src, to } if src.0 == reg => simple(Test::True, true, to.index()),
        Op::JumpUnless { src, to } if src.0 == reg => simple(Test::True, false, to.index()),
        Op::JumpIfNone { src, to } if src.0 == reg => simple(Test::None, true, to.index()),
        Op::JumpUnlessNone { src, to } if src.0 == reg => simple(Test::None, false, to.index()),
        Op::LoadConst { dst, k } if dst.0 != reg => {
            let numbers = match row {
                Row::Frame => slot_numbers(SlotId(of)),
                Row::Record(_, id) => id
                    .and_then(|id| id.row()?.fields.get(usize::from(of)))
                    .and_then(|field| numbers(&field.ty)),
            };
            if let Some((cmp, jumps, to, next)) = jump(chunk, at + 2, reg, dst.0) {
                let (draft, negated) = against(chunk, cmp, k, of, numbers)?;
                return Some(Found { draft, jumps: jumps != negated, to, next });
            }
            remainder(chunk, at + 2, (reg, dst.0), k, of)
        }
        Op::LoadSlot { dst, slot } if dst.0 != reg => {
            let (cmp, jumps, to, next) = jump(chunk, at + 2, reg, dst.0)?;
            let draft = with_other(Test::Slot, cmp, of, slot.0.into())?;
            Some(Found { draft, jumps, to, next })
        }
        Op::LoadParam { dst, input } if dst.0 != reg => {
            let (cmp, jumps, to, next) = jump(chunk, at + 2, reg, dst.0)?;
            let draft = with_other(Test::Param, cmp, of, input.0)?;
            Some(Found { draft, jumps, to, next })
        }
        _ => None,
    }
}

/// `value % constant cmp constant` from the remainder on.
fn remainder(chunk: &Chunk<'_>, at: usize, operands: (Reg, Reg), k: ConstId, of: u8) -> Option<Found> {
    let Op::Mod { dst, lhs, rhs } = op(chunk, at)? else { return None };
    let Op::LoadConst { dst: other, k: wanted } = op(chunk, at + 1)? else { return None };
    if (lhs.0, rhs.0) != operands || other.0 == dst.0 {
        return None;
    }
    let (cmp, jumps, to, next) = jump(chunk, at + 2, dst.0, other.0)?;
    let small = |k: ConstId| chunk.constant(k)?.int().and_then(|i| u32::try_from(i).ok());
    let (by, wanted) = (small(k).filter(|by| *by > 0)?, small(wanted)?);
    let draft = Draft { orders: orders(cmp)?, bits: halves(by, wanted), ..Draft::new(Test::Remainder, of) };
    Some(Found { draft, jumps, to, next })
}

/// `'text' in value`: the constant is loaded first.
fn contains(chunk: &Chunk<'_>, at: usize, row: Row) -> Option<Found> {
    let Op::LoadConst { dst, k } = op(chunk, at)? else { return None };
    let (reg, of) = load(chunk, at + 1, row)?;
    let (cmp, jumps, to, next) = jump(chunk, at + 2, dst.0, reg)?;
    chunk.constant(k)?.text()?;
    let jumps = match cmp {
        CmpOp::In => jumps,
        CmpOp::NotIn => !jumps,
        _ => return None,
    };
    let draft = Draft { extra: Extra::Data(chunk.consts.data(k)?), ..Draft::new(Test::Has, of) };
    (reg != dst.0).then_some(Found { draft, jumps, to, next })
}

/// `len(value)` or `len(value or '')` from the load of the value on: the register of the length, whether it is zero
/// where there is no value, and what follows.
pub(super) fn length(chunk: &Chunk<'_>, at: usize, reg: Reg) -> Option<(Reg, bool, usize)> {
    let or_zero = match (op(chunk, at + 1)?, op(chunk, at + 2)?) {
        (Op::JumpIf { src, to }, Op::LoadConst { dst, k }) => {
            let is_empty = chunk.constant(k)?.length()? == 0;
            if src.0 != reg || dst.0 != reg || to.index() != at + 3 || !is_empty {
                return None;
            }
            true
        }
        _ => false,
    };
    let at = if or_zero { at + 3 } else { at + 1 };
    let Op::Call { dst, f, args, count: 1 } = op(chunk, at)? else { return None };
    (args.0 == reg && is_function(f, "len")).then_some((dst.0, or_zero, at + 1))
}

/// A length in the register that the instruction before wrote, compared with a number.
fn length_compared(chunk: &Chunk<'_>, at: usize, draft: Draft) -> Option<Found> {
    let Op::Call { dst, .. } = op(chunk, at.checked_sub(1)?)? else { return None };
    let Op::LoadConst { dst: other, k } = op(chunk, at)? else { return None };
    let (cmp, jumps, to, next) = jump(chunk, at + 1, dst.0, other.0)?;
    let bits = u32::try_from(chunk.constant(k)?.int()?).ok()?.into();
    let draft = Draft { orders: orders(cmp)?, bits, ..draft };
    (other.0 != dst.0).then_some(Found { draft, jumps, to, next })
}

/// A jump by comparison of these registers: comparison, whether it jumps when it holds, where to, what follows.
pub(super) fn jump(
    chunk: &Chunk<'_>,
    at: usize,
    left: Reg,
    right: Reg,
) -> Option<(CmpOp, bool, usize, usize)> {
    let ((cmp, a, b), jumps, to, next) = any_jump(chunk, at)?;
    ((a, b) == (left, right)).then_some((cmp, jumps, to, next))
}

/// Comparison and operands, whether it jumps when it holds, where to, what follows.
type Jump = ((CmpOp, Reg, Reg), bool, usize, usize);

/// A jump by comparison of two registers.
pub(super) fn any_jump(chunk: &Chunk<'_>, at: usize) -> Option<Jump> {
    match op(chunk, at)? {
        Op::JumpUnlessCmp { op, lhs, rhs, to } => Some(((op, lhs.0, rhs.0), false, to.index(), at + 1)),
        Op::JumpIfCmp { op, lhs, rhs, to } => Some(((op, lhs.0, rhs.0), true, to.index(), at + 1)),
        _ => None,
    }
}

/// Whether this is the function of that name.
pub(super) fn is_function(f: BuiltinId, name: &str) -> bool {
    builtin::function(name).is_some_and(|(id, _)| id == f)
}
