//! `not (a == b)` is `a != b`, `not (a in b)` is `a not in b`. Never for an order: a NaN is neither below nor above.

use crate::hir::{CmpOp, ExprKind, Hir};

pub(super) fn run(hir: &mut Hir) {
    super::rewrite(hir, |hir, kind| {
        let ExprKind::Not(of) = kind else { return None };
        let ExprKind::Compare(first, links) = &hir.get(*of)?.kind else { return None };
        let [(op, rhs)] = links.as_slice() else { return None };
        let opposite = match op {
            CmpOp::Eq => CmpOp::Ne,
            CmpOp::Ne => CmpOp::Eq,
            CmpOp::In => CmpOp::NotIn,
            CmpOp::NotIn => CmpOp::In,
            CmpOp::Lt | CmpOp::Le | CmpOp::Gt | CmpOp::Ge => return None,
        };
        Some(ExprKind::Compare(*first, vec![(opposite, *rhs)]))
    });
}
