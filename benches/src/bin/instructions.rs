//! The cases as a processor counts them: `instructions CASE` runs one of them some rounds, inside a function that
//! `.ci/instructions` tells a simulator to count; without a case it prints their names and rounds. Of a hostile shape
//! there are two: all rules as a hook program, and (`-single`) one after the other.
//!
//! No case searches long texts or compares long ones: what the standard library and `memchr` do then depends on the
//! processor.

use std::hint::black_box;
use std::process::ExitCode;
use std::rc::Rc;

use oracle_benches::cases::{CASES, RuleSet, case};
use oracle_benches::context;
use oracle_benches::engine::{Engine as _, Runner, runner};
use oracle_benches::oracle::{Oracle, compile_files, one_by_one, program};
use oracle_benches::shapes::SHAPES;

/// How often a case runs, and a hostile shape.
const ROUNDS: [u64; 2] = [1_000, 20];
/// The hostile shapes of which no rule can be left out: what a hook program costs beyond its rules shows there.
const HOSTILE: [&str; 3] = ["hostile-equal", "hostile-unindexable", "hostile-all-match"];
/// What the name of a shape ends in when its rules run one after the other.
const SINGLE: &str = "-single";
/// The case with many rules.
const RULES: (&str, usize) = ("rules-1000", 1_000);

fn main() -> ExitCode {
    let Some(name) = std::env::args().nth(1) else {
        names().iter().for_each(|name| println!("case {name} {}", rounds(name)));
        return ExitCode::SUCCESS;
    };
    let context = context::busy();
    let prepared = match case(&name) {
        Some(case) => Oracle.prepare(case, &context),
        None if name == RULES.0 => Oracle.rules(RuleSet::one_in_a_hundred(RULES.1), &context),
        None if is_hostile(&name) => shape(&name).map(Some),
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
    let rounds = rounds(&name);
    if counted_rounds(&mut runner, rounds) == rounds {
        return ExitCode::SUCCESS;
    }
    eprintln!("{name}: the condition does not hold");
    ExitCode::FAILURE
}

fn names() -> Vec<String> {
    let conditions = CASES.iter().map(|case| case.name).chain([RULES.0]).map(str::to_owned);
    let shapes = HOSTILE.iter().flat_map(|name| [(*name).to_owned(), format!("{name}{SINGLE}")]);
    conditions.chain(shapes).collect()
}

fn is_hostile(name: &str) -> bool {
    HOSTILE.contains(&name.strip_suffix(SINGLE).unwrap_or(name))
}

fn rounds(name: &str) -> u64 {
    let [usual, hostile] = ROUNDS;
    if is_hostile(name) { hostile } else { usual }
}

/// The rules of a hostile shape.
fn shape(name: &str) -> Result<Runner<'static>, String> {
    let (base, single) = name.strip_suffix(SINGLE).map_or((name, false), |base| (base, true));
    let shape = SHAPES.iter().find(|shape| shape.name == base).ok_or("no such shape")?;
    let pack = Rc::new(compile_files(shape.files())?);
    let mut matching = if single { one_by_one } else { program }(pack, shape.hook, &shape.context())?;
    Ok(runner(move || {
        let mut held = 0_u32;
        matching(&mut |_| held += 1);
        black_box(held) > 0
    }))
}

/// What is counted. Its name is the one that `.ci/instructions` gives.
#[inline(never)]
fn counted_rounds(runner: &mut Runner<'_>, rounds: u64) -> u64 {
    // Not a tail call: the function must be there until the rounds are over.
    black_box(runner(rounds))
}
