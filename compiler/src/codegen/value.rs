//! Expressions for their value.
//!
//! Invariant: the register that receives a value is read by no part of the expression, so parts may use it on the
//! way.

use super::emitter::{ChunkEmitter, EmitError};
use crate::hir::{BinaryOp, CmpOp, ExprId, ExprKind, Singleton};
use oracle_vm::ids::{Addr, InputId, Reg};
use oracle_vm::op::{Dst, Op, Src, Srcs};
use oracle_vm::value::Data;

impl ChunkEmitter<'_, '_> {
    /// A register that holds the value: the variable's own, or a new one.
    pub(super) fn operand(&mut self, id: ExprId) -> Result<Src, EmitError> {
        if let ExprKind::Local(local) = self.kind(id)
            && let Some(register) = self.writer.local(*local)
        {
            return Ok(Src(register));
        }
        let register = self.writer.take(1, self.span(id))?;
        self.value(id, register)?;
        Ok(Src(register))
    }

    /// A param, which counts as used.
    pub(super) fn param(&mut self, input: InputId) -> InputId {
        self.params = self.params.max(count_of(input));
        input
    }

    /// Puts the value into a register.
    pub(super) fn value(&mut self, id: ExprId, to: Reg) -> Result<(), EmitError> {
        let mark = self.writer.mark();
        let done = self.value_kind(id, to);
        self.writer.release(mark);
        done
    }

    fn value_kind(&mut self, id: ExprId, to: Reg) -> Result<(), EmitError> {
        let (span, dst) = (self.span(id), Dst(to));
        let op = match self.kind(id) {
            ExprKind::Const(data) => Op::LoadConst { dst, k: self.writer.constant(data, span)? },
            ExprKind::Slot(slot) => Op::LoadSlot { dst, slot: *slot },
            ExprKind::Param(input) => Op::LoadParam { dst, input: self.param(*input) },
            ExprKind::Setting(input) => {
                self.settings = self.settings.max(count_of(*input));
                Op::LoadSetting { dst, input: *input }
            }
            ExprKind::State => Op::LoadState { dst },
            ExprKind::Local(_) => Op::Move { dst, src: self.operand(id)? },
            ExprKind::Field(of, field) => Op::Field { dst, src: self.operand(*of)?, f: *field },
            ExprKind::Attr(of, name) => {
                let src = self.operand(*of)?;
                Op::Attr { dst, src, name: self.writer.constant(&Data::Str(name.clone()), span)? }
            }
            ExprKind::Index(of, index) => {
                let src = self.operand(*of)?;
                Op::Index { dst, src, index: self.operand(*index)? }
            }
            ExprKind::Slice(of, bounds) => return self.slice(id, *of, *bounds, to),
            ExprKind::Not(of) => Op::Not { dst, src: self.operand(*of)? },
            ExprKind::Neg(of) => Op::Neg { dst, src: self.operand(*of)? },
            ExprKind::Pos(of) => Op::Pos { dst, src: self.operand(*of)? },
            ExprKind::Binary(..) => return self.arithmetic(id, to),
            ExprKind::Compare(first, links) => return self.compare_value(id, *first, links, to),
            ExprKind::Is(of, what) => Op::Is { dst, src: self.operand(*of)?, what: *what },
            ExprKind::And(operands) => return self.operands_value(operands, false, to),
            ExprKind::Or(operands) => return self.operands_value(operands, true, to),
            ExprKind::If { test, then, other } => return self.if_value(id, [*test, *then, *other], to),
            ExprKind::Call(f, args) => {
                let (first, count) = self.row(id, args)?;
                Op::Call { dst, f: *f, args: Srcs(first), count }
            }
            ExprKind::Matches(of, pattern) => {
                let src = self.operand(*of)?;
                Op::Matches { dst, src, pattern: self.pattern(pattern.as_str(), span)? }
            }
            ExprKind::List(items) => {
                self.items(id, items)?;
                Op::ListEnd { dst }
            }
            ExprKind::Tuple(items) => {
                self.items(id, items)?;
                Op::TupleEnd { dst }
            }
            ExprKind::Loop(it) => return self.loop_value(id, it, to),
        };
        self.writer.op(op, span)
    }

    /// Arithmetic; a long chain `a + b + c` leans to the left, so the left side is walked and not recursed into.
    fn arithmetic(&mut self, id: ExprId, to: Reg) -> Result<(), EmitError> {
        let mut steps = Vec::new();
        let mut at = id;
        while let ExprKind::Binary(op, lhs, rhs) = self.kind(at) {
            steps.push((at, *op, *rhs));
            at = *lhs;
        }
        let mut lhs = self.operand(at)?;
        for (node, op, rhs) in steps.into_iter().rev() {
            let mark = self.writer.mark();
            let rhs = self.operand(rhs)?;
            self.writer.op(binary(op, Dst(to), lhs, rhs), self.span(node))?;
            self.writer.release(mark);
            lhs = Src(to);
        }
        Ok(())
    }

    fn slice(
        &mut self,
        id: ExprId,
        of: ExprId,
        bounds: [Option<ExprId>; 3],
        to: Reg,
    ) -> Result<(), EmitError> {
        let span = self.span(id);
        let src = self.operand(of)?;
        let first = self.writer.take(bounds.len(), span)?;
        for (bound, at) in bounds.into_iter().zip(first.0..) {
            match bound {
                Some(bound) => self.value(bound, Reg(at))?,
                None => {
                    let k = self.writer.constant(&Data::None, span)?;
                    self.writer.op(Op::LoadConst { dst: Dst(Reg(at)), k }, span)?;
                }
            }
        }
        self.writer.op(Op::Slice { dst: Dst(to), src, bounds: Srcs(first), count: 3 }, span)
    }

    /// A chain: each operand is evaluated once, and none after the first link that does not hold.
    fn compare_value(
        &mut self,
        id: ExprId,
        first: ExprId,
        links: &[(CmpOp, ExprId)],
        to: Reg,
    ) -> Result<(), EmitError> {
        let (span, end) = (self.span(id), self.writer.label());
        let mut lhs = self.operand(first)?;
        for (at, (op, rhs)) in links.iter().enumerate() {
            let rhs = self.operand(*rhs)?;
            self.writer.op(Op::Compare { dst: Dst(to), op: *op, lhs, rhs }, span)?;
            if at + 1 < links.len() {
                self.writer.jump(Op::JumpUnless { src: Src(to), to: Addr(0) }, end, span)?;
            }
            lhs = rhs;
        }
        self.writer.place(end);
        Ok(())
    }

    /// `and`, `or`: the value of the first operand whose truth is `stop`, or of the last.
    fn operands_value(&mut self, operands: &[ExprId], stop: bool, to: Reg) -> Result<(), EmitError> {
        let end = self.writer.label();
        for (at, operand) in operands.iter().enumerate() {
            self.value(*operand, to)?;
            if at + 1 < operands.len() {
                let (src, span) = (Src(to), self.span(*operand));
                let op =
                    if stop { Op::JumpIf { src, to: Addr(0) } } else { Op::JumpUnless { src, to: Addr(0) } };
                self.writer.jump(op, end, span)?;
            }
        }
        self.writer.place(end);
        Ok(())
    }

    fn if_value(&mut self, id: ExprId, [test, then, other]: [ExprId; 3], to: Reg) -> Result<(), EmitError> {
        let (otherwise, end) = (self.writer.label(), self.writer.label());
        self.branch(test, false, otherwise)?;
        self.value(then, to)?;
        self.writer.jump(Op::Jump { to: Addr(0) }, end, self.span(id))?;
        self.writer.place(otherwise);
        self.value(other, to)?;
        self.writer.place(end);
        Ok(())
    }

    /// Arguments in a row of registers.
    fn row(&mut self, id: ExprId, args: &[ExprId]) -> Result<(Reg, u8), EmitError> {
        let first = self.writer.take(args.len(), self.span(id))?;
        for (arg, at) in args.iter().zip(first.0..=u8::MAX) {
            self.value(*arg, Reg(at))?;
        }
        Ok((first, u8::try_from(args.len()).unwrap_or(u8::MAX)))
    }

    fn items(&mut self, id: ExprId, items: &[ExprId]) -> Result<(), EmitError> {
        self.writer.op(Op::ListBegin {}, self.span(id))?;
        for item in items {
            let mark = self.writer.mark();
            let src = self.operand(*item)?;
            self.writer.op(Op::ListPush { src }, self.span(*item))?;
            self.writer.release(mark);
        }
        Ok(())
    }

    /// The truth of a node that is a constant.
    pub(super) fn constant_truth(&self, id: ExprId) -> Option<bool> {
        match self.kind(id) {
            ExprKind::Const(data) => Some(crate::hir::constant_truth(data)),
            _ => None,
        }
    }

    /// Whether the node is `is None`.
    pub(super) fn none_test(&self, id: ExprId) -> Option<ExprId> {
        match self.kind(id) {
            ExprKind::Is(of, Singleton::None) => Some(*of),
            _ => None,
        }
    }
}

fn count_of(input: InputId) -> u16 {
    input.0.saturating_add(1)
}

fn binary(op: BinaryOp, dst: Dst, lhs: Src, rhs: Src) -> Op {
    match op {
        BinaryOp::Add => Op::Add { dst, lhs, rhs },
        BinaryOp::Sub => Op::Sub { dst, lhs, rhs },
        BinaryOp::Mul => Op::Mul { dst, lhs, rhs },
        BinaryOp::Div => Op::Div { dst, lhs, rhs },
        BinaryOp::FloorDiv => Op::FloorDiv { dst, lhs, rhs },
        BinaryOp::Mod => Op::Mod { dst, lhs, rhs },
        BinaryOp::Pow => Op::Pow { dst, lhs, rhs },
    }
}
