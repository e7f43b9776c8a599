//! Programs out of the fuzzer's grammar, a fixed few of them.

#[path = "../../../fuzz/grammar/lua.rs"]
mod grammar;

use std::time::{Duration, Instant};

use oracle_runtime::script::{Answer, Sandboxes, Script, ScriptLimits};

use crate::support::{input, value};

#[test]
fn generated_programs_end_and_leave_the_sandbox_as_it_was() {
    let sandboxes = Sandboxes::default();
    let probe = "return v1 == nil and ('a'):find('a') == 1 and context.turn.number == 7";
    let probe = Script::compile("probe.lua", probe).expect("the probe parses");
    let limits = ScriptLimits { time: Duration::from_millis(20), memory: 8 * 1024 * 1024 };
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    for _ in 0..300 {
        let bytes: Vec<u8> = std::iter::repeat_with(|| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()[3]
        })
        .take(160)
        .collect();
        let source = grammar::program(&bytes);
        let script =
            Script::compile("generated.lua", &source).unwrap_or_else(|error| panic!("{error}\n{source}"));
        let began = Instant::now();
        let _ = sandboxes.run(&script, input(), &limits);
        assert!(began.elapsed() < Duration::from_secs(2), "{:?}\n{source}", began.elapsed());
        let after = sandboxes.run(&probe, input(), &ScriptLimits::default()).answer;
        assert_eq!(after, Ok(Answer::Yes), "{source}");
    }
}

#[test]
fn the_grammar_names_functions_that_are_there() {
    for function in grammar::FUNCTIONS {
        let kind = value(&format!("type({function})"));
        assert_eq!(kind, oracle_vm::value::Data::text("function"), "{function}");
    }
}
