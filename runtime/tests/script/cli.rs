//! Scripts on the command line.

use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

/// A folder of its own, gone at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("oracle-script-cli-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Folder(path)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.join(name), text).expect("a file");
    }

    fn oracle(&self, arguments: &[&str]) -> (i32, String) {
        let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_oracle"))
            .args(arguments)
            .current_dir(&self.0)
            .env("NO_COLOR", "1")
            .output()
            .expect("it runs");
        let text = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
        (status.code().unwrap_or(-1), text)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const TRACE: &str = "{\"type\":\"agent.turn.start\",\"session_id\":\"s\"}\n{\"type\":\"agent.turn.start\",\"session_id\":\"s\"}\n";

#[test]
fn a_script_is_tried_on_a_trace() {
    let folder = Folder::new("try");
    folder.write("trace.jsonl", TRACE);
    folder.write("check.lua", "print('turn', context.turn.number)\nreturn context.turn.number == 2\n");
    let (code, text) =
        folder.oracle(&["run", "--script", "check.lua", "--hook", "on_turn_start", "trace.jsonl"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("check.lua:1: turn 1") && text.contains("matched"), "{text}");
    folder.write("bad.lua", "return (\n");
    let (code, text) = folder.oracle(&["run", "--script", "bad.lua", "trace.jsonl"]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("bad.lua:"), "{text}");
    let (code, text) = folder.oracle(&["run", "--script", "check.lua", "--hook", "on_lunch", "trace.jsonl"]);
    assert_eq!(code, 2, "{text}");
}

#[test]
fn the_limits_can_be_chosen() {
    let folder = Folder::new("limits");
    folder.write("trace.jsonl", TRACE);
    folder.write("loop.lua", "while true do end\n");
    let began = Instant::now();
    let (_, text) = folder.oracle(&["run", "--script", "loop.lua", "--lua-timeout-ms", "30", "trace.jsonl"]);
    assert!(text.contains("30 ms"), "{text}");
    assert!(began.elapsed() < Duration::from_secs(4), "the default of 5 s was used");
    folder.write("bomb.lua", "local t = {} while true do t[#t + 1] = {} end\n");
    let (_, text) = folder.oracle(&["run", "--script", "bomb.lua", "--lua-memory-mb", "3", "trace.jsonl"]);
    assert!(text.contains("3 MB"), "{text}");
}

#[test]
fn a_listing_names_the_script() {
    let folder = Folder::new("listing");
    let rule = "[rule]\nid = 'a'\ntrigger = 'on_turn_start'\n[condition]\nscript = 'a.lua'\n[action]\ntype = 'log'\n";
    folder.write("a.toml", rule);
    folder.write("a.lua", "return true\n");
    let (code, of_file) = folder.oracle(&["disasm", "a.toml", "a"]);
    assert!(code == 0 && of_file.contains("the script `a.lua`"), "{of_file}");
    let (code, text) = folder.oracle(&["compile", "a.toml", "-o", "a.opk"]);
    assert_eq!(code, 0, "{text}");
    assert_eq!(folder.oracle(&["disasm", "a.opk", "a"]), (0, of_file), "the same of a pack");
}

#[test]
fn the_built_in_script_has_its_examples() {
    let folder = Folder::new("builtin");
    let (code, text) = folder.oracle(&["test"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("failure-loop: fires when two calls alternate"), "{text}");
}
