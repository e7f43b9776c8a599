//! Other engines, one file each, built with the feature `peers` only.
//!
//! Each says the conditions in its own language and binds the context once, outside what is timed: where the engine has
//! variables, `turn`, `history` and so on are variables of their own. A condition that a language cannot say is left
//! out; where it lacks only a function over text (characters, substrings), the host adds that function, as its users
//! would. Of many rules each is compiled and asked by itself, but where the engine has an index.

mod a_tree;
mod cel;
mod datalogic;
mod evalexpr;
mod fasteval;
mod luau;
mod minijinja;
mod rhai;
mod roto;
mod wirefilter;
mod zen;

use crate::cases::RuleSet;
use crate::context::Context;
use crate::engine::{Engine, Kept, Runner, runner};

/// Every engine that is built in.
pub fn all() -> Vec<Box<dyn Engine>> {
    vec![
        Box::new(wirefilter::Wirefilter::new()),
        Box::new(fasteval::Fasteval),
        Box::new(roto::Roto::new()),
        Box::new(a_tree::Tree),
        Box::new(datalogic::Datalogic::new()),
        Box::new(luau::Luau::new()),
        Box::new(zen::Zen),
        Box::new(evalexpr::Evalexpr),
        Box::new(rhai::Rhai::new()),
        Box::new(cel::Cel),
        Box::new(minijinja::Minijinja::new()),
    ]
}

/// The condition with the parts of the context as variables of their own.
fn with_roots(condition: &str) -> String {
    condition.replace("context.", "")
}

/// The same with the operators and quotes of C, for the languages that have those.
fn with_c_operators(condition: &str) -> String {
    let pairs = [(" and ", " && "), (" or ", " || "), ("not (", "!("), ("'", "\"")];
    pairs.iter().fold(with_roots(condition), |text, (ours, theirs)| text.replace(ours, theirs))
}

/// The rules of a set, compiled one by one.
fn compiled<R>(set: RuleSet, rule: impl Fn(usize) -> Result<R, String>) -> Result<Vec<R>, String> {
    (0..set.count).map(rule).collect()
}

/// A runner that asks them one by one.
fn ask_each<'a, R: 'a>(
    set: RuleSet,
    context: &Context,
    rules: Vec<R>,
    mut holds: impl FnMut(&R) -> bool + 'a,
) -> Runner<'a> {
    let expected = set.matches(context);
    runner(move || rules.iter().filter(|rule| holds(rule)).count() == expected)
}

/// The rules of a set as what stays in memory.
fn kept<'a, R: 'a>(
    set: RuleSet,
    rule: impl Fn(usize) -> Result<R, String>,
) -> Result<Option<Kept<'a>>, String> {
    Ok(Some(Box::new(compiled(set, rule)?)))
}

/// JSON text as a tree of serde's.
fn tree(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_default()
}

/// JSON text as the host's struct.
fn read(text: &str) -> Option<Context> {
    serde_json::from_str(text).ok()
}

/// What an engine said, as text.
fn said(error: impl std::fmt::Display) -> String {
    error.to_string()
}
