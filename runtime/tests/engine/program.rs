//! The engine's hook programs say what evaluating the rules one by one says.

use std::collections::BTreeSet;

use oracle_runtime::context::Context;
use oracle_runtime::engine::{EventResult, Report, RuleSet};
use oracle_runtime::event::Event;
use oracle_vm::value::{Data, Map};
use proptest::prelude::*;
use serde_json::json;

use crate::support::{Bench, bench, key, rule};

/// Conditions of every kind: tests that the index knows, tests that it does not, and code that fails.
fn condition() -> impl Strategy<Value = String> {
    let share = || prop_oneof![Just("0.0"), Just("0.25"), Just("0.5"), Just("0.75"), Just("1.0"), Just("2")];
    let order = || prop_oneof![Just("<"), Just("<="), Just(">"), Just(">="), Just("=="), Just("!=")];
    let number = || {
        prop_oneof![
            Just("context.turn.token_usage"),
            Just("context.turn.context_usage"),
            Just("context.turn.number"),
            Just("context.history.total_tool_calls"),
        ]
    };
    let bound = || prop_oneof![share().prop_map(str::to_owned), Just("params.level".to_owned())];
    let leaf = prop_oneof![
        6 => (number(), order(), bound()).prop_map(|(slot, op, bound)| format!("{slot} {op} {bound}")),
        2 => prop_oneof![Just("s"), Just("t")].prop_map(|id| format!("context.session.id == '{id}'")),
        1 => Just("context.session.id in ['s', 'u']".to_owned()),
        1 => Just("context.turn.number in [1, 3]".to_owned()),
        1 => Just("context.turn.iteration_limit is None".to_owned()),
        1 => Just("1 / (context.turn.number - 2) > 0".to_owned()),
        1 => Just("context.state.get('seen', 0) == 0".to_owned()),
        1 => Just("len(context.history.messages) > 1".to_owned()),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            4 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} and {b}")),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} or {b})")),
            1 => inner.prop_map(|a| format!("not ({a})")),
        ]
    })
}

#[derive(Clone, Debug)]
struct Written {
    condition: String,
    enabled: bool,
    toggled: Option<bool>,
    level: Option<u8>,
    priority: u8,
}

fn written() -> impl Strategy<Value = Written> {
    let toggled = prop_oneof![3 => Just(None), 1 => any::<bool>().prop_map(Some)];
    let level = prop_oneof![3 => Just(None), 1 => (0..5_u8).prop_map(Some)];
    (condition(), prop::bool::weighted(0.9), toggled, level, 1..4_u8).prop_map(
        |(condition, enabled, toggled, level, priority)| Written {
            condition,
            enabled,
            toggled,
            level,
            priority,
        },
    )
}

fn texts(rules: &[Written]) -> Vec<String> {
    let text = |(at, written): (usize, &Written)| {
        let more = format!(
            "priority = {}\nenabled = {}\n[params.level]\ntype = \"float\"\ndefault = 0.5\n",
            written.priority, written.enabled
        );
        rule(&format!("r{at}"), "on_turn_start", &written.condition, "m", &more)
    };
    rules.iter().enumerate().map(text).collect()
}

/// What one rule came to: matched, or the kind and words of its error.
type Answer = (String, bool, Option<(&'static str, String)>);

fn one_by_one(set: &RuleSet, rules: &[Written], context: &Context) -> Vec<Answer> {
    let mut answers = Vec::new();
    for &id in set.of_hook(oracle_vm::hook::Hook::OnTurnStart) {
        let qualified = &set.get(id).unwrap().id;
        let written = &rules[qualified[1..].parse::<usize>().unwrap()];
        if !written.toggled.unwrap_or(written.enabled) {
            continue;
        }
        let trial = set.try_rule(id, context, &params(written), &Map::default()).unwrap();
        let error = trial.error.map(|error| (error.kind, error.message));
        answers.push((qualified.to_string(), trial.matched, error));
    }
    answers
}

fn params(written: &Written) -> Map {
    written.level.map(|level| ("level".into(), Data::Float(f64::from(level) / 4.0))).into_iter().collect()
}

fn choose(bench: &Bench, rules: &[Written]) {
    for (at, written) in rules.iter().enumerate() {
        let id = format!("r{at}");
        if let Some(enabled) = written.toggled {
            bench.engine.set_enabled("local", &id, enabled).unwrap();
        }
        if written.level.is_some() {
            bench.engine.set_params("local", &id, params(written)).unwrap();
        }
    }
}

fn answers(result: &EventResult) -> Vec<Answer> {
    let answer = |rule: &oracle_runtime::engine::RuleOutcome| {
        let error = rule.error.as_ref().map(|error| (error.kind, error.message.clone()));
        (rule.id.to_string(), rule.matched, error)
    };
    result.rules.iter().map(answer).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn programs_answer_as_the_rules_one_by_one(
        rules in prop::collection::vec(written(), 1..24),
        turns in prop::collection::vec((1..5_i64, 0..5_u8, 0..5_u8, 0..3_usize), 1..6),
    ) {
        let texts = texts(&rules);
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let bench = bench(&texts);
        choose(&bench, &rules);
        let set = bench.engine.rules();
        for (at, (number, tokens, window, messages)) in turns.into_iter().enumerate() {
            let event = Event::from_json(&json!({
                "type": "agent.turn.start", "session_id": "s", "payload": {
                    "turn_number": number, "token_usage": f64::from(tokens) / 4.0,
                    "context_usage": f64::from(window) / 4.0,
                    "messages": vec![json!({"role": "user"}); messages]}})).unwrap();
            let report = if at % 2 == 0 { Report::All } else { Report::Notable };
            let results = bench.engine.handle_with(event, report);
            let mut wanted = one_by_one(&set, &rules, &bench.engine.context(&key("s")).unwrap());
            if report == Report::Notable {
                wanted.retain(|(_, matched, error)| *matched || error.is_some());
            }
            prop_assert_eq!(answers(&results[0]), wanted);
            let ran: BTreeSet<_> = results[0].rules.iter().filter(|it| it.ran).map(|it| &it.id).collect();
            if report == Report::All {
                prop_assert_eq!(ran.len(), results[0].evaluated as usize);
            }
        }
    }
}

#[test]
fn the_index_answers_for_rules_without_running_them() {
    let texts: Vec<String> = (0..100)
        .map(|at| {
            let condition = format!("context.turn.number == {at} and context.turn.token_usage > 0.5");
            rule(&format!("r{at}"), "on_turn_start", &condition, "m", "")
        })
        .collect();
    let bench = bench(&texts.iter().map(String::as_str).collect::<Vec<_>>());
    let result = bench.json(json!({"type": "agent.turn.start", "session_id": "s",
                                   "payload": {"turn_number": 7, "token_usage": 0.9}}));
    assert_eq!(crate::support::fired(&result), ["r7"]);
    assert_eq!(result.evaluated, 0);
}
