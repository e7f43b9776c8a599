//! `and`, `or` and conditional expressions: what each operand knows from those before it.

use super::flow::{Flow, join};
use super::types;
use super::walk::{Checked, Checker, Typed, Use};
use crate::diag::codes::Code;
use crate::hir::ExprKind;
use crate::source::Span;
use crate::syntax::ast;
use oracle_vm::ty::{Kinds, Ty};

impl Checker<'_> {
    /// `a and b`, `a or b`: the second operand is reached only when the first was true, or false.
    pub(super) fn logic(&mut self, operands: &[ast::Expr], and: bool, used: Use, span: Span) -> Checked {
        self.lint_identical(operands, and);
        let mut parts: Vec<Checked> = Vec::with_capacity(operands.len());
        // What is known after the operands so far, whatever happened: kept when the others are left.
        let mut kept = None;
        // What is known when the evaluation stopped early.
        let mut stopped: Option<Vec<super::flow::Fact>> = None;
        let mut last_go_on = Vec::new();
        for (at, operand) in operands.iter().enumerate() {
            let last = at + 1 == operands.len();
            let checked = self.expr(operand, if last { truth_if(used) } else { Use::Truth });
            if let Some(checked) = &checked
                && (!last || used == Use::Truth)
            {
                self.lint_truth(checked, operand);
            }
            let kept_here = *kept.get_or_insert(self.facts.len());
            if let Some(checked) = &checked {
                let (go_on, stop) = if and {
                    (checked.flow.yes.clone(), checked.flow.no.clone())
                } else {
                    (checked.flow.no.clone(), checked.flow.yes.clone())
                };
                let mut here: Vec<_> = self.facts.get(kept_here..).unwrap_or_default().to_vec();
                here.extend(stop);
                stopped = Some(match stopped {
                    Some(before) => join(&before, &here),
                    None => here,
                });
                if last {
                    last_go_on = self.facts.get(kept_here..).unwrap_or_default().to_vec();
                    last_go_on.extend(go_on);
                } else {
                    self.facts.extend(go_on);
                }
            }
            parts.push(checked);
        }
        if let Some(kept) = kept {
            self.facts.truncate(kept);
        }
        let parts: Vec<Typed> = parts.into_iter().collect::<Option<_>>()?;
        let ty = result_type(&parts, and);
        let ids = parts.iter().map(|part| part.id).collect();
        let kind = if and { ExprKind::And(ids) } else { ExprKind::Or(ids) };
        let mut typed = self.node(kind, ty, span)?;
        let stopped = stopped.unwrap_or_default();
        typed.flow =
            if and { Flow { yes: last_go_on, no: stopped } } else { Flow { yes: stopped, no: last_go_on } };
        Some(typed)
    }

    /// `then if test else other`
    pub(super) fn conditional(&mut self, it: &ast::IfExpr, used: Use, span: Span) -> Checked {
        let test = self.expr(&it.test, Use::Truth);
        if let Some(test) = &test {
            self.lint_truth(test, &it.test);
        }
        let mark = self.facts.len();
        let flow = test.as_ref().map(|test| test.flow.clone()).unwrap_or_default();
        self.facts.extend(flow.yes);
        let then = self.expr(&it.then, truth_if(used));
        self.facts.truncate(mark);
        self.facts.extend(flow.no);
        let other = self.expr(&it.other, truth_if(used));
        self.facts.truncate(mark);
        let (test, then, other) = (test?, then?, other?);
        let ty = types::union(then.ty, other.ty);
        self.node(ExprKind::If { test: test.id, then: then.id, other: other.id }, ty, span)
    }

    /// `a and a`
    fn lint_identical(&mut self, operands: &[ast::Expr], and: bool) {
        for (at, operand) in operands.iter().enumerate() {
            let twin = operands.iter().take(at).find(|before| *before == operand);
            if let Some(twin) = twin
                && operand.kind != ast::ExprKind::Error
            {
                let word = if and { "and" } else { "or" };
                let span = twin.span;
                self.report(
                    Code::IdenticalOperands,
                    operand.span,
                    format!("`{word}` has the same operand twice"),
                )
                .also(span, "this is the first")
                .help("leave one out, or mend the one that is meant to differ");
            }
        }
    }
}

/// An operand whose value is the value of the whole.
fn truth_if(used: Use) -> Use {
    if used == Use::Truth { Use::Truth } else { Use::Value }
}

/// `and` gives the first false operand or the last, `or` the first true one or the last.
fn result_type(parts: &[Typed], and: bool) -> Ty {
    let mut ty = Ty::of(Kinds::NEVER);
    if let Some((last, before)) = parts.split_last() {
        for part in before {
            let part = part.ty.clone();
            ty = types::union(ty, if and { types::falsy(part) } else { types::truthy(part) });
        }
        ty = types::union(ty, last.ty.clone());
    }
    ty
}
