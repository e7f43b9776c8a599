//! The rule files of a plugin: what its patterns fit, never outside of its folder.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use oracle_compiler::diag::{Code, Sink};
use oracle_compiler::rulefile::PluginContext;
use oracle_compiler::rulefile::manifest::{DEFAULT_INCLUDE, Manifest};
use oracle_compiler::session::RuleInput;
use oracle_compiler::source::Sources;

use super::discover::{Discovered, report_at_file};
use crate::ruleset::{Disk, NOT_RULES, Unreadable, entries};

/// Folders within folders at most.
const MAX_DEPTH: usize = 32;
/// Files and folders of one plugin at most: more is a folder that was not meant to be one.
const MOST_ENTRIES: usize = 50_000;

/// What lies in a plugin's folder.
#[derive(Debug, Default)]
struct Walk {
    /// Files, as paths from the folder with `/` between names, in order.
    files: Vec<String>,
    /// Links that lead out of the folder, likewise.
    outside: Vec<String>,
    unreadable: Vec<Unreadable>,
    seen: HashSet<PathBuf>,
    entries: usize,
}

/// Reads the rule files of a plugin.
pub(super) fn gather(
    folder: &Path,
    manifest: &Manifest,
    context: &Arc<PluginContext>,
    disk: &mut dyn Disk,
    found: &mut Discovered,
    sink: &mut Sink,
) {
    let Some(patterns) = patterns(manifest, sink) else { return };
    let root = match folder.canonicalize() {
        Ok(root) => root,
        Err(error) => return found.unreadable.push(Unreadable::new(folder, &error)),
    };
    let mut walk = Walk::default();
    walk.folder(folder, &root, "", MAX_DEPTH, disk);
    if walk.entries > MOST_ENTRIES {
        let message = format!("the plugin's folder holds more than {MOST_ENTRIES} files");
        sink.report(Code::FileLimit, manifest.id.span, message).help("keep other files elsewhere");
    }
    found.unreadable.append(&mut walk.unreadable);
    report_outside(folder, manifest, &patterns, &walk.outside, &mut found.sources, sink);
    let mut used = HashSet::new();
    for name in &walk.files {
        let fitting = patterns.matches(name);
        if fitting.is_empty() {
            continue;
        }
        used.extend(fitting);
        let path = folder.join(name);
        match disk.read(&path) {
            Ok(bytes) => found.inputs.push(RuleInput {
                path: path.display().to_string(),
                bytes,
                plugin: Some(Arc::clone(context)),
                root: Some(folder.display().to_string()),
            }),
            Err(error) => found.unreadable.push(Unreadable::new(&path, &error)),
        }
    }
    let unused = manifest.include.iter().enumerate().filter(|(at, _)| !used.contains(at));
    for (_, pattern) in unused {
        let message = format!("the pattern `{}` fits no file of the plugin", pattern.text.escape_debug());
        sink.report(Code::NoFiles, pattern.span, message)
            .help("patterns count from the plugin's folder: `*` fits within a name, `**/` any folders");
    }
}

/// The patterns in the order of the manifest; `None` where one cannot be read, which is reported.
fn patterns(manifest: &Manifest, sink: &mut Sink) -> Option<GlobSet> {
    let mut set = GlobSetBuilder::new();
    let mut good = true;
    let usual = manifest.include.is_empty().then_some((DEFAULT_INCLUDE, manifest.id.span));
    let written = manifest.include.iter().map(|it| (it.text.as_str(), it.span));
    for (text, span) in usual.into_iter().chain(written) {
        match GlobBuilder::new(text).literal_separator(true).build() {
            Ok(glob) => drop(set.add(glob)),
            Err(error) => {
                good = false;
                let message =
                    format!("the pattern `{}` cannot be read: {}", text.escape_debug(), error.kind());
                sink.report(Code::BadGlob, span, message)
                    .help(format!("a pattern is such as `{DEFAULT_INCLUDE}`"));
            }
        }
    }
    match set.build() {
        Ok(set) if good => Some(set),
        Ok(_) => None,
        Err(error) => {
            sink.report(Code::BadGlob, manifest.id.span, format!("the patterns cannot be read: {error}"))
                .help("write fewer or simpler ones");
            None
        }
    }
}

impl Walk {
    /// Goes through a folder; `name` is its path from the root.
    fn folder(&mut self, path: &Path, root: &Path, name: &str, depth: usize, disk: &mut dyn Disk) {
        let entries = match entries(path, disk) {
            Ok(entries) => entries,
            Err(error) => return self.unreadable.push(Unreadable::new(path, &error)),
        };
        for entry in entries {
            self.entries += 1;
            let Some(last) = entry.file_name().and_then(|it| it.to_str()) else { continue };
            if self.entries > MOST_ENTRIES || last.starts_with('.') {
                continue;
            }
            let name = if name.is_empty() { last.to_owned() } else { format!("{name}/{last}") };
            // Where the entry really is: links may lead out of the folder, in circles, or nowhere.
            let real = match entry.canonicalize() {
                Ok(real) => real,
                Err(error) => {
                    self.unreadable.push(Unreadable::new(&entry, &error));
                    continue;
                }
            };
            if !real.starts_with(root) {
                self.outside.push(name);
            } else if real.is_dir() {
                match depth.checked_sub(1) {
                    Some(depth) if self.seen.insert(real) => self.folder(&entry, root, &name, depth, disk),
                    _ => {}
                }
            } else if !NOT_RULES.contains(&last) {
                self.files.push(name);
            }
        }
    }
}

/// Reports the links that a pattern asks for and that lead out of the folder.
fn report_outside(
    folder: &Path,
    manifest: &Manifest,
    patterns: &GlobSet,
    outside: &[String],
    sources: &mut Sources,
    sink: &mut Sink,
) {
    let below =
        |pattern: &str, name: &str| pattern.strip_prefix(name).is_some_and(|rest| rest.starts_with('/'));
    for name in outside {
        let written = manifest.include.iter().map(|it| it.text.as_str());
        let usual = manifest.include.is_empty().then_some(DEFAULT_INCLUDE);
        if patterns.is_match(name) || usual.into_iter().chain(written).any(|it| below(it, name)) {
            let path = folder.join(name);
            let message = format!("`{}` is a link that leads out of the plugin's folder", path.display());
            report_at_file(sources, &path, Code::OutsidePlugin, message, "copy it into the folder", sink);
        }
    }
}
