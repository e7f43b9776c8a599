//! What an engine remembers when its process ends: choices, limits, and where a session is.

use std::path::Path;
use std::sync::Arc;

use oracle_runtime::action::MemoryLog;
use oracle_runtime::engine::{Engine, EngineOptions, EventResult, RuleSet};
use oracle_runtime::limits::Held;
use oracle_runtime::state::{
    Batch, Entry, Execution, ExecutionLog, ExecutionQuery, MemoryStore, Namespace, Record, RecordKind,
    RedbStore, StateError, Store, StoreOptions,
};
use oracle_vm::value::{Data, Map};
use proptest::prelude::*;
use serde_json::json;

use crate::support::{event, fired, rule, rule_set};

/// An engine that can be started again over the same state.
struct Restarting {
    rules: Arc<RuleSet>,
    store: Arc<dyn Store>,
    log: Arc<MemoryLog>,
    engine: Engine,
}

impl Restarting {
    fn new(rules: Arc<RuleSet>, store: Arc<dyn Store>) -> Restarting {
        let log = Arc::new(MemoryLog::default());
        let engine = start(&rules, &store, &log);
        Restarting { rules, store, log, engine }
    }

    fn in_memory(texts: &[&str]) -> Restarting {
        Restarting::new(rule_set(texts), Arc::new(MemoryStore::new()))
    }

    fn restart(&mut self) {
        self.engine = start(&self.rules, &self.store, &self.log);
    }

    fn restart_with(&mut self, texts: &[&str]) {
        self.rules = rule_set(texts);
        self.restart();
    }

    fn send(&self, event_type: &str, seconds: f64, usage: f64) -> EventResult {
        let json = json!({"type": event_type, "session_id": "s", "timestamp": seconds,
                          "payload": {"token_usage": usage}});
        self.engine.handle(event(json)).remove(0)
    }

    /// Whether the rule fires at a turn that begins then, or why not.
    fn turn(&self, seconds: f64, usage: f64) -> Option<Held> {
        let result = self.send("agent.turn.start", seconds, usage);
        let rule = result.rules.first();
        rule.and_then(|rule| rule.held)
    }
}

fn start(rules: &Arc<RuleSet>, store: &Arc<dyn Store>, log: &Arc<MemoryLog>) -> Engine {
    let options =
        EngineOptions { store: Arc::clone(store), log: Arc::clone(log) as _, ..EngineOptions::default() };
    Engine::new(Arc::clone(rules), options)
}

pub(crate) fn limited(limits: &str) -> String {
    rule("a", "on_turn_start", "context.turn.token_usage > 0.5", "m", &format!("[limits]\n{limits}"))
}

#[test]
fn every_limit_goes_on_after_a_restart() {
    for (limits, before, held) in [
        ("max_per_session = 1", 1, Some(Held::MaxPerSession)),
        ("once = \"session\"", 1, Some(Held::MaxPerSession)),
        ("cooldown_turns = 3", 1, Some(Held::CooldownTurns)),
        ("cooldown_turns = 3", 2, Some(Held::CooldownTurns)),
        ("cooldown_turns = 3", 3, None),
        ("cooldown_seconds = 60", 59, Some(Held::CooldownSeconds)),
        ("cooldown_seconds = 60", 60, None),
        ("hold_turns = 3", 1, Some(Held::HoldTurns)),
        ("hold_turns = 3", 2, None),
        ("on = \"rising\"", 1, Some(Held::Rising)),
        ("clear_when = \"context.turn.token_usage < 0.2\"", 1, Some(Held::ClearWhen)),
    ] {
        let mut engine = Restarting::in_memory(&[&limited(limits)]);
        for at in 0..before {
            engine.turn(f64::from(at), 0.9);
        }
        engine.restart();
        assert_eq!(engine.turn(f64::from(before), 0.9), held, "{limits} after {before} turns");
    }
}

#[test]
fn an_ended_session_begins_anew_after_a_restart_unless_it_is_resumed() {
    let rules = limited("max_per_session = 1");
    let mut engine = Restarting::in_memory(&[&rules]);
    assert_eq!(engine.turn(0.0, 0.9), None);
    engine.send("session.end", 1.0, 0.0);
    engine.restart();
    engine.send("session.resumed", 2.0, 0.0);
    assert_eq!(engine.turn(3.0, 0.9), Some(Held::MaxPerSession));
    engine.send("session.end", 4.0, 0.0);
    engine.restart();
    assert_eq!(engine.turn(5.0, 0.9), None, "it begins anew");
    engine.restart();
    assert_eq!(engine.turn(6.0, 0.9), Some(Held::MaxPerSession), "and counts anew");
    engine.send("session.end", 7.0, 0.0);
    assert_eq!(engine.turn(8.0, 0.9), None);
}

#[test]
fn counters_hold_as_long_as_the_condition_does() {
    let rules = limited("max_per_session = 1");
    let mut engine = Restarting::in_memory(&[&rules]);
    assert_eq!(engine.turn(0.0, 0.9), None);
    let other_text = rules.replace("message = \"m\"", "message = \"n\"");
    engine.engine.replace_rules(rule_set(&[&other_text]));
    assert_eq!(engine.turn(1.0, 0.9), Some(Held::MaxPerSession), "another message");
    engine.restart_with(&[&other_text]);
    assert_eq!(engine.turn(2.0, 0.9), Some(Held::MaxPerSession), "another message, after a restart");
    engine.engine.replace_rules(rule_set(&[]));
    engine.turn(3.0, 0.9);
    engine.engine.replace_rules(rule_set(&[&rules]));
    assert_eq!(engine.turn(4.0, 0.9), Some(Held::MaxPerSession), "gone and back");
    let other_condition = rules.replace("> 0.5", "> 0.6");
    engine.engine.replace_rules(rule_set(&[&other_condition]));
    assert_eq!(engine.turn(5.0, 0.9), None, "another condition");
    engine.restart_with(&[&rules]);
    assert_eq!(engine.turn(6.0, 0.9), None, "the first condition again, which has fired since under another");
}

#[test]
fn choices_are_there_after_a_restart_and_nobody_elses() {
    let folder = tempfile::tempdir().unwrap();
    let param = "[params.threshold]\ntype = \"float\"\ndefault = 0.8\nmin = 0.0\nmax = 1.0";
    let watch = rule("watch", "on_turn_start", "context.turn.token_usage > params.threshold", "m", param);
    let other = rule("other", "on_turn_start", "True", "m", "");
    let open =
        || -> Arc<dyn Store> { Arc::new(RedbStore::open(folder.path(), StoreOptions::default()).unwrap()) };
    let usage = |user: &str| {
        event(json!({"type": "agent.turn.start", "user_id": user, "payload": {"token_usage": 0.5}}))
    };
    {
        let engine = Restarting::new(rule_set(&[&watch, &other]), open());
        let params = Map::from_iter([("threshold".into(), Data::Float(0.25))]);
        engine.engine.set_params("ann", "watch", params).unwrap();
        engine.engine.set_enabled("ann", "other", false).unwrap();
        engine.engine.set_enabled("bob", "watch", false).unwrap();
    }
    {
        let engine = Restarting::new(rule_set(&[&watch, &other]), open());
        assert_eq!(fired(&engine.engine.handle(usage("ann"))[0]), ["watch"]);
        assert_eq!(fired(&engine.engine.handle(usage("bob"))[0]), ["other"]);
        assert_eq!(fired(&engine.engine.handle(usage("eve"))[0]), ["other"]);
        engine.engine.set_params("ann", "watch", Map::default()).unwrap();
        assert!(
            engine.store.records(RecordKind::Params, &["ann"]).unwrap().is_empty(),
            "nothing is the default"
        );
        let params = Map::from_iter([("threshold".into(), Data::Float(0.25))]);
        engine.engine.set_params("ann", "watch", params).unwrap();
        assert!(engine.log.take().is_empty());
    }
    let engine = Restarting::new(rule_set(&[&watch.replace("min = 0.0", "min = 0.5"), &other]), open());
    let warnings = engine.log.take();
    assert_eq!(warnings.len(), 1);
    assert_eq!((&*warnings[0].user_id, &*warnings[0].rule_id), ("ann", "watch"));
    assert_eq!(
        warnings[0].message,
        "`params.threshold` must be at least 0.5, not 0.25: what was set is not used, the default holds"
    );
    assert!(fired(&engine.engine.handle(usage("ann"))[0]).is_empty());
}

/// A store that cannot be written to for a while.
struct Failing {
    inner: MemoryStore,
    fails: std::sync::atomic::AtomicBool,
}

impl Failing {
    fn set(&self, fails: bool) {
        self.fails.store(fails, std::sync::atomic::Ordering::Relaxed);
    }
}

impl Store for Failing {
    fn snapshot(&self, it: &Namespace) -> Result<Arc<Map>, StateError> {
        self.inner.snapshot(it)
    }
    fn commit(&self, batch: &Batch) -> Result<(), StateError> {
        if self.fails.load(std::sync::atomic::Ordering::Relaxed) {
            return Err(StateError::Storage("no space".to_owned()));
        }
        self.inner.commit(batch)
    }
    fn entries(&self, it: &Namespace) -> Result<Vec<Entry>, StateError> {
        self.inner.entries(it)
    }
    fn namespaces(&self) -> Result<Vec<Namespace>, StateError> {
        self.inner.namespaces()
    }
    fn records(&self, kind: RecordKind, begin: &[&str]) -> Result<Vec<Record>, StateError> {
        self.inner.records(kind, begin)
    }
    fn executions(&self, query: &ExecutionQuery) -> Result<Vec<Execution>, StateError> {
        self.inner.executions(query)
    }
    fn is_durable(&self) -> bool {
        true
    }
}

#[test]
fn while_the_store_fails_limits_count_on_and_are_written_later() {
    let store = Arc::new(Failing { inner: MemoryStore::new(), fails: false.into() });
    let rules = rule_set(&[&limited("max_per_session = 2\ncooldown_seconds = 5")]);
    let mut engine = Restarting::new(rules, Arc::clone(&store) as _);
    store.set(true);
    assert_eq!(engine.turn(0.0, 0.9), None, "what writes no state fires");
    assert_eq!(engine.turn(1.0, 0.9), Some(Held::CooldownSeconds));
    assert_eq!(engine.turn(10.0, 0.9), None);
    assert_eq!(engine.turn(20.0, 0.9), Some(Held::MaxPerSession));
    let refused = engine.engine.set_enabled("ann", "a", false);
    assert!(refused.unwrap_err().to_string().contains("no space"));
    assert_eq!(engine.engine.is_enabled("ann", "a"), Ok(true), "what could not be stored is not in force");
    store.set(false);
    assert_eq!(engine.turn(30.0, 0.1), None);
    engine.restart();
    assert_eq!(engine.turn(40.0, 0.9), Some(Held::MaxPerSession));
}

#[test]
fn a_full_quota_is_the_fault_of_its_plugin_alone() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::with_options(StoreOptions {
        plugin_quota_bytes: 30,
        ..StoreOptions::default()
    }));
    let write = |id: &str, cooldown: &str| {
        format!(
            "[rule]\nid = \"{id}\"\ntrigger = \"on_turn_start\"\n{cooldown}\n[condition]\nexpression = \"True\"\n\
             [action]\ntype = \"set_state\"\nkey = \"k\"\nvalue = \"{{{{ context.event.payload.text }}}}\"\n"
        )
    };
    let rules = rule_set(&[
        &write("writes", "[limits]\ncooldown_seconds = 60"),
        &rule("tells", "on_turn_start", "True", "m", "[limits]\nmax_per_session = 1"),
    ]);
    let engine = Restarting::new(rules, store);
    let turn = |text: &str| {
        let json = json!({"type": "agent.turn.start", "session_id": "s", "timestamp": 1,
                          "payload": {"text": text}});
        engine.engine.handle(event(json)).remove(0)
    };
    let result = turn(&"x".repeat(100));
    assert_eq!(fired(&result), ["tells"]);
    let error = result.rules.iter().find_map(|rule| rule.error.as_ref()).unwrap();
    assert!(error.message.contains("over its quota of 30"), "{error}");
    assert_eq!(fired(&turn("short")), ["writes"], "what did not fire does not cool down");
}

#[test]
fn executions_are_recorded_with_what_became_of_them() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let log = Arc::new(ExecutionLog::new(Arc::clone(&store)));
    let rules = rule_set(&[
        &limited("max_per_session = 1"),
        &rule("b", "on_turn_start", "1 // (context.turn.number - 1) > 0", "m", ""),
        &rule("c", "on_turn_start", "False", "m", ""),
    ]);
    let options = EngineOptions { store, executions: Some(Arc::clone(&log)), ..EngineOptions::default() };
    let engine = Engine::new(rules, options);
    let send = |number: i64| {
        let json = json!({"type": "agent.turn.start", "session_id": "s", "id": format!("e{number}"),
                          "payload": {"token_usage": 0.9, "turn_number": number}});
        engine.handle_with(event(json), oracle_runtime::engine::Report::All);
    };
    send(1);
    send(3);
    let found = log.query(&ExecutionQuery::default()).unwrap();
    let seen: Vec<_> = found
        .iter()
        .map(|it| {
            (it.event_id.as_str(), &*it.rule_id, it.fired, it.held, it.error.as_ref().map(|it| &*it.kind))
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("e3", "a", false, Some(Held::MaxPerSession), None),
            ("e1", "b", false, None, Some("zero_division")),
            ("e1", "a", true, None, None),
        ]
    );
    assert_eq!((found[0].user_id.as_str(), found[0].session_id.as_str()), ("local", "s"));
}

/// One event: the session, the seconds since the one before, whether the condition holds, whether a turn begins, and
/// whether the process ends after it.
type Step = (u8, u8, bool, bool, bool);

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn restarts_at_any_moment_change_nothing(
        hold in proptest::option::of(1_u32..4),
        turns in proptest::option::of(1_u32..4),
        seconds in proptest::option::of(1_u32..9),
        most in proptest::option::of(1_u32..4),
        rising in any::<bool>(),
        clear in any::<bool>(),
        steps in proptest::collection::vec((0..3_u8, 0..4_u8, any::<bool>(), any::<bool>(), proptest::bool::weighted(0.2)), 1..40),
    ) {
        let mut limits = String::new();
        let mut add = |line: Option<String>| limits.extend(line);
        add(hold.map(|it| format!("hold_turns = {it}\n")));
        add(turns.map(|it| format!("cooldown_turns = {it}\n")));
        add(seconds.map(|it| format!("cooldown_seconds = {it}\n")));
        add(most.map(|it| format!("max_per_session = {it}\n")));
        add(rising.then(|| "on = \"rising\"\n".to_owned()));
        add(clear.then(|| "clear_when = \"context.turn.token_usage < 0.2\"\n".to_owned()));
        let steps: Vec<Step> = steps;
        let text = limited(&limits);
        let steady = Restarting::in_memory(&[&text]);
        let mut other = Restarting::in_memory(&[&text]);
        let mut now = 0.0;
        for (session, later, holds, begins, restarts) in steps {
            now += f64::from(later);
            let kind = if begins { "agent.turn.start" } else { "cli.event" };
            let json = json!({"type": kind, "session_id": format!("s{session}"), "timestamp": now,
                              "payload": {"token_usage": if holds { 0.9 } else { 0.1 }}});
            let expected = steady.engine.handle(event(json.clone())).remove(0);
            let found = other.engine.handle(event(json)).remove(0);
            let outcome = |it: &EventResult| it.rules.iter().map(|it| (it.matched, it.fired, it.held)).collect::<Vec<_>>();
            prop_assert_eq!(outcome(&found), outcome(&expected), "{}", limits);
            if restarts {
                other.restart();
            }
        }
    }
}

/// The folder of a store that this test opens and closes.
fn reopened(folder: &Path) -> Arc<dyn Store> {
    Arc::new(RedbStore::open(folder, StoreOptions::default()).unwrap())
}

#[test]
fn limits_and_state_are_in_the_same_file() {
    let folder = tempfile::tempdir().unwrap();
    let text = "[rule]\nid = \"a\"\ntrigger = \"on_turn_start\"\n[limits]\nmax_per_session = 2\n\
                [condition]\nexpression = \"int(context.state.get('n', 0)) < 9\"\n\
                [action]\ntype = \"set_state\"\nkey = \"n\"\n\
                value = \"{{ (context.state.n | default(0)) + 1 }}\"\n";
    let mut fired_at = Vec::new();
    for at in 0..4 {
        let engine = Restarting::new(rule_set(&[text]), reopened(folder.path()));
        let result = engine.send("agent.turn.start", f64::from(at), 0.0);
        fired_at.push(fired(&result).len());
    }
    assert_eq!(fired_at, [1, 1, 0, 0]);
    let store = reopened(folder.path());
    let namespaces = store.namespaces().unwrap();
    assert_eq!(store.get(&namespaces[0], "n").unwrap(), Some(Data::Int(2)));
}
