//! `a and (b and c)` is `a and b and c`; likewise `or`.

use crate::hir::{ExprId, ExprKind, Hir};

pub(super) fn run(hir: &mut Hir) {
    super::rewrite(hir, |hir, kind| match kind {
        ExprKind::And(operands) => spread(operands, |id| match &hir.get(id)?.kind {
            ExprKind::And(inner) => Some(inner.as_slice()),
            _ => None,
        })
        .map(ExprKind::And),
        ExprKind::Or(operands) => spread(operands, |id| match &hir.get(id)?.kind {
            ExprKind::Or(inner) => Some(inner.as_slice()),
            _ => None,
        })
        .map(ExprKind::Or),
        _ => None,
    });
}

fn spread<'h>(operands: &[ExprId], inner: impl Fn(ExprId) -> Option<&'h [ExprId]>) -> Option<Vec<ExprId>> {
    if !operands.iter().any(|operand| inner(*operand).is_some()) {
        return None;
    }
    let mut flat = Vec::new();
    for operand in operands {
        match inner(*operand) {
            Some(inner) => flat.extend_from_slice(inner),
            None => flat.push(*operand),
        }
    }
    Some(flat)
}
