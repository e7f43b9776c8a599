//! Every operand of an instruction by itself: it names something that is there.

use super::error::CodeError;
use crate::ids::{ConstId, Reg};
use crate::op::{Op, OperandRole};
use crate::pack::{Chunk, Pack};
use crate::schema::SLOT_COUNT;
use crate::value::Data;

/// The bounds of a slice: from, to, step.
const SLICE_BOUNDS: u8 = 3;

/// Checks the operands of the instruction at an address.
pub(super) fn check(pack: &Pack, chunk: &Chunk, at: usize, op: &Op) -> Result<(), CodeError> {
    let mut row = None;
    let mut result = Ok(());
    op.operands(|_, role| {
        if let OperandRole::ReadRow(first) = role {
            row = Some(first);
        }
        if result.is_ok() {
            result = operand(pack, chunk, at, role, row);
        }
    });
    result?;
    whole_op(chunk, op)
}

fn operand(
    pack: &Pack,
    chunk: &Chunk,
    at: usize,
    role: OperandRole,
    row: Option<Reg>,
) -> Result<(), CodeError> {
    match role {
        OperandRole::Write(register) | OperandRole::Read(register) => registers(chunk, register, 1),
        OperandRole::ReadRow(_) | OperandRole::Plain | OperandRole::Param(_) => Ok(()),
        OperandRole::Count(count) => row.map_or(Ok(()), |first| registers(chunk, first, count)),
        OperandRole::Const(id) => constant(chunk, id).map(drop),
        OperandRole::Slot(slot) => holds(slot.index() < SLOT_COUNT, CodeError::Slot),
        OperandRole::Target(to) => {
            holds(to.index() < chunk.code.len() && to.index() != at, CodeError::Target)
        }
        OperandRole::Builtin(id) => holds(id.row().is_some(), CodeError::Builtin),
        OperandRole::Pattern(id) => holds(id.index() < pack.patterns.len(), CodeError::NoPattern),
    }
}

/// Checks what one operand alone does not tell.
fn whole_op(chunk: &Chunk, op: &Op) -> Result<(), CodeError> {
    match *op {
        Op::LoadParam { input, .. } => holds(input.0 < chunk.params, CodeError::Input),
        Op::LoadSetting { input, .. } => holds(input.0 < chunk.settings, CodeError::Input),
        Op::Attr { name, .. } => match constant(chunk, name)? {
            Data::Str(_) => Ok(()),
            _ => Err(CodeError::Name),
        },
        Op::Slice { count, .. } => holds(count == SLICE_BOUNDS, CodeError::Arity),
        Op::IterBegin { dst, .. } => registers(chunk, dst.0, 2),
        Op::IterNext { iter, .. } => registers(chunk, iter.0, 3),
        Op::Unpack { dst, count, .. } => registers(chunk, dst.0, count),
        Op::Call { f, count, .. } => {
            let (least, most) = f.row().ok_or(CodeError::Builtin)?.arity();
            let count = usize::from(count);
            holds(count >= least && most.is_none_or(|most| count <= most), CodeError::Arity)
        }
        _ => Ok(()),
    }
}

fn holds(is: bool, error: CodeError) -> Result<(), CodeError> {
    if is { Ok(()) } else { Err(error) }
}

fn registers(chunk: &Chunk, first: Reg, count: u8) -> Result<(), CodeError> {
    holds(first.index() + usize::from(count) <= usize::from(chunk.registers), CodeError::Register)
}

fn constant<'p>(chunk: &Chunk<'p>, id: ConstId) -> Result<&'p Data, CodeError> {
    chunk.constant(id).ok_or(CodeError::Const)
}
