//! Notifications wait per session and delivery point until the agent asks.

use oracle_compiler::rule::DeliverAt;
use serde_json::json;

use crate::support::{bench, event, key, rule, turn};

#[test]
fn a_point_is_drained_by_priority_and_only_once() {
    let at = |id: &str, priority: &str, point: &str| {
        rule(id, "on_turn_start", "True", id, "")
            + &format!("priority = \"{priority}\"\ndeliver_at = \"{point}\"\n")
    };
    let rules = [
        at("a", "low", "turn_start"),
        at("b", "critical", "turn_start"),
        at("c", "normal", "turn_start"),
        at("d", "critical", "turn_end"),
    ];
    let bench = bench(&rules.each_ref().map(String::as_str));
    bench.engine.handle(turn(json!({})));
    let ids =
        |point| bench.engine.drain(&key("s"), point).into_iter().map(|it| it.rule_id).collect::<Vec<_>>();
    assert_eq!(ids(Some(DeliverAt::TurnStart)), ["b", "c", "a"]);
    assert!(ids(Some(DeliverAt::TurnStart)).is_empty());
    assert!(ids(Some(DeliverAt::Immediate)).is_empty());
    assert_eq!(ids(None), ["d"]);
}

#[test]
fn the_same_text_is_not_queued_twice_while_it_waits() {
    let bench = bench(&[&rule("a", "on_turn_start", "True", "used {{ context.turn.token_usage }}", "")]);
    let used = |usage: f64| bench.one(turn(json!({"token_usage": usage}))).notifications.len();
    assert_eq!((used(0.5), used(0.5), used(0.6), used(0.6)), (1, 0, 1, 0));
    assert_eq!(bench.engine.drain(&key("s"), None).len(), 2);
    assert_eq!(used(0.5), 1);
}

#[test]
fn sessions_do_not_see_each_other() {
    let bench = bench(&[&rule("a", "on_query_start", "True", "a", "")]);
    bench.engine.handle(event(json!({"type": "query.start", "session_id": "one"})));
    bench.engine.handle(event(json!({"type": "query.start", "session_id": "one", "user_id": "ann"})));
    assert!(bench.engine.drain(&key("two"), None).is_empty());
    assert_eq!(bench.engine.drain(&key("one"), None).len(), 1);
    assert!(bench.engine.drain(&key("one"), None).is_empty());
}
