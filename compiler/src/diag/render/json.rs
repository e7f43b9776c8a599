//! Diagnostics for programs: one JSON object each.

use crate::diag::codes::{Kind, Severity};
use crate::diag::{Diagnostic, Fix, Label};
use crate::source::{Sources, Span};
use serde::Serialize;

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JsonPlace {
    /// The file's name as the operator gave it.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in code points, from 1.
    pub column: usize,
    /// Line of the end.
    pub end_line: usize,
    /// Column of the end, exclusive.
    pub end_column: usize,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// A place with what is said about it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JsonLabel {
    /// The place.
    #[serde(flatten)]
    pub place: JsonPlace,
    /// What is there.
    pub label: String,
}

/// A change that mends a problem.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JsonFix {
    /// What it does.
    pub title: String,
    /// What to replace.
    #[serde(flatten)]
    pub place: JsonPlace,
    /// What to put there.
    pub replacement: String,
    /// Whether `--fix` applies it.
    pub certain: bool,
}

/// A diagnostic.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JsonDiagnostic {
    /// The stable code.
    pub code: &'static str,
    /// The code's title.
    pub title: &'static str,
    /// How severe it is.
    pub severity: Severity,
    /// What kind of error it is.
    pub kind: Kind,
    /// What is wrong.
    pub message: String,
    /// Where.
    #[serde(flatten)]
    pub place: JsonPlace,
    /// What is said at the place; may be empty.
    pub label: String,
    /// Other places.
    pub related: Vec<JsonLabel>,
    /// What to do.
    pub helps: Vec<String>,
    /// A change that mends it, or null.
    pub fix: Option<JsonFix>,
}

/// The diagnostics as values to serialise, in order.
pub fn diagnostics(diagnostics: &[Diagnostic], sources: &Sources) -> Vec<JsonDiagnostic> {
    diagnostics.iter().map(|it| one(it, sources)).collect()
}

/// The diagnostics as JSON lines.
pub fn render(list: &[Diagnostic], sources: &Sources) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics(list, sources) {
        out.push_str(&serde_json::to_string(&diagnostic).unwrap_or_default());
        out.push('\n');
    }
    out
}

fn one(diagnostic: &Diagnostic, sources: &Sources) -> JsonDiagnostic {
    let row = diagnostic.code.row();
    JsonDiagnostic {
        code: row.code,
        title: row.title,
        severity: diagnostic.severity,
        kind: row.kind,
        message: diagnostic.message.clone(),
        place: place(diagnostic.primary.span, sources),
        label: diagnostic.primary.text.clone(),
        related: diagnostic.secondary.iter().map(|it| label(it, sources)).collect(),
        helps: diagnostic.helps.clone(),
        fix: diagnostic.fix.as_ref().map(|it| fix(it, sources)),
    }
}

fn label(label: &Label, sources: &Sources) -> JsonLabel {
    JsonLabel { place: place(label.span, sources), label: label.text.clone() }
}

fn fix(fix: &Fix, sources: &Sources) -> JsonFix {
    JsonFix {
        title: fix.title.clone(),
        place: place(fix.span, sources),
        replacement: fix.replacement.clone(),
        certain: fix.certain,
    }
}

/// A span with lines and columns; line 1, column 1 when the source is gone.
pub(super) fn place(span: Span, sources: &Sources) -> JsonPlace {
    let Span { source, start, end } = span;
    let Some(source) = sources.get(source) else {
        return JsonPlace { file: String::new(), line: 1, column: 1, end_line: 1, end_column: 1, start, end };
    };
    let (from, to) = (source.place(start), source.place(end));
    JsonPlace {
        file: source.name.clone(),
        line: from.line,
        column: from.column,
        end_line: to.line,
        end_column: to.column,
        start,
        end,
    }
}
