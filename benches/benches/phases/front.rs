//! From text to verified bytecode.

use std::hint::black_box;

use criterion::Criterion;
use oracle_benches::cases::CASES;
use oracle_compiler::diag::Sink;
use oracle_compiler::source::{OffsetMap, SourceId};
use oracle_compiler::syntax;

/// Text to syntax tree, lexer included.
pub(crate) fn parse(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("parse");
    let map = OffsetMap::identity();
    for case in &CASES {
        group.bench_function(case.name, |bencher| {
            bencher.iter(|| {
                let mut sink = Sink::default();
                syntax::parse(SourceId::default(), black_box(case.condition), &map, &mut sink).unwrap()
            });
        });
    }
}
