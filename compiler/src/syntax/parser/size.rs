//! The limits of a condition: checked on the tokens before the grammar recurses, and on the tree before later
//! stages do.

use super::super::ast::{Clause, Expr, ExprKind};
use super::super::lexer::Tokens;
use super::super::token::Kind;
use super::state::Place;
use crate::diag::{Code, Sink};
use crate::source::Span;
use oracle_vm::limits;

/// Whether the grammar can read the tokens within the limits. Counts what makes the grammar recurse: brackets,
/// signs and `not`, `**` and `else`, in the bracket they stand in.
pub(crate) fn tokens_fit(tokens: &Tokens, place: &Place<'_>, sink: &mut Sink) -> bool {
    // For each open bracket, the levels of nesting inside it so far.
    let mut open: Vec<usize> = vec![0];
    let mut depth = 0usize;
    let mut operands = 0usize;
    let mut postfix = 0usize;
    let mut before = None;
    for (at, &kind) in tokens.kinds.iter().enumerate() {
        let after_value = before.is_some_and(Kind::ends_operand);
        match kind {
            Kind::LParen | Kind::LBracket | Kind::LBrace => {
                depth += 1;
                open.push(0);
            }
            Kind::RParen | Kind::RBracket | Kind::RBrace => {
                depth = depth.saturating_sub(1 + open.pop().unwrap_or(0));
                if open.is_empty() {
                    open.push(0);
                }
            }
            Kind::StarStar | Kind::Else | Kind::Question => nest(&mut open, &mut depth),
            Kind::Not | Kind::Bang | Kind::Tilde if !after_value => nest(&mut open, &mut depth),
            Kind::Minus | Kind::Plus if !after_value => nest(&mut open, &mut depth),
            Kind::Comma | Kind::And | Kind::Or | Kind::For => {
                depth = depth.saturating_sub(open.last_mut().map_or(0, std::mem::take));
            }
            kind if kind.is_atom() => operands += 1,
            _ => {}
        }
        postfix = match kind {
            Kind::Dot => postfix + 1,
            Kind::LParen | Kind::LBracket if after_value => postfix + 1,
            Kind::Name | Kind::RParen | Kind::RBracket | Kind::Str | Kind::Int | Kind::LParen => postfix,
            _ => 0,
        };
        if depth > limits::NESTING || postfix > limits::NESTING {
            report_nesting(place.span(tokens.place(at)), limits::NESTING, sink);
            return false;
        }
        if operands > limits::NODES {
            report_nodes(place.span(tokens.place(at)), sink);
            return false;
        }
        before = Some(kind);
    }
    true
}

fn nest(open: &mut [usize], depth: &mut usize) {
    *depth += 1;
    if let Some(inside) = open.last_mut() {
        *inside += 1;
    }
}

fn report_nesting(span: Span, limit: usize, sink: &mut Sink) {
    sink.report(Code::TooDeep, span, format!("the condition is nested deeper than {limit} levels"))
        .label("this goes too deep")
        .help("split the condition over several rules, or join parts with `and`, `or`, `any(...)` or `in [...]`");
}

fn report_nodes(span: Span, sink: &mut Sink) {
    sink.report(Code::TooManyNodes, span, format!("the condition has more than {} parts", limits::NODES))
        .label("the limit is passed here")
        .help("compare with a list (`x in [...]`), or keep the values in a setting of the plugin");
}

/// Whether later stages can take the tree: not too many nodes, not too deep.
pub(crate) fn tree_fits(tree: &Expr, sink: &mut Sink) -> bool {
    let mut measure = Measure { nodes: 0, too_deep: None };
    measure.expr(tree, 1);
    if let Some(span) = measure.too_deep {
        report_nesting(span, limits::HEIGHT, sink);
        return false;
    }
    if measure.nodes > limits::NODES {
        report_nodes(tree.span, sink);
        return false;
    }
    true
}

struct Measure {
    nodes: usize,
    too_deep: Option<Span>,
}

impl Measure {
    fn expr(&mut self, expr: &Expr, height: usize) {
        self.nodes += 1;
        if height > limits::HEIGHT {
            self.too_deep.get_or_insert(expr.span);
            return;
        }
        let below = height + 1;
        match &expr.kind {
            ExprKind::Attribute(of, _) | ExprKind::Unary(_, of) => self.expr(of, below),
            ExprKind::Index(a, b) | ExprKind::Binary(_, a, b) => {
                self.expr(a, below);
                self.expr(b, below);
            }
            ExprKind::Slice(of, bounds) => {
                self.expr(of, below);
                for part in [&bounds.from, &bounds.to, &bounds.step].into_iter().flatten() {
                    self.expr(part, below);
                }
            }
            ExprKind::Call(call) => {
                self.expr(&call.callee, below);
                call.args.iter().for_each(|it| self.expr(it, below));
                call.keywords.iter().for_each(|(_, it)| self.expr(it, below));
            }
            ExprKind::Compare(first, links) => {
                self.expr(first, below);
                links.iter().for_each(|(_, it)| self.expr(it, below));
            }
            ExprKind::And(parts) | ExprKind::Or(parts) | ExprKind::List(parts) | ExprKind::Tuple(parts) => {
                parts.iter().for_each(|it| self.expr(it, below));
            }
            ExprKind::If(it) => {
                self.expr(&it.then, below);
                self.expr(&it.test, below);
                self.expr(&it.other, below);
            }
            ExprKind::ListComp(it) | ExprKind::Generator(it) => {
                self.expr(&it.element, below);
                for clause in &it.clauses {
                    match clause {
                        Clause::For { iter, .. } => self.expr(iter, below),
                        Clause::If(test) => self.expr(test, below),
                    }
                }
            }
            ExprKind::None
            | ExprKind::Bool(_)
            | ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Str(_)
            | ExprKind::Name(_)
            | ExprKind::Error => {}
        }
    }
}
