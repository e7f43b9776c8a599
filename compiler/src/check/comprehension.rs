//! Comprehensions and generators, with Python's scoping: the first source is evaluated outside, everything else
//! inside; the variables of all clauses hide those outside from the start.

use super::attribute::article;
use super::types;
use super::walk::{Binding, Checked, Checker, Typed, Use};
use crate::diag::codes::Code;
use crate::hir::{Clause, ExprKind, LocalId, Loop, LoopKind};
use crate::source::Span;
use crate::syntax::ast;
use oracle_vm::ty::{Elem, Kinds, Ty};

impl Checker<'_> {
    /// A comprehension; `kind` says what becomes of the elements.
    pub(super) fn comprehension(&mut self, it: &ast::Comprehension, kind: LoopKind, span: Span) -> Checked {
        let mut clauses = it.clauses.iter();
        let Some(ast::Clause::For { targets, unpack, iter }) = clauses.next() else { return None };
        let source = self.expr(iter, Use::Once);
        let (facts, bindings) = (self.facts.len(), self.bindings.len());
        for clause in &it.clauses {
            if let ast::Clause::For { targets, .. } = clause {
                for target in targets {
                    self.bindings.push(Binding { name: target.text.clone(), local: None });
                }
            }
        }
        let mut done = vec![self.for_clause(source, targets, *unpack, iter)];
        for clause in clauses {
            done.push(match clause {
                ast::Clause::For { targets, unpack, iter } => {
                    let source = self.expr(iter, Use::Once);
                    self.for_clause(source, targets, *unpack, iter)
                }
                ast::Clause::If(test) => self.if_clause(test),
            });
        }
        let used = if kind == LoopKind::List { Use::Value } else { Use::Truth };
        let element = self.expr(&it.element, used);
        if let Some(element) = &element
            && kind != LoopKind::List
        {
            self.lint_truth(element, &it.element);
        }
        self.facts.truncate(facts);
        self.bindings.truncate(bindings);
        let clauses = done.into_iter().collect::<Option<Vec<Clause>>>()?;
        let element = element?;
        let ty = match kind {
            LoopKind::List => Ty::list(element.ty),
            LoopKind::Any | LoopKind::All => Ty::of(Kinds::BOOL),
        };
        self.node(ExprKind::Loop(Box::new(Loop { kind, element: element.id, clauses })), ty, span)
    }

    fn for_clause(
        &mut self,
        source: Checked,
        targets: &[ast::Name],
        unpack: bool,
        iter: &ast::Expr,
    ) -> Option<Clause> {
        let source = source.and_then(|source| self.iterable(source, iter));
        let element = source.as_ref().map_or_else(Ty::dynamic, |source| types::element(&source.ty));
        let parts = if unpack {
            self.parts(&element, targets, iter.span)
        } else {
            Some(vec![element; targets.len()])
        };
        let usable = parts.is_some();
        let parts = parts.unwrap_or_else(|| vec![Ty::dynamic(); targets.len()]);
        let mut locals = Vec::new();
        for (target, ty) in targets.iter().zip(parts) {
            let local = LocalId(u16::try_from(self.locals.len()).unwrap_or(u16::MAX));
            self.locals.push(ty);
            self.bindings.push(Binding { name: target.text.clone(), local: Some(local) });
            locals.push(local);
        }
        let source = source.filter(|_| usable)?;
        Some(Clause::For { targets: locals, unpack, iter: source.id })
    }

    fn if_clause(&mut self, test: &ast::Expr) -> Option<Clause> {
        let checked = self.expr(test, Use::Truth)?;
        self.lint_truth(&checked, test);
        self.facts.extend(checked.flow.yes);
        Some(Clause::If(checked.id))
    }

    /// What a `for` goes through.
    fn iterable(&mut self, source: Typed, iter: &ast::Expr) -> Option<Typed> {
        let kinds = source.ty.kinds;
        if !kinds.is_never() && !kinds.meets(Kinds::ITERABLE) {
            let message =
                format!("{} is {} and cannot be gone through", self.called(source.id), article(kinds));
            let report = self.report(Code::NotIterable, iter.span, message);
            match kinds {
                Kinds::STATE => report.help("its keys are `state.keys()`"),
                _ => report.help("`for` goes through lists, texts and the keys of maps"),
            };
            return None;
        }
        self.warn_other_kinds(&source, Kinds::ITERABLE, "`for`");
        self.learn(source.id, Kinds::ITERABLE);
        Some(source)
    }

    /// The types of the parts that an element is unpacked into.
    fn parts(&mut self, element: &Ty, targets: &[ast::Name], span: Span) -> Option<Vec<Ty>> {
        let kinds = element.kinds;
        if !kinds.is_never() && !kinds.meets(Kinds::ITERABLE) {
            self.report(
                Code::NotIterable,
                span,
                format!("each element is {} and cannot be unpacked", article(kinds)),
            )
            .help("name one variable: `for x in ...`; pairs are what `.items()` gives");
            return None;
        }
        match &element.elem {
            Elem::Exactly(items) if kinds == Kinds::TUPLE => {
                if items.len() != targets.len() {
                    let message = format!("each element has {} parts, not {}", items.len(), targets.len());
                    self.report(Code::NotIterable, span, message)
                        .help("name as many variables as there are parts");
                    return None;
                }
                Some(items.to_vec())
            }
            _ => Some(vec![types::element(element); targets.len()]),
        }
    }
}
