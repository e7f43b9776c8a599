//! How a hook runs: one snapshot, all conditions first, all matches fire, in order.

use oracle_runtime::engine::Report;
use oracle_vm::value::Data;
use serde_json::json;

use crate::support::{acting, bench, fired, rule, turn};

const TURN: &str = "on_turn_start";

#[test]
fn rules_fire_by_priority_then_by_id() {
    let rules = [
        rule("b", TURN, "True", "b", ""),
        rule("low", TURN, "True", "low", "priority = 1"),
        rule("a", TURN, "True", "a", ""),
        rule("high", TURN, "True", "high", "priority = 1000"),
        rule("never", TURN, "context.turn.number > 99", "never", "priority = 500"),
    ];
    let bench = bench(&rules.each_ref().map(String::as_str));
    let result = bench.one(turn(json!({})));
    assert_eq!(fired(&result), ["high", "a", "b", "low"]);
    assert_eq!(result.first_match.as_deref(), Some("high"));
    let messages: Vec<&str> = result.notifications.iter().map(|it| it.message.as_str()).collect();
    assert_eq!(messages, ["high", "a", "b", "low"]);
    assert_eq!(result.rules.len(), 4);
    let all = bench.engine.handle_with(turn(json!({})), Report::All);
    assert_eq!(all[0].rules.len(), 5);
    assert_eq!(all[0].rules.iter().filter(|it| !it.matched).map(|it| &*it.id).collect::<Vec<_>>(), ["never"]);
}

#[test]
fn no_rule_sees_the_effects_of_another_at_the_same_event() {
    let write = "type = \"set_state\"\nkey = \"flag\"\nvalue = \"{{ context.turn.number }}\"";
    let rules = [
        acting("writes", TURN, "True", write).replace("[condition]", "priority = 900\n[condition]"),
        rule("reads", TURN, "context.state.has('flag')", "{{ context.state.get('flag') }}", "priority = 1"),
        rule("absent", TURN, "not context.state.has('flag')", "absent", "priority = 1"),
    ];
    let bench = bench(&rules.each_ref().map(String::as_str));
    assert_eq!(fired(&bench.one(turn(json!({"turn_number": 7})))), ["writes", "absent"]);
    assert_eq!(bench.state("flag"), Some(Data::Int(7)), "a single expression keeps its type");
    let second = bench.one(turn(json!({"turn_number": 8})));
    assert_eq!(fired(&second), ["writes", "reads"]);
    assert_eq!(second.notifications[0].message, "7", "templates see the snapshot, too");
}

#[test]
fn the_result_is_the_json_of_the_handbook() {
    let rules = [
        rule("ok", TURN, "True", "hello", ""),
        rule("bad", TURN, "1 / (context.turn.number - 1) > 0", "x", ""),
        rule("held", TURN, "True", "x", "[limits]\nhold_turns = 2"),
    ];
    let bench = bench(&rules.each_ref().map(String::as_str));
    let mut json = serde_json::to_value(bench.one(turn(json!({})))).unwrap();
    for time in ["/time_us", "/rules/0/time_us", "/rules/1/time_us", "/rules/2/time_us"] {
        assert!(json.pointer(time).unwrap().as_f64().unwrap() >= 0.0);
        *json.pointer_mut(time).unwrap() = json!("measured");
    }
    let message = json["rules"][0]["error"]["message"].take();
    assert!(message.as_str().unwrap().contains("by zero"), "{message}");
    let expected = json!({
        "event": {"id": "event-1", "type": "agent.turn.start", "session_id": "s"},
        "hook": "on_turn_start",
        "rules": [
            {"id": "bad", "matched": false, "fired": false, "held": null, "actions": [],
             "error": {"kind": "zero_division", "message": null}, "time_us": "measured"},
            {"id": "held", "matched": true, "fired": false, "held": "hold_turns", "actions": [], "error": null,
             "time_us": "measured"},
            {"id": "ok", "matched": true, "fired": true, "held": null, "actions": ["notify_self"], "error": null,
             "time_us": "measured"},
        ],
        "first_match": "held",
        "notifications": [{"rule_id": "ok", "message": "hello", "category": "info", "priority": "normal",
                           "deliver_at": "turn_start"}],
        "time_us": "measured",
    });
    assert_eq!(json, expected);
}

#[test]
fn an_event_without_a_hook_runs_nothing() {
    let bench = bench(&[&rule("a", TURN, "True", "a", "")]);
    let result = bench.json(json!({"type": "deploy.finished"}));
    assert_eq!((result.hook, result.rules.len()), (None, 0));
    assert_eq!(result.event.session_id.as_str(), "default");
}

/// Three hooks were never emitted once: every event type of every hook runs its rules.
#[test]
fn every_hook_runs() {
    for row in oracle_vm::hook::HOOKS {
        for event_type in row.events {
            let bench = bench(&[&rule("a", row.name, "True", "a", "")]);
            assert_eq!(fired(&bench.json(json!({"type": event_type}))), ["a"], "{event_type}");
        }
    }
}
