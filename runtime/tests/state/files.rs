//! Files that are no whole state files of this version are refused and left as they are.

use std::fs;
use std::path::Path;

use oracle_runtime::state::{Batch, RedbStore, STATE_FILE, StateError, Store, StoreOptions, Write};
use oracle_vm::value::Data;

use crate::support::{Dice, from_environment, here, namespace};

fn open(folder: &Path) -> Result<RedbStore, StateError> {
    RedbStore::open(folder, StoreOptions::default())
}

fn fill(store: &RedbStore) {
    for at in 0..200 {
        store.set(&here(), &format!("key {at}"), Data::text("x".repeat(at * 31 % 977))).unwrap();
    }
    store.set(&namespace("bob", "p", "q"), "k", Data::Int(1)).unwrap();
}

/// A folder with a closed state file.
fn filled() -> (tempfile::TempDir, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    fill(&open(folder.path()).unwrap());
    let bytes = fs::read(folder.path().join(STATE_FILE)).unwrap();
    (folder, bytes)
}

/// What becomes of a file with these bytes; one that is refused must be left as it is.
fn outcome(folder: &Path, bytes: &[u8]) -> Result<RedbStore, StateError> {
    let path = folder.join(STATE_FILE);
    fs::write(&path, bytes).unwrap();
    let opened = open(folder);
    if opened.is_err() {
        assert!(fs::read(&path).unwrap() == bytes, "the file was changed");
    }
    opened
}

#[test]
fn truncated_files_are_refused() {
    let (folder, bytes) = filled();
    let mut dice = Dice::new(1);
    let mut lengths =
        vec![0, 1, 8, 9, 10, 64, 100, 320, 4_095, 4_096, 4_097, bytes.len() / 2, bytes.len() - 1];
    lengths.extend((0..20).map(|_| usize::try_from(dice.below(bytes.len() as u64)).unwrap()));
    for length in lengths {
        match outcome(folder.path(), &bytes[..length]) {
            Err(StateError::Damaged { path, what }) => {
                assert!(path.ends_with(STATE_FILE) && !what.is_empty(), "{length}: {path} {what}");
            }
            Err(StateError::Foreign { .. }) if length < 9 => {}
            other => panic!("{length}: {other:?}"),
        }
    }
}

#[test]
fn overwritten_files_are_refused_or_nothing_of_them_is_lost() {
    let (folder, bytes) = filled();
    let whole = {
        let store = outcome(folder.path(), &bytes).unwrap();
        store.snapshot(&here()).unwrap()
    };
    let mut dice = Dice::new(2);
    let mut refused = 0;
    let rounds = from_environment("ORACLE_TEST_DAMAGES", 60);
    for round in 0..rounds {
        let mut changed = bytes.clone();
        // Sometimes one bit, sometimes a row of bytes, often in the header.
        let end = if round % 3 == 0 { 512 } else { bytes.len() as u64 };
        let at = usize::try_from(dice.below(end)).unwrap();
        if round % 2 == 0 {
            changed[at] ^= 1 << dice.below(8);
        } else {
            for byte in changed.iter_mut().skip(at).take(64) {
                *byte = u8::try_from(dice.below(256)).unwrap();
            }
        }
        match outcome(folder.path(), &changed) {
            Ok(store) => assert!(store.snapshot(&here()).unwrap() == whole, "round {round}: byte {at}"),
            Err(StateError::Damaged { .. } | StateError::Foreign { .. } | StateError::Newer { .. }) => {
                refused += 1
            }
            Err(other) => panic!("round {round}: byte {at}: {other}"),
        }
    }
    assert!(refused > rounds / 4, "{refused} of {rounds} refused");
}

#[test]
fn files_of_other_formats_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut sqlite = b"SQLite format 3\0".to_vec();
    sqlite.resize(8_192, 7);
    let mut similar = b"redb".to_vec();
    similar.resize(8_192, 0);
    for (bytes, expected) in [
        (sqlite, "it is an SQLite database"),
        (b"{\"state\": 1}".to_vec(), "it does not begin like one"),
        (vec![0; 4_096], "it begins with zeros"),
        (similar, "it does not begin like one"),
    ] {
        let error = outcome(folder.path(), &bytes).err();
        assert!(matches!(&error, Some(StateError::Foreign { what, .. }) if what == expected), "{error:?}");
    }
    let empty = outcome(folder.path(), b"").err();
    assert!(matches!(&empty, Some(StateError::Damaged { what, .. }) if what == "it is empty"), "{empty:?}");
    fs::remove_file(folder.path().join(STATE_FILE)).unwrap();
    fs::create_dir(folder.path().join(STATE_FILE)).unwrap();
    let is_folder = open(folder.path()).err().unwrap().to_string();
    assert!(is_folder.contains(STATE_FILE), "{is_folder}");
}

const META: redb::TableDefinition<'static, &str, u64> = redb::TableDefinition::new("oracle_meta");

#[test]
fn a_database_of_another_program_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(STATE_FILE);
    let database = redb::Database::create(&path).unwrap();
    let transaction = database.begin_write().unwrap();
    let other: redb::TableDefinition<'_, u64, u64> = redb::TableDefinition::new("theirs");
    transaction.open_table(other).unwrap().insert(1, 1).unwrap();
    transaction.commit().unwrap();
    drop(database);
    let before = fs::read(&path).unwrap();
    let error = open(folder.path()).err();
    assert!(
        matches!(&error, Some(StateError::Foreign { what, .. }) if what.contains("another program")),
        "{error:?}"
    );
    assert!(fs::read(&path).unwrap() == before);
}

#[test]
fn a_file_of_a_newer_version_is_refused() {
    let (folder, _) = filled();
    let path = folder.path().join(STATE_FILE);
    let database = redb::Database::open(&path).unwrap();
    let transaction = database.begin_write().unwrap();
    transaction.open_table(META).unwrap().insert("schema", 7).unwrap();
    transaction.commit().unwrap();
    drop(database);
    let before = fs::read(&path).unwrap();
    let error = open(folder.path()).err();
    assert!(matches!(&error, Some(StateError::Newer { found: 7, known: 1, .. })), "{error:?}");
    assert!(fs::read(&path).unwrap() == before);
}

#[test]
fn a_file_that_was_not_finished_does_not_stand_in_the_way() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(format!("{STATE_FILE}.new")), b"half").unwrap();
    open(folder.path()).unwrap().set(&here(), "k", Data::None).unwrap();
    assert_eq!(open(folder.path()).unwrap().list(&here()).unwrap().len(), 1);
}

#[test]
fn the_second_in_the_same_process_is_told_too() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(folder.path()).unwrap();
    let Err(StateError::InUse { holder: Some(holder), .. }) = open(folder.path()) else {
        panic!("two at once")
    };
    assert!(holder.contains(&std::process::id().to_string()), "{holder}");
    drop(first);
    open(folder.path()).unwrap();
}

#[test]
#[ignore = "measures, does not test: cargo test --release -p oracle-runtime --test state -- --ignored --nocapture opening"]
fn how_long_opening_takes() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    let space = |at: u64| namespace("ann", "default", &format!("p{at}"));
    for at in 0..100_u64 {
        let write = |key: u64| Write {
            namespace: space(at),
            key: format!("key {key}").into(),
            value: Some(Data::text("x".repeat(1_000))),
        };
        store.commit(&Batch::of_writes((0..1_000).map(write).collect())).unwrap();
    }
    drop(store);
    let size = fs::metadata(folder.path().join(STATE_FILE)).unwrap().len() / 1_000_000;
    for _ in 0..5 {
        let began = std::time::Instant::now();
        let store = open(folder.path()).unwrap();
        let opened = began.elapsed();
        store.set(&here(), "k", Data::None).unwrap();
        let written = began.elapsed();
        drop(store);
        println!(
            "{size} MB: open after {opened:.0?}, written after {written:.0?}, closed after {:.0?}",
            began.elapsed()
        );
    }
}
