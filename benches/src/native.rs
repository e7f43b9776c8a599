//! The conditions as a Rust programmer would write them: closures over the struct, behind `dyn Fn`.

use std::hint::black_box;

use crate::cases::{Case, RuleSet};
use crate::context::Context;
use crate::engine::{Engine, Kept, Runner, Source, bind_text, runner};

/// A condition compiled by rustc.
pub type Closure = Box<dyn Fn(&Context) -> bool>;

/// The yardstick.
#[derive(Debug)]
pub struct Native;

impl Engine for Native {
    fn name(&self) -> &'static str {
        "native"
    }

    fn version(&self) -> &'static str {
        "rustc"
    }

    fn prepare<'a>(&'a self, case: &Case, context: &'a Context) -> Result<Option<Runner<'a>>, String> {
        let Some(closure) = black_box(closure(case.name)) else { return Ok(None) };
        Ok(Some(runner(move || closure(black_box(context)))))
    }

    fn most_rules(&self) -> usize {
        100_000
    }

    fn rules<'a>(&'a self, set: RuleSet, context: &'a Context) -> Result<Option<Runner<'a>>, String> {
        let rules: Vec<(f64, i64)> = (0..set.count).map(|at| set.constants(at)).collect();
        let expected = set.matches(context);
        Ok(Some(runner(move || {
            let context = black_box(context);
            let holds = |(share, calls): &&(f64, i64)| {
                context.turn.token_usage > *share && context.history.total_tool_calls > *calls
            };
            rules.iter().filter(holds).count() == expected
        })))
    }

    fn keep<'a>(&'a self, set: RuleSet) -> Result<Option<Kept<'a>>, String> {
        let rules: Vec<(f64, i64)> = (0..set.count).map(|at| set.constants(at)).collect();
        Ok(Some(Box::new(rules)))
    }

    fn binder<'a>(&'a self, context: &'a Context, from: Source) -> Option<Runner<'a>> {
        let json = from == Source::Json;
        json.then(|| bind_text(context, |text| serde_json::from_str::<Context>(text).ok()))
    }
}

/// Many rules as boxed closures, one call for each.
#[derive(Debug)]
pub struct NativeClosures;

impl Engine for NativeClosures {
    fn name(&self) -> &'static str {
        "native-closures"
    }

    fn version(&self) -> &'static str {
        "rustc"
    }

    fn prepare<'a>(&'a self, _: &Case, _: &'a Context) -> Result<Option<Runner<'a>>, String> {
        Ok(None)
    }

    fn most_rules(&self) -> usize {
        100_000
    }

    fn rules<'a>(&'a self, set: RuleSet, context: &'a Context) -> Result<Option<Runner<'a>>, String> {
        let rules = boxed(set);
        let expected = set.matches(context);
        Ok(Some(runner(move || {
            let context = black_box(context);
            rules.iter().filter(|rule| rule(context)).count() == expected
        })))
    }

    fn keep<'a>(&'a self, set: RuleSet) -> Result<Option<Kept<'a>>, String> {
        Ok(Some(Box::new(boxed(set))))
    }
}

fn boxed(set: RuleSet) -> Vec<Closure> {
    let rule = |(share, calls)| -> Closure {
        Box::new(move |c| c.turn.token_usage > share && c.history.total_tool_calls > calls)
    };
    (0..set.count).map(|at| set.constants(at)).map(rule).collect()
}

/// The closure of a case.
pub fn closure(case: &str) -> Option<Closure> {
    Some(match case {
        "C1" => Box::new(|c| c.turn.token_usage > 0.8),
        "C2" => Box::new(|c| c.turn.token_usage > 0.8 && c.history.total_tool_calls > 5),
        "C3" => Box::new(|c| {
            let long = |text: &Option<String>| text.as_ref().is_some_and(|text| text.chars().count() > 2_000);
            c.result.as_ref().is_some_and(|result| result.success && long(&result.result))
        }),
        "C4" => Box::new(|c| {
            let searches = |name: &str| name == "vault_search" || name.contains("search");
            c.result.as_ref().is_some_and(|result| searches(&result.tool_name))
        }),
        "C5" => Box::new(|c| {
            let last = c.state.get("last_warning_turn").and_then(serde_json::Value::as_i64).unwrap_or(0);
            c.turn.number - last >= 5 && c.turn.number % 4 == 0
        }),
        "C6" => Box::new(|c| c.history.tools.iter().any(|tool| tool.name == "vault_search" && !tool.success)),
        "C7" => Box::new(|c| {
            c.turn.token_usage > 0.5
                && c.turn.context_usage < 0.9
                && c.turn.number >= 3
                && (c.turn.iteration_count < 20 || c.history.total_failures == 0)
                && !(c.history.total_tool_calls > 500 || c.session.duration_seconds > 86_400.0)
                && (c.project.id == "demo" || c.project.id == "default")
                && c.turn.number != 7
                && (c.turn.token_usage < 0.95 || c.history.total_failures > 2)
        }),
        _ => return None,
    })
}
