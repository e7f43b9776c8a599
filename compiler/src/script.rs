//! The scripts that rules name: the host reads and parses them, what is wrong is reported at the rule.

use std::sync::Arc;

use crate::diag::{Code, Sink};
use crate::rule::Condition;
use crate::rulefile::{RuleFile, TextPlace};
use crate::session::RuleInput;
use crate::source::{SourceId, Sources, Span};

/// Where the compiler gets scripts from. It reads no files itself.
pub trait ScriptSource {
    /// The text of a script that parses; `None` where scripts are not looked at.
    ///
    /// # Errors
    /// A script that the rule may not have, or that is none.
    fn read(&self, rule: &RuleInput, path: &str) -> Result<Option<Arc<str>>, ScriptProblem>;
}

/// What is wrong with a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScriptProblem {
    /// It cannot be read; why, in words.
    Unreadable(String),
    /// It lies outside of the rule's root folder; how it gets out, in words.
    Outside(String),
    /// It does not parse.
    Syntax {
        /// The script's file, as diagnostics show it.
        file: String,
        /// Its text.
        text: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        message: String,
    },
}

/// Looks at no scripts: rules that have one keep its path alone.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoScripts;

impl ScriptSource for NoScripts {
    fn read(&self, _: &RuleInput, _: &str) -> Result<Option<Arc<str>>, ScriptProblem> {
        Ok(None)
    }
}

/// What became of the script that a rule names.
#[derive(Clone, Debug)]
pub(crate) struct ScriptRead {
    path: String,
    read: Result<Option<Arc<str>>, ScriptProblem>,
    /// Its text among the sources, where a diagnostic points there.
    pub(crate) source: Option<SourceId>,
}

impl ScriptRead {
    /// Reads the script that a rule names and puts it into the rule; what is wrong with it is reported.
    pub(crate) fn of(
        input: &RuleInput,
        file: &mut RuleFile,
        scripts: &dyn ScriptSource,
        sources: &mut Sources,
        sink: &mut Sink,
    ) -> Option<ScriptRead> {
        let (Condition::Script(script), Some(place)) = (&mut file.spec.condition, &file.places.script) else {
            return None;
        };
        if place.text.trim().is_empty() {
            return None;
        }
        let mut made =
            ScriptRead { path: script.path.clone(), read: scripts.read(input, &script.path), source: None };
        match &made.read {
            Ok(text) => script.source.clone_from(text),
            Err(problem) => made.source = report(problem, place, sources, sink),
        }
        Some(made)
    }

    /// Whether the script still is what it was.
    pub(crate) fn is_of(&self, input: &RuleInput, scripts: &dyn ScriptSource) -> bool {
        self.read == scripts.read(input, &self.path)
    }
}

/// Reports what is wrong with a script; gives the script's own text, where it is pointed at.
fn report(
    problem: &ScriptProblem,
    place: &TextPlace,
    sources: &mut Sources,
    sink: &mut Sink,
) -> Option<SourceId> {
    let path = &place.text;
    match problem {
        ScriptProblem::Unreadable(why) => {
            sink.report(
                Code::ScriptUnreadable,
                place.span,
                format!("the script `{path}` cannot be read: {why}"),
            )
            .help("the path is relative to the rule file");
        }
        ScriptProblem::Outside(why) => {
            sink.report(Code::ScriptOutside, place.span, format!("the script `{path}` is refused: {why}"))
                .help("move the script into the folder of the rule, and name it relative to the rule file");
        }
        ScriptProblem::Syntax { file, text, line, message } => {
            let span = line_span(text, *line);
            let source = sources.add(file.clone(), text.clone());
            let span = Span::new(source, span.0, span.1);
            sink.report(Code::ScriptSyntax, span, format!("the script does not parse: {message}"))
                .help("scripts are Luau, which reads plain Lua 5.1")
                .also(place.span, "the rule that names it");
            return Some(source);
        }
    }
    None
}

/// The bytes of a line without the space around it; the end of the text for a line that is not there.
fn line_span(text: &str, line: usize) -> (usize, usize) {
    let mut start = 0;
    for (nth, part) in (1..).zip(text.split_inclusive('\n')) {
        if nth == line {
            let left = part.len() - part.trim_start().len();
            let kept = part.trim().len();
            return if kept == 0 { (start, start) } else { (start + left, start + left + kept) };
        }
        start += part.len();
    }
    (text.len(), text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found_without_the_space_around_it() {
        let text = "one\n  two \n\n";
        let line = |nth| line_span(text, nth);
        assert_eq!([line(1), line(2), line(3), line(4)], [(0, 3), (6, 9), (11, 11), (12, 12)]);
    }
}
