//! The command line, end to end: the built program, its output and its exit codes.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking, their functions too")]

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/traces").join(name)
}

/// The program in a folder without rules or configuration, with nothing of ours in the environment.
fn oracle(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oracle"));
    command.args(args).current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/traces"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("ORACLE_")) {
        command.env_remove(name);
    }
    command
}

fn fed(args: &[&str], input: &[u8]) -> Output {
    let mut child =
        oracle(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that was called wrongly reads nothing.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn run(file: &str, more: &[&str]) -> Output {
    let path = fixture(file);
    let mut args = vec!["run"];
    args.extend_from_slice(more);
    let path = path.to_str().unwrap();
    args.push(path);
    oracle(&args).output().unwrap()
}

#[test]
fn the_sample_session_shows_the_built_in_rules() {
    let output = run("../../../docs/examples/session.jsonl", &["--only-fired"]);
    assert_eq!((code(&output), stderr(&output).as_str()), (0, ""));
    let text = stdout(&output);
    for rule in ["large-result-hint", "repeated-failure-warning", "token-budget-warning"] {
        assert!(text.contains(&format!("fired    {rule} (notify_self)")), "{rule}:\n{text}");
    }
    let timeline: Vec<&str> = text.lines().take_while(|line| !line.is_empty()).collect();
    insta::assert_snapshot!(timeline.join("\n"));
}

#[test]
fn a_coding_session_is_replayed() {
    let output = run("claude-code.jsonl", &[]);
    assert_eq!(code(&output), 1, "one record is broken");
    assert!(
        stderr(&output).contains("claude-code.jsonl:9: error: a record of type `user` needs a `message`")
    );
    let text = stdout(&output);
    let timeline: Vec<&str> = text.lines().take_while(|line| !line.contains("in the engine")).collect();
    insta::assert_snapshot!(timeline.join("\n"));
}

#[test]
fn json_is_one_result_a_line_and_a_summary() {
    let output = run("../../../docs/examples/session.jsonl", &["--format-out", "json"]);
    let lines: Vec<serde_json::Value> =
        stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (summary, results) = lines.split_last().unwrap();
    assert_eq!(results.len(), 30);
    for result in results {
        for key in ["event", "hook", "rules", "first_match", "notifications", "time_us"] {
            assert!(result.get(key).is_some(), "{key}: {result}");
        }
    }
    assert_eq!(results[3]["event"]["type"], "tool.call.success".to_owned());
    let summary = &summary["summary"];
    assert_eq!(summary["events"], 30);
    assert_eq!(summary["sessions"], 1);
    assert_eq!(summary["notifications"], 4);
    assert_eq!(summary["delivered"], 4);
    assert_eq!(summary["trace_errors"], 0);
}

#[test]
fn a_bad_line_is_reported_and_the_others_run() {
    let lines = "{\"type\": \"query.start\", \"payload\": {\"query\": \"hi\"}}\n{\"type\": \n\
                 {\"type\": \"agent.turn.start\", \"payload\": {\"token_usage\": 1.7}}\n\
                 {\"type\": \"agent.turn.start\", \"payload\": {\"turn_number\": \"two\"}}\n\
                 {\"type\": \"tool.call.succes\"}\n{\"type\": \"session.end\"}\n";
    let output = fed(&["run", "-"], lines.as_bytes());
    assert_eq!(code(&output), 1);
    insta::assert_snapshot!(stderr(&output));
    assert!(stdout(&output).contains("3 events in 1 session"), "{}", stdout(&output));
}

#[test]
fn hopeless_traces_are_one_clear_error() {
    for (input, wanted) in [
        (&b""[..], "<stdin>: error: the trace is empty"),
        (b"\x7fELF\0\0\0", "<stdin>:1: error: this looks like a binary file"),
        (b"\xff\xfe\n", "<stdin>:1: error: not UTF-8: byte 0xff at column 1"),
        (b"{\"type\": \"session.end\"", "<stdin>:1: error: not JSON: EOF while parsing"),
        (b"[{\"role\": \"user\",\n", "<stdin>:"),
        (b"[[[[[[[[[[[[[[[[[[[[[[", "<stdin>:1: error: not JSON"),
    ] {
        let output = fed(&["run", "-"], input);
        let text = stderr(&output);
        assert!(text.starts_with(wanted), "{text}");
        assert_eq!(text.lines().count(), 1, "{text}");
        assert_eq!(code(&output), 1, "{text}");
    }
}

#[test]
fn paths_that_cannot_be_read_are_clear_errors() {
    let missing = run("no-such-file.jsonl", &[]);
    assert_eq!(code(&missing), 1);
    assert!(stderr(&missing).contains("there is no such file or folder"), "{}", stderr(&missing));
    let folder = run(".", &[]);
    assert_eq!(code(&folder), 1);
    assert!(stderr(&folder).contains("it is a folder"), "{}", stderr(&folder));
}

#[test]
fn misuse_is_2() {
    for args in [
        &["frobnicate"][..],
        &["run"],
        &["run", "x", "--token-budget", "0"],
        &["eval", "1", "--hook", "on_turn_strat"],
        &["eval", "1", "--params", "[]"],
        &["explain", "E9999"],
        &["--config", "no-such.toml", "run", "x"],
    ] {
        let output = oracle(args).output().unwrap();
        assert_eq!(code(&output), 2, "{args:?}: {}", stderr(&output));
        assert_ne!(stderr(&output), "", "{args:?}");
    }
}

#[test]
fn help_is_there_for_every_command() {
    for command in ["check", "test", "run", "eval", "explain", "disasm", "state", "executions"] {
        let output = oracle(&[command, "--help"]).output().unwrap();
        assert_eq!(code(&output), 0, "{command}");
        assert!(stdout(&output).contains(&format!("  oracle {command}")), "{command}");
    }
}

#[test]
fn eval_prints_a_value_or_marks_what_failed() {
    let output = oracle(&["eval", "context.turn.number + 2"]).output().unwrap();
    assert_eq!((code(&output), stdout(&output).as_str()), (0, "3\n"));
    let output = fed(&["eval", "--context", "-", "1 / turn.iteration_count"], b"{\"turn\": {\"number\": 2}}");
    assert_eq!((code(&output), stdout(&output).as_str()), (1, ""));
    assert!(stderr(&output).contains("1 | 1 / turn.iteration_count\n  | ^"), "{}", stderr(&output));
    let output = oracle(&["eval", "--params", "{\"x\": 0.5}", "params.x"]).output().unwrap();
    assert_eq!(stdout(&output), "0.5\n");
    let output = oracle(&["eval", "turnn.number"]).output().unwrap();
    assert_eq!(code(&output), 1);
    assert!(stderr(&output).contains("did you mean `turn`?"), "{}", stderr(&output));
}

#[test]
fn every_line_of_jsonl_is_answered_in_order() {
    let input = "{\"expression\": \"turn.number + params.x\", \"params\": {\"x\": 2}}\n{bad\n\n\
                 {\"expression\": \"\u{e9} == 1\"}\n\
                 {\"expression\": \"1\", \"context\": {\"turn\": {\"number\": 0}}}\n\
                 {\"expression\": \"1\", \"hook\": \"on_turn_strat\"}\n\
                 {\"expression\": \"len('\u{e9}') + [turn.number][3]\"}\n\
                 {\"expression\": \"float('inf')\"}\n\
                 {\"expression\": \"1\", \"x\": 2}\n\
                 {\"expression\": \"params.x\", \"params\": {\"x\": [1]}}\n\
                 {\"expression\": \"turn.number + params.x\", \"params\": {\"x\": 0.5}}\n\
                 {\"expression\": \"result is None\", \"hook\": \"on_turn_start\", \"context\": null}\n\
                 {\"expression\": \"turn.number";
    let output = fed(&["eval", "--jsonl", "-"], input.as_bytes());
    assert_eq!(code(&output), 1);
    assert_eq!(stderr(&output), "");
    insta::assert_snapshot!(stdout(&output));
}

#[test]
fn jsonl_answers_before_the_next_question() {
    let mut child =
        oracle(&["eval", "--jsonl", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut to, mut from) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    for number in 1..4_u8 {
        writeln!(to, "{{\"expression\": \"{number}\"}}").unwrap();
        let wanted = format!("{{\"result\":{number},\"matched\":true}}\n");
        let mut answer = vec![0; wanted.len()];
        from.read_exact(&mut answer).unwrap();
        assert_eq!(String::from_utf8(answer).unwrap(), wanted);
    }
    drop(to);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let line = "{\"type\": \"tool.call.pending\", \"payload\": {\"tool_name\": \"grep\"}}\n";
    let mut child = oracle(&["run", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut to = child.stdin.take().unwrap();
    drop(child.stdout.take());
    let writer = std::thread::spawn(move || {
        for _ in 0..20_000 {
            // Once the program ended, nobody takes the rest.
            if to.write_all(line.as_bytes()).is_err() {
                break;
            }
        }
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert_eq!((code(&output), stderr(&output).as_str()), (0, ""));
}

#[test]
fn nothing_is_coloured_where_nobody_sees_it() {
    let output =
        oracle(&["run", "../../../docs/examples/session.jsonl"]).env_remove("NO_COLOR").output().unwrap();
    assert!(!stdout(&output).contains('\x1b'));
    let output = oracle(&["eval", "trun"]).env("NO_COLOR", "1").output().unwrap();
    assert!(!stderr(&output).contains('\x1b'));
}

/// A folder of its own that is gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("oracle-cli-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }
    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.join(name), text).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const RULE: &str = "[rule]\nid = \"late\"\ntrigger = \"on_turn_start\"\n[condition]\n\
                    expression = \"context.turn.number > 3\"\n[action]\ntype = \"log\"\nmessage = \"turn {{ context.turn.number }}\"\n\
                    [[test]]\nname = \"turn four\"\ncontext = { turn = { number = 4 } }\nfires = true\nmessage = \"turn 4\"\n";

#[test]
fn check_counts_and_fails() {
    let folder = Folder::new("check");
    folder.write("late.toml", RULE);
    let output = oracle(&["check", "."]).current_dir(&folder.0).output().unwrap();
    assert_eq!((code(&output), stdout(&output).as_str()), (0, "1 rule in 1 file, no problems\n"));
    folder.write("bad.toml", &RULE.replace("late", "bad").replace("turn.number > 3", "turn.nubmer > 3"));
    let output = oracle(&["check", "."]).current_dir(&folder.0).output().unwrap();
    assert_eq!(code(&output), 1);
    assert!(stdout(&output).contains("did you mean"), "{}", stdout(&output));
    assert!(stdout(&output).contains("1 rule in 2 files, 1 error"), "{}", stdout(&output));
    let output = oracle(&["check", ".", "--format", "json"]).current_dir(&folder.0).output().unwrap();
    for line in stdout(&output).lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
    let output = oracle(&["check", ".", "--format", "sarif"]).current_dir(&folder.0).output().unwrap();
    let sarif: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
}

#[test]
fn check_denies_warnings_and_fixes_what_is_certain() {
    let folder = Folder::new("fix");
    folder.write("late.toml", &RULE.replace("turn.number > 3", "turn.number > 3 && True"));
    let output = oracle(&["check", ".", "--fix"]).current_dir(&folder.0).output().unwrap();
    assert!(stdout(&output).contains("1 problem fixed"), "{}", stdout(&output));
    let text = std::fs::read_to_string(folder.0.join("late.toml")).unwrap();
    assert!(text.contains("turn.number > 3 and True"), "{text}");
    folder.write("late.toml", &RULE.replace("trigger = \"on_turn_start\"\n", ""));
    let output = oracle(&["check", "."]).current_dir(&folder.0).output().unwrap();
    assert_eq!(code(&output), 0);
    let output = oracle(&["check", ".", "--deny", "warnings"]).current_dir(&folder.0).output().unwrap();
    assert_eq!(code(&output), 1);
}

#[test]
fn examples_pass_or_show_what_came_instead() {
    let folder = Folder::new("test");
    folder.write("late.toml", RULE);
    let output = oracle(&["test", "."]).current_dir(&folder.0).output().unwrap();
    let wanted = "ok      late: turn four\n1 example: 1 passed, 0 failed\n";
    assert_eq!((code(&output), stdout(&output).as_str()), (0, wanted));
    folder.write("late.toml", &RULE.replace("\"turn 4\"", "\"turn 5\""));
    let output = oracle(&["test", "."]).current_dir(&folder.0).output().unwrap();
    assert_eq!(code(&output), 1);
    insta::assert_snapshot!(stdout(&output));
}

#[test]
fn rules_of_ones_own_replace_the_built_in_ones() {
    let folder = Folder::new("rules");
    folder.write("late.toml", RULE);
    let trace =
        "{\"type\": \"agent.turn.start\", \"payload\": {\"turn_number\": 4, \"token_usage\": 0.99}}\n";
    let rules = folder.0.to_str().unwrap();
    let output = fed(&["run", "-", "--rules", rules], trace.as_bytes());
    let text = stdout(&output);
    assert!(text.contains("fired    late (log)") && !text.contains("token-budget-warning"), "{text}");
    assert!(text.contains("[info] turn 4 (late)"), "{text}");
}

#[test]
fn configuration_is_file_then_environment_then_flags() {
    let folder = Folder::new("config");
    folder.write("oracle.toml", "user = \"file\"\nproject = \"file\"\n");
    let trace = "{\"type\": \"session.end\"}\n";
    let with = |args: &[&str], environment: &[(&str, &str)]| {
        let mut command = oracle(args);
        command
            .current_dir(&folder.0)
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let _ = child.stdin.take().unwrap().write_all(trace.as_bytes());
        child.wait_with_output().unwrap()
    };
    let text = stdout(&with(&["run", "-"], &[("ORACLE_USER", "environment")]));
    assert!(text.contains("user environment, project file"), "{text}");
    let text = stdout(&with(&["run", "-", "--user", "flag"], &[("ORACLE_USER", "environment")]));
    assert!(text.contains("user flag, project file"), "{text}");
    folder.write("oracle.toml", "usr = \"file\"\n");
    let output = with(&["run", "-"], &[]);
    assert_eq!(code(&output), 2);
    assert_eq!(stderr(&output), "error: oracle.toml:1:1: unknown key `usr`: did you mean `user`?\n");
}

/// Times and what depends on them, made the same on every run.
fn without_times(text: &str) -> String {
    let mut out = Vec::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let mut kept = Vec::new();
        for (at, word) in words.iter().enumerate() {
            let next = words.get(at + 1).copied().unwrap_or_default();
            let is_time = matches!(next, "us" | "ms" | "s") && word.parse::<f64>().is_ok();
            if is_time {
                kept.push("TIME");
            } else if !(matches!(*word, "us" | "ms" | "s") && kept.last() == Some(&"TIME")) {
                kept.push(word);
            }
        }
        out.push(kept.join(" "));
    }
    out.join("\n")
}

#[test]
fn a_profile_says_where_the_time_went() {
    let output = run("../../../docs/examples/session.jsonl", &["--quiet", "--profile"]);
    assert_eq!((code(&output), stderr(&output).as_str()), (0, ""));
    let text = without_times(&stdout(&output));
    let mut lines: Vec<&str> = text.lines().skip_while(|line| !line.starts_with("profile")).collect();
    // The slowest come first: which ones are slowest is up to the machine.
    let last = lines.len() - 1;
    lines[1..last].sort_unstable();
    insta::assert_snapshot!(lines.join("\n"));

    let output = run("../../../docs/examples/session.jsonl", &["-q", "--profile", "--format-out", "json"]);
    let summary: serde_json::Value = serde_json::from_str(stdout(&output).lines().last().unwrap()).unwrap();
    let profile = &summary["summary"]["profile"];
    let rules = profile["rules"].as_array().unwrap();
    let times: Vec<f64> = rules.iter().map(|rule| rule["total_us"].as_f64().unwrap()).collect();
    assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");
    assert!(rules.iter().all(|rule| rule["evaluations"].as_u64() <= rule["candidates"].as_u64()));
    assert!((0.0..=1.0).contains(&profile["skipped_by_index"].as_f64().unwrap()));
}
