//! Words of other languages and of Python's statements, which the lexer takes for names.

use super::Walk;
use crate::diag::Code;
use crate::syntax::token::Kind;

/// Words between two values: the word, what to write.
const BETWEEN: &[(&str, &str)] = &[
    ("xor", "write `a != b` between truth values, or `bool(a) != bool(b)`"),
    ("contains", "turn it round: `x in y` for `y contains x`"),
    ("includes", "turn it round: `x in y` for `y includes x`"),
    ("has", "turn it round: `x in y` for `y has x`"),
    ("like", "write `matches(text, 'pattern')`, or `'part' in text`"),
    ("matches", "write `matches(text, 'pattern')`"),
    ("between", "write a chain: `1 <= x <= 5`"),
    ("startswith", "it is a method: `text.startswith('x')`"),
    ("endswith", "it is a method: `text.endswith('x')`"),
    ("then", "write `a if test else b`"),
    ("elif", "write `a if x else b if y else c`"),
    ("mod", "write `%`"),
    ("div", "write `//`"),
    ("eq", "write `==`"),
    ("ne", "write `!=`"),
    ("gt", "write `>`"),
    ("lt", "write `<`"),
    ("as", "a condition names nothing: write the expression itself"),
];

/// Words that begin a statement.
const STATEMENTS: &[&str] = &[
    "await", "yield", "return", "assert", "del", "raise", "import", "from", "def", "let", "var", "const",
    "while", "match", "async", "unless", "when",
];

impl Walk<'_, '_> {
    /// Whether the name was a known mistake, and is dealt with.
    pub(super) fn word(&mut self, value: bool) -> bool {
        let word = self.word_here();
        if self.upper(word, value) {
            return true;
        }
        if value && let Some((_, help)) = BETWEEN.iter().find(|(it, _)| word.eq_ignore_ascii_case(it)) {
            self.between(word, help);
            return true;
        }
        let starts = self.next().is_some_and(|it| it.is_atom() || matches!(it, Kind::LBracket | Kind::Not));
        if !value && word == "lambda" {
            self.lambda();
            return true;
        }
        if !value && starts && STATEMENTS.contains(&word) {
            let here = self.here();
            self.report(Code::Statement, here, format!("`{word}` begins a statement"))
                .help("a condition is one expression: write only what must be true");
            self.at += 1;
            return true;
        }
        false
    }

    /// `AND`, `OR`, `NOT` and so on, where an operator may stand.
    fn upper(&mut self, word: &str, value: bool) -> bool {
        let (right, kind) = match word.to_ascii_lowercase().as_str() {
            "and" => ("and", Kind::And),
            "or" => ("or", Kind::Or),
            "not" => ("not", Kind::Not),
            "in" => ("in", Kind::In),
            "if" => ("if", Kind::If),
            "else" => ("else", Kind::Else),
            _ => return false,
        };
        let value_before = kind != Kind::Not || self.next().is_some_and(|it| it == Kind::In);
        if value != value_before {
            return false;
        }
        let here = self.here();
        self.report(Code::ForeignOperator, here, format!("`{word}` is written in small letters")).fix(
            format!("write `{right}`"),
            here,
            right,
        );
        if matches!(kind, Kind::If | Kind::Else) {
            self.structure_as(kind);
        } else {
            self.substitute(kind);
        }
        true
    }

    /// Reads the name in work as `if` or `else`.
    fn structure_as(&mut self, kind: Kind) {
        let before = self.out.kinds.len();
        self.structure(kind, true);
        if let Some(it) = self.out.kinds.get_mut(before).filter(|it| **it == Kind::Name) {
            *it = kind;
        }
    }

    fn between(&mut self, word: &str, help: &str) {
        let here = self.here();
        let at = self.at;
        let simple = |it: Option<Kind>| it.is_some_and(Kind::is_atom);
        let begins = self.frames.last().map_or(0, |it| it.begins);
        let swap = matches!(word, "contains" | "includes" | "has")
            && simple(self.tokens.kind(at + 1))
            && !matches!(self.tokens.kind(at + 2), Some(Kind::Dot | Kind::LParen | Kind::LBracket));
        let mut first = at;
        while first > begins
            && matches!(self.tokens.kind(first - 1), Some(Kind::Name | Kind::Dot | Kind::Str))
        {
            first -= 1;
        }
        let texts = (self.text(first..at), self.text(at + 1..at + 2));
        let span = self.span(first..at + 2);
        let diagnostic = self
            .report(Code::ForeignWord, here, format!("`{word}` is not an operator of conditions"))
            .help(help);
        if swap && first < at {
            diagnostic.suggest("write `in`", span, format!("{} in {}", texts.1, texts.0));
        }
        self.put(Kind::BadInfix);
        self.at += 1;
    }

    fn lambda(&mut self) {
        let here = self.here();
        self.report(Code::Statement, here, "there is no `lambda` in conditions")
            .help("write a comprehension: `[f(x) for x in xs if c]`, `any(c for x in xs)`");
        let mut depth = 0usize;
        self.put_bad_operand();
        self.at += 1;
        while let Some(kind) = self.tokens.kind(self.at) {
            match kind {
                Kind::LParen | Kind::LBracket => depth += 1,
                Kind::RParen | Kind::RBracket if depth == 0 => return,
                Kind::RParen | Kind::RBracket => depth -= 1,
                Kind::Colon if depth == 0 => {
                    self.put(Kind::BadInfix);
                    self.at += 1;
                    return;
                }
                _ => {}
            }
            self.at += 1;
        }
    }
}
