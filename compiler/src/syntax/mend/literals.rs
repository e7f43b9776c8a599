//! Numbers and texts that cannot be read, and names that are not for conditions.

use super::{Walk, shorten};
use crate::diag::Code;
use crate::syntax::literal::{self, EscapeError, NumberError};
use crate::syntax::token::Kind;

impl Walk<'_, '_> {
    pub(super) fn bad_literal(&mut self, kind: Kind) {
        match kind {
            Kind::OpenStr => self.open_text(),
            Kind::PrefixStr => self.prefixed_text(),
            Kind::SmartStr => self.smart_quotes(),
            Kind::BadNumber => self.bad_number(),
            Kind::BadStr => self.bad_escape(),
            _ => {
                let (here, word) = (self.here(), self.word_here());
                self.report(Code::DoubleUnderscore, here, format!("`{word}` begins with two underscores"))
                    .help("names of Python's machinery are not part of conditions: read fields of `context`");
            }
        }
        self.put_bad_operand();
        self.at += 1;
    }

    fn open_text(&mut self) {
        let place = self.tokens.place(self.at);
        let quote = self.word_here().chars().next().unwrap_or('"');
        let span = self.place.span(place.start..place.start + quote.len_utf8());
        let end = self.place.span(place.end..place.end);
        self.torn = true;
        self.report(Code::UnclosedText, span, "the text has no closing quote")
            .label("the text begins here")
            .help("a text ends on the line it begins; write a line end as `\\n`")
            .suggest(format!("write `{quote}` where the text ends"), end, quote);
    }

    fn prefixed_text(&mut self) {
        let (here, word) = (self.here(), self.word_here());
        let letters = word.split(['"', '\'']).next().unwrap_or_default();
        let lower = letters.to_ascii_lowercase();
        let text = word.get(letters.len()..).unwrap_or_default().to_owned();
        let diagnostic =
            self.report(Code::PrefixedText, here, format!("texts have no `{letters}` before the quote"));
        if lower.contains('f') {
            diagnostic.help("join texts with `+`: `'turn ' + str(context.turn.number)`");
        } else if lower == "u" {
            diagnostic.fix("remove the letter", here, text);
        } else if lower.contains('b') {
            diagnostic.help("there are no bytes in conditions: write plain text");
        } else {
            diagnostic.help("write each backslash twice: `'\\\\d+'`");
            if !text.contains('\\') {
                diagnostic.fix("remove the letter", here, text);
            }
        }
    }

    fn smart_quotes(&mut self) {
        let (here, word) = (self.here(), self.word_here());
        let inside: String = word.chars().skip(1).collect();
        let inside: String = inside.chars().take(inside.chars().count().saturating_sub(1)).collect();
        let quote = if inside.contains('"') { '\'' } else { '"' };
        let diagnostic = self
            .report(Code::SmartQuotes, here, format!("{} has typographic quotes", quoted(word)))
            .label("these quotes come from a word processor");
        let plain = !inside.contains(['\\', quote]);
        let text = format!("{quote}{inside}{quote}");
        match plain {
            true => diagnostic.fix("write plain quotes", here, text),
            false => diagnostic.help("write plain quotes, `\"...\"` or `'...'`"),
        };
    }

    fn bad_number(&mut self) {
        let (here, word) = (self.here(), self.word_here());
        let shown = shorten(word);
        let error = literal::number(word).err().unwrap_or(NumberError::TooBig);
        let (code, message, help) = match error {
            NumberError::TooBig => (
                Code::NumberTooBig,
                format!("`{shown}` does not fit in 64 bits"),
                "whole numbers go from -9223372036854775808 to 9223372036854775807; write a float, such as `1e20`",
            ),
            NumberError::LeadingZero => (
                Code::BadNumber,
                format!("`{shown}` begins with a zero"),
                "write the number without the zero, or `0o17` for an octal one",
            ),
            NumberError::Underscore => (
                Code::BadNumber,
                format!("an underscore in `{shown}` is not between two digits"),
                "write single underscores between digits: `1_000`",
            ),
            NumberError::Complex => (
                Code::BadNumber,
                format!("`{shown}` is a complex number"),
                "conditions have whole numbers and floats only",
            ),
            NumberError::Suffix => (
                Code::BadNumber,
                format!("`{shown}` is not a number"),
                "write digits only, without a unit; text needs quotes; put a space before words",
            ),
            NumberError::Digits => (
                Code::BadNumber,
                format!("`{shown}` has wrong digits or none"),
                "`0x` takes 0-9 and a-f, `0o` takes 0-7, `0b` takes 0 and 1",
            ),
        };
        let without = word.trim_start_matches(['0', '_']).to_owned();
        let diagnostic = self.report(code, here, message).help(help);
        if error == NumberError::LeadingZero {
            diagnostic.suggest("remove the zeros", here, without);
        }
    }

    fn bad_escape(&mut self) {
        let word = self.word_here();
        let Err((error, range)) = literal::text(word) else { return };
        let start = self.tokens.place(self.at).start;
        let span = self.place.span(start + range.start..start + range.end);
        let wrote = word.get(range).unwrap_or_default();
        let message = match error {
            EscapeError::Unknown => format!("`{wrote}` is no escape"),
            EscapeError::Digits => format!("`{wrote}` has too few hexadecimal digits"),
            EscapeError::NoCharacter => format!("`{wrote}` is no character"),
        };
        let diagnostic = self.report(Code::BadEscape, span, message);
        match error {
            EscapeError::Unknown => {
                let doubled = format!("\\{wrote}");
                diagnostic.help("escapes are `\\n \\t \\r \\\\ \\' \\\" \\xHH \\uXXXX \\UXXXXXXXX`").suggest(
                    "write the backslash twice for a backslash",
                    span,
                    doubled,
                )
            }
            EscapeError::Digits => diagnostic.help("`\\x` takes two digits, `\\u` four and `\\U` eight"),
            EscapeError::NoCharacter => diagnostic
                .help("write the character itself, or `\\U` with its whole number, such as `\\U0001F600`"),
        };
    }
}

fn quoted(text: &str) -> String {
    format!("`{}`", shorten(text))
}
