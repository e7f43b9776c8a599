//! Bytes -> a Lua program that calls what scripts reach with odd arguments. It ends in time with an answer or an error,
//! and the sandbox is as before.

#![no_main]

#[path = "../grammar/lua.rs"]
mod grammar;

use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use libfuzzer_sys::fuzz_target;
use oracle_runtime::context::Context;
use oracle_runtime::script::{Answer, Sandboxes, Script, ScriptInput, ScriptLimits};
use oracle_runtime::template::Inputs;

static SANDBOXES: LazyLock<Sandboxes> = LazyLock::new(Sandboxes::default);
static PROBE: LazyLock<Script> = LazyLock::new(|| {
    Script::compile("probe", "return v1 == nil and ('a'):find('a') == 1 and context.turn.number == 1").unwrap()
});

fn input() -> ScriptInput {
    ScriptInput {
        context: Arc::new(Context::empty()),
        state: Arc::default(),
        params: Inputs::default(),
        settings: Inputs::default(),
    }
}

fuzz_target!(|bytes: &[u8]| {
    let limits = ScriptLimits { time: Duration::from_millis(20), memory: 8 * 1024 * 1024 };
    let Ok(script) = Script::compile("fuzz", &grammar::program(bytes)) else { panic!("the grammar makes no Lua") };
    let began = Instant::now();
    let _ = SANDBOXES.run(&script, input(), &limits);
    assert!(began.elapsed() < Duration::from_secs(1), "the deadline did not hold");
    assert_eq!(SANDBOXES.run(&PROBE, input(), &limits).answer, Ok(Answer::Yes));
    // Text that may not be Lua at all is refused without harm.
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = Script::compile("fuzz", text);
    }
});
