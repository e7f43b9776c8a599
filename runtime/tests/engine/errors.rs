//! One rule's failure is recorded, with its place, and disturbs no other.

use std::sync::Arc;

use oracle_runtime::engine::{Engine, EngineOptions};
use oracle_runtime::state::{
    Batch, Entry, Execution, ExecutionQuery, Namespace, Record, RecordKind, StateError, Store,
};
use oracle_vm::value::Map;
use serde_json::json;

use crate::support::{acting, bench, failed, fired, rule, rule_set, turn};

const TURN: &str = "on_turn_start";

#[test]
fn a_failing_condition_is_recorded_with_its_place() {
    let rules = [
        rule("a-bad", TURN, "context.turn.number > 0 and 7 % (context.turn.number - 1) == 0", "x", ""),
        rule("b-good", TURN, "True", "good", ""),
    ];
    let bench = bench(&rules.each_ref().map(String::as_str));
    let result = bench.one(turn(json!({})));
    assert_eq!((fired(&result), failed(&result)), (vec!["b-good"], vec![("a-bad", "zero_division")]));
    let error = result.rules[0].error.as_ref().unwrap();
    assert!(error.message.contains("7 % (context.turn.number - 1)"), "{error}");
    assert!(!result.rules[0].matched);
}

#[test]
fn a_failing_template_leaves_nothing_of_its_rule() {
    let several = "[rule]\nid = \"half\"\ntrigger = \"on_turn_start\"\n[condition]\nexpression = \"True\"\n\
                   [[action]]\ntype = \"notify_self\"\nmessage = \"first\"\n\
                   [[action]]\ntype = \"set_state\"\nkey = \"k\"\nvalue = 1\n\
                   [[action]]\ntype = \"log\"\nmessage = \"{{ context.event.payload.missing }}\"\n";
    let bench = bench(&[several, &rule("other", TURN, "True", "other", "")]);
    let result = bench.one(turn(json!({})));
    assert_eq!((fired(&result), failed(&result)), (vec!["other"], vec![("half", "template")]));
    let half = &result.rules[0];
    assert_eq!((half.matched, half.actions.len()), (true, 0));
    assert_eq!(result.notifications.len(), 1);
    assert_eq!(bench.state("k"), None);
    assert!(bench.log.take().is_empty());
}

#[test]
fn a_write_beyond_the_limits_fails_only_its_rule() {
    let big = "type = \"set_state\"\nkey = \"big\"\nvalue = \"{{ context.event.payload.text }}\"";
    let rules = [
        acting("big", TURN, "True", big),
        acting("small", TURN, "True", "type = \"set_state\"\nkey = \"k\"\nvalue = 1"),
    ];
    let bench = bench(&rules.each_ref().map(String::as_str));
    let result = bench.one(turn(json!({"text": "x".repeat(1_100_000)})));
    assert_eq!((fired(&result), failed(&result)), (vec!["small"], vec![("big", "state")]));
    assert!(bench.state("k").is_some() && bench.state("big").is_none());
}

/// A store whose disk is full.
struct Full;

impl Store for Full {
    fn snapshot(&self, _: &Namespace) -> Result<Arc<Map>, StateError> {
        Ok(Arc::default())
    }
    fn commit(&self, batch: &Batch) -> Result<(), StateError> {
        Err(StateError::Storage(format!("{} writes, no space", batch.writes.len())))
    }
    fn is_durable(&self) -> bool {
        false
    }

    fn entries(&self, _: &Namespace) -> Result<Vec<Entry>, StateError> {
        Ok(Vec::new())
    }
    fn namespaces(&self) -> Result<Vec<Namespace>, StateError> {
        Ok(Vec::new())
    }
    fn records(&self, _: RecordKind, _: &[&str]) -> Result<Vec<Record>, StateError> {
        Ok(Vec::new())
    }
    fn executions(&self, _: &ExecutionQuery) -> Result<Vec<Execution>, StateError> {
        Ok(Vec::new())
    }
}

#[test]
fn when_the_transaction_fails_no_rule_that_writes_fires() {
    let write = "type = \"set_state\"\nkey = \"k\"\nvalue = 1";
    let rules = [
        acting("w1", TURN, "True", write),
        acting("w2", TURN, "True", write),
        rule("other", TURN, "True", "other", ""),
    ];
    let options = EngineOptions { store: Arc::new(Full), ..EngineOptions::default() };
    let engine = Engine::new(rule_set(&rules.each_ref().map(String::as_str)), options);
    let results = engine.handle(turn(json!({})));
    assert_eq!(fired(&results[0]), ["other"]);
    assert_eq!(failed(&results[0]), [("w1", "state"), ("w2", "state")]);
    let message = &results[0].rules[1].error.as_ref().unwrap().message;
    assert!(message.contains("2 writes"), "one transaction for both: {message}");
}

/// Numbers above 2^63 in tool arguments or state once made everything fail.
#[test]
fn numbers_beyond_64_bits_pass_through() {
    let store = "type = \"set_state\"\nkey = \"big\"\nvalue = \"{{ context.event.payload.arguments.n }}\"";
    let bench = bench(&[&acting("keep", "on_tool_call", "True", store)]);
    let call = json!({"type": "tool.call.pending",
                      "payload": {"tool_name": "t", "arguments": {"n": 18_446_744_073_709_551_615_u64}}});
    assert_eq!(fired(&bench.json(call)), ["keep"]);
    assert_eq!(bench.state("big"), Some(oracle_vm::value::Data::Big(u64::MAX)));
}

/// A generator stops at the first true element.
#[test]
fn any_stops_early() {
    let bench = bench(&[&rule("a", TURN, "any(x > 0 for x in context.event.payload.xs)", "a", "")]);
    assert_eq!(fired(&bench.one(turn(json!({"xs": [1, "a"]})))), ["a"]);
    assert_eq!(failed(&bench.one(turn(json!({"xs": ["a", 1]})))), [("a", "type")]);
}
