//! What scripts take of the machine's memory, seen from outside: the most that a process had which did nothing but run
//! the attacks. Everything counts: the interpreter, what the host makes for it, and what the allocator wastes. A program of
//! its own, since the allocator that counts for other tests copies every block that grows.

#![expect(clippy::expect_used, clippy::panic, reason = "tests fail by panicking, their functions too")]

#[expect(dead_code, reason = "what becomes of a script is checked elsewhere")]
#[path = "../script/cases.rs"]
mod cases;
#[expect(dead_code, reason = "what other tests of scripts need is there too")]
#[path = "../script/support.rs"]
mod support;

use std::fs;
use std::process::Command;
use std::time::Duration;

use oracle_runtime::script::{Sandboxes, Script, ScriptLimits};
use serde_json::json;

use crate::cases::cases;
use crate::support::{context, input, input_of};

const FILES: [&str; 4] = ["time.lua", "memory.lua", "escape.lua", "answer.lua"];
const CHILD: &str = "ORACLE_TEST_ATTACKS";
const LIMITS: ScriptLimits = ScriptLimits { time: Duration::from_millis(100), memory: 32 * 1024 * 1024 };
/// Tables in a payload that is nothing but tables.
const TABLES: usize = 400_000;

/// A figure of this process in bytes; nothing where the system does not say.
fn resident(key: &str) -> Option<usize> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(key))?;
    Some(line.split_whitespace().nth(1)?.parse::<usize>().ok()? * 1024)
}

/// Runs every attack, and says how much memory the process had at most in each.
#[test]
#[ignore = "a child of the test of peaks"]
fn child_that_attacks() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let mut tables = context();
    tables["event"]["payload"] = json!({ "list": vec![json!([]); TABLES] });
    let (usual, tables) = (input(), input_of(&tables));
    let sandboxes = Sandboxes::default();
    let run = |name: &str, source: &str, input| {
        // The mark of the highest use is set back to what is used now.
        let _ = fs::write("/proc/self/clear_refs", "5");
        let script = Script::compile("test.lua", source).expect("it parses");
        let is_good = sandboxes.run(&script, input, &LIMITS).answer.is_ok();
        println!("peak {} {name}, is good: {is_good}", resident("VmHWM:").unwrap_or_default());
    };
    run("nothing", "return true", usual.clone());
    println!("idle {}", resident("VmRSS:").unwrap_or_default());
    for case in FILES.iter().flat_map(|file| cases(file)) {
        run(&case.name, &case.source, usual.clone());
    }
    run("tables of the context", "return #context.event.payload.list > 0", tables);
}

#[test]
fn memory_stays_under_the_limit_and_a_tenth() {
    if resident("VmHWM:").is_none() {
        return;
    }
    let output = Command::new(std::env::current_exe().expect("this program"))
        .args(["child_that_attacks", "--exact", "--ignored", "--nocapture", "--test-threads", "1"])
        .env(CHILD, "1")
        // Large blocks go back to the system at once, and growing ones move without a copy: what is seen is what is used.
        .env("MALLOC_MMAP_THRESHOLD_", "131072")
        .output()
        .expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    let number = |line: &str| line.split(' ').next().and_then(|it| it.parse::<usize>().ok());
    let idle =
        text.lines().find_map(|it| number(it.strip_prefix("idle ")?)).expect("the child says what it has");
    let most = idle + LIMITS.memory / 10 * 11;
    let peaks: Vec<(usize, &str)> = text
        .lines()
        .filter_map(|it| it.split_once("peak "))
        .filter_map(|(_, it)| Some((number(it)?, it)))
        .collect();
    assert!(peaks.len() > 250, "{text}");
    let over: Vec<_> = peaks.iter().filter(|(peak, _)| *peak > most).collect();
    assert!(over.is_empty(), "over {most}, with {idle} when idle: {over:#?}");
    let highest = peaks.iter().map(|(peak, _)| *peak).max().unwrap_or_default();
    println!("{} attacks, at most {} bytes under a limit of {}", peaks.len(), highest - idle, LIMITS.memory);
    assert!(highest > idle + LIMITS.memory / 10 * 8, "no attack came near the limit: {highest}");
}
