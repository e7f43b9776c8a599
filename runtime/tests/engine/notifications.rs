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

#[test]
fn two_clients_that_drain_at_once_get_everything_once() {
    let bench = bench(&[&rule("a", "on_turn_start", "True", "turn {{ context.turn.number }}", "")]);
    let engine = &bench.engine;
    let mut drained: Vec<String> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(move || {
                    let mut mine = Vec::new();
                    // Ends once the last one was seen by either of the two.
                    for _ in 0..200_000 {
                        mine.extend(
                            engine
                                .drain(&key("s"), Some(DeliverAt::TurnStart))
                                .into_iter()
                                .map(|it| it.message),
                        );
                        if engine.turn_number(&key("s")) == Some(500) {
                            break;
                        }
                        std::thread::yield_now();
                    }
                    mine
                })
            })
            .collect();
        for number in 1..=500 {
            engine.handle(turn(json!({"turn_number": number})));
        }
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    });
    drained.extend(engine.drain(&key("s"), None).into_iter().map(|it| it.message));
    drained.sort();
    let before = drained.len();
    drained.dedup();
    assert_eq!((before, drained.len()), (500, 500), "each exactly once");
}

#[test]
fn what_waits_for_more_than_a_day_is_left_out() {
    let bench = bench(&[&rule("a", "on_turn_start", "True", "turn {{ context.turn.number }}", "")]);
    let at = |time: &str| event(json!({"type": "agent.turn.start", "session_id": "s", "timestamp": time}));
    bench.engine.handle(at("2026-01-01T00:00:00Z"));
    bench.engine.handle(at("2026-01-01T20:00:00Z"));
    bench.engine.handle(at("2026-01-02T19:00:00Z"));
    let left: Vec<String> = bench.engine.drain(&key("s"), None).into_iter().map(|it| it.message).collect();
    assert_eq!(left, ["turn 2", "turn 3"]);
}
