//! State on the command line, end to end: what one command stores, the next one finds.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking, their functions too")]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use oracle_runtime::state::{RedbStore, STATE_FILE, StoreOptions};
use serde_json::Value;
use tempfile::TempDir;

/// What a command did: its exit code, its output, its complaints.
type Done = (i32, String, String);

fn oracle(folder: &Path, args: &[&str]) -> Done {
    fed(folder, args, "")
}

fn fed(folder: &Path, args: &[&str], input: &str) -> Done {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oracle"));
    command.args(args).current_dir(folder);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("ORACLE_")) {
        command.env_remove(name);
    }
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// A command that does its work.
fn done(folder: &Path, args: &[&str]) -> String {
    let (code, out, err) = oracle(folder, args);
    assert_eq!(code, 0, "{args:?}: {err}");
    out
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn what_is_set_is_got_listed_and_cleared() {
    let dir = folder();
    let at = dir.path();
    done(at, &["state", "set", "--data", "data", "turn", "12"]);
    done(at, &["state", "set", "--data", "data", "turn", "-13"]);
    done(at, &["state", "set", "--data", "data", "odd \n key", r#"{"a": [1, null]}"#]);
    done(at, &["state", "set", "--data", "data", "--plugin", "p", "--user", "ann", "turn", "\"text\""]);
    assert_eq!(done(at, &["state", "get", "--data", "data", "turn"]), "-13\n");
    assert_eq!(
        done(at, &["state", "get", "--data", "data", "--plugin", "p", "--user", "ann", "turn"]),
        "\"text\"\n"
    );
    let (code, out, err) = oracle(at, &["state", "get", "--data", "data", "--project", "other", "turn"]);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.contains("`turn` has no value"), "{err}");
    let listed = done(at, &["state", "list", "--data", "data"]);
    assert_eq!(listed.lines().count(), 2, "{listed}");
    assert!(listed.contains(r#""odd \n key"  {"a":[1,null]}  2"#), "{listed}");
    let all = done(at, &["state", "list", "--data", "data", "--all", "--format", "json"]);
    let all: Vec<Value> = all.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(all.len(), 3);
    assert_eq!((&all[0]["user"], &all[0]["plugin"]), (&"ann".into(), &"p".into()));
    let (_, _, err) = oracle(at, &["state", "clear", "--data", "data", "turn", "nothing"]);
    assert!(err.contains("1 key deleted"), "{err}");
    let (_, _, err) = oracle(at, &["state", "clear", "--data", "data", "--all-keys"]);
    assert!(err.contains("1 key deleted"), "{err}");
    assert_eq!(done(at, &["state", "list", "--data", "data"]), "");
    assert_eq!(
        done(at, &["state", "list", "--data", "data", "--all", "--format", "json"]).lines().count(),
        1
    );
}

#[test]
fn an_export_is_the_whole_state_and_comes_back() {
    let dir = folder();
    let at = dir.path();
    for (key, value) in
        [("a", "1"), ("b", "1.0"), ("c", "-0.0"), ("d", "18446744073709551615"), ("e", "[{}]")]
    {
        done(at, &["state", "set", "--data", "data", key, value]);
    }
    let trace = r#"{"type": "agent.turn.start", "session_id": "s", "payload": {"token_usage": 0.9}}"#;
    fs::create_dir(at.join("rules")).unwrap();
    fs::write(at.join("rules/once.toml"), ONCE).unwrap();
    fs::write(at.join("trace.jsonl"), trace).unwrap();
    done(at, &["run", "--data", "data", "trace.jsonl"]);
    done(at, &["state", "export", "--data", "data", "--output", "backup.jsonl"]);
    let export = fs::read_to_string(at.join("backup.jsonl")).unwrap();
    assert!(export.contains(r#""record":"limit""#) && export.contains(r#""record":"session""#), "{export}");
    done(at, &["state", "import", "--data", "other", "backup.jsonl"]);
    assert_eq!(done(at, &["state", "export", "--data", "other"]), export);
    let (code, _, err) = oracle(at, &["state", "export", "--data", "data", "--output", "backup.jsonl"]);
    assert_eq!(code, 1, "a file is not overwritten");
    assert!(err.contains("backup.jsonl"), "{err}");
    for (bad, place) in [
        ("{}", "<1>"),
        ("{\"oracle_state\": 2}", "1:"),
        ("{\"oracle_state\": 1}\n{\"key\": 1}", "2:"),
        (&format!("{export}{{\"user\": 1}}"), "not a line"),
    ] {
        let (code, _, err) = fed(at, &["state", "import", "--data", "third", "-"], bad);
        assert_eq!(code, 1, "{place}: {err}");
        assert!(err.contains("nothing was read") || err.contains("newer"), "{err}");
    }
    assert_eq!(done(at, &["state", "list", "--data", "third", "--all"]), "");
    let whole = done(at, &["state", "check", "--data", "data"]);
    assert!(
        whole.contains("is whole\n6 keys in 1 namespace\n") && whole.contains("limits of 1 session"),
        "{whole}"
    );
}

const ONCE: &str = "[rule]\nid = \"once\"\ntrigger = \"on_turn_start\"\n[limits]\nonce = \"session\"\n\
                    [condition]\nexpression = \"turn.token_usage > 0.5\"\n\
                    [action]\ntype = \"set_state\"\nkey = \"seen\"\nvalue = \"{{ context.turn.token_usage }}\"\n";

#[test]
fn runs_go_on_where_the_last_one_stopped_and_are_logged() {
    let dir = folder();
    let at = dir.path();
    fs::create_dir(at.join("mine")).unwrap();
    fs::write(at.join("mine/once.toml"), ONCE).unwrap();
    let trace = r#"{"type": "agent.turn.start", "session_id": "s", "payload": {"token_usage": 0.9}}"#;
    let run = |more: &[&str]| {
        let mut args = vec!["run", "--rules", "mine", "--format-out", "json"];
        args.extend_from_slice(more);
        args.push("-");
        let (_, out, err) = fed(at, &args, trace);
        let first: Value = serde_json::from_str(out.lines().next().unwrap()).unwrap();
        assert_eq!(err, "");
        (first["rules"][0]["fired"] == true, first["rules"][0]["held"].clone())
    };
    assert_eq!(run(&["--data", "data"]), (true, Value::Null));
    assert_eq!(run(&["--data", "data"]), (false, "max_per_session".into()));
    assert_eq!(run(&[]), (true, Value::Null), "memory begins anew");
    assert_eq!(done(at, &["state", "get", "--data", "data", "seen"]), "0.9\n");
    assert_eq!(done(at, &["eval", "--data", "data", "state.get('seen', 0) > 0.5"]), "true\n");
    assert_eq!(done(at, &["eval", "state.get('seen', 0) > 0.5"]), "false\n");
    let log = done(at, &["executions", "--data", "data"]);
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(lines.len(), 2, "{log}");
    assert!(lines[0].contains("once  on_turn_start  session s  held back: max_per_session"), "{log}");
    assert!(lines[1].contains("fired: set_state"), "{log}");
    let json = done(at, &["executions", "--data", "data", "--format", "json", "--limit", "1"]);
    let newest: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&newest["rule_id"], &newest["held"]), (&"once".into(), &"max_per_session".into()));
    assert_eq!(done(at, &["executions", "--data", "data", "--rule", "other"]), "");
    assert_eq!(done(at, &["executions", "--data", "data", "--user", "ann"]), "");
    assert_eq!(done(at, &["executions", "--data", "data", "--user", "ann", "--all"]).lines().count(), 2);
    assert_eq!(done(at, &["executions", "--data", "data", "--since", "1h"]).lines().count(), 2);
    assert_eq!(done(at, &["executions", "--data", "data", "--since", "2999-01-01T00:00:00Z"]), "");
}

#[test]
fn files_that_cannot_be_used_are_a_clear_error_and_stay_as_they_are() {
    let dir = folder();
    let at = dir.path();
    let commands: [&[&str]; 5] = [
        &["state", "list", "--data", "data"],
        &["state", "set", "--data", "data", "k", "1"],
        &["executions", "--data", "data"],
        &["run", "--data", "data", "-"],
        &["eval", "--data", "data", "1"],
    ];
    fs::create_dir(at.join("data")).unwrap();
    let path = at.join("data").join(STATE_FILE);
    for bytes in [&b"SQLite format 3\0 and more"[..], b"", b"redb\x1a\x0a\xa9\x0d\x0a cut off"] {
        fs::write(&path, bytes).unwrap();
        for args in commands {
            let (code, out, err) = oracle(at, args);
            assert_eq!((code, out.as_str()), (1, ""), "{args:?}: {err}");
            assert!(err.contains(STATE_FILE) && err.contains("it was left as it is"), "{args:?}: {err}");
            assert_eq!(fs::read(&path).unwrap(), bytes);
        }
    }
}

#[test]
fn a_file_in_use_says_by_whom() {
    let dir = folder();
    let at = dir.path();
    let _held = RedbStore::open(at.join("data"), StoreOptions::default()).unwrap();
    for args in [&["state", "list", "--data", "data"][..], &["run", "--data", "data", "-"]] {
        let (code, _, err) = oracle(at, args);
        assert_eq!(code, 1);
        assert!(err.contains(&format!("in use by process {}", std::process::id())), "{err}");
    }
}

#[test]
fn what_is_missing_is_said() {
    let dir = folder();
    let at = dir.path();
    let (code, _, err) = oracle(at, &["state", "list"]);
    assert_eq!(code, 2);
    assert!(err.contains("`--data DIR`"), "{err}");
    let (code, _, err) = oracle(at, &["state", "list", "--data", "nowhere"]);
    assert_eq!(code, 1);
    assert!(err.contains("there is no state at"), "{err}");
    assert!(!at.join("nowhere").exists(), "reading makes nothing");
    for args in [
        &["state", "set", "--data", "data", "k", "text"][..],
        &["state", "clear", "--data", "data"],
        &["executions", "--data", "data", "--since", "yesterday"],
    ] {
        let (code, _, err) = oracle(at, args);
        assert_eq!(code, 2, "{args:?}: {err}");
    }
    let (code, _, err) = oracle(at, &["state", "set", "--data", "data", "n", "1e999"]);
    assert!(code != 0 && !err.is_empty(), "{err}");
}

#[test]
fn the_configuration_bounds_the_execution_log() {
    let dir = folder();
    let at = dir.path();
    fs::create_dir(at.join("mine")).unwrap();
    fs::write(at.join("mine/a.toml"), ONCE).unwrap();
    fs::write(at.join("oracle.toml"), "data = 'data'\ndurability = 'relaxed'\nexecutions_kept = 2\n")
        .unwrap();
    let trace =
        "{\"type\": \"agent.turn.start\", \"session_id\": \"s\", \"payload\": {\"token_usage\": 0.9}}\n";
    let (code, _, err) = fed(at, &["run", "--rules", "mine", "-"], &trace.repeat(5));
    assert_eq!(code, 0, "{err}");
    assert_eq!(done(at, &["executions"]).lines().count(), 2);
    assert_eq!(
        done(at, &["state", "get", "seen"]),
        "0.9\n",
        "relaxed changes are on disk when the command ends"
    );
    let (_, _, err) = oracle(at, &["executions", "--user", "bob"]);
    assert!(err.contains("user `bob` in project `default`: `--all`"), "{err}");
    let (_, _, err) = oracle(at, &["state", "list", "--project", "other"]);
    assert!(err.contains("project `other`, plugin `_rules`: `--all`"), "{err}");
}

#[test]
fn options_that_change_nothing_are_named() {
    let dir = folder();
    let expression = "context.turn.number + 1 > 5";
    let (code, out, err) =
        oracle(dir.path(), &["eval", expression, "--plugins", "x", "--lua-timeout-ms", "9"]);
    assert_eq!((code, out.as_str()), (0, "false\n"));
    let says =
        "`--plugins` changes nothing for this command\n`--lua-timeout-ms` changes nothing for this command\n";
    assert_eq!(err, says);
    let (code, _, err) = oracle(dir.path(), &["test", "--quiet", "--data", "nowhere"]);
    assert_eq!((code, err.as_str()), (0, "`--data` changes nothing for this command\n"));
}
