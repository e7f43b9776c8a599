//! Operators: those of other languages, and right ones in wrong places.

use super::Walk;
use crate::diag::Code;
use crate::syntax::token::Kind;

/// What an operator of another language is here.
fn equivalent(kind: Kind) -> Option<(&'static str, Kind)> {
    Some(match kind {
        Kind::AmpAmp => ("and", Kind::And),
        Kind::PipePipe => ("or", Kind::Or),
        Kind::EqEqEq => ("==", Kind::Eq),
        Kind::NeEq | Kind::LtGt => ("!=", Kind::Ne),
        Kind::EqLt => ("<=", Kind::Le),
        Kind::FatArrow => (">=", Kind::Ge),
        Kind::QuestionQuestion => ("or", Kind::Or),
        Kind::QuestionDot => (".", Kind::Dot),
        _ => return None,
    })
}

impl Walk<'_, '_> {
    /// Goes on as if this kind had been written here.
    pub(super) fn substitute(&mut self, kind: Kind) {
        let value = self.after_value();
        let sign = matches!(kind, Kind::Minus | Kind::Plus | Kind::Not);
        if !value && !sign && (kind.is_infix() || kind == Kind::Comma) {
            self.missing_value(false);
        }
        if value && kind == Kind::Not && self.next() != Some(Kind::In) {
            self.put(Kind::BadInfix);
        }
        self.put(kind);
        self.at += 1;
    }

    pub(super) fn infix(&mut self, value: bool) {
        if value || self.after_last_target() {
            return self.keep();
        }
        let star = matches!(self.tokens.kind(self.at), Some(Kind::Star | Kind::StarStar));
        let argument = self.just_opened() || self.out.kinds.last() == Some(&Kind::Comma);
        if star && argument {
            let (here, word) = (self.here(), self.word_here());
            self.report(Code::Unpacking, here, format!("arguments are not unpacked with `{word}`"))
                .help("write the arguments one by one, or pass the list itself");
            self.put(Kind::BadPrefix);
            self.at += 1;
            return;
        }
        self.missing_value(false);
        self.keep();
    }

    /// Whether `in` stands here after the comma of `for x,`: a comma that nothing need follow.
    fn after_last_target(&self) -> bool {
        let mut before = self.out.kinds.iter().rev();
        self.tokens.kind(self.at) == Some(Kind::In)
            && before.next() == Some(&Kind::Comma)
            && before.find(|kind| !matches!(kind, Kind::Name | Kind::Comma)) == Some(&Kind::For)
    }

    /// `=` for `==`, or of a keyword argument.
    pub(super) fn assign(&mut self, value: bool) {
        let here = self.here();
        let before = self.out.kinds.len().checked_sub(2).and_then(|it| self.out.kind(it));
        let named = self.out.kinds.last() == Some(&Kind::Name)
            && matches!(before, Some(Kind::LParen | Kind::Comma))
            && self.frames.last().is_some_and(|it| it.postfix);
        if named {
            return self.keep();
        }
        if !value && let Some(Kind::Lt | Kind::Gt) = self.out.kinds.last() {
            let word = self.text(self.at - 1..self.at);
            let span = self.span(self.at - 1..self.at + 1);
            self.report(Code::AssignForEq, span, format!("`{word}` and `=` are apart")).fix(
                format!("write `{word}=`"),
                span,
                format!("{word}="),
            );
            self.at += 1;
            return;
        }
        if !value {
            self.missing_value(false);
        }
        self.report(Code::AssignForEq, here, "`=` assigns, it does not compare").fix(
            "write `==`",
            here,
            "==",
        );
        self.put(Kind::Eq);
        self.at += 1;
    }

    /// `is` and what it may compare with.
    pub(super) fn is(&mut self, value: bool) {
        let start = self.at;
        if !value {
            self.missing_value(false);
        }
        let not = self.next() == Some(Kind::Not);
        let after = start + 1 + usize::from(not);
        let words = self.span(start..after);
        match self.tokens.kind(after) {
            Some(Kind::None | Kind::True | Kind::False) => {
                self.keep();
                if not {
                    self.keep();
                }
            }
            Some(Kind::In) => {
                let (right, span) = (if not { "not in" } else { "in" }, self.span(start..after + 1));
                let wrote = self.text(start..after + 1);
                self.report(Code::IsNotSingleton, span, format!("`{wrote}` is one word too many")).fix(
                    format!("write `{right}`"),
                    span,
                    right,
                );
                if not {
                    self.put(Kind::Not);
                }
                self.put(Kind::In);
                self.at = after + 1;
            }
            _ => {
                let (right, kind) = if not { ("!=", Kind::Ne) } else { ("==", Kind::Eq) };
                let wrote = self.text(start..after);
                let message = format!("`{wrote}` compares only with `None`, `True` and `False`");
                self.report(Code::IsNotSingleton, words, message).fix(
                    format!("write `{right}`"),
                    words,
                    right,
                );
                self.put(kind);
                self.at = after;
            }
        }
    }

    /// `not` before a value, in `not in`, and elsewhere.
    pub(super) fn not(&mut self, value: bool) {
        let here = self.here();
        match (value, self.next()) {
            (true, Some(Kind::In)) => {
                self.keep();
                self.keep();
            }
            (true, Some(Kind::Is)) => {
                let span = self.span(self.at..self.at + 2);
                self.report(Code::NotPlace, span, "`not is` is the wrong way round").fix(
                    "write `is not`",
                    span,
                    "is not",
                );
                self.put(Kind::Ne);
                self.at += 2;
            }
            (true, _) => {
                self.report(Code::NotPlace, here, "`not` stands between two values")
                    .help("write `a not in b`, `a != b`, or `a and not b`");
                self.put(Kind::BadInfix);
                self.at += 1;
            }
            (false, _) => {
                let before = self.out.kinds.last().copied();
                let tight = |it: Kind| it.is_infix() || matches!(it, Kind::Plus | Kind::Minus);
                let loose = |it: Kind| matches!(it, Kind::And | Kind::Or);
                if before.is_some_and(|it| tight(it) && !loose(it)) {
                    self.report(Code::NotPlace, here, "`not` after an operator needs parentheses")
                        .help("`not` binds looser than comparisons and arithmetic: write `a == (not b)`");
                    self.put(Kind::BadPrefix);
                    self.at += 1;
                } else {
                    self.keep();
                }
            }
        }
    }

    /// `"..." % x`
    pub(super) fn formatting(&mut self) {
        let here = self.here();
        self.report(Code::TextFormatting, here, "texts are not formatted with `%`").help(
            "join texts with `+`, and numbers through `str(...)`: `'turn ' + str(context.turn.number)`",
        );
        self.put(Kind::BadInfix);
        self.at += 1;
    }

    /// What no condition has.
    pub(super) fn foreign(&mut self, kind: Kind, value: bool) {
        let (here, word) = (self.here(), self.word_here());
        if let Some((right, as_kind)) = equivalent(kind) {
            let diagnostic = self.report(
                Code::ForeignOperator,
                here,
                format!("`{word}` is not an operator of conditions"),
            );
            let sure = !matches!(kind, Kind::FatArrow | Kind::QuestionQuestion | Kind::QuestionDot);
            match sure {
                true => diagnostic.fix(format!("write `{right}`"), here, right),
                false => diagnostic.suggest(format!("write `{right}`"), here, right),
            };
            return self.substitute(as_kind);
        }
        match kind {
            Kind::Bang => return self.bang(value),
            Kind::Question => return self.question(),
            Kind::Semicolon => return self.semicolon(),
            Kind::Walrus | Kind::Augmented => {
                self.report(
                    Code::Statement,
                    here,
                    format!("`{word}` assigns, and a condition changes nothing"),
                )
                .help("compare with `==`; to keep a value between turns use an action of the rule");
            }
            Kind::Match => {
                self.report(Code::ForeignOperator, here, "`=~` is not an operator of conditions")
                    .help("write `matches(text, 'pattern')`");
            }
            Kind::Amp | Kind::Pipe | Kind::Caret | Kind::Tilde | Kind::Shl | Kind::Shr => self.bits(kind),
            Kind::Dollar => {
                self.report(Code::OddCharacter, here, "names are written without `$`").fix(
                    "remove it",
                    here,
                    "",
                );
                self.at += 1;
                return;
            }
            Kind::Backtick => {
                self.report(Code::OddCharacter, here, "a backtick is no quote")
                    .help("write text in `\"` or `'`");
                self.at += 1;
                return;
            }
            Kind::Backslash => {
                self.report(Code::OddCharacter, here, "a backslash outside of a text")
                    .help("a condition may go over several lines without it; in a text write `\\\\`");
                self.at += 1;
                return;
            }
            _ => {
                self.report(
                    Code::ForeignOperator,
                    here,
                    format!("`{word}` is not an operator of conditions"),
                )
                .help("operators are `and or not == != < <= > >= in is + - * / // % **`");
            }
        }
        match value {
            true => self.put(Kind::BadInfix),
            false => self.put(Kind::BadPrefix),
        }
        self.at += 1;
    }

    fn bits(&mut self, kind: Kind) {
        let (here, word) = (self.here(), self.word_here());
        let help = match kind {
            Kind::Amp => "write `and` for both",
            Kind::Pipe => "write `or` for either",
            Kind::Caret => "write `!=` between truth values, or `**` for a power",
            Kind::Tilde => "write `not` for the opposite",
            _ => "write `* 2 ** n` or `// 2 ** n`",
        };
        self.report(Code::BitOperator, here, format!("conditions have no bit operators such as `{word}`"))
            .help(help);
    }

    /// `!x`, `a !in b`
    fn bang(&mut self, value: bool) {
        let here = self.here();
        if value && self.next() != Some(Kind::In) {
            self.report(Code::ForeignOperator, here, "`!` after a value means nothing")
                .help("write `not` before the value, or `!=` between two");
            self.at += 1;
            return;
        }
        let sure = value || self.is_simple(self.at + 1);
        let spaced = self.tokens.place(self.at).end < self.tokens.place(self.at + 1).start;
        let text = match (value, spaced) {
            (true, _) => "not ",
            (false, true) => "not",
            (false, false) => "not ",
        };
        let diagnostic = self.report(Code::ForeignOperator, here, "`!` is not an operator of conditions");
        match sure {
            true => diagnostic.fix("write `not`", here, text),
            false => diagnostic
                .help("`!a == b` negates `a` alone in other languages, `not a == b` the comparison")
                .suggest("write `not`", here, text),
        };
        if value {
            self.put(Kind::Not);
            self.at += 1;
            self.keep();
        } else {
            let tight = self.out.kinds.last().is_some_and(|it| {
                (it.is_infix() || matches!(it, Kind::Plus | Kind::Minus))
                    && !matches!(it, Kind::And | Kind::Or)
            });
            self.put(if tight { Kind::BadPrefix } else { Kind::Not });
            self.at += 1;
        }
    }

    /// Whether one value stands at the token with nothing that binds tighter than `not` behind it.
    fn is_simple(&self, at: usize) -> bool {
        let mut at = at;
        let mut depth = 0usize;
        while let Some(kind) = self.tokens.kind(at) {
            match kind {
                Kind::LParen | Kind::LBracket => depth += 1,
                Kind::RParen | Kind::RBracket if depth > 0 => depth -= 1,
                Kind::Name | Kind::Dot | Kind::True | Kind::False | Kind::None => {}
                _ if depth > 0 => {}
                Kind::And | Kind::Or | Kind::AmpAmp | Kind::PipePipe => return true,
                Kind::RParen | Kind::RBracket | Kind::Comma => return true,
                _ => return false,
            }
            at += 1;
        }
        true
    }

    /// `a ? b : c`
    fn question(&mut self) {
        let at = self.at;
        let mut depth = 0usize;
        let mut questions = 1usize;
        let mut colon = None;
        let mut end = at + 1;
        while let Some(kind) = self.tokens.kind(end) {
            match kind {
                Kind::LParen | Kind::LBracket => depth += 1,
                Kind::RParen | Kind::RBracket if depth == 0 => break,
                Kind::RParen | Kind::RBracket => depth -= 1,
                Kind::Comma if depth == 0 => break,
                Kind::Question if depth == 0 => questions += 1,
                Kind::Colon if depth == 0 => {
                    questions -= 1;
                    if questions == 0 && colon.is_none() {
                        colon = Some(end);
                    }
                    questions = questions.max(1);
                }
                _ => {}
            }
            end += 1;
        }
        let here = self.here();
        let begins = self.frames.last().map_or(0, |it| it.begins);
        let texts = colon
            .filter(|it| begins < at && at + 1 < *it && it + 1 < end)
            .map(|colon| (self.text(begins..at), self.text(at + 1..colon), self.text(colon + 1..end)));
        let span = self.span(begins..end);
        let diagnostic = self
            .report(Code::Ternary, here, "`?` does not choose between values")
            .help("write `b if a else c` for `a ? b : c`");
        if let Some((test, then, other)) = texts {
            diagnostic.suggest("turn it round", span, format!("{then} if {test} else {other}"));
        }
        if let Some(frame) = self.frames.last_mut().filter(|_| colon.is_some()) {
            frame.questions += 1;
        }
        self.put_bad_infix();
        self.at += 1;
    }

    fn semicolon(&mut self) {
        let (here, last) = (self.here(), self.next().is_none());
        let diagnostic = self.report(Code::Statement, here, "a condition is one expression, without `;`");
        match last {
            true => diagnostic.fix("remove the `;`", here, ""),
            false => diagnostic.help("join conditions with `and` or `or`"),
        };
        match last {
            true => {}
            false => self.put_bad_infix(),
        }
        self.at += 1;
    }
}
