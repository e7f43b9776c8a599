//! What an expression reads of params and state, and a number that tells expressions apart.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::Span;
use crate::syntax::ast::{Clause, Comprehension, Expr, ExprKind};

/// Params and keys of the state that expressions read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reads {
    /// Names of params.
    pub params: BTreeSet<String>,
    /// Keys of the state, with the place of one of the reads.
    pub state_keys: BTreeMap<String, Span>,
    /// Whether the state is read by keys that are known only at run time.
    pub any_state: bool,
    /// The same for expressions that were written alike, and hardly ever for others: of their names and constants.
    pub mark: u64,
}

impl Reads {
    /// What expressions read.
    pub fn of<'a>(exprs: impl IntoIterator<Item = &'a Expr>) -> Reads {
        let mut reads = Reads::default();
        exprs.into_iter().for_each(|expr| reads.add(expr));
        reads
    }

    /// Adds what an expression reads.
    pub fn add(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::None | ExprKind::Error => {}
            ExprKind::Bool(it) => self.note(&[u8::from(*it)]),
            ExprKind::Int(it) => self.note(&it.to_le_bytes()),
            ExprKind::Float(it) => self.note(&it.to_bits().to_le_bytes()),
            ExprKind::Str(it) | ExprKind::Name(it) => self.note(it.as_bytes()),
            ExprKind::Attribute(of, name) => {
                self.note(name.text.as_bytes());
                if is_name(of, "params") {
                    self.params.insert(name.text.clone());
                }
                self.any_state |= is_state(of);
                self.add(of);
            }
            ExprKind::Index(of, index) => {
                if let (true, ExprKind::Str(key)) = (is_name(of, "params"), &index.kind) {
                    self.params.insert(key.clone());
                }
                self.add(of);
                self.add(index);
            }
            ExprKind::Slice(of, bounds) => {
                self.add(of);
                [&bounds.from, &bounds.to, &bounds.step].into_iter().flatten().for_each(|it| self.add(it));
            }
            ExprKind::Call(call) => {
                match (&call.callee.kind, call.args.first().map(|it| &it.kind)) {
                    (ExprKind::Attribute(of, _), Some(ExprKind::Str(key))) if is_state(of) => {
                        self.state_keys.insert(key.clone(), expr.span);
                    }
                    _ => self.add(&call.callee),
                }
                call.args.iter().for_each(|it| self.add(it));
                call.keywords.iter().for_each(|(_, it)| self.add(it));
            }
            ExprKind::Unary(_, of) => self.add(of),
            ExprKind::Binary(_, a, b) => {
                self.add(a);
                self.add(b);
            }
            ExprKind::Compare(first, rest) => {
                self.add(first);
                rest.iter().for_each(|(_, it)| self.add(it));
            }
            ExprKind::And(items) | ExprKind::Or(items) | ExprKind::List(items) | ExprKind::Tuple(items) => {
                items.iter().for_each(|it| self.add(it));
            }
            ExprKind::If(it) => [&it.then, &it.test, &it.other].into_iter().for_each(|it| self.add(it)),
            ExprKind::ListComp(it) | ExprKind::Generator(it) => self.comprehension(it),
        }
    }

    /// Adds to the mark (FNV-1a).
    fn note(&mut self, bytes: &[u8]) {
        for byte in bytes.iter().chain([&0xff]) {
            self.mark = (self.mark ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn comprehension(&mut self, it: &Comprehension) {
        self.add(&it.element);
        for clause in &it.clauses {
            match clause {
                Clause::For { iter, .. } => self.add(iter),
                Clause::If(test) => self.add(test),
            }
        }
    }
}

/// Whether the expression is this name.
pub(super) fn is_name(expr: &Expr, name: &str) -> bool {
    matches!(&expr.kind, ExprKind::Name(it) if it == name)
}

/// Whether the expression is this part of the context, with or without the prefix.
pub(super) fn is_part(expr: &Expr, part: &str) -> bool {
    match &expr.kind {
        ExprKind::Attribute(of, name) => name.text == part && is_name(of, "context"),
        _ => is_name(expr, part),
    }
}

fn is_state(expr: &Expr) -> bool {
    is_part(expr, "state")
}
