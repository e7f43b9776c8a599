//! The rules that `run` and `test` work with.

use std::path::Path;
use std::sync::Arc;

use oracle_compiler::diag::{Code, Diagnostic, Severity, render};
use oracle_compiler::session::{Options, RuleInput};
use oracle_vm::hook::Hook;

use super::check::plural;
use super::console::Console;
use super::pack::trust;
use super::status::CliError;
use crate::config::Config;
use crate::engine::RuleSet;
use crate::pack::join::{Packs, Rules, open_all, split};
use crate::plugin::{Discovered, discover};
use crate::ruleset::{Found, LoadOptions, Plain, compile_with_plugins, gather};

/// Rules that are ready to run.
pub(super) struct Loaded {
    /// The rules.
    pub(super) rules: Arc<RuleSet>,
}

impl Loaded {
    /// How many rules are on, by hook.
    pub(super) fn enabled_by_hook(&self) -> [u64; 7] {
        let mut counts = [0; 7];
        for (count, hook) in counts.iter_mut().zip(Hook::all()) {
            let on = |id: &&_| self.rules.get(**id).is_some_and(|rule| rule.spec.enabled);
            *count = self.rules.of_hook(hook).iter().filter(on).count() as u64;
        }
        counts
    }
}

/// What is configured to be loaded: the built-in rules and `./rules` where no other folders are named.
pub(super) fn options(config: &Config) -> Result<LoadOptions, CliError> {
    let usual = Path::new("rules");
    let builtin = config.rules.is_empty();
    let paths = if builtin && usual.is_dir() { vec![usual.to_owned()] } else { config.rules.clone() };
    let (plugins, host) = (config.plugins.clone(), config.host());
    Ok(LoadOptions { builtin, paths, plugins, host, trust: trust(config)?, ..LoadOptions::default() })
}

/// Loads the configured rules and plugins; without rules, the built-in ones and `./rules`. Problems are reported on the
/// way; a file with an error is left out, the others run.
pub(super) fn load(config: &Config, console: &mut Console) -> Result<Loaded, CliError> {
    let options = options(config)?;
    let (packs, _) = split(&options.paths);
    let packs = open_all(&packs, &options.trust);
    let Found { inputs, unreadable } = gather(&options, &mut Plain);
    for why in &unreadable {
        console.complain(why);
    }
    if inputs.is_empty() && packs.files.is_empty() && !unreadable.is_empty() {
        return Err(CliError::Input("there are no rules to run".to_owned()));
    }
    let plugins = discover(&config.plugins, &config.host());
    for why in &plugins.unreadable {
        console.complain(why);
    }
    ready(&inputs, plugins, packs, config, console)
}

/// Compiles rule files into rules that are ready to run, and reports what is wrong with them. What keeps a plugin out
/// is reported too, though it may only be a warning.
pub(super) fn ready(
    inputs: &[RuleInput],
    mut found: Discovered,
    packs: Packs,
    config: &Config,
    console: &mut Console,
) -> Result<Loaded, CliError> {
    let plugins = std::mem::take(&mut found.plugins);
    let mut compiled = compile_with_plugins(inputs, found, Options::default());
    let skips = |it: &Diagnostic| it.severity == Severity::Error || it.code == Code::MissingCapability;
    compiled.diagnostics.retain(skips);
    if !compiled.diagnostics.is_empty() {
        let colour = console.paint_errors().0;
        console.note(render::human::render(&compiled.diagnostics, &compiled.sources, colour).trim_end());
        let left_out = compiled.files.iter().filter(|it| it.rule.is_none()).count();
        if left_out > 0 {
            console
                .complain(format!("{} left out; the other rules run", plural(left_out as u64, "rule file")));
        }
    }
    let mut joined = Rules { specs: compiled.rules, pack: compiled.pack, plugins };
    let asked = !packs.problems.is_empty();
    for problem in joined.add(packs, &config.host()) {
        console.complain(problem);
    }
    if asked && joined.specs.is_empty() {
        return Err(CliError::Input("there are no rules to run".to_owned()));
    }
    let rules = RuleSet::with_plugins(joined.specs, joined.pack, joined.plugins)
        .map_err(|error| CliError::Input(format!("the rules cannot be run: {error}")))?;
    Ok(Loaded { rules: Arc::new(rules) })
}
