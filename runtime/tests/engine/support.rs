//! What the tests share: an engine over rule texts, and short ways to make events.

use std::sync::Arc;

use oracle_compiler::diag::Severity;
use oracle_compiler::session::RuleInput;
use oracle_runtime::action::MemoryLog;
use oracle_runtime::engine::{Engine, EngineOptions, EventResult, RuleSet};
use oracle_runtime::event::Event;
use oracle_runtime::ruleset::{LoadOptions, load_inputs};
use oracle_runtime::session::SessionKey;
use oracle_runtime::state::{MemoryStore, Namespace, Store};
use oracle_vm::value::Data;
use serde_json::{Value, json};

/// An engine with its store and log at hand.
pub(crate) struct Bench {
    pub(crate) engine: Engine,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) log: Arc<MemoryLog>,
}

/// The rules of these texts; every one must load.
pub(crate) fn rule_set(texts: &[&str]) -> Arc<RuleSet> {
    let inputs: Vec<RuleInput> = texts
        .iter()
        .enumerate()
        .map(|(at, text)| RuleInput::loose(format!("{at}.toml"), text.as_bytes()))
        .collect();
    let report = load_inputs(&inputs, &[], &LoadOptions::default()).unwrap();
    let errors: Vec<_> = report.diagnostics.iter().filter(|it| it.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    report.ruleset
}

pub(crate) fn bench(texts: &[&str]) -> Bench {
    let store = Arc::new(MemoryStore::new());
    let log = Arc::new(MemoryLog::default());
    let options = EngineOptions { store: store.clone(), log: log.clone(), ..EngineOptions::default() };
    Bench { engine: Engine::new(rule_set(texts), options), store, log }
}

/// A rule with a notification; `more` is more TOML, `[limits]` or `[params.x]` tables.
pub(crate) fn rule(id: &str, trigger: &str, condition: &str, message: &str, more: &str) -> String {
    format!(
        "[rule]\nid = \"{id}\"\ntrigger = \"{trigger}\"\n{more}\n[condition]\nexpression = \"{condition}\"\n\
         [action]\ntype = \"notify_self\"\nmessage = \"{message}\"\n"
    )
}

/// A rule with another action.
pub(crate) fn acting(id: &str, trigger: &str, condition: &str, action: &str) -> String {
    format!(
        "[rule]\nid = \"{id}\"\ntrigger = \"{trigger}\"\n[condition]\nexpression = \"{condition}\"\n\
         [action]\n{action}\n"
    )
}

pub(crate) fn event(json: Value) -> Event {
    Event::from_json(&json).unwrap()
}

pub(crate) fn turn(payload: Value) -> Event {
    event(json!({"type": "agent.turn.start", "session_id": "s", "payload": payload}))
}

pub(crate) fn key(session: &str) -> SessionKey {
    SessionKey { user: "local".into(), project: "default".into(), session: session.into() }
}

/// The ids of the rules that fired.
pub(crate) fn fired(result: &EventResult) -> Vec<&str> {
    result.fired().map(|rule| &*rule.id).collect()
}

/// The kind of error of each rule that failed.
pub(crate) fn failed(result: &EventResult) -> Vec<(&str, &str)> {
    result.failed().map(|rule| (&*rule.id, rule.error.as_ref().unwrap().kind)).collect()
}

impl Bench {
    /// Handles an event that leads to no other.
    pub(crate) fn one(&self, event: Event) -> EventResult {
        let mut results = self.engine.handle(event);
        assert_eq!(results.len(), 1);
        results.remove(0)
    }

    /// Handles an event given as JSON.
    pub(crate) fn json(&self, json: Value) -> EventResult {
        self.one(event(json))
    }

    /// A path of the session's context, as JSON.
    pub(crate) fn context(&self, session: &str, pointer: &str) -> Value {
        let context = self.engine.context(&key(session)).unwrap().to_json();
        context.pointer(pointer).cloned().unwrap_or_else(|| panic!("nothing at {pointer}"))
    }

    /// A value of the state of the rules outside plugins.
    pub(crate) fn state(&self, name: &str) -> Option<Data> {
        let namespace =
            Namespace { user: "local".into(), project: "default".into(), plugin: "_rules".into() };
        self.store.get(&namespace, name).unwrap()
    }
}
