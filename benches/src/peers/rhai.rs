//! rhai: a scripting language that walks its syntax tree.

use rhai::{AST, Dynamic, Engine as Interpreter, Map, Scope};

use super::{ask_each, compiled, kept, said, tree, with_c_operators};
use crate::cases::{Case, RuleSet};
use crate::context::Context;
use crate::engine::{Engine, Kept, Runner, Source, bind_struct, bind_text, runner};

/// The engine with its standard packages.
pub(super) struct Rhai {
    interpreter: Interpreter,
}

impl Rhai {
    pub(super) fn new() -> Rhai {
        Rhai { interpreter: Interpreter::new() }
    }

    fn compile(&self, text: &str) -> Result<AST, String> {
        self.interpreter.compile(text).map_err(said)
    }

    fn rule(&self, set: RuleSet, at: usize) -> Result<AST, String> {
        self.compile(&with_c_operators(&set.condition(at)))
    }

    fn holds(&self, scope: &mut Scope<'_>, ast: &AST) -> bool {
        self.interpreter.eval_ast_with_scope::<bool>(scope, ast).unwrap_or_default()
    }
}

/// The parts of the context as constants.
fn bind(context: &impl serde::Serialize) -> Result<Scope<'static>, String> {
    let bound: Dynamic = rhai::serde::to_dynamic(context).map_err(said)?;
    let parts = bound.try_cast::<Map>().ok_or("the context is no map")?;
    let mut scope = Scope::new();
    for (name, part) in parts {
        scope.push_constant_dynamic(name.to_string(), part);
    }
    Ok(scope)
}

fn condition(case: &Case) -> String {
    match case.name {
        "C3" => "result != () && result.success && (result.result ?? \"\").len > 2000".into(),
        "C4" => "result.tool_name == \"vault_search\" || \"search\" in result.tool_name".into(),
        "C5" => "turn.number - (state.last_warning_turn ?? 0) >= 5 && turn.number % 4 == 0".into(),
        "C6" => "history.tools.some(|t| t.name == \"vault_search\" && !t.success)".into(),
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
        let ast = self.compile(&condition(case))?;
        let mut scope = bind(context)?;
        self.interpreter.eval_ast_with_scope::<bool>(&mut scope, &ast).map_err(said)?;
        Ok(Some(runner(move || self.holds(&mut scope, &ast))))
    }

    fn rules<'a>(&'a self, set: RuleSet, context: &'a Context) -> Result<Option<Runner<'a>>, String> {
        let rules = compiled(set, |at| self.rule(set, at))?;
        let mut scope = bind(context)?;
        Ok(Some(ask_each(set, context, rules, move |rule| self.holds(&mut scope, rule))))
    }

    fn keep<'a>(&'a self, set: RuleSet) -> Result<Option<Kept<'a>>, String> {
        kept(set, |at| self.rule(set, at))
    }

    fn binder<'a>(&'a self, context: &'a Context, from: Source) -> Option<Runner<'a>> {
        Some(match from {
            Source::Struct => bind_struct(context, |context| bind(context).is_ok()),
            Source::Json => bind_text(context, |text| bind(&tree(text)).is_ok()),
        })
    }

    fn compiler<'a>(&'a self, case: &'a Case) -> Option<Runner<'a>> {
        let text = condition(case);
        Some(runner(move || self.compile(&text).is_ok()))
    }
}
