//! Every limit at its exact bound, and inputs made to hurt: an answer or an error, quickly.

use std::time::{Duration, Instant};

use oracle_compiler::check::ExpressionScope;
use oracle_tests::condition::{Bound, Condition, canonical};
use oracle_vm::fault::FaultKind;
use oracle_vm::limits;
use oracle_vm::machine::Machine;

/// The value in canonical form, the kind of the fault, or the first code of the refusal.
#[derive(Clone, Debug, PartialEq)]
enum Answer {
    Value(String),
    Fault(FaultKind),
    Refused(&'static str),
}

fn answer_in(text: &str, context: &str) -> Answer {
    let started = Instant::now();
    let answer = match Condition::compile(text, &ExpressionScope::default()) {
        Err(found) => Answer::Refused(found.first().map_or("nothing", |it| it.code.code())),
        Ok(condition) => {
            let bound = Bound::context(context, None).expect("a context");
            match condition.value(&mut Machine::new(), &bound, canonical) {
                Ok(value) => Answer::Value(value),
                Err(fault) => Answer::Fault(fault.trouble.kind()),
            }
        }
    };
    let shown: String = text.chars().take(60).collect();
    assert!(started.elapsed() < Duration::from_secs(5), "{shown}: {:?}", started.elapsed());
    answer
}

fn answer(text: &str) -> Answer {
    answer_in(text, "{}")
}

fn value(text: &str) -> Answer {
    Answer::Value(text.into())
}

#[test]
fn source_bytes() {
    let fill = |bytes: usize| format!("1 + 1 #{}", "x".repeat(bytes - 7));
    assert_eq!(answer(&fill(limits::SOURCE_BYTES)), value("i2"));
    assert_eq!(answer(&fill(limits::SOURCE_BYTES + 1)), Answer::Refused("E0103"));
}

#[test]
fn nesting() {
    let parentheses = |depth: usize| format!("{}1{}", "(".repeat(depth), ")".repeat(depth));
    let lists = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let deepest =
        (1..=200).rev().find(|depth| answer(&parentheses(*depth)) == value("i1")).expect("some depth");
    assert!(deepest <= limits::NESTING && deepest + 2 >= limits::NESTING, "{deepest} parentheses");
    assert_eq!(answer(&parentheses(deepest + 1)), Answer::Refused("E0104"));
    let deepest =
        (1..=200).rev().find(|depth| matches!(answer(&lists(*depth)), Answer::Value(_))).expect("some depth");
    assert!(deepest <= limits::NESTING && deepest + 2 >= limits::NESTING, "{deepest} lists");
}

#[test]
fn much_of_the_same_is_answered_quickly() {
    for piece in [
        "(",
        "[",
        "not ",
        "- ",
        "-",
        "**",
        "2**",
        "1 if 1 else ",
        "a.",
        "a[",
        "a(",
        "1<",
        "x for x in ",
        "'",
        "\\",
        "'a'+",
        "1,",
        ")",
    ] {
        let text = piece.repeat(limits::SOURCE_BYTES / piece.len());
        assert!(matches!(answer(&text), Answer::Refused(_)), "{piece}");
    }
    for (open, inner, close) in
        [("(", "1", ")"), ("[", "1", "]"), ("len([", "1", "])"), ("not (", "1", ")"), ("1 + (", "1", ")")]
    {
        let text = format!("{}{inner}{}", open.repeat(200), close.repeat(200));
        assert_eq!(answer(&text), Answer::Refused("E0104"), "{open}");
    }
}

#[test]
fn nodes() {
    let sum = |terms: usize| vec!["turn.number"; terms].join("+");
    let chain = |links: usize| vec!["turn.number"; links].join(" < ");
    assert!(matches!(answer(&sum(4 * limits::NODES / 4)), Answer::Refused(_)));
    assert!(matches!(answer(&chain(limits::NODES)), Answer::Refused(_)));
    let list = |items: usize| format!("len([{}])", vec!["1"; items].join(","));
    let most = (limits::NODES - 10..=limits::NODES)
        .rev()
        .find(|items| matches!(answer(&list(*items)), Answer::Value(_)));
    let most = most.expect("a list of nearly as many items as there may be nodes");
    assert_eq!(answer(&list(most)), value(&format!("i{most}")));
    assert_eq!(answer(&list(most + 1)), Answer::Refused("E0105"));
}

#[test]
fn text_bytes() {
    let context = format!(
        r#"{{"user": {{"id": "{}"}}, "turn": {{"number": 16}}}}"#,
        "x".repeat(limits::TEXT_BYTES / 16)
    );
    assert_eq!(answer_in("len(user.id * turn.number)", &context), value(&format!("i{}", limits::TEXT_BYTES)));
    assert_eq!(answer_in("len(user.id * turn.number + 'x')", &context), Answer::Fault(FaultKind::Limit));
    assert_eq!(answer_in("len(user.id * (turn.number + 1))", &context), Answer::Fault(FaultKind::Limit));
    assert_eq!(answer_in("user.id.replace('x', user.id)", &context), Answer::Fault(FaultKind::Limit));
    assert_eq!(answer_in("user.id.join(user.id)", &context), Answer::Fault(FaultKind::Limit));
}

#[test]
fn list_items() {
    let context = format!(r#"{{"turn": {{"number": {}}}}}"#, limits::LIST_ITEMS);
    assert_eq!(answer_in("len([0] * turn.number)", &context), value(&format!("i{}", limits::LIST_ITEMS)));
    assert_eq!(answer_in("len([0] * (turn.number + 1))", &context), Answer::Fault(FaultKind::Limit));
    assert_eq!(answer_in("len([0] * turn.number + [1])", &context), Answer::Fault(FaultKind::Limit));
    assert_eq!(
        answer_in("len([x for x in [0] * turn.number])", &context),
        value(&format!("i{}", limits::LIST_ITEMS))
    );
}

#[test]
fn fuel() {
    let context = r#"{"turn": {"number": 1000}}"#;
    let nested = "sum([1 for x in [0] * turn.number for y in [0] * turn.number for z in [0] * turn.number])";
    assert_eq!(answer_in(nested, context), Answer::Fault(FaultKind::Limit));
    assert_eq!(
        answer_in("any(x == y for x in [0] * turn.number for y in [1] * 90000)", context),
        Answer::Fault(FaultKind::Limit)
    );
    assert_eq!(answer_in("sum([1 for x in [0] * turn.number])", context), value("i1000"));
    assert_eq!(answer("4000000 ** 4000000"), Answer::Refused("E0218"));
    assert_eq!(
        answer_in("(turn.number * 4000) ** (turn.number * 4000)", context),
        Answer::Fault(FaultKind::Overflow)
    );
}

#[test]
fn odd_characters() {
    assert_eq!(answer("'a\\x00b'"), value("s3:a\0b"));
    assert!(matches!(answer("'a' + \0"), Answer::Refused(_)));
    assert!(matches!(answer("\u{feff}1"), Answer::Refused(_) | Answer::Value(_)));
    assert_eq!(answer("'\\ud83d\\ude00'"), Answer::Refused("E0125"));
    assert_eq!(answer("'\\U00110000'"), Answer::Refused("E0125"));
    assert_eq!(answer("len('\u{202e}שלום')"), value("i5"));
    assert!(matches!(answer("שלום > 1"), Answer::Refused(_)));
    assert!(matches!(answer(&"\u{202e}".repeat(1000)), Answer::Refused(_)));
    assert!(matches!(answer(""), Answer::Refused(_)));
    assert!(matches!(answer(" \n\t # only a comment"), Answer::Refused(_)));
}

#[test]
fn data_depth() {
    let nested = |depth: usize| {
        format!(r#"{{"user": {{"settings": {{"x": {}{}}}}}}}"#, "[".repeat(depth), "]".repeat(depth))
    };
    assert!(Bound::context(&nested(limits::DATA_DEPTH - 4), None).is_ok());
    assert!(Bound::context(&nested(limits::DATA_DEPTH + 1), None).is_err());
}

#[test]
fn patterns() {
    let huge = format!("matches(user.id, '{}')", "(a{100}){100}".repeat(10));
    assert!(matches!(answer(&huge), Answer::Refused("E0219")));
    let slow = format!(r#"{{"user": {{"id": "{}"}}}}"#, "a".repeat(50_000));
    assert_eq!(answer_in("matches(user.id, '(a+)+$')", &slow), value("T"));
    assert_eq!(answer_in("matches(user.id, '(a+)+b')", &slow), value("F"));
}
