//! Arguments of a call, in the order that Python wants.

use super::super::ast::{Call, Expr, ExprKind, Name};
use crate::diag::{Code, Sink};
use crate::source::Span;

/// An argument of a call: the expression and, for `name=value`, the name.
pub(super) struct Argument {
    pub(super) keyword: Option<Name>,
    pub(super) value: Expr,
}

/// A call, with its arguments in Python's order.
pub(super) fn call(callee: Expr, arguments: Vec<Argument>, sink: &mut Sink) -> ExprKind {
    let alone = arguments.len() == 1;
    let mut call = Call { callee, args: Vec::new(), keywords: Vec::new() };
    for Argument { keyword, mut value } in arguments {
        if !alone && matches!(value.kind, ExprKind::Generator(_)) {
            report_generator(value.span, sink);
            value.kind = ExprKind::Error;
        }
        match keyword {
            Some(name) => {
                if let Some((first, _)) = call.keywords.iter().find(|(it, _)| *it == name) {
                    let message = format!("the argument `{}` is given twice", name.text);
                    sink.report(Code::WrongArgument, name.span, message)
                        .also(first.span, "first given here")
                        .help("remove one of them");
                }
                call.keywords.push((name, value));
            }
            None => {
                if let Some((first, _)) = call.keywords.first() {
                    sink.report(
                        Code::WrongArgument,
                        value.span,
                        "an argument without a name follows one with a name",
                    )
                    .also(first.span, format!("`{}=` is given before it", first.text))
                    .help("put the arguments with names last");
                }
                call.args.push(value);
            }
        }
    }
    ExprKind::Call(Box::new(call))
}

/// `x for x in xs` stands where it cannot.
fn report_generator(span: Span, sink: &mut Sink) {
    sink.report(
        Code::GeneratorPlace,
        span,
        "`... for ... in ...` without brackets must be the only argument of a function",
    )
    .help("put brackets around it, `[x for x in xs]`, or call a function with it, `any(x for x in xs)`");
}
