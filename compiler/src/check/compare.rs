//! Comparisons and their chains.

use super::attribute::article;
use super::flow::{Fact, Flow};
use super::types;
use super::walk::{Checked, Checker, Typed, Use};
use crate::diag::codes::Code;
use crate::hir::{CmpOp, ExprId, ExprKind, Singleton};
use crate::source::Span;
use crate::syntax::ast::{self, CmpLink};
use oracle_vm::builtin::{self, KEYS_FOR_IN};
use oracle_vm::ty::{Kinds, Ty};
use oracle_vm::value::Data;

/// A chain while it is checked: whole `is` tests, and stretches of comparisons.
struct Chain {
    parts: Vec<ExprId>,
    /// The first operand of the stretch that is being collected, and its links.
    stretch: Option<(ExprId, Vec<(CmpOp, ExprId)>)>,
    /// Whether the link being checked is the last one: nothing compares its right side again.
    is_last: bool,
    span: Span,
}

impl Checker<'_> {
    /// `a < b <= c`, `a is None`, `a in b`: each operand is evaluated once, the later ones only as far as the links
    /// before them hold.
    pub(super) fn compare(
        &mut self,
        first: &ast::Expr,
        links: &[(CmpLink, ast::Expr)],
        span: Span,
    ) -> Checked {
        let mut lhs = self.expr(first, Use::Value);
        let mut lhs_ast = first;
        let mut chain = Chain { parts: Vec::new(), stretch: None, is_last: false, span };
        let (mut yes, mut no) = (Vec::new(), Vec::new());
        let mut kept = None;
        let mut fine = lhs.is_some();
        for (at, (link, rhs_ast)) in links.iter().enumerate() {
            chain.is_last = at + 1 == links.len();
            let rhs = self.right_side(*link, rhs_ast);
            if let (CmpLink::Cmp(op), true) =
                (link, lhs_ast == rhs_ast && lhs_ast.kind != ast::ExprKind::Error)
            {
                self.lint_same_sides(*op, rhs_ast.span, lhs_ast.span);
            }
            let flow = match (&lhs, &rhs) {
                (Some(lhs), Some(rhs)) => self.link(*link, lhs, rhs, &mut chain),
                _ => None,
            };
            fine &= flow.is_some();
            // What the first link proves on its way holds always; the later links may not be reached.
            kept.get_or_insert(self.facts.len());
            if let Some(flow) = flow {
                self.facts.extend(flow.yes.iter().cloned());
                yes.extend(flow.yes);
                no = if links.len() == 1 { flow.no } else { Vec::new() };
            }
            lhs = rhs.map(Typed::without_flow);
            lhs_ast = rhs_ast;
        }
        if let Some(kept) = kept {
            yes = self.facts.get(kept..).unwrap_or_default().to_vec();
            self.facts.truncate(kept);
        }
        if !fine {
            return None;
        }
        let mut typed = chain.finish(self)?;
        typed.flow = Flow { yes, no };
        Some(typed)
    }

    fn right_side(&mut self, link: CmpLink, rhs: &ast::Expr) -> Checked {
        match (link, &rhs.kind) {
            (CmpLink::Cmp(CmpOp::In | CmpOp::NotIn), ast::ExprKind::Tuple(items)) => {
                self.tuple(items, rhs.span)
            }
            (CmpLink::Cmp(CmpOp::In | CmpOp::NotIn), _) => self.expr(rhs, Use::Once),
            _ => self.expr(rhs, Use::Value),
        }
    }

    /// `x in m.keys()` asks the map itself: no list is made, and what cannot be a key fails as it does there.
    fn keyed(&mut self, rhs: &Typed, span: Span) -> Option<ExprId> {
        let map = match self.hir.get(rhs.id).map(|expr| &expr.kind) {
            Some(ExprKind::Call(_, args)) if self.is_keys(rhs.id) => args.first().copied(),
            _ => None,
        };
        let Some(map) = map else { return Some(rhs.id) };
        if self.hir.get(map).is_some_and(|of| of.ty.kinds == Kinds::MAP) {
            return Some(map);
        }
        // What else it is at run time has no keys, and fails there as `m.keys()` does.
        self.node(ExprKind::Call(KEYS_FOR_IN, vec![map]), Ty::of(Kinds::MAP), span).map(|it| it.id)
    }

    /// One link: what it proves.
    fn link(&mut self, link: CmpLink, lhs: &Typed, rhs: &Typed, chain: &mut Chain) -> Option<Flow> {
        match link {
            CmpLink::Is(what) => self.is(lhs, what, false, chain),
            CmpLink::IsNot(what) => self.is(lhs, what, true, chain),
            CmpLink::Cmp(op) => {
                let asks_map = chain.is_last && matches!(op, CmpOp::In | CmpOp::NotIn);
                let right = if asks_map { self.keyed(rhs, chain.span)? } else { rhs.id };
                match &mut chain.stretch {
                    Some((_, links)) => links.push((op, right)),
                    None => chain.stretch = Some((lhs.id, vec![(op, right)])),
                }
                match op {
                    CmpOp::Eq | CmpOp::Ne => Some(self.equality(op, lhs, rhs, chain.span)),
                    CmpOp::In | CmpOp::NotIn => self.membership(op, lhs, rhs, chain.span),
                    _ => self.order(op, lhs, rhs, chain.span),
                }
            }
        }
    }

    fn is(&mut self, lhs: &Typed, what: Singleton, not: bool, chain: &mut Chain) -> Option<Flow> {
        chain.close(self)?;
        let kind = if what == Singleton::None { Kinds::NONE } else { Kinds::BOOL };
        let test = self.node(ExprKind::Is(lhs.id, what), Ty::of(Kinds::BOOL), chain.span)?;
        chain.parts.push(if not {
            self.node(ExprKind::Not(test.id), Ty::of(Kinds::BOOL), chain.span)?.id
        } else {
            test.id
        });
        self.lint_is(lhs, what, not, chain.span);
        let mut flow = Flow::default();
        if let Some(place) = self.place(lhs.id) {
            flow.yes.push(Fact::Kinds(place.clone(), lhs.ty.kinds.and(kind)));
            if what == Singleton::None {
                flow.no.push(Fact::Kinds(place, lhs.ty.kinds.minus(Kinds::NONE)));
            }
        }
        Some(if not { flow.negated() } else { flow })
    }

    fn equality(&mut self, op: CmpOp, lhs: &Typed, rhs: &Typed, span: Span) -> Flow {
        let (left, right) = (lhs.ty.kinds, rhs.ty.kinds);
        let never = !types::equal_kinds(left).meets(types::equal_kinds(right));
        let constant = self.known(lhs.id).is_some() && self.known(rhs.id).is_some();
        if never && !left.is_never() && !right.is_never() {
            if !constant {
                self.lint_never_equal(op, lhs, rhs, span);
            }
        } else {
            self.lint_compare(op, lhs, rhs, span);
        }
        let mut flow = Flow::default();
        for (one, other) in [(lhs, rhs), (rhs, lhs)] {
            let Some(place) = self.place(one.id) else { continue };
            let equal = one.ty.kinds.and(types::equal_kinds(other.ty.kinds));
            flow.yes.push(Fact::Kinds(place.clone(), equal));
            if other.ty.kinds == Kinds::NONE {
                flow.no.push(Fact::Kinds(place, one.ty.kinds.minus(Kinds::NONE)));
            }
        }
        if op == CmpOp::Ne { flow.negated() } else { flow }
    }

    fn order(&mut self, op: CmpOp, lhs: &Typed, rhs: &Typed, span: Span) -> Option<Flow> {
        let (left, right) = (lhs.ty.kinds, rhs.ty.kinds);
        if left.is_never() || right.is_never() {
            return Some(Flow::default());
        }
        if !types::orderable(left, right) {
            self.order_never_works(op, lhs, rhs, span);
            return None;
        }
        let (takes_left, takes_right) =
            (types::order_partner(left, right), types::order_partner(right, left));
        let by = format!("`{}`", op.symbol());
        self.warn_other_kinds(lhs, takes_left, &by);
        self.warn_other_kinds(rhs, takes_right, &by);
        self.lint_compare(op, lhs, rhs, span);
        self.learn(lhs.id, takes_left);
        self.learn(rhs.id, takes_right);
        Some(Flow::default())
    }

    fn order_never_works(&mut self, op: CmpOp, lhs: &Typed, rhs: &Typed, span: Span) {
        let (left, right) = (lhs.ty.kinds, rhs.ty.kinds);
        let (at_left, at_right) = (self.place_of(lhs), self.place_of(rhs));
        let number = [lhs, rhs].into_iter().find_map(|side| match self.known(side.id) {
            Some(Data::Str(text)) if text.as_str().parse::<f64>().is_ok() => {
                Some((self.place_of(side), text.as_str().to_owned()))
            }
            _ => None,
        });
        let message = format!("`{}` cannot compare {} with {}", op.symbol(), article(left), article(right));
        let report = self.report(Code::OrderTypes, span, message);
        report.also(at_left, format!("this is {}", article(left)));
        report.also(at_right, format!("this is {}", article(right)));
        if let Some((place, text)) = number {
            report.help("leave the quotes out").suggest(format!("write `{text}`"), place, text);
        } else if left == Kinds::NONE || right == Kinds::NONE {
            report.help("None has no order; test `is not None`");
        } else if left.meets(Kinds::STR) || right.meets(Kinds::STR) {
            report.help("convert the text first: `int(...)` or `float(...)`; its length is `len(...)`");
        } else if left.meets(Kinds::LIST) || right.meets(Kinds::LIST) {
            report.help("the number of elements is `len(...)`");
        } else {
            report.help("numbers compare with numbers, texts with texts");
        }
    }

    fn membership(&mut self, op: CmpOp, lhs: &Typed, rhs: &Typed, span: Span) -> Option<Flow> {
        let (left, right) = (lhs.ty.kinds, rhs.ty.kinds);
        if left.is_never() || right.is_never() {
            return Some(Flow::default());
        }
        let mut takes = right.and(Kinds::LIST.union(Kinds::TUPLE).union(Kinds::ITER));
        if left.meets(Kinds::STR) {
            takes = takes.union(right.and(Kinds::STR));
        }
        let hashable = Kinds(!(Kinds::LIST.0 | Kinds::MAP.0));
        if left.meets(hashable) {
            takes = takes.union(right.and(Kinds::MAP));
        }
        let of_keys = !left.meets(hashable) && self.is_keys(rhs.id);
        if of_keys {
            takes = takes.minus(Kinds::ITER);
        }
        if takes.is_never() {
            self.membership_never_works(op, lhs, rhs, of_keys, span);
            return None;
        }
        let by = format!("`{}`", op.symbol());
        self.warn_other_kinds(rhs, takes, &by);
        if takes == Kinds::STR {
            self.warn_other_kinds(lhs, Kinds::STR, &by);
            self.learn(lhs.id, Kinds::STR);
        }
        self.learn(rhs.id, takes);
        self.lint_membership(op, lhs, rhs, span);
        let mut flow = Flow::default();
        if let (Some(place), Some(Data::Str(key))) = (self.place(rhs.id), self.known(lhs.id)) {
            flow.yes.push(Fact::Key(place, key.clone()));
        }
        let items = right.within(Kinds::LIST.union(Kinds::TUPLE).union(Kinds::ITER));
        if let (Some(place), true) = (self.place(lhs.id), items) {
            let held = types::held(&rhs.ty.elem);
            flow.yes.push(Fact::Kinds(place, left.and(types::equal_kinds(held.kinds))));
        }
        Some(if op == CmpOp::NotIn { flow.negated() } else { flow })
    }

    /// Whether this is `m.keys()` of a map; only texts can be keys.
    fn is_keys(&self, id: ExprId) -> bool {
        let Some(ExprKind::Call(id, args)) = self.hir.get(id).map(|expr| &expr.kind) else { return false };
        let of = args.first().and_then(|of| self.hir.get(*of));
        builtin::TABLE.get(id.index()).is_some_and(|row| row.name == "keys")
            && of.is_some_and(|of| !of.ty.kinds.meets(Kinds::STATE))
    }

    fn membership_never_works(&mut self, op: CmpOp, lhs: &Typed, rhs: &Typed, of_keys: bool, span: Span) {
        let left = lhs.ty.kinds;
        let right = if of_keys { Kinds::MAP } else { rhs.ty.kinds };
        let called = self.called(rhs.id);
        let symbol = op.symbol();
        let (code, message) = if right == Kinds::STR {
            (Code::OperandTypes, format!("`{symbol}` cannot look for {} in a text", article(left)))
        } else if right == Kinds::MAP {
            (Code::OperandTypes, format!("{} cannot be a key of a map", article(left)))
        } else {
            (Code::NotAContainer, format!("`{symbol}` cannot look into {}", article(right)))
        };
        let at = self.place_of(rhs);
        let report = self.report(code, span, message);
        report.also(at, format!("this is {}", article(right)));
        match right {
            Kinds::STR => report.help("only a text can be part of a text: convert it with `str(...)`"),
            Kinds::MAP => report.help("the keys of a map are texts"),
            Kinds::NONE => report.help(format!("{called} is always None here; to test that write `is None`")),
            Kinds::STATE => report.help("write `state.has('key')`"),
            Kinds::RECORD => report.help("fields are read by name: `.name`"),
            _ => report
                .help("`in` looks into lists, tuples, texts and the keys of maps; to compare write `==`"),
        };
    }
}

impl Chain {
    /// Ends the stretch of comparisons.
    fn close(&mut self, checker: &mut Checker<'_>) -> Option<()> {
        if let Some((first, links)) = self.stretch.take() {
            let node = checker.node(ExprKind::Compare(first, links), Ty::of(Kinds::BOOL), self.span)?;
            self.parts.push(node.id);
        }
        Some(())
    }

    fn finish(mut self, checker: &mut Checker<'_>) -> Checked {
        self.close(checker)?;
        match self.parts.as_slice() {
            [id] => Some(Typed { id: *id, ty: Ty::of(Kinds::BOOL), flow: Flow::default() }),
            _ => checker.node(ExprKind::And(self.parts), Ty::of(Kinds::BOOL), self.span),
        }
    }
}
