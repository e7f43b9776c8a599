//! From files to a rule set.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use oracle_compiler::diag::{Code, Diagnostic, Severity, Sink};
use oracle_compiler::session::{Compiled, FileOutcome, Options, RuleInput, compile_rules};
use oracle_compiler::source::{Sources, Span};

use super::builtin::{builtin_inputs, is_builtin};
use super::find::{Found, Unreadable, find};
use crate::engine::{RuleSet, RuleSetError};

/// What to do when a file is bad.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnBad {
    /// Report it and load the others.
    #[default]
    Skip,
    /// Load nothing.
    Fail,
}

/// What to load.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// Whether the built-in rules come first.
    pub builtin: bool,
    /// Files and folders, in this order.
    pub paths: Vec<PathBuf>,
    /// What to do when a file is bad.
    pub on_bad: OnBad,
    /// What the compiler does beyond what it must.
    pub compiler: Options,
}

/// What became of a load.
#[derive(Debug)]
pub struct LoadReport {
    /// The rules that loaded.
    pub ruleset: Arc<RuleSet>,
    /// What is wrong or doubtful, files that cannot be read first, then by file and place.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts that the diagnostics point into.
    pub sources: Sources,
    /// What became of each file that could be read.
    pub files: Vec<FileOutcome>,
}

/// Why nothing was loaded.
#[derive(Debug)]
#[non_exhaustive]
pub enum LoadError {
    /// Something is bad and the caller wants all or nothing.
    Bad {
        /// What is wrong or doubtful.
        diagnostics: Vec<Diagnostic>,
        /// The texts that the diagnostics point into.
        sources: Sources,
    },
    /// The compiled rules cannot run.
    RuleSet(RuleSetError),
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadError::Bad { diagnostics, .. } => {
                let errors = diagnostics.iter().filter(|it| it.severity == Severity::Error).count();
                write!(f, "{errors} errors in the rule files: mend them, or load the others without them")
            }
            LoadError::RuleSet(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for LoadError {}

impl From<RuleSetError> for LoadError {
    fn from(error: RuleSetError) -> Self {
        LoadError::RuleSet(error)
    }
}

/// Loads built-in rules and rule files. A built-in rule that also lies in one of the folders, unchanged, is loaded
/// once.
///
/// # Errors
/// With [`OnBad::Fail`], anything that is an error. Otherwise only a pack that does not verify, which would be a
/// mistake of the compiler.
pub fn load(options: &LoadOptions) -> Result<LoadReport, LoadError> {
    let Found { mut inputs, unreadable } = find(&options.paths);
    if options.builtin {
        inputs.retain(|input| !is_builtin(input));
        inputs.splice(0..0, builtin_inputs());
    }
    load_inputs(&inputs, &unreadable, options)
}

/// Loads rule files that were read already.
///
/// # Errors
/// As [`load`].
pub fn load_inputs(
    inputs: &[RuleInput],
    unreadable: &[Unreadable],
    options: &LoadOptions,
) -> Result<LoadReport, LoadError> {
    let Compiled { rules, pack, diagnostics, mut sources, files, .. } =
        compile_rules(inputs, options.compiler);
    let mut all = report_unreadable(unreadable, &mut sources);
    all.extend(diagnostics);
    let is_bad = all.iter().any(|it| it.severity == Severity::Error);
    if is_bad && options.on_bad == OnBad::Fail {
        return Err(LoadError::Bad { diagnostics: all, sources });
    }
    let ruleset = Arc::new(RuleSet::new(rules, pack)?);
    Ok(LoadReport { ruleset, diagnostics: all, sources, files })
}

fn report_unreadable(unreadable: &[Unreadable], sources: &mut Sources) -> Vec<Diagnostic> {
    let mut sink = Sink::default();
    for it in unreadable {
        let source = sources.add(it.path.clone(), "");
        sink.report(Code::Unreadable, Span::new(source, 0, 0), it.to_string())
            .help("check the path and its permissions");
    }
    sink.finish()
}
