//! No condition, however made, may panic, hang or overflow the stack; and a limit says so.

use oracle_compiler::diag::render::human;
use oracle_compiler::diag::{Code, Sink};
use oracle_compiler::source::{OffsetMap, Sources};
use oracle_compiler::syntax::parse;
use proptest::prelude::*;

/// Reads and renders, and returns the codes of what was reported.
fn codes(text: &str) -> Vec<Code> {
    let mut sources = Sources::default();
    let id = sources.add("x", text);
    let mut sink = Sink::default();
    let tree = parse(id, text, &OffsetMap::identity(), &mut sink);
    let diagnostics = sink.finish();
    assert!(tree.is_some() || !diagnostics.is_empty(), "nothing comes back in silence");
    for it in &diagnostics {
        assert!(it.primary.span.end as usize <= text.len());
        assert!(it.primary.span.start <= it.primary.span.end);
        assert!(!it.helps.is_empty() || it.fix.is_some(), "{} has no way out", it.message);
    }
    if text.len() < 10_000 {
        let _ = human::render(&diagnostics, &sources, true);
    }
    diagnostics.iter().map(|it| it.code).collect()
}

#[test]
fn deep_nesting_is_refused_early() {
    let full = |part: &str| part.repeat(65_000 / part.len());
    let deep = [
        "(".repeat(200) + "a" + &")".repeat(200),
        full("("),
        full("["),
        full("not ") + "a",
        "a".to_owned() + &full("-") + "1",
        "a".to_owned() + &full(".b"),
        "a".to_owned() + &full("[0]"),
        "a".to_owned() + &full("()"),
        "a".to_owned() + &full("**a"),
        full("a if b else ") + "c",
        full("f(") + "a",
        full("[x for x in "),
        full("!") + "a",
        full("a ? b : ") + "c",
    ];
    for text in deep {
        let found = codes(&text);
        assert_eq!(found, [Code::TooDeep], "{}", text.get(..20).unwrap());
    }
    assert_eq!(codes(&("(".repeat(64) + "a" + &")".repeat(64))), []);
    assert_eq!(codes(&("(".repeat(65) + "a" + &")".repeat(65))), [Code::TooDeep]);
    assert_eq!(codes(&(full("(((((a+1)+1)+1)+1)+"))), [Code::TooDeep]);
}

#[test]
fn long_flat_conditions_work_up_to_the_limits() {
    let chain = |op: &str, n: usize| vec!["a"; n].join(op);
    assert_eq!(codes(&chain(" and ", 3_999)), []);
    assert_eq!(codes(&chain(" or ", 3_999)), []);
    assert_eq!(codes(&chain(" < ", 3_999)), []);
    assert_eq!(codes(&format!("[{}]", chain(",", 3_999))), []);
    assert_eq!(codes(&chain(" and ", 4_001)), [Code::TooManyNodes]);
    assert_eq!(codes(&chain(" and ", 4_000)), [Code::TooManyNodes], "the `and` counts too");
    assert_eq!(codes(&chain(" + ", 200)), []);
    assert_eq!(codes(&chain(" + ", 256)), []);
    assert_eq!(codes(&chain(" + ", 257)), [Code::TooDeep]);
    assert_eq!(codes(&chain("+", 3_000)), [Code::TooDeep]);
    assert_eq!(codes(&"a".repeat(65_536)), []);
    assert_eq!(codes(&"a".repeat(65_537)), [Code::ConditionTooLong]);
}

#[test]
fn long_nonsense_ends() {
    for part in [
        "a b ", "= ", "&& ", "? ", ") ", "{ ", "} ", "'", "\\", "\u{202e}", "é", "if ", "else ", ", ", ": ",
        "a:", "x is ", "not", "lambda ", "0", ";",
    ] {
        let _ = codes(&part.repeat(60_000 / part.len()));
    }
}

/// Words that make interesting soup.
const WORDS: &[&str] = &[
    "a",
    "b.c",
    "1",
    "2.5",
    "'x'",
    "\"",
    "'",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    ".",
    "=",
    "==",
    "!=",
    "<",
    ">=",
    "+",
    "-",
    "*",
    "**",
    "%",
    "and",
    "or",
    "not",
    "in",
    "is",
    "if",
    "else",
    "for",
    "None",
    "True",
    "&&",
    "||",
    "!",
    "?",
    ";",
    ":=",
    "lambda",
    "contains",
    "AND",
    "NOT",
    "IN",
    "f'x'",
    "\u{201c}x\u{201d}",
    "\u{2212}",
    "\u{202e}",
    "\0",
    "é",
    "0123",
    "9223372036854775808",
    "'\\q'",
    "__x__",
    "#",
    "\n",
    "\t",
    "~",
    "<<",
    "$",
    "then",
    "elif",
    "IF",
    "ELSE",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn token_soup(words in proptest::collection::vec(proptest::sample::select(WORDS), 0..40)) {
        let _ = codes(&words.join(" "));
        let _ = codes(&words.concat());
    }

    #[test]
    fn random_text(text in "\\PC{0,80}") {
        let _ = codes(&text);
    }

    #[test]
    fn random_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = codes(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_map_stays_inside(file in "[a-z\"'\\\\ \r\nx0-9u]{0,40}", start in 0usize..50, end in 0usize..50, decoded in "\\PC{0,20}", at in 0usize..60) {
        let map = OffsetMap::toml_string(&file, start, end, &decoded);
        let span = map.span(Default::default(), at, at + 3);
        prop_assert!(span.end as usize <= file.len() && span.start <= span.end);
    }
}
