//! zen-expression: the expressions of a business rule engine, compiled to bytecode over reference-counted values.

use zen_expression::expression::Standard;
use zen_expression::vm::VM;
use zen_expression::{Expression, Isolate, Scope, Variable};

use super::{ask_each, compiled, kept, said, tree, with_roots};
use crate::cases::{Case, RuleSet};
use crate::context::Context;
use crate::engine::{Engine, Kept, Runner, Source, bind_struct, bind_text, runner};

/// The engine; it has no state of its own.
pub(super) struct Zen;

fn condition(case: &Case) -> Option<String> {
    Some(match case.name {
        // Its `len` counts bytes.
        "C3" => return None,
        "C4" => "result.tool_name == 'vault_search' or contains(result.tool_name, 'search')".into(),
        "C5" => "turn.number - (state.last_warning_turn ?? 0) >= 5 and turn.number % 4 == 0".into(),
        "C6" => "some(history.tools, #.name == 'vault_search' and not #.success)".into(),
        _ => with_roots(case.condition),
    })
}

fn compile(text: &str) -> Result<Expression<Standard>, String> {
    Isolate::new().compile_standard(text).map_err(said)
}

fn rule(set: RuleSet, at: usize) -> Result<Expression<Standard>, String> {
    compile(&with_roots(&set.condition(at)))
}

fn bind(context: &Context) -> Scope {
    Scope::new(Variable::from(context.json()))
}

fn holds(expression: &Expression<Standard>, scope: &Scope, vm: &mut VM) -> bool {
    expression.evaluate_with_scope(scope, vm).is_ok_and(|truth| truth.as_bool() == Some(true))
}

impl Engine for Zen {
    fn name(&self) -> &'static str {
        "zen-expression"
    }

    fn version(&self) -> &'static str {
        "2.1"
    }

    fn prepare<'a>(&'a self, case: &Case, context: &'a Context) -> Result<Option<Runner<'a>>, String> {
        let Some(text) = condition(case) else { return Ok(None) };
        let expression = compile(&text)?;
        let scope = bind(context);
        let mut vm = VM::new();
        Ok(Some(runner(move || holds(&expression, &scope, &mut vm))))
    }

    fn rules<'a>(&'a self, set: RuleSet, context: &'a Context) -> Result<Option<Runner<'a>>, String> {
        let rules = compiled(set, |at| rule(set, at))?;
        let scope = bind(context);
        let mut vm = VM::new();
        Ok(Some(ask_each(set, context, rules, move |rule| holds(rule, &scope, &mut vm))))
    }

    fn keep<'a>(&'a self, set: RuleSet) -> Result<Option<Kept<'a>>, String> {
        kept(set, |at| rule(set, at))
    }

    fn binder<'a>(&'a self, context: &'a Context, from: Source) -> Option<Runner<'a>> {
        Some(match from {
            Source::Struct => bind_struct(context, bind),
            Source::Json => bind_text(context, |text| Scope::new(Variable::from(tree(text)))),
        })
    }

    fn compiler<'a>(&'a self, case: &'a Case) -> Option<Runner<'a>> {
        let text = condition(case)?;
        Some(runner(move || compile(&text).is_ok()))
    }
}
