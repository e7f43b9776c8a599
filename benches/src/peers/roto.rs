//! roto: a scripting language compiled to machine code, which reads the fields of a Rust struct at their offsets. Its
//! lists know no predicates, so C6 is left out.

use roto::{Context, Ctx, FileTree, Package, RotoString, Runtime, TypedFunc};

use super::{ask_each, read, said, with_roots};
use crate::cases::{Case, RuleSet};
use crate::context::Context as Given;
use crate::engine::{Engine, Kept, Runner, Source, bind_struct, bind_text, runner};

/// What a script sees as variables.
#[derive(Clone, Context)]
pub(super) struct Bound {
    pub token_usage: f64,
    pub context_usage: f64,
    pub number: i64,
    pub iteration_count: i64,
    pub total_tool_calls: i64,
    pub total_failures: i64,
    pub duration_seconds: f64,
    pub project_id: RotoString,
    pub last_warning_turn: i64,
    pub has_result: bool,
    pub success: bool,
    pub tool_name: RotoString,
    pub text: RotoString,
}

/// The engine; an error where it refuses the struct.
pub(super) struct Roto {
    runtime: Result<Runtime<Ctx<Bound>>, String>,
}

type Script = Package<Ctx<Bound>>;
type Rule = TypedFunc<Ctx<Bound>, fn() -> bool>;

fn condition(case: &Case) -> Option<String> {
    Some(match case.name {
        "C3" => "has_result && success && text.chars().len() > 2000".into(),
        "C4" => "tool_name == \"vault_search\" || tool_name.contains(\"search\")".into(),
        "C5" => "number - last_warning_turn >= 5 && number % 4 == 0".into(),
        "C6" => return None,
        "C7" => "token_usage > 0.5 && context_usage < 0.9 && number >= 3 \
                 && (iteration_count < 20 || total_failures == 0) \
                 && !(total_tool_calls > 500 || duration_seconds > 86400.0) \
                 && (project_id == \"demo\" || project_id == \"default\") \
                 && number != 7 && (token_usage < 0.95 || total_failures > 2)"
            .into(),
        _ => flat(case.condition),
    })
}

fn flat(condition: &str) -> String {
    with_roots(condition).replace("turn.", "").replace("history.", "").replace(" and ", " && ")
}

fn bind(context: &Given) -> Bound {
    let result = context.result.as_ref();
    let text = |text: Option<&String>| RotoString::from(text.map_or("", String::as_str));
    Bound {
        token_usage: context.turn.token_usage,
        context_usage: context.turn.context_usage,
        number: context.turn.number,
        iteration_count: context.turn.iteration_count,
        total_tool_calls: context.history.total_tool_calls,
        total_failures: context.history.total_failures,
        duration_seconds: context.session.duration_seconds,
        project_id: text(Some(&context.project.id)),
        last_warning_turn: context
            .state
            .get("last_warning_turn")
            .and_then(serde_json::Value::as_i64)
            .unwrap_or(0),
        has_result: result.is_some(),
        success: result.is_some_and(|it| it.success),
        tool_name: text(result.map(|it| &it.tool_name)),
        text: text(result.and_then(|it| it.result.as_ref())),
    }
}

impl Roto {
    pub(super) fn new() -> Roto {
        Roto { runtime: Runtime::new().with_context_type::<Bound>() }
    }

    /// Compiles functions `rule_0`, `rule_1` and so on in one go, which is faster than each by itself.
    fn compile(&self, conditions: impl Iterator<Item = String>) -> Result<(Script, Vec<Rule>), String> {
        let runtime = self.runtime.as_ref().map_err(Clone::clone)?;
        let functions: Vec<String> = conditions
            .enumerate()
            .map(|(at, condition)| format!("fn rule_{at}() -> bool {{ {condition} }}\n"))
            .collect();
        let mut script =
            FileTree::test_file("rules", &functions.concat(), 0).compile(runtime).map_err(said)?;
        let rules = (0..functions.len())
            .map(|at| script.get_function::<fn() -> bool>(&format!("rule_{at}")).map_err(said))
            .collect::<Result<_, _>>()?;
        Ok((script, rules))
    }
}

impl Engine for Roto {
    fn name(&self) -> &'static str {
        "roto"
    }

    fn version(&self) -> &'static str {
        "0.12"
    }

    fn prepare<'a>(&'a self, case: &Case, context: &'a Given) -> Result<Option<Runner<'a>>, String> {
        let Some(text) = condition(case) else { return Ok(None) };
        let (_, mut rules) = self.compile(std::iter::once(text))?;
        let Some(rule) = rules.pop() else { return Ok(None) };
        let mut bound = bind(context);
        Ok(Some(runner(move || rule.call(std::hint::black_box(&mut bound)))))
    }

    fn rules<'a>(&'a self, set: RuleSet, context: &'a Given) -> Result<Option<Runner<'a>>, String> {
        let (_, rules) = self.compile((0..set.count).map(|at| flat(&set.condition(at))))?;
        let mut bound = bind(context);
        Ok(Some(ask_each(set, context, rules, move |rule| rule.call(std::hint::black_box(&mut bound)))))
    }

    fn keep<'a>(&'a self, set: RuleSet) -> Result<Option<Kept<'a>>, String> {
        Ok(Some(Box::new(self.compile((0..set.count).map(|at| flat(&set.condition(at))))?)))
    }

    fn binder<'a>(&'a self, context: &'a Given, from: Source) -> Option<Runner<'a>> {
        Some(match from {
            Source::Struct => bind_struct(context, bind),
            Source::Json => bind_text(context, |text| read(text).map(|context| bind(&context))),
        })
    }

    fn compiler<'a>(&'a self, case: &'a Case) -> Option<Runner<'a>> {
        let text = condition(case)?;
        Some(runner(move || self.compile(std::iter::once(text.clone())).is_ok()))
    }
}
