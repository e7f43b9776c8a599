//! fasteval: numbers only. Its fastest path reads variables through raw pointers, which this workspace forbids; the
//! next one is a callback, which is what is measured.

use fasteval::{Compiler as _, Evaler as _, Instruction, Parser, Slab};

use super::{ask_each, compiled, kept, read, said};
use crate::cases::{Case, RuleSet};
use crate::context::Context;
use crate::engine::{Engine, Kept, Runner, Source, bind_struct, bind_text, runner};

/// The engine; it has no state of its own.
pub(super) struct Fasteval;

/// How many nodes a condition has room for from the start: by default 64.
const NODES: usize = 1;

type Rule = (Instruction, Slab);

fn condition(case: &Case) -> Option<&'static str> {
    match case.name {
        "C1" => Some("token_usage > 0.8"),
        "C2" => Some("token_usage > 0.8 && calls > 5"),
        "C5" => Some("number - last >= 5 && number % 4 == 0"),
        _ => None,
    }
}

fn compile(text: &str) -> Result<Rule, String> {
    let mut slab = Slab::with_capacity(NODES);
    let parsed = Parser::new().parse(text, &mut slab.ps).map_err(said)?;
    let compiled = parsed.from(&slab.ps).compile(&slab.ps, &mut slab.cs);
    Ok((compiled, slab))
}

fn rule(set: RuleSet, at: usize) -> Result<Rule, String> {
    let (share, calls) = set.constants(at);
    compile(&format!("token_usage > {share:?} && calls > {calls}"))
}

fn bind(context: &Context) -> impl Fn(&str) -> Option<f64> + use<> {
    let number = context.turn.number as f64;
    let token_usage = context.turn.token_usage;
    let calls = context.history.total_tool_calls as f64;
    let last = context.state.get("last_warning_turn").and_then(serde_json::Value::as_f64).unwrap_or(0.0);
    move |name| match name {
        "token_usage" => Some(token_usage),
        "calls" => Some(calls),
        "number" => Some(number),
        "last" => Some(last),
        _ => None,
    }
}

impl Engine for Fasteval {
    fn name(&self) -> &'static str {
        "fasteval"
    }

    fn version(&self) -> &'static str {
        "0.2"
    }

    fn prepare<'a>(&'a self, case: &Case, context: &'a Context) -> Result<Option<Runner<'a>>, String> {
        let Some(text) = condition(case) else { return Ok(None) };
        let (compiled, slab) = compile(text)?;
        let bound = bind(context);
        let mut names = move |name: &str, _: Vec<f64>| bound(name);
        compiled.eval(&slab, &mut names).map_err(said)?;
        Ok(Some(runner(move || compiled.eval(&slab, &mut names).is_ok_and(|truth| truth != 0.0))))
    }

    fn most_rules(&self) -> usize {
        100_000
    }

    fn rules<'a>(&'a self, set: RuleSet, context: &'a Context) -> Result<Option<Runner<'a>>, String> {
        let rules = compiled(set, |at| rule(set, at))?;
        let bound = bind(context);
        let mut names = move |name: &str, _: Vec<f64>| bound(name);
        let holds = move |(rule, slab): &Rule| rule.eval(slab, &mut names).is_ok_and(|truth| truth != 0.0);
        Ok(Some(ask_each(set, context, rules, holds)))
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
        let text = condition(case)?;
        Some(runner(move || compile(text).is_ok()))
    }
}
