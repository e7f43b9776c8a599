//! `oracle eval --jsonl`: a stream of requests, answered in order, one line each.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use oracle_vm::machine::Machine;
use oracle_vm::value::{Data, Map};
use serde::Serialize;

use super::program::{Answer, Failure, Program};
use super::request::Request;
use crate::cli::console::Console;
use crate::cli::status::{CliError, Status};
use crate::trace::lines::Lines;

/// Compiled expressions that are kept; beyond, all are forgotten.
const KEPT: usize = 4_096;

/// The kind of what is wrong with a line rather than with its expression or context.
const INPUT: &str = "input";

/// What is said about a line that has no result.
#[derive(Clone, Debug, Serialize)]
struct ErrorReply {
    kind: &'static str,
    message: String,
    start: u32,
    end: u32,
}

impl ErrorReply {
    /// An error that is not in the expression.
    fn beside(kind: &'static str, message: impl Into<String>) -> ErrorReply {
        ErrorReply { kind, message: message.into(), start: 0, end: 0 }
    }
}

impl From<Failure> for ErrorReply {
    fn from(failure: Failure) -> ErrorReply {
        let (start, end) = failure.code_points;
        ErrorReply { kind: failure.kind, message: failure.message, start, end }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Reply<'a> {
    Error(&'a ErrorReply),
}

/// Answers every line of a file, or of standard input for `-`.
pub(super) fn run(path: &Path, state: Option<Arc<Map>>, console: &mut Console) -> Result<Status, CliError> {
    if path == Path::new("-") {
        return answer_all(std::io::stdin().lock(), state, console);
    }
    match File::open(path).and_then(|file| Ok((file.metadata()?.is_dir(), file))) {
        Ok((false, file)) => answer_all(file, state, console),
        Ok((true, _)) => Err(CliError::Input(format!("`{}`: it is a folder", path.display()))),
        Err(error) => Err(CliError::unreadable(path, &error)),
    }
}

fn answer_all<R: Read>(input: R, state: Option<Arc<Map>>, console: &mut Console) -> Result<Status, CliError> {
    let mut lines = Lines::new(BufReader::with_capacity(256 * 1024, input)).with_blank();
    let mut answers = Answers { state, ..Answers::default() };
    let mut broken = 0_u64;
    loop {
        // Whoever waits for an answer before it asks again gets it.
        if lines.would_block() {
            console.flush()?;
        }
        let line =
            lines.next_line().map_err(|error| CliError::Input(format!("cannot read further: {error}")))?;
        let Some((_, line)) = line else { break };
        let outcome = match line {
            Ok(text) => answers.answer(text),
            Err(error) => Err(ErrorReply::beside(INPUT, error.message())),
        };
        match outcome {
            Ok(Answer { result, matched }) => {
                writeln!(console.out(), "{{\"result\":{result},\"matched\":{matched}}}")?;
            }
            Err(error) => {
                broken += u64::from(error.kind == INPUT);
                serde_json::to_writer(console.out(), &Reply::Error(&error)).map_err(std::io::Error::from)?;
                writeln!(console.out())?;
            }
        }
    }
    Ok(Status::of(broken))
}

/// Answers requests one after the other, and remembers what it compiled.
#[derive(Default)]
struct Answers {
    /// The state of contexts that have none of their own.
    state: Option<Arc<Map>>,
    machine: Machine,
    programs: HashMap<String, Result<Program, ErrorReply>>,
    key: String,
}

impl Answers {
    fn answer(&mut self, line: &str) -> Result<Answer, ErrorReply> {
        let mut request: Request = serde_json::from_str(line).map_err(|error| input_error(&error))?;
        if let Some(state) = &self.state {
            request.take_state(state);
        }
        self.write_key(&request);
        if !self.programs.contains_key(&self.key) {
            if self.programs.len() >= KEPT {
                self.programs.clear();
            }
            let program = match request.check() {
                Err(message) => Err(ErrorReply::beside(INPUT, message)),
                Ok(()) => Program::compile(&request).map_err(ErrorReply::from),
            };
            self.programs.insert(self.key.clone(), program);
        }
        match self.programs.get(&self.key) {
            Some(Ok(program)) => match program.run(&request, &mut self.machine) {
                Ok(outcome) => outcome.map_err(ErrorReply::from),
                Err(message) => Err(ErrorReply::beside("context", message)),
            },
            Some(Err(error)) => Err(error.clone()),
            None => Err(ErrorReply::beside(INPUT, "the expression was not compiled")),
        }
    }

    /// What decides how an expression is compiled: its text, the hook, the names and types of its inputs. Every
    /// text is preceded by its length, so that no two requests share a key by accident.
    fn write_key(&mut self, request: &Request) {
        self.key.clear();
        let mut push = |mark: char, text: &str| {
            self.key.push(mark);
            // Writing to a text cannot fail.
            let _ = write!(self.key, "{}:", text.len());
            self.key.push_str(text);
        };
        push('e', &request.expression);
        if let Some(hook) = &request.hook {
            push('h', hook);
        }
        for (mark, data) in [('p', &request.params), ('s', &request.settings)] {
            push(mark, "");
            match data {
                Data::Map(map) => map.iter().for_each(|(name, value)| push(type_mark(value), name.as_str())),
                other => push(type_mark(other), ""),
            }
        }
    }
}

fn type_mark(value: &Data) -> char {
    match value {
        Data::None => 'N',
        Data::Bool(_) => 'B',
        Data::Int(_) => 'I',
        Data::Float(_) => 'F',
        Data::Str(_) => 'S',
        _ => 'D',
    }
}

/// A line that is no request.
fn input_error(error: &serde_json::Error) -> ErrorReply {
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or_default();
    let message = if error.is_data() {
        what.to_owned()
    } else {
        format!("not JSON: {what} at column {}", error.column())
    };
    ErrorReply::beside(INPUT, message)
}
