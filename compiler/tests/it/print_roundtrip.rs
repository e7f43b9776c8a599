//! Printing: with few parentheses, and read again the same tree.

use oracle_compiler::diag::Sink;
use oracle_compiler::source::{OffsetMap, SourceId, Span};
use oracle_compiler::syntax::ast::{
    BinaryOp, Call, Clause, CmpLink, Comprehension, Expr, ExprKind, IfExpr, Name, SliceBounds, UnaryOp,
};
use oracle_compiler::syntax::{parse, print};
use oracle_vm::op::{CmpOp, Singleton};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

fn read(text: &str) -> Expr {
    let mut sink = Sink::default();
    let expr = parse(SourceId(0), text, &OffsetMap::identity(), &mut sink);
    assert_eq!(sink.diagnostics(), [], "{text}");
    expr.unwrap()
}

#[test]
fn parentheses_are_few() {
    let cases = [
        ("((a)) and ((b or c))", "a and (b or c)"),
        ("(a and b) and c", "(a and b) and c"),
        ("(2 ** 3) ** -(1)", "(2 ** 3) ** -1"),
        ("(-2) ** 2", "(-2) ** 2"),
        ("-(2 ** 2)", "-2 ** 2"),
        ("a - (b - c) - d", "a - (b - c) - d"),
        ("any((x for x in (a if b else c)))", "any(x for x in (a if b else c))"),
        ("not (a == b)", "not a == b"),
        ("(not a) == b", "(not a) == b"),
        ("'it\\'s' + \"\\\"\"", "\"it's\" + '\"'"),
        ("(1).x", "(1).x"),
        ("xs[(1):(2)]", "xs[1:2]"),
    ];
    for (text, expected) in cases {
        assert_eq!(print(&read(text)), expected);
    }
}

fn expr(kind: ExprKind) -> Expr {
    Expr { kind, span: Span::default() }
}

fn name() -> impl Strategy<Value = Name> {
    prop_oneof![Just("a"), Just("context"), Just("_x1"), Just("order"), Just("nothing")]
        .prop_map(|it| Name { text: it.to_owned(), span: Span::default() })
}

fn leaf() -> impl Strategy<Value = ExprKind> {
    prop_oneof![
        Just(ExprKind::None),
        any::<bool>().prop_map(ExprKind::Bool),
        (0..=i64::MAX).prop_map(ExprKind::Int),
        Just(ExprKind::Int(i64::MIN)),
        any::<f64>()
            .prop_filter("a literal is never NaN", |it| !it.is_nan())
            .prop_map(|it| ExprKind::Float(it.abs())),
        any::<String>().prop_map(ExprKind::Str),
        name().prop_map(|it| ExprKind::Name(it.text)),
    ]
}

fn link(right: Expr) -> impl Strategy<Value = (CmpLink, Expr)> {
    let cmp = proptest::sample::select(&CmpOp::ALL[..]).prop_map(move |op| (CmpLink::Cmp(op), right.clone()));
    let singleton = prop_oneof![
        Just((Singleton::None, ExprKind::None)),
        Just((Singleton::True, ExprKind::Bool(true))),
        Just((Singleton::False, ExprKind::Bool(false))),
    ];
    let is = (singleton, any::<bool>()).prop_map(|((which, kind), not)| {
        (if not { CmpLink::IsNot(which) } else { CmpLink::Is(which) }, expr(kind))
    });
    prop_oneof![3 => cmp, 1 => is]
}

fn comprehension(part: BoxedStrategy<Expr>) -> impl Strategy<Value = Box<Comprehension>> {
    let each = (vec(name(), 1..3), any::<bool>(), part.clone())
        .prop_map(|(targets, unpack, iter)| Clause::For {
            unpack: unpack || targets.len() > 1,
            targets,
            iter,
        })
        .boxed();
    let more = prop_oneof![each.clone(), part.clone().prop_map(Clause::If)];
    (part, each, vec(more, 0..3)).prop_map(|(element, first, mut clauses)| {
        clauses.insert(0, first);
        Box::new(Comprehension { element, clauses })
    })
}

fn tree() -> impl Strategy<Value = Expr> {
    let binary = [
        BinaryOp::Add,
        BinaryOp::Sub,
        BinaryOp::Mul,
        BinaryOp::Div,
        BinaryOp::FloorDiv,
        BinaryOp::Mod,
        BinaryOp::Pow,
    ];
    leaf().prop_map(expr).prop_recursive(5, 40, 4, move |part| {
        let part = part.boxed();
        let boxed = || part.clone().prop_map(Box::new);
        let optional = || option::of(part.clone());
        let unary = proptest::sample::select(vec![UnaryOp::Not, UnaryOp::Neg, UnaryOp::Pos]);
        prop_oneof![
            (boxed(), name()).prop_map(|(of, name)| ExprKind::Attribute(of, name)),
            (boxed(), boxed()).prop_map(|(of, index)| ExprKind::Index(of, index)),
            (boxed(), optional(), optional(), optional()).prop_map(|(of, from, to, step)| ExprKind::Slice(
                of,
                Box::new(SliceBounds { from, to, step })
            )),
            (name(), vec(part.clone(), 0..3), option::of(part.clone())).prop_map(|(callee, args, value)| {
                let keyword = Name { text: "key".into(), span: Span::default() };
                let keywords = value.map(|it| (keyword, it)).into_iter().collect();
                ExprKind::Call(Box::new(Call { callee: expr(ExprKind::Name(callee.text)), args, keywords }))
            }),
            (boxed(), name(), vec(part.clone(), 0..3)).prop_map(|(of, name, args)| {
                let callee = expr(ExprKind::Attribute(of, name));
                ExprKind::Call(Box::new(Call { callee, args, keywords: Vec::new() }))
            }),
            (unary, boxed()).prop_map(|(op, of)| ExprKind::Unary(op, of)),
            (proptest::sample::select(binary.to_vec()), boxed(), boxed())
                .prop_map(|(op, a, b)| ExprKind::Binary(op, a, b)),
            (boxed(), vec(part.clone().prop_flat_map(link), 1..4))
                .prop_map(|(first, links)| ExprKind::Compare(first, links)),
            vec(part.clone(), 2..4).prop_map(ExprKind::And),
            vec(part.clone(), 2..4).prop_map(ExprKind::Or),
            (part.clone(), part.clone(), part.clone())
                .prop_map(|(then, test, other)| ExprKind::If(Box::new(IfExpr { then, test, other }))),
            vec(part.clone(), 0..4).prop_map(ExprKind::List),
            vec(part.clone(), 0..4).prop_map(ExprKind::Tuple),
            comprehension(part.clone()).prop_map(ExprKind::ListComp),
            (name(), comprehension(part.clone())).prop_map(|(callee, it)| {
                let args = vec![expr(ExprKind::Generator(it))];
                let callee = expr(ExprKind::Name(callee.text));
                ExprKind::Call(Box::new(Call { callee, args, keywords: Vec::new() }))
            }),
        ]
        .prop_map(expr)
    })
}

/// A text before `%` is refused as formatting, though it has a tree.
fn formats(text: &str) -> bool {
    text.contains("' %") || text.contains("\" %")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_printed_reads_the_same(tree in tree()) {
        let text = print(&tree);
        prop_assume!(!formats(&text));
        prop_assert_eq!(read(&text), tree, "{}", text);
    }
}
