//! Templates: compiled when a rule is loaded, rendered when it fires.
//!
//! A [`TemplateSet`] holds the templates of a rule. They see `context`, `params` and `settings` through lazy
//! objects over the shared data: nothing is converted that a template does not touch. What templates can do, and
//! what bounds them, is the compiler's [environment](oracle_compiler::template).

mod convert;
mod object;
mod quick;
mod set;

pub use object::{Inputs, InputsRef, Seen, Snapshot, TemplateContext};
pub use set::{TemplateError, TemplateId, TemplateSet};
