//! The whole compiler, top to bottom: rule files in, checked rules and their code out.
//!
//! [`Compiler::compile`] takes all files and makes a `unit` of each: what can be said about the file by itself. Units
//! of files that did not change since the last time are taken over; `link` joins them. So the same call loads rules
//! for the first time, and brings ten thousand of them up to date when one was saved.
//!
//! A file with an error is left out and reported; the others are not affected. Rules and entries of the pack have
//! the same order: the order of the inputs.

mod link;
mod unit;

use std::collections::HashMap;
use std::sync::Arc;

use oracle_vm::ids::RuleId;
use oracle_vm::pack::Pack;

use crate::diag::Diagnostic;
use crate::rule::RuleSpec;
use crate::rulefile::{Places, PluginContext};
use crate::script::{NoScripts, ScriptSource};
use crate::source::{SourceId, Sources};
use unit::Unit;

/// A rule file as it was found.
#[derive(Clone, Debug)]
pub struct RuleInput {
    /// Its path, as diagnostics show it.
    pub path: String,
    /// Its content, which may be anything.
    pub bytes: Vec<u8>,
    /// The plugin whose folder it lies in.
    pub plugin: Option<Arc<PluginContext>>,
    /// The folder that its script must lie in; `None` for the file's own folder.
    pub root: Option<String>,
}

impl RuleInput {
    /// A file outside of plugins.
    pub fn loose(path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> RuleInput {
        RuleInput { path: path.into(), bytes: bytes.into(), plugin: None, root: None }
    }
}

/// What the compiler does beyond what it must.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Whether the optimiser runs; the meaning is the same without.
    pub optimise: bool,
    /// Whether rules are looked at, alone and together, for what is probably not meant.
    pub lint: bool,
    /// Whether the version of a rule that was compiled last stays when its file becomes bad.
    pub keep_last_good: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options { optimise: true, lint: true, keep_last_good: false }
    }
}

/// What became of an input, in the order of the inputs.
#[derive(Clone, Debug)]
pub struct FileOutcome {
    /// Its path.
    pub path: String,
    /// Its text, for diagnostics.
    pub source: SourceId,
    /// The rule that it gave; `None` where it was left out.
    pub rule: Option<RuleId>,
    /// Whether that rule is what the file said before it became bad.
    pub is_stale: bool,
}

/// Everything that was made of rule files.
#[derive(Clone, Debug, Default)]
pub struct Compiled {
    /// The good rules, by [`RuleId`].
    pub rules: Vec<Arc<RuleSpec>>,
    /// Where their parts stand, by [`RuleId`].
    pub places: Vec<Arc<Places>>,
    /// Their code: one entry for each rule, in the same order.
    pub pack: Pack,
    /// What is wrong, by file and place.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts that the diagnostics point into.
    pub sources: Sources,
    /// What became of each input.
    pub files: Vec<FileOutcome>,
    /// Whether every input, and every script that they name, is as it was at the call before.
    pub is_same: bool,
}

/// Compiles rule files. Never fails as a whole: what is wrong with a file keeps only that file out. Scripts are not
/// looked at.
pub fn compile_rules(inputs: &[RuleInput], options: Options) -> Compiled {
    Compiler::new(options).compile(inputs)
}

/// Compiles rule files again and again, at a cost that follows what changed.
#[derive(Debug, Default)]
pub struct Compiler {
    options: Options,
    sources: Sources,
    units: Vec<Unit>,
}

impl Compiler {
    /// A compiler that has seen nothing yet.
    pub fn new(options: Options) -> Compiler {
        Compiler { options, ..Compiler::default() }
    }

    /// Compiles rule files. Only what changed since the last call is read anew: a file by its path and content, and
    /// the plugin that it is part of. Never fails as a whole. Scripts are not looked at.
    pub fn compile(&mut self, inputs: &[RuleInput]) -> Compiled {
        self.compile_with(inputs, &NoScripts)
    }

    /// As [`Compiler::compile`], with the scripts that the rules name, which are read every time.
    pub fn compile_with(&mut self, inputs: &[RuleInput], scripts: &dyn ScriptSource) -> Compiled {
        let mut before = Before::new(std::mem::take(&mut self.units));
        let mut units = Vec::with_capacity(inputs.len());
        let mut is_same = true;
        for input in inputs {
            units.push(match before.take(&input.path) {
                Some(unit) if unit.is_of(input, &self.sources, scripts) => unit,
                known => {
                    is_same = false;
                    Unit::compile(input, known, &mut self.sources, (self.options, scripts))
                }
            });
        }
        for unit in before.rest() {
            is_same = false;
            unit.remove(&mut self.sources);
        }
        self.units = units;
        let made = link::link(&mut self.units, self.sources.clone(), self.options);
        Compiled { is_same, ..made }
    }
}

/// The units of the last time. Paths mostly come in the same order again, so most are found without looking.
struct Before {
    units: Vec<Option<Unit>>,
    next: usize,
    by_path: Option<HashMap<String, usize>>,
}

impl Before {
    fn new(units: Vec<Unit>) -> Before {
        Before { units: units.into_iter().map(Some).collect(), next: 0, by_path: None }
    }

    fn take(&mut self, path: &str) -> Option<Unit> {
        let is_next = |it: &Option<Unit>| it.as_ref().is_some_and(|unit| unit.path == path);
        let at = match self.units.get(self.next) {
            None if self.units.is_empty() => return None,
            Some(it) if is_next(it) => self.next,
            _ => {
                let units = &self.units;
                let index = || {
                    let named = units.iter().enumerate().rev();
                    named.filter_map(|(at, it)| Some((it.as_ref()?.path.clone(), at))).collect()
                };
                *self.by_path.get_or_insert_with(index).get(path)?
            }
        };
        self.next = at + 1;
        self.units.get_mut(at)?.take()
    }

    /// Those that nobody took.
    fn rest(self) -> impl Iterator<Item = Unit> {
        self.units.into_iter().flatten()
    }
}
