//! The command line in a project's folder: plugins, configuration, and what `oracle new` makes.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking, their functions too")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// The program in a folder, with nothing of ours in the environment but these variables.
fn oracle(folder: &Path, args: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oracle"));
    command.args(args).current_dir(folder).env_clear().envs(variables.iter().copied());
    command.output().unwrap()
}

/// Exit code, standard output and standard error.
fn told(folder: &Path, args: &[&str]) -> (i32, String, String) {
    told_with(folder, args, &[])
}

fn told_with(folder: &Path, args: &[&str], variables: &[(&str, &str)]) -> (i32, String, String) {
    let output = oracle(folder, args, variables);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

#[test]
fn a_new_plugin_checks_tests_and_runs() {
    let folder = TempDir::new().unwrap();
    let (code, out, err) = told(folder.path(), &["new", "plugin", "helper"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains("try: oracle test plugins/helper"), "{out}");
    let (code, out, err) = told(folder.path(), &["check", "plugins/helper", "--deny", "warnings"]);
    assert_eq!((code, out.as_str(), err.as_str()), (0, "1 rule in 1 file, no problems\n", ""));
    let (code, out, _) = told(folder.path(), &["test", "plugins/helper"]);
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("ok      helper:many-turns: a long session is noticed"), "{out}");
    assert!(out.contains("2 examples: 2 passed, 0 failed"), "{out}");
    write(folder.path(), "t.jsonl", "{\"type\": \"agent.turn.start\", \"payload\": {\"turn_number\": 25}}\n");
    let (code, out, err) = told(folder.path(), &["run", "t.jsonl", "--plugins", "plugins"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains("helper:many-turns"), "{out}");
    assert!(out.contains("This is turn 25: time to wrap up."), "{out}");
    let (code, _, err) = told(folder.path(), &["new", "plugin", "helper"]);
    assert_eq!(code, 1);
    assert!(err.contains("it is there already"), "{err}");
}

#[test]
fn a_new_rule_passes_its_own_examples_at_every_hook() {
    let folder = TempDir::new().unwrap();
    for hook in oracle_vm::hook::HOOKS {
        let name = hook.name.replace('_', "-");
        let (code, _, err) = told(folder.path(), &["new", "rule", &name, "--hook", hook.name]);
        assert_eq!((code, err.as_str()), (0, ""));
    }
    let (code, out, err) = told(folder.path(), &["check", "--deny", "warnings"]);
    assert_eq!((code, out.as_str(), err.as_str()), (0, "7 rules in 7 files, no problems\n", ""));
    let (code, out, _) = told(folder.path(), &["test"]);
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("14 examples: 14 passed, 0 failed"), "{out}");
    for (args, way_out) in [
        (["new", "rule", "Slow Tool"], "such as `slow-tool`"),
        (["new", "rule", "../x"], "such as `x`"),
        (["new", "plugin", "..."], "is not an id"),
    ] {
        let (code, _, err) = told(folder.path(), &args);
        assert_eq!(code, 2, "{args:?}");
        assert!(err.contains(way_out), "{err}");
    }
    let (code, _, err) = told(folder.path(), &["new", "rule", "x", "--hook", "on_turn_begin"]);
    assert_eq!(code, 2);
    assert!(err.contains("there is no hook `on_turn_begin`"), "{err}");
}

#[test]
fn what_is_wrong_with_plugins_is_shown_where_it_is() {
    let folder = TempDir::new().unwrap();
    write(folder.path(), "plugins/a/manifest.toml", "[plugin]\nid = \"A\"\n");
    write(
        folder.path(),
        "plugins/b/manifest.toml",
        "[plugin]\nid = \"b\"\n[capabilities]\nrequires = [\"web_serach\"]\n",
    );
    write(folder.path(), "plugins/c/manifest.toml", "[plugin]\nid = \"c\"\nversion = \"1\"\n");
    let (code, out, _) = told(folder.path(), &["check", "--plugins", "plugins"]);
    assert_eq!(code, 1);
    insta::assert_snapshot!(out);
    let (code, _, err) = told(folder.path(), &["check", "--plugins", "nowhere"]);
    assert_eq!(code, 1);
    assert!(err.contains("`nowhere` cannot be read"), "{err}");
}

#[test]
fn the_configuration_says_where_its_values_come_from() {
    let folder = TempDir::new().unwrap();
    write(
        folder.path(),
        "oracle.toml",
        "user = 'ada'\nproject = 'p'\nplugins = ['plugins']\ncapabilities = []\n",
    );
    let variables = [("ORACLE_PROJECT", "from-env"), ("ORACLE_CORE_PLUGINS", "a, b")];
    let args = ["config", "show", "--format", "json", "--lua-timeout-ms", "7"];
    let (code, out, err) = told_with(folder.path(), &args, &variables);
    assert_eq!((code, err.as_str()), (0, ""));
    let lines: Vec<serde_json::Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |key: &str| lines.iter().find(|line| line["key"] == key).unwrap();
    for (key, value, origin, place) in [
        ("user", serde_json::json!("ada"), "file", "oracle.toml:1:1"),
        ("project", serde_json::json!("from-env"), "variable", "ORACLE_PROJECT"),
        ("capabilities", serde_json::json!([]), "file", "oracle.toml:4:1"),
        ("core_plugins", serde_json::json!(["a", "b"]), "variable", "ORACLE_CORE_PLUGINS"),
        ("lua_timeout_ms", serde_json::json!(7), "flag", "--lua-timeout-ms"),
        ("lua_memory_mb", serde_json::json!(100), "default", "default"),
        ("data", serde_json::Value::Null, "default", "default"),
    ] {
        let line = of(key);
        assert_eq!(
            (&line["value"], &line["origin"], &line["place"]),
            (&value, &origin.into(), &place.into()),
            "{key}"
        );
    }
    let (_, shown, _) = told_with(folder.path(), &["config", "show"], &variables);
    assert!(shown.contains("\nproject = \"from-env\"  # ORACLE_PROJECT\n"), "{shown}");
    // What is shown is a configuration file that says the same.
    write(folder.path(), "shown.toml", &shown);
    let (code, again, err) =
        told(folder.path(), &["config", "show", "--format", "json", "--config", "shown.toml"]);
    assert_eq!((code, err.as_str()), (0, ""));
    for line in again.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()) {
        let key = line["key"].as_str().unwrap();
        if key != "lua_timeout_ms" {
            assert_eq!(line["value"], of(key)["value"], "{key}");
        }
    }
}

#[test]
fn a_bad_configuration_is_checked_and_refused() {
    let folder = TempDir::new().unwrap();
    let (code, out, err) = told(folder.path(), &["config", "check"]);
    assert_eq!((code, out.as_str(), err.as_str()), (0, "the configuration is good\n", ""));
    write(folder.path(), "oracle.toml", "usr = 'ada'\nlua_memory_mb = 'much'\n");
    let (code, out, err) = told(folder.path(), &["config", "check"]);
    assert_eq!((code, out.as_str()), (1, "2 problems\n"));
    assert!(err.contains("oracle.toml:1:1: unknown key `usr`: did you mean `user`?"), "{err}");
    assert!(
        err.contains("oracle.toml:2:17: `lua_memory_mb` must be a whole number from 1 to 65536"),
        "{err}"
    );
    assert_eq!(told(folder.path(), &["config", "show"]).0, 2);
    assert_eq!(told(folder.path(), &["test"]).0, 2);
    write(folder.path(), "oracle.toml", "rules = ['here', 'there']\n");
    write(folder.path(), "here/a.txt", "");
    let (code, _, err) = told(folder.path(), &["config", "check"]);
    assert_eq!(code, 1);
    assert!(err.contains("oracle.toml:1:1: `rules`: there is no file or folder `there`"), "{err}");
}
