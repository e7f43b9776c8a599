//! What a run covered.

use std::collections::BTreeMap;

use super::expr::{Clause, Form, Node};
use super::signatures::{FUNCTIONS, METHODS};

/// Counts by name.
#[derive(Debug, Default)]
pub struct Stats {
    /// How often each kind of node, operator, function and method stood in an accepted expression.
    pub nodes: BTreeMap<String, u64>,
    /// How often each other thing happened.
    pub events: BTreeMap<String, u64>,
}

/// The names under which the parts of a node are counted.
pub fn names(node: &Node) -> Vec<String> {
    let args = |count: usize, keyword: &Option<&'static str>| match keyword {
        Some(keyword) => format!("{count} {keyword}="),
        None => count.to_string(),
    };
    match &node.form {
        Form::Atom(_, kind) => vec![format!("leaf {kind}")],
        Form::Unary(op) => vec![format!("unary {op}")],
        Form::Binary(op) => vec![format!("binary {op}")],
        Form::Compare(ops) => {
            let mut names: Vec<String> = ops.iter().map(|op| format!("compare {op}")).collect();
            if ops.len() > 1 {
                names.push("compare chain".into());
            }
            names
        }
        Form::Slice(given) => vec![if given[2] { "slice with step".into() } else { "slice".into() }],
        Form::Attr(_) => vec!["attribute".into()],
        Form::Call(name, keyword) => vec![format!("function {name}/{}", args(node.kids.len(), keyword))],
        Form::Method(name, keyword) => vec![format!("method {name}/{}", args(node.kids.len() - 1, keyword))],
        Form::Comp(generator, clauses) => comprehension(*generator, clauses),
        Form::And => vec!["and".into()],
        Form::Or => vec!["or".into()],
        Form::If => vec!["conditional".into()],
        Form::List => vec!["list".into()],
        Form::Tuple => vec!["tuple".into()],
        Form::Index => vec!["index".into()],
    }
}

fn comprehension(generator: bool, clauses: &[Clause]) -> Vec<String> {
    let mut names = vec![if generator { "generator".to_string() } else { "list comprehension".to_string() }];
    let loops = clauses.iter().filter(|it| matches!(it, Clause::For(_))).count();
    if loops > 1 {
        names.push("several for clauses".into());
    }
    if clauses.contains(&Clause::If) {
        names.push("if clause".into());
    }
    if clauses.iter().any(|it| matches!(it, Clause::For(targets) if targets.len() > 1)) {
        names.push("tuple target".into());
    }
    names
}

impl Stats {
    /// Counts an event.
    pub fn count(&mut self, what: impl Into<String>, times: u64) {
        *self.events.entry(what.into()).or_default() += times;
    }

    /// Counts the nodes of an accepted expression.
    pub fn cover(&mut self, node: &Node) {
        node.walk(&mut |node| {
            for name in names(node) {
                *self.nodes.entry(name).or_default() += 1;
            }
        });
    }

    /// Adds what another run counted.
    pub fn add(&mut self, other: Stats) {
        for (name, count) in other.nodes {
            *self.nodes.entry(name).or_default() += count;
        }
        for (name, count) in other.events {
            *self.events.entry(name).or_default() += count;
        }
    }

    /// What should have been covered and was not.
    pub fn missing(&self) -> Vec<String> {
        let mut wanted: Vec<String> = ALWAYS.iter().map(|it| (*it).to_string()).collect();
        for (name, receiver, args, _) in FUNCTIONS.iter().chain(METHODS) {
            let kind = if receiver.is_some() { "method" } else { "function" };
            let keyword = args.iter().find_map(|arg| match arg {
                super::signatures::A::Keyword(name, _) => Some(format!(" {name}=")),
                _ => None,
            });
            wanted.push(format!("{kind} {name}/{}{}", args.len(), keyword.unwrap_or_default()));
        }
        wanted.retain(|name| !self.nodes.contains_key(name));
        wanted.sort();
        wanted.dedup();
        wanted
    }
}

const ALWAYS: &[&str] = &[
    "leaf int",
    "leaf int hex",
    "leaf float",
    "leaf special float",
    "leaf bool",
    "leaf None",
    "leaf text",
    "leaf text \\x",
    "leaf text \\u",
    "leaf text \\U",
    "leaf path",
    "leaf input",
    "leaf variable",
    "leaf pattern",
    "leaf singleton",
    "unary not",
    "unary -",
    "unary +",
    "binary +",
    "binary -",
    "binary *",
    "binary /",
    "binary //",
    "binary %",
    "binary **",
    "compare <",
    "compare <=",
    "compare >",
    "compare >=",
    "compare ==",
    "compare !=",
    "compare in",
    "compare not in",
    "compare is",
    "compare is not",
    "compare chain",
    "slice",
    "slice with step",
    "index",
    "attribute",
    "and",
    "or",
    "conditional",
    "list",
    "tuple",
    "list comprehension",
    "generator",
    "several for clauses",
    "if clause",
    "tuple target",
    "function reversed/1",
    "method keys/0",
    "method values/0",
    "method items/0",
    "method has/1",
];
