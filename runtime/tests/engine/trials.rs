//! Trying rules without effects, and the examples of the built-in rules.

use oracle_runtime::context::Context;
use oracle_runtime::ruleset::{LoadOptions, load};
use oracle_vm::value::{Data, Map};

fn map(data: &Data) -> Map {
    match data {
        Data::Map(map) => Map::clone(map),
        _ => Map::default(),
    }
}

#[test]
fn the_examples_of_every_built_in_rule_hold() {
    let report = load(&LoadOptions { builtin: true, ..LoadOptions::default() }).unwrap();
    let mut ran = 0;
    for rule in report.ruleset.rules() {
        let id = report.ruleset.find(&rule.id).unwrap();
        for test in &rule.spec.tests {
            let context = Context::from_data(&test.context, Some(rule.spec.hook)).unwrap();
            let trial =
                report.ruleset.try_rule(id, &context, &map(&test.params), &map(&test.settings)).unwrap();
            assert_eq!((trial.matched, &trial.error), (test.fires, &None), "{}: {}", rule.id, test.name);
            if let Some(message) = &test.message {
                assert_eq!(trial.message(), Some(message.as_str()), "{}: {}", rule.id, test.name);
            }
            ran += 1;
        }
    }
    assert!(ran >= 12);
}
