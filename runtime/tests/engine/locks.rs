//! Evaluating holds no lock that sessions share: while one event is held up in the middle of its conditions, everything
//! else about the engine goes on.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use oracle_runtime::engine::{Engine, EngineOptions};
use oracle_runtime::state::{
    Batch, Entry, Execution, ExecutionQuery, MemoryStore, Namespace, Record, RecordKind, StateError, Store,
};
use oracle_vm::value::Map;
use serde_json::json;

use crate::support::{event, fired, key, rule, rule_set};

/// Far longer than anything here takes; only a test that fails waits for so long.
const FOR_EVER: Duration = Duration::from_secs(60);

/// A store that says when a condition of the user "held" reads state, and makes it wait until it may go on.
struct Gate {
    inner: MemoryStore,
    arrived: Sender<()>,
    go_on: Mutex<Receiver<()>>,
}

impl Store for Gate {
    fn snapshot(&self, it: &Namespace) -> Result<Arc<Map>, StateError> {
        if it.user.as_str() == "held" {
            let _ = self.arrived.send(());
            let _ = self.go_on.lock().unwrap().recv_timeout(FOR_EVER);
        }
        self.inner.snapshot(it)
    }
    fn commit(&self, batch: &Batch) -> Result<(), StateError> {
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
        false
    }
}

/// The rules that fire at a user's turn.
fn turn(engine: &Engine, user: &str, session: &str) -> Vec<String> {
    let sent = json!({"type": "agent.turn.start", "session_id": session, "user_id": user});
    let results = engine.handle(event(sent));
    results.iter().flat_map(fired).map(str::to_owned).collect()
}

#[test]
fn while_conditions_are_evaluated_everything_else_goes_on() {
    let reader = |id: &str| rule(id, "on_turn_start", "context.state.get('n', 0) == 0", "fires", "");
    let (arrived, arrivals) = channel();
    let (release, go_on) = channel();
    let store = Arc::new(Gate { inner: MemoryStore::new(), arrived, go_on: Mutex::new(go_on) });
    let options = EngineOptions { store, ..EngineOptions::default() };
    let engine = Arc::new(Engine::new(rule_set(&[&reader("a")]), options));

    let held = {
        let engine = Arc::clone(&engine);
        std::thread::spawn(move || turn(&engine, "held", "s"))
    };
    arrivals.recv_timeout(FOR_EVER).unwrap();
    let (done, others) = channel();
    let other = {
        let engine = Arc::clone(&engine);
        let rules = rule_set(&[&reader("b")]);
        std::thread::spawn(move || {
            let before = turn(&engine, "free", "s");
            assert!(engine.context(&key("s")).is_none(), "a session of another user");
            engine.set_enabled("free", "a", false).unwrap();
            engine.bus().subscribe("*", |_| Ok(()));
            engine.replace_rules(rules);
            let after = turn(&engine, "free", "t");
            done.send((before, after, engine.session_count())).unwrap();
        })
    };
    let seen = others.recv_timeout(FOR_EVER);
    release.send(()).unwrap();
    let (before, after, sessions) = seen.expect("something waits for the event that is held up");
    assert_eq!((before, after), (vec!["a".to_owned()], vec!["b".to_owned()]));
    assert_eq!(sessions, 3);
    other.join().unwrap();
    assert_eq!(held.join().unwrap(), ["a"], "the event is done with the rules that it began with");
}
