//! The grammar, loosest operator first, one function a level. It reads kinds of tokens only and needs no second
//! look at any of them but for keyword arguments.

use super::super::ast::{
    BinaryOp, Clause, CmpLink, Comprehension, Expr, ExprKind, IfExpr, Name, SliceBounds, UnaryOp,
};
use super::super::lexer::Tokens;
use super::super::literal::{self, Number};
use super::super::token::Kind;
use super::arguments::{Argument, call};
use super::error::Unexpected;
use super::state::{Place, State};
use crate::diag::{Code, Sink};
use chumsky::extra::{Full, SimpleState};
use chumsky::input::MapExtra;
use chumsky::prelude::*;
use oracle_vm::op::{CmpOp, Singleton};

type Input<'a> = &'a [Kind];
type Extra<'a> = Full<Unexpected, SimpleState<State<'a>>, ()>;
type At<'a, 'b> = MapExtra<'a, 'b, Input<'a>, Extra<'a>>;
type Rule<'a, T> = Boxed<'a, 'a, Input<'a>, T, Extra<'a>>;

trait Grammar<'a, T>: Parser<'a, Input<'a>, T, Extra<'a>> + Clone + 'a {}
impl<'a, T, P: Parser<'a, Input<'a>, T, Extra<'a>> + Clone + 'a> Grammar<'a, T> for P {}

/// Runs the grammar over the tokens. Complaints of its actions go to `sink`; what it cannot read comes back.
pub(crate) fn run(tokens: &Tokens, place: &Place<'_>, sink: &mut Sink) -> (Option<Expr>, Vec<Unexpected>) {
    let mut state = SimpleState(State { tokens, place: *place, sink: Sink::default() });
    let (tree, errors) =
        condition().parse_with_state(tokens.kinds.as_slice(), &mut state).into_output_errors();
    sink.extend(state.0.sink);
    (tree, errors)
}

fn condition<'a>() -> impl Parser<'a, Input<'a>, Expr, Extra<'a>> {
    // `recursive` hands out weak handles, so that a grammar is freed after use.
    recursive(|expr| {
        let inner = expr.clone();
        let test = recursive(move |test| or_test(comparison(arithmetic(postfix(inner, test)))));
        conditional(expr, test)
    })
}

/// A node over the tokens just read.
fn node<'a>(kind: ExprKind, e: &mut At<'a, '_>) -> Expr {
    let tokens: SimpleSpan = e.span();
    Expr { kind, span: e.state().span(tokens.into_range()) }
}

/// `a if c else b`
fn conditional<'a>(expr: impl Grammar<'a, Expr>, test: impl Grammar<'a, Expr>) -> impl Grammar<'a, Expr> {
    let rest = just(Kind::If).ignore_then(test.clone()).then_ignore(just(Kind::Else)).then(expr);
    test.then(rest.or_not()).map_with(|(then, rest), e| match rest {
        Some((test, other)) => node(ExprKind::If(Box::new(IfExpr { then, test, other })), e),
        None => then,
    })
}

/// `or`, `and`, `not`
fn or_test<'a>(comparison: impl Grammar<'a, Expr>) -> impl Grammar<'a, Expr> {
    let not = just(Kind::Not).map_with(|_, e| first_token(e)).repeated().foldr_with(
        comparison,
        |not, operand, e| {
            let tokens: SimpleSpan = e.span();
            let span = e.state().span(not..tokens.end);
            Expr { kind: ExprKind::Unary(UnaryOp::Not, Box::new(operand)), span }
        },
    );
    let and = joined(not, Kind::And, ExprKind::And);
    joined(and, Kind::Or, ExprKind::Or)
}

/// `a op b op c` as one node; a single operand as it is.
fn joined<'a>(
    operand: impl Grammar<'a, Expr>,
    op: Kind,
    make: fn(Vec<Expr>) -> ExprKind,
) -> impl Grammar<'a, Expr> {
    let rest = just(op).ignore_then(operand.clone()).repeated().collect::<Vec<_>>();
    operand.then(rest).map_with(move |(first, mut rest), e| {
        if rest.is_empty() {
            return first;
        }
        rest.insert(0, first);
        node(make(rest), e)
    })
}

/// The number of the first token just read.
fn first_token<'a>(e: &mut At<'a, '_>) -> usize {
    let tokens: SimpleSpan = e.span();
    tokens.start
}

/// `a < b <= c`, `in`, `is`
fn comparison<'a>(sum: Rule<'a, Expr>) -> Rule<'a, Expr> {
    let plain = select! {
        Kind::Eq => CmpOp::Eq,
        Kind::Ne => CmpOp::Ne,
        Kind::Lt => CmpOp::Lt,
        Kind::Le => CmpOp::Le,
        Kind::Gt => CmpOp::Gt,
        Kind::Ge => CmpOp::Ge,
        Kind::In => CmpOp::In,
    };
    let not_in = just([Kind::Not, Kind::In]).to(CmpOp::NotIn);
    let link = plain.or(not_in).then(sum.clone()).map(|(op, right)| (CmpLink::Cmp(op), right));
    let singleton = select! {
        Kind::None => Singleton::None,
        Kind::True => Singleton::True,
        Kind::False => Singleton::False,
    }
    .map_with(|which, e| {
        let kind = match which {
            Singleton::None => ExprKind::None,
            Singleton::True => ExprKind::Bool(true),
            Singleton::False => ExprKind::Bool(false),
        };
        (which, node(kind, e))
    });
    let is =
        just(Kind::Is).ignore_then(just(Kind::Not).or_not()).then(singleton).map(|(not, (which, right))| {
            let link = if not.is_some() { CmpLink::IsNot(which) } else { CmpLink::Is(which) };
            (link, right)
        });
    let wrong = just(Kind::BadInfix)
        .ignore_then(sum.clone())
        .to(())
        .map_with(|(), e| (CmpLink::Cmp(CmpOp::Eq), node(ExprKind::Error, e)));
    let links = choice((link, is, wrong)).repeated().collect::<Vec<_>>();
    sum.then(links)
        .map_with(|(first, links), e| match links.is_empty() {
            true => first,
            false => node(ExprKind::Compare(Box::new(first), links), e),
        })
        .boxed()
}

/// `+ -`, `* / // %`, signs and `**`
fn arithmetic<'a>(operand: Rule<'a, Expr>) -> Rule<'a, Expr> {
    let sign = select! {
        Kind::Minus => Some(UnaryOp::Neg),
        Kind::Plus => Some(UnaryOp::Pos),
        Kind::BadPrefix => None,
    };
    let factor = recursive(move |factor| {
        let power = operand.then(just(Kind::StarStar).ignore_then(factor).or_not()).map_with(
            |(base, exponent), e| match exponent {
                Some(exponent) => binary(base, BinaryOp::Pow, exponent, e),
                None => base,
            },
        );
        sign.map_with(|sign, e| (sign, first_token(e))).repeated().foldr_with(
            power,
            |(sign, at), operand, e| {
                let tokens: SimpleSpan = e.span();
                let span = e.state().span(at..tokens.end);
                let kind = sign.map_or(ExprKind::Error, |it| ExprKind::Unary(it, Box::new(operand)));
                Expr { kind, span }
            },
        )
    });
    let times = select! {
        Kind::Star => BinaryOp::Mul,
        Kind::Slash => BinaryOp::Div,
        Kind::SlashSlash => BinaryOp::FloorDiv,
        Kind::Percent => BinaryOp::Mod,
    };
    let term = factor.clone().foldl_with(times.then(factor).repeated(), |l, (op, r), e| binary(l, op, r, e));
    let plus = select! { Kind::Plus => BinaryOp::Add, Kind::Minus => BinaryOp::Sub };
    let term = term.boxed();
    term.clone().foldl_with(plus.then(term).repeated(), |l, (op, r), e| binary(l, op, r, e)).boxed()
}

fn binary<'a>(left: Expr, op: BinaryOp, right: Expr, e: &mut At<'a, '_>) -> Expr {
    node(ExprKind::Binary(op, Box::new(left), Box::new(right)), e)
}

/// What comes after a value, such as `.name`.
enum Postfix {
    Attribute(Name),
    Index(Subscript),
    Call(Vec<Argument>),
}

/// `[index]` or `[from:to:step]`
enum Subscript {
    Index(Expr),
    Slice(SliceBounds),
}

/// Calls, attributes, indexes and slices.
fn postfix<'a>(expr: impl Grammar<'a, Expr>, test: impl Grammar<'a, Expr>) -> Rule<'a, Expr> {
    let attribute = just(Kind::Dot).ignore_then(name()).map(Postfix::Attribute);
    let colon = || just(Kind::Colon).ignore_then(expr.clone().or_not());
    let slice = colon().then(colon().or_not()).map(|(to, step)| (to, step.flatten()));
    let subscript = choice((
        expr.clone().then(slice.clone().or_not()).map(|(first, rest)| match rest {
            Some((to, step)) => Subscript::Slice(SliceBounds { from: Some(first), to, step }),
            None => Subscript::Index(first),
        }),
        slice.map(|(to, step)| Subscript::Slice(SliceBounds { from: None, to, step })),
    ));
    let index = subscript.delimited_by(just(Kind::LBracket), just(Kind::RBracket)).map(Postfix::Index);
    let keyword = name().then_ignore(just(Kind::Assign)).then(expr.clone());
    let clauses = clauses(test);
    let positional =
        expr.clone().then(clauses.clone().or_not()).map_with(|(value, clauses), e| match clauses {
            Some(clauses) => {
                let comprehension = Box::new(Comprehension { element: value, clauses });
                node(ExprKind::Generator(comprehension), e)
            }
            None => value,
        });
    let argument = choice((
        keyword.map(|(name, value)| Argument { keyword: Some(name), value }),
        positional.map(|value| Argument { keyword: None, value }),
    ));
    let arguments = argument
        .separated_by(just(Kind::Comma))
        .allow_trailing()
        .collect::<Vec<_>>()
        .delimited_by(just(Kind::LParen), just(Kind::RParen));
    let call = arguments.map(Postfix::Call);
    atom(expr, clauses).foldl_with(choice((attribute, call, index)).repeated(), apply).boxed()
}

fn apply<'a>(of: Expr, postfix: Postfix, e: &mut At<'a, '_>) -> Expr {
    let kind = match postfix {
        Postfix::Attribute(name) => ExprKind::Attribute(Box::new(of), name),
        Postfix::Index(Subscript::Index(index)) => ExprKind::Index(Box::new(of), Box::new(index)),
        Postfix::Index(Subscript::Slice(bounds)) => ExprKind::Slice(Box::new(of), Box::new(bounds)),
        Postfix::Call(arguments) => {
            let sink = &mut e.state().0.sink;
            if matches!(of.kind, ExprKind::None | ExprKind::Bool(_) | ExprKind::Int(_) | ExprKind::Float(_)) {
                sink.report(Code::CallOfLiteral, of.span, "a constant is not a function")
                    .help("remove the parentheses after it; for a product write `*`");
            }
            call(of, arguments, sink)
        }
    };
    node(kind, e)
}

/// `for a, b in xs if c`: one `for`, then any of both.
fn clauses<'a>(test: impl Grammar<'a, Expr>) -> impl Grammar<'a, Vec<Clause>> {
    let names = name()
        .separated_by(just(Kind::Comma))
        .at_least(1)
        .collect::<Vec<_>>()
        .then(just(Kind::Comma).or_not())
        .map(|(names, comma)| (names.len() > 1 || comma.is_some(), names));
    let bare =
        name().separated_by(just(Kind::Comma)).at_least(1).allow_trailing().collect::<Vec<_>>().map_with(
            |names, e| {
                let tokens: SimpleSpan = e.span();
                (tokens.end - tokens.start > 1, names)
            },
        );
    let targets = bare.or(names.delimited_by(just(Kind::LParen), just(Kind::RParen)));
    let each = just(Kind::For)
        .ignore_then(targets)
        .then_ignore(just(Kind::In))
        .then(test.clone())
        .map(|((unpack, targets), iter)| Clause::For { targets, unpack, iter });
    let when = just(Kind::If).ignore_then(test).map(Clause::If);
    each.clone().then(choice((each, when)).repeated().collect::<Vec<_>>()).map(|(first, mut rest)| {
        rest.insert(0, first);
        rest
    })
}

fn name<'a>() -> impl Grammar<'a, Name> {
    just(Kind::Name).map_with(|_, e| {
        let at = first_token(e);
        let state = e.state();
        Name { text: state.slice(at).to_owned(), span: state.span(at..at + 1) }
    })
}

/// Literals, names, parentheses and lists.
fn atom<'a>(expr: impl Grammar<'a, Expr>, clauses: impl Grammar<'a, Vec<Clause>>) -> impl Grammar<'a, Expr> {
    let plain = any()
        .filter(|it| {
            matches!(
                it,
                Kind::Name
                    | Kind::Int
                    | Kind::Float
                    | Kind::Str
                    | Kind::None
                    | Kind::True
                    | Kind::False
                    | Kind::BadOperand
            )
        })
        .map_with(|kind, e| {
            let at = first_token(e);
            let kind = literal_kind(kind, e.state().slice(at));
            node(kind, e)
        });
    choice((plain, parenthesised(expr.clone(), clauses.clone()), list(expr, clauses)))
}

fn literal_kind(kind: Kind, text: &str) -> ExprKind {
    match kind {
        Kind::Name => ExprKind::Name(text.to_owned()),
        Kind::None => ExprKind::None,
        Kind::True => ExprKind::Bool(true),
        Kind::False => ExprKind::Bool(false),
        Kind::Str => literal::text(text).map_or(ExprKind::Error, ExprKind::Str),
        Kind::Int if text.starts_with('-') => ExprKind::Int(i64::MIN),
        Kind::Int | Kind::Float => match literal::number(text) {
            Ok(Number::Int(value)) => ExprKind::Int(value),
            Ok(Number::Float(value)) => ExprKind::Float(value),
            _ => ExprKind::Error,
        },
        _ => ExprKind::Error,
    }
}

/// `(a)`, `(a, b)`, `()`, `(x for x in xs)`
fn parenthesised<'a>(
    expr: impl Grammar<'a, Expr>,
    clauses: impl Grammar<'a, Vec<Clause>>,
) -> impl Grammar<'a, Expr> {
    let more = just(Kind::Comma)
        .ignore_then(expr.clone().separated_by(just(Kind::Comma)).allow_trailing().collect::<Vec<_>>());
    enum Rest {
        Tuple(Vec<Expr>),
        Generator(Vec<Clause>),
    }
    let rest = choice((more.map(Rest::Tuple), clauses.map(Rest::Generator)));
    expr.then(rest.or_not()).or_not().delimited_by(just(Kind::LParen), just(Kind::RParen)).map_with(
        |inside, e| match inside {
            None => node(ExprKind::Tuple(Vec::new()), e),
            Some((only, None)) => only,
            Some((first, Some(Rest::Tuple(mut rest)))) => {
                rest.insert(0, first);
                node(ExprKind::Tuple(rest), e)
            }
            Some((element, Some(Rest::Generator(clauses)))) => {
                node(ExprKind::Generator(Box::new(Comprehension { element, clauses })), e)
            }
        },
    )
}

/// `[a, b]`, `[x for x in xs]`
fn list<'a>(expr: impl Grammar<'a, Expr>, clauses: impl Grammar<'a, Vec<Clause>>) -> impl Grammar<'a, Expr> {
    let more = just(Kind::Comma)
        .ignore_then(expr.clone().separated_by(just(Kind::Comma)).allow_trailing().collect::<Vec<_>>());
    let inside =
        choice((expr.then(choice((clauses.map(Err), more.map(Ok))).or_not()).map(Some), empty().to(None)));
    inside.delimited_by(just(Kind::LBracket), just(Kind::RBracket)).map_with(|inside, e| {
        let kind = match inside {
            None => ExprKind::List(Vec::new()),
            Some((first, None)) => ExprKind::List(vec![first]),
            Some((first, Some(Ok(mut rest)))) => {
                rest.insert(0, first);
                ExprKind::List(rest)
            }
            Some((element, Some(Err(clauses)))) => {
                ExprKind::ListComp(Box::new(Comprehension { element, clauses }))
            }
        };
        node(kind, e)
    })
}
