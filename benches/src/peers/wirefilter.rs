//! wirefilter: filters of network requests, compiled to closures. It has no floats, arithmetic, lists or null; shares
//! are bound as whole billionths.

use std::hint::black_box;

use wirefilter::{ExecutionContext, Filter, Scheme, Type};

use super::{ask_each, compiled, kept, read, said};
use crate::cases::{Case, RuleSet};
use crate::context::Context;
use crate::engine::{Engine, Kept, Runner, Source, bind_text, runner};

/// What a whole share is bound as.
const SHARE: f64 = 1e9;

/// The engine with the fields of the contexts.
pub(super) struct Wirefilter {
    scheme: Scheme,
}

const FIELDS: [(&str, Type); 9] = [
    ("token_usage", Type::Int),
    ("context_usage", Type::Int),
    ("number", Type::Int),
    ("iterations", Type::Int),
    ("calls", Type::Int),
    ("failures", Type::Int),
    ("duration", Type::Int),
    ("project", Type::Bytes),
    ("tool", Type::Bytes),
];

fn condition(case: &Case) -> Option<&'static str> {
    match case.name {
        "C1" => Some("token_usage > 800000000"),
        "C2" => Some("token_usage > 800000000 && calls > 5"),
        "C4" => Some("tool == \"vault_search\" || tool contains \"search\""),
        "C7" => Some(
            "token_usage > 500000000 && context_usage < 900000000 && number >= 3 && (iterations < 20 || failures == 0) \
             && !(calls > 500 || duration > 86400) && (project == \"demo\" || project == \"default\") \
             && number != 7 && (token_usage < 950000000 || failures > 2)",
        ),
        _ => None,
    }
}

impl Wirefilter {
    pub(super) fn new() -> Wirefilter {
        let mut scheme = Scheme::default();
        for (name, ty) in FIELDS {
            // A field can only be refused where another has its name.
            let _ = scheme.add_field(name.to_owned(), ty);
        }
        Wirefilter { scheme }
    }

    fn compile(&self, text: &str) -> Result<Filter<'_>, String> {
        Ok(self.scheme.parse(text).map_err(said)?.compile())
    }

    fn rule(&self, set: RuleSet, at: usize) -> Result<Filter<'_>, String> {
        let (share, calls) = set.constants(at);
        self.compile(&format!("token_usage > {} && calls > {calls}", billionths(share)))
    }

    fn bind<'a>(&'a self, context: &'a Context) -> Result<ExecutionContext<'a>, String> {
        let mut bound = ExecutionContext::new(&self.scheme);
        let whole = |number: i64| i32::try_from(number).unwrap_or(i32::MAX);
        let numbers = [
            ("token_usage", billionths(context.turn.token_usage)),
            ("context_usage", billionths(context.turn.context_usage)),
            ("number", whole(context.turn.number)),
            ("iterations", whole(context.turn.iteration_count)),
            ("calls", whole(context.history.total_tool_calls)),
            ("failures", whole(context.history.total_failures)),
            ("duration", context.session.duration_seconds as i32),
        ];
        for (name, number) in numbers {
            bound.set_field_value(name, number).map_err(said)?;
        }
        bound.set_field_value("project", context.project.id.as_str()).map_err(said)?;
        let tool = context.result.as_ref().map_or("", |result| result.tool_name.as_str());
        bound.set_field_value("tool", tool).map_err(said)?;
        Ok(bound)
    }
}

fn billionths(share: f64) -> i32 {
    (share * SHARE).round() as i32
}

impl Engine for Wirefilter {
    fn name(&self) -> &'static str {
        "wirefilter"
    }

    fn version(&self) -> &'static str {
        "0.6"
    }

    fn prepare<'a>(&'a self, case: &Case, context: &'a Context) -> Result<Option<Runner<'a>>, String> {
        let Some(text) = condition(case) else { return Ok(None) };
        let filter = self.compile(text)?;
        let bound = self.bind(context)?;
        Ok(Some(runner(move || filter.execute(black_box(&bound)).unwrap_or_default())))
    }

    fn most_rules(&self) -> usize {
        100_000
    }

    fn rules<'a>(&'a self, set: RuleSet, context: &'a Context) -> Result<Option<Runner<'a>>, String> {
        let rules = compiled(set, |at| self.rule(set, at))?;
        let bound = self.bind(context)?;
        let holds = move |rule: &Filter<'a>| rule.execute(black_box(&bound)).unwrap_or_default();
        Ok(Some(ask_each(set, context, rules, holds)))
    }

    fn keep<'a>(&'a self, set: RuleSet) -> Result<Option<Kept<'a>>, String> {
        kept(set, |at| self.rule(set, at))
    }

    fn binder<'a>(&'a self, context: &'a Context, from: Source) -> Option<Runner<'a>> {
        Some(match from {
            Source::Struct => runner(move || black_box(self.bind(black_box(context))).is_ok()),
            Source::Json => bind_text(context, |text| {
                let read = read(text)?;
                black_box(self.bind(&read)).ok().map(|_| ())
            }),
        })
    }

    fn compiler<'a>(&'a self, case: &'a Case) -> Option<Runner<'a>> {
        let text = condition(case)?;
        Some(runner(move || self.compile(text).is_ok()))
    }
}
