//! The conditions that everybody is measured on.

use oracle_vm::hook::Hook;

/// One condition.
#[derive(Debug)]
pub struct Case {
    /// How tables call it.
    pub name: &'static str,
    /// The condition in our language.
    pub condition: &'static str,
    /// The hook that a rule with this condition would run at.
    pub hook: Hook,
}

/// C1 to C7, from one comparison to twelve, with text, state and a loop between.
pub const CASES: [Case; 7] = [
    Case { name: "C1", condition: "context.turn.token_usage > 0.8", hook: Hook::OnTurnStart },
    Case {
        name: "C2",
        condition: "context.turn.token_usage > 0.8 and context.history.total_tool_calls > 5",
        hook: Hook::OnTurnStart,
    },
    Case {
        name: "C3",
        condition: "context.result is not None and context.result.success \
                    and len(context.result.result or '') > 2000",
        hook: Hook::OnToolComplete,
    },
    Case {
        name: "C4",
        condition: "context.result.tool_name == 'vault_search' or 'search' in context.result.tool_name",
        hook: Hook::OnToolComplete,
    },
    Case {
        name: "C5",
        condition: "context.turn.number - int(context.state.get('last_warning_turn', 0)) >= 5 \
                    and context.turn.number % 4 == 0",
        hook: Hook::OnTurnStart,
    },
    Case {
        name: "C6",
        condition: "any(t.name == 'vault_search' and not t.success for t in context.history.tools)",
        hook: Hook::OnTurnStart,
    },
    Case {
        name: "C7",
        condition: "context.turn.token_usage > 0.5 and context.turn.context_usage < 0.9 \
                    and context.turn.number >= 3 \
                    and (context.turn.iteration_count < 20 or context.history.total_failures == 0) \
                    and not (context.history.total_tool_calls > 500 or context.session.duration_seconds > 86400.0) \
                    and (context.project.id == 'demo' or context.project.id == 'default') \
                    and context.turn.number != 7 \
                    and (context.turn.token_usage < 0.95 or context.history.total_failures > 2)",
        hook: Hook::OnTurnStart,
    },
];

/// The case with this name.
pub fn case(name: &str) -> Option<&'static Case> {
    CASES.iter().find(|case| case.name == name)
}

/// The text of rule `at` of a set like C2 with different constants: one in a hundred holds on
/// [`crate::context::busy`].
pub fn ruleset_condition(at: usize) -> String {
    let (threshold, calls) = ruleset_constants(at);
    format!("context.turn.token_usage > {threshold:?} and context.history.total_tool_calls > {calls}")
}

/// The constants of rule `at`: a token share and a number of calls.
pub fn ruleset_constants(at: usize) -> (f64, i64) {
    let spread = u32::try_from(at % 997).unwrap_or(0);
    let share = f64::from(spread) / 10_000.0;
    let calls = i64::from(spread % 20);
    if at.is_multiple_of(100) { (0.5 + share, calls) } else { (0.93 + share / 2.0, calls) }
}

/// The rule file of rule `at` of that set.
pub fn ruleset_file(at: usize) -> String {
    format!(
        "[rule]\nid = \"rule-{at}\"\ntrigger = \"on_turn_start\"\npriority = {}\n\n[condition]\nexpression = \"{}\"\n\n\
         [action]\ntype = \"notify_self\"\nmessage = \"Rule {at}: {{{{ context.turn.number }}}}\"\n",
        at % 1000 + 1,
        ruleset_condition(at)
    )
}
