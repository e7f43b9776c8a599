//! The same conditions in every engine, in one process: first that all agree, then how long each takes.
//!
//! `--quick` measures for less than a minute, `--format json` prints one figure a line, `--case C3` and
//! `--engine oracle` leave out the rest, `--check` only compares the answers. With the feature `peers` other engines
//! are there too.

mod answers;
mod figures;
mod memory;
mod print;

use std::process::ExitCode;

use oracle_benches::engine::Engine;
use oracle_benches::measure::Effort;
use oracle_benches::native::{Native, NativeClosures};
use oracle_benches::oracle::{Oracle, OracleSingle};

/// What the command line asks for.
struct Options {
    effort: Effort,
    json: bool,
    check_only: bool,
    case: Option<String>,
    engine: Option<String>,
}

impl Options {
    fn wants(&self, case: &str) -> bool {
        self.case.as_ref().is_none_or(|it| it == case)
    }
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
    let figures = match run(&options) {
        Ok(figures) => figures,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::FAILURE;
        }
    };
    let print = if options.json { print::json } else { print::tables };
    match print(&mut std::io::stdout().lock(), &figures) {
        // Whoever reads this has read enough.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the figures cannot be printed: {error}");
            ExitCode::FAILURE
        }
        Ok(()) => ExitCode::SUCCESS,
    }
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
                other => return Err(format!("unknown format `{other}`; there are `table` and `json`")),
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

fn run(options: &Options) -> Result<Vec<figures::Figure>, String> {
    let mut engines = engines();
    engines.retain(|engine| options.engine.as_ref().is_none_or(|name| name == engine.name()));
    if engines.is_empty() {
        return Err("no engine has this name, or it was not built in".into());
    }
    answers::agree(&engines, options)?;
    if options.check_only {
        return Ok(Vec::new());
    }
    let figures = figures::measure(&engines, options)?;
    if figures.is_empty() {
        return Err("nothing to measure: no case has this name, or the engine cannot say it".into());
    }
    Ok(figures)
}
