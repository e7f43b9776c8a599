//! What operators read for each known mistake. The snapshots are the contract: each message names the thing, says
//! what is wrong with it and what to write.

use oracle_compiler::diag::render::{human, json, sarif};
use oracle_compiler::diag::{Diagnostic, Sink, fix};
use oracle_compiler::source::{OffsetMap, SourceId, Sources};
use oracle_compiler::syntax::parse;

fn diagnose(text: &str) -> (Vec<Diagnostic>, Sources) {
    let mut sources = Sources::default();
    let id = sources.add("<expression>", text);
    let mut sink = Sink::default();
    let _ = parse(id, text, &OffsetMap::identity(), &mut sink);
    (sink.finish(), sources)
}

/// The messages of several conditions, one after the other.
fn messages(conditions: &[&str]) -> String {
    let mut out = String::new();
    for text in conditions {
        let (diagnostics, sources) = diagnose(text);
        assert!(!diagnostics.is_empty(), "`{text}` must be refused");
        out.push_str(&human::render(&diagnostics, &sources, false));
    }
    out
}

#[test]
fn operators_of_other_languages() {
    insta::assert_snapshot!(messages(&[
        "a && b",
        "a || b",
        "!a and b",
        "!a == b",
        "a !in b",
        "a === 1",
        "a !== 1",
        "a <> 1",
        "a => 1",
        "a =< 1",
        "a = 1",
        "f(a.b = 1)",
        "a > = 1",
        "a AND b OR NOT c",
        "a ?? b",
        "a?.b",
        "a =~ 'x'",
        "a & b",
        "a | b",
        "a ^ b",
        "~a == 1",
        "a << 2",
    ]));
}

#[test]
fn words_of_other_languages() {
    insta::assert_snapshot!(messages(&[
        "a xor b",
        "context.name contains 'x'",
        "f(a) contains g(b)",
        "a like 'x%'",
        "a between 1 and 5",
        "if a then b else c",
        "if a",
        "a if b",
        "a if b elif c else d",
        "a if b else if c else d",
        "a ? b : c",
        "(a == 1 ? 'x' : 'y') == z and d",
        "a else b",
        "any(a if b for c in d, a if b)",
    ]));
}

#[test]
fn statements_and_python_beyond_conditions() {
    insta::assert_snapshot!(messages(&[
        "any(map(lambda x: x > 1, xs))",
        "(x := 3) > 2",
        "x += 1",
        "a; b",
        "a;",
        "return a",
        "await a",
        "f\"{x}\" == 'a'",
        "r'\\d' == a",
        "r'd' == a",
        "b'x' == a",
        "'%s' % x == 'a'",
        "max(*xs)",
        "f(**kw)",
        "a in {'x', 'y'}",
        "{'a': 1}['a']",
        "1j == x",
        "x.__class__ == 1",
        "__import__('os')",
        "a is 3",
        "a is not 'x'",
        "a is in b",
        "a not is None",
        "a == not b",
        "a not b",
        "x for x in xs",
        "max(x for x in xs, default=0)",
        "f(k=1, k=2)",
        "f(k=1, 2)",
        "True()",
        "a.in == 1",
        "a, b",
        "a if b: c",
    ]));
}

#[test]
fn broken_conditions() {
    insta::assert_snapshot!(messages(&[
        "",
        "  # only a comment",
        "a and",
        "a and or b",
        "== 3",
        "a == == b",
        "a b",
        "'a' 'b'",
        "a.",
        "a..b",
        "(a and b",
        "a and b)",
        "[a, b)",
        "f(a, (b]",
        "f(,)",
        "f(a,, b)",
        "xs[]",
        "a == 'x",
        "f('x) and (b",
        "a == \u{201c}x\u{201d}",
        "a == \u{2018}it\u{2019}",
        "a == 'x\\d'",
        "a == '\\ud800'",
        "a == '\\u12'",
        "a == 0123",
        "a == 1__0",
        "a == 5px",
        "a == 0b12",
        "a == 99999999999999999999",
        "a == 9223372036854775808",
        "a \u{2212} 1",
        "a \u{2264} 1",
        "a\u{a0}== 1",
        "\u{ff08}a\u{ff09}",
        "a\u{202e} == 1",
        "a \0 == 1",
        "gr\u{f6}\u{df}e > 1",
        "$a == 1",
        "a == `x`",
        "a @ b",
        "a # \u{202e}\n == == b",
        "a for",
        "[a for 1 in b]",
        "[for a in b]",
    ]));
}

#[test]
fn several_mistakes_are_all_told() {
    insta::assert_snapshot!(messages(&["a = 1 && (b or) || c is 3 and d.\n  == 'x"]));
}

#[test]
fn spans_lead_into_the_rule_file() {
    let file = "# r\u{fc}le\r\nif = \"\"\"\r\ncontext.turn.number > 3 and \\\r\n\tcontext.name = \\\"x\\\"\"\"\"\r\n";
    let value = "context.turn.number > 3 and context.name = \"x\"";
    let mut sources = Sources::default();
    let id = sources.add("rules/x.toml", file);
    let (start, end) = (file.find("\"\"\"").unwrap(), file.rfind("\"\"\"").unwrap() + 3);
    let map = OffsetMap::toml_string(file, start, end, value);
    let mut sink = Sink::default();
    let _ = parse(id, value, &map, &mut sink);
    let diagnostics = sink.finish();
    insta::assert_snapshot!(human::render(&diagnostics, &sources, false));
    let (mended, count) = fix::apply(file, id, &diagnostics);
    assert_eq!(count, 1);
    assert!(mended.contains("context.name == \\\"x\\\""), "{mended}");
}

#[test]
fn programs_get_json_and_sarif() {
    let (diagnostics, sources) = diagnose("(a\n && b");
    insta::assert_snapshot!(json::render(&diagnostics, &sources));
    insta::assert_snapshot!(sarif::render(&diagnostics, &sources));
    insta::assert_snapshot!(human::render(&diagnostics, &sources, true).replace('\u{1b}', "ESC"));
}

#[test]
fn certain_fixes_lead_to_readable_conditions() {
    let cases = [
        ("a && !b || c === 1", "a and not b or c == 1"),
        ("a = 1 AND b <> 2", "a == 1 and b != 2"),
        ("a is 3 and b is not 'x'", "a == 3 and b != 'x'"),
        ("a == \u{201c}x\u{201d}", "a == \"x\""),
        ("a \u{2212} 1\u{200b} =< 2;", "a - 1 <= 2"),
        ("$a > = 1", "a >= 1"),
    ];
    for (wrong, right) in cases {
        let (diagnostics, _) = diagnose(wrong);
        let (mended, _) = fix::apply(wrong, SourceId(0), &diagnostics);
        assert_eq!(mended, right);
        assert_eq!(diagnose(&mended).0, [], "{mended}");
    }
}

#[test]
fn fixes_are_written_as_the_string_around_them_needs() {
    let cases = [
        ("if = \"a == \u{201c}x\u{201d}\"", "if = \"a == \\\"x\\\"\""),
        ("if = 'a == \u{2018}x\u{2019}'", "if = 'a == \"x\"'"),
    ];
    for (file, expected) in cases {
        let start = file.find(['"', '\'']).unwrap();
        let value = &file[start + 1..file.len() - 1];
        let map = OffsetMap::toml_string(file, start, file.len(), value);
        let mut sink = Sink::default();
        let _ = parse(SourceId(0), value, &map, &mut sink);
        assert_eq!(fix::apply(file, SourceId(0), sink.diagnostics()).0, expected);
    }
}
