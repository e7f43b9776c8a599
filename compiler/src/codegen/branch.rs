//! Expressions for a jump: no truth value is stored, `and`, `or` and `not` cost nothing themselves.

use super::emitter::{ChunkEmitter, EmitError};
use super::writer::Label;
use crate::hir::{CmpOp, ExprId, ExprKind};
use crate::source::Span;
use oracle_vm::ids::{Addr, SlotId};
use oracle_vm::op::{Op, Src};

/// Filled in when the label is placed.
const LATER: Addr = Addr(0);

impl ChunkEmitter<'_, '_> {
    /// Goes to `target` when the truth of the expression is `when`, else on.
    pub(super) fn branch(&mut self, id: ExprId, when: bool, target: Label) -> Result<(), EmitError> {
        let mark = self.writer.mark();
        let done = self.branch_kind(id, when, target);
        self.writer.release(mark);
        done
    }

    fn branch_kind(&mut self, id: ExprId, when: bool, target: Label) -> Result<(), EmitError> {
        let span = self.span(id);
        match self.kind(id) {
            ExprKind::Const(_) if self.constant_truth(id) != Some(when) => Ok(()),
            ExprKind::Not(of) => self.branch(*of, !when, target),
            ExprKind::And(operands) => self.branch_operands(operands, false, when, target),
            ExprKind::Or(operands) => self.branch_operands(operands, true, when, target),
            ExprKind::Compare(first, links) => self.branch_compare(id, *first, links, when, target),
            ExprKind::If { test, then, other } => {
                let (otherwise, end) = (self.writer.label(), self.writer.label());
                self.branch(*test, false, otherwise)?;
                self.branch(*then, when, target)?;
                self.writer.jump(Op::Jump { to: LATER }, end, span)?;
                self.writer.place(otherwise);
                self.branch(*other, when, target)?;
                self.writer.place(end);
                Ok(())
            }
            ExprKind::Loop(it) if it.kind != crate::hir::LoopKind::List => {
                self.branch_loop(id, it, when, target)
            }
            _ => {
                if let Some(of) = self.none_test(id) {
                    let src = self.operand(of)?;
                    let op = if when {
                        Op::JumpIfNone { src, to: LATER }
                    } else {
                        Op::JumpUnlessNone { src, to: LATER }
                    };
                    return self.writer.jump(op, target, span);
                }
                let src = self.operand(id)?;
                self.writer.jump(truth_jump(src, when), target, span)
            }
        }
    }

    /// `and` (which stops at the first false operand) and `or` (at the first true one).
    fn branch_operands(
        &mut self,
        operands: &[ExprId],
        stop: bool,
        when: bool,
        target: Label,
    ) -> Result<(), EmitError> {
        if stop == when {
            return operands.iter().try_for_each(|operand| self.branch(*operand, when, target));
        }
        let skip = self.writer.label();
        if let Some((last, before)) = operands.split_last() {
            for operand in before {
                self.branch(*operand, stop, skip)?;
            }
            self.branch(*last, when, target)?;
        }
        self.writer.place(skip);
        Ok(())
    }

    fn branch_compare(
        &mut self,
        id: ExprId,
        first: ExprId,
        links: &[(CmpOp, ExprId)],
        when: bool,
        target: Label,
    ) -> Result<(), EmitError> {
        let span = self.span(id);
        if let [(op, rhs)] = links
            && let Some((op, slot, input)) = self.slot_against_input(first, *op, *rhs)
            && let Some(op) = self.slot_jump((op, slot, input), when, span)?
        {
            return self.writer.jump(op, target, span);
        }
        let skip = self.writer.label();
        let mut lhs = self.operand(first)?;
        for (at, (op, rhs)) in links.iter().enumerate() {
            let (op, last) = (*op, at + 1 == links.len());
            let rhs = self.operand(*rhs)?;
            if last && when {
                self.writer.jump(Op::JumpIfCmp { op, lhs, rhs, to: LATER }, target, span)?;
            } else {
                let to = if when { skip } else { target };
                self.writer.jump(Op::JumpUnlessCmp { op, lhs, rhs, to: LATER }, to, span)?;
            }
            lhs = rhs;
        }
        self.writer.place(skip);
        Ok(())
    }

    /// `slot op constant` or `slot op param`, or the same written the other way round.
    fn slot_against_input(&self, lhs: ExprId, op: CmpOp, rhs: ExprId) -> Option<(CmpOp, SlotId, ExprId)> {
        match (self.kind(lhs), self.kind(rhs)) {
            (ExprKind::Slot(slot), ExprKind::Const(_) | ExprKind::Param(_)) => Some((op, *slot, rhs)),
            (ExprKind::Const(_) | ExprKind::Param(_), ExprKind::Slot(slot)) => {
                Some((mirrored(op)?, *slot, lhs))
            }
            _ => None,
        }
    }

    /// The one instruction that compares a slot with a constant or a param and jumps.
    fn slot_jump(
        &mut self,
        (op, slot, input): (CmpOp, SlotId, ExprId),
        when: bool,
        span: Span,
    ) -> Result<Option<Op>, EmitError> {
        let to = LATER;
        Ok(Some(match self.kind(input) {
            ExprKind::Const(data) => {
                let k = self.writer.constant(data, span)?;
                if when { Op::JumpIfSlot { op, slot, k, to } } else { Op::JumpUnlessSlot { op, slot, k, to } }
            }
            ExprKind::Param(input) => {
                let input = self.param(*input);
                if when {
                    Op::JumpIfSlotParam { op, slot, input, to }
                } else {
                    Op::JumpUnlessSlotParam { op, slot, input, to }
                }
            }
            _ => return Ok(None),
        }))
    }
}

/// The jump on the truth of a register.
pub(super) fn truth_jump(src: Src, when: bool) -> Op {
    if when { Op::JumpIf { src, to: LATER } } else { Op::JumpUnless { src, to: LATER } }
}

/// The comparison with its sides exchanged; `in` has none.
fn mirrored(op: CmpOp) -> Option<CmpOp> {
    Some(match op {
        CmpOp::Eq => CmpOp::Eq,
        CmpOp::Ne => CmpOp::Ne,
        CmpOp::Lt => CmpOp::Gt,
        CmpOp::Le => CmpOp::Ge,
        CmpOp::Gt => CmpOp::Lt,
        CmpOp::Ge => CmpOp::Le,
        CmpOp::In | CmpOp::NotIn => return None,
    })
}
