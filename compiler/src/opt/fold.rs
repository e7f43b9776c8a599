//! Constant parts become constants. What fails stays: the machine says so when it gets there.

use super::constant;
use crate::hir::{self, ExprKind, Hir};

pub(super) fn run(hir: &mut Hir) {
    super::rewrite(hir, |hir, kind| match hir::evaluate(kind, &|id| constant(hir, id))? {
        Ok(data) => Some(ExprKind::Const(data)),
        Err(_) => None,
    });
}
