//! From messages to events: what a session of ours would have reported while the conversation took place.
//!
//! One message of the model, with the tool calls in it, is a turn. The events of a session in order:
//! `query.start` at a message of the user; `agent.turn.start` before a message of the model;
//! `tool.call.pending` for each call in it; `tool.call.success` or `tool.call.failure` when its result comes;
//! `agent.turn.end` before the next turn or query; `session.end` at the end.

use std::io;
use std::sync::Arc;

use indexmap::IndexMap;
use oracle_vm::value::{Data, Map, Text};

use super::{Assumptions, Problem, SessionHeader, TraceSink};
use crate::event::{Event, Severity};
use crate::input::json_from_data;

/// The source of derived events.
const SOURCE: &str = "trace";
/// Characters of text that make about one token.
const CHARS_PER_TOKEN: u64 = 4;
/// Calls of one session that may wait for their results; the oldest is forgotten beyond.
const PENDING_CALLS: usize = 1_000;
/// Messages kept until the next turn starts.
const FRESH_MESSAGES: usize = 200;

/// A tool call in a message of the model.
#[derive(Clone, Debug)]
pub(super) struct Call {
    /// What its result will name; empty when the trace does not say.
    pub(super) id: String,
    /// The tool.
    pub(super) name: String,
    /// Its arguments, a map.
    pub(super) arguments: Data,
}

/// A message of the model.
#[derive(Clone, Debug, Default)]
pub(super) struct ModelMessage {
    /// What names the message; parts with the same id belong to the same turn.
    pub(super) id: Option<String>,
    /// Its text.
    pub(super) text: String,
    /// Its tool calls.
    pub(super) calls: Vec<Call>,
    /// The tokens of the call of the model, where the trace has recorded them.
    pub(super) usage: Option<Usage>,
}

/// Recorded token counts of one call of the model.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Usage {
    /// Tokens that were in the context.
    pub(super) context: u64,
    /// Tokens that were new in this call: not read from the cache.
    pub(super) new: u64,
}

/// The result of a tool call.
#[derive(Clone, Debug, Default)]
pub(super) struct ToolResult {
    /// The call it answers.
    pub(super) id: String,
    /// The tool, where the trace repeats it.
    pub(super) name: Option<String>,
    /// What the tool returned, as text.
    pub(super) text: String,
    /// Whether the trace says that it failed.
    pub(super) failed: bool,
}

#[derive(Debug)]
struct Pending {
    name: String,
    arguments: Data,
    since: f64,
}

/// One session that is being derived from messages.
#[derive(Debug)]
pub(super) struct Deriver {
    session: Text,
    /// The record that is being read.
    line: u64,
    assumptions: Assumptions,
    /// The time of the last message.
    now: f64,
    /// Whether times come from the trace.
    timed: bool,
    turn: i64,
    iteration: i64,
    /// The message id of the turn that is running, where one is.
    open: Option<Option<String>>,
    pending: IndexMap<String, Pending>,
    fresh: Vec<Data>,
    tokens: Tokens,
}

/// Running counts of tokens, in characters where they are estimated.
#[derive(Debug, Default)]
struct Tokens {
    /// Characters of all messages so far.
    chars: u64,
    /// The last recorded size of the context, and `chars` at that moment.
    context: Option<(u64, u64)>,
    /// The sum of recorded new tokens, and `chars` at the last record.
    used: Option<(u64, u64)>,
}

impl Tokens {
    fn since(&self, base: Option<(u64, u64)>) -> u64 {
        let (tokens, chars) = base.unwrap_or_default();
        tokens.saturating_add(self.chars.saturating_sub(chars) / CHARS_PER_TOKEN)
    }
    fn record(&mut self, usage: Usage) {
        self.context = Some((usage.context, self.chars));
        let used = self.used.map_or(0, |(used, _)| used);
        self.used = Some((used.saturating_add(usage.new), self.chars));
    }
}

/// A map from pairs.
pub(super) fn map<const N: usize>(pairs: [(&str, Data); N]) -> Map {
    pairs.into_iter().map(|(key, value)| (Text::from(key), value)).collect()
}

fn count(tokens: u64) -> Data {
    Data::Int(i64::try_from(tokens).unwrap_or(i64::MAX))
}

impl Deriver {
    /// A session that begins now, and says so to the sink.
    pub(super) fn start(
        header: SessionHeader,
        at: f64,
        assumptions: Assumptions,
        sink: &mut dyn TraceSink,
    ) -> io::Result<Deriver> {
        let session = Text::from(header.id.as_str());
        let timed = header.timed;
        sink.session(header)?;
        Ok(Deriver {
            session,
            line: 0,
            assumptions,
            now: at,
            timed,
            turn: 0,
            iteration: 0,
            open: None,
            pending: IndexMap::new(),
            fresh: Vec::new(),
            tokens: Tokens::default(),
        })
    }

    /// The line of the next record.
    pub(super) fn on_line(&mut self, line: u64) {
        self.line = line;
    }

    /// The time of the next message, in seconds since 1970. Time never runs backwards.
    fn at(&mut self, time: Option<f64>) {
        match time {
            Some(time) => self.now = self.now.max(time),
            None if !self.timed => self.now += 1.0,
            None => {}
        }
    }

    /// The time of the last message.
    pub(super) fn now(&self) -> f64 {
        self.now
    }

    /// A system prompt, or anything else that only fills the context.
    pub(super) fn system(&mut self, text: &str) {
        self.remember("system", text);
    }

    /// A message of the user, at a time.
    pub(super) fn user(&mut self, text: &str, time: Option<f64>, sink: &mut dyn TraceSink) -> io::Result<()> {
        self.end_turn(sink)?;
        self.at(time);
        self.iteration = 0;
        self.tokens.chars = self.tokens.chars.saturating_add(text.chars().count() as u64);
        self.emit("query.start", map([("query", Data::text(text))]), sink)
    }

    /// A message of the model, at a time.
    pub(super) fn model(
        &mut self,
        message: ModelMessage,
        time: Option<f64>,
        sink: &mut dyn TraceSink,
    ) -> io::Result<()> {
        let continues = self.open.as_ref().is_some_and(|id| id.is_some() && *id == message.id);
        if !continues {
            self.end_turn(sink)?;
            self.start_turn(message.id.clone(), sink)?;
        }
        self.at(time);
        if !message.text.is_empty() {
            self.remember("assistant", &message.text);
        }
        for call in &message.calls {
            let arguments = json_from_data(&call.arguments).to_string();
            self.tokens.chars = self.tokens.chars.saturating_add(arguments.len() as u64);
        }
        if let Some(usage) = message.usage.filter(|_| !continues) {
            self.tokens.record(usage);
        }
        for call in message.calls {
            self.pend(call, sink)?;
        }
        Ok(())
    }

    /// The result of a tool call, at a time.
    pub(super) fn result(
        &mut self,
        result: ToolResult,
        time: Option<f64>,
        sink: &mut dyn TraceSink,
    ) -> io::Result<()> {
        self.at(time);
        let pending = self.pending.shift_remove(&result.id);
        if pending.is_none() {
            sink.problem(
                Problem::warning(
                    self.line,
                    format!("a tool result answers the call `{}`, which is not there", result.id),
                )
                .help("it is shown without its arguments"),
            )?;
        }
        self.remember("tool", &result.text);
        let name =
            pending.as_ref().map(|it| it.name.clone()).or(result.name).unwrap_or_else(|| "unknown".into());
        let failed = result.failed || result.text.starts_with("Error");
        let (event_type, outcome) =
            if failed { ("tool.call.failure", "error") } else { ("tool.call.success", "result") };
        let mut payload: Map = Map::default();
        payload.insert("tool_name".into(), Data::text(name));
        payload.insert("call_id".into(), Data::text(result.id));
        if let Some(pending) = pending {
            payload.insert("arguments".into(), pending.arguments);
            if self.timed {
                payload
                    .insert("duration_ms".into(), Data::Float((self.now - pending.since).max(0.0) * 1_000.0));
            }
        }
        if let Some(count) = (!failed).then(|| item_count(&result.text)).flatten() {
            payload.insert("result_count".into(), Data::Int(count));
        }
        payload.insert(outcome.into(), Data::text(result.text));
        self.emit(event_type, payload, sink)
    }

    /// The end of the session.
    pub(super) fn finish(mut self, sink: &mut dyn TraceSink) -> io::Result<()> {
        self.end_turn(sink)?;
        self.emit("session.end", map([("reason", Data::text("end of the trace"))]), sink)
    }

    fn pend(&mut self, call: Call, sink: &mut dyn TraceSink) -> io::Result<()> {
        let payload = map([
            ("tool_name", Data::text(call.name.as_str())),
            ("arguments", call.arguments.clone()),
            ("call_id", Data::text(call.id.as_str())),
        ]);
        if self.pending.len() >= PENDING_CALLS {
            self.pending.shift_remove_index(0);
        }
        self.pending.insert(call.id, Pending { name: call.name, arguments: call.arguments, since: self.now });
        self.emit("tool.call.pending", payload, sink)
    }

    fn start_turn(&mut self, id: Option<String>, sink: &mut dyn TraceSink) -> io::Result<()> {
        self.turn = self.turn.saturating_add(1);
        self.open = Some(id);
        let messages = std::mem::take(&mut self.fresh);
        let payload = self.turn_payload([("messages", Data::list(messages))]);
        self.iteration = self.iteration.saturating_add(1);
        self.emit("agent.turn.start", payload, sink)
    }

    fn end_turn(&mut self, sink: &mut dyn TraceSink) -> io::Result<()> {
        if self.open.take().is_none() {
            return Ok(());
        }
        let payload = self.turn_payload([]);
        self.emit("agent.turn.end", payload, sink)
    }

    fn turn_payload<const N: usize>(&self, more: [(&str, Data); N]) -> Map {
        // A trace may well go beyond an assumed budget; a share over 1 would be refused, and 1 is what it means.
        let used = self.tokens.since(self.tokens.used).min(self.assumptions.token_budget);
        let context = self.tokens.since(self.tokens.context).min(self.assumptions.context_window);
        let base = [
            ("turn_number", Data::Int(self.turn)),
            ("iteration_count", Data::Int(self.iteration)),
            ("tokens_used", count(used)),
            ("token_budget", count(self.assumptions.token_budget)),
            ("context_tokens", count(context)),
            ("context_window", count(self.assumptions.context_window)),
        ];
        base.into_iter().chain(more).map(|(key, value)| (Text::from(key), value)).collect()
    }

    fn remember(&mut self, role: &str, text: &str) {
        self.tokens.chars = self.tokens.chars.saturating_add(text.chars().count() as u64);
        if self.fresh.len() >= FRESH_MESSAGES {
            self.fresh.remove(0);
        }
        self.fresh.push(Data::map(map([("role", Data::text(role)), ("content", Data::text(text))])));
    }

    fn emit(&self, event_type: &'static str, payload: Map, sink: &mut dyn TraceSink) -> io::Result<()> {
        let event = Event {
            id: None,
            event_type: event_type.into(),
            source: SOURCE.into(),
            severity: if event_type == "tool.call.failure" { Severity::Warning } else { Severity::Info },
            timestamp: Some(self.now),
            session_id: self.session.clone(),
            user_id: self.assumptions.user.clone(),
            project_id: self.assumptions.project.clone(),
            payload: Arc::new(payload),
        };
        sink.event(self.line, event)
    }
}

/// The number of items where a text is a JSON list: such a tool returned one.
fn item_count(text: &str) -> Option<i64> {
    if !text.trim_start().starts_with('[') {
        return None;
    }
    let items: Vec<serde::de::IgnoredAny> = serde_json::from_str(text).ok()?;
    i64::try_from(items.len()).ok()
}
