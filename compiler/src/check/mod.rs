//! From the syntax tree to the typed tree: what every name, field and operator means, and whether it can work.
//!
//! [`expression`] walks the tree once, in the order of evaluation. On the way it keeps what is already known about
//! places (`flow`): after `x is not None and`, `x` is not `None`. A part that is wrong is reported once; whatever
//! contains it gives nothing and says nothing. Two rules decide what is an error: it fails whenever it is evaluated,
//! or it can mean nothing sensible. What may fail, and what is always true, is a warning.

mod arguments;
mod arithmetic;
mod attribute;
mod calls;
mod compare;
mod comprehension;
mod flow;
mod hints;
mod index;
mod lint;
mod logic;
mod names;
mod scope;

mod types;
mod walk;

pub use scope::ExpressionScope;

use crate::diag::Sink;
use crate::hir::Hir;
use crate::syntax::ast;

/// Checks an expression in its scope. Problems go into the sink; `None` when one of them was an error.
pub fn expression(ast: &ast::Expr, scope: &ExpressionScope<'_>, sink: &mut Sink) -> Option<Hir> {
    walk::Checker::new(scope, sink).run(ast)
}
