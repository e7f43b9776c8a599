//! What the grammar's actions know besides the tokens' kinds.

use super::super::lexer::Tokens;
use crate::diag::Sink;
use crate::source::{OffsetMap, SourceId, Span};
use std::ops::Range;

/// The text of a condition and where it stands.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) source: SourceId,
    pub(crate) text: &'a str,
    pub(crate) map: &'a OffsetMap,
}

impl<'a> Place<'a> {
    /// The span in the file of bytes of the condition.
    pub(crate) fn span(&self, bytes: Range<usize>) -> Span {
        self.map.span(self.source, bytes.start, bytes.end)
    }
    /// The text of bytes of the condition.
    pub(crate) fn slice(&self, bytes: Range<usize>) -> &'a str {
        self.text.get(bytes).unwrap_or_default()
    }
}

/// What the grammar's actions read, and where they complain.
pub(crate) struct State<'a> {
    pub(crate) tokens: &'a Tokens,
    pub(crate) place: Place<'a>,
    /// Complaints about what the grammar accepts and the language does not. The grammar never tries a second way
    /// through tokens that an action has seen, so each is made once.
    pub(crate) sink: Sink,
}

impl<'a> State<'a> {
    /// The bytes of a range of tokens.
    pub(crate) fn bytes(&self, tokens: Range<usize>) -> Range<usize> {
        let start = self.tokens.place(tokens.start).start;
        let end = self.tokens.place(tokens.end.max(tokens.start + 1) - 1).end;
        start..end.max(start)
    }
    /// The span in the file of a range of tokens.
    pub(crate) fn span(&self, tokens: Range<usize>) -> Span {
        self.place.span(self.bytes(tokens))
    }
    /// The text of a token.
    pub(crate) fn slice(&self, token: usize) -> &'a str {
        self.place.slice(self.tokens.place(token))
    }
}
