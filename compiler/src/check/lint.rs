//! What works but is probably not meant: comparisons that are always true or false, constants as conditions, words
//! that a field never has.

use super::attribute::article;
use super::walk::{Checker, Typed};
use crate::diag::codes::Code;
use crate::diag::suggest::nearest;
use crate::hir::{CmpOp, ExprId, ExprKind, Singleton};
use crate::rule::ParamType;
use crate::source::Span;
use crate::syntax::ast;
use oracle_vm::builtin;
use oracle_vm::hook::Hook;
use oracle_vm::schema::{Range, slot};
use oracle_vm::ty::{Kinds, TyDesc};
use oracle_vm::value::Data;

use super::hints::quoted;

impl Checker<'_> {
    /// A condition that is always true or always false.
    pub(super) fn lint_truth(&mut self, test: &Typed, ast: &ast::Expr) {
        let truth = match self.known(test.id) {
            Some(data) => crate::hir::constant_truth(data),
            // Guards against what is known to be there are fine: they say what is meant.
            None if test.ty.kinds == Kinds::NONE => false,
            None => return,
        };
        let span = ast.span;
        let report = self.report(
            Code::ConstantCondition,
            span,
            format!("this is always {}", if truth { "true" } else { "false" }),
        );
        match &ast.kind {
            ast::ExprKind::Str(text) => {
                let text = text.chars().take(30).collect::<String>();
                report.help(format!(
                    "a text that is not empty is true; to compare with several write `x in ('{text}', ...)` or `x == '{text}'` again"
                ))
            }
            _ => report.help("leave it out, or compare with something that can change"),
        };
    }

    /// `x == x`, `x < x`
    pub(super) fn lint_same_sides(&mut self, op: CmpOp, span: Span, first: Span) {
        if matches!(op, CmpOp::In | CmpOp::NotIn) {
            return;
        }
        self.report(Code::IdenticalOperands, span, format!("both sides of `{}` are the same", op.symbol()))
            .also(first, "this is the first")
            .help("compare with something else");
    }

    /// Kinds that are never equal.
    pub(super) fn lint_never_equal(&mut self, op: CmpOp, lhs: &Typed, rhs: &Typed, span: Span) {
        let message = format!(
            "this is always {}: {} never equals {}",
            op == CmpOp::Ne,
            article(lhs.ty.kinds),
            article(rhs.ty.kinds)
        );
        let number = [lhs, rhs].into_iter().find_map(|side| match self.known(side.id) {
            Some(Data::Str(text)) if text.as_str().parse::<f64>().is_ok() => {
                Some((self.place_of(side), text.as_str().to_owned()))
            }
            _ => None,
        });
        let report = self.report(Code::NeverEqual, span, message);
        match number {
            Some((place, text)) => {
                report.help("leave the quotes out").suggest(format!("write `{text}`"), place, text)
            }
            None => report.help(
                "compare values of the same kind: convert one with `str(...)`, `int(...)` or `float(...)`",
            ),
        };
    }

    /// `is` against what a value never or always is.
    pub(super) fn lint_is(&mut self, lhs: &Typed, what: Singleton, not: bool, span: Span) {
        let kinds = lhs.ty.kinds;
        let kind = if what == Singleton::None { Kinds::NONE } else { Kinds::BOOL };
        if kinds.is_never() || self.known(lhs.id).is_some() {
            return;
        }
        let never = !kinds.meets(kind);
        let always = what == Singleton::None && kinds == Kinds::NONE;
        let group = matches!(
            self.hir.get(lhs.id).map(|it| &it.kind),
            Some(ExprKind::Slot(slot::EVENT | slot::RESULT))
        );
        if !(never || always) || (group && never) {
            return;
        }
        let called = self.called(lhs.id);
        let truth = always != not;
        if let (true, Some(hook)) = (group, self.scope.hook) {
            self.report(Code::WrongHook, span, format!("this is always {truth}: {called} is always None at `{hook}`"))
                .help("a result is there at `on_tool_complete` and `on_tool_failure`: give the rule one of them as its trigger");
            return;
        }
        let message = format!("this is always {truth}: {called} is {}", article(kinds));
        self.report(Code::NeverEqual, span, message).help("leave the test out, or test another value");
    }

    /// Comparisons of a number with a bound that it never crosses, of a word with one that a field never has.
    pub(super) fn lint_compare(&mut self, op: CmpOp, lhs: &Typed, rhs: &Typed, span: Span) {
        if let Some(constant) = self.known(rhs.id).cloned() {
            self.lint_bound(lhs.id, op, &constant, rhs.id, span);
            self.lint_word(lhs.id, &constant, self.place_of(rhs));
        } else if let Some(constant) = self.known(lhs.id).cloned() {
            self.lint_bound(rhs.id, mirrored(op), &constant, lhs.id, span);
            self.lint_word(rhs.id, &constant, self.place_of(lhs));
        }
    }

    fn lint_bound(&mut self, of: ExprId, op: CmpOp, constant: &Data, at: ExprId, span: Span) {
        let bound = match constant {
            #[expect(clippy::cast_precision_loss, reason = "only used for a warning")]
            Data::Int(value) => *value as f64,
            Data::Float(value) => *value,
            _ => return,
        };
        if self.known(of).is_some() {
            return;
        }
        let Some((low, high)) = self.range(of) else { return };
        let Some(truth) = decided(op, low, high, bound) else { return };
        let called = self.called(of);
        let place = self.hir.get(at).map_or(span, |expr| expr.span);
        let share = (low, high) == (0.0, 1.0);
        let what = if share {
            "a share from 0.0 to 1.0".to_owned()
        } else if high.is_finite() {
            format!("from {low} to {high}")
        } else {
            format!("at least {low}")
        };
        let report =
            self.report(Code::AlwaysInRange, span, format!("this is always {truth}: {called} is {what}"));
        if share && bound > 1.0 && bound <= 100.0 {
            let percent = format!("{}", bound / 100.0);
            report.help(format!("did you mean `{percent}`?")).suggest(
                format!("write `{percent}`"),
                place,
                percent,
            );
        } else {
            report.help("compare with a value that it can have");
        }
    }

    /// The least and the greatest value of a number, as far as they are declared.
    fn range(&self, id: ExprId) -> Option<(f64, f64)> {
        match &self.hir.get(id)?.kind {
            ExprKind::Slot(slot) => match slot.row()?.range {
                Range::Any => None,
                #[expect(clippy::cast_precision_loss, reason = "only used for a warning")]
                Range::AtLeast(low) => Some((low as f64, f64::INFINITY)),
                Range::Share => Some((0.0, 1.0)),
                Range::NotNegative => Some((0.0, f64::INFINITY)),
            },
            ExprKind::Call(f, _) => {
                let counts =
                    ["len", "failure_count", "tool_count", "recent_tool_count", "consecutive_failures"];
                let row = builtin::TABLE.get(f.index())?;
                (row.receiver.is_none() && counts.contains(&row.name)).then_some((0.0, f64::INFINITY))
            }
            ExprKind::Param(input) => {
                let spec = self.scope.params.get(input.index())?;
                if !matches!(spec.ty, ParamType::Integer | ParamType::Float)
                    || (spec.min, spec.max) == (None, None)
                {
                    return None;
                }
                Some((spec.min.unwrap_or(f64::NEG_INFINITY), spec.max.unwrap_or(f64::INFINITY)))
            }
            _ => None,
        }
    }

    /// The only texts that a node may have.
    fn words(&self, id: ExprId) -> Option<Vec<String>> {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        if let ExprKind::Param(input) = self.hir.get(id)?.kind {
            let options = &self.scope.params.get(input.index())?.options;
            return (!options.is_empty()).then(|| options.clone());
        }
        if matches!(self.hir.get(id)?.kind, ExprKind::Slot(slot::EVENT_TYPE)) {
            return Some(owned(self.scope.hook?.events()));
        }
        match self.described(id)? {
            TyDesc::OneOf(words) | TyDesc::Opt(TyDesc::OneOf(words)) => Some(owned(words)),
            _ => None,
        }
    }

    fn lint_word(&mut self, of: ExprId, constant: &Data, at: Span) {
        let Data::Str(word) = constant else { return };
        let Some(words) = self.words(of) else { return };
        let word = word.as_str();
        if words.iter().any(|known| known == word) {
            return;
        }
        let called = self.called(of);
        if matches!(self.hir.get(of).map(|it| &it.kind), Some(ExprKind::Slot(slot::EVENT_TYPE)))
            && let Some(hook) = self.scope.hook
        {
            let report = self.report(
                Code::WrongHook,
                at,
                format!("{called} is never `{word}` at `{hook}`: only {} leads there", quoted(&words)),
            );
            match Hook::of_event(word) {
                Some(other) => report.help(format!("events of this type run the rules of `{other}`")),
                None => report.help("leave the test out, or give the rule another trigger"),
            };
            return;
        }
        let near = nearest(word, words.iter().map(String::as_str)).map(str::to_owned);
        let report = self.report(Code::NeverThatWord, at, format!("{called} is never `{word}`"));
        match near {
            Some(near) => report.help(format!("did you mean `{near}`?")).suggest(
                format!("write `'{near}'`"),
                at,
                format!("'{near}'"),
            ),
            None => report.help(format!("it is one of {}", quoted(&words))),
        };
    }

    /// `x in ('a', 'b')` with words that `x` never is; `'a' in xs` with kinds that `xs` never holds.
    pub(super) fn lint_membership(&mut self, op: CmpOp, lhs: &Typed, rhs: &Typed, span: Span) {
        let items: Vec<ExprId> = match self.hir.get(rhs.id).map(|expr| &expr.kind) {
            Some(ExprKind::Tuple(items) | ExprKind::List(items)) => items.clone(),
            _ => Vec::new(),
        };
        for item in &items {
            if let Some(constant) = self.known(*item).cloned() {
                let at = self.hir.get(*item).map_or(span, |expr| expr.span);
                self.lint_word(lhs.id, &constant, at);
            }
        }
        let constant = self.known(lhs.id).is_some() && self.known(rhs.id).is_some();
        if constant || !rhs.ty.kinds.within(Kinds::LIST.union(Kinds::TUPLE)) || lhs.ty.kinds.is_never() {
            return;
        }
        let held = super::types::held(&rhs.ty.elem).kinds;
        if held.is_never() || !super::types::equal_kinds(held).meets(super::types::equal_kinds(lhs.ty.kinds))
        {
            let message = match held.is_never() {
                true => format!("this is always {}: the list is empty", op == CmpOp::NotIn),
                false => format!(
                    "this is always {}: its elements are {}, and never {}",
                    op == CmpOp::NotIn,
                    article(held),
                    article(lhs.ty.kinds)
                ),
            };
            let report = self.report(Code::NeverEqual, span, message);
            if held == Kinds::RECORD {
                report.help("compare a field of the elements: `any(x.name == ... for x in ...)`");
            } else {
                report.help("look for a value of the kind that it holds");
            }
        }
    }
}

/// The comparison with its sides exchanged.
fn mirrored(op: CmpOp) -> CmpOp {
    match op {
        CmpOp::Lt => CmpOp::Gt,
        CmpOp::Le => CmpOp::Ge,
        CmpOp::Gt => CmpOp::Lt,
        CmpOp::Ge => CmpOp::Le,
        other => other,
    }
}

/// What `x op bound` always is for an `x` from `low` to `high`.
fn decided(op: CmpOp, low: f64, high: f64, bound: f64) -> Option<bool> {
    let (always, never) = match op {
        CmpOp::Lt => (high < bound, low >= bound),
        CmpOp::Le => (high <= bound, low > bound),
        CmpOp::Gt => (low > bound, high <= bound),
        CmpOp::Ge => (low >= bound, high < bound),
        CmpOp::Eq => (false, bound < low || bound > high),
        CmpOp::Ne => (bound < low || bound > high, false),
        CmpOp::In | CmpOp::NotIn => (false, false),
    };
    match (always, never) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}
