//! Plugins below folders.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use oracle_compiler::diag::{Code, Diagnostic, Sink};
use oracle_compiler::rulefile::manifest::Manifest;
use oracle_compiler::rulefile::{PluginContext, decode, manifest};
use oracle_compiler::session::RuleInput;
use oracle_compiler::source::{Sources, Span};

use super::check::Known;
use super::{Host, MANIFEST, Plugin, files};
use crate::ruleset::{Disk, Plain, Unreadable, entries};

/// What was found below the folders of plugins.
#[derive(Clone, Debug, Default)]
pub struct Discovered {
    /// The plugins that may run, and those that the host disabled.
    pub plugins: Vec<Arc<Plugin>>,
    /// The rule files of the enabled ones, in the order of the plugins, each in sorted order.
    pub inputs: Vec<RuleInput>,
    /// What could not be read.
    pub unreadable: Vec<Unreadable>,
    /// Manifests that became bad, where the last good one was used.
    pub stale: Vec<PathBuf>,
    /// What is wrong with manifests and folders.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts that the diagnostics point into.
    pub sources: Sources,
}

/// The manifests that were good the last time, by the folders of their plugins.
pub(crate) type LastGood = HashMap<PathBuf, Manifest>;

/// Looks for plugins: each path is a plugin's own folder, or one whose folders are plugins. A plugin that cannot run
/// is left out and reported; the others are not affected.
pub fn discover(paths: &[PathBuf], host: &Host) -> Discovered {
    discover_with(paths, host, &mut Plain, &mut LastGood::new())
}

/// As [`discover`], reading through `disk`. A plugin whose manifest became bad goes on with the last good one.
pub(crate) fn discover_with(
    paths: &[PathBuf],
    host: &Host,
    disk: &mut dyn Disk,
    last_good: &mut LastGood,
) -> Discovered {
    let mut search = Search {
        host,
        found: Discovered::default(),
        sink: Sink::default(),
        known: Known::default(),
        last_good: std::mem::take(last_good),
        good: LastGood::new(),
    };
    let mut seen = HashSet::new();
    for path in paths {
        match folders(path, disk) {
            Ok(folders) => {
                for folder in folders {
                    // A folder that is named twice, or that a link leads to, is one plugin.
                    if folder.canonicalize().is_ok_and(|real| seen.insert(real)) {
                        search.plugin(&folder, folder == *path, disk);
                    }
                }
            }
            Err(error) => search.found.unreadable.push(Unreadable::new(path, &error)),
        }
    }
    let Search { mut found, sink, good, .. } = search;
    *last_good = good;
    found.diagnostics = sink.finish();
    found
}

/// The folders that may be plugins, in order.
fn folders(path: &Path, disk: &mut dyn Disk) -> io::Result<Vec<PathBuf>> {
    if path.is_symlink() {
        disk.linked(path);
    }
    if path.join(MANIFEST).exists() {
        return Ok(vec![path.to_owned()]);
    }
    let is_hidden = |it: &Path| it.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    Ok(entries(path, disk)?.into_iter().filter(|it| it.is_dir() && !is_hidden(it)).collect())
}

struct Search<'h> {
    host: &'h Host,
    found: Discovered,
    sink: Sink,
    known: Known,
    last_good: LastGood,
    good: LastGood,
}

impl Search<'_> {
    fn plugin(&mut self, folder: &Path, named: bool, disk: &mut dyn Disk) {
        let Search { host, found, sink, known, last_good, good } = self;
        let path = folder.join(MANIFEST);
        if !named && !path.exists() {
            let message = format!("the folder has no `{MANIFEST}`, so it is no plugin");
            let help = format!("add `{MANIFEST}`, or move the folder elsewhere");
            return report_at_file(&mut found.sources, folder, Code::NoManifest, message, &help, sink);
        }
        let read = match disk.read(&path) {
            Ok(bytes) => {
                let (source, is_text) = decode(&path.display().to_string(), &bytes, &mut found.sources, sink);
                if is_text { manifest::read(&found.sources, source, sink) } else { None }
            }
            Err(error) => {
                found.unreadable.push(Unreadable::new(&path, &error));
                None
            }
        };
        if read.is_none() && last_good.contains_key(folder) {
            found.stale.push(path);
        }
        let Some(manifest) = read.or_else(|| last_good.remove(folder)) else { return };
        good.insert(folder.to_owned(), manifest.clone());
        if !known.admit(&manifest, host, sink) {
            return;
        }
        let id = manifest.id.text.clone();
        let enabled = !host.disabled_plugins.contains(&id);
        let context = Arc::new(PluginContext {
            id: id.clone(),
            settings: manifest.settings.clone(),
            may_be_core: host.core_plugins.contains(&id),
        });
        if enabled {
            files::gather(folder, &manifest, &context, disk, found, sink);
        }
        found.plugins.push(Arc::new(Plugin {
            id,
            name: manifest.name,
            version: manifest.version,
            description: manifest.description,
            requires: manifest.requires.into_iter().map(|it| it.text).collect(),
            settings: manifest.settings,
            folder: folder.to_owned(),
            enabled,
        }));
    }
}

/// Reports something about a file or folder of which there is no text to show.
pub(super) fn report_at_file(
    sources: &mut Sources,
    path: &Path,
    code: Code,
    message: String,
    help: &str,
    sink: &mut Sink,
) {
    let source = sources.add(path.display().to_string(), "");
    sink.report(code, Span::new(source, 0, 0), message).help(help);
}
