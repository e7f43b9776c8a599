//! The context as an embedding host would hold it: its own struct, whose tool calls and messages became rows when they
//! happened, and which lends itself to the machine.

use std::sync::Arc;

use oracle_vm::frame::{Bind, unsaid};
use oracle_vm::ids::SlotId;
use oracle_vm::schema::{EVENT, RESULT, slot};
use oracle_vm::value::{Data, Map, Record, Text, ToolCall, Value};

use crate::context::{Context, Event, Message, Owner, Session, ToolResult, Turn};

/// A host's struct.
#[derive(Debug)]
pub struct Host {
    turn: Turn,
    user: Owner,
    project: Owner,
    settings: [Map; 2],
    session: Session,
    messages: Vec<Data>,
    tools: Vec<Data>,
    failures: Map,
    total_tool_calls: i64,
    total_failures: i64,
    event: Arc<Record>,
    result: Option<Arc<Record>>,
    state: Map,
}

impl Host {
    /// What the context says.
    pub fn new(context: &Context) -> Host {
        let history = &context.history;
        Host {
            turn: context.turn.clone(),
            user: context.user.clone(),
            project: context.project.clone(),
            settings: [map(&context.user.settings), map(&context.project.settings)],
            session: context.session.clone(),
            messages: history.messages.iter().map(message).collect(),
            tools: history.tools.iter().map(call).collect(),
            failures: map(&history.failures),
            total_tool_calls: history.total_tool_calls,
            total_failures: history.total_failures,
            event: event(&context.event),
            result: context.result.as_ref().map(result),
            state: map(&context.state),
        }
    }

    /// The state of the rule's plugin.
    pub fn state(&self) -> &Map {
        &self.state
    }

    fn event(&self, field: usize) -> Value<'_> {
        self.event.fields.get(field).map_or(Value::None, Data::value)
    }

    fn result(&self, field: usize) -> Value<'_> {
        let field = self.result.as_ref().and_then(|result| result.fields.get(field));
        field.map_or(Value::None, Data::value)
    }
}

impl Bind for Host {
    #[inline]
    fn value(&self, slot: SlotId) -> Value<'_> {
        let [user, project] = &self.settings;
        match slot {
            slot::TURN_NUMBER => Value::Int(self.turn.number),
            slot::TOKEN_USAGE => Value::Float(self.turn.token_usage),
            slot::CONTEXT_USAGE => Value::Float(self.turn.context_usage),
            slot::ITERATION_COUNT => Value::Int(self.turn.iteration_count),
            slot::ITERATION_LIMIT => self.turn.iteration_limit.map_or(Value::None, Value::Int),
            slot::MESSAGES => Value::Data(&self.messages),
            slot::TOOLS => Value::Data(&self.tools),
            slot::FAILURES => Value::Map(&self.failures),
            slot::TOTAL_TOOL_CALLS => Value::Int(self.total_tool_calls),
            slot::TOTAL_FAILURES => Value::Int(self.total_failures),
            slot::USER_ID => Value::text(&self.user.id),
            slot::USER_SETTINGS => Value::Map(user),
            slot::PROJECT_ID => Value::text(&self.project.id),
            slot::PROJECT_SETTINGS => Value::Map(project),
            slot::SESSION_ID => Value::text(&self.session.id),
            slot::SESSION_STARTED_AT => Value::Float(self.session.started_at),
            slot::SESSION_DURATION => Value::Float(self.session.duration_seconds),
            slot::EVENT => Value::Record(&self.event),
            slot::EVENT_TYPE => self.event(0),
            slot::EVENT_SOURCE => self.event(1),
            slot::EVENT_SEVERITY => self.event(2),
            slot::EVENT_PAYLOAD => self.event(3),
            slot::EVENT_TIMESTAMP | slot::NOW => self.event(4),
            slot::RESULT => self.result.as_ref().map_or(Value::None, |result| Value::Record(result)),
            slot::RESULT_TOOL_NAME => self.result(0),
            slot::RESULT_SUCCESS => self.result(1),
            slot::RESULT_TEXT => self.result(2),
            slot::RESULT_ERROR => self.result(3),
            slot::RESULT_DURATION_MS => self.result(4),
            slot::RESULT_COUNT => self.result(5),
            other => unsaid(other),
        }
    }
}

fn map(json: &serde_json::Map<String, serde_json::Value>) -> Map {
    let entries = json.iter().filter_map(|(key, value)| {
        let value = oracle_vm::value::json::from_json(value).ok()?;
        Some((Text::from(key.as_str()), value))
    });
    entries.collect()
}

fn text(text: &str) -> Data {
    Data::text(text)
}

fn message(message: &Message) -> Data {
    let entries = [("role", &message.role), ("content", &message.content)];
    Data::map(entries.into_iter().map(|(key, value)| (key.into(), text(value))).collect())
}

fn call(call: &crate::context::ToolCall) -> Data {
    ToolCall {
        name: call.name.as_str().into(),
        arguments: Arc::new(map(&call.arguments)),
        result: call.result.as_deref().map(Text::from),
        success: call.success,
        timestamp: call.timestamp,
        duration_ms: call.duration_ms,
        turn: call.turn,
    }
    .into()
}

fn event(event: &Event) -> Arc<Record> {
    let fields = [
        text(&event.r#type),
        text(&event.source),
        text(&event.severity),
        Data::map(map(&event.payload)),
        Data::Float(event.timestamp),
    ];
    Arc::new(Record { id: EVENT, fields: Box::new(fields) })
}

fn result(result: &ToolResult) -> Arc<Record> {
    let optional = |text: &Option<String>| text.as_deref().map_or(Data::None, Data::text);
    let fields = [
        text(&result.tool_name),
        Data::Bool(result.success),
        optional(&result.result),
        optional(&result.error),
        result.duration_ms.map_or(Data::None, Data::Float),
        result.count.map_or(Data::None, Data::Int),
    ];
    Arc::new(Record { id: RESULT, fields: Box::new(fields) })
}
