//! Templates of actions: the one environment that checks and renders them, and what can be said about a template
//! before it runs.
//!
//! [`environment()`] makes the environment for both the checks at load time and the runtime. [`check()`] parses a
//! template and looks at every name, filter and test in it; [`single_expression`] finds the templates that keep
//! the type of their value, [`parts()`] those that only put values into text; [`render`] bounds the output.
//!
//! Templates behave as in Jinja2 with strict undefined names and without escaping. Gone are includes, imports,
//! inheritance and `debug`. `percent` is ours: it writes a share from 0.0 to 1.0 as `90%`.

mod check;
mod environment;
mod filters;
mod names;
mod parts;
mod uses;

pub use check::{TemplateScope, TemplateUses, check};
pub use environment::{FUEL, OUTPUT_BYTES, TEMPLATE_BYTES, environment, is_plain, render, single_expression};
pub use parts::{TemplatePart, parts};
