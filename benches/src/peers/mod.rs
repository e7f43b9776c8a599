//! Other engines, one file each, built with the feature `peers` only.
//!
//! Each says the conditions in its own language and binds the context once, outside what is timed. A condition that a
//! language cannot say is left out; where it lacks only a function over text (characters, substrings), the host adds
//! that function, as its users would.

mod cel;
mod evalexpr;
mod minijinja;
mod rhai;

use crate::engine::Engine;

/// Every engine that is built in.
pub fn all() -> Vec<Box<dyn Engine>> {
    vec![
        Box::new(rhai::Rhai::new()),
        Box::new(evalexpr::Evalexpr),
        Box::new(minijinja::Minijinja::new()),
        Box::new(cel::Cel),
    ]
}

/// The condition of a case with the operators and quotes of C, for the languages that have those.
fn with_c_operators(condition: &str) -> String {
    let pairs = [(" and ", " && "), (" or ", " || "), ("not (", "!("), ("'", "\"")];
    pairs.iter().fold(condition.to_owned(), |text, (ours, theirs)| text.replace(ours, theirs))
}

/// What an engine said, as text.
fn said(error: impl std::fmt::Display) -> String {
    error.to_string()
}
