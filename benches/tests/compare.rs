//! `compare` as a program: it finds that all engines agree, and prints figures that programs can read.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking, their functions too")]

use std::process::{Command, Output};

use serde_json::Value;

fn compare(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_compare")).args(args).output().unwrap()
}

#[test]
fn all_engines_agree() {
    let output = compare(&["--check"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn every_line_of_json_is_a_figure() {
    for (case, value) in
        [("C2", "ns"), ("compile-C2", "ns"), ("bind", "ns"), ("bytes", "bytes"), ("hostile-equal", "ns")]
    {
        let output = compare(&["--quick", "--format", "json", "--case", case, "--engine", "oracle"]);
        assert!(output.status.success(), "{case}: {}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 1, "{text}");
        assert_eq!(lines[0]["case"], case);
        assert_eq!(lines[0]["engine"], "oracle");
        assert!(lines[0][value].as_f64().unwrap() > 0.0, "{text}");
        assert!(lines[0]["version"].is_string(), "{text}");
    }
}

#[test]
fn an_unknown_case_or_engine_is_an_error() {
    for args in [["--case", "C8"], ["--engine", "abacus"]] {
        assert!(!compare(&args).status.success());
    }
}
