//! Diagnostics as a SARIF 2.1.0 document, which code hosts show beside the lines of a change.

use super::json::{JsonPlace, place};
use crate::diag::{CODES, Code, Diagnostic, Severity};
use crate::source::Sources;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The document, on several lines.
pub fn render(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let used: BTreeSet<Code> = diagnostics.iter().map(|it| it.code).collect();
    let rules: Vec<Value> = used.iter().map(|it| rule(*it)).collect();
    let results: Vec<Value> = diagnostics.iter().map(|it| result(it, &used, sources)).collect();
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "oracle",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn rule(code: Code) -> Value {
    let row = code.row();
    json!({
        "id": row.code,
        "name": format!("{code:?}"),
        "shortDescription": { "text": row.title },
        "help": { "text": row.explanation, "markdown": row.explanation },
        "defaultConfiguration": { "level": level(row.severity) },
    })
}

fn result(diagnostic: &Diagnostic, used: &BTreeSet<Code>, sources: &Sources) -> Value {
    let mut text = diagnostic.message.clone();
    for help in &diagnostic.helps {
        text.push_str("; ");
        text.push_str(help);
    }
    let related: Vec<Value> = diagnostic
        .secondary
        .iter()
        .map(|it| {
            let mut location = location(&place(it.span, sources));
            if let Some(object) = location.as_object_mut() {
                object.insert("message".into(), json!({ "text": it.text }));
            }
            location
        })
        .collect();
    let fixes: Vec<Value> = diagnostic
        .fix
        .iter()
        .map(|fix| {
            let place = place(fix.span, sources);
            json!({
                "description": { "text": fix.title },
                "artifactChanges": [{
                    "artifactLocation": { "uri": uri(&place.file) },
                    "replacements": [{
                        "deletedRegion": region(&place),
                        "insertedContent": { "text": fix.replacement },
                    }],
                }],
            })
        })
        .collect();
    json!({
        "ruleId": diagnostic.code.code(),
        "ruleIndex": used.iter().position(|it| *it == diagnostic.code).unwrap_or(CODES.len()),
        "level": level(diagnostic.severity),
        "message": { "text": text },
        "locations": [location(&place(diagnostic.primary.span, sources))],
        "relatedLocations": related,
        "fixes": fixes,
    })
}

fn location(place: &JsonPlace) -> Value {
    json!({ "physicalLocation": { "artifactLocation": { "uri": uri(&place.file) }, "region": region(place) } })
}

fn region(place: &JsonPlace) -> Value {
    json!({
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    })
}

/// A path as a relative URI reference: forward slashes, and what a URI cannot hold in percent signs.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => {
                out.push(char::from(byte))
            }
            b'\\' => out.push('/'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
