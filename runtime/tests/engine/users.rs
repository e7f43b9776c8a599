//! What users choose is in force for their next event, and for nobody else.

use oracle_runtime::error::EngineError;
use oracle_vm::value::{Data, Map};
use serde_json::json;

use crate::support::{bench, event, fired, rule, rule_set};

const PARAM: &str = "[params.threshold]\ntype = \"float\"\ndefault = 0.8\nmin = 0.0\nmax = 1.0";

fn used(user: &str, usage: f64) -> oracle_runtime::event::Event {
    event(json!({"type": "agent.turn.start", "user_id": user, "payload": {"token_usage": usage}}))
}

fn watching() -> String {
    rule(
        "watch",
        "on_turn_start",
        "context.turn.token_usage > params.threshold",
        "{{ params.threshold }}",
        PARAM,
    )
}

#[test]
fn a_toggle_holds_for_the_next_event_of_its_user() {
    let core = rule("core", "on_turn_start", "True", "core", "core = true");
    let off = rule("off", "on_turn_start", "True", "off", "enabled = false");
    let bench = bench(&[&watching(), &core, &off]);
    assert_eq!(fired(&bench.one(used("ann", 0.9))), ["core", "watch"]);
    bench.engine.set_enabled("ann", "watch", false).unwrap();
    bench.engine.set_enabled("ann", "off", true).unwrap();
    assert_eq!(fired(&bench.one(used("ann", 0.9))), ["core", "off"]);
    assert_eq!(fired(&bench.one(used("bob", 0.9))), ["core", "watch"]);
    assert_eq!(bench.engine.set_enabled("ann", "core", false), Err(EngineError::CoreRule("core".to_owned())));
    assert_eq!(bench.engine.is_enabled("ann", "watch"), Ok(false));
    assert!(matches!(bench.engine.is_enabled("ann", "wtach"), Err(EngineError::UnknownRule(_))));
    bench.engine.replace_rules(rule_set(&[&watching(), &core]));
    assert_eq!(fired(&bench.one(used("ann", 0.9))), ["core"], "choices outlive a reload");
}

#[test]
fn params_are_checked_and_used_by_conditions_and_templates() {
    let bench = bench(&[&watching()]);
    let set =
        |value: Data| bench.engine.set_params("ann", "watch", Map::from_iter([("threshold".into(), value)]));
    set(Data::Float(0.25)).unwrap();
    let result = bench.one(used("ann", 0.3));
    assert_eq!(result.notifications[0].message, "0.25");
    assert!(fired(&bench.one(used("bob", 0.3))).is_empty());
    let Err(EngineError::BadParams(errors)) = set(Data::Float(1.5)) else { panic!("refused") };
    assert_eq!(errors[0].to_string(), "`params.threshold` must be at most 1, not 1.5");
    assert_eq!(bench.engine.params("ann", "watch").unwrap(), [("threshold".to_owned(), Data::Float(0.25))]);
    set(Data::Int(0)).unwrap();
    assert_eq!(
        fired(&bench.one(used("ann", 0.1))),
        ["watch"],
        "whole numbers are floats where floats are declared"
    );
}

#[test]
fn a_param_that_no_longer_fits_falls_back_to_the_default() {
    let bench = bench(&[&watching()]);
    let set = Map::from_iter([("threshold".into(), Data::Float(0.25))]);
    bench.engine.set_params("ann", "watch", set).unwrap();
    bench.engine.replace_rules(rule_set(&[&watching().replace("min = 0.0", "min = 0.5")]));
    assert!(fired(&bench.one(used("ann", 0.3))).is_empty());
    assert_eq!(fired(&bench.one(used("ann", 0.9))), ["watch"]);
}
