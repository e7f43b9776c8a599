//! rhai: a scripting language that walks its syntax tree.

use rhai::{AST, Dynamic, Engine as Interpreter, Scope};

use super::{said, with_c_operators};
use crate::cases::Case;
use crate::context::Context;
use crate::engine::{Engine, Runner, runner};

/// The engine with its standard packages.
pub(super) struct Rhai {
    interpreter: Interpreter,
}

impl Rhai {
    pub(super) fn new() -> Rhai {
        Rhai { interpreter: Interpreter::new() }
    }

    fn compile(&self, case: &Case) -> Result<AST, String> {
        self.interpreter.compile(condition(case)).map_err(said)
    }
}

fn condition(case: &Case) -> String {
    match case.name {
        "C3" => "context.result != () && context.result.success && (context.result.result ?? \"\").len > 2000".into(),
        "C4" => "context.result.tool_name == \"vault_search\" || \"search\" in context.result.tool_name".into(),
        "C5" => "context.turn.number - (context.state.last_warning_turn ?? 0) >= 5 && context.turn.number % 4 == 0".into(),
        "C6" => "context.history.tools.some(|t| t.name == \"vault_search\" && !t.success)".into(),
        _ => with_c_operators(case.condition),
    }
}

impl Engine for Rhai {
    fn name(&self) -> &'static str {
        "rhai"
    }

    fn version(&self) -> &'static str {
        "1.27"
    }

    fn prepare<'a>(&'a self, case: &Case, context: &'a Context) -> Result<Option<Runner<'a>>, String> {
        let ast = self.compile(case)?;
        let mut scope = Scope::new();
        let bound: Dynamic = rhai::serde::to_dynamic(context).map_err(said)?;
        scope.push_constant("context", bound);
        self.interpreter.eval_ast_with_scope::<bool>(&mut scope, &ast).map_err(said)?;
        Ok(Some(runner(move || {
            self.interpreter.eval_ast_with_scope::<bool>(&mut scope, &ast).unwrap_or_default()
        })))
    }

    fn compiler<'a>(&'a self, case: &'a Case) -> Option<Runner<'a>> {
        Some(runner(move || self.compile(case).is_ok()))
    }
}
