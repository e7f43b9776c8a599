//! What the grammar expected and did not find, in operators' words.

use super::super::lexer::Tokens;
use super::super::token::Kind;
use super::state::Place;
use crate::diag::{Code, Sink};
use chumsky::DefaultExpected;
use chumsky::error::{Error, LabelError};
use chumsky::util::MaybeRef;

/// An error of the grammar: where, and the kinds it could have gone on with as a set of bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unexpected {
    /// The token; one past the last at the end.
    pub(crate) at: usize,
    /// Bit n: the kind with number n.
    pub(crate) expected: u128,
}

impl Unexpected {
    /// Whether this kind would have been right.
    pub(crate) fn wants(&self, kind: Kind) -> bool {
        self.expected & bit(kind) != 0
    }
}

fn bit(kind: Kind) -> u128 {
    1u128.checked_shl(kind as u32).unwrap_or(0)
}

type Input<'a> = &'a [Kind];

fn set<'a>(expected: impl IntoIterator<Item = DefaultExpected<'a, Kind>>) -> u128 {
    expected.into_iter().fold(0, |set, it| match it {
        DefaultExpected::Token(kind) => set | bit(*kind),
        _ => set,
    })
}

impl<'a> Error<'a, Input<'a>> for Unexpected {
    fn merge(self, other: Self) -> Self {
        Unexpected { at: self.at, expected: self.expected | other.expected }
    }
}

impl<'a> LabelError<'a, Input<'a>, DefaultExpected<'a, Kind>> for Unexpected {
    fn expected_found<E: IntoIterator<Item = DefaultExpected<'a, Kind>>>(
        expected: E,
        _found: Option<MaybeRef<'a, Kind>>,
        span: chumsky::span::SimpleSpan,
    ) -> Self {
        Unexpected { at: span.start, expected: set(expected) }
    }
    fn merge_expected_found<E: IntoIterator<Item = DefaultExpected<'a, Kind>>>(
        self,
        expected: E,
        _found: Option<MaybeRef<'a, Kind>>,
        _span: chumsky::span::SimpleSpan,
    ) -> Self {
        Unexpected { at: self.at, expected: self.expected | set(expected) }
    }
    fn replace_expected_found<E: IntoIterator<Item = DefaultExpected<'a, Kind>>>(
        self,
        expected: E,
        _found: Option<MaybeRef<'a, Kind>>,
        span: chumsky::span::SimpleSpan,
    ) -> Self {
        Unexpected { at: span.start, expected: set(expected) }
    }
}

/// Reports what the grammar did not understand.
pub(crate) fn report(errors: &[Unexpected], tokens: &Tokens, place: &Place<'_>, sink: &mut Sink) {
    for error in errors {
        let bytes = tokens.place(error.at);
        let found = place.slice(bytes.clone());
        let message = match found {
            "" => "the condition ends too early".to_owned(),
            found => format!("`{found}` makes no sense here"),
        };
        let expected = expectations(error);
        let help = match expected.as_slice() {
            [] => "remove it, or write an operator before it".to_owned(),
            [.., _] => format!("here may follow {}", expected.join(", ")),
        };
        sink.report(Code::UnexpectedToken, place.span(bytes), message).help(help);
    }
}

/// What could have followed, in the order of the table and not too much of it.
fn expectations(error: &Unexpected) -> Vec<&'static str> {
    const NAMES: &[(Kind, &str)] = &[
        (Kind::LParen, "a value"),
        (Kind::Name, "a name"),
        (Kind::In, "`in`"),
        (Kind::Else, "`else`"),
        (Kind::RParen, "`)`"),
        (Kind::RBracket, "`]`"),
        (Kind::And, "`and` or `or`"),
        (Kind::None, "`None`, `True` or `False`"),
    ];
    let mut names: Vec<&'static str> =
        NAMES.iter().filter(|(kind, _)| error.wants(*kind)).map(|(_, name)| *name).collect();
    names.truncate(4);
    names
}
