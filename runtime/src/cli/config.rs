//! `oracle config`: what is configured, and where it comes from.

use std::io;

use clap::{Args, Subcommand, ValueEnum};

use super::args::Common;
use super::console::{Console, Look};
use super::status::{CliError, Status};
use super::{environment, plural};
use crate::config::{Config, KEYS, KeyValue, Origin};

/// Show what is configured and where it comes from, or check it
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  oracle config show
  oracle config show --format json --user ada
  oracle config check --config deploy/oracle.toml

A flag wins over a variable, a variable over the file, the file over the default.")]
pub(super) struct ConfigArgs {
    #[command(subcommand)]
    what: What,
}

/// What to do with the configuration.
#[derive(Debug, Subcommand)]
enum What {
    /// Check the configuration file and the variables: keys, types, ranges, and that named paths are there
    #[command(after_help = "Example:\n  oracle config check --config deploy/oracle.toml")]
    Check,
    /// Show every key with its value and where that comes from, as a configuration file
    #[command(after_help = "Example:\n  oracle config show --format json")]
    Show {
        /// How to print it
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
}

/// The ways to print the configuration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// As a configuration file, with comments
    #[default]
    Human,
    /// One JSON object a line
    Json,
}

pub(super) fn run(args: &ConfigArgs, common: Common, console: &mut Console) -> Result<Status, CliError> {
    let loaded = Config::load(common.config.as_deref(), environment());
    match &args.what {
        What::Check => {
            let problems = match loaded {
                Ok(mut config) => {
                    common.apply(&mut config);
                    missing(&config)
                }
                Err(errors) => errors.iter().map(ToString::to_string).collect(),
            };
            problems.iter().for_each(|problem| console.complain(problem));
            let (look, text) = match problems.len() {
                0 => (Look::Green, "the configuration is good".to_owned()),
                count => (Look::Red, plural(count as u64, "problem")),
            };
            let text = console.paint().show(look, text);
            writeln!(console.out(), "{text}")?;
            Ok(Status::of(problems.len()))
        }
        What::Show { format } => {
            let mut config = loaded?;
            common.apply(&mut config);
            show(&config, *format, console.out())?;
            Ok(Status::Ok)
        }
    }
}

/// Paths that are named and not there.
fn missing(config: &Config) -> Vec<String> {
    let named = [
        ("rules", config.rules.as_slice()),
        ("plugins", config.plugins.as_slice()),
        ("trusted_keys", config.trusted_keys.as_slice()),
    ];
    let mut problems = Vec::new();
    for (key, paths) in named {
        for path in paths.iter().filter(|path| !path.exists()) {
            let (place, path) = (config.origins.of(key), path.display());
            problems.push(format!(
                "{place}: `{key}`: there is no file or folder `{path}`: make it, or leave it out"
            ));
        }
    }
    problems
}

fn show(config: &Config, format: Format, out: &mut dyn io::Write) -> io::Result<()> {
    let mut config = config.clone();
    for row in KEYS {
        let origin = config.origins.of(row.name).clone();
        let value = (row.slot)(&mut config).value();
        match format {
            Format::Human => {
                let line = match (&value, value.to_toml()) {
                    (_, Some(value)) => format!("{} = {value}", row.name),
                    (KeyValue::Hidden, _) => format!("# {} is set, and not shown", row.name),
                    _ => format!("# {} is not set", row.name),
                };
                writeln!(out, "# {}\n{line}  # {origin}", row.doc)?;
            }
            Format::Json => {
                let kind = match origin {
                    Origin::Default => "default",
                    Origin::File(_) => "file",
                    Origin::Variable(_) => "variable",
                    Origin::Flag(_) => "flag",
                };
                let line = serde_json::json!({
                    "key": row.name, "value": value.to_json(), "origin": kind, "place": origin.to_string(), "doc": row.doc,
                });
                writeln!(out, "{line}")?;
            }
        }
    }
    Ok(())
}
