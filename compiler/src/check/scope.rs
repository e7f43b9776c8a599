//! What an expression may use besides the context.

use crate::rule::ParamSpec;
use oracle_vm::hook::Hook;

/// Where an expression stands: its hook, and the params and settings that it may read.
#[derive(Clone, Copy, Debug, Default)]
pub struct ExpressionScope<'a> {
    /// The hook at which it runs; `None` where that is not known, as for `oracle eval` without `--hook`.
    pub hook: Option<Hook>,
    /// The params of the rule.
    pub params: &'a [ParamSpec],
    /// The settings of the rule's plugin.
    pub settings: &'a [ParamSpec],
}
