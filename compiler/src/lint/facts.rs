//! What the lints look at.

use super::reads::Reads;
use crate::rule::{Condition, RuleSpec};
use crate::rulefile::Places;
use crate::syntax::ast::Expr;
use crate::template::TemplateUses;

/// A rule after every stage.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// The rule.
    pub spec: &'a RuleSpec,
    /// Where its parts stand.
    pub places: &'a Places,
    /// Its condition, where it is an expression.
    pub condition: Option<&'a Expr>,
    /// What its condition and `clear_when` read.
    pub reads: &'a Reads,
    /// What its templates read.
    pub templates: &'a TemplateUses,
    /// See [`likeness`](super::likeness).
    pub likeness: u64,
}

impl Facts<'_> {
    /// Whether a script decides, which may read anything.
    pub fn is_script(&self) -> bool {
        matches!(self.spec.condition, Condition::Script(_))
    }
}
