//! Binding and evaluating.

use std::hint::black_box;

use criterion::Criterion;
use oracle_benches::context;
use oracle_runtime::context::Context;
use oracle_vm::frame::Frame;

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
