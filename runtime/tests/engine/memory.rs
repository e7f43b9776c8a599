//! A session's memory does not grow with its events.

use oracle_runtime::event::Event;
use oracle_runtime::session::{HISTORY, Session};
use serde_json::json;

use crate::support::{event, key};

#[test]
fn a_million_events_leave_a_session_as_large_as_before() {
    let events: Vec<Event> = (0..50)
        .flat_map(|n| {
            [
                event(json!({"type": "agent.turn.start",
                             "payload": {"messages": [{"role": "user", "content": format!("m{n}")}]}})),
                event(json!({"type": "tool.call.pending",
                             "payload": {"tool_name": "t", "call_id": format!("lost{n}")}})),
                event(json!({"type": "tool.call.success", "payload": {"tool_name": "t", "result": "r"}})),
                event(json!({"type": "tool.call.failure", "payload": {"tool_name": format!("f{n}")}})),
            ]
        })
        .collect();
    let mut session = Session::new(key("s"));
    let mut sizes = Vec::new();
    for round in 0..5_000 {
        for event in &events {
            session.apply(event);
        }
        if round % 1_000 == 999 {
            sizes.push(session.context().to_json().to_string().len());
        }
    }
    let context = session.context().to_json();
    assert_eq!(context["history"]["total_tool_calls"], 500_000);
    assert_eq!(context["history"]["tools"].as_array().unwrap().len(), HISTORY);
    assert_eq!(context["history"]["messages"].as_array().unwrap().len(), HISTORY);
    let (least, most) = (sizes.iter().min().unwrap(), sizes.iter().max().unwrap());
    assert!(most - least < 2_000, "only digits of counters grow: {sizes:?}");
}
