//! Every operand of an instruction by itself: it names something that is there.

use std::sync::LazyLock;

use super::checks::Checks;
use super::error::CodeError;
use crate::ids::{ConstId, FieldId, Reg};
use crate::op::{Op, OperandRole};
use crate::pack::{Chunk, Pack};
use crate::schema::{RECORDS, SLOT_COUNT};
use crate::value::Value;

/// The bounds of a slice: from, to, step.
const SLICE_BOUNDS: u8 = 3;

/// What the operands of a chunk's instructions may name.
#[derive(Clone, Copy)]
pub(super) struct Operands<'p> {
    pub(super) checks: Checks,
    pub(super) pack: &'p Pack,
    pub(super) chunk: &'p Chunk<'p>,
}

impl Operands<'_> {
    /// Checks the operands of an instruction.
    pub(super) fn check(self, op: &Op) -> Result<(), CodeError> {
        let mut row = None;
        let mut result = Ok(());
        op.operands(|_, role| {
            if let OperandRole::ReadRow(first) = role {
                row = Some(first);
            }
            if result.is_ok() {
                result = self.operand(role, row);
            }
        });
        result?;
        self.whole(op)
    }

    fn operand(self, role: OperandRole, row: Option<Reg>) -> Result<(), CodeError> {
        let Operands { checks, pack, chunk } = self;
        match role {
            OperandRole::Write(register) | OperandRole::Read(register) => {
                self.registers(register, 1, CodeError::Register)
            }
            OperandRole::ReadRow(_) | OperandRole::Plain | OperandRole::Param(_) => Ok(()),
            OperandRole::Count(count) => row.map_or(Ok(()), |it| self.registers(it, count, CodeError::Row)),
            OperandRole::Const(id) => checks.code(chunk.constant(id).is_some(), CodeError::Const),
            OperandRole::Slot(slot) => checks.code(slot.index() < SLOT_COUNT, CodeError::Slot),
            OperandRole::Target(to) => checks.code(to.index() < chunk.code.len(), CodeError::Target),
            OperandRole::Builtin(id) => checks.code(id.row().is_some(), CodeError::Builtin),
            OperandRole::Pattern(id) => checks.code(id.index() < pack.patterns.len(), CodeError::NoPattern),
        }
    }

    /// Checks what one operand alone does not tell.
    fn whole(self, op: &Op) -> Result<(), CodeError> {
        let Operands { checks, chunk, .. } = self;
        match *op {
            Op::LoadParam { input, .. }
            | Op::JumpUnlessSlotParam { input, .. }
            | Op::JumpIfSlotParam { input, .. } => checks.code(input.0 < chunk.params, CodeError::Param),
            Op::LoadSetting { input, .. } => checks.code(input.0 < chunk.settings, CodeError::Setting),
            Op::Field { f, .. } => checks.code(is_field(f), CodeError::Field),
            Op::Attr { name, .. } => checks.code(!self.is_no_text(name), CodeError::Name),
            Op::Slice { count, .. } => checks.code(count == SLICE_BOUNDS, CodeError::SliceBounds),
            Op::IterBegin { dst, .. } => self.registers(dst.0, 2, CodeError::LoopRegisters),
            Op::IterNext { iter, .. } => self.registers(iter.0, 3, CodeError::ElementRegister),
            Op::Unpack { dst, count, .. } => self.registers(dst.0, count, CodeError::UnpackRegisters),
            Op::Call { f, count, .. } => {
                let (least, most) = f.row().map_or((0, None), |row| row.arity());
                let count = usize::from(count);
                checks.code(count >= least, CodeError::TooFewArguments)?;
                checks.code(most.is_none_or(|most| count <= most), CodeError::TooManyArguments)
            }
            _ => Ok(()),
        }
    }

    /// Whether a constant is there and is no text.
    fn is_no_text(self, id: ConstId) -> bool {
        self.chunk.constant(id).is_some_and(|data| !matches!(data, Value::Str(..)))
    }

    fn registers(self, first: Reg, count: u8, error: CodeError) -> Result<(), CodeError> {
        let end = first.index() + usize::from(count);
        self.checks.code(end <= usize::from(self.chunk.registers), error)
    }
}

/// Whether any record has so many fields.
fn is_field(field: FieldId) -> bool {
    static MOST: LazyLock<usize> =
        LazyLock::new(|| RECORDS.iter().map(|row| row.fields.len()).max().unwrap_or_default());
    field.index() < *MOST
}
