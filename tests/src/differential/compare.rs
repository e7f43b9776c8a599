//! Whether two outcomes agree, and which differences are documented.

use oracle_compiler::diag::Diagnostic;
use oracle_vm::fault::FaultKind;

use super::python::Check;

/// What the machine answered.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// A value, in the canonical form of the driver.
    Value(String),
    /// A run-time error, with its message.
    Fault(FaultKind, String),
}

/// What a comparison found.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Equal values, or both fail.
    Agree,
    /// A difference that `conditions.md` allows, by name.
    Documented(&'static str),
    /// A difference that nothing allows.
    Disagree(String),
}

/// A refusal that needs no proof that Python fails too.
#[derive(Clone, Debug)]
pub struct Refusal {
    code: String,
    words: String,
}

/// The table of documented refusals.
pub fn documented_refusals() -> Vec<Refusal> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/differential/refusals.md");
    let text = std::fs::read_to_string(path).expect("the table of refusals");
    let rows = text.lines().filter(|line| line.starts_with("| E"));
    rows.map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        Refusal { code: cells[1].into(), words: cells[2].into() }
    })
    .collect()
}

impl Refusal {
    /// Whether this row is about the diagnostic.
    pub fn covers(&self, diagnostic: &Diagnostic) -> bool {
        self.code == diagnostic.code.code() && diagnostic.message.contains(&self.words)
    }
}

/// The kinds of run-time errors that an exception of Python may be with us.
pub fn kinds_of(exception: &str) -> &'static [FaultKind] {
    match exception {
        "TypeError" => &[FaultKind::Type, FaultKind::None],
        "AttributeError" => &[FaultKind::Attribute, FaultKind::None],
        "KeyError" => &[FaultKind::Key],
        "IndexError" => &[FaultKind::Index],
        "ZeroDivisionError" => &[FaultKind::ZeroDivision],
        "OverflowError" | "Beyond" => &[FaultKind::Overflow, FaultKind::Limit],
        "ValueError" => &[FaultKind::Value],
        _ => &[],
    }
}

/// Compares an outcome with what Python answered; `check` asks Python about the limits it passes.
pub fn judge(ours: &Outcome, python: &str, check: impl FnOnce() -> Check) -> Verdict {
    if python == "!Late" {
        return Verdict::Documented("Python took too long");
    }
    match (ours, python.strip_prefix('=')) {
        (Outcome::Value(value), Some(wanted)) if value == wanted => Verdict::Agree,
        (Outcome::Fault(..), None) => Verdict::Agree,
        (Outcome::Value(_), None) => Verdict::Disagree("only Python fails".into()),
        (Outcome::Value(value), Some(_)) => {
            let check = check();
            let nan = check.flags.iter().any(|flag| flag == "nan");
            if nan && check.answer.strip_prefix('=') == Some(value) {
                return Verdict::Documented("a NaN that is the same object");
            }
            Verdict::Disagree("the values differ".into())
        }
        (Outcome::Fault(kind, _), Some(_)) => {
            let flags = check().flags;
            let passes = |names: &[&str]| flags.iter().any(|flag| names.contains(&flag.as_str()));
            match kind {
                FaultKind::Overflow if passes(&["int"]) => {
                    Verdict::Documented("a whole number beyond 64 bits")
                }
                FaultKind::Type | FaultKind::None if passes(&["format"]) => {
                    Verdict::Documented("`%` formatting of text")
                }
                FaultKind::Value if passes(&["complex"]) => Verdict::Documented("a complex number"),
                FaultKind::Limit if passes(&["text", "list", "fuel", "int"]) => {
                    Verdict::Documented("a limit")
                }
                _ => Verdict::Disagree("only we fail".into()),
            }
        }
    }
}
