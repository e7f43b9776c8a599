//! What a session derives from its events, rule by rule, and against a slow model.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{Bench, bench};

fn engine() -> Bench {
    bench(&[])
}

fn send(bench: &Bench, event_type: &str, payload: Value) {
    bench.json(json!({"type": event_type, "session_id": "s", "payload": payload}));
}

fn at(bench: &Bench, pointer: &str) -> Value {
    bench.context("s", pointer)
}

#[test]
fn turns_are_counted_or_taken_as_given() {
    let bench = engine();
    send(&bench, "query.start", json!({}));
    assert_eq!(at(&bench, "/turn/number"), 1);
    let mut seen = Vec::new();
    for payload in
        [json!({}), json!({}), json!({"turn_number": 7}), json!({}), json!({"turn_number": 2}), json!({})]
    {
        send(&bench, "agent.turn.start", payload);
        send(&bench, "agent.turn.end", json!({}));
        seen.push(at(&bench, "/turn/number"));
    }
    assert_eq!(seen, [1, 2, 7, 8, 2, 3]);
}

#[test]
fn iterations_are_counted_or_taken_as_given() {
    let bench = engine();
    let iterations = || at(&bench, "/turn/iteration_count");
    send(&bench, "agent.turn.start", json!({"turn_number": 1, "iteration_limit": 9}));
    send(&bench, "tool.call.success", json!({"tool_name": "a"}));
    send(&bench, "tool.call.failure", json!({"tool_name": "a"}));
    assert_eq!((iterations(), at(&bench, "/turn/iteration_limit")), (json!(2), json!(9)));
    send(&bench, "agent.turn.start", json!({"turn_number": 1}));
    assert_eq!(iterations(), 3, "the same turn again is another iteration");
    send(&bench, "agent.turn.start", json!({}));
    assert_eq!(iterations(), 0);
    send(&bench, "agent.turn.start", json!({"iteration_count": 5}));
    send(&bench, "tool.call.success", json!({"tool_name": "a"}));
    assert_eq!(iterations(), 5, "an agent that tells its iterations is believed");
}

#[test]
fn shares_are_given_or_computed() {
    let bench = engine();
    let turn = |payload: Value| {
        send(&bench, "agent.turn.start", payload);
        (at(&bench, "/turn/token_usage"), at(&bench, "/turn/context_usage"))
    };
    let both = |tokens: f64, context: f64| (json!(tokens), json!(context));
    assert_eq!(turn(json!({})), both(0.0, 0.0));
    assert_eq!(turn(json!({"tokens_used": 50, "token_budget": 200, "context_usage": 0.5})), both(0.25, 0.5));
    assert_eq!(turn(json!({"tokens_used": 150})), both(0.75, 0.5), "the budget is remembered");
    assert_eq!(
        turn(json!({"tokens_used": 500, "context_tokens": 10, "context_window": 40})),
        both(1.0, 0.25)
    );
    assert_eq!(turn(json!({"token_usage": 0.1, "tokens_used": 200})), both(0.1, 0.25), "given wins");
}

#[test]
fn tool_calls_join_history_totals_and_result() {
    let bench = engine();
    let time = |event_type: &str, seconds: f64, payload: Value| {
        bench.json(json!({"type": event_type, "session_id": "s", "timestamp": seconds, "payload": payload}));
    };
    time("agent.turn.start", 100.0, json!({"turn_number": 4}));
    time(
        "tool.call.pending",
        101.0,
        json!({"tool_name": "read", "call_id": "c1", "arguments": {"path": "x"}}),
    );
    assert_eq!(at(&bench, "/result"), Value::Null);
    time("tool.call.success", 101.5, json!({"tool_name": "read", "call_id": "c1", "result": ["a", "b"]}));
    assert_eq!(
        at(&bench, "/result"),
        json!({"tool_name": "read", "success": true, "result": "[\"a\",\"b\"]", "error": null,
               "duration_ms": 500.0, "count": 2})
    );
    assert_eq!(
        at(&bench, "/history/tools/0"),
        json!({"name": "read", "arguments": {"path": "x"}, "result": "[\"a\",\"b\"]", "success": true,
               "timestamp": 101.5, "duration_ms": 500.0, "turn": 4})
    );
    time("tool.call.timeout", 103.0, json!({"tool_name": "web", "duration_ms": 9}));
    assert_eq!(
        at(&bench, "/result"),
        json!({"tool_name": "web", "success": false, "result": null, "error": "timed out",
               "duration_ms": 9.0, "count": null})
    );
    time("tool.call.failure", 104.0, json!({"tool_name": "web", "error": "404"}));
    assert_eq!(at(&bench, "/result/error"), "404");
    time("tool.call.success", 105.0, json!({"tool_name": "web", "result": "text"}));
    assert_eq!((at(&bench, "/result/result"), at(&bench, "/result/count")), (json!("text"), Value::Null));
    assert_eq!(at(&bench, "/history/failures"), json!({"web": 2}));
    assert_eq!(
        (at(&bench, "/history/total_tool_calls"), at(&bench, "/history/total_failures")),
        (json!(4), json!(2))
    );
    assert_eq!(at(&bench, "/session/duration_seconds"), 5.0);
    assert_eq!(at(&bench, "/session/started_at"), 100.0);
    time("agent.turn.end", 106.0, json!({}));
    assert_eq!(at(&bench, "/result"), Value::Null, "a result is there at tool events only");
}

#[test]
fn messages_are_told_once() {
    let bench = engine();
    send(&bench, "query.start", json!({"query": "find it"}));
    assert_eq!(at(&bench, "/history/messages"), json!([{"role": "user", "content": "find it"}]));
    let told =
        json!({"messages": [{"role": "user", "content": "find it"}, {"role": "assistant", "content": "ok"}]});
    send(&bench, "agent.turn.start", told);
    assert_eq!(at(&bench, "/history/messages/1/content"), "ok");
    send(
        &bench,
        "agent.turn.end",
        json!({"messages": [{"role": "assistant", "content": "done", "extra": 1}]}),
    );
    assert_eq!(at(&bench, "/history/messages").as_array().unwrap().len(), 3);
    assert_eq!(at(&bench, "/history/messages/2/extra"), 1);
}

#[test]
fn time_stands_still_without_timestamps() {
    let bench = engine();
    send(&bench, "query.start", json!({}));
    assert_eq!(at(&bench, "/session/duration_seconds"), 0.0);
    bench.json(json!({"type": "a.b", "session_id": "s", "timestamp": "2025-12-24T10:00:00Z"}));
    assert_eq!(at(&bench, "/session/duration_seconds"), 0.0, "the session starts with the first known time");
    bench.json(json!({"type": "a.b", "session_id": "s", "timestamp": 1_766_570_460}));
    send(&bench, "query.start", json!({}));
    assert_eq!(at(&bench, "/session/duration_seconds"), 60.0);
    assert_eq!(at(&bench, "/event/timestamp"), 1_766_570_460.0);
}

#[test]
fn a_session_begins_anew_after_its_end_unless_it_is_resumed() {
    let bench = engine();
    send(&bench, "agent.turn.start", json!({"turn_number": 9}));
    send(&bench, "session.end", json!({}));
    assert_eq!(at(&bench, "/turn/number"), 9, "its rules still see it");
    send(&bench, "session.resumed", json!({}));
    send(&bench, "agent.turn.start", json!({}));
    assert_eq!(at(&bench, "/turn/number"), 10);
    send(&bench, "session.end", json!({}));
    send(&bench, "agent.turn.start", json!({}));
    assert_eq!(at(&bench, "/turn/number"), 1);
    assert_eq!(at(&bench, "/session/id"), "s");
}

/// An event of the model: a turn (with or without a number), or a tool call.
#[derive(Clone, Debug)]
enum Told {
    Turn(Option<i64>),
    Call(u8, bool),
}

fn told() -> impl Strategy<Value = Told> {
    prop_oneof![
        proptest::option::of(1_i64..5).prop_map(Told::Turn),
        (0_u8..3, any::<bool>()).prop_map(|(tool, success)| Told::Call(tool, success)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn counters_agree_with_a_model_that_keeps_everything(events in proptest::collection::vec(told(), 1..300)) {
        let bench = engine();
        let (mut turn, mut begun, mut iterations) = (1, false, 0);
        let mut calls: Vec<(String, bool, i64)> = Vec::new();
        for event in &events {
            match event {
                Told::Turn(given) => {
                    let payload = given.map_or(json!({}), |number| json!({"turn_number": number}));
                    send(&bench, "agent.turn.start", payload);
                    let next = given.unwrap_or(if begun { turn + 1 } else { 1 });
                    iterations = if begun && *given == Some(turn) { iterations + 1 } else { 0 };
                    (turn, begun) = (next, true);
                }
                Told::Call(tool, success) => {
                    let event_type = if *success { "tool.call.success" } else { "tool.call.failure" };
                    send(&bench, event_type, json!({"tool_name": format!("t{tool}")}));
                    calls.push((format!("t{tool}"), *success, turn));
                    iterations += 1;
                }
            }
        }
        prop_assert_eq!(at(&bench, "/turn/number"), turn);
        prop_assert_eq!(at(&bench, "/turn/iteration_count"), iterations);
        prop_assert_eq!(at(&bench, "/history/total_tool_calls"), calls.len());
        prop_assert_eq!(at(&bench, "/history/total_failures"), calls.iter().filter(|it| !it.1).count());
        for tool in ["t0", "t1", "t2"] {
            let failures = calls.iter().filter(|it| it.0 == tool && !it.1).count();
            let told = at(&bench, "/history/failures").get(tool).cloned().unwrap_or(json!(0));
            prop_assert_eq!(told, failures);
        }
        let kept = &calls[calls.len().saturating_sub(200)..];
        let tools = at(&bench, "/history/tools");
        prop_assert_eq!(tools.as_array().unwrap().len(), kept.len());
        for (tool, (name, success, turn)) in tools.as_array().unwrap().iter().zip(kept) {
            prop_assert_eq!((&tool["name"], &tool["success"], &tool["turn"]), (&json!(name), &json!(success), &json!(turn)));
        }
    }
}
