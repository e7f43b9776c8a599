//! Many threads at once: nothing is lost, nothing is seen in halves, nobody waits for ever.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use oracle_runtime::state::{Batch, ExecutionLog, ExecutionQuery, Store, StoreOptions, Write, now};
use oracle_vm::value::Data;

use crate::suite::execution;
use crate::support::{Dice, from_environment, here, namespace, subjects};

const THREADS: u64 = 16;

#[test]
fn sixteen_threads_lose_no_update() {
    let seconds = from_environment("ORACLE_TEST_SECONDS", 2);
    for subject in subjects(StoreOptions { cache_bytes: 4_096, ..StoreOptions::default() }) {
        let (stop, commits, reads) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
        let store = &*subject.store;
        let last: Vec<i64> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS)
                .map(|at| {
                    let (stop, commits, reads) = (&stop, &commits, &reads);
                    scope.spawn(move || work(store, at, stop, commits, reads))
                })
                .collect();
            std::thread::sleep(Duration::from_secs(seconds));
            stop.store(true, Ordering::Relaxed);
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let map = store.snapshot(&here()).unwrap();
        for (at, last) in last.iter().enumerate() {
            assert_eq!(map.get(&*format!("one {at}")), Some(&Data::Int(*last)), "{}", subject.name);
            assert_eq!(map.get(&*format!("two {at}")), Some(&Data::Int(*last)), "{}", subject.name);
        }
        let (commits, reads) = (commits.into_inner(), reads.into_inner());
        println!("{}: {commits} commits and {reads} reads in {seconds} s", subject.name);
    }
}

/// Counts up in a namespace that all share, and checks what the others do there.
fn work(store: &dyn Store, at: u64, stop: &AtomicBool, commits: &AtomicU64, reads: &AtomicU64) -> i64 {
    let mut dice = Dice::new(at + 1);
    let (one, two) = (format!("one {at}"), format!("two {at}"));
    let mut number = 0;
    while !stop.load(Ordering::Relaxed) {
        let map = store.snapshot(&here()).unwrap();
        for other in 0..THREADS {
            let both = [map.get(&*format!("one {other}")), map.get(&*format!("two {other}"))];
            assert_eq!(both[0], both[1], "half a transaction");
        }
        if number > 0 {
            assert_eq!(map.get(one.as_str()), Some(&Data::Int(number)), "an acknowledged write is not seen");
        }
        reads.fetch_add(1, Ordering::Relaxed);
        if dice.below(3) == 0 {
            number += 1;
            let write =
                |key: &str| Write { namespace: here(), key: key.into(), value: Some(Data::Int(number)) };
            store.commit(&Batch::of_writes(vec![write(&one), write(&two)])).unwrap();
            commits.fetch_add(1, Ordering::Relaxed);
        }
        if dice.below(10) == 0 {
            // Namespaces that come and go keep the cache busy.
            let other = namespace("ann", "default", &format!("p{}", dice.below(40)));
            store.set(&other, "k", Data::text("x".repeat(300))).unwrap();
            assert!(store.get(&other, "k").unwrap().is_some());
        }
    }
    if number == 0 {
        number = 1;
        let write = |key: &str| Write { namespace: here(), key: key.into(), value: Some(Data::Int(1)) };
        store.commit(&Batch::of_writes(vec![write(&one), write(&two)])).unwrap();
    }
    number
}

#[test]
fn concurrent_commits_share_their_syncs() {
    let disk = crate::disk::Disk::default();
    let store =
        oracle_runtime::state::RedbStore::with_storage(Arc::new(disk.clone()), StoreOptions::default());
    let store = store.unwrap();
    disk.set_fault(crate::disk::Fault::Once(0));
    for at in 0..200 {
        store.set(&here(), "k", Data::Int(at)).unwrap();
    }
    let alone = disk.steps();
    disk.set_fault(crate::disk::Fault::Once(0));
    std::thread::scope(|scope| {
        for thread in 0..20 {
            let store = &store;
            scope.spawn(move || {
                for at in 0..10 {
                    store.set(&here(), &format!("k{thread}"), Data::Int(at)).unwrap();
                }
            });
        }
    });
    let together = disk.steps();
    assert!(together * 2 < alone, "{together} steps together, {alone} alone, for as many commits");
}

#[test]
fn recording_executions_never_waits_and_a_query_sees_everything() {
    for subject in subjects(StoreOptions::default()) {
        let log = ExecutionLog::new(Arc::clone(&subject.store));
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let log = &log;
                scope.spawn(move || {
                    for _ in 0..500 {
                        log.record([execution(&format!("rule-{thread}"), "ann", now())]);
                    }
                });
            }
        });
        let began = Instant::now();
        assert_eq!(log.query(&ExecutionQuery::default()).unwrap().len(), 4_000, "{}", subject.name);
        assert!(began.elapsed() < Duration::from_secs(20));
        assert_eq!(log.dropped(), 0);
        log.record([execution("last", "ann", now())]);
        drop(log);
        let newest = ExecutionQuery { limit: Some(1), ..ExecutionQuery::default() };
        assert_eq!(
            &*subject.store.executions(&newest).unwrap()[0].rule_id,
            "last",
            "closing writes what waits"
        );
    }
}

#[test]
#[ignore = "measures, does not test: cargo test --release -p oracle-runtime --test state -- --ignored --nocapture commits"]
fn how_long_commits_take() {
    for subject in subjects(StoreOptions::default()) {
        for threads in [1_u64, 4, 16, 64] {
            let (store, stop, commits) = (&*subject.store, &AtomicBool::new(false), &AtomicU64::new(0));
            std::thread::scope(|scope| {
                for thread in 0..threads {
                    scope.spawn(move || {
                        let key = format!("k{thread}");
                        while !stop.load(Ordering::Relaxed) {
                            store.set(&here(), &key, Data::Int(1)).unwrap();
                            commits.fetch_add(1, Ordering::Relaxed);
                        }
                    });
                }
                std::thread::sleep(Duration::from_secs(2));
                stop.store(true, Ordering::Relaxed);
            });
            let commits = commits.load(Ordering::Relaxed);
            let each = 2e6 * threads as f64 / commits as f64;
            println!(
                "{}: {threads} threads, {} commits a second, {each:.0} us each",
                subject.name,
                commits / 2
            );
        }
        let began = Instant::now();
        for _ in 0..10_000 {
            subject.store.snapshot(&here()).unwrap();
        }
        println!("{}: {:.0} ns a snapshot", subject.name, began.elapsed().as_secs_f64() * 1e5);
    }
}
