//! More sessions than fit into memory: which are forgotten, and what comes back with them.

use std::sync::Arc;

use oracle_runtime::engine::{Engine, EngineOptions};
use oracle_runtime::limits::Held;
use oracle_runtime::session::SessionKey;
use oracle_runtime::state::{MemoryStore, Store};
use serde_json::json;

use crate::restart::limited;
use crate::support::{event, key, rule, rule_set};

#[test]
fn a_forgotten_session_counts_on_when_it_comes_back() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let rules = rule_set(&[&limited("max_per_session = 1\ncooldown_seconds = 1000")]);
    let options = EngineOptions { store, max_sessions: 10, ..EngineOptions::default() };
    let engine = Engine::new(rules, options);
    let turn = |user: &str, session: &str, at: u32| {
        let json = json!({"type": "agent.turn.start", "user_id": user, "session_id": session,
                          "timestamp": at, "payload": {"token_usage": 0.9}});
        engine.handle(event(json)).remove(0).rules[0].held
    };
    assert_eq!(turn("ann", "first", 0), None);
    for at in 0..100 {
        turn(&format!("user-{at}"), "s", 1);
    }
    assert!(engine.session_count() <= 10, "{} sessions", engine.session_count());
    assert!(engine.tenant_count() <= 11, "{} users", engine.tenant_count());
    let first = SessionKey { user: "ann".into(), ..key("first") };
    assert!(engine.context(&first).is_none(), "it was forgotten");
    assert_eq!(turn("ann", "second", 500), Some(Held::CooldownSeconds), "the user's cooldown holds");
    assert_eq!(turn("ann", "first", 2_000), Some(Held::MaxPerSession));
    assert_eq!(turn("ann", "second", 2_000), None);
}

#[test]
fn ended_sessions_are_forgotten_first_and_those_with_something_to_read_last() {
    let rules = rule_set(&[&rule("a", "on_query_start", "True", "m", "")]);
    let options = EngineOptions { max_sessions: 10, ..EngineOptions::default() };
    let engine = Engine::new(rules, options);
    let send = |session: &str, kind: &str| {
        engine.handle(event(json!({"type": kind, "session_id": session})));
    };
    send("old", "agent.turn.start");
    for at in 0..8 {
        send(&format!("s{at}"), "agent.turn.start");
    }
    send("ended", "session.end");
    send("one-more", "agent.turn.start");
    assert!(engine.context(&key("ended")).is_none() && engine.context(&key("old")).is_some());
    send("yet-another", "agent.turn.start");
    assert!(engine.context(&key("old")).is_none(), "then the least recently used");
    assert!(engine.context(&key("s7")).is_some());
}
