//! Bytecode beside the source that it comes from.

use crate::support::{compile_at, listing};
use oracle_compiler::expression::Mode;
use oracle_vm::op::OP_BYTES;

const CONDITIONS: &[&str] = &[
    "True",
    "context.turn.token_usage > 0.8",
    "context.turn.token_usage > 0.8 and context.history.total_tool_calls > 5",
    "0.8 < turn.token_usage",
    "context.result is not None and context.result.success and len(context.result.result or '') > 2000",
    "context.result.tool_name == 'vault_search' or 'search' in context.result.tool_name",
    "context.turn.number - int(context.state.get('last_warning_turn', 0)) >= 5 and context.turn.number % 4 == 0",
    "any(t.name == 'vault_search' and not t.success for t in context.history.tools)",
    "not any(t.success for t in history.tools)",
    "all(t.success for t in history.tools if t.turn > 3)",
    "any(n >= 3 for tool, n in history.failures.items())",
    "len([t.name for t in history.tools if t.success]) > 2",
    "0.5 < turn.token_usage < 0.9",
    "not (turn.number < 7)",
    "not (user.id in ('a', 'b'))",
    "(turn.number > 3 or user.id == 'a') and not (result and result.success)",
    "turn.number > 5 if user.id == 'a' else turn.number > 7",
    "turn.number + 1 + 2 * 3 > 2 ** 4",
    "user.id[1:] == 'da'",
    "matches(user.id, '^a') or matches(project.id, '^a')",
    "params.limit < turn.number",
    "event.payload.deep.x[1] == 2.5",
    "turn.iteration_limit is None",
    "user.id.startswith(('a', 'b'))",
    "[x * y.turn for x in [1, 2] for y in history.tools] == []",
];

#[test]
fn conditions() {
    let mut text = String::new();
    for condition in CONDITIONS {
        let compiled = compile_at(None, condition, Mode::Truth, true).unwrap();
        text += &format!("{condition}\n{}\n", listing(&compiled));
    }
    insta::assert_snapshot!(text);
}

#[test]
fn values() {
    let mut text = String::new();
    for expression in
        ["turn.number and user.id or 3", "0.5 < turn.token_usage < 0.9", "any(x for x in [1, turn.number])"]
    {
        let compiled = compile_at(None, expression, Mode::Value, true).unwrap();
        text += &format!("{expression}\n{}\n", listing(&compiled));
    }
    insta::assert_snapshot!(text);
}

#[test]
fn two_comparisons_take_four_instructions() {
    let condition = "context.turn.token_usage > 0.8 and context.history.total_tool_calls > 5";
    let compiled = compile_at(None, condition, Mode::Truth, true).unwrap();
    assert!(compiled.pack.chunk(compiled.chunk).unwrap().code.len() * OP_BYTES <= 32);
    assert_eq!(compiled.reads.len(), 2);
}
