//! Compiling a pack's own sources again.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::sources::{SourceFile, SourceKind};
use super::{Packed, PluginSpec};
use crate::diag::{Severity, Sink};
use crate::rulefile::manifest::{self, Manifest};
use crate::rulefile::{PluginContext, decode};
use crate::session::{Compiled, Options, RuleInput, compile_rules};
use crate::source::Sources;

/// The rule files of a pack as input of the compiler, each with its plugin.
pub fn inputs(files: &[SourceFile]) -> Vec<RuleInput> {
    with_plugins(files, &plugins(files))
}

fn with_plugins(files: &[SourceFile], plugins: &[PluginSpec]) -> Vec<RuleInput> {
    let mut contexts = BTreeMap::new();
    for PluginSpec { id, settings, .. } in plugins {
        // Whether its rules may be core is for the host to say that loads them.
        let context = PluginContext { id: id.clone(), settings: settings.clone(), may_be_core: true };
        contexts.insert(id.as_str(), Arc::new(context));
    }
    let rules = files.iter().filter(|file| file.kind == SourceKind::Rule);
    rules
        .map(|file| RuleInput {
            plugin: contexts.get(file.plugin.as_str()).cloned(),
            ..RuleInput::loose(file.path.as_str(), file.bytes.as_slice())
        })
        .collect()
}

/// What the manifests say; one that is broken is left out, and then the rules of its plugin have errors.
fn plugins(files: &[SourceFile]) -> Vec<PluginSpec> {
    let (mut sources, mut sink) = (Sources::default(), Sink::default());
    let manifests = files.iter().filter(|file| file.kind == SourceKind::Manifest);
    let mut read = |file: &SourceFile| {
        let (source, _) = decode(&file.path, &file.bytes, &mut sources, &mut sink);
        manifest::read(&sources, source, &mut sink).map(PluginSpec::from)
    };
    manifests.filter_map(|file| read(file)).collect()
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
    let inputs = with_plugins(&files, &plugins);
    let compiled = compile_rules(&inputs, Options { lint: false, ..Options::default() });
    if compiled.diagnostics.iter().any(|it| it.severity == Severity::Error) {
        return Err(Box::new(compiled));
    }
    Ok(Packed { pack: compiled.pack, rules: compiled.rules, plugins, sources: files })
}
