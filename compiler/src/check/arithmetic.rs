//! Arithmetic and signs.

use super::attribute::article;
use super::types;
use super::walk::{Checked, Checker, Typed, Use};
use crate::diag::codes::Code;
use crate::hir::{BinaryOp, ExprKind};
use crate::source::Span;
use crate::syntax::ast::{self, UnaryOp};
use oracle_vm::fault::Trouble;
use oracle_vm::ty::{Elem, Kinds, Ty};
use oracle_vm::value::Data;

impl Checker<'_> {
    /// Arithmetic; a long chain leans to the left, so the left side is walked and not recursed into.
    pub(super) fn arithmetic(&mut self, ast: &ast::Expr) -> Checked {
        let mut steps = Vec::new();
        let mut at = ast;
        while let ast::ExprKind::Binary(op, lhs, rhs) = &at.kind {
            steps.push((at.span, *op, rhs));
            at = lhs;
        }
        let mut lhs = self.expr(at, Use::Value);
        for (span, op, rhs) in steps.into_iter().rev() {
            let rhs = self.expr(rhs, Use::Value);
            lhs = match (lhs, rhs) {
                (Some(lhs), Some(rhs)) => self.binary(op, &lhs, &rhs, span),
                _ => None,
            };
        }
        lhs
    }

    fn binary(&mut self, op: BinaryOp, lhs: &Typed, rhs: &Typed, span: Span) -> Checked {
        let (left, right) = (lhs.ty.kinds, rhs.ty.kinds);
        if left.is_never() || right.is_never() {
            return self.node(ExprKind::Binary(op, lhs.id, rhs.id), Ty::dynamic(), span);
        }
        if op == BinaryOp::Mod && left == Kinds::STR {
            self.report(Code::TextFormat, span, "`%` does not format text in conditions")
                .help("join texts with `+` and `str(...)`");
            return None;
        }
        let exponent = self.known(rhs.id).filter(|_| op == BinaryOp::Pow);
        let found = types::arithmetic(op, left, right, exponent);
        if found.result.is_never() {
            self.operands_never_work(op, lhs, rhs, span);
            return None;
        }
        if matches!(op, BinaryOp::Div | BinaryOp::FloorDiv | BinaryOp::Mod) && self.is_zero(rhs) {
            self.report(Code::DivisionByZero, span, format!("`{}` by zero always fails", op.symbol()))
                .help("divide by something that is not zero");
            return None;
        }
        let by = format!("`{}`", op.symbol());
        self.warn_other_kinds(lhs, found.lhs, &by);
        self.warn_other_kinds(rhs, found.rhs, &by);
        self.learn(lhs.id, found.lhs);
        self.learn(rhs.id, found.rhs);
        let dynamic = (lhs.ty.dynamic || rhs.ty.dynamic) && types::each(found.result).count() > 1;
        let elem = result_elem(op, &lhs.ty, &rhs.ty);
        let ty = Ty { dynamic, elem, ..Ty::of(found.result) };
        self.node(ExprKind::Binary(op, lhs.id, rhs.id), ty, span)
    }

    fn is_zero(&self, operand: &Typed) -> bool {
        match self.known(operand.id) {
            Some(Data::Int(0) | Data::Bool(false)) => true,
            Some(Data::Float(value)) => *value == 0.0,
            _ => false,
        }
    }

    fn operands_never_work(&mut self, op: BinaryOp, lhs: &Typed, rhs: &Typed, span: Span) {
        let (left, right) = (lhs.ty.kinds, rhs.ty.kinds);
        let (at_left, at_right) = (self.place_of(lhs), self.place_of(rhs));
        let symbol = op.symbol();
        let message = format!("`{symbol}` cannot work with {} and {}", article(left), article(right));
        let report = self.report(Code::OperandTypes, span, message);
        report.also(at_left, format!("this is {}", article(left)));
        report.also(at_right, format!("this is {}", article(right)));
        let text = Kinds::STR;
        if left == Kinds::NONE || right == Kinds::NONE {
            report.help("None is no number; use a value that can be there");
        } else if op == BinaryOp::Add
            && left.meets(text) != right.meets(text)
            && (left.union(right)).meets(Kinds::NUMBER)
        {
            report.help("to join texts write `str(...)` around the number; to add, `int(...)` or `float(...)` around the text");
        } else if left.meets(text) || right.meets(text) {
            report.help("convert the text first: `int(...)` or `float(...)`");
        } else if left.meets(Kinds::LIST) || right.meets(Kinds::LIST) {
            report.help("for the number of elements write `len(...)`, for their sum `sum(...)`");
        } else {
            report.help("arithmetic takes numbers");
        }
    }

    /// The place of a part, for messages.
    pub(super) fn place_of(&self, part: &Typed) -> Span {
        self.hir.get(part.id).map_or(Span::default(), |expr| expr.span)
    }

    /// `not x`, `-x`, `+x`
    pub(super) fn unary(&mut self, op: UnaryOp, of: &ast::Expr, span: Span) -> Checked {
        if op == UnaryOp::Not {
            let checked = self.expr(of, Use::Truth)?;
            self.lint_truth(&checked, of);
            let mut not = self.node(ExprKind::Not(checked.id), Ty::of(Kinds::BOOL), span)?;
            not.flow = checked.flow.negated();
            return Some(not);
        }
        let of = self.expr(of, Use::Value)?;
        let symbol = if op == UnaryOp::Neg { "-" } else { "+" };
        let kinds = of.ty.kinds;
        if !kinds.is_never() && !kinds.meets(Kinds::NUMBER) {
            self.report(Code::OperandTypes, span, format!("`{symbol}` cannot work with {}", article(kinds)))
                .help("only numbers have a sign");
            return None;
        }
        self.warn_other_kinds(&of, Kinds::NUMBER, &format!("`{symbol}`"));
        self.learn(of.id, Kinds::NUMBER);
        let mut result = kinds.and(Kinds::FLOAT);
        if kinds.meets(Kinds::WHOLE) {
            result = result.union(Kinds::INT);
        }
        let kind = if op == UnaryOp::Neg { ExprKind::Neg(of.id) } else { ExprKind::Pos(of.id) };
        self.node(kind, Ty::of(result), span)
    }

    /// A constant part that fails whenever it is evaluated.
    pub(super) fn always_fails(&mut self, trouble: &Trouble, span: Span) {
        let (code, message, help) = match trouble {
            Trouble::Overflow(_) => (
                Code::AlwaysFails,
                "the result is too large for a number",
                "whole numbers have 64 bits, floats reach 1.8e308",
            ),
            Trouble::ZeroDivision(_) => (
                Code::DivisionByZero,
                "division by zero always fails",
                "divide by something that is not zero",
            ),
            Trouble::Index(..) => {
                (Code::AlwaysFails, "there is no element at this position", "positions begin with 0")
            }
            Trouble::Operands(..) | Trouble::Operand(..) | Trouble::NoneOperand(_) => {
                (Code::OperandTypes, "these operands never work together", "convert one of them first")
            }
            _ => (Code::AlwaysFails, "this fails whenever it is evaluated", "write a value that works"),
        };
        self.report(code, span, message).help(help);
    }
}

/// What the result of joining or repeating holds.
fn result_elem(op: BinaryOp, lhs: &Ty, rhs: &Ty) -> Elem {
    let plain = |elem: &Elem| match elem {
        Elem::Exactly(_) => Elem::Each(types::held(elem).into()),
        other => other.clone(),
    };
    match op {
        BinaryOp::Add if lhs.kinds.meets(Kinds::LIST.union(Kinds::TUPLE)) => {
            match (plain(&lhs.elem), plain(&rhs.elem)) {
                (Elem::Each(one), Elem::Each(other)) => {
                    Elem::Each(types::union(one.as_ref().clone(), other.as_ref().clone()).into())
                }
                _ => Elem::Unknown,
            }
        }
        BinaryOp::Mul if lhs.kinds.meets(Kinds::LIST.union(Kinds::TUPLE)) => plain(&lhs.elem),
        BinaryOp::Mul => plain(&rhs.elem),
        _ => Elem::Unknown,
    }
}
