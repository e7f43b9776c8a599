//! evalexpr: a tree of operators over a flat map of variables; no lists of records.

use evalexpr::{
    ContextWithMutableFunctions as _, ContextWithMutableVariables as _, DefaultNumericTypes, Function,
    HashMapContext, Node, Value, build_operator_tree,
};

use super::{ask_each, compiled, kept, read, said, with_c_operators};
use crate::cases::{Case, RuleSet};
use crate::context::Context;
use crate::engine::{Engine, Kept, Runner, Source, bind_struct, bind_text, runner};

type Numbers = DefaultNumericTypes;

/// The engine; it has no state of its own.
pub(super) struct Evalexpr;

/// The condition over variables whose names are the paths with `_` between the parts.
fn condition(case: &Case) -> Option<String> {
    Some(match case.name {
        "C3" => "result_there && result_success && chars(result_result) > 2000".into(),
        "C4" => "result_tool_name == \"vault_search\" || has(result_tool_name, \"search\")".into(),
        "C5" => "turn_number - state_last_warning_turn >= 5 && turn_number % 4 == 0".into(),
        "C6" => return None,
        _ => flat(case.condition),
    })
}

fn flat(condition: &str) -> String {
    let parts = ["turn", "history", "session", "project"];
    let flat = |text: String, part: &&str| text.replace(&format!("context.{part}."), &format!("{part}_"));
    with_c_operators(&parts.iter().fold(condition.to_owned(), flat))
}

fn compile(text: &str) -> Result<Node<Numbers>, String> {
    build_operator_tree(text).map_err(said)
}

fn rule(set: RuleSet, at: usize) -> Result<Node<Numbers>, String> {
    compile(&flat(&set.condition(at)))
}

fn holds(tree: &Node<Numbers>, bound: &HashMapContext<Numbers>) -> bool {
    tree.eval_boolean_with_context(bound).unwrap_or_default()
}

fn bind(context: &Context) -> Result<HashMapContext<Numbers>, String> {
    let mut bound = HashMapContext::<Numbers>::new();
    let result = context.result.as_ref();
    let text = |text: Option<&String>| Value::String(text.cloned().unwrap_or_default());
    let state = context.state.get("last_warning_turn").and_then(serde_json::Value::as_i64);
    let variables = [
        ("turn_number", Value::Int(context.turn.number)),
        ("turn_token_usage", Value::Float(context.turn.token_usage)),
        ("turn_context_usage", Value::Float(context.turn.context_usage)),
        ("turn_iteration_count", Value::Int(context.turn.iteration_count)),
        ("history_total_tool_calls", Value::Int(context.history.total_tool_calls)),
        ("history_total_failures", Value::Int(context.history.total_failures)),
        ("session_duration_seconds", Value::Float(context.session.duration_seconds)),
        ("project_id", text(Some(&context.project.id))),
        ("state_last_warning_turn", Value::Int(state.unwrap_or(0))),
        ("result_there", Value::Boolean(result.is_some())),
        ("result_success", Value::Boolean(result.is_some_and(|it| it.success))),
        ("result_tool_name", text(result.map(|it| &it.tool_name))),
        ("result_result", text(result.and_then(|it| it.result.as_ref()))),
    ];
    for (name, value) in variables {
        bound.set_value(name.into(), value).map_err(said)?;
    }
    let chars = Function::new(|argument: &Value<Numbers>| {
        let count = argument.as_string()?.chars().count();
        Ok(Value::Int(i64::try_from(count).unwrap_or(i64::MAX)))
    });
    let has = Function::new(|argument: &Value<Numbers>| {
        let arguments = argument.as_fixed_len_tuple(2)?;
        let [text, part] = arguments.as_slice() else { return Ok(Value::Empty) };
        Ok(Value::Boolean(text.as_string()?.contains(&part.as_string()?)))
    });
    bound.set_function("chars".into(), chars).map_err(said)?;
    bound.set_function("has".into(), has).map_err(said)?;
    Ok(bound)
}

impl Engine for Evalexpr {
    fn name(&self) -> &'static str {
        "evalexpr"
    }

    fn version(&self) -> &'static str {
        "13.1"
    }

    fn prepare<'a>(&'a self, case: &Case, context: &'a Context) -> Result<Option<Runner<'a>>, String> {
        let Some(condition) = condition(case) else { return Ok(None) };
        let tree = compile(&condition)?;
        let bound = bind(context)?;
        tree.eval_boolean_with_context(&bound).map_err(said)?;
        Ok(Some(runner(move || holds(&tree, &bound))))
    }

    fn rules<'a>(&'a self, set: RuleSet, context: &'a Context) -> Result<Option<Runner<'a>>, String> {
        let rules = compiled(set, |at| rule(set, at))?;
        let bound = bind(context)?;
        Ok(Some(ask_each(set, context, rules, move |rule| holds(rule, &bound))))
    }

    fn keep<'a>(&'a self, set: RuleSet) -> Result<Option<Kept<'a>>, String> {
        kept(set, |at| rule(set, at))
    }

    fn binder<'a>(&'a self, context: &'a Context, from: Source) -> Option<Runner<'a>> {
        Some(match from {
            Source::Struct => bind_struct(context, bind),
            Source::Json => bind_text(context, |text| read(text).map(|context| bind(&context))),
        })
    }

    fn compiler<'a>(&'a self, case: &'a Case) -> Option<Runner<'a>> {
        let condition = condition(case)?;
        Some(runner(move || compile(&condition).is_ok()))
    }
}
