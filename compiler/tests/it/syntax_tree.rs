//! Precedence and shape: each condition beside its tree in prefix form.

use oracle_compiler::diag::Sink;
use oracle_compiler::source::{OffsetMap, SourceId};
use oracle_compiler::syntax::ast::{Clause, CmpLink, Expr, ExprKind, SliceBounds, UnaryOp};
use oracle_compiler::syntax::parse;

fn all(parts: &[Expr]) -> String {
    parts.iter().map(tree).collect::<Vec<_>>().join(" ")
}

fn clauses(clauses: &[Clause]) -> String {
    let one = |it: &Clause| match it {
        Clause::For { targets, unpack, iter } => {
            let names = targets.iter().map(|it| it.text.as_str()).collect::<Vec<_>>().join(",");
            format!("(for {names}{} {})", if *unpack { "*" } else { "" }, tree(iter))
        }
        Clause::If(test) => format!("(if {})", tree(test)),
    };
    clauses.iter().map(one).collect::<Vec<_>>().join(" ")
}

fn link(link: &CmpLink) -> String {
    match link {
        CmpLink::Cmp(op) => op.symbol().to_owned(),
        CmpLink::Is(_) => "is".to_owned(),
        CmpLink::IsNot(_) => "is not".to_owned(),
    }
}

fn bounds(it: &SliceBounds) -> String {
    [&it.from, &it.to, &it.step].map(|it| it.as_ref().map_or("_".to_owned(), tree)).join(":")
}

/// The tree in prefix form.
fn tree(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::None => "None".into(),
        ExprKind::Bool(it) => format!("{it}"),
        ExprKind::Int(it) => format!("{it}"),
        ExprKind::Float(it) => format!("{it:?}"),
        ExprKind::Str(it) => format!("{it:?}"),
        ExprKind::Name(it) => it.clone(),
        ExprKind::Attribute(of, name) => format!("(. {} {})", tree(of), name.text),
        ExprKind::Index(of, index) => format!("([] {} {})", tree(of), tree(index)),
        ExprKind::Slice(of, it) => format!("([:] {} {})", tree(of), bounds(it)),
        ExprKind::Call(call) => {
            let keywords: String =
                call.keywords.iter().map(|(name, it)| format!(" {}={}", name.text, tree(it))).collect();
            format!("(call {} [{}]{keywords})", tree(&call.callee), all(&call.args))
        }
        ExprKind::Unary(UnaryOp::Not, it) => format!("(not {})", tree(it)),
        ExprKind::Unary(UnaryOp::Neg, it) => format!("(- {})", tree(it)),
        ExprKind::Unary(UnaryOp::Pos, it) => format!("(+ {})", tree(it)),
        ExprKind::Binary(op, a, b) => format!("({} {} {})", op.symbol(), tree(a), tree(b)),
        ExprKind::Compare(first, links) => {
            let rest: String = links.iter().map(|(op, it)| format!(" {} {}", link(op), tree(it))).collect();
            format!("(cmp {}{rest})", tree(first))
        }
        ExprKind::And(parts) => format!("(and {})", all(parts)),
        ExprKind::Or(parts) => format!("(or {})", all(parts)),
        ExprKind::If(it) => format!("(if {} {} {})", tree(&it.test), tree(&it.then), tree(&it.other)),
        ExprKind::List(parts) => format!("[{}]", all(parts)),
        ExprKind::Tuple(parts) => format!("(tuple {})", all(parts)),
        ExprKind::ListComp(it) => format!("[{} {}]", tree(&it.element), clauses(&it.clauses)),
        ExprKind::Generator(it) => format!("(gen {} {})", tree(&it.element), clauses(&it.clauses)),
        ExprKind::Error => "<error>".into(),
    }
}

/// The tree of a condition that has nothing wrong.
fn read(text: &str) -> String {
    let mut sink = Sink::default();
    let expr = parse(SourceId(0), text, &OffsetMap::identity(), &mut sink);
    assert_eq!(sink.diagnostics(), [], "{text}");
    tree(&expr.unwrap())
}

#[test]
fn precedence_is_pythons() {
    let cases = [
        ("a or b and not c == d + e * -f ** g", "(or a (and b (not (cmp c == (+ d (* e (- (** f g))))))))"),
        ("-2**2", "(- (** 2 2))"),
        ("2**-1", "(** 2 (- 1))"),
        ("2**3**2", "(** 2 (** 3 2))"),
        ("2**-3*4", "(* (** 2 (- 3)) 4)"),
        ("a-b-c", "(- (- a b) c)"),
        ("a//b%c/d", "(/ (% (// a b) c) d)"),
        ("--+x", "(- (- (+ x)))"),
        ("a and b and c", "(and a b c)"),
        ("(a and b) and c", "(and (and a b) c)"),
        ("not not a", "(not (not a))"),
        ("not a in b", "(not (cmp a in b))"),
        ("a < b <= c != d", "(cmp a < b <= c != d)"),
        ("(a < b) < c", "(cmp (cmp a < b) < c)"),
        ("a not in b in c", "(cmp a not in b in c)"),
        ("a is None is not True", "(cmp a is None is not true)"),
        ("a if b else c if d else e", "(if b a (if d c e))"),
        ("(a if b else c) if d else e", "(if d (if b a c) e)"),
        ("a.b.c(d)[1].e", "(. ([] (call (. (. a b) c) [d]) 1) e)"),
        ("-a.b**2", "(- (** (. a b) 2))"),
        ("'a' .b", "(. \"a\" b)"),
    ];
    for (text, expected) in cases {
        assert_eq!(read(text), expected, "{text}");
    }
}

#[test]
fn every_form_is_read() {
    let cases = [
        ("[]", "[]"),
        ("[a, b,]", "[a b]"),
        ("()", "(tuple )"),
        ("(a,)", "(tuple a)"),
        ("(a, b)", "(tuple a b)"),
        ("x in ('a', 'b',)", "(cmp x in (tuple \"a\" \"b\"))"),
        ("xs[1]", "([] xs 1)"),
        ("xs[:]", "([:] xs _:_:_)"),
        ("xs[1:]", "([:] xs 1:_:_)"),
        ("xs[::-1]", "([:] xs _:_:(- 1))"),
        ("xs[a:b:c]", "([:] xs a:b:c)"),
        ("xs[a if b else c:]", "([:] xs (if b a c):_:_)"),
        ("f()", "(call f [])"),
        ("f(a, k=b,)", "(call f [a] k=b)"),
        ("min(xs, default=a if b else c)", "(call min [xs] default=(if b a c))"),
        ("[x for x in xs if x if y]", "[x (for x xs) (if x) (if y)]"),
        (
            "any(n >= 3 for k, n in m.items())",
            "(call any [(gen (cmp n >= 3) (for k,n* (call (. m items) [])))])",
        ),
        ("any(k for (k, v) in m)", "(call any [(gen k (for k,v* m))])"),
        ("any(k for k, in m)", "(call any [(gen k (for k* m))])"),
        ("[a for x in y for z in x or w if c]", "[a (for x y) (for z (or x w)) (if c)]"),
        ("any((x for x in xs))", "(call any [(gen x (for x xs))])"),
        ("a # and b\n  == 1", "(cmp a == 1)"),
        ("none or null or true and false", "(or None None (and true false))"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("1 - -9223372036854775808", "(- 1 -9223372036854775808)"),
        ("\u{feff}a", "a"),
        ("[1_000, 0xff, .5, 5., 1e5, '\\x41']", "[1000 255 0.5 5.0 100000.0 \"A\"]"),
    ];
    for (text, expected) in cases {
        assert_eq!(read(text.trim_start_matches('\u{feff}')), expected, "{text}");
    }
}

#[test]
fn spans_cover_what_was_written() {
    let text = "not (a + b) * c if xs[1:2] else f(x, k=-y)";
    let mut sink = Sink::default();
    let expr = parse(SourceId(0), text, &OffsetMap::shifted(100, text.len()), &mut sink).unwrap();
    let shown = |expr: &Expr| text[expr.span.start as usize - 100..expr.span.end as usize - 100].to_owned();
    let ExprKind::If(it) = &expr.kind else { panic!() };
    assert_eq!(shown(&expr), text);
    assert_eq!(shown(&it.then), "not (a + b) * c");
    let ExprKind::Unary(_, product) = &it.then.kind else { panic!() };
    assert_eq!(shown(product), "(a + b) * c");
    let ExprKind::Binary(_, sum, _) = &product.kind else { panic!() };
    assert_eq!(shown(sum), "a + b");
    assert_eq!(shown(&it.test), "xs[1:2]");
    let ExprKind::Call(call) = &it.other.kind else { panic!() };
    assert_eq!(shown(&call.keywords[0].1), "-y");
}
