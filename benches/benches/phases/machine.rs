//! Verifying, binding and evaluating.

use std::hint::black_box;

use criterion::{BatchSize, Criterion};
use oracle_benches::cases::CASES;
use oracle_benches::{context, oracle};
use oracle_runtime::context::Context;
use oracle_vm::frame::Frame;
use oracle_vm::machine::Machine;
use oracle_vm::verify;

/// A pack to a verified pack.
pub(crate) fn verify(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("verify");
    for case in &CASES {
        let pack = oracle::compile(case.condition, case.hook).unwrap().pack.into_pack();
        group.bench_function(case.name, |bencher| {
            bencher.iter_batched(
                || pack.clone(),
                |pack| verify::verify(pack).unwrap(),
                BatchSize::SmallInput,
            );
        });
    }
}

/// One condition on a bound frame.
pub(crate) fn evaluate(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("evaluate");
    let bound = oracle::bind(&context::busy()).unwrap();
    let (frame, scope) = (oracle::frame(&bound), oracle::scope(&bound));
    for case in &CASES {
        let compiled = oracle::compile(case.condition, case.hook).unwrap();
        let mut machine = Machine::new();
        group.bench_function(case.name, |bencher| {
            bencher
                .iter(|| machine.truth(&compiled.pack, compiled.chunk, black_box(&frame), &scope).unwrap());
        });
    }
}

/// A context to a frame, and JSON to a context.
pub(crate) fn bind(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("bind");
    let json = context::busy().json();
    let text = json.to_string();
    let context = Context::from_json(&json, None).unwrap();
    group.bench_function("frame", |bencher| {
        bencher.iter(|| {
            let mut frame = Frame::new();
            black_box(&context).bind(&mut frame);
            black_box(&frame);
        });
    });
    group.bench_function("json-text", |bencher| {
        bencher.iter(|| {
            let json = serde_json::from_str(black_box(&text)).unwrap();
            Context::from_json(&json, None).unwrap()
        });
    });
}
