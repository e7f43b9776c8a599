//! `oracle test`: the examples in rule files.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use oracle_compiler::diag::Severity;
use oracle_compiler::rule::{RuleSpec, TestSpec};
use oracle_vm::ids::RuleId;
use oracle_vm::value::{Data, Map};

use super::check::plural;
use super::console::{Console, Look, Paint};
use super::rule_files::{self, Files};
use super::rules;
use super::status::{CliError, Status};
use crate::config::Config;
use crate::context::Context;
use crate::engine::RuleSet;
use crate::pack::join::Packs;
use crate::plugin::Discovered;
use crate::ruleset::{Found, builtin_inputs};
use crate::script::ScriptLimits;

/// Run the examples (`[[test]]`) of rule files
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  oracle test\n  oracle test rules/token-budget-warning.toml")]
pub(super) struct TestArgs {
    /// Rule files, and folders that are searched for them [default: the folders of rules, else the built-in rules]
    paths: Vec<PathBuf>,
    /// Show only what fails, and the counts
    #[arg(long, short)]
    quiet: bool,
}

/// What an example expected and what came instead.
struct Difference {
    what: &'static str,
    expected: String,
    got: String,
}

pub(super) fn run(args: &TestArgs, config: &Config, console: &mut Console) -> Result<Status, CliError> {
    let configured = !config.rules.is_empty() || !config.plugins.is_empty();
    let own = !args.paths.is_empty() || configured || std::path::Path::new("rules").is_dir();
    let files = if own {
        rule_files::gather(&args.paths, config)?
    } else {
        let loose = Found { inputs: builtin_inputs(), unreadable: Vec::new() };
        Files { loose, plugins: Discovered::default(), packs: Packs::default() }
    };
    for why in files.unreadable() {
        console.complain(why);
    }
    let broken = files.plugins.diagnostics.iter().filter(|it| it.severity == Severity::Error).count();
    let unusable = files.unreadable().count() + files.refused().len() + broken;
    let count =
        files.count() + files.packs.files.iter().map(|it| it.loaded.packed.rules.len()).sum::<usize>();
    let loaded = rules::ready(&files.loose.inputs, files.plugins, files.packs, config, console)?;
    let left_out = count - loaded.rules.rules().len();
    let (mut passed, mut failed, mut untested) = (0_u64, 0_u64, 0_u64);
    let paint = console.paint();
    for (id, rule) in (0..).map(RuleId).zip(loaded.rules.rules()) {
        untested += u64::from(rule.spec.tests.is_empty());
        for test in &rule.spec.tests {
            let differences = differences(&loaded.rules, id, &rule.spec, test, &config.script_limits());
            if differences.is_empty() {
                passed += 1
            } else {
                failed += 1
            }
            if !differences.is_empty() || !args.quiet {
                print(&rule.id, &test.name, &differences, paint, console.out())?;
            }
        }
    }
    let untested =
        if untested == 0 { String::new() } else { format!("; {} without", plural(untested, "rule")) };
    let text = format!("{}: {passed} passed, {failed} failed{untested}", plural(passed + failed, "example"));
    let look = if failed == 0 && left_out + unusable == 0 { Look::Green } else { Look::Red };
    writeln!(console.out(), "{}", paint.show(look, text))?;
    Ok(Status::of(failed + (left_out + unusable) as u64))
}

/// Runs one example.
fn differences(
    rules: &RuleSet,
    id: RuleId,
    spec: &RuleSpec,
    test: &TestSpec,
    scripts: &ScriptLimits,
) -> Vec<Difference> {
    let broken =
        |what, got: String| vec![Difference { what, expected: "one that can be taken".to_owned(), got }];
    let empty = Data::map(Map::default());
    let tree = if test.context == Data::None { &empty } else { &test.context };
    let context = match Context::from_data(tree, Some(spec.hook)) {
        Ok(context) => context,
        Err(error) => return broken("context", error.to_string()),
    };
    let nothing = Map::default();
    let (params, settings) = (given(&test.params, &nothing), given(&test.settings, &nothing));
    let trial = match rules.try_rule_within(id, &context, params, settings, scripts) {
        Ok(trial) => trial,
        Err(error) => return broken("params or settings", error.to_string()),
    };
    if let Some(error) = &trial.error {
        return vec![Difference { what: "fires", expected: word(test.fires), got: error.to_string() }];
    }
    let mut found = Vec::new();
    if trial.matched != test.fires {
        found.push(Difference { what: "fires", expected: word(test.fires), got: word(trial.matched) });
    }
    if let Some(expected) = test.message.as_ref().filter(|it| Some(it.as_str()) != trial.message()) {
        let got = trial.message().map_or_else(|| "no message".to_owned(), str::to_owned);
        found.push(Difference { what: "message", expected: expected.clone(), got });
    }
    found
}

fn given<'a>(data: &'a Data, nothing: &'a Map) -> &'a Map {
    match data {
        Data::Map(map) => map,
        _ => nothing,
    }
}

fn word(fires: bool) -> String {
    if fires { "yes" } else { "no" }.to_owned()
}

fn print(rule: &str, name: &str, found: &[Difference], paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let (look, word) = if found.is_empty() { (Look::Green, "ok") } else { (Look::Red, "failed") };
    writeln!(out, "{}  {rule}: {name}", paint.show(look, format!("{word:6}")))?;
    for Difference { what, expected, got } in found {
        writeln!(
            out,
            "        {what}: expected {expected}\n        {:width$}  got      {got}",
            "",
            width = what.len() - 1
        )?;
    }
    Ok(())
}
