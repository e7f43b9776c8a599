//! Scripts: the whole run, from a pooled sandbox to the answer.

use std::hint::black_box;
use std::sync::Arc;

use criterion::Criterion;
use oracle_benches::context;
use oracle_runtime::context::Context;
use oracle_runtime::script::{Sandboxes, Script, ScriptInput, ScriptLimits};
use oracle_runtime::template::Inputs;

const SCRIPTS: &[(&str, &str)] = &[
    ("trivial", "return context.turn.token_usage > 0.8"),
    ("state", "return (context.state.last_warning_turn or 0) > 3"),
    (
        "history",
        "for _, t in ipairs(context.history.tools) do if not t.success then return true end end return false",
    ),
    ("failure-loop", include_str!("../../../scripts/failure-loop.lua")),
];

/// Runs of scripts with the context of 20 tool calls.
pub(crate) fn script(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("script");
    let context = Arc::new(Context::from_json(&context::busy().json(), None).unwrap());
    let params = [("window", 20), ("failures", 3), ("repeats", 3), ("pairs", 3)];
    let input = ScriptInput {
        state: Arc::clone(context.state()),
        context,
        params: Inputs {
            names: params.iter().map(|(name, _)| (*name).to_owned()).collect(),
            values: params.iter().map(|(_, value)| oracle_vm::value::Data::Int(*value)).collect(),
        },
        settings: Inputs::default(),
    };
    let (sandboxes, limits) = (Sandboxes::default(), ScriptLimits::default());
    for (name, source) in SCRIPTS {
        let script = Script::compile(name, source).unwrap();
        group.bench_function(*name, |bencher| {
            bencher.iter(|| sandboxes.run(black_box(&script), input.clone(), &limits).answer.unwrap());
        });
    }
    group.bench_function("compile", |bencher| {
        bencher.iter(|| Script::compile("compile", black_box(SCRIPTS[3].1)).unwrap());
    });
}
