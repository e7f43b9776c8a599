//! Verifying, binding and evaluating.

use std::hint::black_box;

use criterion::{BatchSize, Criterion};
use oracle_benches::cases::CASES;
use oracle_benches::host::Host;
use oracle_benches::{context, oracle};
use oracle_runtime::context::{Context, Reads};
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

/// A context to a frame: all of it and what the cases read, from what the runtime owns, from a host's struct and from
/// JSON text; and the same text with serde alone.
pub(crate) fn bind(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("bind");
    let native = context::busy();
    let text = native.json().to_string();
    let context = oracle::bind(&native).unwrap();
    let reads = oracle::cases_read().unwrap();
    let host = Host::new(&native);
    for (name, reads) in [("all", Reads::EVERYTHING), ("read", reads)] {
        group.bench_function(format!("context-{name}"), |bencher| {
            bencher.iter(|| {
                let mut frame = Frame::new();
                black_box(&context).bind_reads(&mut frame, reads);
                black_box(&frame);
            });
        });
        group.bench_function(format!("struct-{name}"), |bencher| {
            bencher.iter(|| {
                let mut frame = Frame::new();
                frame.bind(black_box(&host), reads.slots());
                black_box(&frame);
            });
        });
        group.bench_function(format!("json-text-{name}"), |bencher| {
            bencher.iter(|| {
                let context = Context::from_json_text(black_box(&text), None, reads).unwrap();
                let mut frame = Frame::new();
                context.bind_reads(&mut frame, reads);
                black_box(&frame);
            });
        });
    }
    group.bench_function("json-text-serde-value", |bencher| {
        bencher.iter(|| serde_json::from_str::<serde_json::Value>(black_box(&text)).unwrap());
    });
    group.bench_function("json-text-serde-struct", |bencher| {
        bencher.iter(|| serde_json::from_str::<context::Context>(black_box(&text)).unwrap());
    });
}
