//! That all engines give the same answers: what is checked before anything is measured.

use std::rc::Rc;

use oracle_benches::cases::{CASES, Case, RuleSet};
use oracle_benches::context::{self, Context};
use oracle_benches::engine::Engine;
use oracle_benches::native::Native;
use oracle_benches::oracle::{Matching, compile_files, one_by_one, program};
use oracle_benches::shapes::Shape;

use crate::Options;

/// How many rules are asked on every context.
const RULES: usize = 1_000;

/// Compares the answers of every engine with those of native code, on every context.
pub(crate) fn agree(engines: &[Box<dyn Engine>], options: &Options) -> Result<(), String> {
    for engine in engines {
        for case in CASES.iter().filter(|case| options.wants(case.name)) {
            condition(engine.as_ref(), case)?;
        }
        let about_many =
            options.case.as_ref().is_none_or(|it| it.starts_with("rules-") || it.starts_with("curve-"));
        for (name, context) in context::all().iter().filter(|_| about_many) {
            let set = RuleSet::one_in_a_hundred(RULES);
            let said = |message: String| format!("{}, {RULES} rules: {message}", engine.name());
            if let Some(mut runner) = engine.rules(set, context).map_err(said)?
                && runner(1) != 1
            {
                return Err(format!(
                    "{}: of {RULES} rules others hold on `{name}` than natively",
                    engine.name()
                ));
            }
        }
    }
    Ok(())
}

fn condition(engine: &dyn Engine, case: &Case) -> Result<(), String> {
    let answer = |engine: &dyn Engine, context: &Context| -> Result<Option<bool>, String> {
        Ok(engine.prepare(case, context)?.map(|mut runner| runner(1) == 1))
    };
    for (name, context) in context::all() {
        let Some(expected) = answer(&Native, &context)? else { continue };
        match answer(engine, &context)
            .map_err(|error| format!("{}, {}: {error}", engine.name(), case.name))?
        {
            Some(found) if found != expected => {
                return Err(format!(
                    "{} says {found} to {} on `{name}`; native code says {expected}",
                    engine.name(),
                    case.name
                ));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The rules of a hostile shape as one program and one by one, once it is known that the same rules match.
pub(crate) fn shape(shape: &Shape) -> Result<[Matching; 2], String> {
    let said = |message: String| format!("{}: {message}", shape.name);
    let pack = Rc::new(compile_files(shape.files()).map_err(said)?);
    let context = shape.context();
    let mut both = [
        program(Rc::clone(&pack), shape.hook, &context).map_err(said)?,
        one_by_one(pack, shape.hook, &context).map_err(said)?,
    ];
    let [together, single] = both.each_mut().map(|matching| {
        let mut matched = Vec::new();
        matching(&mut |at| matched.push(at));
        matched
    });
    if together == single {
        return Ok(both);
    }
    Err(format!("{}: {} rules match together, {} one by one", shape.name, together.len(), single.len()))
}
