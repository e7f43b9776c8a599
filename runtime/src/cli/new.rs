//! `oracle new`: a rule or plugin to begin with, whose example passes.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use oracle_compiler::rulefile::is_id;
use oracle_vm::hook::{HOOKS, Hook};

use super::console::{Console, Look};
use super::status::{CliError, Status};
use crate::config::Config;
use crate::input::nearest;
use crate::plugin::MANIFEST;

/// Make a rule or a plugin to begin with
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  oracle new rule slow-search --hook on_tool_complete\n  oracle new plugin research-assistant"
)]
pub(super) struct NewArgs {
    #[command(subcommand)]
    what: What,
}

/// What to make.
#[derive(Debug, Subcommand)]
enum What {
    /// A rule file with an example, in the folder of rules
    #[command(after_help = "Example:\n  oracle new rule slow-search --hook on_tool_complete")]
    Rule {
        /// The id: lower case letters, digits and hyphens
        name: String,
        /// The hook at which it runs
        #[arg(long, default_value = "on_turn_start")]
        hook: String,
        /// The folder to put it into [default: the first folder of rules, else ./rules]
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
    },
    /// A plugin: a folder with a manifest, a setting, and a rule that reads it
    #[command(after_help = "Example:\n  oracle new plugin research-assistant")]
    Plugin {
        /// The id: lower case letters, digits and hyphens
        name: String,
        /// The folder to put it into [default: the first folder of plugins, else ./plugins]
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
    },
}

pub(super) fn run(args: &NewArgs, config: &Config, console: &mut Console) -> Result<Status, CliError> {
    let folder = |dir: &Option<PathBuf>, configured: &[PathBuf], usual: &str| {
        dir.clone().or_else(|| configured.first().cloned()).unwrap_or_else(|| usual.into())
    };
    let (path, next) = match &args.what {
        What::Rule { name, hook, dir } => {
            check_name(name)?;
            let hook = hook_of(hook)?;
            let path = folder(dir, &config.rules, "rules").join(format!("{name}.toml"));
            create(&path, &rule(name, hook))?;
            let next = format!("oracle test {}", path.display());
            (path, next)
        }
        What::Plugin { name, dir } => {
            check_name(name)?;
            let path = folder(dir, &config.plugins, "plugins").join(name);
            if path.exists() {
                return Err(refuse(&path, "it is there already: choose another name"));
            }
            create(&path.join(MANIFEST), &manifest(name))?;
            create(&path.join("rules/many-turns.toml"), PLUGIN_RULE)?;
            let next = format!("oracle test {}", path.display());
            (path, next)
        }
    };
    let made = console.paint().show(Look::Green, format!("made {}", path.display()));
    writeln!(console.out(), "{made}\ntry: {next}")?;
    Ok(Status::Ok)
}

fn check_name(name: &str) -> Result<(), CliError> {
    if is_id(name) {
        return Ok(());
    }
    let words: Vec<String> = name
        .split(|it: char| !it.is_ascii_alphanumeric())
        .filter(|it| !it.is_empty())
        .map(str::to_lowercase)
        .collect();
    let near = if words.is_empty() { String::new() } else { format!(", such as `{}`", words.join("-")) };
    Err(CliError::Misuse(format!(
        "`{}` is not an id: it consists of lower case letters, digits and hyphens{near}",
        name.escape_debug()
    )))
}

fn hook_of(name: &str) -> Result<Hook, CliError> {
    Hook::from_name(name).ok_or_else(|| {
        let names = || HOOKS.iter().map(|row| row.name);
        let way_out = match nearest(name, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("hooks: {}", names().collect::<Vec<_>>().join(", ")),
        };
        CliError::Misuse(format!("there is no hook `{}`: {way_out}", name.escape_debug()))
    })
}

/// Writes a file that is not there yet.
fn create(path: &Path, text: &str) -> Result<(), CliError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| refuse(folder, &error.to_string()))?;
    }
    let file = OpenOptions::new().write(true).create_new(true).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => refuse(path, "it is there already: choose another name"),
        _ => refuse(path, &error.to_string()),
    })
}

fn refuse(path: &Path, why: &str) -> CliError {
    CliError::Input(format!("`{}` cannot be made: {why}", path.display()))
}

/// A condition that holds at the hook, a context in which it does and one in which it does not.
fn example(hook: Hook) -> (&'static str, &'static str, &'static str) {
    match hook {
        Hook::OnToolComplete => (
            "result.duration_ms is not None and result.duration_ms > params.most",
            "{ result = { tool_name = \"web_search\", success = true, duration_ms = 50.0 } }",
            "{ result = { tool_name = \"web_search\", success = true, duration_ms = 5.0 } }",
        ),
        Hook::OnToolFailure => (
            "failure_count(result.tool_name) > params.most",
            "{ history = { failures = { web_search = 11 } }, result = { tool_name = \"web_search\", success = false } }",
            "{ history = { failures = { web_search = 1 } }, result = { tool_name = \"web_search\", success = false } }",
        ),
        _ => ("turn.number > params.most", "{ turn = { number = 11 } }", "{ turn = { number = 3 } }"),
    }
}

fn rule(id: &str, hook: Hook) -> String {
    let (condition, holds, fails) = example(hook);
    format!(
        r#"[rule]
id = "{id}"
description = "What it is for."
trigger = "{hook}"

# What users may change.
[params.most]
type = "integer"
default = 10
min = 0

[condition]
expression = "{condition}"

# What holds it back; remove what is not needed.
[limits]
cooldown_turns = 5

[action]
type = "notify_self"
message = "More than {{{{ params.most }}}}."

[[test]]
name = "above the bound it fires"
context = {holds}
fires = true
message = "More than 10."

[[test]]
name = "below the bound it does not"
context = {fails}
fires = false
"#
    )
}

fn manifest(id: &str) -> String {
    format!(
        r#"[plugin]
id = "{id}"
version = "0.1.0"
description = "What it is for."

# What the host must offer; without it, the plugin is skipped.
[capabilities]
requires = []

# What users may change. Conditions and messages read it as `settings.most_turns`.
[settings.most_turns]
type = "integer"
default = 20
min = 1
description = "Turns after which a session is long"
"#
    )
}

const PLUGIN_RULE: &str = r#"[rule]
id = "many-turns"
description = "Tells the agent that the session has become long."
trigger = "on_turn_start"

[condition]
expression = "turn.number > settings.most_turns"

[limits]
once = "session"

[action]
type = "notify_self"
message = "This is turn {{ context.turn.number }}: time to wrap up."

[[test]]
name = "a long session is noticed"
context = { turn = { number = 21 } }
fires = true
message = "This is turn 21: time to wrap up."

[[test]]
name = "the setting decides what is long"
context = { turn = { number = 21 } }
settings = { most_turns = 30 }
fires = false
"#;
