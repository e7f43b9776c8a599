//! The same conditions in every engine, in one process: first that all agree, then how long each takes.
//!
//! `--quick` measures for less than a minute, `--format json` prints one figure a line, `--case C3` and
//! `--engine oracle` leave out the rest, `--check` only compares the answers.

use std::process::ExitCode;

use oracle_benches::cases::{CASES, Case};
use oracle_benches::context::{self, Context};
use oracle_benches::engine::Engine;
use oracle_benches::measure::{Effort, median};
use oracle_benches::native::{Native, NativeClosures};
use oracle_benches::oracle::{Oracle, OracleSingle};
use serde_json::json;

/// How many rules one event is put to.
const RULES: [usize; 3] = [1_000, 10_000, 100_000];

/// What the command line asks for.
struct Options {
    effort: Effort,
    json: bool,
    check_only: bool,
    case: Option<String>,
    engine: Option<String>,
}

/// One measured median.
struct Figure {
    case: String,
    engine: &'static str,
    version: &'static str,
    ns: f64,
}

fn main() -> ExitCode {
    let options = match options(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(message) => {
            eprintln!(
                "{message}\nusage: compare [--quick] [--check] [--format table|json] [--case C1] [--engine NAME]"
            );
            return ExitCode::from(2);
        }
    };
    match run(&options) {
        Ok(figures) if options.json => print_json(&figures),
        Ok(figures) => print_table(&figures),
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn options(mut args: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options =
        Options { effort: Effort::FULL, json: false, check_only: false, case: None, engine: None };
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or(format!("`{arg}` needs a value"));
        match arg.as_str() {
            "--quick" => options.effort = Effort::QUICK,
            "--check" => options.check_only = true,
            "--format" => match value()?.as_str() {
                "json" => options.json = true,
                "table" => options.json = false,
                other => return Err(format!("unknown format `{other}`")),
            },
            "--case" => options.case = Some(value()?),
            "--engine" => options.engine = Some(value()?),
            other => return Err(format!("unknown argument `{other}`")),
        }
    }
    Ok(options)
}

fn engines() -> Vec<Box<dyn Engine>> {
    #[cfg_attr(
        not(feature = "peers"),
        expect(unused_mut, reason = "peers are added only where they are built")
    )]
    let mut engines: Vec<Box<dyn Engine>> =
        vec![Box::new(Native), Box::new(NativeClosures), Box::new(Oracle), Box::new(OracleSingle)];
    #[cfg(feature = "peers")]
    engines.extend(oracle_benches::peers::all());
    engines
}

fn run(options: &Options) -> Result<Vec<Figure>, String> {
    let wanted = |name: &str, filter: &Option<String>| filter.as_ref().is_none_or(|it| it == name);
    let engines = engines();
    let engines: Vec<_> = engines.iter().filter(|it| wanted(it.name(), &options.engine)).collect();
    let cases: Vec<_> = CASES.iter().filter(|it| wanted(it.name, &options.case)).collect();
    for engine in &engines {
        for case in &cases {
            check(engine.as_ref(), case)?;
        }
    }
    let busy = context::busy();
    let mut sets = Vec::new();
    for count in RULES {
        let case = format!("rules-{count}");
        if !wanted(&case, &options.case) {
            continue;
        }
        for engine in engines.iter().filter(|it| count <= it.most_rules()) {
            if let Some(mut runner) = engine.rules(count, &busy)? {
                if runner(1) != 1 {
                    return Err(format!("{}: {case}: not one rule in a hundred holds", engine.name()));
                }
                sets.push((case.clone(), engine, runner));
            }
        }
    }
    let mut figures = Vec::new();
    if options.check_only {
        return Ok(figures);
    }
    for case in cases {
        for engine in &engines {
            let figure =
                |case: String, ns| Figure { case, engine: engine.name(), version: engine.version(), ns };
            if let Some(mut runner) = engine.prepare(case, &busy)? {
                figures.push(figure(case.name.into(), median(&mut runner, options.effort)));
            }
            if let Some(mut compiler) = engine.compiler(case) {
                figures.push(figure(format!("compile-{}", case.name), median(&mut compiler, options.effort)));
            }
        }
    }
    for engine in engines.iter().filter(|_| wanted("bind", &options.case)) {
        if let Some(mut binder) = engine.binder(&busy) {
            let ns = median(&mut binder, options.effort);
            figures.push(Figure {
                case: "bind".into(),
                engine: engine.name(),
                version: engine.version(),
                ns,
            });
        }
    }
    for (case, engine, mut runner) in sets {
        let ns = median(&mut runner, options.effort);
        figures.push(Figure { case, engine: engine.name(), version: engine.version(), ns });
    }
    Ok(figures)
}

/// That an engine answers as native code does, on every context.
fn check(engine: &dyn Engine, case: &Case) -> Result<(), String> {
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

fn print_json(figures: &[Figure]) {
    for it in figures {
        println!("{}", json!({"case": it.case, "engine": it.engine, "ns": it.ns, "version": it.version}));
    }
}

fn print_table(figures: &[Figure]) {
    println!("| case | engine | median, ns | to native |\n| --- | --- | --- | --- |");
    for it in figures {
        let native = figures.iter().find(|other| other.case == it.case && other.engine == "native");
        let ratio = native.map_or(String::new(), |native| format!("{:.1}", it.ns / native.ns));
        println!("| {} | {} | {:.1} | {ratio} |", it.case, it.engine, it.ns);
    }
}
