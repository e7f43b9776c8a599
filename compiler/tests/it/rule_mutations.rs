//! Damaged rule files: whatever stands in one, it gives a rule or an error, and never a panic.

#![expect(clippy::disallowed_methods, reason = "fixtures are files; the compiler itself reads none")]

use std::fs;
use std::path::Path;

use oracle_compiler::diag::Severity;
use oracle_compiler::session::{Compiled, Options, RuleInput, compile_rules};
use proptest::prelude::*;

/// Pieces that change the meaning of a file where they are put.
const PIECES: &[&str] = &[
    "\"",
    "'''",
    "\"\"\"",
    "[",
    "]",
    "[[action]]\n",
    "{{",
    "}}",
    "{% if ",
    "\\u0041",
    "\\",
    "\n",
    "\r\n",
    "= 5",
    "= []",
    "{ a = 1 }",
    "-1",
    "99999999999999999999",
    "nan",
    "2024-05-01",
    "é",
    "\0",
    "# ",
    "context.",
    "and ",
    ".",
    "true",
];

fn good() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    for path in ["tests/fixtures/rules/ok", "../rules"] {
        paths.extend(fs::read_dir(folder.join(path)).unwrap().map(|it| it.unwrap().path()));
    }
    paths.retain(|it| it.extension().is_some_and(|it| it == "toml"));
    paths.sort();
    paths.iter().map(|it| fs::read_to_string(it).unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_file_gives_a_rule_or_an_error(
        file in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..8, 0..PIECES.len()), 1..6),
    ) {
        let files = good();
        let mut bytes = file.get(&files).clone().into_bytes();
        for (at, cut, piece) in changes {
            let start = at.index(bytes.len() + 1);
            let end = (start + cut).min(bytes.len());
            bytes.splice(start..end, PIECES[piece].bytes());
        }
        let made = compile_rules(&[RuleInput::loose("damaged.toml", bytes)], Options::default());
        let has_error = made.diagnostics.iter().any(|it| it.severity == Severity::Error);
        prop_assert_eq!(made.rules.len(), usize::from(!has_error));
        all_places_are_whole_characters(&made)?;
    }
}

/// Every place that a diagnostic names can be cut out of its file.
fn all_places_are_whole_characters(made: &Compiled) -> Result<(), TestCaseError> {
    for diagnostic in &made.diagnostics {
        let labels = std::iter::once(&diagnostic.primary).chain(&diagnostic.secondary).map(|it| it.span);
        for span in labels.chain(diagnostic.fix.iter().map(|it| it.span)) {
            let text = &made.sources.get(span.source).unwrap().text;
            let cut = text.get(span.start as usize..span.end as usize);
            prop_assert!(cut.is_some(), "{diagnostic:?} in {text:?}");
        }
    }
    Ok(())
}

/// Where one character of a file is another one that needs several bytes, places still begin and end at characters.
#[test]
fn a_wide_character_anywhere_is_reported_as_one() {
    for text in good() {
        let wide = ["\u{30b}", "\u{2003}", "\u{1f4a5}"].into_iter().cycle();
        for ((at, replaced), wide) in text.char_indices().zip(wide) {
            let mut damaged = text.clone();
            damaged.replace_range(at..at + replaced.len_utf8(), wide);
            let made = compile_rules(&[RuleInput::loose("wide.toml", damaged)], Options::default());
            all_places_are_whole_characters(&made).unwrap();
        }
    }
}
