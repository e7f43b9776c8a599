//! What the figures rest on: the cases tell contexts apart, the machine agrees with native code, and evaluating
//! allocates nothing.

use std::collections::HashSet;
use std::rc::Rc;

use allocation_counter::measure;
use oracle_benches::cases::{CASES, RuleSet};
use oracle_benches::engine::Engine as _;
use oracle_benches::host::Host;
use oracle_benches::native::Native;
use oracle_benches::shapes::SHAPES;
use oracle_benches::{context, oracle};
use oracle_runtime::context::{Context, Reads};
use oracle_vm::frame::{Frame, Scope};
use oracle_vm::machine::Machine;
use oracle_vm::schema::SLOTS;
use oracle_vm::value::{Map, json};

#[test]
fn evaluating_allocates_nothing() {
    for (name, context) in context::all() {
        let bound = oracle::bind(&context).unwrap();
        let (frame, scope) = (oracle::frame(&bound), oracle::scope(&bound));
        for case in &CASES {
            let compiled = oracle::compile(case.condition, case.hook).unwrap();
            let mut machine = Machine::new();
            let mut run = || machine.truth(&compiled.pack, compiled.chunk, &frame, &scope).unwrap();
            run();
            let counted = measure(|| {
                run();
            });
            assert_eq!(counted.count_total, 0, "{} on `{name}`: {counted:?}", case.name);
        }
    }
}

#[test]
fn binding_allocates_nothing() {
    let bound = oracle::bind(&context::busy()).unwrap();
    let counted = measure(|| {
        let mut frame = Frame::new();
        bound.bind(&mut frame);
        std::hint::black_box(&frame);
    });
    assert_eq!(counted.count_total, 0, "{counted:?}");
}

#[test]
fn a_hosts_struct_says_what_json_says_and_allocates_nothing() {
    for (name, context) in context::all() {
        let (host, text) = (Host::new(&context), context.json().to_string());
        let whole = oracle::bind(&context).unwrap();
        for case in &CASES {
            let compiled = oracle::compile(case.condition, case.hook).unwrap();
            let reads = Reads::of_chunks(&compiled.pack, [compiled.chunk]);
            let read = Context::from_json_text(&text, None, reads).unwrap();
            let mut machine = Machine::new();
            let mut run = |frame: &Frame<'_>, state: &Map| {
                let scope = Scope { params: &[], settings: &[], state };
                machine.truth(&compiled.pack, compiled.chunk, frame, &scope).unwrap()
            };
            let expected = run(&oracle::frame(&whole), whole.state());
            let mut frame = Frame::new();
            read.bind_reads(&mut frame, reads);
            assert_eq!(run(&frame, read.state()), expected, "{} on `{name}` from text", case.name);
            let mut frame = Frame::new();
            let counted = measure(|| frame.bind(&host, reads.slots()));
            assert_eq!(run(&frame, host.state()), expected, "{} on `{name}` from a struct", case.name);
            assert_eq!(counted.count_total, 0, "{counted:?}");
        }
        let mut frame = Frame::new();
        frame.bind(&host, Reads::EVERYTHING.slots());
        for row in SLOTS {
            let json = |frame: &Frame<'_>| json::to_json(frame.get(row.id)).unwrap();
            assert_eq!(json(&frame), json(&oracle::frame(&whole)), "{} on `{name}`", row.path);
        }
    }
}

#[test]
fn allocations_are_counted() {
    assert_eq!(measure(|| drop(std::hint::black_box(Box::new(1_u64)))).count_total, 1);
}

#[test]
fn every_case_holds_on_one_context_and_not_on_another() {
    for case in &CASES {
        let answers: Vec<bool> = context::all()
            .iter()
            .map(|(_, context)| Native.prepare(case, context).unwrap().is_some_and(|mut run| run(1) == 1))
            .collect();
        assert!(answers.contains(&true) && answers.contains(&false), "{}: {answers:?}", case.name);
    }
}

#[test]
fn the_machine_agrees_with_native_code() {
    for (name, context) in context::all() {
        for case in &CASES {
            let native = Native.prepare(case, &context).unwrap().map(|mut run| run(1));
            let ours = oracle::Oracle.prepare(case, &context).unwrap().map(|mut run| run(1));
            assert_eq!(ours, native, "{} on `{name}`", case.name);
        }
    }
}

#[test]
fn a_rule_set_has_the_matches_it_promises_and_no_rule_twice() {
    let busy = context::busy();
    assert_eq!(RuleSet::one_in_a_hundred(10_000).matches(&busy), 100);
    for count in [1_000, 100_000] {
        let set = RuleSet::ten_hold(count);
        assert_eq!(set.matches(&busy), 10);
        let shares: HashSet<u64> = (0..count).map(|at| set.constants(at).0.to_bits()).collect();
        assert_eq!(shares.len(), count);
    }
}

#[test]
fn hostile_shapes_match_the_same_rules_together_and_one_by_one() {
    for shape in &SHAPES {
        let context = shape.context();
        let pack = Rc::new(oracle::compile_files(shape.files().take(1_000)).unwrap());
        let [together, single] = [oracle::program, oracle::one_by_one].map(|ask| {
            let mut matched = Vec::new();
            ask(Rc::clone(&pack), shape.hook, &context).unwrap()(&mut |at| matched.push(at));
            matched
        });
        assert_eq!(together, single, "{}", shape.name);
        assert!(!together.is_empty(), "{}", shape.name);
        assert_eq!(together.len() == 1_000, shape.name == "hostile-all-match", "{}", shape.name);
    }
}
