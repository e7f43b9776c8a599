//! Rules that can never fire at their hook, because they wait for the events of other hooks. A comparison with one
//! event type is the checker's.

use oracle_vm::hook::Hook;
use oracle_vm::op::CmpOp;

use super::facts::Facts;
use super::reads::is_part;
use crate::diag::{Code, Sink};
use crate::syntax::ast::{CmpLink, Expr, ExprKind};

pub(super) fn never(facts: &Facts<'_>, sink: &mut Sink) {
    let Some(condition) = facts.condition else { return };
    let parts = match &condition.kind {
        ExprKind::And(parts) => parts.as_slice(),
        _ => std::slice::from_ref(condition),
    };
    let hook = facts.spec.hook;
    for part in parts {
        let Some(types) = event_types(part) else { continue };
        if types.iter().any(|it| hook.events().contains(it)) {
            continue;
        }
        let message = format!("the rule can never fire: `{hook}` has no event of this type");
        let report = sink.report(Code::NeverFires, part.span, message);
        report.help(format!("the events of `{hook}`: {}", quoted(hook.events())));
        if let Some(other) = types.iter().find_map(|it| Hook::of_event(it)) {
            report.help(format!("or let the rule run at `{other}`"));
        }
        if let Some(trigger) = facts.places.trigger {
            report.also(trigger, "the hook");
        }
    }
}

fn quoted(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|it| format!("`{it}`")).collect();
    words.join(", ")
}

/// The texts that `event.type` must be one of for this part to hold.
fn event_types(part: &Expr) -> Option<Vec<&str>> {
    let ExprKind::Compare(left, rest) = &part.kind else { return None };
    let [(CmpLink::Cmp(op), right)] = rest.as_slice() else { return None };
    match (op, &left.kind, &right.kind) {
        (CmpOp::In, _, ExprKind::List(items) | ExprKind::Tuple(items)) if is_event_type(left) => {
            items.iter().map(text).collect()
        }
        _ => None,
    }
}

fn text(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Str(text) => Some(text),
        _ => None,
    }
}

fn is_event_type(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Attribute(of, name) if name.text == "type" && is_part(of, "event"))
}
