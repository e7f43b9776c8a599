//! Packs among folders: all rules of a host in one set.

use std::collections::HashSet;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use oracle_compiler::packfile::{Packed, PluginSpec};
use oracle_compiler::rule::RuleSpec;
use oracle_vm::ids::RuleId;
use oracle_vm::pack::Pack;
use oracle_vm::verify::patterns_fit;

use super::file;
use super::load::{LoadPackError, LoadedPack, load_pack};
use super::trust::Trust;
use crate::plugin::{Host, Plugin};

/// A pack file that was loaded.
#[derive(Clone, Debug)]
pub struct PackFile {
    /// Its path.
    pub path: PathBuf,
    /// What is in it.
    pub loaded: LoadedPack,
}

/// A pack that was refused, or a part of one that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackProblem {
    /// The pack's path.
    pub path: String,
    /// What is wrong, and what to do.
    pub why: String,
}

impl fmt::Display for PackProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.path, self.why)
    }
}

/// Packs, and what is wrong with those that were refused.
#[derive(Clone, Debug, Default)]
pub struct Packs {
    /// The packs that may be used, in the order of their paths.
    pub files: Vec<PackFile>,
    /// What is wrong.
    pub problems: Vec<PackProblem>,
}

/// Tells pack files from folders and rule files.
pub fn split(paths: &[PathBuf]) -> (Vec<PathBuf>, Vec<PathBuf>) {
    paths.iter().cloned().partition(|path| file::is_pack(path))
}

/// Loads pack files; one that is refused does not keep the others out.
pub fn open_all(paths: &[PathBuf], trust: &Trust) -> Packs {
    let mut packs = Packs::default();
    for path in paths {
        match open(path, file::read(path), trust) {
            Ok(pack) => packs.files.push(pack),
            Err(problem) => packs.problems.push(problem),
        }
    }
    packs
}

/// Loads a pack from what was read.
///
/// # Errors
/// When it could not be read, or is refused.
pub fn open(path: &Path, bytes: io::Result<Vec<u8>>, trust: &Trust) -> Result<PackFile, PackProblem> {
    let loaded = bytes.map_err(LoadPackError::Io).and_then(|bytes| load_pack(&bytes, trust));
    let loaded = loaded.map_err(|error| PackProblem {
        path: path.display().to_string(),
        why: match error {
            LoadPackError::Io(error) => {
                format!("the pack cannot be read: {error}: check the path and who may read it")
            }
            error => format!("the pack is refused: {error}"),
        },
    })?;
    Ok(PackFile { path: path.to_owned(), loaded })
}

/// Rules with their code, and the plugins that they belong to.
#[derive(Debug, Default)]
pub struct Rules {
    /// The rules, in the order of the pack's.
    pub specs: Vec<Arc<RuleSpec>>,
    /// Their code.
    pub pack: Pack,
    /// What is known about their plugins.
    pub plugins: Vec<Arc<Plugin>>,
}

impl Rules {
    /// Adds the rules of packs, behind those that are there. What the host does not take of them, and what has the
    /// name of something else, is left out and reported.
    pub fn add(&mut self, packs: Packs, host: &Host) -> Vec<PackProblem> {
        let mut problems = packs.problems;
        for PackFile { path, loaded } in packs.files {
            self.add_one(&path, loaded.packed, host, &mut problems);
        }
        problems
    }

    fn add_one(&mut self, path: &Path, packed: Packed, host: &Host, problems: &mut Vec<PackProblem>) {
        let mut report = |why: String| problems.push(PackProblem { path: path.display().to_string(), why });
        let Packed { pack, rules, plugins, .. } = packed;
        let mut left_out: HashSet<String> = HashSet::new();
        let mut taken = Vec::new();
        for plugin in plugins {
            let known = self.plugins.iter().any(|it| it.id == plugin.id);
            let missing: Vec<&str> = plugin
                .requires
                .iter()
                .map(String::as_str)
                .filter(|it| !host.capabilities.contains(*it))
                .collect();
            let enabled = !host.disabled_plugins.contains(&plugin.id);
            if known {
                report(format!("its plugin `{}` is left out: there is another one with this id", plugin.id));
            } else if !missing.is_empty() {
                let missing = missing.join("`, `");
                report(format!("its plugin `{}` is skipped: it requires `{missing}`", plugin.id));
            }
            if known || !missing.is_empty() || !enabled {
                left_out.insert(plugin.id.clone());
            }
            if !known && missing.is_empty() {
                taken.push(Arc::new(described(plugin, enabled)));
            }
        }
        let ids: HashSet<&str> = self.specs.iter().map(|it| it.id.as_str()).collect();
        let mut kept = HashSet::new();
        let mut specs = Vec::new();
        for (mut spec, rule) in rules.into_iter().zip((0..).map(RuleId)) {
            if spec.plugin.as_ref().is_some_and(|id| left_out.contains(id)) {
                continue;
            }
            if ids.contains(spec.id.as_str()) {
                report(format!("its rule `{}` is left out: there is another one with this id", spec.id));
                continue;
            }
            // Whose rules may be core is for this host to say, not for the one that compiled them.
            if spec.core && spec.plugin.as_ref().is_some_and(|id| !host.core_plugins.contains(id)) {
                Arc::make_mut(&mut spec).core = false;
            }
            kept.insert(rule);
            specs.push(spec);
        }
        let own = std::mem::take(&mut self.pack);
        match own
            .clone()
            .join(pack.keep_rules(|rule| kept.contains(&rule)))
            .filter(|it| patterns_fit(&it.patterns))
        {
            Some(joined) => {
                self.pack = joined;
                self.specs.extend(specs);
                self.plugins.extend(taken);
            }
            None => {
                self.pack = own;
                report("the pack is left out: together with the others it has too many patterns".to_owned());
            }
        }
    }
}

/// What a host knows about a plugin that came in a pack.
fn described(plugin: PluginSpec, enabled: bool) -> Plugin {
    let PluginSpec { id, name, version, description, requires, settings } = plugin;
    Plugin { id, name, version, description, requires, settings, folder: PathBuf::new(), enabled }
}
