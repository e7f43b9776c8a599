//! How much memory compiled rules take. The counting allocator is this program's alone.

use allocation_counter::{measure, opt_out};
use oracle_benches::cases::RuleSet;
use oracle_benches::engine::{Engine, Runner};
use oracle_benches::measure::{Effort, median};

/// How many rules are compiled to see what one takes.
const RULES: usize = 1_000;

/// The bytes on the heap that a rule like C2 keeps once it is compiled: the mean of a thousand. Code that a compiler
/// to machine code puts elsewhere is not seen. `None` where the engine compiles nothing.
pub(crate) fn bytes_per_rule(engine: &dyn Engine) -> Result<Option<f64>, String> {
    let set = RuleSet::one_in_a_hundred(RULES);
    // What is made once for all rules, such as tables of names, is made now.
    drop(engine.keep(RuleSet { count: 1, ..set })?);
    let mut kept = Ok(None);
    let info = measure(|| kept = engine.keep(set));
    let count = u32::try_from(RULES).unwrap_or(u32::MAX);
    let live = i32::try_from(info.bytes_current).unwrap_or(i32::MAX);
    Ok(kept?.map(|_| f64::from(live) / f64::from(count)))
}

/// The median time of one round, with as little work in the allocator as it allows.
pub(crate) fn median_uncounted(run: &mut Runner<'_>, effort: Effort) -> f64 {
    let mut ns = f64::NAN;
    opt_out(|| ns = median(run, effort));
    ns
}
