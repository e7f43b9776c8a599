//! Hostile shapes: rule sets made to be hard on an index. Whatever the shape, the hook program must give the answers of
//! asking each rule by itself, and take no longer.

use oracle_vm::hook::Hook;

use crate::cases::rule_file;
use crate::context::{Context, busy};

/// A rule set and the context that it meets.
#[derive(Debug)]
pub struct Shape {
    /// How tables call it.
    pub name: &'static str,
    /// How many rules there are.
    pub count: usize,
    /// The hook of all its rules.
    pub hook: Hook,
    condition: fn(usize) -> String,
    context: fn() -> Context,
}

/// Every shape.
pub const SHAPES: [Shape; 7] = [
    Shape {
        name: "hostile-all-match",
        count: 1_000,
        hook: Hook::OnTurnStart,
        condition: |at| {
            format!("context.turn.token_usage > {:?} and context.turn.number >= {}", below(at), at % 5)
        },
        context: busy,
    },
    Shape {
        name: "hostile-unindexable",
        count: 1_000,
        hook: Hook::OnTurnStart,
        condition: |at| {
            format!("(context.turn.number + {at}) * 2 - context.history.total_tool_calls == {}", at % 50)
        },
        context: busy,
    },
    Shape {
        name: "hostile-distinct-thresholds",
        count: 100_000,
        hook: Hook::OnTurnStart,
        condition: |at| {
            format!("context.turn.token_usage > {:?}", f64::from(small(at * 7_919 % 100_000)) / 50_000.0)
        },
        context: busy,
    },
    Shape {
        name: "hostile-nan-inf",
        count: 1_000,
        hook: Hook::OnTurnStart,
        condition: odd_bounds,
        context: busy,
    },
    Shape {
        name: "hostile-equal",
        count: 1_000,
        hook: Hook::OnTurnStart,
        condition: |at| format!("context.turn.token_usage > 0.8 and context.turn.number % {} == 1", at + 2),
        context: busy,
    },
    Shape {
        name: "hostile-long-text",
        count: 1_000,
        hook: Hook::OnToolComplete,
        condition: |at| format!("context.result.tool_name == '{}{at:04}'", "x".repeat(LONG)),
        context: || {
            let mut context = busy();
            if let Some(result) = &mut context.result {
                result.tool_name = format!("{}0500", "x".repeat(LONG));
            }
            context
        },
    },
    Shape {
        name: "hostile-nested-prefixes",
        count: 1_000,
        hook: Hook::OnToolComplete,
        condition: |at| format!("context.result.tool_name.startswith('{}')", "x".repeat(at + 1)),
        context: || {
            let mut context = busy();
            if let Some(result) = &mut context.result {
                // Behind all of them in the order of texts, though it starts with ten of them only.
                result.tool_name = format!("{}z", "x".repeat(10));
            }
            context
        },
    },
];

/// How long the texts are that differ only at their end.
const LONG: usize = 3_000;

impl Shape {
    /// The rule files.
    pub fn files(&self) -> impl Iterator<Item = String> + use<'_> {
        (0..self.count).map(|at| rule_file(at, self.hook, &(self.condition)(at)))
    }

    /// The context.
    pub fn context(&self) -> Context {
        (self.context)()
    }
}

/// A bound below the share of the busy context, another for each rule.
fn below(at: usize) -> f64 {
    0.5 + f64::from(small(at)) / 10_000.0
}

/// Bounds that are no numbers, or have none beside them, and two that are.
fn odd_bounds(at: usize) -> String {
    let slot = "context.turn.token_usage";
    let operator = ["<", "<=", ">", ">=", "==", "!="].get(at % 6).copied().unwrap_or("<");
    let bound = match at / 6 % 5 {
        0 => "float('nan')".to_owned(),
        1 => "float('inf')".to_owned(),
        2 => "float('-inf')".to_owned(),
        3 => "0.92".to_owned(),
        _ => format!("{:?}", below(at)),
    };
    format!("{slot} {operator} {bound} and context.history.total_tool_calls >= {}", at % 40)
}

fn small(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
