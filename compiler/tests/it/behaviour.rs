//! Expressions and their values: what Python says stands in `behaviour/cases.txt`, which `behaviour/expected.py`
//! fills in.

use crate::support::{Context, compile_at};
use oracle_compiler::diag::render::human;
use oracle_compiler::expression::Mode;

const CASES: &str = include_str!("behaviour/cases.txt");

/// The expressions of the cases.
pub(crate) fn cases() -> impl Iterator<Item = (&'static str, &'static str)> {
    CASES.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(" => "))
}

#[test]
fn values_are_those_of_python() {
    let context = Context::new();
    let mut wrong = String::new();
    for (expression, expected) in cases() {
        for optimise in [false, true] {
            let found = match compile_at(None, expression, Mode::Value, optimise) {
                Ok(compiled) => context.run(&compiled),
                Err(failed) => human::render(&failed.diagnostics, &failed.sources, false),
            };
            // Which kind of failure it is may differ where several things are wrong at once.
            if found != expected {
                wrong += &format!(
                    "{expression}\n  expected {expected}\n  found    {found} (optimised: {optimise})\n"
                );
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}
