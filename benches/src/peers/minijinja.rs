//! minijinja: the expressions of a template engine, compiled to bytecode over dynamic values.

use minijinja::value::Serde;
use minijinja::{Environment, Expression, Value};

use super::{ask_each, compiled, kept, said, tree, with_roots};
use crate::cases::{Case, RuleSet};
use crate::context::Context;
use crate::engine::{Engine, Kept, Runner, Source, bind_struct, bind_text, runner};

/// The engine with its built-in filters.
pub(super) struct Minijinja {
    environment: Environment<'static>,
}

impl Minijinja {
    pub(super) fn new() -> Minijinja {
        Minijinja { environment: Environment::new() }
    }

    fn compile(&self, text: String) -> Result<Expression<'_, 'static>, String> {
        self.environment.compile_expression_owned(text).map_err(said)
    }

    fn rule(&self, set: RuleSet, at: usize) -> Result<Expression<'_, 'static>, String> {
        self.compile(with_roots(&set.condition(at)))
    }
}

fn condition(case: &Case) -> String {
    match case.name {
        "C3" => "result is not none and result.success \
                 and (result.result or '') | length > 2000"
            .into(),
        "C5" => "turn.number - (state.last_warning_turn | default(0) | int) >= 5 \
                 and turn.number % 4 == 0"
            .into(),
        "C6" => "history.tools | selectattr('name', 'eq', 'vault_search') | rejectattr('success') \
                 | list | length > 0"
            .into(),
        _ => with_roots(case.condition),
    }
}

fn holds(expression: &Expression<'_, '_>, bound: &Value) -> bool {
    expression.eval(bound).is_ok_and(|value| value.is_true())
}

impl Engine for Minijinja {
    fn name(&self) -> &'static str {
        "minijinja"
    }

    fn version(&self) -> &'static str {
        "3.1"
    }

    fn prepare<'a>(&'a self, case: &Case, context: &'a Context) -> Result<Option<Runner<'a>>, String> {
        let expression = self.compile(condition(case))?;
        let bound = Value::from(Serde(context));
        expression.eval(&bound).map_err(said)?;
        Ok(Some(runner(move || holds(&expression, &bound))))
    }

    fn rules<'a>(&'a self, set: RuleSet, context: &'a Context) -> Result<Option<Runner<'a>>, String> {
        let rules = compiled(set, |at| self.rule(set, at))?;
        let bound = Value::from(Serde(context));
        Ok(Some(ask_each(set, context, rules, move |rule| holds(rule, &bound))))
    }

    fn keep<'a>(&'a self, set: RuleSet) -> Result<Option<Kept<'a>>, String> {
        kept(set, |at| self.rule(set, at))
    }

    fn binder<'a>(&'a self, context: &'a Context, from: Source) -> Option<Runner<'a>> {
        Some(match from {
            Source::Struct => bind_struct(context, |context| Value::from(Serde(context))),
            Source::Json => bind_text(context, |text| Value::from(Serde(&tree(text)))),
        })
    }

    fn compiler<'a>(&'a self, case: &'a Case) -> Option<Runner<'a>> {
        let text = condition(case);
        Some(runner(move || self.compile(text.clone()).is_ok()))
    }
}
