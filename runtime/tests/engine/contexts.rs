//! Contexts from JSON: partial trees, groups, and what is refused.

use oracle_runtime::context::Context;
use oracle_vm::hook::Hook;
use serde_json::{Value, json};

fn tree(json: Value, hook: Option<Hook>) -> Value {
    Context::from_json(&json, hook).unwrap().to_json()
}

fn refused(json: Value) -> String {
    Context::from_json(&json, None).unwrap_err().to_string()
}

#[test]
fn what_is_left_out_is_the_empty_session() {
    let empty = tree(json!({}), None);
    assert_eq!(empty, Context::empty().to_json());
    assert_eq!(empty["turn"]["number"], 1);
    assert_eq!((&empty["event"], &empty["result"]), (&Value::Null, &Value::Null));
    let partial = tree(json!({"turn": {"token_usage": 1}, "history": {"tools": [{"name": "a"}]}}), None);
    assert_eq!(partial["turn"]["token_usage"], 1.0);
    assert_eq!(
        partial["history"]["tools"][0],
        json!({"name": "a", "arguments": {}, "result": null, "success": true, "timestamp": 0.0,
               "duration_ms": null, "turn": 1})
    );
}

#[test]
fn what_a_context_says_it_says_again() {
    let json = json!({
        "turn": {"number": 3, "token_usage": 0.5, "context_usage": 0.25, "iteration_count": 2, "iteration_limit": 9},
        "history": {"messages": [{"role": "developer", "content": "x"}], "failures": {"a": 2},
                    "total_tool_calls": 7, "total_failures": 2},
        "result": {"tool_name": "a", "success": false, "error": "e"},
        "event": {"type": "own", "payload": {"k": [1, null]}, "timestamp": "1970-01-01T00:00:09Z"},
        "state": {"k": 1}, "session": {"id": "s"}, "user": {"settings": {"a": 1}},
    });
    let first = Context::from_json(&json, None).unwrap();
    assert_eq!(Context::from_json(&first.to_json(), None).unwrap(), first);
    assert_eq!(first.to_json()["event"]["timestamp"], 9.0);
}

#[test]
fn hooks_promise_their_groups() {
    let at = |hook| tree(json!({}), Some(hook));
    assert_eq!(at(Hook::OnToolComplete)["result"]["success"], true);
    assert_eq!(at(Hook::OnToolFailure)["result"]["success"], false);
    assert_eq!(at(Hook::OnTurnStart)["event"]["type"], "agent.turn.start");
    let given = json!({"result": {"tool_name": "a"}});
    assert_eq!(tree(given.clone(), Some(Hook::OnTurnStart))["result"], Value::Null);
    assert_eq!(tree(given, None)["result"]["tool_name"], "a");
    let list = tree(json!({"result": {"result": [1, 2, 3]}}), None);
    assert_eq!((&list["result"]["count"], &list["result"]["result"]), (&json!(3), &json!("[1,2,3]")));
}

#[test]
fn what_is_wrong_is_named_with_path_and_value() {
    for (json, message) in [
        (
            json!({"turn": {"token_usage": 1.7}}),
            "`context.turn.token_usage` must be from 0.0 to 1.0, not 1.7",
        ),
        (json!({"turn": {"number": 0}}), "`context.turn.number` must be at least 1, not 0"),
        (json!({"turn": {"numbr": 1}}), "`context.turn.numbr` is unknown: did you mean `number`?"),
        (json!({"histroy": {}}), "`context.histroy` is unknown: did you mean `history`?"),
        (json!({"turn": 5}), "`context.turn` must be an object, not 5"),
        (json!({"history": {"tools": [{"name": 5}]}}), "`context.history.tools[0].name` must be text, not 5"),
        (json!({"result": {"succes": true}}), "`context.result.succes` is unknown: did you mean `success`?"),
        (
            json!({"history": {"failures": {"a": "x"}}}),
            "`context.history.failures.a` must be a whole number, not \"x\"",
        ),
    ] {
        assert_eq!(refused(json), message);
    }
}

#[test]
fn overrides_take_flat_names() {
    let json = json!({"token_usage": 0.9, "turn_number": 4, "turn": {"iteration_count": 2}});
    let context = Context::from_override(&json, None).unwrap().to_json();
    assert_eq!(context["turn"]["token_usage"], 0.9);
    assert_eq!((&context["turn"]["number"], &context["turn"]["iteration_count"]), (&json!(4), &json!(2)));
    let bad = Context::from_override(&json!({"token_usage": 2}), None).unwrap_err();
    assert_eq!(bad.to_string(), "`token_usage` must be from 0.0 to 1.0, not 2.0");
}
