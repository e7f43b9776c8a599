//! What is refused, what is warned about, what is fine: one expression a line, `@hook` before it where it matters.

use crate::support::compile_at;
use oracle_compiler::diag::render::human;
use oracle_compiler::diag::{Code, Severity};
use oracle_compiler::expression::Mode;
use oracle_vm::hook::Hook;
use std::collections::BTreeSet;

const REFUSED: &str = include_str!("diagnostics/refused.txt");
const WARNED: &str = include_str!("diagnostics/warned.txt");
const SILENT: &str = include_str!("diagnostics/silent.txt");

struct Report {
    text: String,
    codes: Vec<Code>,
    errors: usize,
}

fn lines(list: &'static str) -> impl Iterator<Item = (Option<Hook>, &'static str, &'static str)> {
    list.lines().filter(|line| !line.is_empty()).map(|line| {
        match line.strip_prefix('@').and_then(|line| line.split_once(' ')) {
            Some((hook, expression)) => (Some(Hook::from_name(hook).unwrap()), expression, line),
            None => (None, line, line),
        }
    })
}

fn report(hook: Option<Hook>, expression: &str) -> Report {
    let (diagnostics, sources) = match compile_at(hook, expression, Mode::Truth, true) {
        Ok(compiled) => (compiled.warnings, compiled.sources),
        Err(failed) => (failed.diagnostics, failed.sources),
    };
    Report {
        text: human::render(&diagnostics, &sources, false),
        codes: diagnostics.iter().map(|it| it.code).collect(),
        errors: diagnostics.iter().filter(|it| it.severity == Severity::Error).count(),
    }
}

fn all(list: &'static str) -> String {
    let mut text = String::new();
    for (hook, expression, line) in lines(list) {
        if line.starts_with('#') {
            text += &format!("{line}\n\n");
        } else {
            text += &format!("{line}\n{}\n", report(hook, expression).text);
        }
    }
    text
}

#[test]
fn refused() {
    insta::assert_snapshot!(all(REFUSED));
    for (hook, expression, line) in lines(REFUSED).filter(|(_, _, line)| !line.starts_with('#')) {
        assert!(report(hook, expression).errors > 0, "{line}");
    }
}

#[test]
fn warned() {
    insta::assert_snapshot!(all(WARNED));
    for (hook, expression, line) in lines(WARNED).filter(|(_, _, line)| !line.starts_with('#')) {
        let report = report(hook, expression);
        assert!(report.errors == 0 && !report.codes.is_empty(), "{line}\n{}", report.text);
    }
}

#[test]
fn silent() {
    let mut wrong = String::new();
    for (hook, expression, line) in lines(SILENT) {
        wrong += &match report(hook, expression) {
            report if report.codes.is_empty() => String::new(),
            report => format!("{line}\n{}\n", report.text),
        };
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn every_code_of_the_checker_has_a_case() {
    let mut seen = BTreeSet::new();
    for list in [REFUSED, WARNED] {
        for (hook, expression, _) in lines(list).filter(|(_, _, line)| !line.starts_with('#')) {
            seen.extend(report(hook, expression).codes);
        }
    }
    // Needs more registers than a line of text can ask for; see `a_condition_too_large_is_refused`.
    seen.insert(Code::TooComplex);
    // Said at run time, by whoever evaluates.
    seen.insert(Code::EvaluationFailed);
    let of_checker = |code: &&Code| code.code().starts_with("E02") || code.code().starts_with("W02");
    let missing: Vec<&Code> =
        Code::ALL.iter().filter(of_checker).filter(|code| !seen.contains(code)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn a_condition_too_large_is_refused() {
    let many = vec!["turn.number"; 300].join(", ");
    let failed = compile_at(None, &format!("min({many}) > 3"), Mode::Truth, true).unwrap_err();
    assert_eq!(failed.diagnostics[0].code, Code::TooComplex);
    let long = vec!["turn.number"; 200].join(" + ");
    assert!(compile_at(None, &format!("{long} > 3"), Mode::Truth, true).is_ok());
    let deep = format!("event.payload{} == 1", ".a".repeat(1500));
    assert!(compile_at(None, &deep, Mode::Truth, true).is_err());
}
