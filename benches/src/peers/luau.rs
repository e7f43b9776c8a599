//! mlua with Luau: each condition a function over tables, compiled to native code.

use mlua::chunk::Compiler;
use mlua::serde::ser::Options as SerializeOptions;
use mlua::{Function, Lua, LuaSerdeExt, Table};

use super::{ask_each, compiled, kept, said, tree, with_roots};
use crate::cases::{Case, RuleSet};
use crate::context::Context;
use crate::engine::{Engine, Kept, Runner, Source, bind_struct, bind_text, runner};

/// One interpreter for all conditions.
pub(super) struct Luau {
    lua: Lua,
}

/// The parts of the context that are variables of their own.
const ROOTS: [&str; 6] = ["turn", "history", "project", "session", "state", "result"];

fn condition(case: &Case) -> String {
    match case.name {
        "C3" => "result ~= nil and result.success and utf8.len(result.result or '') > 2000".into(),
        "C4" => "result.tool_name == 'vault_search' \
                 or string.find(result.tool_name, 'search', 1, true) ~= nil"
            .into(),
        "C5" => "turn.number - (state.last_warning_turn or 0) >= 5 and turn.number % 4 == 0".into(),
        "C6" => "(function() for _, t in history.tools do \
                 if t.name == 'vault_search' and not t.success then return true end end return false end)()"
            .into(),
        _ => with_roots(case.condition).replace("!=", "~="),
    }
}

impl Luau {
    pub(super) fn new() -> Luau {
        let lua = Lua::new();
        lua.set_compiler(Compiler::new().set_optimization_level(2));
        lua.enable_jit(true);
        Luau { lua }
    }

    /// A function that takes the parts of the context and gives the function that asks them.
    fn compile(&self, text: &str) -> Result<Function, String> {
        let roots = ROOTS.join(", ");
        let text = format!("local {roots} = ...\nreturn function() return {text} end");
        self.lua.load(text).into_function().map_err(said)
    }

    fn bind(&self, text: &str, bound: &Table) -> Result<Function, String> {
        let roots: mlua::Result<Vec<mlua::Value>> = ROOTS.iter().map(|root| bound.get(*root)).collect();
        let roots = mlua::MultiValue::from_vec(roots.map_err(said)?);
        self.compile(text)?.call(roots).map_err(said)
    }

    fn rule(&self, set: RuleSet, at: usize, bound: &Table) -> Result<Function, String> {
        self.bind(&with_roots(&set.condition(at)), bound)
    }

    fn table(&self, context: &impl serde::Serialize) -> Result<Table, String> {
        let options = SerializeOptions::new().serialize_none_to_null(false).serialize_unit_to_null(false);
        let value = self.lua.to_value_with(context, options).map_err(said)?;
        value.as_table().cloned().ok_or_else(|| "the context is no table".into())
    }
}

impl Engine for Luau {
    fn name(&self) -> &'static str {
        "luau"
    }

    fn version(&self) -> &'static str {
        "mlua 0.12"
    }

    fn prepare<'a>(&'a self, case: &Case, context: &'a Context) -> Result<Option<Runner<'a>>, String> {
        let function = self.bind(&condition(case), &self.table(context)?)?;
        function.call::<bool>(()).map_err(said)?;
        Ok(Some(runner(move || function.call::<bool>(()).unwrap_or_default())))
    }

    fn rules<'a>(&'a self, set: RuleSet, context: &'a Context) -> Result<Option<Runner<'a>>, String> {
        let table = self.table(context)?;
        let rules = compiled(set, |at| self.rule(set, at, &table))?;
        let holds = |rule: &Function| rule.call::<bool>(()).unwrap_or_default();
        Ok(Some(ask_each(set, context, rules, holds)))
    }

    fn keep<'a>(&'a self, set: RuleSet) -> Result<Option<Kept<'a>>, String> {
        let table = self.table(&crate::context::busy())?;
        let rules = kept(set, |at| self.rule(set, at, &table))?;
        drop(table);
        self.lua.gc_collect().map_err(said)?;
        Ok(rules)
    }

    fn binder<'a>(&'a self, context: &'a Context, from: Source) -> Option<Runner<'a>> {
        Some(match from {
            Source::Struct => bind_struct(context, |context| self.table(context).is_ok()),
            Source::Json => bind_text(context, |text| self.table(&tree(text)).is_ok()),
        })
    }

    fn compiler<'a>(&'a self, case: &'a Case) -> Option<Runner<'a>> {
        let text = condition(case);
        Some(runner(move || self.compile(&text).is_ok()))
    }
}
