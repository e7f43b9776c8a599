//! From files to a rule set.

use std::collections::HashSet;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use oracle_compiler::diag::{Code, Diagnostic, Severity, Sink};
use oracle_compiler::session::{Compiled, FileOutcome, Options, RuleInput};
use oracle_compiler::source::{Sources, Span};

use super::builtin::builtin_inputs;
use super::find::{Disk, Found, Plain, Unreadable, find_with};
use super::script_files::compile;
use crate::engine::{RuleSet, RuleSetError};
use crate::pack::Trust;
use crate::pack::join::{PackProblem, Packs, Rules, open_all, split};
use crate::plugin::{Discovered, Host, discover};

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
    /// Files, folders and packs, in this order; packs come last.
    pub paths: Vec<PathBuf>,
    /// Folders of plugins, in this order.
    pub plugins: Vec<PathBuf>,
    /// What plugins may require and do.
    pub host: Host,
    /// Whose packs are taken.
    pub trust: Trust,
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
    /// What is wrong or doubtful: files that cannot be read, then manifests, then rule files, by place.
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

/// Loads built-in rules and rule files. A file of one's own takes the place of the built-in one of the same name.
///
/// # Errors
/// With [`OnBad::Fail`], anything that is an error. Otherwise only a pack that does not verify, which would be a
/// mistake of the compiler.
pub fn load(options: &LoadOptions) -> Result<LoadReport, LoadError> {
    let (packs, _) = split(&options.paths);
    let packs = open_all(&packs, &options.trust);
    let Found { inputs, unreadable } = gather(options, &mut Plain);
    let found = discover(&options.plugins, &options.host);
    assemble(inputs, &unreadable, found, packs, options)
}

/// The rule files outside of plugins and packs: built-in ones, then those at the options' paths.
pub(crate) fn gather(options: &LoadOptions, disk: &mut dyn Disk) -> Found {
    let (_, paths) = split(&options.paths);
    let mut found = find_with(&paths, disk);
    if options.builtin {
        let name = |path: &str| path.rsplit(['/', '\\']).next().unwrap_or(path).to_owned();
        let own: HashSet<String> = found.inputs.iter().map(|it| name(&it.path)).collect();
        let builtin: Vec<RuleInput> =
            builtin_inputs().into_iter().filter(|it| !own.contains(&name(&it.path))).collect();
        found.inputs.splice(0..0, builtin);
    }
    found
}

/// Loads rule files that were read already; the options' paths and plugins are not looked at.
///
/// # Errors
/// As [`load`].
pub fn load_inputs(
    inputs: &[RuleInput],
    unreadable: &[Unreadable],
    options: &LoadOptions,
) -> Result<LoadReport, LoadError> {
    assemble(inputs.to_vec(), unreadable, Discovered::default(), Packs::default(), options)
}

fn assemble(
    inputs: Vec<RuleInput>,
    unreadable: &[Unreadable],
    mut found: Discovered,
    packs: Packs,
    options: &LoadOptions,
) -> Result<LoadReport, LoadError> {
    let unreadable: Vec<Unreadable> = unreadable.iter().chain(&found.unreadable).cloned().collect();
    let plugins = std::mem::take(&mut found.plugins);
    let compiled = compile_with_plugins(&inputs, found, options.compiler);
    let Compiled { rules, pack, mut sources, files, .. } = compiled;
    let mut joined = Rules { specs: rules, pack, plugins };
    let problems = joined.add(packs, &options.host);
    let mut diagnostics = report_unreadable(&unreadable, &problems, &mut sources);
    diagnostics.extend(compiled.diagnostics);
    let is_bad = diagnostics.iter().any(|it| it.severity == Severity::Error);
    if is_bad && options.on_bad == OnBad::Fail {
        return Err(LoadError::Bad { diagnostics, sources });
    }
    let ruleset = Arc::new(RuleSet::with_plugins(joined.specs, joined.pack, joined.plugins)?);
    Ok(LoadReport { ruleset, diagnostics, sources, files })
}

/// Compiles rule files and then those of plugins; what is wrong with the plugins' manifests comes first among the
/// diagnostics.
pub fn compile_with_plugins(inputs: &[RuleInput], mut found: Discovered, options: Options) -> Compiled {
    let inputs: Vec<RuleInput> = inputs.iter().cloned().chain(found.inputs).collect();
    let mut compiled = compile(&inputs, options);
    let by = compiled.sources.append(found.sources);
    found.diagnostics.iter_mut().for_each(|it| it.shift(by));
    found.diagnostics.append(&mut compiled.diagnostics);
    Compiled { diagnostics: found.diagnostics, ..compiled }
}

pub(crate) fn report_unreadable(
    unreadable: &[Unreadable],
    problems: &[PackProblem],
    sources: &mut Sources,
) -> Vec<Diagnostic> {
    let mut sink = Sink::default();
    for it in unreadable {
        let source = sources.add(it.path.clone(), "");
        sink.report(Code::Unreadable, Span::new(source, 0, 0), it.to_string())
            .help("check the path and its permissions");
    }
    for it in problems {
        let source = sources.add(it.path.clone(), "");
        sink.report(Code::Unreadable, Span::new(source, 0, 0), it.why.clone())
            .help("`oracle pack verify` says what is wrong with a pack");
    }
    sink.finish()
}
