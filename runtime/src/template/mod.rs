//! Templates: compiled when a rule is loaded, rendered when it fires.
//!
//! A [`TemplateSet`] holds all templates of a rule set. They see `context`, `params` and `settings` through lazy
//! objects over the shared data: nothing is converted that a template does not touch. Output and work are
//! bounded; an undefined name is an error.

mod convert;
mod object;
mod output;
mod set;

pub use object::{Inputs, TemplateContext};
pub use output::MAX_OUTPUT_BYTES;
pub use set::{TemplateError, TemplateId, TemplateSet};
