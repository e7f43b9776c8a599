//! datalogic: JSONLogic, compiled, over values in an arena; the context lies there parsed, and is passed by reference.

use bumpalo::Bump;
use datalogic_rs::{DataValue, Engine as Interpreter, Logic, Session};

use super::{compiled, kept, said};
use crate::cases::{Case, RuleSet};
use crate::context::Context;
use crate::engine::{Engine, Kept, Runner, Source, bind_struct, bind_text, runner};

/// Evaluations between two resets of the arena.
const KEPT: u32 = 256;

/// The engine with its operators over text.
pub(super) struct Datalogic {
    interpreter: Interpreter,
}

fn condition(case: &Case) -> Option<&'static str> {
    match case.name {
        "C1" => Some(r#"{">": [{"var": "turn.token_usage"}, 0.8]}"#),
        "C2" => Some(
            r#"{"and": [{">": [{"var": "turn.token_usage"}, 0.8]}, {">": [{"var": "history.total_tool_calls"}, 5]}]}"#,
        ),
        "C3" => Some(
            r#"{"and": [{"!==": [{"var": "result"}, null]}, {"var": "result.success"},
                        {">": [{"length": {"or": [{"var": "result.result"}, ""]}}, 2000]}]}"#,
        ),
        "C4" => Some(
            r#"{"or": [{"==": [{"var": "result.tool_name"}, "vault_search"]},
                       {"in": ["search", {"var": "result.tool_name"}]}]}"#,
        ),
        "C5" => Some(
            r#"{"and": [{">=": [{"-": [{"var": "turn.number"}, {"var": ["state.last_warning_turn", 0]}]}, 5]},
                        {"==": [{"%": [{"var": "turn.number"}, 4]}, 0]}]}"#,
        ),
        "C6" => Some(
            r#"{"some": [{"var": "history.tools"},
                         {"and": [{"==": [{"var": "name"}, "vault_search"]}, {"!": [{"var": "success"}]}]}]}"#,
        ),
        "C7" => Some(
            r#"{"and": [{">": [{"var": "turn.token_usage"}, 0.5]}, {"<": [{"var": "turn.context_usage"}, 0.9]},
                {">=": [{"var": "turn.number"}, 3]},
                {"or": [{"<": [{"var": "turn.iteration_count"}, 20]}, {"==": [{"var": "history.total_failures"}, 0]}]},
                {"!": [{"or": [{">": [{"var": "history.total_tool_calls"}, 500]},
                               {">": [{"var": "session.duration_seconds"}, 86400]}]}]},
                {"or": [{"==": [{"var": "project.id"}, "demo"]}, {"==": [{"var": "project.id"}, "default"]}]},
                {"!=": [{"var": "turn.number"}, 7]},
                {"or": [{"<": [{"var": "turn.token_usage"}, 0.95]}, {">": [{"var": "history.total_failures"}, 2]}]}]}"#,
        ),
        _ => None,
    }
}

/// A context that lives as long as the process.
fn bind(context: &Context) -> Result<&'static DataValue<'static>, String> {
    let arena: &'static Bump = Box::leak(Box::new(Bump::new()));
    let text: &'static str = Box::leak(context.json().to_string().into_boxed_str());
    Ok(arena.alloc(DataValue::from_str(text, arena).map_err(|error| format!("{error:?}"))?))
}

fn holds(session: &mut Session<'_>, logic: &Logic, bound: &'static DataValue<'static>) -> bool {
    session.eval_borrowed(logic, bound).is_ok_and(|truth| truth.as_bool() == Some(true))
}

impl Datalogic {
    pub(super) fn new() -> Datalogic {
        Datalogic { interpreter: Interpreter::new() }
    }

    fn rule(&self, set: RuleSet, at: usize) -> Result<Logic, String> {
        let (share, calls) = set.constants(at);
        let text = format!(
            r#"{{"and": [{{">": [{{"var": "turn.token_usage"}}, {share:?}]}}, {{">": [{{"var": "history.total_tool_calls"}}, {calls}]}}]}}"#
        );
        self.interpreter.compile(text.as_str()).map_err(said)
    }
}

impl Engine for Datalogic {
    fn name(&self) -> &'static str {
        "datalogic-rs"
    }

    fn version(&self) -> &'static str {
        "5.4"
    }

    fn prepare<'a>(&'a self, case: &Case, context: &'a Context) -> Result<Option<Runner<'a>>, String> {
        let Some(text) = condition(case) else { return Ok(None) };
        let logic = self.interpreter.compile(text).map_err(said)?;
        let bound = bind(context)?;
        let mut session = self.interpreter.session();
        let mut since = 0;
        Ok(Some(runner(move || {
            since += 1;
            if since == KEPT {
                since = 0;
                session.reset();
            }
            holds(&mut session, &logic, bound)
        })))
    }

    fn most_rules(&self) -> usize {
        100_000
    }

    fn rules<'a>(&'a self, set: RuleSet, context: &'a Context) -> Result<Option<Runner<'a>>, String> {
        let rules = compiled(set, |at| self.rule(set, at))?;
        let bound = bind(context)?;
        let mut session = self.interpreter.session();
        let expected = set.matches(context);
        Ok(Some(runner(move || {
            session.reset();
            rules.iter().filter(|rule| holds(&mut session, rule, bound)).count() == expected
        })))
    }

    fn keep<'a>(&'a self, set: RuleSet) -> Result<Option<Kept<'a>>, String> {
        kept(set, |at| self.rule(set, at))
    }

    fn binder<'a>(&'a self, context: &'a Context, from: Source) -> Option<Runner<'a>> {
        let parse = |text: &str| {
            let arena = Bump::new();
            DataValue::from_str(text, &arena).is_ok()
        };
        Some(match from {
            // It takes JSON or values made by hand.
            Source::Struct => bind_struct(context, move |context| {
                serde_json::to_string(context).is_ok_and(|text| parse(&text))
            }),
            Source::Json => bind_text(context, parse),
        })
    }

    fn compiler<'a>(&'a self, case: &'a Case) -> Option<Runner<'a>> {
        let text = condition(case)?;
        Some(runner(move || self.interpreter.compile(text).is_ok()))
    }
}
