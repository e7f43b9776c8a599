//! Characters that mean nothing: look-alikes of ASCII ones, letters of other alphabets, and hidden ones.

use super::{Walk, shorten};
use crate::diag::Code;
use crate::syntax::lexer;
use crate::syntax::token::Kind;

/// What an ASCII look-alike stands for.
fn ascii(character: char) -> Option<String> {
    let text = match character {
        '\u{2212}' | '\u{2010}'..='\u{2015}' | '\u{fe63}' => "-",
        '\u{d7}' | '\u{2217}' | '\u{22c5}' | '\u{b7}' => "*",
        '\u{f7}' | '\u{2215}' | '\u{2044}' => "/",
        '\u{2264}' | '\u{2a7d}' => "<=",
        '\u{2265}' | '\u{2a7e}' => ">=",
        '\u{2260}' => "!=",
        '\u{2227}' => "and",
        '\u{2228}' => "or",
        '\u{ac}' => "not",
        '\u{2208}' => "in",
        '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{b4}' => "'",
        '\u{201c}'..='\u{201f}' | '\u{2033}' | '\u{ab}' | '\u{bb}' => "\"",
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => " ",
        '\u{3001}' => ",",
        '\u{ff01}'..='\u{ff5e}' => {
            return char::from_u32(u32::from(character) - 0xfee0).map(String::from);
        }
        _ => return None,
    };
    Some(text.to_owned())
}

/// Whether nothing of it can be seen, or it turns the direction of writing.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        )
}

impl Walk<'_, '_> {
    pub(super) fn odd(&mut self) {
        let word = self.word_here();
        let Some(character) = word.chars().next() else {
            self.at += 1;
            return;
        };
        let ascii = ascii(character);
        if is_hidden(character) {
            let here = self.here();
            let message = format!("a hidden character, U+{:04X}", u32::from(character));
            self.report(Code::OddCharacter, here, message).label("it cannot be seen").fix(
                "remove it",
                here,
                "",
            );
            self.at += 1;
        } else if let Some(ascii) =
            ascii.filter(|it| !it.starts_with(|it: char| it.is_alphanumeric()) || it.len() > 1)
        {
            self.look_alike(character, &ascii);
        } else if character.is_alphanumeric() {
            self.foreign_letters();
        } else {
            let here = self.here();
            self.report(Code::OddCharacter, here, format!("`{word}` means nothing in a condition"))
                .help("remove it, or put it in quotes when it is text");
            self.at += 1;
        }
    }

    fn look_alike(&mut self, character: char, ascii: &str) {
        let here = self.here();
        let code = u32::from(character);
        let message = match ascii {
            " " => format!("an unusual space, U+{code:04X}"),
            "'" | "\"" => format!("`{character}` is a typographic quote"),
            _ => format!("`{character}` (U+{code:04X}) looks like `{ascii}` but is not"),
        };
        let is_word = ascii.bytes().all(|it| it.is_ascii_alphabetic());
        let text = if is_word { format!(" {ascii} ") } else { ascii.to_owned() };
        if matches!(ascii, "'" | "\"") {
            self.report(Code::SmartQuotes, here, message).suggest(format!("write `{ascii}`"), here, text);
        } else {
            let title =
                if ascii == " " { "write a plain space".to_owned() } else { format!("write `{ascii}`") };
            self.report(Code::OddCharacter, here, message).fix(title, here, text);
        }
        let kind = lexer::lex(ascii).kind(0).filter(|it| !it.is_atom());
        match kind {
            Some(Kind::LParen | Kind::LBracket | Kind::RParen | Kind::RBracket) | None => self.at += 1,
            Some(kind) => self.substitute(kind),
        }
    }

    /// A word with letters other than a-z: one value.
    fn foreign_letters(&mut self) {
        let mut end = self.at + 1;
        let adjacent = |at: usize| self.tokens.place(at).start == self.tokens.place(at - 1).end;
        let part =
            |it: Kind| matches!(it, Kind::Odd | Kind::Name | Kind::Int | Kind::BadNumber | Kind::Dunder);
        while self.tokens.kind(end).is_some_and(part) && adjacent(end) {
            end += 1;
        }
        let joined = self.at > 0 && adjacent(self.at) && self.out.kinds.last() == Some(&Kind::Name);
        let start = if joined { self.at - 1 } else { self.at };
        let span = self.span(start..end);
        let word = shorten(self.text(start..end));
        self.report(Code::OddCharacter, span, format!("`{word}` has letters that names do not have"))
            .help("names have the letters a-z, digits and `_`; text needs quotes");
        if joined {
            self.out.kinds.pop();
            self.out.places.pop();
        }
        self.put_bad_operand();
        self.at = end;
    }
}
