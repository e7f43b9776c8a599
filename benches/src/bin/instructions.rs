//! The cases as a processor counts them: `instructions CASE` runs one of them so often as `ROUNDS` says, inside a
//! function that `.ci/instructions` tells a simulator to count; without a case it prints their names.
//!
//! No case searches long texts or compares long ones: what the standard library and `memchr` do then depends on the
//! processor.

use std::hint::black_box;
use std::process::ExitCode;

use oracle_benches::cases::{CASES, RuleSet, case};
use oracle_benches::context;
use oracle_benches::engine::{Engine as _, Runner};
use oracle_benches::oracle::Oracle;

/// How often a case runs.
const ROUNDS: u64 = 1_000;
/// The case with many rules.
const RULES: (&str, usize) = ("rules-1000", 1_000);

fn main() -> ExitCode {
    let Some(name) = std::env::args().nth(1) else {
        println!("rounds {ROUNDS}");
        CASES.iter().map(|case| case.name).chain([RULES.0]).for_each(|name| println!("case {name}"));
        return ExitCode::SUCCESS;
    };
    let context = context::busy();
    let prepared = match case(&name) {
        Some(case) => Oracle.prepare(case, &context),
        None if name == RULES.0 => Oracle.rules(RuleSet::one_in_a_hundred(RULES.1), &context),
        None => Err(format!("unknown case `{name}`; without one, `instructions` prints their names")),
    };
    let mut runner = match prepared.and_then(|runner| runner.ok_or("the case has no runner".to_owned())) {
        Ok(runner) => runner,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::from(2);
        }
    };
    // What the first rounds allocate is not counted.
    black_box(runner(2));
    if counted_rounds(&mut runner) == ROUNDS {
        return ExitCode::SUCCESS;
    }
    eprintln!("{name}: the condition does not hold");
    ExitCode::FAILURE
}

/// What is counted. Its name is the one that `.ci/instructions` gives.
#[inline(never)]
fn counted_rounds(runner: &mut Runner<'_>) -> u64 {
    // Not a tail call: the function must be there until the rounds are over.
    black_box(runner(ROUNDS))
}
