//! `oracle eval`: the value of an expression, or of one on every line.
//!
//! [`request`] is one question (expression, context, hook, params, settings), [`program`] compiles and runs it,
//! [`batch`] answers a stream of them.

mod batch;
mod program;
mod request;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use oracle_compiler::diag::render;
use oracle_vm::machine::Machine;
use oracle_vm::value::Map;

use super::console::Console;
use super::data;
use super::status::{CliError, Status};
use crate::config::Config;
use crate::state::{NO_PLUGIN, Namespace, Store};
use program::{Answer, Program};
use request::Request;

/// Evaluate an expression, and print its value as JSON
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  oracle eval 'context.turn.token_usage > 0.8'
  oracle eval --context context.json --hook on_tool_failure \"failure_count('search') >= 3\"
  oracle eval --params '{\"threshold\": 0.5}' 'turn.token_usage > params.threshold'
  oracle eval --jsonl requests.jsonl

With --data, context.state is what is stored for --user and --project, unless the context says what it is.

With --jsonl, every line of input gets one line of output, in order:
  in   {\"expression\": TEXT, \"context\": {..}?, \"hook\": NAME?, \"params\": {..}?, \"settings\": {..}?}
  out  {\"result\": VALUE, \"matched\": BOOL}
  or   {\"error\": {\"kind\", \"message\", \"start\", \"end\"}}
start and end count code points of the expression; both are 0 where the error is not in the expression. The kinds
are those of the language (syntax, name, attribute, type, arity, limit; key, index, zero_division, overflow, value,
none), `context` for a context that cannot be taken, and `input` for a line that is no request. Only the last make
the exit code 1: errors of expressions are answers.")]
pub(in crate::cli) struct EvalArgs {
    /// The expression
    #[arg(required_unless_present = "jsonl", allow_hyphen_values = true)]
    expression: Option<String>,
    /// The context as JSON, as partial as you like; `-` reads it from standard input
    #[arg(long, value_name = "FILE", conflicts_with = "jsonl")]
    context: Option<PathBuf>,
    /// Check the expression for this hook, such as on_turn_start
    #[arg(long, conflicts_with = "jsonl")]
    hook: Option<String>,
    /// Params as a JSON object; their types are those of the values
    #[arg(long, value_name = "JSON", conflicts_with = "jsonl")]
    params: Option<String>,
    /// Settings as a JSON object; their types are those of the values
    #[arg(long, value_name = "JSON", conflicts_with = "jsonl")]
    settings: Option<String>,
    /// Answer one request a line; `-` reads them from standard input
    #[arg(long, value_name = "FILE", conflicts_with = "expression")]
    jsonl: Option<PathBuf>,
}

pub(in crate::cli) fn run(
    args: EvalArgs,
    config: &Config,
    console: &mut Console,
) -> Result<Status, CliError> {
    let state = stored_state(config)?;
    if let Some(path) = &args.jsonl {
        return batch::run(path, state, console);
    }
    let mut request = request_of(args)?;
    if let Some(state) = &state {
        request.take_state(state);
    }
    request.check().map_err(CliError::Misuse)?;
    let mut machine = Machine::new();
    let colour = console.paint_errors().0;
    let failure = match Program::compile(&request) {
        Ok(program) => {
            if !program.warnings.is_empty() {
                console.note(render::human::render(&program.warnings, &program.sources, colour).trim_end());
            }
            match program.run(&request, &mut machine).map_err(CliError::Input)? {
                Ok(Answer { result, .. }) => {
                    writeln!(console.out(), "{result}")?;
                    return Ok(Status::Ok);
                }
                Err(failure) => failure,
            }
        }
        Err(failure) => failure,
    };
    console.note(render::human::render(&failure.diagnostics, &failure.sources, colour).trim_end());
    Ok(Status::Problems)
}

/// What is stored for the rules outside plugins, where a folder with state is configured: what contexts that have no
/// state of their own see.
fn stored_state(config: &Config) -> Result<Option<Arc<Map>>, CliError> {
    if config.data.is_none() {
        return Ok(None);
    }
    let (user, project) = (config.user.as_str().into(), config.project.as_str().into());
    let namespace = Namespace { user, project, plugin: NO_PLUGIN.into() };
    Ok(Some(data::file(config, false)?.snapshot(&namespace)?))
}

fn request_of(args: EvalArgs) -> Result<Request, CliError> {
    let object = |name: &str, text: Option<String>| {
        let text = text.as_deref().unwrap_or("{}");
        request::map_of(text).map_err(|error| CliError::Misuse(format!("`--{name}`: {error}")))
    };
    let context = match &args.context {
        Some(path) => {
            let text = read_text(path)?;
            let data = serde_json::from_str(&text);
            Some(data.map_err(|error| CliError::Input(format!("`{}`: {error}", path.display())))?)
        }
        None => None,
    };
    Ok(Request {
        expression: args.expression.unwrap_or_default(),
        context,
        hook: args.hook,
        params: object("params", args.params)?,
        settings: object("settings", args.settings)?,
    })
}

/// The text of a file, or of standard input for `-`.
fn read_text(path: &Path) -> Result<String, CliError> {
    let mut text = String::new();
    let read = if path == Path::new("-") {
        std::io::stdin().lock().read_to_string(&mut text).map(|_| ())
    } else {
        std::fs::read_to_string(path).map(|it| text = it)
    };
    read.map_err(|error| CliError::unreadable(path, &error))?;
    Ok(text)
}
