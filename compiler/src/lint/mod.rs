//! What loads and runs, but is probably not meant: looked for in one rule, and in all rules together.
//!
//! [`Facts`] is what the session knows about a rule after every stage; [`one`] looks at a rule by itself, [`all`]
//! compares rules. Constant conditions and comparisons are the checker's.

mod facts;
mod fires;
mod reads;
mod same;
mod state;
mod unused;

pub use facts::Facts;
pub use reads::Reads;
pub use same::likeness;

use crate::diag::Sink;

/// Looks at one rule.
pub fn one(facts: &Facts<'_>, sink: &mut Sink) {
    unused::params(facts, sink);
    fires::never(facts, sink);
}

/// Looks at all rules together.
pub fn all(facts: &[Facts<'_>], sink: &mut Sink) {
    same::rules(facts, sink);
    state::keys(facts, sink);
}
