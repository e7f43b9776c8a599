//! The tree back to text, with the fewest parentheses that keep its meaning. Recurses as deep as the tree, which
//! the parser bounds.

use super::ast::{BinaryOp, Clause, CmpLink, Comprehension, Expr, ExprKind, SliceBounds, UnaryOp};
use oracle_vm::op::Singleton;

/// The text of an expression. Read again it gives the same tree, but for trees with an [`ExprKind::Error`], which
/// is written `<error>`, and floats that no literal can write.
pub fn print(expr: &Expr) -> String {
    let mut out = String::new();
    put(&mut out, expr, Level::If);
    out
}

/// How tightly a form binds, loosest first; what is looser than its place needs gets parentheses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    If,
    Or,
    And,
    Not,
    Compare,
    Sum,
    Term,
    Sign,
    Power,
    Postfix,
}

impl Level {
    fn of(kind: &ExprKind) -> Level {
        match kind {
            ExprKind::If(_) => Level::If,
            ExprKind::Or(_) => Level::Or,
            ExprKind::And(_) => Level::And,
            ExprKind::Unary(UnaryOp::Not, _) => Level::Not,
            ExprKind::Compare(..) => Level::Compare,
            ExprKind::Binary(BinaryOp::Add | BinaryOp::Sub, ..) => Level::Sum,
            ExprKind::Binary(BinaryOp::Pow, ..) => Level::Power,
            ExprKind::Binary(..) => Level::Term,
            ExprKind::Unary(..) => Level::Sign,
            ExprKind::Int(value) if *value < 0 => Level::Sign,
            ExprKind::Float(value) if value.is_sign_negative() => Level::Sign,
            _ => Level::Postfix,
        }
    }
    fn tighter(self) -> Level {
        match self {
            Level::If => Level::Or,
            Level::Or => Level::And,
            Level::And => Level::Not,
            Level::Not => Level::Compare,
            Level::Compare => Level::Sum,
            Level::Sum => Level::Term,
            Level::Term => Level::Sign,
            Level::Sign => Level::Power,
            Level::Power | Level::Postfix => Level::Postfix,
        }
    }
}

/// Writes an expression where only forms of `level` or tighter may stand.
fn put(out: &mut String, expr: &Expr, level: Level) {
    let own = Level::of(&expr.kind);
    if own < level {
        out.push('(');
        put_kind(out, &expr.kind, own);
        out.push(')');
    } else {
        put_kind(out, &expr.kind, own);
    }
}

fn put_kind(out: &mut String, kind: &ExprKind, level: Level) {
    match kind {
        ExprKind::None => out.push_str("None"),
        ExprKind::Bool(true) => out.push_str("True"),
        ExprKind::Bool(false) => out.push_str("False"),
        ExprKind::Int(value) => out.push_str(&value.to_string()),
        ExprKind::Float(value) => put_float(out, *value),
        ExprKind::Str(text) => put_text(out, text),
        ExprKind::Name(name) => out.push_str(name),
        ExprKind::Attribute(of, name) => {
            put_of(out, of);
            out.push('.');
            out.push_str(&name.text);
        }
        ExprKind::Index(of, index) => {
            put_of(out, of);
            out.push('[');
            put(out, index, Level::If);
            out.push(']');
        }
        ExprKind::Slice(of, bounds) => {
            put_of(out, of);
            put_bounds(out, bounds);
        }
        ExprKind::Call(call) => {
            put_of(out, &call.callee);
            put_arguments(out, &call.args, &call.keywords);
        }
        ExprKind::Unary(op, of) => {
            out.push_str(match op {
                UnaryOp::Not => "not ",
                UnaryOp::Neg => "-",
                UnaryOp::Pos => "+",
            });
            // `-9223372036854775808` is one number: keep the sign and the number apart.
            match (&of.kind, op) {
                (ExprKind::Int(value), UnaryOp::Neg | UnaryOp::Pos) if *value < 0 => {
                    put(out, of, Level::Power)
                }
                _ => put(out, of, level),
            }
        }
        ExprKind::Binary(op, left, right) => put_binary(out, *op, left, right, level),
        ExprKind::Compare(first, links) => {
            put(out, first, Level::Sum);
            links.iter().for_each(|(link, right)| put_link(out, *link, right));
        }
        ExprKind::And(parts) => put_joined(out, parts, " and ", Level::Not),
        ExprKind::Or(parts) => put_joined(out, parts, " or ", Level::And),
        ExprKind::If(it) => {
            put(out, &it.then, Level::Or);
            out.push_str(" if ");
            put(out, &it.test, Level::Or);
            out.push_str(" else ");
            put(out, &it.other, Level::If);
        }
        ExprKind::List(parts) => {
            out.push('[');
            put_joined(out, parts, ", ", Level::If);
            out.push(']');
        }
        ExprKind::Tuple(parts) => {
            out.push('(');
            put_joined(out, parts, ", ", Level::If);
            out.push_str(if parts.len() == 1 { ",)" } else { ")" });
        }
        ExprKind::ListComp(it) => {
            out.push('[');
            put_comprehension(out, it);
            out.push(']');
        }
        ExprKind::Generator(it) => {
            out.push('(');
            put_comprehension(out, it);
            out.push(')');
        }
        ExprKind::Error => out.push_str("<error>"),
    }
}

/// What stands before `.`, `[` or `(`. A number there would swallow the dot.
fn put_of(out: &mut String, of: &Expr) {
    match of.kind {
        ExprKind::Int(_) | ExprKind::Float(_) => {
            out.push('(');
            put(out, of, Level::If);
            out.push(')');
        }
        _ => put(out, of, Level::Postfix),
    }
}

fn put_binary(out: &mut String, op: BinaryOp, left: &Expr, right: &Expr, level: Level) {
    let (left_level, right_level) = match op {
        BinaryOp::Pow => (Level::Postfix, Level::Sign),
        _ => (level, level.tighter()),
    };
    put(out, left, left_level);
    out.push(' ');
    out.push_str(op.symbol());
    out.push(' ');
    put(out, right, right_level);
}

fn put_link(out: &mut String, link: CmpLink, right: &Expr) {
    let singleton = |which| match which {
        Singleton::None => "None",
        Singleton::True => "True",
        Singleton::False => "False",
    };
    out.push(' ');
    match link {
        CmpLink::Cmp(op) => {
            out.push_str(op.symbol());
            out.push(' ');
            put(out, right, Level::Sum);
        }
        CmpLink::Is(which) => {
            out.push_str("is ");
            out.push_str(singleton(which));
        }
        CmpLink::IsNot(which) => {
            out.push_str("is not ");
            out.push_str(singleton(which));
        }
    }
}

fn put_joined(out: &mut String, parts: &[Expr], between: &str, level: Level) {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            out.push_str(between);
        }
        put(out, part, level);
    }
}

fn put_bounds(out: &mut String, bounds: &SliceBounds) {
    let bound = |out: &mut String, it: &Option<Expr>| {
        if let Some(it) = it {
            put(out, it, Level::If);
        }
    };
    out.push('[');
    bound(out, &bounds.from);
    out.push(':');
    bound(out, &bounds.to);
    if bounds.step.is_some() {
        out.push(':');
        bound(out, &bounds.step);
    }
    out.push(']');
}

fn put_arguments(out: &mut String, args: &[Expr], keywords: &[(super::ast::Name, Expr)]) {
    out.push('(');
    match args {
        [Expr { kind: ExprKind::Generator(it), .. }] if keywords.is_empty() => put_comprehension(out, it),
        _ => put_joined(out, args, ", ", Level::If),
    }
    for (at, (name, value)) in keywords.iter().enumerate() {
        if at > 0 || !args.is_empty() {
            out.push_str(", ");
        }
        out.push_str(&name.text);
        out.push('=');
        put(out, value, Level::If);
    }
    out.push(')');
}

fn put_comprehension(out: &mut String, it: &Comprehension) {
    put(out, &it.element, Level::If);
    for clause in &it.clauses {
        match clause {
            Clause::For { targets, unpack, iter } => {
                out.push_str(" for ");
                let names: Vec<&str> = targets.iter().map(|it| it.text.as_str()).collect();
                out.push_str(&names.join(", "));
                if *unpack && targets.len() == 1 {
                    out.push(',');
                }
                out.push_str(" in ");
                put(out, iter, Level::Or);
            }
            Clause::If(test) => {
                out.push_str(" if ");
                put(out, test, Level::Or);
            }
        }
    }
}

/// The shortest literal that reads as this float; infinities as a literal that overflows to them.
fn put_float(out: &mut String, value: f64) {
    if value.is_infinite() {
        out.push_str(if value > 0.0 { "1e999" } else { "-1e999" });
    } else {
        out.push_str(&format!("{value:?}"));
    }
}

fn put_text(out: &mut String, text: &str) {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    out.push(quote);
    for character in text.chars() {
        match character {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\\' => out.push_str("\\\\"),
            it if it == quote => {
                out.push('\\');
                out.push(it);
            }
            it if it.is_control() => out.push_str(&format!("\\x{:02x}", u32::from(it))),
            it => out.push(it),
        }
    }
    out.push(quote);
}
