//! Comprehensions: nested loops around an element; `any` and `all` leave them as soon as the answer is known.

use super::emitter::{ChunkEmitter, EmitError};
use super::writer::Label;
use crate::hir::{Clause, ExprId, LocalId, Loop, LoopKind};
use crate::source::Span;
use oracle_vm::ids::{Addr, Reg};
use oracle_vm::op::{Dst, Op, Src};
use oracle_vm::value::Data;

/// Filled in when the label is placed.
const LATER: Addr = Addr(0);

/// One `for` that is being emitted.
struct Open {
    /// Its `iter_next`.
    next: Addr,
    /// Where a round ends.
    round: Label,
    /// Where the loop ends.
    end: Label,
    span: Span,
}

impl ChunkEmitter<'_, '_> {
    /// The list, or the answer of `any` or `all` as a bool.
    pub(super) fn loop_value(&mut self, id: ExprId, it: &Loop, to: Reg) -> Result<(), EmitError> {
        let span = self.span(id);
        let stop = match it.kind {
            LoopKind::List => {
                self.writer.op(Op::ListBegin {}, span)?;
                let open = self.open(&it.clauses)?;
                let src = self.operand(it.element)?;
                self.writer.op(Op::ListPush { src }, self.span(it.element))?;
                self.close(open)?;
                return self.writer.op(Op::ListEnd { dst: Dst(to) }, span);
            }
            LoopKind::Any => true,
            LoopKind::All => false,
        };
        let (found, end) = (self.writer.label(), self.writer.label());
        let open = self.open(&it.clauses)?;
        self.branch(it.element, stop, found)?;
        self.close(open)?;
        self.answer(!stop, to, span)?;
        if self.writer.is_target(found) {
            self.writer.jump(Op::Jump { to: LATER }, end, span)?;
            self.writer.place(found);
            self.answer(stop, to, span)?;
            self.writer.place(end);
        }
        Ok(())
    }

    fn answer(&mut self, answer: bool, to: Reg, span: Span) -> Result<(), EmitError> {
        let k = self.writer.constant(&Data::Bool(answer), span)?;
        self.writer.op(Op::LoadConst { dst: Dst(to), k }, span)
    }

    /// `any` or `all` for a jump.
    pub(super) fn branch_loop(
        &mut self,
        id: ExprId,
        it: &Loop,
        when: bool,
        target: Label,
    ) -> Result<(), EmitError> {
        let stop = it.kind == LoopKind::Any;
        let found = if stop == when { target } else { self.writer.label() };
        let open = self.open(&it.clauses)?;
        self.branch(it.element, stop, found)?;
        self.close(open)?;
        if stop != when {
            if self.writer.is_target(found) {
                self.writer.jump(Op::Jump { to: LATER }, target, self.span(id))?;
                self.writer.place(found);
            } else {
                // Nothing stops the loop: the answer is known, but what follows must stay reachable.
                let register = self.writer.take(1, self.span(id))?;
                self.answer(when, register, self.span(id))?;
                self.writer.jump(super::branch::truth_jump(Src(register), when), target, self.span(id))?;
            }
        }
        Ok(())
    }

    /// Emits the clauses up to the element.
    fn open(&mut self, clauses: &[Clause]) -> Result<Vec<Open>, EmitError> {
        let mut open: Vec<Open> = Vec::new();
        for clause in clauses {
            match clause {
                Clause::For { targets, unpack, iter } => {
                    let begun = self.begin(targets, *unpack, *iter)?;
                    open.push(begun);
                }
                Clause::If(test) => {
                    if let Some(innermost) = open.last() {
                        let round = innermost.round;
                        self.branch(*test, false, round)?;
                    }
                }
            }
        }
        Ok(open)
    }

    fn begin(&mut self, targets: &[LocalId], unpack: bool, iter: ExprId) -> Result<Open, EmitError> {
        let span = self.span(iter);
        // The machine wants three registers in a row: what is iterated, the position, the element.
        let first = self.writer.take(3, span)?;
        let element = Reg(first.0.saturating_add(2));
        self.value(iter, first)?;
        self.writer.op(Op::IterBegin { dst: Dst(first), src: Src(first) }, span)?;
        let (round, end, next) = (self.writer.label(), self.writer.label(), self.writer.here());
        self.writer.jump(Op::IterNext { iter: Src(first), to: LATER }, end, span)?;
        if unpack {
            let row = self.writer.take(targets.len(), span)?;
            let count = u8::try_from(targets.len()).unwrap_or(u8::MAX);
            self.writer.op(Op::Unpack { dst: Dst(row), src: Src(element), count }, span)?;
            for (target, at) in targets.iter().zip(row.0..=u8::MAX) {
                self.writer.bind(*target, Reg(at));
            }
        } else if let Some(target) = targets.first() {
            self.writer.bind(*target, element);
        }
        Ok(Open { next, round, end, span })
    }

    /// Emits the ends of the loops, innermost first.
    fn close(&mut self, open: Vec<Open>) -> Result<(), EmitError> {
        for it in open.into_iter().rev() {
            self.writer.place(it.round);
            self.writer.op(Op::IterLoop { to: it.next }, it.span)?;
            self.writer.place(it.end);
        }
        Ok(())
    }
}
