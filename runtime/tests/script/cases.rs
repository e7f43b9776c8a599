//! The scripts of `attacks/*.lua`.

use std::fs;
use std::path::Path;

/// A script, and what must become of it.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) outcome: String,
    pub(crate) source: String,
}

/// The cases of a file.
pub(crate) fn cases(file: &str) -> Vec<Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/script/attacks").join(file);
    let text = fs::read_to_string(path).expect("the file is there");
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines() {
        if let Some((name, outcome)) = line.strip_prefix("--> ").and_then(|head| head.split_once(": ")) {
            let (name, outcome) = (name.to_owned(), outcome.to_owned());
            cases.push(Case { name, outcome, source: String::new() });
        } else if let Some(case) = cases.last_mut() {
            case.source.push_str(line);
            case.source.push('\n');
        }
    }
    cases
}
