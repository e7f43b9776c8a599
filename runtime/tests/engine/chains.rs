//! `emit_event`: handled after the current event, as an event of its own; long chains are cut.

use serde_json::json;

use crate::support::{acting, bench, event, failed, fired, rule, turn};

#[test]
fn an_emitted_event_is_handled_after_the_current_one() {
    let emit = "type = \"emit_event\"\nevent_type = \"query.start\"\n\
                payload = { query = \"turn {{ context.turn.number }}\", n = \"{{ context.turn.number }}\" }";
    let rules = [
        acting("emits", "on_turn_start", "True", emit),
        rule("later", "on_turn_start", "True", "{{ context.event.type }}", "priority = 1"),
        rule(
            "query",
            "on_query_start",
            "context.event.payload.n == 1",
            "{{ context.event.payload.query }}",
            "",
        ),
    ];
    let bench = bench(&rules.each_ref().map(String::as_str));
    let results = bench.engine.handle(turn(json!({})));
    assert_eq!(results.len(), 2);
    assert_eq!(fired(&results[0]), ["emits", "later"]);
    assert_eq!(results[0].notifications[0].message, "agent.turn.start");
    assert_eq!(fired(&results[1]), ["query"]);
    assert_eq!(results[1].notifications[0].message, "turn 1");
    assert_eq!(bench.context("s", "/event/source"), json!("plugin_rule"));
}

#[test]
fn a_rule_that_triggers_itself_is_cut_with_the_chain_named() {
    let emit = "type = \"emit_event\"\nevent_type = \"query.start\"\npayload = {}";
    let bench = bench(&[&acting("loop", "on_query_start", "True", emit)]);
    let results = bench.engine.handle(event(json!({"type": "query.start"})));
    assert_eq!(results.len(), 9, "the event and a chain of eight");
    assert!(results[..8].iter().all(|it| fired(it) == ["loop"]));
    assert_eq!(failed(&results[8]), [("loop", "chain")]);
    let message = &results[8].rules[0].error.as_ref().unwrap().message;
    assert_eq!(message.matches("query.start").count(), 10, "{message}");
    assert_eq!(results.last().unwrap().event.event_type.as_str(), "query.start");
}

#[test]
fn many_emitting_rules_do_not_multiply_without_end() {
    let emit = "type = \"emit_event\"\nevent_type = \"query.start\"\npayload = {}";
    let rules: Vec<String> =
        (0..10).map(|n| acting(&format!("r{n}"), "on_query_start", "True", emit)).collect();
    let bench = bench(&rules.iter().map(String::as_str).collect::<Vec<_>>());
    let results = bench.engine.handle(event(json!({"type": "query.start"})));
    assert_eq!(results.len(), 257);
}

#[test]
fn an_emitted_event_that_would_be_refused_fails_its_rule() {
    let emit = "type = \"emit_event\"\nevent_type = \"agent.turn.start\"\npayload = { token_usage = 1.7 }";
    let bench = bench(&[&acting("bad", "on_query_start", "True", emit)]);
    let results = bench.engine.handle(event(json!({"type": "query.start"})));
    assert_eq!((results.len(), failed(&results[0])), (1, vec![("bad", "action")]));
    let message = &results[0].rules[0].error.as_ref().unwrap().message;
    assert!(message.contains("payload.token_usage") && message.contains("1.7"), "{message}");
}

#[test]
fn emitted_events_stay_in_the_session_and_reach_subscribers() {
    let emit = "type = \"emit_event\"\nevent_type = \"own.thing\"\npayload = { a = [\"{{ 1 + 1 }}\", \"x{{ 1 }}\"] }";
    let bench = bench(&[&acting("emits", "on_query_start", "True", emit)]);
    let seen = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let sink = seen.clone();
    bench.engine.bus().subscribe("own.*", move |event| {
        sink.lock().unwrap().push((event.session_id.as_str().to_owned(), event.get("a").cloned()));
        Ok(())
    });
    bench.engine.handle(event(json!({"type": "query.start", "session_id": "mine"})));
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].0, "mine");
    assert_eq!(serde_json::to_value(&seen[0].1).unwrap(), json!([2, "x1"]));
}
