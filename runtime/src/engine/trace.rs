//! What the parts of a condition are worth: for those who ask why a rule does or does not match.

use oracle_compiler::diag::Sink;
use oracle_compiler::expression::{ExpressionScope, Mode, compile};
use oracle_compiler::rule::Condition;
use oracle_compiler::source::{OffsetMap, SourceId};
use oracle_compiler::syntax::ast::{Expr, ExprKind};
use oracle_compiler::syntax::parse;
use oracle_vm::frame::{Frame, Scope};
use oracle_vm::ids::RuleId;
use oracle_vm::machine::Machine;
use oracle_vm::value::{Map, json};
use oracle_vm::verify::verify;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::RuleSet;
use super::inputs::effective;
use crate::context::Context;

/// Parts of one condition that are shown at most.
const MOST_PARTS: usize = 64;
/// Bytes of a value's JSON that are shown at most.
const MOST_BYTES: usize = 1_000;

/// A part of a condition and what it is worth.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TracedPart {
    /// The part as written.
    pub expression: String,
    /// Its value; a long one is the beginning of its JSON, as text.
    #[schema(required, value_type = Value)]
    pub value: Option<Value>,
    /// Why it has none.
    #[schema(required)]
    pub error: Option<String>,
}

impl RuleSet {
    /// The parts of a rule's condition with their values, each evaluated by itself, from the whole to the names in
    /// it; nothing for a script. Parts that mean something only inside the whole are left out.
    pub fn trace(&self, id: RuleId, context: &Context, params: &Map, settings: &Map) -> Vec<TracedPart> {
        let Some(rule) = self.get(id) else { return Vec::new() };
        let Condition::Expression(text) = &rule.spec.condition else { return Vec::new() };
        let specs = self.setting_specs(rule.plugin);
        let values = effective(&rule.spec.params, params, "params");
        let (Ok(params), Ok(settings)) = (values, effective(specs, settings, "settings")) else {
            return Vec::new();
        };
        let mut sink = Sink::default();
        let Some(tree) = parse(SourceId(0), text, &OffsetMap::identity(), &mut sink) else {
            return Vec::new();
        };
        let mut parts = Vec::new();
        gather(&tree, text, &mut parts);
        let scope =
            ExpressionScope { hook: Some(rule.spec.hook), params: &rule.spec.params, settings: specs };
        let mut frame = Frame::new();
        context.bind(&mut frame);
        let inputs = Scope { params: &params, settings: &settings, state: context.state() };
        parts.into_iter().filter_map(|part| evaluate(part, &scope, &frame, &inputs)).collect()
    }
}

/// The parts of an expression, each once. The parser bounds the nesting, so this recursion is bounded.
fn gather<'t>(expr: &Expr, text: &'t str, parts: &mut Vec<&'t str>) {
    let below: Vec<&Expr> = match &expr.kind {
        ExprKind::None | ExprKind::Bool(_) | ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Str(_) => {
            return;
        }
        // What stands inside a comprehension has a value for each round only.
        ExprKind::Name(_) | ExprKind::Error => return,
        ExprKind::ListComp(_) | ExprKind::Generator(_) => Vec::new(),
        ExprKind::Attribute(..) => Vec::new(),
        ExprKind::Index(of, index) => vec![of, index],
        ExprKind::Slice(of, _) => vec![of],
        ExprKind::Call(call) => {
            let of = match &call.callee.kind {
                ExprKind::Attribute(of, _) => Some(&**of),
                _ => None,
            };
            of.into_iter().chain(&call.args).chain(call.keywords.iter().map(|(_, it)| it)).collect()
        }
        ExprKind::Unary(_, of) => vec![of],
        ExprKind::Binary(_, left, right) => vec![left, right],
        ExprKind::Compare(first, rest) => {
            std::iter::once(&**first).chain(rest.iter().map(|(_, it)| it)).collect()
        }
        ExprKind::And(items) | ExprKind::Or(items) | ExprKind::List(items) | ExprKind::Tuple(items) => {
            items.iter().collect()
        }
        ExprKind::If(it) => vec![&it.test, &it.then, &it.other],
    };
    let part = text.get(expr.span.start as usize..expr.span.end as usize).map(str::trim);
    if let Some(part) = part.filter(|part| !parts.contains(part) && parts.len() < MOST_PARTS) {
        parts.push(part);
    }
    for expr in below {
        gather(expr, text, parts);
    }
}

/// The value of a part; `None` where it does not stand by itself.
fn evaluate(
    part: &str,
    scope: &ExpressionScope<'_>,
    frame: &Frame<'_>,
    inputs: &Scope<'_>,
) -> Option<TracedPart> {
    let made = compile(part, scope, Mode::Value, true).ok()?;
    let pack = verify(made.pack).ok()?;
    let outcome = Machine::new().evaluate(&pack, made.chunk, frame, inputs, json::to_json);
    let (value, error) = match outcome {
        Ok(Ok(value)) => (Some(shortened(value)), None),
        Ok(Err(trouble)) => (None, Some(trouble.to_string())),
        Err(fault) => (None, Some(fault.trouble.to_string())),
    };
    Some(TracedPart { expression: part.to_owned(), value, error })
}

fn shortened(value: Value) -> Value {
    let text = value.to_string();
    if text.len() <= MOST_BYTES {
        return value;
    }
    Value::String(text.chars().take(MOST_BYTES / 4).chain("...".chars()).collect())
}
