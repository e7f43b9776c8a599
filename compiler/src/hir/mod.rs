//! The typed tree: what an expression means. The checker makes it, the passes of the optimiser change it, code
//! generation reads it. Names are resolved, arguments are in order, every node has a type and a span; there is
//! no half-checked tree.

mod constant;

pub use constant::{constant_truth, evaluate};

use crate::source::Span;
pub use crate::syntax::ast::BinaryOp;
use oracle_vm::ids::{BuiltinId, FieldId, InputId, SlotId};
pub use oracle_vm::op::{CmpOp, Singleton};
use oracle_vm::ty::Ty;
use oracle_vm::value::{Data, Text};

/// A node of the tree, by position in [`Hir`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExprId(pub u32);

/// A variable of a comprehension, by position; each has one place in the tree where it is bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LocalId(pub u16);

/// A checked condition.
#[derive(Clone, Debug)]
pub struct Hir {
    /// The nodes; children may stand before or after their parents.
    pub exprs: Vec<Expr>,
    /// The whole condition.
    pub root: ExprId,
    /// How many variables there are.
    pub locals: u16,
}

/// A node.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it means.
    pub kind: ExprKind,
    /// What its value can be.
    pub ty: Ty,
    /// Where it was written.
    pub span: Span,
}

/// The kinds of nodes.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A constant.
    Const(Data),
    /// A path of the context. For a path below `event` or `result` the checker emits this only where the group
    /// is certain to be there; elsewhere it emits a [`ExprKind::Field`] of the group's slot.
    Slot(SlotId),
    /// A param of the rule.
    Param(InputId),
    /// A setting of the plugin.
    Setting(InputId),
    /// The plugin's state, only as the receiver of a call.
    State,
    /// A variable of a comprehension.
    Local(LocalId),
    /// A field of a record; fails with `none` where the record is `None`.
    Field(ExprId, FieldId),
    /// An attribute by name: a key of a map, or of a value whose kind is known only at run time.
    Attr(ExprId, Text),
    /// `of[index]`
    Index(ExprId, ExprId),
    /// `of[from:to:step]`
    Slice(ExprId, [Option<ExprId>; 3]),
    /// `not x`
    Not(ExprId),
    /// `-x`
    Neg(ExprId),
    /// `+x`
    Pos(ExprId),
    /// Arithmetic.
    Binary(BinaryOp, ExprId, ExprId),
    /// A comparison, or a chain of them; each operand is evaluated at most once.
    Compare(ExprId, Vec<(CmpOp, ExprId)>),
    /// `x is None`
    Is(ExprId, Singleton),
    /// Gives the first false operand, or the last.
    And(Vec<ExprId>),
    /// Gives the first true operand, or the last.
    Or(Vec<ExprId>),
    /// `then if test else other`
    If {
        /// The test.
        test: ExprId,
        /// The value when it holds.
        then: ExprId,
        /// The value when it does not.
        other: ExprId,
    },
    /// A call of a built-in function; of a method the receiver is the first argument. Trailing optional arguments
    /// that were left out are not there.
    Call(BuiltinId, Vec<ExprId>),
    /// A search of a regular expression, which was compiled once to see that it is one.
    Matches(ExprId, Text),
    /// `[a, b]`
    List(Vec<ExprId>),
    /// `(a, b)`
    Tuple(Vec<ExprId>),
    /// A comprehension.
    Loop(Box<Loop>),
}

/// A comprehension, or `any` / `all` over a generator.
#[derive(Clone, Debug, PartialEq)]
pub struct Loop {
    /// What becomes of the elements.
    pub kind: LoopKind,
    /// What each round gives.
    pub element: ExprId,
    /// The clauses; the first is a [`Clause::For`].
    pub clauses: Vec<Clause>,
}

/// What becomes of the elements of a [`Loop`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoopKind {
    /// A list of them.
    List,
    /// Whether any is true; stops at the first that is.
    Any,
    /// Whether all are true; stops at the first that is not.
    All,
}

/// A clause of a [`Loop`].
#[derive(Clone, Debug, PartialEq)]
pub enum Clause {
    /// Iterates.
    For {
        /// Gets each element, or its parts.
        targets: Vec<LocalId>,
        /// Whether elements are unpacked.
        unpack: bool,
        /// What is iterated.
        iter: ExprId,
    },
    /// Goes on only where this is true.
    If(ExprId),
}

impl Hir {
    /// The node with this id. Ids come from the tree itself, so a missing one cannot be; it would be `None`.
    pub fn get(&self, id: ExprId) -> Option<&Expr> {
        self.exprs.get(id.0 as usize)
    }
    /// Adds a node.
    pub fn add(&mut self, kind: ExprKind, ty: Ty, span: Span) -> ExprId {
        self.exprs.push(Expr { kind, ty, span });
        ExprId(u32::try_from(self.exprs.len() - 1).unwrap_or(u32::MAX))
    }
}
