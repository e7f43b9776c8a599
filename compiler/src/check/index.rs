//! Indexes and slices.

use super::types;
use super::walk::{Checked, Checker, Typed, Use};
use crate::diag::codes::Code;
use crate::hir::ExprKind;
use crate::source::Span;
use crate::syntax::ast;
use oracle_vm::ty::{Elem, Kinds, Ty};
use oracle_vm::value::Data;

const ROWS: Kinds = Kinds(Kinds::STR.0 | Kinds::LIST.0 | Kinds::TUPLE.0);
const INDEXED: Kinds = Kinds(ROWS.0 | Kinds::MAP.0);

impl Checker<'_> {
    /// `of[index]`
    pub(super) fn index(&mut self, of: &ast::Expr, index: &ast::Expr, span: Span) -> Checked {
        // `params['x']` is `params.x`.
        if let (Some(group), ast::ExprKind::Str(key)) = (self.group(of), &index.kind) {
            return self.member(group, &ast::Name { text: key.clone(), span: index.span }, span);
        }
        let of = self.expr(of, Use::Value);
        let index_ast = index;
        let index = self.expr(index, Use::Value);
        let (of, index) = (of?, index?);
        self.indexable(&of, INDEXED, "an index", span)?;
        if let Some(Data::Str(key)) = self.known(index.id).cloned()
            && of.ty.kinds.meets(Kinds::MAP)
        {
            let checked = self.key(&of, key.as_str(), index_ast.span, span, true);
            self.learn(of.id, Kinds::MAP);
            return checked;
        }
        let mut takes = Kinds::NEVER;
        if of.ty.kinds.meets(ROWS) {
            takes = Kinds::WHOLE;
        }
        if of.ty.kinds.meets(Kinds::MAP) {
            takes = takes.union(Kinds::STR);
        }
        if !index.ty.kinds.is_never() && !index.ty.kinds.meets(takes) {
            let message = format!(
                "{} is not indexed by {}",
                self.called(of.id),
                super::attribute::article(index.ty.kinds)
            );
            let report = self.report(Code::NotIndexable, index_ast.span, message);
            if takes == Kinds::STR {
                report.help("the keys of a map are texts");
            } else {
                report.help("positions are whole numbers: `[0]` is the first, `[-1]` the last; to ask all elements use `any(... for x in ...)`");
            }
            return None;
        }
        self.warn_other_kinds(&index, takes, "an index");
        let ty = self.indexed_type(&of, &index);
        self.learn(of.id, INDEXED);
        self.learn(index.id, takes);
        self.place_node(ExprKind::Index(of.id, index.id), ty, span)
    }

    fn indexed_type(&self, of: &Typed, index: &Typed) -> Ty {
        let mut ty = Ty::of(Kinds::NEVER);
        if of.ty.kinds.meets(Kinds::STR) {
            ty = Ty::of(Kinds::STR);
        }
        if let (Elem::Exactly(items), Some(Data::Int(at))) = (&of.ty.elem, self.known(index.id)) {
            let at =
                if *at < 0 { at.saturating_add(i64::try_from(items.len()).unwrap_or(i64::MAX)) } else { *at };
            if let Some(item) = usize::try_from(at).ok().and_then(|at| items.get(at)) {
                return types::union(ty, item.clone());
            }
        }
        if of.ty.kinds.meets(Kinds::LIST.union(Kinds::TUPLE).union(Kinds::MAP)) {
            let held = if of.ty.shape.is_some() { Ty::dynamic() } else { types::held(&of.ty.elem) };
            ty = types::union(ty, held);
        }
        if ty.kinds.is_never() { Ty::dynamic() } else { ty }
    }

    /// `of[from:to:step]`
    pub(super) fn slice(&mut self, of: &ast::Expr, bounds: &ast::SliceBounds, span: Span) -> Checked {
        let of = self.expr(of, Use::Value);
        let mut ids = [None; 3];
        let mut failed = false;
        for (bound, id) in [&bounds.from, &bounds.to, &bounds.step].into_iter().zip(&mut ids) {
            let Some(bound) = bound else { continue };
            *id = self.bound(bound);
            failed |= id.is_none();
        }
        if let Some(step) = ids.get(2).copied().flatten()
            && matches!(self.known(step), Some(Data::Int(0) | Data::Bool(false)))
        {
            self.report(Code::AlwaysFails, span, "the step of a slice cannot be zero")
                .help("leave the step out, or write `-1` to go backwards");
            failed = true;
        }
        let of = of?;
        self.indexable(&of, ROWS, "a slice", span)?;
        if failed {
            return None;
        }
        let kinds = of.ty.kinds.and(ROWS);
        let mut ty = Ty { kinds, shape: None, record: None, ..of.ty.clone() };
        if let Elem::Exactly(_) = ty.elem {
            ty.elem = Elem::Each(types::held(&ty.elem).into());
        }
        self.learn(of.id, ROWS);
        self.node(ExprKind::Slice(of.id, ids), ty, span)
    }

    fn bound(&mut self, bound: &ast::Expr) -> Option<crate::hir::ExprId> {
        let checked = self.expr(bound, Use::Value)?;
        let takes = Kinds::WHOLE.union(Kinds::NONE);
        if !checked.ty.kinds.is_never() && !checked.ty.kinds.meets(takes) {
            self.report(
                Code::NotIndexable,
                bound.span,
                format!("a slice cannot begin or end at {}", super::attribute::article(checked.ty.kinds)),
            )
            .help("positions are whole numbers, such as `[:3]`");
            return None;
        }
        self.warn_other_kinds(&checked, takes, "a slice");
        Some(checked.id)
    }

    fn indexable(&mut self, of: &Typed, takes: Kinds, by: &str, span: Span) -> Option<()> {
        let kinds = of.ty.kinds;
        if kinds.is_never() || kinds.meets(takes) {
            self.warn_other_kinds(of, takes, by);
            return Some(());
        }
        let called = self.called(of.id);
        let message = if kinds == Kinds::NONE {
            format!("{called} is always None here and has no elements")
        } else {
            format!(
                "{called} is {} and takes no {}",
                super::attribute::article(kinds),
                by.trim_start_matches("an ").trim_start_matches("a ")
            )
        };
        let report = self.report(Code::NotIndexable, span, message);
        if kinds.meets(Kinds::RECORD) {
            report.help("fields are read by name: `.name`");
        } else if kinds.meets(Kinds::MAP) {
            report.help("the values of a map are read by key: `['key']`, `.get('key')`");
        } else {
            report.help("only texts, lists and maps have elements");
        }
        None
    }
}
