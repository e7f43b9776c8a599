//! The rows of the schema. Data only.

use super::Empty as E;
use super::{FieldRow, PayloadRow, Range, RecordId, RecordRow, ShapeId, ShapeRow, SlotRow};
use crate::ids::SlotId;
use crate::ty::TyDesc as T;

/// A tool call of the history.
pub const TOOL: RecordId = RecordId(0);
/// The event that is being handled.
pub const EVENT: RecordId = RecordId(1);
/// The result of the tool call that is being handled.
pub const RESULT: RecordId = RecordId(2);
/// A message of the history.
pub const MESSAGE: ShapeId = ShapeId(0);

const ROLES: &[&str] = &["system", "user", "assistant", "tool"];
/// The severities of an event, least severe first.
const SEVERITIES: &[&str] = &["debug", "info", "warning", "error", "critical"];

macro_rules! slots {
    ($($name:ident = $id:literal, $path:literal: $ty:expr, $range:expr, $empty:expr, $doc:literal;)*) => {
        /// The slots by name.
        pub mod slot {
            use super::SlotId;
            $(#[doc = $doc] pub const $name: SlotId = SlotId($id);)*
        }
        /// Every path of the context, in order of its slot.
        pub const SLOTS: &[SlotRow] = &[
            $(SlotRow { id: SlotId($id), path: $path, ty: $ty, range: $range, empty: $empty, doc: $doc },)*
        ];
        /// How many slots a frame has.
        pub const SLOT_COUNT: usize = SLOTS.len();
    };
}

slots! {
    TURN_NUMBER = 0, "turn.number": T::Int, Range::AtLeast(1), E::Int(1), "number of the turn, from 1";
    TOKEN_USAGE = 1, "turn.token_usage": T::Float, Range::Share, E::Float(0.0), "share of the token budget that is used, 0.0 to 1.0";
    CONTEXT_USAGE = 2, "turn.context_usage": T::Float, Range::Share, E::Float(0.0), "share of the context window that is used, 0.0 to 1.0";
    ITERATION_COUNT = 3, "turn.iteration_count": T::Int, Range::AtLeast(0), E::Int(0), "iterations of the agent's loop in this turn";
    ITERATION_LIMIT = 4, "turn.iteration_limit": T::Opt(&T::Int), Range::AtLeast(0), E::None, "iterations that the agent allows itself in a turn, or None when it does not say";
    MESSAGES = 5, "history.messages": T::List(&T::Shape(MESSAGE)), Range::Any, E::List, "the last messages, oldest first";
    TOOLS = 6, "history.tools": T::List(&T::Record(TOOL)), Range::Any, E::List, "the last tool calls, oldest first";
    FAILURES = 7, "history.failures": T::Map(&T::Int), Range::Any, E::Map, "failed calls in the session, by tool";
    TOTAL_TOOL_CALLS = 8, "history.total_tool_calls": T::Int, Range::AtLeast(0), E::Int(0), "tool calls in the session";
    TOTAL_FAILURES = 9, "history.total_failures": T::Int, Range::AtLeast(0), E::Int(0), "failed tool calls in the session";
    USER_ID = 10, "user.id": T::Str, Range::Any, E::Str("local"), "the user";
    USER_SETTINGS = 11, "user.settings": T::DynMap, Range::Any, E::Map, "what the host says about the user";
    PROJECT_ID = 12, "project.id": T::Str, Range::Any, E::Str("default"), "the project";
    PROJECT_SETTINGS = 13, "project.settings": T::DynMap, Range::Any, E::Map, "what the host says about the project";
    SESSION_ID = 14, "session.id": T::Str, Range::Any, E::Str(""), "the session";
    SESSION_STARTED_AT = 15, "session.started_at": T::Time, Range::Any, E::Float(0.0), "when the session began, in seconds since 1970 (UTC)";
    SESSION_DURATION = 16, "session.duration_seconds": T::Float, Range::NotNegative, E::Float(0.0), "seconds from the start of the session to this event";
    EVENT = 17, "event": T::Record(EVENT), Range::Any, E::None, "the event that is being handled";
    EVENT_TYPE = 18, "event.type": T::Str, Range::Any, E::None, "the type of the event";
    EVENT_SOURCE = 19, "event.source": T::Str, Range::Any, E::None, "who reported the event";
    EVENT_SEVERITY = 20, "event.severity": T::OneOf(SEVERITIES), Range::Any, E::None, "debug, info, warning, error or critical";
    EVENT_PAYLOAD = 21, "event.payload": T::DynMap, Range::Any, E::None, "what the event carries";
    EVENT_TIMESTAMP = 22, "event.timestamp": T::Time, Range::Any, E::None, "when the event happened, in seconds since 1970 (UTC)";
    RESULT = 23, "result": T::Record(RESULT), Range::Any, E::None, "the result of the tool call, at the tool hooks";
    RESULT_TOOL_NAME = 24, "result.tool_name": T::Str, Range::Any, E::None, "the tool";
    RESULT_SUCCESS = 25, "result.success": T::Bool, Range::Any, E::None, "whether the call succeeded";
    RESULT_TEXT = 26, "result.result": T::Opt(&T::Str), Range::Any, E::None, "what the tool returned, as text";
    RESULT_ERROR = 27, "result.error": T::Opt(&T::Str), Range::Any, E::None, "what went wrong, or None";
    RESULT_DURATION_MS = 28, "result.duration_ms": T::Opt(&T::Float), Range::NotNegative, E::None, "how long the call took, in milliseconds, or None";
    RESULT_COUNT = 29, "result.count": T::Opt(&T::Int), Range::AtLeast(0), E::None, "number of items where the tool returned a list, else None";
    NOW = 30, "": T::Time, Range::Any, E::Float(0.0), "the time of the event, for the functions that need it; no path leads here";
}

const fn field(name: &'static str, ty: T, doc: &'static str) -> FieldRow {
    FieldRow { name, ty, doc }
}

/// The record types, in order of their ids.
pub const RECORDS: &[RecordRow] = &[
    RecordRow {
        id: TOOL,
        name: "tool call",
        fields: &[
            field("name", T::Str, "the tool"),
            field("arguments", T::DynMap, "the arguments of the call"),
            field("result", T::Opt(&T::Str), "what the tool returned, as text"),
            field("success", T::Bool, "whether the call succeeded"),
            field("timestamp", T::Time, "when the call ended, in seconds since 1970 (UTC)"),
            field("duration_ms", T::Opt(&T::Float), "how long the call took, in milliseconds, or None"),
            field("turn", T::Int, "the turn of the call"),
        ],
    },
    RecordRow {
        id: EVENT,
        name: "event",
        fields: &[
            field("type", T::Str, "the type of the event"),
            field("source", T::Str, "who reported the event"),
            field("severity", T::OneOf(SEVERITIES), "debug, info, warning, error or critical"),
            field("payload", T::DynMap, "what the event carries"),
            field("timestamp", T::Time, "when the event happened, in seconds since 1970 (UTC)"),
        ],
    },
    RecordRow {
        id: RESULT,
        name: "result",
        fields: &[
            field("tool_name", T::Str, "the tool"),
            field("success", T::Bool, "whether the call succeeded"),
            field("result", T::Opt(&T::Str), "what the tool returned, as text"),
            field("error", T::Opt(&T::Str), "what went wrong, or None"),
            field("duration_ms", T::Opt(&T::Float), "how long the call took, in milliseconds, or None"),
            field("count", T::Opt(&T::Int), "number of items where the tool returned a list, else None"),
        ],
    },
];

/// The maps with known keys, in order of their ids.
pub const SHAPES: &[ShapeRow] = &[
    ShapeRow {
        id: MESSAGE,
        name: "message",
        fields: &[
            field("role", T::OneOf(ROLES), "system, user, assistant or tool"),
            field("content", T::Dyn, "the text, or what the host uses instead of it"),
        ],
    },
    ShapeRow {
        id: ShapeId(1),
        name: "payload of query.start",
        fields: &[field("query", T::Str, "what the user asked")],
    },
    ShapeRow { id: ShapeId(2), name: "payload of agent.turn.start", fields: TURN_PAYLOAD },
    ShapeRow { id: ShapeId(3), name: "payload of agent.turn.end", fields: TURN_PAYLOAD },
    ShapeRow { id: ShapeId(4), name: "payload of tool.call.pending", fields: CALL_PAYLOAD },
    ShapeRow { id: ShapeId(5), name: "payload of tool.call.success", fields: SUCCESS_PAYLOAD },
    ShapeRow { id: ShapeId(6), name: "payload of tool.call.failure", fields: FAILURE_PAYLOAD },
    ShapeRow { id: ShapeId(7), name: "payload of tool.call.timeout", fields: FAILURE_PAYLOAD },
    ShapeRow {
        id: ShapeId(8),
        name: "payload of session.end",
        fields: &[field("reason", T::Str, "why the session ended")],
    },
];

const TURN_PAYLOAD: &[FieldRow] = &[
    field("turn_number", T::Int, "number of the turn, from 1; counted where it is not given"),
    field("iteration_count", T::Int, "iterations of the agent's loop in this turn"),
    field("iteration_limit", T::Int, "iterations that the agent allows itself in a turn"),
    field("token_usage", T::Float, "share of the token budget that is used, 0.0 to 1.0"),
    field("context_usage", T::Float, "share of the context window that is used, 0.0 to 1.0"),
    field("tokens_used", T::Int, "tokens used so far; with token_budget instead of token_usage"),
    field("token_budget", T::Int, "tokens that the session may use"),
    field("context_tokens", T::Int, "tokens in the context; with context_window instead of context_usage"),
    field("context_window", T::Int, "tokens that fit into the context"),
    field("messages", T::List(&T::Shape(MESSAGE)), "messages that are new since the last event"),
];
const CALL_PAYLOAD: &[FieldRow] = &[
    field("tool_name", T::Str, "the tool"),
    field("arguments", T::DynMap, "the arguments of the call"),
    field("call_id", T::Str, "what names the call among those in flight"),
];
const SUCCESS_PAYLOAD: &[FieldRow] = &[
    field("tool_name", T::Str, "the tool"),
    field("arguments", T::DynMap, "the arguments of the call"),
    field("call_id", T::Str, "what names the call among those in flight"),
    field("result", T::Dyn, "what the tool returned"),
    field("duration_ms", T::Float, "how long the call took, in milliseconds"),
];
const FAILURE_PAYLOAD: &[FieldRow] = &[
    field("tool_name", T::Str, "the tool"),
    field("arguments", T::DynMap, "the arguments of the call"),
    field("call_id", T::Str, "what names the call among those in flight"),
    field("error", T::Str, "what went wrong"),
    field("duration_ms", T::Float, "how long the call took, in milliseconds"),
];

/// The shapes of the payloads of known event types.
pub const PAYLOADS: &[PayloadRow] = &[
    PayloadRow { event: "query.start", shape: ShapeId(1) },
    PayloadRow { event: "agent.turn.start", shape: ShapeId(2) },
    PayloadRow { event: "agent.turn.end", shape: ShapeId(3) },
    PayloadRow { event: "tool.call.pending", shape: ShapeId(4) },
    PayloadRow { event: "tool.call.success", shape: ShapeId(5) },
    PayloadRow { event: "tool.call.failure", shape: ShapeId(6) },
    PayloadRow { event: "tool.call.timeout", shape: ShapeId(7) },
    PayloadRow { event: "session.end", shape: ShapeId(8) },
];
