//! `oracle run`: a recorded session, replayed against the rules.
//!
//! [`replay`] hands every event of the trace to the engine and keeps the [`summary`]; what happened goes to a view:
//! [`timeline`] for people, [`lines`] for programs. A [`profile`] says where the time went.

mod lines;
mod profile;
mod replay;
mod script;
mod summary;
mod text;
mod timeline;

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use oracle_vm::hook::Hook;

use super::console::Console;
use super::status::{CliError, Status};
use super::{data, rules};
use crate::config::Config;
use crate::config::keys::MOST_TOKENS;
use crate::engine::EngineOptions;
use crate::trace::{self, Assumptions};
use replay::{Replay, Shown, View};

/// Replay a recorded session, and show which rules fire and what the agent would have read
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  oracle run session.jsonl
  oracle run --only-fired --rules my-rules/ session.jsonl
  oracle run --format-out json session.jsonl | jq .first_match
  oracle run --quiet --profile session.jsonl
  oracle run --data data session.jsonl
  oracle run --script check.lua --hook on_turn_start session.jsonl

Formats, told apart by content: our own events, one JSON object a line; OpenAI chat messages (an array, an object
with `messages` or `traj`, one such object a line, or one message a line); the session files of Claude Code.

What messages do not say is derived: one message of the model with its tool calls is a turn; a tool result that is
marked as an error or begins with `Error` is a failure; times are taken from the trace, else every message is a
second after the one before; tokens are taken from the trace, else 4 characters are one token.")]
pub(in crate::cli) struct RunArgs {
    /// The trace; `-` reads it from standard input
    file: PathBuf,
    /// The format of the trace
    #[arg(long, value_enum, default_value_t)]
    format: TraceFormat,
    /// How to print what happens
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format_out: FormatOut,
    /// Show every rule that was evaluated, not only those that matched or failed
    #[arg(long)]
    all: bool,
    /// Show only the events at which something fired, failed or was read
    #[arg(long)]
    only_fired: bool,
    /// Show only problems and the summary
    #[arg(long, short, conflicts_with = "only_fired")]
    quiet: bool,
    /// After the summary, show the time of each hook and rule, slowest first, and how many the index answered
    #[arg(long)]
    profile: bool,
    /// Run this script in place of rules: `matched` is logged where it says yes, its own actions run where it has any
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
    /// The hook that `--script` runs at; may be repeated [default: all of them]
    #[arg(long, value_name = "HOOK", requires = "script", value_parser = script::hook)]
    hook: Vec<Hook>,
    /// Tokens that a session may use, where the trace does not say [default: 200000]
    #[arg(long, value_name = "TOKENS", value_parser = clap::value_parser!(u64).range(1..=MOST_TOKENS))]
    token_budget: Option<u64>,
    /// Tokens that fit into the context, where the trace does not say [default: 200000]
    #[arg(long, value_name = "TOKENS", value_parser = clap::value_parser!(u64).range(1..=MOST_TOKENS))]
    context_window: Option<u64>,
}

/// What a trace may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum TraceFormat {
    /// Told by the first record
    #[default]
    Auto,
    /// Our own events
    Events,
    /// OpenAI chat messages
    Openai,
    /// Claude Code's session files
    ClaudeCode,
}

impl TraceFormat {
    fn known(self) -> Option<trace::Format> {
        match self {
            TraceFormat::Auto => None,
            TraceFormat::Events => Some(trace::Format::Events),
            TraceFormat::Openai => Some(trace::Format::OpenAi),
            TraceFormat::ClaudeCode => Some(trace::Format::ClaudeCode),
        }
    }
}

/// The ways to print a replay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum FormatOut {
    /// A timeline for people
    #[default]
    Human,
    /// The result of each event, one JSON object a line; the last line is the summary
    Json,
}

/// How much is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// Every event.
    All,
    /// Events at which something fired, failed or was read.
    Fired,
    /// The summary.
    Summary,
}

pub(in crate::cli) fn run(
    args: &RunArgs,
    config: &Config,
    console: &mut Console,
) -> Result<Status, CliError> {
    let input = open(args)?;
    let loaded = match &args.script {
        Some(path) => script::load(path, &args.hook)?,
        None => rules::load(config, console)?,
    };
    let parts = EngineOptions {
        store: data::open(config)?,
        scripts: config.script_limits(),
        ..EngineOptions::default()
    };
    let detail = match (args.quiet, args.only_fired) {
        (true, _) => Detail::Summary,
        (false, true) => Detail::Fired,
        (false, false) => Detail::All,
    };
    let assumptions = Assumptions {
        user: config.user.as_str().into(),
        project: config.project.as_str().into(),
        token_budget: args.token_budget.unwrap_or(config.token_budget),
        context_window: args.context_window.unwrap_or(config.context_window),
    };
    let view: Box<dyn View> = match args.format_out {
        FormatOut::Human => Box::new(timeline::Timeline::new(detail, args.all, console.paint())),
        FormatOut::Json => Box::new(lines::Lines::new(detail)),
    };
    let name =
        if args.file.as_os_str() == "-" { "<stdin>".to_owned() } else { args.file.display().to_string() };
    let shown = Shown { all: args.all, profile: args.profile };
    let mut replay = Replay::new(name, loaded, parts, shown, &assumptions, view, console);
    trace::read(input, args.format.known(), &assumptions, &mut replay)?;
    replay.finish()
}

fn open(args: &RunArgs) -> Result<Box<dyn BufRead>, CliError> {
    const BUFFER: usize = 256 * 1024;
    if args.file.as_os_str() == "-" {
        return Ok(Box::new(BufReader::with_capacity(BUFFER, std::io::stdin().lock())));
    }
    let opened = File::open(&args.file).and_then(|file| Ok((file.metadata()?.is_dir(), file)));
    match opened {
        Ok((false, file)) => Ok(Box::new(BufReader::with_capacity(BUFFER, file))),
        Ok((true, _)) => {
            let path = args.file.display();
            Err(CliError::Input(format!("`{path}`: it is a folder; name a file in it")))
        }
        Err(error) => Err(CliError::unreadable(&args.file, &error)),
    }
}
