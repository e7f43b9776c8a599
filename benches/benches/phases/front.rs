//! From text to verified bytecode.

use std::hint::black_box;

use criterion::Criterion;
use oracle_benches::cases::CASES;
use oracle_benches::oracle;
use oracle_compiler::check;
use oracle_compiler::diag::Sink;
use oracle_compiler::expression::ExpressionScope;
use oracle_compiler::source::{OffsetMap, SourceId};
use oracle_compiler::syntax;

/// Text to tokens.
pub(crate) fn lex(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("lex");
    for case in &CASES {
        group.bench_function(case.name, |bencher| {
            bencher.iter(|| syntax::token_places(black_box(case.condition)));
        });
    }
}

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

/// Syntax tree to typed tree.
pub(crate) fn check(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("check");
    let map = OffsetMap::identity();
    for case in &CASES {
        let mut sink = Sink::default();
        let ast = syntax::parse(SourceId::default(), case.condition, &map, &mut sink).unwrap();
        let scope = ExpressionScope { hook: Some(case.hook), params: &[], settings: &[] };
        group.bench_function(case.name, |bencher| {
            bencher.iter(|| check::expression(black_box(&ast), &scope, &mut Sink::default()).unwrap());
        });
    }
}

/// Text to verified bytecode.
pub(crate) fn compile(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("compile");
    for case in &CASES {
        group.bench_function(case.name, |bencher| {
            bencher.iter(|| oracle::compile(black_box(case.condition), case.hook).unwrap());
        });
    }
}
