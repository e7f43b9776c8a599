//! Known mistakes: a walk over tokens that the grammar refused. Each mistake is reported once, in the words of
//! whoever made it, and replaced by something the grammar accepts, so that one mistake causes one message and the
//! rest of the condition is still read. Runs only after the grammar failed: what it reports is never valid.

mod brackets;
mod characters;
mod literals;
mod operators;
mod words;

use super::lexer::Tokens;
use super::parser::Place;
use super::token::Kind;
use crate::diag::{Code, Diagnostic, Sink};
use crate::source::Span;
use brackets::Frame;
use std::ops::Range;

/// Reports the known mistakes in the tokens; what comes back is without them.
pub(crate) fn run(tokens: &Tokens, place: Place<'_>, sink: &mut Sink) -> Tokens {
    let mut walk =
        Walk { tokens, place, sink, out: Tokens::default(), at: 0, frames: vec![Frame::top()], torn: false };
    while let Some(kind) = tokens.kind(walk.at) {
        walk.step(kind);
    }
    walk.finish();
    walk.out
}

/// The walk.
struct Walk<'a, 's> {
    tokens: &'a Tokens,
    place: Place<'a>,
    sink: &'s mut Sink,
    /// The mended tokens.
    out: Tokens,
    /// The token in work.
    at: usize,
    /// The open brackets, around them the condition itself.
    frames: Vec<Frame>,
    /// A text without its closing quote swallowed what followed, maybe closing brackets.
    torn: bool,
}

impl<'a> Walk<'a, '_> {
    fn step(&mut self, kind: Kind) {
        let value = self.after_value();
        match kind {
            Kind::LParen | Kind::LBracket => self.open(kind),
            Kind::RParen | Kind::RBracket => self.close(kind),
            Kind::LBrace | Kind::RBrace => self.brace(kind),
            Kind::Odd => self.odd(),
            Kind::OpenStr
            | Kind::PrefixStr
            | Kind::SmartStr
            | Kind::BadNumber
            | Kind::BadStr
            | Kind::Dunder => {
                self.bad_literal(kind);
            }
            _ if self.out.kinds.last() == Some(&Kind::Dot) => self.after_dot(kind),
            Kind::Name if self.word(value) => {}
            kind if kind.is_atom() => self.operand(kind),
            Kind::Assign => self.assign(value),
            Kind::Is => self.is(value),
            Kind::Not => self.not(value),
            Kind::If | Kind::Else | Kind::For => self.structure(kind, value),
            Kind::Comma => self.comma(value),
            Kind::Colon => self.colon(value),
            Kind::Minus | Kind::Plus if !value => self.keep(),
            Kind::Percent if self.out.kinds.last() == Some(&Kind::Str) => self.formatting(),
            Kind::Plus | Kind::Minus | Kind::Dot => self.infix(value),
            kind if kind.is_infix() => self.infix(value),
            _ => self.foreign(kind, value),
        }
    }

    /// Whether a value stands before the token in work.
    fn after_value(&self) -> bool {
        self.out.kinds.last().is_some_and(|it| it.ends_operand())
    }

    /// Takes the token as it is.
    fn keep(&mut self) {
        if let Some(kind) = self.tokens.kind(self.at) {
            self.put(kind);
        }
        self.at += 1;
    }

    /// Puts a token of this kind at the place of the one in work.
    fn put(&mut self, kind: Kind) {
        self.out.push(kind, self.tokens.place(self.at));
    }

    /// Puts something for a value that was reported, with an operator before it when one is missing.
    fn put_bad_operand(&mut self) {
        if self.out.kinds.last() == Some(&Kind::Dot) {
            self.out.kinds.pop();
            self.out.places.pop();
        }
        if self.after_value() {
            self.put(Kind::BadInfix);
        }
        self.put(Kind::BadOperand);
    }

    /// Puts something for an operator that was reported, with a value before it when one is missing.
    fn put_bad_infix(&mut self) {
        if !self.after_value() {
            self.put(Kind::BadOperand);
        }
        self.put(Kind::BadInfix);
    }

    fn bytes(&self, tokens: Range<usize>) -> Range<usize> {
        let start = self.tokens.place(tokens.start).start;
        start..self.tokens.place(tokens.end.saturating_sub(1).max(tokens.start)).end.max(start)
    }
    fn span(&self, tokens: Range<usize>) -> Span {
        self.place.span(self.bytes(tokens))
    }
    fn text(&self, tokens: Range<usize>) -> &'a str {
        self.place.slice(self.bytes(tokens))
    }
    fn here(&self) -> Span {
        self.span(self.at..self.at + 1)
    }
    fn word_here(&self) -> &'a str {
        self.text(self.at..self.at + 1)
    }
    fn next(&self) -> Option<Kind> {
        self.tokens.kind(self.at + 1)
    }
    fn report(&mut self, code: Code, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        self.sink.report(code, span, message)
    }

    /// A value by itself.
    fn operand(&mut self, kind: Kind) {
        if self.after_value() {
            self.missing_operator(kind);
        }
        self.keep();
    }

    /// Two values side by side.
    fn missing_operator(&mut self, kind: Kind) {
        let here = self.here();
        let texts = kind == Kind::Str && self.out.kinds.last() == Some(&Kind::Str);
        let word = self.word_here();
        let before = self.out.places.last().map(|it| self.place.span(it.start as usize..it.end as usize));
        let message = format!("an operator is missing before `{}`", shorten(word));
        let diagnostic = self.report(Code::MissingOperator, here, message);
        if let Some(before) = before {
            diagnostic.also(before, "this value ends here");
        }
        diagnostic.label("and another begins here").help(match texts {
            true => "join texts with `+`; inside a text write a quote as `\\'` or `\\\"`",
            false => "write `and`, `or` or a comparison between them; text needs quotes",
        });
        self.put(Kind::BadInfix);
    }

    /// An operator, a closing bracket or the end where a value should be.
    fn missing_value(&mut self, before_end: bool) {
        let operator = self.out.places.last().map(|it| it.start as usize..it.end as usize);
        let operator = operator.filter(|it| !it.is_empty());
        let found = self.word_here();
        let after = operator.clone().map(|it| self.place.slice(it)).unwrap_or_default();
        let (span, message) = match operator {
            Some(operator) if before_end || !after.is_empty() && found.is_empty() => {
                (self.place.span(operator), format!("a value is missing after `{after}`"))
            }
            Some(_) => (self.here(), format!("a value is missing between `{after}` and `{found}`")),
            None => (self.here(), format!("a value is missing before `{found}`")),
        };
        self.report(Code::MissingValue, span, message).help("write a value there, or remove the operator");
        self.out.push(Kind::BadOperand, self.tokens.place(self.at));
    }

    fn after_dot(&mut self, kind: Kind) {
        if kind == Kind::Name {
            return self.keep();
        }
        let here = self.here();
        let word = self.word_here();
        let is_word = word.chars().all(|it| it.is_ascii_alphabetic());
        let diagnostic = match is_word {
            true => self.report(
                Code::MissingValue,
                here,
                format!("`{word}` is a word of the language, not a field"),
            ),
            false => {
                self.report(Code::MissingValue, here, format!("a name is missing between `.` and `{word}`"))
            }
        };
        match is_word {
            true => diagnostic.help(format!("a key with this name is read with brackets: `[\"{word}\"]`")),
            false => diagnostic.help("write the field's name after the dot"),
        };
        self.out.kinds.pop();
        self.out.places.pop();
        self.put_bad_operand();
        if is_word || kind.is_atom() {
            self.at += 1;
        }
    }

    /// The end: what is still missing.
    fn finish(&mut self) {
        if !self.after_value() {
            if self.out.kinds.last() == Some(&Kind::Dot) {
                let dot = self.out.places.last().map_or(0..0, |it| it.start as usize..it.end as usize);
                let span = self.place.span(dot);
                self.report(Code::MissingValue, span, "a name is missing after `.`")
                    .help("write the field's name after the dot");
                self.put_bad_operand();
            } else if !self.just_opened() && self.out.kinds.last() != Some(&Kind::Comma) {
                self.missing_value(true);
            }
        }
        self.close_all();
        self.end_of_frame();
    }
}

/// User text for a message, cut when long.
fn shorten(text: &str) -> String {
    if text.chars().count() <= 40 {
        text.to_owned()
    } else {
        text.chars().take(37).collect::<String>() + "..."
    }
}
