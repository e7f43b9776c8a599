//! `oracle state`: what plugins remember, read and changed by hand.
//!
//! [`show`] prints entries, [`transfer`] writes everything to a file and reads it back.

mod show;
mod transfer;

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::check::plural;
use super::console::Console;
use super::data;
use super::status::{CliError, Status};
use crate::config::Config;
use crate::state::{Batch, NO_PLUGIN, Namespace, Store, Write};

/// Read and change the state that plugins keep
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  oracle state list --data data
  oracle state set --data data last_warning_turn 12
  oracle state get --data data --plugin research-assistant sources
  oracle state export --data data --output backup.jsonl
  oracle state import --data other backup.jsonl

State belongs to a user, a project and a plugin: --user, --project and --plugin say whose. The file is open in one
process at a time: stop a server that has it, or ask it over HTTP.")]
pub(super) struct StateArgs {
    #[command(subcommand)]
    command: StateCommand,
}

#[derive(Debug, Subcommand)]
enum StateCommand {
    /// Print the value of a key as JSON; exit code 1 where it has none
    Get {
        /// The key
        key: String,
        #[command(flatten)]
        of: Of,
    },
    /// Set a key
    Set {
        /// The key
        key: String,
        /// The value as JSON: text stands in quotes, as '"this"'
        #[arg(allow_hyphen_values = true)]
        value: String,
        #[command(flatten)]
        of: Of,
    },
    /// List keys and values
    List {
        #[command(flatten)]
        of: Of,
        /// Of every user, project and plugin
        #[arg(long, conflicts_with = "plugin")]
        all: bool,
        /// How to print them
        #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
        format: ListFormat,
    },
    /// Delete keys, or with --all-keys everything that the plugin keeps
    Clear {
        /// The keys
        #[arg(required_unless_present = "all_keys")]
        keys: Vec<String>,
        #[command(flatten)]
        of: Of,
        /// Every key
        #[arg(long, conflicts_with = "keys")]
        all_keys: bool,
    },
    /// Write all state, choices of users and memories of limits as JSON, one line each; not the execution log
    Export {
        /// The file to write, which must not exist [default: standard output]
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Read what `export` wrote: all of it or nothing; keys that are not in the file stay
    Import {
        /// The file; `-` reads standard input
        file: PathBuf,
    },
    /// Read the whole file, verify it, and say what is in it
    Check,
}

/// Whose state.
#[derive(Args, Debug)]
struct Of {
    /// The plugin; `_rules` are the rules outside plugins
    #[arg(long, value_name = "ID", default_value = NO_PLUGIN)]
    plugin: String,
}

/// The ways to print entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum ListFormat {
    /// A table for people
    #[default]
    Human,
    /// One JSON object a line
    Json,
}

impl Of {
    fn namespace(&self, config: &Config) -> Namespace {
        Namespace {
            user: config.user.as_str().into(),
            project: config.project.as_str().into(),
            plugin: self.plugin.as_str().into(),
        }
    }
}

pub(super) fn run(args: &StateArgs, config: &Config, console: &mut Console) -> Result<Status, CliError> {
    match &args.command {
        StateCommand::Get { key, of } => {
            let store = data::file(config, false)?;
            let Some(value) = store.get(&of.namespace(config), key)? else {
                return Err(CliError::Input(format!(
                    "`{key}` has no value: `oracle state list` shows what has"
                )));
            };
            writeln!(console.out(), "{}", show::json(&value))?;
        }
        StateCommand::Set { key, value, of } => {
            let value = serde_json::from_str(value).map_err(|error| {
                CliError::Misuse(format!(
                    "the value is not JSON: {error}; text stands in quotes, as '\"this\"'"
                ))
            })?;
            data::file(config, true)?.set(&of.namespace(config), key, value)?;
        }
        StateCommand::List { of, all, format } => {
            let store = data::file(config, false)?;
            let namespaces = if *all { store.namespaces()? } else { vec![of.namespace(config)] };
            for namespace in namespaces {
                let entries = store.entries(&namespace)?;
                match format {
                    ListFormat::Human => show::table(&namespace, &entries, *all, console)?,
                    ListFormat::Json => show::lines(&entries, console)?,
                }
            }
        }
        StateCommand::Clear { keys, of, all_keys } => {
            clear(keys, &of.namespace(config), *all_keys, config, console)?
        }
        StateCommand::Export { output } => {
            transfer::export(&data::file(config, false)?, output.as_deref(), console)?
        }
        StateCommand::Import { file } => {
            let count = transfer::import(&data::file(config, true)?, file)?;
            console.note(format_args!("{} read", plural(count, "line")));
        }
        StateCommand::Check => show::check(config, console)?,
    }
    Ok(Status::Ok)
}

fn clear(
    keys: &[String],
    namespace: &Namespace,
    all: bool,
    config: &Config,
    console: &mut Console,
) -> Result<(), CliError> {
    let store = data::file(config, false)?;
    let there = store.list(namespace)?;
    let gone = |key: &&String| all || there.iter().any(|it| it.as_str() == key.as_str());
    let count = if all { there.len() } else { keys.iter().filter(gone).count() };
    if all {
        store.clear(namespace)?;
    } else {
        let delete =
            |key: &String| Write { namespace: namespace.clone(), key: key.as_str().into(), value: None };
        store.commit(&Batch::of_writes(keys.iter().map(delete).collect()))?;
    }
    console.note(format_args!("{} deleted", plural(count as u64, "key")));
    Ok(())
}
