//! The code table: one row for each thing that can be wrong. `oracle explain` prints a row's explanation, the
//! handbook's page is made from the same rows.
//!
//! The numbers: `E01xx` syntax, `E02xx` names, types and limits of conditions, `E03xx` rule files and manifests,
//! `E04xx` templates, `E05xx` scripts, `E06xx` files and packs; `W` with the same hundreds for warnings.

use serde::Serialize;

/// How severe a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Loads and runs, but probably not as meant.
    Warning,
    /// Does not load.
    Error,
}

/// What kind of compile error it is, for `oracle eval --jsonl`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Cannot be read.
    Syntax,
    /// An unknown name.
    Name,
    /// An unknown field, attribute or method.
    Attribute,
    /// Operands or arguments that can never work.
    Type,
    /// A wrong number of arguments.
    Arity,
    /// A limit of the language.
    Limit,
    /// Not about a condition.
    File,
}

/// A row of the table.
#[derive(Debug)]
pub struct CodeRow {
    /// The stable code, such as `E0203`.
    pub code: &'static str,
    /// What is wrong, in a few words.
    pub title: &'static str,
    /// How severe it is.
    pub severity: Severity,
    /// What kind of error it is.
    pub kind: Kind,
    /// What it means, an example that is wrong, and the same mended. Markdown.
    pub explanation: &'static str,
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $code:ident $name:ident $severity:ident $kind:ident $title:literal;)*) => {
        /// A row of the code table.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($(#[doc = $doc])+ $name,)* }

        /// All rows, in order.
        pub const CODES: &[CodeRow] = &[$(CodeRow {
            code: stringify!($code),
            title: $title,
            severity: Severity::$severity,
            kind: Kind::$kind,
            explanation: concat!($($doc, "\n"),+),
        },)*];

        impl Code {
            /// All codes, in order.
            pub const ALL: &'static [Code] = &[$(Code::$name),*];
        }
    };
}

impl Code {
    /// The row of this code.
    pub fn row(self) -> &'static CodeRow {
        #[expect(clippy::indexing_slicing, reason = "the enum and the table are made from the same rows")]
        &CODES[self as usize]
    }
    /// The stable code, such as `E0203`.
    pub fn code(self) -> &'static str {
        self.row().code
    }
    /// The row with this stable code.
    pub fn find(code: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|it| it.code().eq_ignore_ascii_case(code))
    }
}

codes! {
    /// The condition cannot be read at this place.
    ///
    /// ```text
    /// context.turn.number >
    /// ```
    ///
    /// An operator needs a value on both sides:
    ///
    /// ```text
    /// context.turn.number > 3
    /// ```
    E0101 UnexpectedToken Error Syntax "unexpected token";

    /// The condition names something that does not exist.
    ///
    /// ```text
    /// contxt.turn.number > 3
    /// ```
    ///
    /// Conditions know `context` and its parts, `params`, `settings` and the built-in functions:
    ///
    /// ```text
    /// context.turn.number > 3
    /// ```
    E0201 UnknownName Error Name "unknown name";
}
