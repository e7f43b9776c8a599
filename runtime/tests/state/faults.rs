//! A disk that fails at any moment costs what was not acknowledged, and nothing else.

use std::sync::Arc;
use std::time::{Duration, Instant};

use oracle_runtime::state::{
    Batch, ExecutionLog, ExecutionQuery, RedbStore, StateError, Store, StoreOptions, Write, now,
};
use oracle_vm::value::Data;

use crate::disk::{Disk, Fault};
use crate::suite::execution;
use crate::support::{Dice, here};

const COMMITS: i64 = 12;

/// Sets two keys to the same number, and a third to a text whose length follows from it: half of it would show.
fn batch(number: i64) -> Batch {
    let write = |key: &str, value| Write { namespace: here(), key: key.into(), value: Some(value) };
    Batch::of_writes(vec![
        write("one", Data::Int(number)),
        write("text", Data::text(text(number))),
        write("two", Data::Int(number)),
    ])
}

fn text(number: i64) -> String {
    "x".repeat(usize::try_from(number).unwrap() * 1_777 % 9_000)
}

fn open(disk: &Disk) -> Result<RedbStore, StateError> {
    RedbStore::with_storage(Arc::new(disk.clone()), StoreOptions::default())
}

/// The number that the store holds; it must hold it whole.
fn number(store: &RedbStore, when: &str) -> i64 {
    let map = store.snapshot(&here()).unwrap();
    let Some(Data::Int(number)) = map.get("one") else { panic!("{when}: {map:?}") };
    assert_eq!(map.get("two"), Some(&Data::Int(*number)), "{when}: half a transaction");
    assert_eq!(map.get("text"), Some(&Data::text(text(*number))), "{when}: half a transaction");
    *number
}

/// A disk with a closed database that holds number 0.
fn prepared() -> Vec<u8> {
    let disk = Disk::default();
    let store = open(&disk).unwrap();
    store.commit(&batch(0)).unwrap();
    drop(store);
    disk.bytes()
}

/// The writes and syncs of the whole workload.
fn steps(image: &[u8]) -> u64 {
    let disk = Disk::holding(image);
    let store = open(&disk).unwrap();
    disk.set_fault(Fault::Once(0));
    for at in 1..=COMMITS {
        store.commit(&batch(at)).unwrap();
    }
    disk.steps()
}

/// Commits until the first failure; the last number that was acknowledged, and the one that was tried then.
fn work(store: &RedbStore) -> (i64, Option<(i64, StateError)>) {
    let mut acknowledged = 0;
    for at in 1..=COMMITS {
        match store.commit(&batch(at)) {
            Ok(()) => acknowledged = at,
            Err(error) => return (acknowledged, Some((at, error))),
        }
    }
    (acknowledged, None)
}

#[test]
fn a_disk_that_is_back_is_written_to_again_without_a_restart() {
    let image = prepared();
    let steps = steps(&image);
    assert!(steps > 40, "{steps}");
    let mut failures = 0;
    for n in 1..=steps {
        for fault in [Fault::Once(n), Fault::From(n)] {
            let disk = Disk::holding(&image);
            let store = open(&disk).unwrap();
            assert_eq!(number(&store, "before"), 0);
            disk.set_fault(fault);
            let (acknowledged, failed) = work(&store);
            let when = format!("{fault:?}");
            if let Some((tried, error)) = failed {
                failures += 1;
                let message = error.to_string();
                assert!(message.contains("the test disk") && message.contains("no space left"), "{message}");
                // What is read meanwhile is whole.
                let seen = number(&store, &when);
                assert!(seen == acknowledged || seen == tried, "{when}: {acknowledged}, {seen}");
                disk.heal();
                until_it_works(&store, tried + 1);
            }
            let last = number(&store, &when);
            let after = disk.after_power_loss(|| false);
            drop(store);
            for image in [after, disk.bytes()] {
                let again = open(&Disk::holding(&image)).unwrap();
                assert_eq!(number(&again, &when), last, "{when}");
            }
        }
    }
    assert!(failures > 40, "{failures}");
}

fn until_it_works(store: &RedbStore, number: i64) {
    let began = Instant::now();
    while let Err(error) = store.commit(&batch(number)) {
        assert!(began.elapsed() < Duration::from_secs(10), "{error}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn power_that_fails_at_any_moment_costs_nothing_that_was_acknowledged() {
    let image = prepared();
    let mut dice = Dice::new(7);
    for n in 1..=steps(&image) {
        let disk = Disk::holding(&image);
        let store = open(&disk).unwrap();
        disk.set_fault(Fault::From(n));
        let (acknowledged, failed) = work(&store);
        let tried = failed.map_or(acknowledged, |(tried, _)| tried);
        // Nothing, everything, or any part of what was not synced is there.
        let mut images = vec![disk.after_power_loss(|| false), disk.after_power_loss(|| true)];
        images.extend((0..4).map(|_| disk.after_power_loss(|| dice.below(2) == 0)));
        for image in images {
            let again = open(&Disk::holding(&image)).unwrap();
            let found = number(&again, &format!("step {n}"));
            assert!(found == acknowledged || found == tried, "step {n}: {acknowledged} to {tried}, {found}");
            again.commit(&batch(100)).unwrap();
        }
    }
}

#[test]
fn syncs_that_lie_cost_whole_transactions_only() {
    let image = prepared();
    let mut dice = Dice::new(8);
    let mut refused = 0;
    for n in 1..=steps(&image) {
        let disk = Disk::holding(&image);
        let store = open(&disk).unwrap();
        disk.set_fault(Fault::Lie(n));
        assert_eq!(work(&store), (COMMITS, None));
        let again = open(&Disk::holding(&disk.after_power_loss(|| false))).unwrap();
        let found = number(&again, &format!("step {n}"));
        assert!((0..=COMMITS).contains(&found));
        for _ in 0..3 {
            let image = disk.after_power_loss(|| dice.below(2) == 0);
            match open(&Disk::holding(&image)) {
                Ok(again) => assert!((0..=COMMITS).contains(&number(&again, &format!("step {n}, in part")))),
                // What no sync held together may be beyond repair; then it says so.
                Err(StateError::Damaged { .. }) => refused += 1,
                Err(other) => panic!("step {n}: {other}"),
            }
        }
    }
    println!("{refused} refused");
}

#[test]
fn relaxed_commits_are_on_disk_soon_and_at_the_latest_when_the_store_closes() {
    let options =
        StoreOptions { durability: oracle_runtime::state::Durability::Relaxed, ..StoreOptions::default() };
    let disk = Disk::holding(&prepared());
    let store = RedbStore::with_storage(Arc::new(disk.clone()), options).unwrap();
    store.commit(&batch(1)).unwrap();
    assert_eq!(number(&store, "at once"), 1);
    let began = Instant::now();
    while number(&open(&Disk::holding(&disk.after_power_loss(|| false))).unwrap(), "lost") != 1 {
        assert!(began.elapsed() < Duration::from_secs(10), "it never came to the disk");
        std::thread::sleep(Duration::from_millis(20));
    }
    store.commit(&batch(2)).unwrap();
    drop(store);
    assert_eq!(number(&open(&Disk::holding(&disk.after_power_loss(|| false))).unwrap(), "closed"), 2);
}

#[test]
fn what_was_not_read_before_the_failure_is_read_after_it() {
    let disk = Disk::holding(&prepared());
    let store = open(&disk).unwrap();
    disk.set_fault(Fault::From(1));
    assert!(store.commit(&batch(1)).is_err());
    assert!(store.snapshot(&here()).is_err());
    disk.heal();
    let began = Instant::now();
    while let Err(error) = store.snapshot(&here()) {
        assert!(began.elapsed() < Duration::from_secs(10), "{error}");
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(number(&store, "healed"), 0);
}

#[test]
fn executions_wait_until_the_disk_is_back() {
    let disk = Disk::holding(&prepared());
    let store: Arc<dyn Store> = Arc::new(open(&disk).unwrap());
    let log = ExecutionLog::new(Arc::clone(&store));
    disk.set_fault(Fault::From(1));
    log.record([execution("early", "ann", now())]);
    log.flush();
    assert!(log.query(&ExecutionQuery::default()).is_err(), "nothing hangs");
    log.record([execution("late", "ann", now())]);
    disk.heal();
    let began = Instant::now();
    let found = loop {
        match log.query(&ExecutionQuery::default()) {
            Ok(found) if found.len() == 2 => break found,
            _ => assert!(began.elapsed() < Duration::from_secs(10), "they never came"),
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    assert_eq!((&*found[0].rule_id, &*found[1].rule_id), ("late", "early"));
    assert_eq!(log.dropped(), 0);
}
