//! Brackets that do not pair, and what may stand in them: `if` with its `else`, `for`, commas and colons.

use super::Walk;
use crate::diag::Code;
use crate::syntax::token::Kind;

/// An open bracket and what was seen in it.
pub(super) struct Frame {
    /// Its kind; none for the condition itself.
    bracket: Option<Kind>,
    /// Its token.
    at: usize,
    /// Whether it opens the arguments of a call, or an index.
    pub(super) postfix: bool,
    /// Tokens of `if`s that wait for their `else`.
    ifs: Vec<usize>,
    /// `else`s to come that belong to an `if` which was reported.
    loose_elses: usize,
    /// Whether a `for` was seen: an `if` is then a filter.
    has_for: bool,
    /// Tokens of `?`s that wait for their `:`.
    pub(super) questions: usize,
    /// The first token after the bracket or the last comma.
    pub(super) begins: usize,
}

impl Frame {
    /// The condition itself.
    pub(super) fn top() -> Frame {
        Frame {
            bracket: None,
            at: 0,
            postfix: false,
            ifs: Vec::new(),
            loose_elses: 0,
            has_for: false,
            questions: 0,
            begins: 0,
        }
    }
}

fn closer(bracket: Kind) -> Kind {
    if bracket == Kind::LParen { Kind::RParen } else { Kind::RBracket }
}

impl Walk<'_, '_> {
    pub(super) fn just_opened(&self) -> bool {
        matches!(self.out.kinds.last(), Some(Kind::LParen | Kind::LBracket))
    }

    pub(super) fn open(&mut self, kind: Kind) {
        if self.out.kinds.last() == Some(&Kind::Dot) {
            self.after_dot(kind);
            return;
        }
        let frame = Frame {
            bracket: Some(kind),
            at: self.at,
            postfix: self.after_value(),
            begins: self.at + 1,
            ..Frame::top()
        };
        self.frames.push(frame);
        self.keep();
    }

    pub(super) fn close(&mut self, kind: Kind) {
        let fits = |it: &Frame| it.bracket.is_some_and(|it| closer(it) == kind);
        if !self.frames.iter().any(fits) {
            return self.wrong_closer();
        }
        while let Some(frame) = self.frames.last().filter(|it| !fits(it)) {
            let at = frame.at;
            self.close_one(at);
        }
        self.end_of_frame();
        let empty = self.just_opened()
            && self.frames.last().is_some_and(|it| !it.postfix || it.bracket == Some(Kind::LParen));
        let trailing = matches!(self.out.kinds.last(), Some(Kind::Comma | Kind::Colon));
        if !self.after_value() && !empty && !trailing {
            self.missing_value(false);
        }
        self.frames.pop();
        self.keep();
    }

    /// A closing bracket that nothing opened.
    fn wrong_closer(&mut self) {
        let (here, word) = (self.here(), self.word_here());
        if let Some(Frame { bracket: Some(open), at, .. }) = self.frames.last() {
            let (open, at) = (*open, *at);
            let right = if open == Kind::LParen { ")" } else { "]" };
            let opened = self.span(at..at + 1);
            let wrote = self.text(at..at + 1);
            self.report(Code::UnbalancedBracket, here, format!("`{word}` does not close `{wrote}`"))
                .also(opened, "opened here")
                .suggest(format!("write `{right}`"), here, right);
            self.end_of_frame();
            if !self.after_value() {
                self.put(Kind::BadOperand);
            }
            self.frames.pop();
            self.put(closer(open));
        } else {
            self.report(Code::UnbalancedBracket, here, format!("`{word}` closes nothing")).suggest(
                format!("remove the `{word}`, or open it before"),
                here,
                "",
            );
        }
        self.at += 1;
    }

    /// Reports an open bracket and closes it before the token in work.
    fn close_one(&mut self, open_at: usize) {
        let opened = self.span(open_at..open_at + 1);
        let word = self.text(open_at..open_at + 1);
        let right = if word == "(" { ")" } else { "]" };
        if !self.torn {
            let end = self.out.places.last().map_or(0, |it| it.end as usize);
            let end = self.place.span(end..end);
            self.report(Code::UnbalancedBracket, opened, format!("`{word}` is never closed"))
                .label("opened here")
                .suggest(format!("write `{right}` where it ends"), end, right);
        }
        self.end_of_frame();
        if !self.after_value() {
            self.put(Kind::BadOperand);
        }
        self.frames.pop();
        self.put(if word == "(" { Kind::RParen } else { Kind::RBracket });
    }

    /// Closes what is open at the end.
    pub(super) fn close_all(&mut self) {
        while let Some(Frame { bracket: Some(_), at, .. }) = self.frames.last() {
            let at = *at;
            self.close_one(at);
        }
    }

    /// Reports `if`s of the innermost bracket without `else`, and ends their expressions.
    pub(super) fn end_of_frame(&mut self) {
        let Some(frame) = self.frames.last_mut() else { return };
        frame.questions = 0;
        for at in std::mem::take(&mut frame.ifs) {
            let span = self.span(at..at + 1);
            self.report(Code::IfWithoutElse, span, "`if` has no `else`")
                .help("write `a if test else b`; to require both, write `a and test`");
            if !self.after_value() {
                self.put(Kind::BadOperand);
            }
            self.put(Kind::Else);
            self.put(Kind::BadOperand);
        }
    }

    pub(super) fn comma(&mut self, value: bool) {
        self.end_of_frame();
        if !self.after_value() && !value {
            self.missing_value(false);
        }
        let at = self.at;
        let call = self.out.kinds.len();
        if let Some(frame) = self.frames.last_mut() {
            frame.begins = at + 1;
            if frame.bracket.is_none() && call > 0 {
                let span = self.here();
                self.report(Code::UnexpectedToken, span, "a comma outside of brackets")
                    .help("write `and` or `or` between conditions, or brackets around a list");
                self.put_bad_infix();
                self.at += 1;
                return;
            }
        }
        self.keep();
    }

    pub(super) fn colon(&mut self, value: bool) {
        let Some(frame) = self.frames.last_mut() else { return self.keep() };
        if frame.questions > 0 {
            frame.questions -= 1;
            self.put_bad_infix();
            self.at += 1;
            return;
        }
        if frame.bracket == Some(Kind::LBracket) && frame.postfix {
            return self.keep();
        }
        let here = self.here();
        let last = self.next().is_none();
        let diagnostic = self.report(Code::UnexpectedToken, here, "`:` stands only in slices, `xs[1:3]`");
        match last {
            true => diagnostic.suggest("remove the `:`", here, ""),
            false => diagnostic.help("a condition is one expression: write `a if test else b` to choose"),
        };
        if !last {
            if value {
                self.put(Kind::BadInfix);
            } else {
                self.put_bad_infix();
            }
        }
        self.at += 1;
    }

    /// `if`, `else` and `for`.
    pub(super) fn structure(&mut self, kind: Kind, value: bool) {
        let (at, here) = (self.at, self.here());
        if kind == Kind::If && !value {
            return self.leading_if();
        }
        if !value {
            self.missing_value(false);
        }
        let Some(frame) = self.frames.last_mut() else { return self.keep() };
        match kind {
            Kind::If if !frame.has_for => frame.ifs.push(at),
            Kind::For => {
                self.end_of_frame();
                let Some(frame) = self.frames.last_mut() else { return self.keep() };
                frame.has_for = true;
                if frame.bracket.is_none() {
                    self.report(
                        Code::GeneratorPlace,
                        here,
                        "`... for ... in ...` stands outside of brackets",
                    )
                    .help("write `any(... for x in xs)` or `[... for x in xs]`");
                    self.put(Kind::BadInfix);
                    self.at += 1;
                    return;
                }
            }
            Kind::Else if frame.ifs.pop().is_none() => {
                if frame.loose_elses > 0 {
                    frame.loose_elses -= 1;
                } else {
                    self.report(Code::IfWithoutElse, here, "`else` has no `if`")
                        .help("write `a if test else b`");
                }
                self.put(Kind::BadInfix);
                self.at += 1;
                return;
            }
            _ => {}
        }
        self.keep();
        if kind == Kind::Else && self.tokens.kind(self.at) == Some(Kind::If) {
            self.else_if();
        }
    }

    fn else_if(&mut self) {
        let span = self.span(self.at - 1..self.at + 1);
        self.report(Code::IfWithoutElse, span, "`else if` has no value between its words")
            .help("the value comes before its test: `a if x else b if y else c`");
        self.at += 1;
        if let Some(frame) = self.frames.last_mut() {
            frame.loose_elses += 1;
        }
    }

    /// `if` where a value should begin.
    fn leading_if(&mut self) {
        let here = self.here();
        self.report(Code::IfWithoutElse, here, "a condition does not begin with `if`")
            .help("write the test alone; to choose between values write `a if test else b`");
        self.at += 1;
        if let Some(frame) = self.frames.last_mut() {
            frame.loose_elses += 1;
        }
    }

    /// `{...}`: dicts and sets.
    pub(super) fn brace(&mut self, kind: Kind) {
        let start = self.at;
        let mut end = start + 1;
        let mut depth = 1usize;
        let mut colon = false;
        while let Some(inside) = self.tokens.kind(end).filter(|_| kind == Kind::LBrace && depth > 0) {
            match inside {
                Kind::LBrace => depth += 1,
                Kind::RBrace => depth -= 1,
                Kind::Colon => colon = true,
                _ => {}
            }
            end += 1;
        }
        let span = self.span(start..end);
        let items = self.text(start + 1..end.saturating_sub(1).max(start + 1));
        let set = kind == Kind::LBrace && depth == 0 && !colon && end > start + 2;
        let diagnostic = match set {
            true => self.report(Code::DictOrSet, span, "there are no sets in conditions"),
            false => self.report(Code::DictOrSet, span, "there are no braces in conditions"),
        };
        match set {
            true => diagnostic.suggest("write a list", span, format!("[{items}]")),
            false => {
                diagnostic.help("lists are written `[a, b]`; values by name belong in `params` or `settings`")
            }
        };
        if kind == Kind::LBrace {
            self.put_bad_operand();
        }
        self.at = end;
    }
}
