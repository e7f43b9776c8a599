//! Contexts from JSON text with a plan: what conditions say does not depend on how much was bound.

use oracle_compiler::codegen::Mode;
use oracle_compiler::expression::{ExpressionScope, compile};
use oracle_runtime::context::{Context, Reads};
use oracle_vm::frame::{Frame, Scope};
use oracle_vm::hook::Hook;
use oracle_vm::machine::Machine;
use oracle_vm::schema::{SLOTS, slot};
use oracle_vm::value::{Data, json};
use oracle_vm::verify::verify;
use proptest::prelude::*;

/// Conditions that together read every path and every field of a tool call, in every way in which one can.
const CONDITIONS: &[&str] = &[
    "context.turn.token_usage > 0.8 and context.history.total_tool_calls > 5",
    "[context.turn.number, context.turn.context_usage, context.turn.iteration_count, context.turn.iteration_limit]",
    "any(t.name == 'b' and not t.success for t in context.history.tools)",
    "[t.duration_ms or t.timestamp for t in context.history.tools[-2:]]",
    "[t.arguments for t in context.history.tools if t.turn > 1]",
    "context.history.tools[-1].result",
    "str(context.history.tools)",
    "context.history.tools[0] == context.history.tools[-1]",
    "tool_count('b') + recent_tool_count('b', 5)",
    "consecutive_failures('b')",
    "failure_count('b')",
    "message_count_above(1)",
    "[m.content for m in context.history.messages if m.role == 'user']",
    "str(context.history.messages)",
    "[context.user.id, context.user.settings, context.project.id, context.project.settings]",
    "[context.session.id, context.session.started_at, context.session.duration_seconds]",
    "session_duration_minutes()",
    "context.event is not None and context.event.payload.get('token_usage')",
    "str(context.event)",
    "context.result is not None and context.result.count",
    "context.result is not None and len(context.result.result or '') > 3",
    "str(context.result)",
    "context.state.get('k', 0)",
    "context.history.failures.get('b', 0)",
];

/// What the condition says of the context: its value as JSON, or its fault.
fn said(condition: &str, hook: Option<Hook>, text: &str, projected: bool) -> Result<String, String> {
    let scope = ExpressionScope { hook, params: &[], settings: &[] };
    let made = compile(condition, &scope, Mode::Value, true)
        .unwrap_or_else(|failed| panic!("{condition}: {:?}", failed.diagnostics));
    let pack = verify(made.pack).unwrap();
    let reads = if projected { Reads::of_chunks(&pack, [made.chunk]) } else { Reads::EVERYTHING };
    let context = Context::from_json_text(text, hook, reads).map_err(|error| format!("refused: {error}"))?;
    let mut frame = Frame::new();
    context.bind_reads(&mut frame, reads);
    let scope = Scope { params: &[], settings: &[], state: context.state() };
    let value = Machine::new().evaluate(&pack, made.chunk, &frame, &scope, json::to_json);
    Ok(match value {
        Ok(value) => format!("{value:?}"),
        Err(fault) => format!("{:?}", fault.trouble),
    })
}

/// A member that is there or not.
fn member(key: &'static str, values: &'static [&'static str]) -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        2 => Just(None),
        8 => prop::sample::select(values).prop_map(move |value| Some(format!("{key:?}: {value}"))),
    ]
}

/// An object of some of these members, in any order.
fn object(members: Vec<BoxedStrategy<Option<String>>>) -> BoxedStrategy<String> {
    let joined = |members: Vec<Option<String>>| {
        format!("{{{}}}", members.into_iter().flatten().collect::<Vec<_>>().join(", "))
    };
    members.prop_shuffle().prop_map(joined).boxed()
}

macro_rules! members {
    ($($key:literal: [$($value:literal),* $(,)?]),* $(,)?) => {
        vec![$(member($key, &[$($value),*]).boxed()),*]
    };
}

const OBJECTS: &[&str] = &["{}", r#"{"a": 1}"#, r#"{"a": [1, {"b": null}], "a": "\u00e9"}"#];

fn call() -> BoxedStrategy<String> {
    object(members! {
        "name": [r#""a""#, r#""b""#, r#""\u0062""#, "null"],
        "arguments": ["{}", r#"{"q": 1, "q": 2.5}"#, r#"{"deep": [[[1]]]}"#],
        "result": [r#""text""#, "[1, 2]", "null", "18446744073709551615"],
        "success": ["true", "false"],
        "timestamp": ["12", "12.5", r#""1970-01-01T00:00:09Z""#],
        "duration_ms": ["1", "0.25", "null"],
        "turn": ["1", "2", "3.0"],
    })
}

fn list(of: BoxedStrategy<String>) -> BoxedStrategy<String> {
    prop::collection::vec(of, 0..4).prop_map(|items| format!("[{}]", items.join(", "))).boxed()
}

fn group(key: &'static str, value: BoxedStrategy<String>) -> BoxedStrategy<Option<String>> {
    prop_oneof![1 => Just(None), 5 => value.prop_map(move |value| Some(format!("{key:?}: {value}")))].boxed()
}

fn context() -> BoxedStrategy<String> {
    let message =
        object(members! { "role": [r#""user""#, r#""tool""#], "content": [r#""x""#, "[1]", "null"] });
    let mut history = members! { "failures": ["{}", r#"{"b": 2}"#], "total_tool_calls": ["9", "4.0"], "total_failures": ["2"] };
    history.push(group("tools", list(call())));
    history.push(group("messages", list(message)));
    let owner = || {
        let id = member("id", &[r#""me""#, r#""\"q\"""#]).boxed();
        object(vec![id, member("settings", OBJECTS).boxed()])
    };
    let turn = object(members! {
        "number": ["3", "4"], "token_usage": ["0.9", "1", "0.1"], "context_usage": ["0.5"],
        "iteration_count": ["2"], "iteration_limit": ["9", "null"],
    });
    let session =
        object(members! { "id": [r#""s""#], "started_at": ["5", "7.5"], "duration_seconds": ["120", "0.5"] });
    let event = object(members! {
        "type": [r#""agent.turn.start""#, r#""own""#], "source": [r#""x""#], "severity": [r#""error""#],
        "payload": [r#"{"token_usage": 1, "turn_number": 2}"#, "{}"], "timestamp": ["99", "99.5"],
    });
    let result = object(members! {
        "tool_name": [r#""b""#], "success": ["true", "false"], "result": [r#""long text""#, "[1, 2, 3]", "null"],
        "error": [r#""e""#], "duration_ms": ["3"], "count": ["7", "null"],
    });
    object(vec![
        group("turn", turn),
        group("history", object(history)),
        group("user", owner()),
        group("project", owner()),
        group("session", session),
        group("event", event),
        group("result", result),
        member("state", OBJECTS).boxed(),
    ])
}

fn hook() -> impl Strategy<Value = Option<Hook>> {
    prop::sample::select(vec![
        None,
        Some(Hook::OnTurnStart),
        Some(Hook::OnToolComplete),
        Some(Hook::OnToolFailure),
    ])
}

proptest! {
    #[test]
    fn a_projected_context_says_what_the_whole_one_says(
        text in context(), hook in hook(), condition in prop::sample::select(CONDITIONS),
    ) {
        let scope = ExpressionScope { hook, params: &[], settings: &[] };
        // Some conditions ask for what a hook never has.
        prop_assume!(compile(condition, &scope, Mode::Value, true).is_ok());
        prop_assert_eq!(said(condition, hook, &text, true), said(condition, hook, &text, false));
    }

    #[test]
    fn text_gives_the_context_that_its_tree_gives(text in context(), hook in hook()) {
        let tree = serde_json::from_str(&text).unwrap();
        let by_tree = Context::from_json(&tree, hook);
        prop_assert_eq!(Context::from_json_text(&text, hook, Reads::EVERYTHING), by_tree);
    }

    #[test]
    fn broken_text_is_refused_at_the_same_place_whatever_is_read(
        text in context(), at in 0_usize..400, change in prop::sample::select(vec!["", "}", "\"", "1e999", "[", "\u{1}"]),
    ) {
        let at = at.min(text.len());
        prop_assume!(text.is_char_boundary(at));
        let broken = format!("{}{change}{}", &text[..at], text.get(at + 1..).unwrap_or_default());
        let json: Result<serde_json::Value, _> = serde_json::from_str(&broken);
        let refusal = |reads| Context::from_json_text(&broken, None, reads).err().map(|error| error.to_string());
        if let Err(error) = json {
            let message = Some(format!("not valid JSON: {error}"));
            for reads in [Reads::NOTHING, Reads::of_slots([slot::TOOLS]), Reads::EVERYTHING] {
                prop_assert_eq!(refusal(reads), message.clone());
            }
        }
    }
}

#[test]
fn every_condition_compiles_where_nothing_is_known_of_the_hook() {
    for condition in CONDITIONS {
        said(condition, None, "{}", true).unwrap();
    }
}

#[test]
fn the_last_of_two_keys_counts() {
    let text = r#"{"turn": {"number": 2, "token_usage": 0.5}, "turn": {"number": 3, "number": 4},
                   "result": {"tool_name": "a"}, "result": {"success": false},
                   "history": {"tools": [{"name": "a", "name": "b"}], "tools": [{"name": "c", "turn": 2, "turn": 7}]}}"#;
    let tree: serde_json::Value = serde_json::from_str(text).unwrap();
    let context = Context::from_json_text(text, None, Reads::EVERYTHING).unwrap();
    assert_eq!(context, Context::from_json(&tree, None).unwrap());
    assert_eq!(
        (context.get(slot::TURN_NUMBER), context.get(slot::TOKEN_USAGE)),
        (&Data::Int(4), &Data::Float(0.0))
    );
}

#[test]
fn what_is_wrong_is_said_where_it_is_read_and_names_everywhere() {
    let refused =
        |text: &str, reads| Context::from_json_text(text, None, reads).map(drop).map_err(|it| it.to_string());
    for (text, slot, message) in [
        (r#"{"turn": {"number": 0}}"#, slot::TURN_NUMBER, "`context.turn.number` must be at least 1, not 0"),
        (
            r#"{"history": {"tools": [{}, {"name": 1}]}}"#,
            slot::TOOLS,
            "`context.history.tools[1].name` must be text, not 1",
        ),
        (r#"{"result": 1}"#, slot::RESULT_TEXT, "`context.result` must be an object, not 1"),
        (
            r#"{"event": {"severity": "x"}}"#,
            slot::EVENT_SEVERITY,
            "`context.event.severity` must be one of debug, info, warning, error, critical, not \"x\"",
        ),
    ] {
        assert_eq!(refused(text, Reads::of_slots([slot])), Err(message.to_owned()));
        assert_eq!(refused(text, Reads::EVERYTHING), Err(message.to_owned()));
        assert_eq!(refused(text, Reads::NOTHING), Ok(()));
    }
    for (text, message) in [
        (r#"{"trun": {}}"#, "`context.trun` is unknown: did you mean `turn`?"),
        (r#"{"turn": {"numbr": 1}}"#, "`context.turn.numbr` is unknown: did you mean `number`?"),
        (r#"{"turn": []}"#, "`context.turn` must be an object, not a list of 0"),
        ("[1]", "`context` must be an object, not a list of 1"),
        (r#"{"turn": {"number": 1e999}}"#, "not valid JSON: number out of range at line 1 column 25"),
        (r#"{"state": "\ud800"}"#, "not valid JSON: unexpected end of hex escape at line 1 column 18"),
    ] {
        assert_eq!(refused(text, Reads::NOTHING), Err(message.to_owned()));
        assert_eq!(refused(text, Reads::EVERYTHING), Err(message.to_owned()));
    }
    let deep = format!(r#"{{"user": {{"settings": {}1{}}}}}"#, r#"{"a":"#.repeat(130), "}".repeat(130));
    assert_eq!(refused(&deep, Reads::NOTHING), refused(&deep, Reads::EVERYTHING));
    assert!(refused(&deep, Reads::NOTHING).unwrap_err().starts_with("not valid JSON: recursion limit"));
}

#[test]
fn a_plan_names_what_code_reads() {
    let scope = ExpressionScope { hook: None, params: &[], settings: &[] };
    let made =
        compile("context.turn.number > 3 and session_duration_minutes() > 1", &scope, Mode::Truth, true);
    let made = made.unwrap_or_else(|failed| panic!("{:?}", failed.diagnostics));
    let pack = verify(made.pack).unwrap();
    let reads = Reads::of_chunks(&pack, [made.chunk]);
    assert!(reads.contains(slot::TURN_NUMBER) && !reads.contains(slot::TOOLS) && !reads.reads_state());
    assert_eq!(Reads::EVERYTHING.slots().count(), SLOTS.len());
    assert_eq!(Reads::NOTHING.and(reads), reads);
}
