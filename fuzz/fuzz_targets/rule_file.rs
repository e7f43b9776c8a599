//! Bytes -> rules and diagnostics -> a verified pack. A bad file is reported, with places inside of it, and never
//! keeps a good one out.

#![no_main]

use libfuzzer_sys::fuzz_target;
use oracle_compiler::session::{Options, RuleInput, compile_rules};
use oracle_vm::verify;

const GOOD: &str = "[rule]\nid = 'a-good-rule-of-the-fuzzer'\ntrigger = 'on_turn_start'\n\
    [condition]\nexpression = 'context.turn.number > 3'\n[action]\ntype = 'log'\n";

fuzz_target!(|bytes: &[u8]| {
    let inputs = [RuleInput::loose("fuzzed.toml", bytes), RuleInput::loose("good.toml", GOOD)];
    let made = compile_rules(&inputs, Options::default());
    assert!(made.files.get(1).is_some_and(|file| file.rule.is_some()), "the good file was left out");
    if made.files.first().is_some_and(|file| file.rule.is_none()) {
        assert!(!made.diagnostics.is_empty(), "left out without a word");
    }
    for diagnostic in &made.diagnostics {
        let span = diagnostic.primary.span;
        let source = made.sources.get(span.source).expect("a source");
        assert!(source.text.get(span.start as usize..span.end as usize).is_some(), "a span outside of the file");
    }
    verify::verify(made.pack).expect("what the compiler made verifies");
});
