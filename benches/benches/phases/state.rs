//! State: what an event reads, and what a change costs on this machine's disk.

use std::hint::black_box;
use std::path::PathBuf;

use criterion::Criterion;
use oracle_runtime::state::{Batch, Durability, Namespace, RedbStore, Store, StoreOptions, Write};
use oracle_vm::value::Data;

/// Keys that the plugin keeps.
const KEYS: i64 = 50;
/// Events whose writes are on their way at the same time.
const EVENTS: i64 = 1_000;

/// A folder of its own, gone at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        Folder(std::env::temp_dir().join(format!("oracle-bench-{}-{name}", std::process::id())))
    }

    fn open(&self, durability: Durability) -> RedbStore {
        RedbStore::open(&self.0, StoreOptions { durability, ..StoreOptions::default() }).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn space() -> Namespace {
    Namespace { user: "ann".into(), project: "default".into(), plugin: "plugin".into() }
}

/// What an event of a rule with two `set_state` writes.
fn batch(number: i64) -> Batch {
    let write = |key: String| Write { namespace: space(), key: key.into(), value: Some(Data::Int(number)) };
    Batch::of_writes(vec![write(format!("key {}", number % KEYS)), write("last".to_owned())])
}

/// Reads and writes of the store.
pub(crate) fn state(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("state");
    let (synced, relaxed) = (Folder::new("synced"), Folder::new("relaxed"));
    {
        let store = synced.open(Durability::Synced);
        (0..KEYS).for_each(|number| store.commit(&batch(number)).unwrap());
        let snapshot = store.snapshot(&space()).unwrap();
        group.bench_function("get-in-snapshot", |bencher| {
            bencher.iter(|| black_box(&snapshot).get(black_box("key 42")).cloned());
        });
        group.bench_function("snapshot", |bencher| {
            let space = space();
            bencher.iter(|| store.snapshot(black_box(&space)).unwrap());
        });
        group.sample_size(20);
        let mut number = 0;
        group.bench_function("commit-synced", |bencher| {
            bencher.iter(|| {
                number += 1;
                store.commit(&batch(number)).unwrap();
            });
        });
        group.sample_size(10);
        group.bench_function("commit-synced-1000-in-flight", |bencher| bencher.iter(|| in_flight(&store)));
    }
    {
        let store = relaxed.open(Durability::Relaxed);
        let mut number = 0;
        group.bench_function("commit-relaxed", |bencher| {
            bencher.iter(|| {
                number += 1;
                store.commit(&batch(number)).unwrap();
            });
        });
    }
}

/// As many threads as there are events, each of which waits for its own change.
fn in_flight(store: &RedbStore) {
    std::thread::scope(|scope| {
        for number in 0..EVENTS {
            scope.spawn(move || store.commit(&batch(number)).unwrap());
        }
    });
}
