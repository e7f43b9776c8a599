//! The way from an input to a sink: detect, then hand each record to the format's reader.

use std::io::{self, BufRead};

use oracle_vm::value::Data;

use super::claude_code::ClaudeCode;
use super::detect::{Format, format_of};
use super::lines::{LineError, Lines};
use super::native;
use super::openai::OpenAi;
use super::{Assumptions, Problem, TraceSink};
use crate::input::{data_from_json, parse_rfc3339};

/// Bytes of a trace that is one JSON document over several lines.
const DOCUMENT_BYTES: usize = 64 * 1024 * 1024;

/// The reader of one format.
enum Reader {
    Native(Box<Assumptions>),
    OpenAi(Box<OpenAi>),
    ClaudeCode(Box<ClaudeCode>),
}

impl Reader {
    fn new(format: Format, assumptions: &Assumptions) -> Reader {
        match format {
            Format::Events => Reader::Native(Box::new(assumptions.clone())),
            Format::OpenAi => Reader::OpenAi(Box::new(OpenAi::new(assumptions.clone()))),
            Format::ClaudeCode => Reader::ClaudeCode(Box::new(ClaudeCode::new(assumptions.clone()))),
        }
    }

    fn record(&mut self, line: u64, record: &Data, sink: &mut dyn TraceSink) -> io::Result<()> {
        match self {
            Reader::Native(_) => Ok(()),
            Reader::OpenAi(reader) => reader.record(line, record, sink),
            Reader::ClaudeCode(reader) => reader.record(line, record, sink),
        }
    }

    fn text(&mut self, line: u64, text: &str, sink: &mut dyn TraceSink) -> io::Result<()> {
        if let Reader::Native(assumptions) = self {
            return native::line(line, text, assumptions, sink);
        }
        match parse(text) {
            Ok(record) => self.record(line, &record, sink),
            Err(problem) => sink.problem(at_line(problem, line)),
        }
    }

    fn finish(self, sink: &mut dyn TraceSink) -> io::Result<()> {
        match self {
            Reader::Native(_) => Ok(()),
            Reader::OpenAi(reader) => reader.finish(sink),
            Reader::ClaudeCode(reader) => reader.finish(sink),
        }
    }
}

/// Reads a trace to its end. Without a format, the first record tells it.
///
/// # Errors
/// What the sink returns; what is wrong with the input is a [`Problem`].
pub fn read<R: BufRead>(
    input: R,
    format: Option<Format>,
    assumptions: &Assumptions,
    sink: &mut dyn TraceSink,
) -> io::Result<()> {
    let mut lines = Lines::new(input);
    let mut reader = format.map(|it| Reader::new(it, assumptions));
    let mut any = false;
    loop {
        let (number, line) = match lines.next_line() {
            Ok(Some(line)) => line,
            Ok(None) => break,
            Err(error) => {
                sink.problem(Problem::error(0, format!("the trace cannot be read further: {error}")))?;
                break;
            }
        };
        any = true;
        let text = match line {
            Ok(text) => text,
            Err(error) => {
                sink.problem(Problem::error(number, error.message()))?;
                if error == LineError::Binary {
                    break;
                }
                continue;
            }
        };
        if let Some(reader) = &mut reader
            && (number > 1 || !opens_document(text))
        {
            reader.text(number, text, sink)?;
            continue;
        }
        if opens_document(text) {
            let first = text.to_owned();
            return document(number, first, lines, assumptions, sink);
        }
        match parse(text) {
            Ok(record) => {
                let mut found = Reader::new(format_of(&record), assumptions);
                found.text(number, text, sink)?;
                reader = Some(found);
            }
            Err(problem) => sink.problem(at_line(problem, number))?,
        }
    }
    if !any {
        let empty = Problem::error(0, "the trace is empty");
        sink.problem(
            empty.help("a trace has one JSON object a line, such as `{\"type\": \"agent.turn.start\"}`"),
        )?;
    }
    reader.map_or(Ok(()), |reader| reader.finish(sink))
}

/// Whether a line is the beginning of a JSON document that goes on in the lines after it.
fn opens_document(text: &str) -> bool {
    text.starts_with(['[', '{']) && text.ends_with(['[', '{', ',']) && parse(text).is_err()
}

/// A trace that is one JSON document over several lines: one session.
fn document<R: BufRead>(
    number: u64,
    mut text: String,
    mut lines: Lines<R>,
    assumptions: &Assumptions,
    sink: &mut dyn TraceSink,
) -> io::Result<()> {
    loop {
        match lines.next_line() {
            Ok(None) => break,
            Ok(Some((_, Ok(line)))) if text.len().saturating_add(line.len()) < DOCUMENT_BYTES => {
                text.push('\n');
                text.push_str(line);
            }
            Ok(Some((at, Ok(_)))) => {
                let mib = DOCUMENT_BYTES / (1024 * 1024);
                let problem =
                    Problem::error(at, format!("a trace that is one JSON document may have {mib} MiB"));
                return sink.problem(problem.help("write one session or one event a line"));
            }
            Ok(Some((at, Err(error)))) => return sink.problem(Problem::error(at, error.message())),
            Err(error) => {
                return sink.problem(Problem::error(0, format!("the trace cannot be read further: {error}")));
            }
        }
    }
    let record = match parse(&text) {
        Ok(record) => record,
        Err(problem) => return sink.problem(at_line(problem, number)),
    };
    if format_of(&record) != Format::OpenAi {
        let problem = Problem::error(number, "an event or record has to be on one line");
        return sink.problem(problem.help("`jq -c .` writes every JSON value on a line of its own"));
    }
    let mut reader = OpenAi::new(assumptions.clone());
    reader.record(number, &record, sink)?;
    reader.finish(sink)
}

/// Moves a problem, whose line counts from the start of its text, to its place in the trace.
fn at_line(problem: Problem, first: u64) -> Problem {
    Problem { line: first.saturating_add(problem.line.saturating_sub(1)), ..problem }
}

/// The JSON in a text; the problem's line counts from 1 in the text.
pub(super) fn parse(text: &str) -> Result<Data, Problem> {
    let json = serde_json::from_str(text).map_err(|error| json_problem(&error))?;
    data_from_json(&json, "record").map_err(|error| Problem::error(1, error.to_string()))
}

/// What serde_json says about a text that is not JSON; the line counts from 1 in the text.
pub(super) fn json_problem(error: &serde_json::Error) -> Problem {
    let line = u64::try_from(error.line()).unwrap_or(1).max(1);
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or_default();
    let problem = Problem::error(line, format!("not JSON: {what} at column {}", error.column()));
    if error.is_eof() {
        problem.help("the line ends too early: is the trace still being written?")
    } else {
        problem
    }
}

/// A field of a map that is there and not null.
pub(super) fn field<'a>(record: &'a Data, name: &str) -> Option<&'a Data> {
    match record {
        Data::Map(map) => map.get(name).filter(|it| !matches!(it, Data::None)),
        _ => None,
    }
}

/// A text field of a map.
pub(super) fn text_field<'a>(record: &'a Data, name: &str) -> Option<&'a str> {
    match field(record, name) {
        Some(Data::Str(text)) => Some(text.as_str()),
        _ => None,
    }
}

/// A count in a map.
pub(super) fn count_field(record: &Data, name: &str) -> u64 {
    match field(record, name) {
        Some(Data::Int(count)) => u64::try_from(*count).unwrap_or(0),
        _ => 0,
    }
}

/// The time of a record: RFC 3339 text, or seconds since 1970.
pub(super) fn time_field(record: &Data, name: &str) -> Option<f64> {
    match field(record, name)? {
        Data::Str(text) => parse_rfc3339(text.as_str()),
        #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 stay far below 2^53")]
        Data::Int(seconds) => Some(*seconds as f64),
        Data::Float(seconds) if seconds.is_finite() => Some(*seconds),
        _ => None,
    }
}

/// The text of a message's content: text, or a list of parts whose texts are joined.
pub(super) fn content_text(content: Option<&Data>) -> String {
    match content {
        Some(Data::Str(text)) => text.as_str().to_owned(),
        Some(Data::List(parts)) => {
            let texts: Vec<&str> = parts.iter().filter_map(|part| text_field(part, "text")).collect();
            texts.join("\n")
        }
        _ => String::new(),
    }
}
