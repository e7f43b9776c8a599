//! The conditions that everybody is measured on.

use oracle_vm::hook::Hook;

use crate::context::Context;

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

/// Many rules like C2, each with constants of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleSet {
    /// How many rules there are.
    pub count: usize,
    /// Of how many rules one holds on [`crate::context::busy`].
    pub one_in: usize,
}

impl RuleSet {
    /// The set of which one rule in a hundred holds.
    pub fn one_in_a_hundred(count: usize) -> RuleSet {
        RuleSet { count, one_in: 100 }
    }

    /// The set of which ten rules hold, however many there are.
    pub fn ten_hold(count: usize) -> RuleSet {
        RuleSet { count, one_in: count / 10 }
    }

    /// The constants of rule `at`: a token share with nine decimals and a number of calls. No two of the first
    /// 100,000 rules have the same share.
    pub fn constants(self, at: usize) -> (f64, i64) {
        let [spread, lap] = [at % 997, at / 997].map(|it| u32::try_from(it).unwrap_or(0));
        let billionths = if at.is_multiple_of(self.one_in) {
            500_000_000 + spread * 100_000 + lap * 400
        } else {
            930_000_000 + spread * 50_000 + lap * 400
        };
        (f64::from(billionths) / 1e9, i64::from(spread % 20))
    }

    /// The text of rule `at`.
    pub fn condition(self, at: usize) -> String {
        let (share, calls) = self.constants(at);
        format!("context.turn.token_usage > {share:?} and context.history.total_tool_calls > {calls}")
    }

    /// The rule file of rule `at`.
    pub fn file(self, at: usize) -> String {
        rule_file(at, Hook::OnTurnStart, &self.condition(at))
    }

    /// How many of the rules hold on a context.
    pub fn matches(self, context: &Context) -> usize {
        let holds = |(share, calls): &(f64, i64)| {
            context.turn.token_usage > *share && context.history.total_tool_calls > *calls
        };
        (0..self.count).map(|at| self.constants(at)).filter(holds).count()
    }
}

/// The rule file of rule `at` of a set of which one rule in a hundred holds.
pub fn ruleset_file(at: usize) -> String {
    RuleSet::one_in_a_hundred(0).file(at)
}

/// The condition in [`ruleset_file`].
pub fn ruleset_condition(at: usize) -> String {
    RuleSet::one_in_a_hundred(0).condition(at)
}

/// A rule file with a notification.
pub fn rule_file(at: usize, hook: Hook, condition: &str) -> String {
    format!(
        "[rule]\nid = \"rule-{at}\"\ntrigger = \"{}\"\npriority = {}\n\n[condition]\nexpression = \"{condition}\"\n\n\
         [action]\ntype = \"notify_self\"\nmessage = \"Rule {at}: {{{{ context.turn.number }}}}\"\n",
        hook.name(),
        at % 1000 + 1,
    )
}
