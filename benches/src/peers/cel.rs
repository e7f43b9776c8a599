//! cel-interpreter: the Common Expression Language, walking its syntax tree.

use std::sync::Arc;

use cel_interpreter::{Context as Bound, Program, Value};

use super::{said, with_c_operators};
use crate::cases::Case;
use crate::context::Context;
use crate::engine::{Engine, Runner, runner};

/// The engine; it has no state of its own.
pub(super) struct Cel;

fn condition(case: &Case) -> String {
    match case.name {
        "C3" => "context.result != null && context.result.success \
                 && chars(context.result.result == null ? '' : context.result.result) > 2000"
            .into(),
        "C4" => {
            "context.result.tool_name == 'vault_search' || context.result.tool_name.contains('search')".into()
        }
        "C5" => "context.turn.number \
                 - (has(context.state.last_warning_turn) ? int(context.state.last_warning_turn) : 0) >= 5 \
                 && context.turn.number % 4 == 0"
            .into(),
        "C6" => "context.history.tools.exists(t, t.name == 'vault_search' && !t.success)".into(),
        _ => with_c_operators(case.condition),
    }
}

impl Engine for Cel {
    fn name(&self) -> &'static str {
        "cel-interpreter"
    }

    fn version(&self) -> &'static str {
        "0.10"
    }

    fn prepare<'a>(&'a self, case: &Case, context: &'a Context) -> Result<Option<Runner<'a>>, String> {
        let program = Program::compile(&condition(case)).map_err(said)?;
        let mut bound = Bound::default();
        bound.add_variable("context", context).map_err(said)?;
        bound.add_function("chars", |text: Arc<String>| {
            i64::try_from(text.chars().count()).unwrap_or(i64::MAX)
        });
        program.execute(&bound).map_err(said)?;
        Ok(Some(runner(move || matches!(program.execute(&bound), Ok(Value::Bool(true))))))
    }

    fn compiler<'a>(&'a self, case: &'a Case) -> Option<Runner<'a>> {
        let condition = condition(case);
        Some(runner(move || Program::compile(&condition).is_ok()))
    }
}
