//! Diagnostics: what is wrong, where, and what to write instead.
//!
//! Every stage reports into a [`Sink`] and goes on. A diagnostic names a row of the [code table](codes), points
//! at source text with [`Label`]s and ends with a way out: a help line, or a [`Fix`]. The renderers turn a list
//! of them into text for people, JSON or SARIF.

pub mod codes;
pub mod explain;
pub mod fix;
pub mod render;
pub mod suggest;

pub use codes::{CODES, Code, CodeRow, Severity};

use crate::source::Span;

/// A place with what is to be said about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is there; may be empty.
    pub text: String,
}

/// A change of the source text that mends the problem.
#[derive(Clone, Debug, PartialEq)]
pub struct Fix {
    /// What it does, such as "write `==`".
    pub title: String,
    /// The text to replace; empty spans insert.
    pub span: Span,
    /// What to put there.
    pub replacement: String,
    /// Whether it surely means what the operator meant: only such fixes are applied by `--fix`.
    pub certain: bool,
}

/// One problem.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// Its row in the code table.
    pub code: Code,
    /// How severe it is; the row's own severity unless the caller raised it.
    pub severity: Severity,
    /// What is wrong, in one line: lower case, no full stop, user text in backticks.
    pub message: String,
    /// The place it is about.
    pub primary: Label,
    /// Other places that explain it.
    pub secondary: Vec<Label>,
    /// What to do, one line each.
    pub helps: Vec<String>,
    /// A change that mends it.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// Follows its texts to a larger list, where those before them are so many.
    pub fn shift(&mut self, by: u32) {
        let fix = self.fix.iter_mut().map(|it| &mut it.span);
        let labels = std::iter::once(&mut self.primary).chain(&mut self.secondary).map(|it| &mut it.span);
        labels.chain(fix).for_each(|span| span.source.0 = span.source.0.saturating_add(by));
    }
    /// Sets the text at the place.
    pub fn label(&mut self, text: impl Into<String>) -> &mut Self {
        self.primary.text = text.into();
        self
    }
    /// Adds another place.
    pub fn also(&mut self, span: Span, text: impl Into<String>) -> &mut Self {
        self.secondary.push(Label { span, text: text.into() });
        self
    }
    /// Adds a line that says what to do.
    pub fn help(&mut self, text: impl Into<String>) -> &mut Self {
        self.helps.push(text.into());
        self
    }
    /// Adds a change that surely mends it.
    pub fn fix(&mut self, title: impl Into<String>, span: Span, replacement: impl Into<String>) -> &mut Self {
        let (title, replacement) = (title.into(), replacement.into());
        self.fix = Some(Fix { title, span, replacement, certain: true });
        self
    }
    /// Adds a change that probably mends it.
    pub fn suggest(
        &mut self,
        title: impl Into<String>,
        span: Span,
        replacement: impl Into<String>,
    ) -> &mut Self {
        let (title, replacement) = (title.into(), replacement.into());
        self.fix = Some(Fix { title, span, replacement, certain: false });
        self
    }
}

/// Where every stage reports to.
#[derive(Clone, Debug, Default)]
pub struct Sink {
    diagnostics: Vec<Diagnostic>,
}

impl Sink {
    /// Reports a problem; what it returns adds labels, helps and fixes.
    pub fn report(&mut self, code: Code, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        let at = self.diagnostics.len();
        self.diagnostics.push(Diagnostic {
            code,
            severity: code.row().severity,
            message: message.into(),
            primary: Label { span, text: String::new() },
            secondary: Vec::new(),
            helps: Vec::new(),
            fix: None,
        });
        #[expect(clippy::indexing_slicing, reason = "the element was pushed in the line before")]
        &mut self.diagnostics[at]
    }
    /// Whether an error was reported.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|it| it.severity == Severity::Error)
    }
    /// What was reported so far.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }
    /// Everything that was reported, by place.
    pub fn finish(mut self) -> Vec<Diagnostic> {
        self.diagnostics.sort_by_key(|it| (it.primary.span.source, it.primary.span.start));
        // A part that is looked at for its value and for its truth may be reported for both.
        self.diagnostics.dedup();
        self.diagnostics
    }
    /// Rewrites the replacements of all fixes; a fix for which nothing comes back becomes a help line.
    pub fn map_fixes(&mut self, written: impl Fn(&str) -> Option<String>) {
        for diagnostic in &mut self.diagnostics {
            let Some(mut fix) = diagnostic.fix.take() else { continue };
            match written(&fix.replacement) {
                Some(text) => {
                    fix.replacement = text;
                    diagnostic.fix = Some(fix);
                }
                None => diagnostic.helps.push(format!("{}: `{}`", fix.title, fix.replacement)),
            }
        }
    }
    /// Takes over what was reported before.
    pub fn take_over(&mut self, reported: &[Diagnostic]) {
        self.diagnostics.extend_from_slice(reported);
    }
    /// Takes over what another sink has.
    pub fn extend(&mut self, other: Sink) {
        self.diagnostics.extend(other.diagnostics);
    }
}
