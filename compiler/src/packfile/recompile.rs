//! Compiling a pack's own sources again.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::sources::{SourceFile, SourceKind};
use super::{Packed, PluginSpec};
use crate::diag::{Severity, Sink};
use crate::rulefile::manifest::{self, Manifest};
use crate::rulefile::{PluginContext, decode};
use crate::script::{ScriptProblem, ScriptSource};
use crate::session::{Compiled, Compiler, Options, RuleInput};
use crate::source::Sources;

/// Compiles the rule files of a pack, each with its plugin and its script. `prefix` goes before the paths that
/// diagnostics show.
pub fn compile(files: &[SourceFile], prefix: &str, options: Options) -> Compiled {
    let plugins = plugins(files);
    let mut contexts = BTreeMap::new();
    for PluginSpec { id, settings, .. } in &plugins {
        // Whether its rules may be core is for the host to say that loads them.
        let context = PluginContext { id: id.clone(), settings: settings.clone(), may_be_core: true };
        contexts.insert(id.as_str(), Arc::new(context));
    }
    let of_kind = |kind| files.iter().filter(move |file| file.kind == kind);
    let input = |file: &SourceFile| RuleInput {
        plugin: contexts.get(file.plugin.as_str()).cloned(),
        ..RuleInput::loose(format!("{prefix}{}", file.path), file.bytes.as_slice())
    };
    let inputs: Vec<RuleInput> = of_kind(SourceKind::Rule).map(input).collect();
    let mut scripts = PackScripts::default();
    for file in of_kind(SourceKind::Script) {
        let key = (format!("{prefix}{}", file.rule), file.path.clone());
        scripts.0.insert(key, String::from_utf8_lossy(&file.bytes).into());
    }
    Compiler::new(options).compile_with(&inputs, &scripts)
}

/// The scripts of a pack, by the rule file that names them and the path as it is written there.
#[derive(Debug, Default)]
struct PackScripts(BTreeMap<(String, String), Arc<str>>);

impl ScriptSource for PackScripts {
    fn read(&self, rule: &RuleInput, path: &str) -> Result<Option<Arc<str>>, ScriptProblem> {
        let found = self.0.get(&(rule.path.clone(), path.to_owned())).cloned();
        found.map(Some).ok_or_else(|| ScriptProblem::Unreadable("the pack does not have it".to_owned()))
    }
}

/// What the manifests say; one that is broken is left out, and then the rules of its plugin have errors.
fn plugins(files: &[SourceFile]) -> Vec<PluginSpec> {
    let (mut sources, mut sink) = (Sources::default(), Sink::default());
    let manifests = files.iter().filter(|file| file.kind == SourceKind::Manifest);
    let read = |file: &SourceFile| {
        let (source, _) = decode(&file.path, &file.bytes, &mut sources, &mut sink);
        manifest::read(&sources, source, &mut sink).map(PluginSpec::from)
    };
    manifests.filter_map(read).collect()
}

impl From<Manifest> for PluginSpec {
    fn from(manifest: Manifest) -> PluginSpec {
        let Manifest { id, name, version, description, requires, include: _, settings } = manifest;
        let requires = requires.into_iter().map(|it| it.text).collect();
        PluginSpec { id: id.text, name, version, description, requires, settings }
    }
}

/// Compiles the files that a pack has, in their order.
///
/// # Errors
/// When one of them has an error: what was compiled, with the diagnostics.
pub fn recompile(files: Vec<SourceFile>) -> Result<Packed, Box<Compiled>> {
    let plugins = plugins(&files);
    let compiled = compile(&files, "", Options { lint: false, ..Options::default() });
    if compiled.diagnostics.iter().any(|it| it.severity == Severity::Error) {
        return Err(Box::new(compiled));
    }
    Ok(Packed { pack: compiled.pack, rules: compiled.rules, plugins, sources: files })
}
