//! The kinds of tokens: those of the language, and those that people type out of habit from other languages. The
//! grammar accepts only the former; [`super::mend`] says what is wrong with the latter.

use logos::Logos;

/// The kind of a token.
#[derive(Logos, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[logos(skip r"[ \t\r\n\x0c]+", skip(r"#[^\n]*", allow_greedy = true))]
pub(crate) enum Kind {
    #[regex(r"[A-Za-z_][A-Za-z0-9_]*")]
    Name,
    /// Any number; [`super::lexer`] tells integers and floats apart and refuses the wrong ones.
    #[regex(r"[0-9][0-9_]*(\.[0-9_]*)?([eE][+-]?[0-9_]+)?[A-Za-z_0-9]*")]
    #[regex(r"\.[0-9][0-9_]*([eE][+-]?[0-9_]+)?[A-Za-z_0-9]*")]
    Int,
    Float,
    #[regex(r#""([^"\\\n\r]|\\[^\n\r])*""#)]
    #[regex(r"'([^'\\\n\r]|\\[^\n\r])*'")]
    Str,
    #[token("None")]
    #[token("none")]
    #[token("null")]
    None,
    #[token("True")]
    #[token("true")]
    True,
    #[token("False")]
    #[token("false")]
    False,
    #[token("and")]
    And,
    #[token("or")]
    Or,
    #[token("not")]
    Not,
    #[token("in")]
    In,
    #[token("is")]
    Is,
    #[token("if")]
    If,
    #[token("else")]
    Else,
    #[token("for")]
    For,
    #[token("(")]
    LParen,
    #[token(")")]
    RParen,
    #[token("[")]
    LBracket,
    #[token("]")]
    RBracket,
    #[token(",")]
    Comma,
    #[token(".")]
    Dot,
    #[token(":")]
    Colon,
    /// Only in keyword arguments.
    #[token("=")]
    Assign,
    #[token("==")]
    Eq,
    #[token("!=")]
    Ne,
    #[token("<")]
    Lt,
    #[token("<=")]
    Le,
    #[token(">")]
    Gt,
    #[token(">=")]
    Ge,
    #[token("+")]
    Plus,
    #[token("-")]
    Minus,
    #[token("*")]
    Star,
    #[token("/")]
    Slash,
    #[token("//")]
    SlashSlash,
    #[token("%")]
    Percent,
    #[token("**")]
    StarStar,

    // Habits from elsewhere: never part of a condition.
    #[token("&&")]
    AmpAmp,
    #[token("||")]
    PipePipe,
    #[token("!")]
    Bang,
    #[token("===")]
    EqEqEq,
    #[token("!==")]
    NeEq,
    #[token("<>")]
    LtGt,
    #[token("=>")]
    FatArrow,
    #[token("=<")]
    EqLt,
    #[token(":=")]
    Walrus,
    #[token("=~")]
    Match,
    #[token("->")]
    Arrow,
    #[token("+=")]
    #[token("-=")]
    #[token("*=")]
    #[token("/=")]
    #[token("//=")]
    #[token("%=")]
    #[token("**=")]
    #[token("&=")]
    #[token("|=")]
    Augmented,
    #[token(";")]
    Semicolon,
    #[token("?")]
    Question,
    #[token("??")]
    QuestionQuestion,
    #[token("?.")]
    QuestionDot,
    #[token("$")]
    Dollar,
    #[token("`")]
    Backtick,
    #[token("@")]
    At,
    #[token("\\")]
    Backslash,
    #[token("{")]
    LBrace,
    #[token("}")]
    RBrace,
    #[token("&")]
    Amp,
    #[token("|")]
    Pipe,
    #[token("^")]
    Caret,
    #[token("~")]
    Tilde,
    #[token("<<")]
    Shl,
    #[token(">>")]
    Shr,
    /// A text that is not closed on its line.
    #[regex(r#""([^"\\\n\r]|\\[^\n\r])*\\?"#)]
    #[regex(r"'([^'\\\n\r]|\\[^\n\r])*\\?")]
    OpenStr,
    /// `f"..."`, `r"..."`, `b"..."`
    #[regex(r#"[fFrRbBuU][fFrRbB]?"([^"\\\n\r]|\\[^\n\r])*""#)]
    #[regex(r"[fFrRbBuU][fFrRbB]?'([^'\\\n\r]|\\[^\n\r])*'")]
    PrefixStr,
    /// A text in the quotes of a word processor.
    #[regex(r#"[“”„‟][^“”"\n\r]*[“”"]"#)]
    #[regex(r"[‘’‚‛][^‘’'\n\r]*[‘’']")]
    SmartStr,
    /// A number that cannot be read or does not fit.
    BadNumber,
    /// A text with an escape that cannot be read.
    BadStr,
    /// A character that means nothing.
    Odd,
    /// A name of Python's machinery, such as `__class__`.
    Dunder,

    // What `mend` leaves in place of what it reported.
    /// A value that was reported.
    BadOperand,
    /// An operator between two values that was reported.
    BadInfix,
    /// An operator before a value that was reported.
    BadPrefix,
}

impl Kind {
    /// Whether a value ends with this token.
    pub(crate) fn ends_operand(self) -> bool {
        self.is_atom() || matches!(self, Kind::RParen | Kind::RBracket | Kind::RBrace)
    }

    /// Whether this token is a value by itself.
    pub(crate) fn is_atom(self) -> bool {
        use Kind::*;
        matches!(
            self,
            Name | Int
                | Float
                | Str
                | None
                | True
                | False
                | OpenStr
                | PrefixStr
                | SmartStr
                | BadNumber
                | BadStr
                | Dunder
                | BadOperand
        )
    }

    /// Whether this token stands between two values and nowhere else.
    pub(crate) fn is_infix(self) -> bool {
        use Kind::*;
        matches!(
            self,
            And | Or
                | In
                | Is
                | Eq
                | Ne
                | Lt
                | Le
                | Gt
                | Ge
                | Star
                | Slash
                | SlashSlash
                | Percent
                | StarStar
                | BadInfix
        )
    }
}
