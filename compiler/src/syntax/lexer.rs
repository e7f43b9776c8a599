//! Condition text to tokens. Never fails: what cannot be read becomes a token that the grammar refuses.

use super::literal::{self, Number};
use super::token::Kind;
use logos::Logos;
use std::ops::Range;

/// The tokens of a condition: kinds and byte ranges, side by side, because the grammar reads kinds only.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tokens {
    /// What each token is.
    pub(crate) kinds: Vec<Kind>,
    /// Where each token stands in the condition.
    pub(crate) places: Vec<Range<u32>>,
}

impl Tokens {
    /// The kind of a token.
    pub(crate) fn kind(&self, at: usize) -> Option<Kind> {
        self.kinds.get(at).copied()
    }
    /// The bytes of a token; an empty range at the end for positions past the last.
    pub(crate) fn place(&self, at: usize) -> Range<usize> {
        match self.places.get(at) {
            Some(it) => it.start as usize..it.end as usize,
            None => {
                let end = self.places.last().map_or(0, |it| it.end as usize);
                end..end
            }
        }
    }
    /// Adds a token.
    pub(crate) fn push(&mut self, kind: Kind, place: Range<usize>) {
        let clamp = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.kinds.push(kind);
        self.places.push(clamp(place.start)..clamp(place.end));
    }
}

/// Reads the tokens of a condition.
pub(crate) fn lex(text: &str) -> Tokens {
    let mut tokens = Tokens { kinds: Vec::with_capacity(24), places: Vec::with_capacity(24) };
    let mut lexer = Kind::lexer(text);
    let mut big: Option<usize> = None;
    while let Some(read) = lexer.next() {
        let slice = lexer.slice();
        let kind = match read {
            Ok(Kind::Int) => match literal::number(slice) {
                Ok(Number::Int(_)) => Kind::Int,
                Ok(Number::Float(_)) => Kind::Float,
                Ok(Number::MinMagnitude) => {
                    big = Some(tokens.kinds.len());
                    Kind::BadNumber
                }
                Err(_) => Kind::BadNumber,
            },
            Ok(Kind::Str) if slice.contains('\\') && literal::text(slice).is_err() => Kind::BadStr,
            Ok(Kind::Name) if slice.starts_with("__") => Kind::Dunder,
            Ok(kind) => kind,
            Err(()) => Kind::Odd,
        };
        tokens.push(kind, lexer.span());
    }
    if big.is_some() {
        join_min(text, &mut tokens);
    }
    tokens
}

/// Joins `-` and 2^63 into one number where the minus is a sign: only so does the smallest integer fit. Not before
/// what binds tighter than the sign.
fn join_min(text: &str, tokens: &mut Tokens) {
    let mut out = Tokens::default();
    for at in 0..tokens.kinds.len() {
        let Some(mut kind) = tokens.kind(at) else { continue };
        let mut place = tokens.place(at);
        let is_min = kind == Kind::BadNumber
            && text.get(place.clone()).map(literal::number) == Some(Ok(Number::MinMagnitude));
        let before = out.kinds.len().checked_sub(2).and_then(|it| out.kind(it));
        let signed = out.kinds.last() == Some(&Kind::Minus) && !before.is_some_and(Kind::ends_operand);
        let tighter =
            matches!(tokens.kind(at + 1), Some(Kind::StarStar | Kind::Dot | Kind::LBracket | Kind::LParen));
        if is_min && signed && !tighter {
            out.kinds.pop();
            if let Some(minus) = out.places.pop() {
                place.start = minus.start as usize;
            }
            kind = Kind::Int;
        }
        out.push(kind, place);
    }
    *tokens = out;
}
