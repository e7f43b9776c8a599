//! What an event costs where no rule matches: no allocation.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking, their functions too")]

use allocation_counter::measure;
use oracle_benches::oracle;
use oracle_compiler::session::RuleInput;
use oracle_runtime::engine::{Engine, EngineOptions, Report};
use oracle_runtime::event::Event;
use oracle_runtime::ruleset::{LoadOptions, load_inputs};
use oracle_runtime::session::SessionKey;
use serde_json::json;

fn engine(inputs: &[RuleInput]) -> Engine {
    let report = load_inputs(inputs, &[], &LoadOptions { builtin: true, ..LoadOptions::default() }).unwrap();
    Engine::new(report.ruleset, EngineOptions::default())
}

fn turn(token_usage: f64) -> Event {
    Event::from_json(&json!({"type": "agent.turn.start", "id": "e", "session_id": "s", "timestamp": 1.0,
                             "payload": {"turn_number": 4, "token_usage": token_usage}}))
    .unwrap()
}

fn rules(count: usize) -> Vec<RuleInput> {
    (0..count)
        .map(|at| {
            let text = format!(
                "[rule]\nid = \"r{at}\"\ntrigger = \"on_turn_start\"\n[condition]\nexpression = \"\"\"\n\
                 context.turn.token_usage > 0.9 and context.turn.number % {} == 1\"\"\"\n\
                 [limits]\nhold_turns = 2\n[action]\ntype = \"notify_self\"\nmessage = \"m\"\n",
                at + 2
            );
            RuleInput::loose(format!("r{at}.toml"), text.as_bytes())
        })
        .collect()
}

#[test]
fn an_event_without_a_match_allocates_nothing() {
    for inputs in [Vec::new(), rules(200)] {
        let engine = engine(&inputs);
        let mut results = Vec::new();
        for _ in 0..3 {
            engine.handle_into(turn(0.1), Report::Notable, &mut results);
        }
        assert!(results.iter().all(|result| result.rules.is_empty()), "{results:?}");
        results.clear();
        let event = turn(0.2);
        let counted = measure(|| engine.handle_into(event, Report::Notable, &mut results));
        assert_eq!(counted.count_total, 0, "{counted:?}");
    }
}

/// Matching costs what the host gets: the three texts of the notification, in the queue and in the result, and the
/// result's three lists; nothing that is computed on the way.
#[test]
fn a_match_among_a_hundred_rules_allocates_for_its_notification() {
    let (engine, event) = oracle::hook_engine(100).unwrap();
    let session = SessionKey::of(&event);
    let mut results = Vec::new();
    for _ in 0..3 {
        results.clear();
        engine.handle_into(event.clone(), Report::Notable, &mut results);
        assert_eq!(engine.drain(&session, None).len(), 1);
    }
    results.clear();
    let counted = measure(|| engine.handle_into(event, Report::Notable, &mut results));
    assert_eq!(results[0].notifications[0].message, "Rule 0: 8");
    assert!(counted.count_total <= 9, "{counted:?}");
}
