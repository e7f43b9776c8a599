//! Trees to simpler trees that mean the same, faults included.
//!
//! Every pass is a function over the nodes; [`PASSES`] is their order. The checker puts children before their
//! parents, so one walk over the nodes sees what became of the children. A pass may use the values of the machine's
//! own operators ([`crate::hir::evaluate`]) and nothing that only looks like them.

mod constant_set;
mod dead;
mod flatten;
mod fold;
mod negate;

use crate::hir::{ExprId, ExprKind, Hir};
use oracle_vm::value::Data;

/// A pass: changes nodes in place.
pub type Pass = fn(&mut Hir);

/// All passes, in order, by name.
pub const PASSES: &[(&str, Pass)] = &[
    ("fold", fold::run),
    ("dead", dead::run),
    ("flatten", flatten::run),
    ("negate", negate::run),
    ("constant-set", constant_set::run),
];

/// Runs all passes.
pub fn run(mut hir: Hir) -> Hir {
    for (_, pass) in PASSES {
        pass(&mut hir);
    }
    hir
}

/// The value of a node that is a constant.
fn constant(hir: &Hir, id: ExprId) -> Option<&Data> {
    match &hir.get(id)?.kind {
        ExprKind::Const(data) => Some(data),
        _ => None,
    }
}

/// Gives every node to `change`, children first, which may give another kind for it.
fn rewrite(hir: &mut Hir, change: impl Fn(&Hir, &ExprKind) -> Option<ExprKind>) {
    for at in 0..hir.exprs.len() {
        let Some(kind) = hir.exprs.get(at).and_then(|expr| change(hir, &expr.kind)) else { continue };
        if let Some(expr) = hir.exprs.get_mut(at) {
            expr.kind = kind;
        }
    }
}
