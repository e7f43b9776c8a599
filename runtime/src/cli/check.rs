//! `oracle check`: every problem of rule files, and the repair of those that have a certain one.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use oracle_compiler::diag::{Diagnostic, Severity, fix, render};
use oracle_compiler::packfile;
use oracle_compiler::session::{Compiled, Options, RuleInput};

use super::console::{Console, Look};
use super::rule_files;
use super::status::{CliError, Status};
use crate::config::Config;
use crate::pack::join::PackFile;
use crate::ruleset::{compile, compile_with_plugins};

/// Rounds of fixes at most: each may make the next one possible.
const ROUNDS: usize = 8;

/// Check rule files: syntax, names, types, templates, and what was probably not meant
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  oracle check\n  oracle check rules/ --fix\n  oracle check --plugins plugins/\n  oracle check --format sarif rules/ > check.sarif"
)]
pub(super) struct CheckArgs {
    /// Rule files, folders that are searched for them, and folders of plugins [default: the folders of rules]
    paths: Vec<PathBuf>,
    /// How to print the problems
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Treat these as errors
    #[arg(long, value_enum, value_name = "WHAT")]
    deny: Option<Deny>,
    /// Write the fixes that are certain into the files, and check again
    #[arg(long)]
    fix: bool,
}

/// The ways to print problems.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Human,
    /// One JSON object a line
    Json,
    /// A SARIF 2.1.0 document, for code hosts
    Sarif,
}

/// What can be made an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Deny {
    /// Every warning
    Warnings,
}

pub(super) fn run(args: &CheckArgs, config: &Config, console: &mut Console) -> Result<Status, CliError> {
    let mut files = rule_files::gather(&args.paths, config)?;
    let fixed = if args.fix {
        apply_fixes(&mut files.loose.inputs, console)? + apply_fixes(&mut files.plugins.inputs, console)?
    } else {
        0
    };
    let mut unreadable: Vec<String> = files.unreadable().map(ToString::to_string).collect();
    unreadable.extend(files.refused().iter().map(ToString::to_string));
    let mut compiled = compile_with_plugins(&files.loose.inputs, files.plugins, Options::default());
    add_sources(&files.packs.files, &mut compiled);
    let count = compiled.files.len();
    if args.deny == Some(Deny::Warnings) {
        compiled.diagnostics.iter_mut().for_each(|it| it.severity = Severity::Error);
    }
    for why in &unreadable {
        console.complain(why);
    }
    let list = &compiled.diagnostics;
    let colour = console.paint().0;
    match args.format {
        Format::Human => {
            write!(console.out(), "{}", render::human::render(list, &compiled.sources, colour))?;
            let text = summary(count, unreadable.len(), &compiled, fixed);
            let look = if errors(list) == 0 && unreadable.is_empty() { Look::Green } else { Look::Red };
            let text = console.paint().show(look, text);
            writeln!(console.out(), "{text}")?;
        }
        Format::Json => write!(console.out(), "{}", render::json::render(list, &compiled.sources))?,
        Format::Sarif => {
            writeln!(console.out(), "{}", render::sarif::render(list, &compiled.sources).trim_end())?
        }
    }
    Ok(Status::of(errors(list) + unreadable.len()))
}

/// The files that packs were compiled from are checked too; they are not fixed.
fn add_sources(packs: &[PackFile], compiled: &mut Compiled) {
    for PackFile { path, loaded } in packs {
        let prefix = format!("{}:", path.display());
        let Compiled { rules, sources, mut diagnostics, files, .. } =
            packfile::compile(&loaded.packed.sources, &prefix, Options::default());
        let by = compiled.sources.append(sources);
        diagnostics.iter_mut().for_each(|it| it.shift(by));
        compiled.diagnostics.append(&mut diagnostics);
        // Only their number is shown: what they point into moved.
        compiled.files.extend(files);
        compiled.rules.extend(rules);
    }
}

fn errors(list: &[Diagnostic]) -> usize {
    list.iter().filter(|it| it.severity == Severity::Error).count()
}

/// `6 rules in 6 files, no problems`.
fn summary(files: usize, unreadable: usize, compiled: &Compiled, fixed: usize) -> String {
    let errors = errors(&compiled.diagnostics) + unreadable;
    let warnings = compiled.diagnostics.len() + unreadable - errors;
    let problems = match (errors, warnings) {
        (0, 0) => "no problems".to_owned(),
        (0, warnings) => plural(warnings as u64, "warning"),
        (errors, 0) => plural(errors as u64, "error"),
        (errors, warnings) => {
            format!("{}, {}", plural(errors as u64, "error"), plural(warnings as u64, "warning"))
        }
    };
    let fixed =
        if fixed == 0 { String::new() } else { format!(", {} fixed", plural(fixed as u64, "problem")) };
    format!(
        "{} in {}, {problems}{fixed}",
        plural(compiled.rules.len() as u64, "rule"),
        plural(files as u64, "file")
    )
}

/// `1 rule`, `2 rules`.
pub(super) fn plural(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Applies certain fixes until there are none left; returns how many were applied.
fn apply_fixes(inputs: &mut [RuleInput], console: &mut Console) -> Result<usize, CliError> {
    let mut total = 0;
    for _ in 0..ROUNDS {
        let compiled = compile(inputs, Options::default());
        let mut changed = 0;
        for (input, outcome) in inputs.iter_mut().zip(&compiled.files) {
            let Some(source) = compiled.sources.get(outcome.source) else { continue };
            let (text, count) = fix::apply(&source.text, outcome.source, &compiled.diagnostics);
            // A text that was mended while it was read (a file that is not UTF-8) is not written back.
            if count > 0 && source.text.as_bytes() == input.bytes {
                save(input, text)?;
                changed += count;
            }
        }
        total += changed;
        if changed == 0 {
            break;
        }
        console.progress(|| format!("{} fixed", plural(total as u64, "problem")));
    }
    Ok(total)
}

fn save(input: &mut RuleInput, text: String) -> Result<(), CliError> {
    std::fs::write(&input.path, &text)
        .map_err(|error| CliError::Input(format!("`{}` cannot be written: {error}", input.path)))?;
    input.bytes = text.into_bytes();
    Ok(())
}
