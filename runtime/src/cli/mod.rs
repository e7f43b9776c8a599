//! The command line: one file for each command.
//!
//! `args` says what can be typed, `console` where output goes and how it looks, `status` how a command
//! ends. A command takes its arguments, the configuration and the console, writes as it works, and returns a
//! `status::Status`.

mod args;
mod check;
mod compile;
mod config;
mod console;
mod data;
mod disasm;
mod eval;
mod executions;
mod explain;
mod key;
mod logging;
mod new;
mod pack;
mod rule_files;
mod rules;
mod run;
mod serve;
mod state;
mod status;
mod test;
mod token;

use std::process::ExitCode;

use clap::Parser;

use crate::config::Config;
use args::{Cli, Command};
use check::plural;
use console::Console;
use status::{CliError, Status};

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version end here too. Nobody reads on: nothing is left to say.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(Status::MISUSE));
        }
    };
    let mut console = Console::new();
    let outcome = dispatch(cli, &mut console).and_then(|status| {
        console.flush()?;
        Ok(status)
    });
    match outcome {
        Ok(status) => ExitCode::from(status.code()),
        Err(error) if error.is_closed_pipe() => ExitCode::SUCCESS,
        Err(error) => {
            console.complain(&error);
            ExitCode::from(error.code())
        }
    }
}

fn dispatch(cli: Cli, console: &mut Console) -> Result<Status, CliError> {
    let Cli { command, common } = cli;
    if let Command::Explain(args) = &command {
        return explain::run(args, console);
    }
    if let Command::Config(args) = &command {
        return config::run(args, common, console);
    }
    let mut config = Config::load(common.config.as_deref(), environment())?;
    for key in common.given().filter(|key| command.ignores().contains(key)) {
        console.note(format!("`--{}` changes nothing for this command", key.replace('_', "-")));
    }
    common.apply(&mut config);
    match command {
        Command::Check(args) => check::run(&args, &config, console),
        // It looks at what cannot be loaded too, so it was run before.
        Command::Config(_) => Ok(Status::Ok),
        Command::Compile(args) => compile::run(&args, &config, console),
        Command::Disasm(args) => disasm::run(&args, &config, console),
        Command::Eval(args) => eval::run(args, &config, console),
        Command::Executions(args) => executions::run(&args, &config, console),
        Command::Explain(args) => explain::run(&args, console),
        Command::Key(args) => key::run(&args, console),
        Command::New(args) => new::run(&args, &config, console),
        Command::Pack(args) => pack::run(&args, &config, console),
        Command::Run(args) => run::run(&args, &config, console),
        Command::Serve(args) => serve::run(args, config, console),
        Command::State(args) => state::run(&args, &config, console),
        Command::Token(args) => token::run(&args, &config, console),
        Command::Test(args) => test::run(&args, &config, console),
    }
}

/// The variables whose name and value are text.
fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().filter_map(both_text)
}

/// A variable whose name and value are text; others are none of ours.
fn both_text((name, value): (std::ffi::OsString, std::ffi::OsString)) -> Option<(String, String)> {
    Some((name.into_string().ok()?, value.into_string().ok()?))
}
