//! `oracle disasm`: the bytecode of conditions.

use std::path::{Path, PathBuf};

use clap::Args;
use oracle_compiler::diag::{Severity, render};
use oracle_compiler::expression::{ExpressionScope, Mode, compile};
use oracle_compiler::rule::Condition;
use oracle_compiler::session::{Options, compile_rules};
use oracle_vm::hook::Hook;
use oracle_vm::ids::ChunkId;
use oracle_vm::pack::Pack;

use super::console::{Console, Look};
use super::pack::trust;
use super::status::{CliError, Status};
use crate::config::Config;
use crate::engine::{RuleSet, RuleSetError};
use crate::pack::file;
use crate::ruleset::find;

/// Show the bytecode of conditions
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  oracle disasm rules/
  oracle disasm rules.opk
  oracle disasm rules/ token-budget-warning
  oracle disasm --expr 'context.turn.token_usage > 0.8'")]
pub(super) struct DisasmArgs {
    /// A rule file, a folder of them, or a pack
    #[arg(required_unless_present = "expr")]
    path: Option<PathBuf>,
    /// Only this rule, by its qualified id
    rule: Option<String>,
    /// An expression instead of rule files
    #[arg(long, value_name = "EXPR", conflicts_with_all = ["path", "rule"], allow_hyphen_values = true)]
    expr: Option<String>,
}

pub(super) fn run(args: &DisasmArgs, config: &Config, console: &mut Console) -> Result<Status, CliError> {
    match (&args.expr, &args.path) {
        (Some(text), _) => expression(text, console),
        (None, Some(path)) => rules(path, args.rule.as_deref(), config, console),
        (None, None) => Err(CliError::Misuse("name a rule file, or an expression with `--expr`".to_owned())),
    }
}

fn expression(text: &str, console: &mut Console) -> Result<Status, CliError> {
    let scope = ExpressionScope { hook: None, params: &[], settings: &[] };
    match compile(text, &scope, Mode::Truth, true) {
        Ok(made) => {
            list(&made.pack, made.chunk, console)?;
            Ok(Status::Ok)
        }
        Err(failed) => {
            let colour = console.paint_errors().0;
            console.note(render::human::render(&failed.diagnostics, &failed.sources, colour).trim_end());
            Ok(Status::Problems)
        }
    }
}

fn rules(
    path: &PathBuf,
    wanted: Option<&str>,
    config: &Config,
    console: &mut Console,
) -> Result<Status, CliError> {
    if file::is_pack(path) {
        let loaded = super::pack::load(path, &trust(config)?)?;
        let shown = show(RuleSet::new(loaded.packed.rules, loaded.packed.pack), wanted, console)?;
        return ended(path, wanted, shown, 0);
    }
    let found = find(std::slice::from_ref(path));
    if let Some(why) = found.unreadable.first() {
        return Err(CliError::Input(why.to_string()));
    }
    let mut compiled = compile_rules(&found.inputs, Options::default());
    compiled.diagnostics.retain(|it| it.severity == Severity::Error);
    let broken = compiled.diagnostics.len();
    if broken > 0 {
        let colour = console.paint_errors().0;
        console.note(render::human::render(&compiled.diagnostics, &compiled.sources, colour).trim_end());
    }
    let shown = show(RuleSet::new(compiled.rules, compiled.pack), wanted, console)?;
    ended(path, wanted, shown, broken)
}

/// The path of a script; scripts are not compiled to this machine's code.
fn script(condition: &Condition) -> Option<&str> {
    match condition {
        Condition::Script(script) => Some(&script.path),
        Condition::Expression(_) => None,
    }
}

/// Shows the code of the rules that are wanted, and which events wake them; how many rules there are.
fn show(
    set: Result<RuleSet, RuleSetError>,
    wanted: Option<&str>,
    console: &mut Console,
) -> Result<usize, CliError> {
    let set = set.map_err(|error| CliError::Input(error.to_string()))?;
    let pack = set.pack();
    let rules = pack.rules().iter().zip(set.rules().iter().map(|rule| script(&rule.spec.condition)));
    let mut shown = 0;
    for (rule, script) in rules.filter(|(rule, _)| wanted.is_none_or(|wanted| wanted == rule.id)) {
        let title = console.paint().show(Look::Bold, format!("{}  {}", rule.id, rule.hook));
        writeln!(console.out(), "{}{title}", if shown > 0 { "\n" } else { "" })?;
        shown += 1;
        if let Some(path) = script {
            writeln!(console.out(), "condition\n  the script `{path}`, which Lua runs: it has no code here")?;
        }
        for (what, chunk) in [("condition", rule.condition), ("clear_when", rule.clear_when)] {
            if let Some(chunk) = chunk {
                writeln!(console.out(), "{what}")?;
                list(pack, chunk, console)?;
            }
        }
    }
    for hook in Hook::all().filter(|hook| !set.of_hook(*hook).is_empty()) {
        let Some(program) = set.program(hook) else { continue };
        let listing = program.listing(pack, |id| wanted.is_none_or(|wanted| wanted == id));
        if !listing.is_empty() {
            writeln!(console.out(), "\n{}", listing.to_string().trim_end())?;
        }
    }
    Ok(shown)
}

fn ended(path: &Path, wanted: Option<&str>, shown: usize, broken: usize) -> Result<Status, CliError> {
    match wanted {
        Some(id) if shown == 0 => {
            Err(CliError::Input(format!("no rule in `{}` has the id `{id}`", path.display())))
        }
        _ => Ok(Status::of(broken)),
    }
}

/// One chunk: its source, then its instructions.
fn list(pack: &Pack, id: ChunkId, console: &mut Console) -> Result<(), CliError> {
    if let Some(listing) = oracle_vm::listing::chunk(pack, id) {
        writeln!(console.out(), "{}", listing.to_string().trim_end())?;
    }
    Ok(())
}
