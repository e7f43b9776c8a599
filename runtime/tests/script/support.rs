//! Running one script.

use std::sync::Arc;

use oracle_compiler::rule::ActionSpec;
use oracle_runtime::context::Context;
use oracle_runtime::script::{Answer, Ran, Sandboxes, Script, ScriptInput, ScriptLimits};
use oracle_runtime::template::Inputs;
use oracle_vm::hook::Hook;
use oracle_vm::value::Data;
use serde_json::{Value, json};

/// The context of most tests.
pub(crate) fn context() -> Value {
    json!({
        "turn": {"number": 7, "token_usage": 0.85, "context_usage": 0.25, "iteration_count": 3},
        "history": {
            "messages": [{"role": "user", "content": "find it"}],
            "tools": [
                {"name": "search", "arguments": {"q": "a", "n": [1, 2, [3, 4]]}, "result": "x", "success": true,
                 "timestamp": 10.0, "duration_ms": 5.0, "turn": 1},
                {"name": "read", "arguments": {}, "result": null, "success": false, "timestamp": 11.0,
                 "duration_ms": null, "turn": 2},
                {"name": "search", "arguments": {"q": "b"}, "success": false, "timestamp": 12.0, "turn": 3},
            ],
            "failures": {"read": 1, "search": 1},
            "total_tool_calls": 3,
            "total_failures": 2,
        },
        "user": {"id": "ann", "settings": {"language": "de", "": 1, "a b": 2, "1": "one", "empty": [], "none": {}}},
        "project": {"id": "p1", "settings": {}},
        "session": {"id": "s1", "started_at": 1000.0, "duration_seconds": 60.0},
        "event": {"type": "tool.call.failure", "payload": {
            "tool_name": "search", "big": 9223372036854775807_u64, "huge": 18446744073709551615_u64,
            "exact": 9007199254740992_u64, "deep": [[[["x"]]]], "list": [10, 20, 30], "null": null,
        }},
        "result": {"tool_name": "search", "success": false, "error": "timeout"},
        "state": {"warned": 3, "list": [1, 2], "map": {"k": "v"}, "get": "odd"},
    })
}

/// What a script sees in most tests.
pub(crate) fn input() -> ScriptInput {
    input_of(&context())
}

pub(crate) fn input_of(json: &Value) -> ScriptInput {
    let context = Context::from_json(json, Some(Hook::OnToolFailure)).expect("a good context");
    let inputs = |pairs: &[(&str, Data)]| Inputs {
        names: pairs.iter().map(|(name, _)| (*name).to_owned()).collect(),
        values: pairs.iter().map(|(_, value)| value.clone()).collect(),
    };
    ScriptInput {
        state: Arc::clone(context.state()),
        context: Arc::new(context),
        params: inputs(&[("limit", Data::Int(3)), ("share", Data::Float(0.8))]),
        settings: inputs(&[("max_sources", Data::Int(10))]),
    }
}

pub(crate) fn compile(source: &str) -> Script {
    Script::compile("test.lua", source).unwrap_or_else(|error| panic!("{error}\n{source}"))
}

/// Runs a script with generous limits.
pub(crate) fn run(source: &str) -> Ran {
    Sandboxes::default().run(&compile(source), input(), &ScriptLimits::default())
}

/// The answer of a script.
pub(crate) fn answer(source: &str) -> Answer {
    run(source).answer.unwrap_or_else(|error| panic!("{error}\n{source}"))
}

/// The error of a script.
pub(crate) fn error(source: &str) -> String {
    match run(source).answer {
        Ok(answer) => panic!("{answer:?}\n{source}"),
        Err(error) => error.to_string(),
    }
}

/// The value of a Lua expression, as data.
pub(crate) fn value(expression: &str) -> Data {
    stored(&format!("return {{ type = \"set_state\", key = \"k\", value = {expression} }}"))
}

/// The value that a script stores.
pub(crate) fn stored(source: &str) -> Data {
    match answer(source) {
        Answer::Actions(actions) => match actions.into_iter().next() {
            Some(ActionSpec::SetState { value, .. }) => value,
            other => panic!("{other:?}\n{source}"),
        },
        other => panic!("{other:?}\n{source}"),
    }
}

/// Data from JSON.
pub(crate) fn data(json: Value) -> Data {
    oracle_vm::value::json::from_json(&json).expect("data")
}
