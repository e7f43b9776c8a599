//! Many rules: one event against them, and their files from text to a pack.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use oracle_benches::cases::{RuleSet, ruleset_file};
use oracle_benches::engine::Engine as _;
use oracle_benches::{context, oracle};
use oracle_compiler::packfile::{self, SourceFile, SourceKind};
use oracle_compiler::session::{Options, RuleInput, compile_rules};
use oracle_runtime::engine::Report;
use oracle_runtime::pack::{Trust, load_pack};
use oracle_runtime::session::SessionKey;
use oracle_vm::verify::VerifiedPack;

/// One event against n rules, of which one in a hundred holds.
pub(crate) fn hook(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("hook");
    let context = context::busy();
    for count in [100, 1_000] {
        let mut run = oracle::Oracle.rules(RuleSet::one_in_a_hundred(count), &context).unwrap().unwrap();
        group.bench_function(format!("rules-{count}"), |bencher| bencher.iter(|| run(1)));
    }
    // The whole way of an event: session, rules, a message that is rendered and queued, and taken out again.
    let (engine, event) = oracle::hook_engine(100).unwrap();
    let session = SessionKey::of(&event);
    let mut results = Vec::new();
    group.bench_function("engine-100", |bencher| {
        bencher.iter(|| {
            results.clear();
            engine.handle_into(black_box(event.clone()), Report::Notable, &mut results);
            assert_eq!(engine.drain(&session, None).len(), 1);
        });
    });
}

/// One rule file, a thousand, and ten thousand.
pub(crate) fn load(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("load");
    group.sample_size(10);
    for count in [1_usize, 1_000, 10_000] {
        let inputs: Vec<RuleInput> =
            (0..count).map(|at| RuleInput::loose(format!("rules/{at}.toml"), ruleset_file(at))).collect();
        assert_eq!(compile_rules(&inputs, Options::default()).rules.len(), count);
        group.throughput(Throughput::Elements(u64::try_from(count).unwrap()));
        group.bench_function(format!("files-{count}"), |bencher| {
            bencher.iter(|| compile_rules(black_box(&inputs), Options::default()));
        });
    }
}

/// A pack of ten thousand rules, from bytes to code that may run, and to everything that the runtime knows.
pub(crate) fn pack(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("load");
    group.sample_size(10);
    let files = (0..10_000).map(|at| SourceFile {
        kind: SourceKind::Rule,
        plugin: String::new(),
        path: format!("rules/{at}.toml"),
        rule: String::new(),
        bytes: ruleset_file(at).into_bytes(),
    });
    let packed = packfile::recompile(files.collect()).unwrap();
    for (name, strip) in [("pack", false), ("stripped-pack", true)] {
        let bytes = packfile::write(&packed, strip);
        group.throughput(Throughput::Bytes(u64::try_from(bytes.len()).unwrap()));
        group.bench_function(format!("{name}-10000-machine"), |bencher| {
            bencher.iter_with_large_drop(|| VerifiedPack::load(black_box(&bytes)).unwrap());
        });
        group.bench_function(format!("{name}-10000-runtime"), |bencher| {
            bencher.iter_with_large_drop(|| load_pack(black_box(&bytes), &Trust::Anyone).unwrap());
        });
    }
}
