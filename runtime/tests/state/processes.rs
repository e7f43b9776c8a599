//! Processes that are killed, and two at once. The tests start themselves again as children.

use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use oracle_runtime::state::{Batch, Namespace, RedbStore, StateError, Store, StoreOptions, Write};
use oracle_vm::value::Data;

use crate::support::{Dice, from_environment, here, namespace};

const FOLDER: &str = "ORACLE_TEST_STATE_FOLDER";
const WRITERS: u64 = 4;

fn child(test: &str, folder: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--ignored", "--nocapture", "--test-threads", "1"])
        .env(FOLDER, folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn open(folder: impl AsRef<Path>) -> Result<RedbStore, StateError> {
    RedbStore::open(folder, StoreOptions::default())
}

fn space(writer: u64) -> Namespace {
    namespace("ann", "default", &format!("writer-{writer}"))
}

fn read(store: &RedbStore, writer: u64) -> i64 {
    let map = store.snapshot(&space(writer)).unwrap();
    let number = match map.get("number") {
        None => 0,
        Some(Data::Int(number)) => *number,
        other => panic!("{other:?}"),
    };
    if number > 0 {
        assert_eq!(map.get("text"), Some(&text(number)), "half a transaction of writer {writer}");
    }
    number
}

fn text(number: i64) -> Data {
    Data::text(format!("{number}-").repeat(usize::try_from(number % 700).unwrap()))
}

/// What the crash test kills: writes, and acknowledges each write on its output.
#[test]
#[ignore = "a child of the crash test"]
fn child_that_writes() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let store = Arc::new(open(folder).unwrap());
    let threads: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let store = Arc::clone(&store);
            std::thread::spawn(move || {
                let mut number = read(&store, writer);
                loop {
                    number += 1;
                    let write = |key: &str, value| Write {
                        namespace: space(writer),
                        key: key.into(),
                        value: Some(value),
                    };
                    let writes = vec![write("number", Data::Int(number)), write("text", text(number))];
                    store.commit(&Batch::of_writes(writes)).unwrap();
                    let mut out = std::io::stdout().lock();
                    writeln!(out, "ack {writer} {number}").and_then(|()| out.flush()).unwrap();
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}

#[test]
fn nothing_acknowledged_is_lost_when_the_process_is_killed() {
    let rounds = from_environment("ORACLE_TEST_KILLS", 15);
    let folder = tempfile::tempdir().unwrap();
    let mut dice = Dice::new(3);
    let mut acknowledged = [0_i64; WRITERS as usize];
    let mut total = 0;
    for round in 0..rounds {
        let mut child = child("processes::child_that_writes", folder.path());
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (tell, came) = channel();
        let reader = std::thread::spawn(move || {
            let found = lines.map_while(Result::ok).filter_map(|line| acknowledgement(&line));
            found.inspect(|_| tell.send(()).unwrap_or_default()).collect::<Vec<_>>()
        });
        // Some die while they open the file, most while they write.
        if dice.below(5) > 0 {
            came.recv_timeout(Duration::from_secs(20)).unwrap();
        }
        std::thread::sleep(Duration::from_millis(dice.below(60)));
        child.kill().unwrap();
        child.wait().unwrap();
        for (writer, number) in reader.join().unwrap() {
            acknowledged[writer] = acknowledged[writer].max(number);
            total += 1;
        }
        let store = open(folder.path()).unwrap();
        for (writer, last) in (0..).zip(&mut acknowledged) {
            let found = read(&store, writer);
            assert!(
                found == *last || found == *last + 1,
                "round {round}, writer {writer}: {found} after {last} was acknowledged"
            );
            *last = found;
        }
    }
    println!("{rounds} kills, {total} acknowledged writes");
    assert!(rounds < 10 || total > 0, "no child came as far as writing");
}

fn acknowledgement(line: &str) -> Option<(usize, i64)> {
    // The harness writes its own words before the first line.
    let (_, rest) = line.split_once("ack ")?;
    let (writer, number) = rest.split_once(' ')?;
    Some((writer.parse().ok()?, number.parse().ok()?))
}

#[test]
#[ignore = "a child of the test of two processes"]
fn child_that_holds() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let _store = open(folder).unwrap();
    println!("\nheld");
    let mut line = String::new();
    let _ = std::io::stdin().read_line(&mut line);
}

#[test]
fn the_second_process_says_who_holds_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = child("processes::child_that_holds", folder.path());
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.map_while(Result::ok).any(|line| line == "held"));
    let error = open(folder.path()).err().unwrap();
    let pid = child.id().to_string();
    assert!(
        matches!(&error, StateError::InUse { holder: Some(holder), .. } if holder.contains(&pid)),
        "{error:?}"
    );
    let message = error.to_string();
    assert!(message.contains("state.redb") && message.contains("use another folder"), "{message}");
    child.kill().unwrap();
    child.wait().unwrap();
    open(folder.path()).unwrap().set(&here(), "k", Data::None).unwrap();
}
