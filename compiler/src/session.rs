//! The whole compiler, top to bottom: rule files in, checked rules and their code out.
//!
//! A file with an error is left out and reported; the others are not affected. Rules and entries of the pack have
//! the same order: the order of the inputs.

use std::collections::HashMap;
use std::sync::Arc;

use oracle_vm::ids::RuleId;
use oracle_vm::pack::{Pack, RuleEntry};

use crate::diag::{Code, Diagnostic, Sink};
use crate::rule::RuleSpec;
use crate::rulefile::{self, Places, PluginContext, RuleFile};
use crate::source::{SourceId, Sources};

/// A rule file as it was found.
#[derive(Clone, Debug)]
pub struct RuleInput {
    /// Its path, as diagnostics show it.
    pub path: String,
    /// Its content, which may be anything.
    pub bytes: Vec<u8>,
    /// The plugin whose folder it lies in.
    pub plugin: Option<Arc<PluginContext>>,
}

impl RuleInput {
    /// A file outside of plugins.
    pub fn loose(path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> RuleInput {
        RuleInput { path: path.into(), bytes: bytes.into(), plugin: None }
    }
}

/// What the compiler does beyond what it must.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Whether the optimiser runs; the meaning is the same without.
    pub optimise: bool,
    /// Whether rules are looked at together for what is probably not meant.
    pub lint: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options { optimise: true, lint: true }
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
}

/// Everything that [`compile_rules`] made.
#[derive(Clone, Debug, Default)]
pub struct Compiled {
    /// The good rules, by [`RuleId`].
    pub rules: Vec<RuleSpec>,
    /// Where their parts stand, by [`RuleId`].
    pub places: Vec<Places>,
    /// Their code: one entry for each rule, in the same order.
    pub pack: Pack,
    /// What is wrong, by file and place.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts that the diagnostics point into.
    pub sources: Sources,
    /// What became of each input.
    pub files: Vec<FileOutcome>,
}

/// Compiles rule files. Never fails as a whole: what is wrong with a file keeps only that file out.
pub fn compile_rules(inputs: &[RuleInput], options: Options) -> Compiled {
    let mut made = Compiled::default();
    let mut sink = Sink::default();
    let mut first: HashMap<String, Places> = HashMap::new();
    for input in inputs {
        let mut of_file = Sink::default();
        let (source, rule) = compile_file(input, options, &mut made, &mut first, &mut of_file);
        sink.extend(of_file);
        made.files.push(FileOutcome { path: input.path.clone(), source, rule });
    }
    made.diagnostics = sink.finish();
    made
}

fn compile_file(
    input: &RuleInput,
    _options: Options,
    made: &mut Compiled,
    first: &mut HashMap<String, Places>,
    sink: &mut Sink,
) -> (SourceId, Option<RuleId>) {
    let (source, is_text) = rulefile::decode(&input.path, &input.bytes, &mut made.sources, sink);
    if !is_text {
        return (source, None);
    }
    let Some(file) = rulefile::read(&made.sources, source, input.plugin.as_deref(), sink) else {
        return (source, None);
    };
    check_unique(&file, first, sink);
    if sink.has_errors() {
        return (source, None);
    }
    let id = RuleId(u32::try_from(made.rules.len()).unwrap_or(u32::MAX));
    let spec = file.spec;
    first.insert(spec.id.clone(), file.places.clone());
    made.pack.rules.push(RuleEntry {
        id: spec.id.clone(),
        hook: spec.hook,
        priority: spec.priority,
        condition: None,
        clear_when: None,
    });
    made.rules.push(spec);
    made.places.push(file.places);
    (source, Some(id))
}

/// Ids are unique among the rules that load; the first one stays.
fn check_unique(file: &RuleFile, first: &HashMap<String, Places>, sink: &mut Sink) {
    if let Some(other) = first.get(&file.spec.id) {
        let message = format!("there is another rule with the id `{}`", file.spec.id);
        sink.report(Code::DuplicateId, file.places.id, message)
            .help("give one of them another id")
            .also(other.id, "this one stays");
    }
}
