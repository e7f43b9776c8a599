//! `x in ('a', 'b')`: a tuple of constants that is only searched becomes a constant list.

use super::constant;
use crate::hir::{CmpOp, ExprKind, Hir};
use oracle_vm::value::Data;

pub(super) fn run(hir: &mut Hir) {
    for at in 0..hir.exprs.len() {
        let Some(ExprKind::Compare(_, links)) = hir.exprs.get(at).map(|expr| &expr.kind) else { continue };
        let [(CmpOp::In | CmpOp::NotIn, set)] = links.as_slice() else { continue };
        let set = *set;
        let Some(ExprKind::Tuple(items)) = hir.get(set).map(|expr| &expr.kind) else { continue };
        let Some(items) = items.iter().map(|item| constant(hir, *item).cloned()).collect::<Option<Vec<_>>>()
        else {
            continue;
        };
        if let Some(expr) = hir.exprs.get_mut(set.0 as usize) {
            expr.kind = ExprKind::Const(Data::list(items));
        }
    }
}
