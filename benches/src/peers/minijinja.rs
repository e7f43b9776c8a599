//! minijinja: the expressions of a template engine, compiled to bytecode over dynamic values.

use minijinja::value::Serde;
use minijinja::{Environment, Expression, Value, context};

use super::said;
use crate::cases::Case;
use crate::context::Context;
use crate::engine::{Engine, Runner, runner};

/// The engine with its built-in filters.
pub(super) struct Minijinja {
    environment: Environment<'static>,
}

impl Minijinja {
    pub(super) fn new() -> Minijinja {
        Minijinja { environment: Environment::new() }
    }

    fn compile<'a>(&'a self, case: &Case) -> Result<Expression<'a, 'static>, String> {
        self.environment.compile_expression_owned(condition(case)).map_err(said)
    }
}

fn condition(case: &Case) -> String {
    match case.name {
        "C3" => "context.result is not none and context.result.success \
                 and (context.result.result or '') | length > 2000"
            .into(),
        "C5" => "context.turn.number - (context.state.last_warning_turn | default(0) | int) >= 5 \
                 and context.turn.number % 4 == 0"
            .into(),
        "C6" => "context.history.tools | selectattr('name', 'eq', 'vault_search') | rejectattr('success') \
                 | list | length > 0"
            .into(),
        _ => case.condition.to_owned(),
    }
}

impl Engine for Minijinja {
    fn name(&self) -> &'static str {
        "minijinja"
    }

    fn version(&self) -> &'static str {
        "3.1"
    }

    fn prepare<'a>(&'a self, case: &Case, context: &'a Context) -> Result<Option<Runner<'a>>, String> {
        let expression = self.compile(case)?;
        let bound = context! { context => Value::from(Serde(context)) };
        expression.eval(&bound).map_err(said)?;
        Ok(Some(runner(move || expression.eval(&bound).is_ok_and(|value| value.is_true()))))
    }

    fn compiler<'a>(&'a self, case: &'a Case) -> Option<Runner<'a>> {
        Some(runner(move || self.compile(case).is_ok()))
    }
}
