//! Claude Code's session files: one record a line, tool use and results as parts of messages.

use std::io;

use indexmap::IndexMap;
use oracle_vm::value::Data;

use super::derive::{Call, Deriver, ModelMessage, ToolResult, Usage, map};
use super::read::{content_text, count_field, field, text_field, time_field};
use super::{Assumptions, Format, Problem, SessionHeader, TraceSink};

/// Sessions that may be open at the same time; the oldest is ended beyond.
const OPEN_SESSIONS: usize = 64;

/// Reads records of any number of sessions, also interleaved.
#[derive(Debug)]
pub(super) struct ClaudeCode {
    assumptions: Assumptions,
    open: IndexMap<String, Deriver>,
}

impl ClaudeCode {
    pub(super) fn new(assumptions: Assumptions) -> ClaudeCode {
        ClaudeCode { assumptions, open: IndexMap::new() }
    }

    /// One record. Records that are not messages (summaries, snapshots of files) are passed over.
    pub(super) fn record(&mut self, line: u64, record: &Data, sink: &mut dyn TraceSink) -> io::Result<()> {
        if !matches!(record, Data::Map(_)) {
            return sink.problem(Problem::error(line, "a record must be a JSON object"));
        }
        let role = match text_field(record, "type") {
            Some(role @ ("user" | "assistant")) => role,
            Some(_) => return Ok(()),
            None => return sink.problem(Problem::error(line, "a record needs a text `type`")),
        };
        let Some(message) = field(record, "message").filter(|it| matches!(it, Data::Map(_))) else {
            return sink.problem(Problem::error(
                line,
                format!("a record of type `{role}` needs a `message` object"),
            ));
        };
        let time = time_field(record, "timestamp");
        let session = self.session(record, time, sink)?;
        session.on_line(line);
        match (role, flag(record, "isMeta")) {
            ("assistant", _) => assistant(session, message, time, sink),
            (_, true) => {
                session.system(&content_text(field(message, "content")));
                Ok(())
            }
            (_, false) => user(session, message, time, sink),
        }
    }

    pub(super) fn finish(self, sink: &mut dyn TraceSink) -> io::Result<()> {
        self.open.into_values().try_for_each(|session| session.finish(sink))
    }

    /// The session of a record. What a subagent says is a session of its own.
    fn session(
        &mut self,
        record: &Data,
        time: Option<f64>,
        sink: &mut dyn TraceSink,
    ) -> io::Result<&mut Deriver> {
        let mut id = text_field(record, "sessionId").unwrap_or("session").to_owned();
        if flag(record, "isSidechain") {
            id.push_str("/subagent");
        }
        if !self.open.contains_key(&id) {
            if self.open.len() >= OPEN_SESSIONS
                && let Some((_, oldest)) = self.open.shift_remove_index(0)
            {
                oldest.finish(sink)?;
            }
            let detail = text_field(record, "cwd").map_or_else(String::new, |folder| format!("in {folder}"));
            let header =
                SessionHeader { id: id.clone(), format: Format::ClaudeCode, timed: time.is_some(), detail };
            let session = Deriver::start(header, time.unwrap_or_default(), self.assumptions.clone(), sink)?;
            return Ok(self.open.entry(id).or_insert(session));
        }
        self.open.get_mut(&id).ok_or_else(|| io::Error::other("the session was there a moment ago"))
    }
}

fn flag(record: &Data, name: &str) -> bool {
    matches!(field(record, name), Some(Data::Bool(true)))
}

fn parts(message: &Data) -> &[Data] {
    match field(message, "content") {
        Some(Data::List(parts)) => parts,
        _ => &[],
    }
}

fn assistant(
    session: &mut Deriver,
    message: &Data,
    time: Option<f64>,
    sink: &mut dyn TraceSink,
) -> io::Result<()> {
    let calls =
        parts(message).iter().filter(|part| text_field(part, "type") == Some("tool_use")).map(|part| Call {
            id: text_field(part, "id").unwrap_or_default().to_owned(),
            name: text_field(part, "name").unwrap_or("unknown").to_owned(),
            arguments: match field(part, "input") {
                Some(arguments @ Data::Map(_)) => arguments.clone(),
                _ => Data::map(map([])),
            },
        });
    let usage = field(message, "usage").map(|usage| {
        let sum = |names: &[&str]| {
            names.iter().fold(0, |sum: u64, name| sum.saturating_add(count_field(usage, name)))
        };
        let new = sum(&["input_tokens", "cache_creation_input_tokens", "output_tokens"]);
        Usage { context: new.saturating_add(sum(&["cache_read_input_tokens"])), new }
    });
    let message = ModelMessage {
        id: text_field(message, "id").map(str::to_owned),
        text: content_text(field(message, "content")),
        calls: calls.collect(),
        usage,
    };
    session.model(message, time, sink)
}

fn user(
    session: &mut Deriver,
    message: &Data,
    time: Option<f64>,
    sink: &mut dyn TraceSink,
) -> io::Result<()> {
    for part in parts(message).iter().filter(|part| text_field(part, "type") == Some("tool_result")) {
        let result = ToolResult {
            id: text_field(part, "tool_use_id").unwrap_or_default().to_owned(),
            name: None,
            text: content_text(field(part, "content")),
            failed: flag(part, "is_error"),
        };
        session.result(result, time, sink)?;
    }
    let text = content_text(field(message, "content"));
    if text.is_empty() { Ok(()) } else { session.user(&text, time, sink) }
}
