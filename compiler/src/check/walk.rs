//! The walk over the tree: one expression after the other, in the order of evaluation.

use super::flow::{Fact, Flow, Place, Root, Step, kinds_at};
use super::scope::ExpressionScope;
use super::types;
use crate::diag::codes::Code;
use crate::diag::{Diagnostic, Sink};
use crate::hir::{self, ExprId, ExprKind, Hir, LocalId};
use crate::source::Span;
use crate::syntax::ast;
use oracle_vm::ids::{FieldId, SlotId};
use oracle_vm::limits;
use oracle_vm::schema;
use oracle_vm::ty::{Kinds, Ty, TyDesc};
use oracle_vm::value::{Data, Text};
use std::collections::HashMap;

/// A part that was checked.
#[derive(Clone, Debug)]
pub(super) struct Typed {
    pub(super) id: ExprId,
    pub(super) ty: Ty,
    pub(super) flow: Flow,
}

/// A part that was checked; `None` where it is wrong, which was reported.
pub(super) type Checked = Option<Typed>;

/// What an expression is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// Its truth decides.
    Truth,
    /// Its value is used.
    Value,
    /// It is iterated, searched or passed to a function at once: iterators are welcome.
    Once,
}

/// A variable that can be seen.
pub(super) struct Binding {
    pub(super) name: String,
    /// `None` until its `for` is reached.
    pub(super) local: Option<LocalId>,
}

/// The state of the walk.
pub(super) struct Checker<'a> {
    pub(super) scope: &'a ExpressionScope<'a>,
    pub(super) sink: &'a mut Sink,
    pub(super) hir: Hir,
    /// Nodes that are no constants but whose value is known.
    known: HashMap<ExprId, Data>,
    /// Variables that can be seen, innermost last.
    pub(super) bindings: Vec<Binding>,
    /// The types of all variables, by [`LocalId`].
    pub(super) locals: Vec<Ty>,
    /// What is known at this point.
    pub(super) facts: Vec<Fact>,
    depth: usize,
}

impl<'a> Checker<'a> {
    pub(super) fn new(scope: &'a ExpressionScope<'a>, sink: &'a mut Sink) -> Checker<'a> {
        Checker {
            scope,
            sink,
            hir: Hir { exprs: Vec::new(), root: ExprId(0), locals: 0 },
            known: HashMap::new(),
            bindings: Vec::new(),
            locals: Vec::new(),
            facts: Vec::new(),
            depth: 0,
        }
    }

    pub(super) fn run(mut self, ast: &ast::Expr) -> Option<Hir> {
        let root = self.expr(ast, Use::Truth)?;
        // A condition that is just `True` is meant so.
        if ast.kind != ast::ExprKind::Bool(true) {
            self.lint_truth(&root, ast);
        }
        self.hir.root = root.id;
        self.hir.locals = u16::try_from(self.locals.len()).unwrap_or(u16::MAX);
        Some(self.hir)
    }

    /// Checks an expression. Afterwards [`Checker::facts`] holds also what its evaluation proved, whatever its truth.
    pub(super) fn expr(&mut self, ast: &ast::Expr, used: Use) -> Checked {
        // The parser bounds what nests; this also bounds long chains of fields and calls.
        if self.depth > 4 * limits::NESTING {
            self.report(Code::TooComplex, ast.span, "the expression nests too deeply")
                .help("split it into several rules, or move it into a script");
            return None;
        }
        self.depth += 1;
        let checked = self.kind(ast, used);
        self.depth -= 1;
        let checked = checked?;
        if used != Use::Once && checked.ty.kinds.meets(Kinds::ITER) && !checked.ty.dynamic {
            self.iterator_kept(ast.span);
            return None;
        }
        if checked.ty.kinds == Kinds::STATE && used != Use::Once {
            self.report(Code::NotAValue, ast.span, "the state is not a value")
                .help("read one entry: `state.get('key')`, or ask `state.has('key')`");
            return None;
        }
        Some(checked)
    }

    fn kind(&mut self, ast: &ast::Expr, used: Use) -> Checked {
        let span = ast.span;
        match &ast.kind {
            ast::ExprKind::None => self.constant(Data::None, span),
            ast::ExprKind::Bool(value) => self.constant(Data::Bool(*value), span),
            ast::ExprKind::Int(value) => self.constant(Data::Int(*value), span),
            ast::ExprKind::Float(value) => self.constant(Data::Float(*value), span),
            ast::ExprKind::Str(value) => self.constant(Data::text(value.as_str()), span),
            ast::ExprKind::Name(name) => self.name(name, span),
            ast::ExprKind::Attribute(of, name) => self.attribute(of, name, span),
            ast::ExprKind::Index(of, index) => self.index(of, index, span),
            ast::ExprKind::Slice(of, bounds) => self.slice(of, bounds, span),
            ast::ExprKind::Call(call) => self.call(call, span),
            ast::ExprKind::Unary(op, of) => self.unary(*op, of, span),
            ast::ExprKind::Binary(..) => self.arithmetic(ast),
            ast::ExprKind::Compare(first, links) => self.compare(first, links, span),
            ast::ExprKind::And(operands) => self.logic(operands, true, used, span),
            ast::ExprKind::Or(operands) => self.logic(operands, false, used, span),
            ast::ExprKind::If(it) => self.conditional(it, used, span),
            ast::ExprKind::List(items) => self.list(items, span),
            ast::ExprKind::Tuple(_) => {
                self.report(Code::TupleHere, span, "a tuple cannot stand here")
                    .help("tuples stand only on the right of `in` and in `startswith` and `endswith`; elsewhere write a list: `[a, b]`");
                None
            }
            ast::ExprKind::ListComp(it) => self.comprehension(it, hir::LoopKind::List, span),
            ast::ExprKind::Generator(_) => {
                self.iterator_kept(span);
                None
            }
            ast::ExprKind::Error => None,
        }
    }

    fn iterator_kept(&mut self, span: Span) {
        self.report(Code::IteratorKept, span, "this gives its elements once and is no value of its own")
            .help("make a list of it: `sorted(...)`, or `[x for x in ...]`");
    }

    fn list(&mut self, items: &[ast::Expr], span: Span) -> Checked {
        let items: Vec<Checked> = items.iter().map(|item| self.expr(item, Use::Value)).collect();
        let items: Vec<Typed> = items.into_iter().collect::<Option<_>>()?;
        let ty = types::list_of(items.iter().map(|item| item.ty.clone()));
        self.node(ExprKind::List(items.iter().map(|item| item.id).collect()), ty, span)
    }

    /// A tuple, where one may stand.
    pub(super) fn tuple(&mut self, items: &[ast::Expr], span: Span) -> Checked {
        let items: Vec<Checked> = items.iter().map(|item| self.expr(item, Use::Value)).collect();
        let items: Vec<Typed> = items.into_iter().collect::<Option<_>>()?;
        let ty = Ty {
            elem: oracle_vm::ty::Elem::Exactly(items.iter().map(|item| item.ty.clone()).collect()),
            ..Ty::of(Kinds::TUPLE)
        };
        self.node(ExprKind::Tuple(items.iter().map(|item| item.id).collect()), ty, span)
    }

    /// Reports a problem.
    pub(super) fn report(&mut self, code: Code, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        self.sink.report(code, span, message)
    }

    /// Adds a constant.
    pub(super) fn constant(&mut self, data: Data, span: Span) -> Checked {
        let ty = types::of_constant(&data);
        let id = self.hir.add(ExprKind::Const(data), ty.clone(), span);
        Some(Typed { id, ty, flow: Flow::default() })
    }

    /// Adds a node. Where its operands are constants, so is it, and what fails with constants is an error.
    pub(super) fn node(&mut self, kind: ExprKind, ty: Ty, span: Span) -> Checked {
        let value = hir::evaluate(&kind, &|id| self.known(id));
        let ty = match &value {
            Some(Ok(data)) if !matches!(kind, ExprKind::List(_)) => types::of_constant(data),
            Some(Err(trouble)) => {
                self.always_fails(trouble, span);
                return None;
            }
            _ => ty,
        };
        let id = self.hir.add(kind, ty.clone(), span);
        if let Some(Ok(data)) = value {
            self.known.insert(id, data);
        }
        Some(Typed { id, ty, flow: Flow::default() })
    }

    /// The value of a node, where it is known.
    pub(super) fn known(&self, id: ExprId) -> Option<&Data> {
        match &self.hir.get(id)?.kind {
            ExprKind::Const(data) => Some(data),
            _ => self.known.get(&id),
        }
    }

    /// Adds a node that stands for a place, with what is known about the place.
    pub(super) fn place_node(&mut self, kind: ExprKind, ty: Ty, span: Span) -> Checked {
        let mut typed = self.node(kind, ty, span)?;
        if let Some(place) = self.place(typed.id) {
            if let Some(kinds) = kinds_at(&self.facts, &place) {
                typed.ty = typed.ty.narrowed(kinds);
                if let Some(expr) = self.hir.exprs.get_mut(typed.id.0 as usize) {
                    expr.ty = typed.ty.clone();
                }
            }
            typed.flow = truth_flow(&place, &typed.ty);
        }
        Some(typed)
    }

    /// The place that a node stands for.
    pub(super) fn place(&self, id: ExprId) -> Option<Place> {
        let root = |root| Some(Place { root, steps: Vec::new() });
        let step = |of: ExprId, step: Step| {
            let mut place = self.place(of)?;
            place.steps.push(step);
            Some(place)
        };
        match &self.hir.get(id)?.kind {
            ExprKind::Slot(slot) => root(Root::Slot(*slot)),
            ExprKind::Local(local) => root(Root::Local(*local)),
            ExprKind::Param(input) => root(Root::Param(*input)),
            ExprKind::Setting(input) => root(Root::Setting(*input)),
            ExprKind::State => root(Root::State),
            ExprKind::Field(of, field) => match self.group_field(*of, *field) {
                Some(slot) => root(Root::Slot(slot)),
                None => step(*of, Step::Field(*field)),
            },
            ExprKind::Attr(of, name) => step(*of, Step::Key(name.clone())),
            ExprKind::Index(of, index) => match self.known(*index)? {
                Data::Str(key) => step(*of, Step::Key(key.clone())),
                Data::Int(at) => step(*of, Step::At(*at)),
                _ => None,
            },
            ExprKind::Call(f, args) => match args.as_slice() {
                [of, key] => match self.known(*key)? {
                    Data::Str(key) => step(*of, Step::Got(*f, key.clone())),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        }
    }

    /// The slot of a field of `event` or `result`, where the node is that group's slot.
    pub(super) fn group_field(&self, of: ExprId, field: FieldId) -> Option<SlotId> {
        let ExprKind::Slot(group) = self.hir.get(of)?.kind else { return None };
        let group = group.row()?;
        let TyDesc::Record(record) = group.ty else { return None };
        let name = record.row()?.fields.get(field.index())?.name;
        schema::SLOTS
            .iter()
            .find(|row| row.path.strip_prefix(group.path).and_then(|it| it.strip_prefix('.')) == Some(name))
            .map(|row| row.id)
    }

    /// How a place is written, for messages.
    pub(super) fn spell(&self, id: ExprId) -> Option<String> {
        let steps = |of: &ExprId, step: String| Some(self.spell(*of)? + &step);
        match &self.hir.get(id)?.kind {
            ExprKind::Slot(slot) => Some(format!("context.{}", slot.row()?.path)),
            ExprKind::Local(local) => self
                .bindings
                .iter()
                .rev()
                .find(|binding| binding.local == Some(*local))
                .map(|binding| binding.name.clone()),
            ExprKind::Param(input) => Some(format!("params.{}", self.scope.params.get(input.index())?.name)),
            ExprKind::Setting(input) => {
                Some(format!("settings.{}", self.scope.settings.get(input.index())?.name))
            }
            ExprKind::State => Some("state".to_owned()),
            ExprKind::Field(of, field) => {
                let record = self.hir.get(*of)?.ty.record?.row()?;
                steps(of, format!(".{}", record.fields.get(field.index())?.name))
            }
            ExprKind::Attr(of, name) => steps(of, format!(".{}", name.as_str())),
            ExprKind::Index(of, index) => match self.known(*index)? {
                Data::Str(key) => steps(of, format!("['{}']", key.as_str())),
                Data::Int(at) => steps(of, format!("[{at}]")),
                _ => None,
            },
            _ => None,
        }
    }

    /// The expression as messages name it.
    pub(super) fn called(&self, id: ExprId) -> String {
        self.spell(id).map_or_else(|| "this".to_owned(), |path| format!("`{path}`"))
    }

    /// Remembers that a part has one of these kinds.
    pub(super) fn learn(&mut self, id: ExprId, kinds: Kinds) {
        if let Some(place) = self.place(id) {
            self.facts.push(Fact::Kinds(place, kinds));
        }
    }

    /// Whether the map at this node is known to have this key.
    pub(super) fn has_key(&self, map: ExprId, key: &Text) -> bool {
        self.place(map).is_some_and(|place| {
            self.facts.iter().any(|fact| matches!(fact, Fact::Key(at, known) if *at == place && known == key))
        })
    }
}

/// What the truth of a place says about it.
fn truth_flow(place: &Place, ty: &Ty) -> Flow {
    let mut flow = Flow::default();
    if ty.is_optional() {
        flow.yes.push(Fact::Kinds(place.clone(), ty.kinds.minus(Kinds::NONE)));
        if ty.kinds.meets(Kinds::RECORD) {
            flow.no.push(Fact::Kinds(place.clone(), ty.kinds.minus(Kinds::RECORD)));
        }
    }
    flow
}
