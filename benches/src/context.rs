//! The contexts of the benchmarks: 20 tool calls, 30 messages, a result of 3,000 characters. As a plain Rust struct,
//! which is what native code gets, and as JSON, which is what everybody else binds.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The context as a native program would hold it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of the context's schema, where they are documented")]
pub struct Context {
    pub turn: Turn,
    pub history: History,
    pub user: Owner,
    pub project: Owner,
    pub session: Session,
    pub state: Map<String, Value>,
    pub event: Event,
    pub result: Option<ToolResult>,
}

macro_rules! parts {
    ($($name:ident { $($field:ident: $ty:ty),* })*) => {$(
        #[doc = concat!("The part `", stringify!($name), "` of the context, fields as in the schema.")]
        #[derive(Clone, Debug, Serialize, Deserialize)]
        #[expect(missing_docs, reason = "the fields are those of the context's schema, where they are documented")]
        pub struct $name { $(pub $field: $ty),* }
    )*};
}

parts! {
    Turn { number: i64, token_usage: f64, context_usage: f64, iteration_count: i64, iteration_limit: Option<i64> }
    History {
        messages: Vec<Message>, tools: Vec<ToolCall>, failures: Map<String, Value>, total_tool_calls: i64,
        total_failures: i64
    }
    Owner { id: String, settings: Map<String, Value> }
    Session { id: String, started_at: f64, duration_seconds: f64 }
    Message { role: String, content: String }
    ToolCall {
        name: String, arguments: Map<String, Value>, result: Option<String>, success: bool, timestamp: f64,
        duration_ms: Option<f64>, turn: i64
    }
    Event { r#type: String, source: String, severity: String, payload: Map<String, Value>, timestamp: f64 }
    ToolResult {
        tool_name: String, success: bool, result: Option<String>, error: Option<String>, duration_ms: Option<f64>,
        count: Option<i64>
    }
}

/// When the sessions of the benchmarks start, in seconds since 1970.
const START: f64 = 1_767_225_600.0;

/// A context on which every case holds; of C6 only the last of the 20 tool calls matches.
pub fn busy() -> Context {
    let mut tools: Vec<ToolCall> = (0..19).map(|at| tool(at, "web_search", true)).collect();
    tools.push(tool(19, "vault_search", false));
    Context {
        turn: Turn {
            number: 8,
            token_usage: 0.92,
            context_usage: 0.61,
            iteration_count: 4,
            iteration_limit: Some(10),
        },
        history: History {
            messages: (0..30).map(message).collect(),
            tools,
            failures: [("vault_search".to_owned(), Value::from(1))].into_iter().collect(),
            total_tool_calls: 20,
            total_failures: 1,
        },
        user: Owner { id: "local".into(), settings: Map::new() },
        project: Owner { id: "demo".into(), settings: Map::new() },
        session: Session { id: "s-1".into(), started_at: START, duration_seconds: 240.0 },
        state: Map::new(),
        event: Event {
            r#type: "agent.turn.start".into(),
            source: "agent".into(),
            severity: "info".into(),
            payload: Map::new(),
            timestamp: START + 240.0,
        },
        result: Some(ToolResult {
            tool_name: "vault_search".into(),
            success: true,
            result: Some("résumé of it ".repeat(250).chars().take(3_000).collect()),
            error: None,
            duration_ms: Some(12.5),
            count: Some(3),
        }),
    }
}

/// A context on which no case holds.
pub fn calm() -> Context {
    let mut context = busy();
    context.turn.number = 2;
    context.turn.token_usage = 0.12;
    context.history.total_tool_calls = 3;
    context.history.total_failures = 0;
    for tool in &mut context.history.tools {
        tool.success = true;
    }
    if let Some(result) = &mut context.result {
        result.tool_name = "vault_read".into();
        result.result = None;
    }
    context
}

/// A context on which each case has another reason to hold or not: the second half of an `and`, of an `or`.
pub fn mixed() -> Context {
    let mut context = busy();
    context.turn.number = 9;
    context.turn.token_usage = 0.96;
    context.history.total_tool_calls = 5;
    context.state.insert("last_warning_turn".into(), Value::from(7));
    if let Some(result) = &mut context.result {
        result.tool_name = "code_search".into();
        result.result = Some("é".repeat(1_999));
    }
    context
}

/// Every context with its name.
pub fn all() -> [(&'static str, Context); 3] {
    [("busy", busy()), ("calm", calm()), ("mixed", mixed())]
}

impl Context {
    /// The context as JSON.
    pub fn json(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

fn message(at: u8) -> Message {
    let role = if at.is_multiple_of(2) { "user" } else { "assistant" };
    Message { role: role.into(), content: format!("message {at}: ").repeat(20) }
}

fn tool(at: u8, name: &str, success: bool) -> ToolCall {
    ToolCall {
        name: name.into(),
        arguments: [("query".to_owned(), Value::from(format!("query {at}")))].into_iter().collect(),
        result: Some(format!("result {at}")),
        success,
        timestamp: START + f64::from(at) * 10.0,
        duration_ms: Some(20.0 + f64::from(at)),
        turn: i64::from(at / 3 + 1),
    }
}
