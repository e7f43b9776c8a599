//! Arms and operands that are never reached, because the test before them is a constant.

use super::constant;
use crate::hir::{ExprId, ExprKind, Hir, constant_truth};

pub(super) fn run(hir: &mut Hir) {
    super::rewrite(hir, |hir, kind| match kind {
        ExprKind::If { test, then, other } => {
            let taken = if constant_truth(constant(hir, *test)?) { then } else { other };
            Some(hir.get(*taken)?.kind.clone())
        }
        ExprKind::And(operands) => shorten(hir, operands, false),
        ExprKind::Or(operands) => shorten(hir, operands, true),
        _ => None,
    });
}

/// Drops operands that are passed over, and those behind one that ends the evaluation (whose truth is `stop`).
fn shorten(hir: &Hir, operands: &[ExprId], stop: bool) -> Option<ExprKind> {
    let mut left = Vec::with_capacity(operands.len());
    for (at, operand) in operands.iter().enumerate() {
        let last = at + 1 == operands.len();
        match constant(hir, *operand).map(constant_truth) {
            Some(truth) if truth == stop => {
                left.push(*operand);
                break;
            }
            Some(_) if !last => {}
            _ => left.push(*operand),
        }
    }
    match left.as_slice() {
        [only] => Some(hir.get(*only)?.kind.clone()),
        _ if left.len() == operands.len() => None,
        _ if stop => Some(ExprKind::Or(left)),
        _ => Some(ExprKind::And(left)),
    }
}
