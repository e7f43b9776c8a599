//! What is measured, in which order.

use std::hint::black_box;

use oracle_benches::cases::{CASES, RuleSet};
use oracle_benches::context::{self, Context};
use oracle_benches::engine::{Engine, Runner, Source, runner};
use oracle_benches::oracle::{Matching, Oracle, OracleSingle};
use oracle_benches::shapes::SHAPES;

use crate::{Options, answers, memory};

/// How many rules one event is put to.
const RULES: [usize; 3] = [1_000, 10_000, 100_000];
/// Whose cost is followed while the rules grow and the matches do not.
const ON_THE_CURVE: [&str; 2] = ["native", "oracle"];

/// One measured value.
pub(crate) struct Figure {
    pub(crate) case: String,
    pub(crate) engine: &'static str,
    pub(crate) version: &'static str,
    pub(crate) value: Value,
}

#[derive(Clone, Copy)]
pub(crate) enum Value {
    /// The median of a time.
    Nanoseconds(f64),
    /// Memory.
    Bytes(f64),
}

/// Where figures are gathered.
struct Gathered<'a> {
    options: &'a Options,
    figures: Vec<Figure>,
}

impl Gathered<'_> {
    fn add(&mut self, case: &str, engine: &dyn Engine, value: Value) {
        let (engine, version) = (engine.name(), engine.version());
        self.figures.push(Figure { case: case.into(), engine, version, value });
    }

    fn time(&mut self, case: &str, engine: &dyn Engine, run: Option<Runner<'_>>) {
        if let Some(mut run) = run {
            let value = Value::Nanoseconds(memory::median_uncounted(&mut run, self.options.effort));
            self.add(case, engine, value);
        }
    }
}

pub(crate) fn measure(engines: &[Box<dyn Engine>], options: &Options) -> Result<Vec<Figure>, String> {
    let mut gathered = Gathered { options, figures: Vec::new() };
    let busy = context::busy();
    conditions(engines, &busy, &mut gathered)?;
    for (case, from) in [("bind", Source::Struct), ("bind-json", Source::Json)] {
        for engine in engines.iter().filter(|_| options.wants(case)) {
            gathered.time(case, engine.as_ref(), engine.binder(&busy, from));
        }
    }
    for engine in engines.iter().filter(|_| options.wants("bytes")) {
        if let Some(bytes) = memory::bytes_per_rule(engine.as_ref())? {
            gathered.add("bytes", engine.as_ref(), Value::Bytes(bytes));
        }
    }
    many_rules(engines, &busy, &mut gathered)?;
    hostile_shapes(engines, &mut gathered)?;
    Ok(gathered.figures)
}

fn conditions(
    engines: &[Box<dyn Engine>],
    busy: &Context,
    gathered: &mut Gathered<'_>,
) -> Result<(), String> {
    for case in &CASES {
        let compile = format!("compile-{}", case.name);
        for engine in engines {
            if gathered.options.wants(case.name) {
                gathered.time(case.name, engine.as_ref(), engine.prepare(case, busy)?);
            }
            if gathered.options.wants(&compile) {
                gathered.time(&compile, engine.as_ref(), engine.compiler(case));
            }
        }
    }
    Ok(())
}

fn many_rules(
    engines: &[Box<dyn Engine>],
    busy: &Context,
    gathered: &mut Gathered<'_>,
) -> Result<(), String> {
    let sets = RULES.map(|count| (format!("rules-{count}"), RuleSet::one_in_a_hundred(count)));
    let curve = RULES.map(|count| (format!("curve-{count}"), RuleSet::ten_hold(count)));
    for (case, set) in sets.into_iter().chain(curve).filter(|(case, _)| gathered.options.wants(case)) {
        for engine in engines {
            let asked = set.count <= engine.most_rules()
                && (case.starts_with("rules-") || ON_THE_CURVE.contains(&engine.name()));
            if !asked {
                continue;
            }
            let mut run = engine.rules(set, busy)?;
            if run.as_mut().is_some_and(|run| run(1) != 1) {
                return Err(format!("{}, {case}: others hold than natively", engine.name()));
            }
            gathered.time(&case, engine.as_ref(), run);
        }
    }
    Ok(())
}

fn hostile_shapes(engines: &[Box<dyn Engine>], gathered: &mut Gathered<'_>) -> Result<(), String> {
    for shape in SHAPES.iter().filter(|shape| gathered.options.wants(shape.name)) {
        let [together, single] = answers::shape(shape)?;
        let ours: [(&dyn Engine, Matching); 2] = [(&Oracle, together), (&OracleSingle, single)];
        for (engine, mut matching) in ours {
            if engines.iter().any(|it| it.name() == engine.name()) {
                let run = runner(move || {
                    let mut held = 0_u32;
                    matching(&mut |_| held += 1);
                    black_box(held) > 0
                });
                gathered.time(shape.name, engine, Some(run));
            }
        }
    }
    Ok(())
}
