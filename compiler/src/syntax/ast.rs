//! The syntax tree: what was written, no more. [`crate::hir`] is what it means.

use crate::source::Span;
use oracle_vm::op::{CmpOp, Singleton};

/// An expression with its place. Two are equal when they were written alike, wherever they stand.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands, parentheses not included.
    pub span: Span,
}

impl PartialEq for Expr {
    fn eq(&self, other: &Expr) -> bool {
        self.kind == other.kind
    }
}

/// A name with its place.
#[derive(Clone, Debug)]
pub struct Name {
    /// The name.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

impl PartialEq for Name {
    fn eq(&self, other: &Name) -> bool {
        self.text == other.text
    }
}

/// The kinds of expressions.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// `None`, `null`.
    None,
    /// `True`, `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A float.
    Float(f64),
    /// Text, unescaped.
    Str(String),
    /// A name: a root of the context, a function, a variable of a comprehension.
    Name(String),
    /// `of.name`
    Attribute(Box<Expr>, Name),
    /// `of[index]`
    Index(Box<Expr>, Box<Expr>),
    /// `of[from:to:step]`
    Slice(Box<Expr>, Box<SliceBounds>),
    /// `callee(args, keyword=value)`
    Call(Box<Call>),
    /// `-x`, `+x`, `not x`
    Unary(UnaryOp, Box<Expr>),
    /// `a + b`
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `a < b <= c`: the first operand and the rest with their operators.
    Compare(Box<Expr>, Vec<(CmpLink, Expr)>),
    /// `a and b and c`: two or more.
    And(Vec<Expr>),
    /// `a or b or c`: two or more.
    Or(Vec<Expr>),
    /// `then if test else other`
    If(Box<IfExpr>),
    /// `[a, b]`
    List(Vec<Expr>),
    /// `(a, b)`
    Tuple(Vec<Expr>),
    /// `[element for ...]`
    ListComp(Box<Comprehension>),
    /// `element for ...` as the only argument of a call.
    Generator(Box<Comprehension>),
    /// What the parser could not read; it was reported, and whatever contains it says nothing more.
    Error,
}

/// One link of a comparison chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CmpLink {
    /// `<`, `==`, `in` and so on.
    Cmp(CmpOp),
    /// `is None`; the right operand is the singleton's literal.
    Is(Singleton),
    /// `is not None`.
    IsNot(Singleton),
}

/// `from:to:step`, each optional.
#[derive(Clone, Debug, PartialEq)]
pub struct SliceBounds {
    /// Before the first colon.
    pub from: Option<Expr>,
    /// Between the colons.
    pub to: Option<Expr>,
    /// After the second colon.
    pub step: Option<Expr>,
}

/// A call.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// What is called: a name, or an attribute for a method.
    pub callee: Expr,
    /// Positional arguments.
    pub args: Vec<Expr>,
    /// Keyword arguments.
    pub keywords: Vec<(Name, Expr)>,
}

/// A conditional expression.
#[derive(Clone, Debug, PartialEq)]
pub struct IfExpr {
    /// The value when the test holds.
    pub then: Expr,
    /// The test.
    pub test: Expr,
    /// The value when it does not.
    pub other: Expr,
}

/// A comprehension or generator.
#[derive(Clone, Debug, PartialEq)]
pub struct Comprehension {
    /// What each round gives.
    pub element: Expr,
    /// `for` and `if` clauses; the first is a `for`.
    pub clauses: Vec<Clause>,
}

/// A clause of a comprehension.
#[derive(Clone, Debug, PartialEq)]
pub enum Clause {
    /// `for a, b in iter`
    For {
        /// The names; several unpack each element.
        targets: Vec<Name>,
        /// Whether each element is unpacked: `for a, in xs` has one name and unpacks.
        unpack: bool,
        /// What is iterated.
        iter: Expr,
    },
    /// `if test`
    If(Expr),
}

/// Operators with one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    /// `not`
    Not,
    /// `-`
    Neg,
    /// `+`
    Pos,
}

/// Arithmetic operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `//`
    FloorDiv,
    /// `%`
    Mod,
    /// `**`
    Pow,
}

impl BinaryOp {
    /// How it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            BinaryOp::Add => "+",
            BinaryOp::Sub => "-",
            BinaryOp::Mul => "*",
            BinaryOp::Div => "/",
            BinaryOp::FloorDiv => "//",
            BinaryOp::Mod => "%",
            BinaryOp::Pow => "**",
        }
    }
}
