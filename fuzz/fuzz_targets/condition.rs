//! Text -> compile -> verify -> run. No text makes any stage panic, hang or eat memory; what compiles verifies; the
//! optimiser changes nothing.

#![no_main]

use std::cell::RefCell;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use oracle_compiler::check::{self, ExpressionScope};
use oracle_compiler::codegen::{Emitter, Mode};
use oracle_compiler::diag::Sink;
use oracle_compiler::source::{OffsetMap, SourceId};
use oracle_compiler::{opt, syntax};
use oracle_runtime::context::Context;
use oracle_vm::frame::{Frame, Scope};
use oracle_vm::hook::Hook;
use oracle_vm::machine::Machine;
use oracle_vm::pack::DebugSpan;
use oracle_vm::verify;

const CONTEXTS: [(Option<Hook>, &str); 3] = [
    (None, "{}"),
    (
        Some(Hook::OnToolComplete),
        r#"{"turn":{"number":7,"token_usage":0.9,"iteration_limit":5},
            "history":{"tools":[{"name":"grep","arguments":{"q":["a",1,null]},"result":"x","success":true,"timestamp":5.5,"turn":1},
                                {"name":"grep","arguments":{},"success":false,"timestamp":6.5,"turn":2}],
                       "messages":[{"role":"user","content":"h\u00e9llo"}],"failures":{"grep":3}},
            "user":{"settings":{"limit":18446744073709551615,"tags":["a","b"],"deep":{"x":-0.0}}},
            "state":{"last":3,"name":"x"},
            "event":{"type":"tool.call.success","source":"s","severity":"info","payload":{"tool_name":"grep"},"timestamp":9.0},
            "result":{"tool_name":"grep","success":true,"result":"found","error":null,"duration_ms":1.5,"count":3}}"#,
    ),
    (
        Some(Hook::OnTurnStart),
        r#"{"state":{"a":[1,[2,[3]]],"b":"\ud83d\ude00"},
            "event":{"type":"agent.turn.start","source":"","severity":"info","payload":{},"timestamp":0}}"#,
    ),
];

static BOUND: LazyLock<Vec<(Option<Hook>, Context)>> = LazyLock::new(|| {
    let read = |(hook, text): &(Option<Hook>, &str)| {
        let json = serde_json::from_str(text).expect("JSON");
        (*hook, Context::from_json(&json, *hook).expect("a context"))
    };
    CONTEXTS.iter().map(read).collect()
});

thread_local!(static MACHINE: RefCell<Machine> = RefCell::new(Machine::new()));

fn run(text: &str, hook: Option<Hook>, context: &Context) {
    let mut sink = Sink::default();
    let scope = ExpressionScope { hook, params: &[], settings: &[] };
    let Some(tree) = syntax::parse(SourceId(0), text, &OffsetMap::identity(), &mut sink) else {
        assert!(sink.has_errors(), "no tree and no error");
        return;
    };
    let Some(plain) = check::expression(&tree, &scope, &mut sink).filter(|_| !sink.has_errors()) else {
        assert!(sink.has_errors(), "no checked tree and no error");
        return;
    };
    for diagnostic in sink.diagnostics() {
        let span = diagnostic.primary.span;
        assert!(span.start <= span.end && span.end as usize <= text.len(), "a span outside of the text");
    }
    let mut emitter = Emitter::new();
    let locate = |span: oracle_compiler::source::Span| DebugSpan { start: span.start, end: span.end };
    let mut chunks = Vec::new();
    for hir in [opt::run(plain.clone()), plain] {
        let Ok(value) = emitter.add(&hir, Mode::Value, text, &locate) else { return };
        let Ok(truth) = emitter.add(&hir, Mode::Truth, text, &locate) else { return };
        chunks.push((value, truth));
    }
    let pack = verify::verify(emitter.finish()).expect("what the compiler made verifies");
    let mut frame = Frame::new();
    context.bind(&mut frame);
    let scope = Scope { params: &[], settings: &[], state: context.state() };
    MACHINE.with_borrow_mut(|machine| {
        let mut answers = Vec::new();
        for (value, truth) in chunks {
            let read = |value: oracle_vm::value::Value<'_>| oracle_vm::value::ops::truth(value);
            answers.push(machine.evaluate(&pack, value, &frame, &scope, read).ok());
            answers.push(machine.truth(&pack, truth, &frame, &scope).ok());
        }
        // the fuel may run out with one and not with the other
        let decided: Vec<bool> = answers.into_iter().flatten().collect();
        assert!(decided.windows(2).all(|pair| pair[0] == pair[1]), "the answers differ: {decided:?}");
    });
}

fuzz_target!(|text: &str| {
    for (hook, context) in BOUND.iter() {
        run(text, *hook, context);
    }
});
