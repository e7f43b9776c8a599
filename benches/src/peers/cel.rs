//! cel-interpreter: the Common Expression Language, walking its syntax tree.

use std::sync::Arc;

use cel_interpreter::{Context as Bound, Program, Value};

use super::{ask_each, compiled, kept, said, tree, with_c_operators};
use crate::cases::{Case, RuleSet};
use crate::context::Context;
use crate::engine::{Engine, Kept, Runner, Source, bind_struct, bind_text, runner};

/// The engine; it has no state of its own.
pub(super) struct Cel;

fn condition(case: &Case) -> String {
    match case.name {
        "C3" => "result != null && result.success \
                 && chars(result.result == null ? '' : result.result) > 2000"
            .into(),
        "C4" => "result.tool_name == 'vault_search' || result.tool_name.contains('search')".into(),
        "C5" => "turn.number \
                 - (has(state.last_warning_turn) ? int(state.last_warning_turn) : 0) >= 5 \
                 && turn.number % 4 == 0"
            .into(),
        "C6" => "history.tools.exists(t, t.name == 'vault_search' && !t.success)".into(),
        _ => with_c_operators(case.condition),
    }
}

fn compile(text: &str) -> Result<Program, String> {
    Program::compile(text).map_err(said)
}

fn rule(set: RuleSet, at: usize) -> Result<Program, String> {
    compile(&with_c_operators(&set.condition(at)))
}

/// The parts of the context as variables.
fn bind(context: &Context) -> Result<Bound<'static>, String> {
    let mut bound = Bound::default();
    bound.add_variable("turn", &context.turn).map_err(said)?;
    bound.add_variable("history", &context.history).map_err(said)?;
    bound.add_variable("project", &context.project).map_err(said)?;
    bound.add_variable("session", &context.session).map_err(said)?;
    bound.add_variable("state", &context.state).map_err(said)?;
    bound.add_variable("result", &context.result).map_err(said)?;
    bound.add_function("chars", |text: Arc<String>| i64::try_from(text.chars().count()).unwrap_or(i64::MAX));
    Ok(bound)
}

fn bind_json(text: &str) -> Result<Bound<'static>, String> {
    let mut bound = Bound::default();
    if let serde_json::Value::Object(parts) = tree(text) {
        for (name, part) in parts {
            bound.add_variable(name, part).map_err(said)?;
        }
    }
    Ok(bound)
}

fn holds(program: &Program, bound: &Bound<'_>) -> bool {
    matches!(program.execute(bound), Ok(Value::Bool(true)))
}

impl Engine for Cel {
    fn name(&self) -> &'static str {
        "cel-interpreter"
    }

    fn version(&self) -> &'static str {
        "0.10"
    }

    fn prepare<'a>(&'a self, case: &Case, context: &'a Context) -> Result<Option<Runner<'a>>, String> {
        let program = compile(&condition(case))?;
        let bound = bind(context)?;
        program.execute(&bound).map_err(said)?;
        Ok(Some(runner(move || holds(&program, &bound))))
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
            Source::Struct => bind_struct(context, |context| bind(context).is_ok()),
            Source::Json => bind_text(context, |text| bind_json(text).is_ok()),
        })
    }

    fn compiler<'a>(&'a self, case: &'a Case) -> Option<Runner<'a>> {
        let condition = condition(case);
        Some(runner(move || compile(&condition).is_ok()))
    }
}
