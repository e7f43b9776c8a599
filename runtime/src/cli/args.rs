//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::{
    check, compile, config, disasm, eval, executions, explain, key, new, pack, run, serve, state, test, token,
};
use crate::config::Config;

/// Rules for AI agents: check them, try them, replay recorded sessions against them.
#[derive(Debug, Parser)]
#[command(name = "oracle", version, disable_help_subcommand = true, max_term_width = 100)]
#[command(
    after_help = "Exit codes: 0 all is well, 1 the input has errors, 2 the command was called wrongly."
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
    #[command(flatten)]
    pub(super) common: Common,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Check(check::CheckArgs),
    Config(config::ConfigArgs),
    Test(test::TestArgs),
    Compile(compile::CompileArgs),
    Pack(pack::PackArgs),
    Key(key::KeyArgs),
    New(new::NewArgs),
    Run(run::RunArgs),
    Serve(serve::ServeArgs),
    State(state::StateArgs),
    Executions(executions::ExecutionsArgs),
    Token(token::TokenArgs),
    Eval(eval::EvalArgs),
    Explain(explain::ExplainArgs),
    Disasm(disasm::DisasmArgs),
}

impl Command {
    /// The keys of common options that change nothing for the command, though somebody may think so: examples of rules
    /// say themselves what the state is, and an expression belongs to no rule or plugin.
    pub(super) fn ignores(&self) -> &'static [&'static str] {
        match self {
            Command::Eval(_) => &["rules", "plugins", "lua_timeout_ms", "lua_memory_mb"],
            Command::Test(_) => &["data", "user", "project"],
            _ => &[],
        }
    }
}

/// What every command takes.
#[derive(Args, Debug)]
#[command(next_help_heading = "Common options")]
pub(super) struct Common {
    /// A folder of rules; may be repeated [default: the built-in rules, and ./rules where there is one]
    #[arg(long, global = true, value_name = "DIR")]
    rules: Vec<PathBuf>,
    /// A folder of plugins, or a plugin's own folder; may be repeated
    #[arg(long, global = true, value_name = "DIR")]
    plugins: Vec<PathBuf>,
    /// The folder of the state file, for run, serve, eval, state and executions [default: state is kept in memory]
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Whom events are about that do not say [default: local]
    #[arg(long, global = true, value_name = "ID")]
    user: Option<String>,
    /// The project of events that do not say [default: default]
    #[arg(long, global = true, value_name = "ID")]
    project: Option<String>,
    /// Milliseconds that a script may run [default: 5000]
    #[arg(long, global = true, value_name = "MS", value_parser = clap::value_parser!(u64).range(1..=3_600_000))]
    lua_timeout_ms: Option<u64>,
    /// Mebibytes that a script may use [default: 100]
    #[arg(long, global = true, value_name = "MB", value_parser = clap::value_parser!(u64).range(1..=65_536))]
    lua_memory_mb: Option<u64>,
    /// The configuration file [default: oracle.toml in this folder, where there is one]
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

impl Common {
    /// The keys that were given as flags.
    pub(super) fn given(&self) -> impl Iterator<Item = &'static str> + use<> {
        let given = [
            ("rules", !self.rules.is_empty()),
            ("plugins", !self.plugins.is_empty()),
            ("data", self.data.is_some()),
            ("user", self.user.is_some()),
            ("project", self.project.is_some()),
            ("lua_timeout_ms", self.lua_timeout_ms.is_some()),
            ("lua_memory_mb", self.lua_memory_mb.is_some()),
        ];
        given.into_iter().filter(|(_, given)| *given).map(|(key, _)| key)
    }

    /// Flags win over everything else.
    pub(super) fn apply(self, config: &mut Config) {
        self.given().for_each(|key| config.origins.flag(key));
        if !self.rules.is_empty() {
            config.rules = self.rules;
        }
        if !self.plugins.is_empty() {
            config.plugins = self.plugins;
        }
        config.data = self.data.or(config.data.take());
        if let Some(user) = self.user {
            config.user = user;
        }
        if let Some(project) = self.project {
            config.project = project;
        }
        config.lua_timeout_ms = self.lua_timeout_ms.unwrap_or(config.lua_timeout_ms);
        config.lua_memory_mb = self.lua_memory_mb.unwrap_or(config.lua_memory_mb);
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn the_arguments_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_has_an_example() {
        for command in Cli::command().get_subcommands() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains(&format!("oracle {}", command.get_name())), "{}", command.get_name());
        }
    }
}
