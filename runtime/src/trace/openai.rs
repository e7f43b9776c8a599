//! OpenAI chat messages: one session a record, or one message a record.

use std::io;

use oracle_vm::value::Data;

use super::derive::{Call, Deriver, ModelMessage, ToolResult, map};
use super::read::{content_text, field, parse, text_field, time_field};
use super::{Assumptions, Format, Problem, SessionHeader, TraceSink};

/// When the first session of a trace without times begins: 2000-01-01, in seconds since 1970.
const EPOCH: f64 = 946_684_800.0;
/// Seconds between two such sessions.
const PAUSE: f64 = 60.0;

/// Reads sessions one after the other.
#[derive(Debug)]
pub(super) struct OpenAi {
    assumptions: Assumptions,
    sessions: u64,
    clock: f64,
    /// The session of messages that come one a line.
    loose: Option<Deriver>,
}

impl OpenAi {
    pub(super) fn new(assumptions: Assumptions) -> OpenAi {
        OpenAi { assumptions, sessions: 0, clock: EPOCH, loose: None }
    }

    /// One record: a whole session, or one message.
    pub(super) fn record(&mut self, line: u64, record: &Data, sink: &mut dyn TraceSink) -> io::Result<()> {
        let messages = match record {
            Data::List(messages) => Some(messages),
            _ => match field(record, "messages").or_else(|| field(record, "traj")) {
                Some(Data::List(messages)) => Some(messages),
                Some(_) => {
                    return sink.problem(Problem::error(line, "`messages` must be a list of messages"));
                }
                None => None,
            },
        };
        let Some(messages) = messages else { return self.loose_message(line, record, sink) };
        self.end_loose(sink)?;
        let mut session = self.start(record, messages.first(), sink)?;
        session.on_line(line);
        for (at, it) in messages.iter().enumerate() {
            if let Err(what) = message(&mut session, it, sink)? {
                sink.problem(Problem::error(line, format!("message {}: {what}", at + 1)))?;
            }
        }
        self.end(session, sink)
    }

    pub(super) fn finish(mut self, sink: &mut dyn TraceSink) -> io::Result<()> {
        self.end_loose(sink)
    }

    fn loose_message(&mut self, line: u64, record: &Data, sink: &mut dyn TraceSink) -> io::Result<()> {
        let mut session = match self.loose.take() {
            Some(session) => session,
            None => self.start(&Data::None, Some(record), sink)?,
        };
        session.on_line(line);
        if let Err(what) = message(&mut session, record, sink)? {
            sink.problem(Problem::error(line, what))?;
        }
        self.loose = Some(session);
        Ok(())
    }

    fn start(
        &mut self,
        record: &Data,
        first: Option<&Data>,
        sink: &mut dyn TraceSink,
    ) -> io::Result<Deriver> {
        self.sessions = self.sessions.saturating_add(1);
        let time = first.and_then(|message| time_field(message, "timestamp"));
        let id = ["session_id", "id"].iter().find_map(|name| text_field(record, name));
        let header = SessionHeader {
            id: id.map_or_else(|| format!("session-{}", self.sessions), str::to_owned),
            format: Format::OpenAi,
            timed: time.is_some(),
            detail: detail(record),
        };
        Deriver::start(header, time.unwrap_or(self.clock), self.assumptions.clone(), sink)
    }

    fn end(&mut self, session: Deriver, sink: &mut dyn TraceSink) -> io::Result<()> {
        self.clock = session.now() + PAUSE;
        session.finish(sink)
    }

    fn end_loose(&mut self, sink: &mut dyn TraceSink) -> io::Result<()> {
        match self.loose.take() {
            Some(session) => self.end(session, sink),
            None => Ok(()),
        }
    }
}

/// The small facts beside the messages, such as `task_id 3, reward 1`.
fn detail(record: &Data) -> String {
    let Data::Map(map) = record else { return String::new() };
    let facts = map.iter().filter_map(|(name, value)| match value {
        Data::Int(number) => Some(format!("{} {number}", name.as_str())),
        Data::Float(number) => Some(format!("{} {number}", name.as_str())),
        _ => None,
    });
    facts.take(4).collect::<Vec<_>>().join(", ")
}

/// One message; the inner error says what is wrong with it.
fn message(
    session: &mut Deriver,
    message: &Data,
    sink: &mut dyn TraceSink,
) -> io::Result<Result<(), String>> {
    let time = time_field(message, "timestamp");
    let Some(role) = text_field(message, "role") else {
        return Ok(Err("a message needs a text `role`, such as `user` or `assistant`".to_owned()));
    };
    let text = content_text(field(message, "content"));
    match role {
        "system" | "developer" => session.system(&text),
        "user" => session.user(&text, time, sink)?,
        "assistant" => {
            let calls = match calls(message) {
                Ok(calls) => calls,
                Err(what) => return Ok(Err(what)),
            };
            session.model(ModelMessage { text, calls, ..ModelMessage::default() }, time, sink)?;
        }
        "tool" | "function" => {
            let name = text_field(message, "name");
            let id = text_field(message, "tool_call_id").or(name).unwrap_or_default().to_owned();
            let result = ToolResult { id, name: name.map(str::to_owned), text, failed: false };
            session.result(result, time, sink)?;
        }
        other => {
            let known = "known are `system`, `developer`, `user`, `assistant`, `tool` and `function`";
            return Ok(Err(format!("unknown role `{other}`; {known}")));
        }
    }
    Ok(Ok(()))
}

/// The tool calls of a message, also in the older form with one `function_call`.
fn calls(message: &Data) -> Result<Vec<Call>, String> {
    if let Some(function) = field(message, "function_call") {
        let name = function_name(function)?;
        return Ok(vec![Call { id: name.clone(), name, arguments: arguments(function) }]);
    }
    match field(message, "tool_calls") {
        None => Ok(Vec::new()),
        Some(Data::List(calls)) => calls
            .iter()
            .map(|call| {
                let function = field(call, "function").unwrap_or(call);
                let id = text_field(call, "id").unwrap_or_default().to_owned();
                Ok(Call { id, name: function_name(function)?, arguments: arguments(function) })
            })
            .collect(),
        Some(_) => Err("`tool_calls` must be a list".to_owned()),
    }
}

fn function_name(function: &Data) -> Result<String, String> {
    let name = text_field(function, "name").ok_or("a tool call needs `function.name`")?;
    Ok(name.to_owned())
}

/// The arguments of a call: a map, mostly written as JSON text. Text that is no map is kept under `text`.
fn arguments(function: &Data) -> Data {
    match field(function, "arguments") {
        Some(map @ Data::Map(_)) => map.clone(),
        Some(Data::Str(text)) => match parse(text.as_str()) {
            Ok(map @ Data::Map(_)) => map,
            _ if text.as_str().trim().is_empty() => Data::map(map([])),
            _ => Data::map(map([("text", Data::Str(text.clone()))])),
        },
        _ => Data::map(map([])),
    }
}
