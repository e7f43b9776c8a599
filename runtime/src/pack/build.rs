//! From compiled rules to a pack that is the same wherever it is made.
//!
//! What a pack says about files must not depend on where they lay or in which order they were named: paths are
//! shortened to what follows the folder that was named, and files are sorted by them.

use std::path::{Component, Path};
use std::sync::Arc;

use oracle_compiler::packfile::{Packed, PluginSpec, SourceFile, SourceKind};
use oracle_compiler::rule::{Condition, ScriptSpec};
use oracle_compiler::session::{Compiled, RuleInput};

use crate::plugin::Plugin;

/// A path as a pack has it: the name of the folder that was named, and what follows it, with `/` between.
pub fn short_path(path: &Path, roots: &[impl AsRef<Path>]) -> String {
    let root = roots.iter().map(AsRef::as_ref).filter(|root| path.starts_with(root));
    // The innermost one, where folders were named inside of each other.
    let root = root.max_by_key(|root| root.components().count());
    let (first, rest) = match root {
        Some(root) => (root.file_name(), path.strip_prefix(root).unwrap_or(path)),
        None => (None, path),
    };
    let names = rest.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name),
        _ => None,
    });
    let parts: Vec<_> = first.into_iter().chain(names).map(|name| name.to_string_lossy()).collect();
    parts.join("/")
}

/// Sorts inputs by their short path, then by content: the order in which they are compiled.
pub fn sorted(inputs: Vec<RuleInput>, roots: &[impl AsRef<Path>]) -> Vec<(String, RuleInput)> {
    let named = inputs.into_iter().map(|input| (short_path(Path::new(&input.path), roots), input));
    let mut sorted: Vec<(String, RuleInput)> = named.collect();
    let plugin = |input: &RuleInput| input.plugin.as_ref().map(|it| it.id.clone());
    sorted.sort_by(|(a_path, a), (b_path, b)| {
        (plugin(a), a_path, &a.bytes).cmp(&(plugin(b), b_path, &b.bytes))
    });
    sorted
}

/// Puts together what a pack has. `inputs` were compiled without an error, in this order; `manifests` are those of
/// the plugins.
pub fn pack(
    compiled: Compiled,
    inputs: &[(String, RuleInput)],
    plugins: &[Arc<Plugin>],
    manifests: Vec<SourceFile>,
) -> Packed {
    let mut sources = manifests;
    sources.extend(inputs.iter().map(|(path, input)| SourceFile {
        kind: SourceKind::Rule,
        plugin: input.plugin.as_ref().map(|it| it.id.clone()).unwrap_or_default(),
        path: path.clone(),
        rule: String::new(),
        bytes: input.bytes.clone(),
    }));
    let Compiled { mut rules, pack, .. } = compiled;
    for (rule, (path, _)) in rules.iter_mut().zip(inputs) {
        let rule = Arc::make_mut(rule);
        rule.source_path.clone_from(path);
        let Condition::Script(ScriptSpec { path: script, source: Some(text) }) = &rule.condition else {
            continue;
        };
        sources.push(SourceFile {
            kind: SourceKind::Script,
            plugin: rule.plugin.clone().unwrap_or_default(),
            path: script.clone(),
            rule: path.clone(),
            bytes: text.as_bytes().to_vec(),
        });
    }
    sources.sort_by(|a, b| (a.kind, &a.plugin, &a.path, &a.rule).cmp(&(b.kind, &b.plugin, &b.path, &b.rule)));
    let mut plugins: Vec<PluginSpec> = plugins.iter().map(|it| spec(it)).collect();
    plugins.sort_by(|a, b| a.id.cmp(&b.id));
    Packed { pack, rules, plugins, sources }
}

/// What a pack says about a plugin.
fn spec(plugin: &Plugin) -> PluginSpec {
    let Plugin { id, name, version, description, requires, settings, folder: _, enabled: _ } = plugin.clone();
    PluginSpec { id, name, version, description, requires, settings }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_do_not_tell_where_folders_lay() {
        let short = |path: &str, roots: &[&str]| short_path(Path::new(path), roots);
        assert_eq!(short("/home/ada/rules/a/b.toml", &["/home/ada/rules"]), "rules/a/b.toml");
        assert_eq!(short("rules/a/b.toml", &["rules"]), "rules/a/b.toml");
        assert_eq!(short("./rules/b.toml", &["./rules/"]), "rules/b.toml");
        assert_eq!(short("./b.toml", &["."]), "b.toml");
        assert_eq!(short("/x/rules/b.toml", &["/x/rules/b.toml"]), "b.toml");
        assert_eq!(short("r/s/b.toml", &["r", "r/s"]), "s/b.toml");
    }
}
