//! A session's memory does not grow with its events.

use oracle_runtime::event::Event;
use oracle_runtime::session::{HISTORY, Session};
use serde_json::json;

use crate::support::{acting, bench, event, key};

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

#[test]
fn idle_sessions_end_and_are_forgotten() {
    use std::time::{Duration, Instant};
    let end = acting(
        "end",
        "on_session_end",
        "True",
        "type = \"log\"\nmessage = \"ended: {{ context.event.payload.reason }}\"",
    );
    let bench = bench(&[&end]);
    let turn =
        |session: &str| event(json!({"type": "agent.turn.start", "session_id": session, "user_id": session}));
    for number in 0..100 {
        bench.engine.handle(turn(&format!("s{number}")));
    }
    bench.engine.handle(event(
        json!({"type": "session.end", "session_id": "s0", "user_id": "s0", "payload": {"reason": "asked"}}),
    ));
    let hour = Duration::from_secs(3_600);
    assert_eq!(bench.engine.end_idle(hour, Instant::now()), 0);
    assert_eq!(bench.engine.session_count(), 100);
    let later = Instant::now() + hour + hour;
    assert_eq!(bench.engine.end_idle(hour, later), 100);
    assert_eq!(bench.engine.session_count(), 0);
    let said: Vec<String> = bench.log.take().into_iter().map(|record| record.message).collect();
    assert_eq!(said.iter().filter(|it| *it == "ended: idle").count(), 99);
    assert_eq!(said.iter().filter(|it| *it == "ended: asked").count(), 1, "what had ended ends only once");
    bench.engine.handle(turn("s0"));
    assert_eq!(bench.engine.session_count(), 1, "whoever comes back begins anew");
}
