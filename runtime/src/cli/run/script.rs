//! `--script`: a script without a rule around it.

use std::path::Path;
use std::sync::Arc;

use oracle_compiler::rule::{Condition, RuleSpec};
use oracle_compiler::session::{Options, RuleInput, compile_rules};
use oracle_vm::hook::Hook;

use crate::cli::rules::Loaded;
use crate::cli::status::CliError;
use crate::engine::RuleSet;
use crate::script::check;
use crate::script::limits::SOURCE_BYTES;

/// The hook with this name.
pub(super) fn hook(name: &str) -> Result<Hook, String> {
    let names = || Hook::all().map(Hook::name).collect::<Vec<_>>().join(", ");
    Hook::from_name(name).ok_or_else(|| format!("no hook has this name; there are {}", names()))
}

/// A rule for each of the hooks, or for all of them, whose condition is the script.
pub(super) fn load(path: &Path, hooks: &[Hook]) -> Result<Loaded, CliError> {
    let bytes = std::fs::read(path).map_err(|error| CliError::unreadable(path, &error))?;
    let name = path.display();
    if bytes.len() > SOURCE_BYTES {
        return Err(CliError::Input(format!("`{name}` has more than {SOURCE_BYTES} bytes")));
    }
    let source: Arc<str> =
        String::from_utf8(bytes).map_err(|_| CliError::Input(format!("`{name}` is not UTF-8")))?.into();
    check(&source).map_err(|error| CliError::Input(format!("{name}:{}: {}", error.line, error.message)))?;
    let hooks: Vec<Hook> = if hooks.is_empty() { Hook::all().collect() } else { hooks.to_vec() };
    let inputs: Vec<RuleInput> =
        hooks.iter().map(|hook| RuleInput::loose(hook.name(), rule(*hook))).collect();
    let compiled = compile_rules(&inputs, Options { lint: false, ..Options::default() });
    let with_source = |spec: Arc<RuleSpec>| {
        let mut spec = Arc::unwrap_or_clone(spec);
        if let Condition::Script(script) = &mut spec.condition {
            script.path = path.display().to_string();
            script.source = Some(Arc::clone(&source));
        }
        spec
    };
    let specs: Vec<RuleSpec> = compiled.rules.into_iter().map(with_source).collect();
    let rules = RuleSet::new(specs, compiled.pack).map_err(|error| CliError::Input(error.to_string()))?;
    Ok(Loaded { rules: Arc::new(rules) })
}

fn rule(hook: Hook) -> String {
    format!(
        "[rule]\nid = \"{}\"\ntrigger = \"{hook}\"\n[condition]\nscript = \"script.lua\"\n\
         [action]\ntype = \"log\"\nmessage = \"matched\"\n",
        hook.name().replace('_', "-")
    )
}
