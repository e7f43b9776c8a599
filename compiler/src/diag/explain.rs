//! The code table as text for `oracle explain` and as the handbook's page.

use super::codes::{CODES, Code, CodeRow, Kind, Severity};

/// What `oracle explain CODE` prints, or nothing for an unknown code.
pub fn explain(code: &str) -> Option<String> {
    let row = Code::find(code.trim())?.row();
    Some(format!("{}: {} ({})\n\n{}", row.code, row.title, severity(row), body(row)))
}

/// The handbook's page on all codes, in Markdown.
pub fn page() -> String {
    let mut out = String::from(
        "# Diagnostics\n\nEvery message of the compiler has a code. `oracle explain CODE` prints these texts too. \
         This page is made from the code table in `compiler/src/diag/codes.rs`.\n",
    );
    let mut group = "";
    for row in CODES {
        let next = title_of_group(row.code);
        if next != group {
            out.push_str(&format!("\n## {next}\n"));
            group = next;
        }
        out.push_str(&format!("\n### {}: {}\n\n", row.code, row.title));
        out.push_str(&format!("Severity: {}. Kind: {}.\n\n", severity(row), kind(row.kind)));
        out.push_str(&body(row));
    }
    out
}

/// The explanation without the blank that begins each doc line.
fn body(row: &CodeRow) -> String {
    let mut out = String::new();
    for line in row.explanation.lines() {
        out.push_str(line.strip_prefix(' ').unwrap_or(line).trim_end());
        out.push('\n');
    }
    out
}

fn severity(row: &CodeRow) -> &'static str {
    match row.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Syntax => "syntax",
        Kind::Name => "name",
        Kind::Attribute => "attribute",
        Kind::Type => "type",
        Kind::Arity => "arity",
        Kind::Limit => "limit",
        Kind::File => "file",
    }
}

/// The part of the language a code's hundreds stand for.
fn title_of_group(code: &str) -> &'static str {
    match code.get(..3) {
        Some("E01") => "Syntax of conditions",
        Some("E02") => "Names, types and limits of conditions",
        Some("E03") => "Rule files and manifests",
        Some("E04") => "Templates",
        Some("E05") => "Scripts",
        Some("E06") => "Files and packs",
        _ => "Warnings",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_explained() {
        let mut seen = std::collections::BTreeSet::new();
        for row in CODES {
            assert!(seen.insert(row.code), "{} is there twice", row.code);
            assert!(row.explanation.len() > 80, "{} needs an explanation", row.code);
            assert_eq!(row.code.starts_with('W'), row.severity == Severity::Warning, "{}", row.code);
            assert!(!row.title.ends_with('.') && !row.title.is_empty(), "{}", row.code);
        }
    }

    #[test]
    fn explain_takes_any_case() {
        assert!(explain("e0101").unwrap().starts_with("E0101: unexpected token (error)\n\nThe condition"));
        assert_eq!(explain("E9999"), None);
    }
}
