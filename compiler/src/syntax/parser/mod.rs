//! Tokens to syntax tree. The grammar is the language and nothing else; only when it refuses a condition are the
//! tokens looked through for known mistakes, so that right conditions pay nothing for good messages.

mod arguments;
mod error;
mod grammar;
mod size;
mod state;

pub(crate) use state::Place;

use super::ast::{Expr, ExprKind};
use super::lexer::{self, Tokens};
use super::mend;
use super::token::Kind;
use crate::diag::{Code, Sink};
use crate::source::{OffsetMap, SourceId};
use oracle_vm::limits;

/// Reads a condition. Spans point into the file that `map` leads to. Nothing comes back when nothing could be read
/// or a limit is passed; otherwise the tree may contain [`ExprKind::Error`] where something was reported.
pub fn parse(source: SourceId, text: &str, map: &OffsetMap, sink: &mut Sink) -> Option<Expr> {
    let whole = || map.span(source, 0, text.len());
    if text.len() > limits::SOURCE_BYTES {
        sink.report(Code::ConditionTooLong, whole(), format!("the condition has {} bytes", text.len()))
            .help(format!("a condition has at most {} bytes: split the rule", limits::SOURCE_BYTES));
        return None;
    }
    let tokens = lexer::lex(text);
    if tokens.kinds.is_empty() {
        sink.report(Code::EmptyCondition, whole(), "the condition is empty")
            .help("write `true` for a rule that always matches");
        return None;
    }
    let place = Place { source, text, map };
    if !size::tokens_fit(&tokens, &place, sink) {
        return None;
    }
    let tree = read(&tokens, place, sink);
    let tree = tree.unwrap_or_else(|| Expr { kind: ExprKind::Error, span: whole() });
    size::tree_fits(&tree, sink).then_some(tree)
}

/// Reads the tokens, and when that fails, what is left of them without their known mistakes.
fn read(tokens: &Tokens, place: Place<'_>, sink: &mut Sink) -> Option<Expr> {
    let mut said = Sink::default();
    let (tree, errors) = grammar::run(tokens, &place, &mut said);
    let formats = tokens.kinds.windows(2).any(|it| it == [Kind::Str, Kind::Percent]);
    if errors.is_empty() && !formats {
        sink.extend(said);
        return tree;
    }
    let mut said = Sink::default();
    let mended = mend::run(tokens, place, &mut said);
    let (tree, left) = grammar::run(&mended, &place, &mut said);
    if said.diagnostics().is_empty() {
        error::report(&errors, tokens, &place, &mut said);
    }
    said.map_fixes(|text| place.map.written(text));
    sink.extend(said);
    // What is left may follow from what was reported: the operator mends that first.
    tree.filter(|_| left.is_empty())
}
