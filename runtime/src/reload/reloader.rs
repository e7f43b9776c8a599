//! Brings an engine's rules up to date with their files.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

use oracle_compiler::diag::Diagnostic;
use oracle_compiler::session::{Compiled, Compiler, Options, RuleInput};
use oracle_compiler::source::Sources;

use super::disk::{KnownDisk, Stamps};
use super::packs::KnownPacks;
use super::{Change, ReloadCounts, ReloadStatus};
use crate::engine::{Engine, RuleSet};
use crate::pack::file::EXTENSION;
use crate::pack::join::Rules;
use crate::plugin::{Discovered, LastGood, MANIFEST, Plugin, discover_with};
use crate::ruleset::{Found, LoadOptions, ScriptFiles, Unreadable, gather, read_bounded, report_unreadable};

/// Loads rules and plugins into an engine, again and again. What is in force is always the last good version of
/// every file; [`Reloader::status`] says which files are not in force as they are, and why.
#[derive(Debug)]
pub struct Reloader {
    engine: Arc<Engine>,
    options: LoadOptions,
    known: Mutex<Known>,
    status: RwLock<Arc<ReloadStatus>>,
    loads: AtomicU64,
    broken: AtomicU64,
}

/// What is known of the files, and what was made of them.
#[derive(Debug, Default)]
struct Known {
    compiler: Compiler,
    packs: KnownPacks,
    manifests: LastGood,
    /// Every rule file, built-in ones first and those of plugins last.
    inputs: Vec<RuleInput>,
    /// Where each of them is among the inputs, by its absolute path: that is how the system reports files.
    at: HashMap<PathBuf, usize>,
    stamps: Stamps,
    unreadable: Vec<Unreadable>,
    plugins: Vec<Arc<Plugin>>,
    stale_manifests: Vec<PathBuf>,
    /// What is wrong with manifests.
    diagnostics: Vec<Diagnostic>,
    sources: Sources,
    links: Vec<PathBuf>,
    /// Files of which an older version is among the inputs, because they cannot be read now.
    carried: Vec<String>,
    /// Rule sets that were replaced, while somebody still uses them: giving back their memory takes time that events
    /// do not have.
    retired: Vec<Arc<RuleSet>>,
}

impl Reloader {
    /// Loads rules and plugins into the engine, in place of those that it has.
    pub fn new(engine: Arc<Engine>, options: LoadOptions) -> Reloader {
        let compiler = Compiler::new(Options { keep_last_good: true, ..options.compiler });
        let status = ReloadStatus {
            generation: 0,
            at: SystemTime::now(),
            took: Duration::ZERO,
            rules: 0,
            plugins: 0,
            left_out: Vec::new(),
            stale: Vec::new(),
            diagnostics: Vec::new(),
            sources: Sources::default(),
            failure: None,
        };
        let reloader = Reloader {
            engine,
            options,
            known: Mutex::new(Known { compiler, ..Known::default() }),
            status: RwLock::new(Arc::new(status)),
            loads: AtomicU64::new(0),
            broken: AtomicU64::new(0),
        };
        reloader.reload();
        reloader
    }

    /// The engine.
    pub fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// What became of the last load.
    pub fn status(&self) -> Arc<ReloadStatus> {
        Arc::clone(&self.status.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// How often rules were loaded.
    pub fn counts(&self) -> ReloadCounts {
        ReloadCounts {
            loads: self.loads.load(Ordering::Relaxed),
            broken: self.broken.load(Ordering::Relaxed),
        }
    }

    /// Reads every file anew and puts in force what changed.
    pub fn reload(&self) -> Arc<ReloadStatus> {
        let mut known = self.known();
        known.stamps.clear();
        self.look(&mut known, None)
    }

    /// Looks at what may have changed, and puts in force what did. Looking at everything reads only files whose size
    /// or times are others.
    pub fn apply(&self, change: &Change) -> Arc<ReloadStatus> {
        let mut known = self.known();
        match change {
            Change::All => self.look(&mut known, None),
            Change::Some(paths) => self.look(&mut known, Some(paths)),
        }
    }

    /// What has to be watched: the folders and files that were named, and where links lead.
    pub fn watched(&self) -> Vec<PathBuf> {
        let known = self.known();
        let mut paths: Vec<PathBuf> =
            self.options.paths.iter().chain(&self.options.plugins).cloned().collect();
        for link in &known.links {
            let Ok(real) = link.canonicalize() else { continue };
            let folder = if real.is_dir() { Some(real.as_path()) } else { real.parent() };
            paths.extend(folder.map(Path::to_owned));
        }
        paths.sort();
        paths.dedup();
        paths
    }

    /// Whether a change of this path can be one of the rules.
    pub fn concerns(&self, path: &Path) -> bool {
        let known = self.known();
        let name = path.file_name().map(|it| it.to_string_lossy()).unwrap_or_default();
        // Where there are links, any name may be part of what they lead to.
        if !known.links.is_empty() || name == MANIFEST {
            return true;
        }
        match path.extension() {
            _ if name.starts_with('.') || name.ends_with('~') => false,
            Some(extension) => ["toml", "lua", EXTENSION].iter().any(|it| extension == *it) || path.is_dir(),
            // What has no extension may be, or have been, a folder.
            None => true,
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn look(&self, known: &mut Known, paths: Option<&[PathBuf]>) -> Arc<ReloadStatus> {
        let began = Instant::now();
        let read = match paths {
            Some(paths) => known.read_some(paths).unwrap_or_else(|| known.read_all(&self.options)),
            None => known.read_all(&self.options),
        };
        let changed = known.packs.read(&self.options) || read;
        let changed = changed || self.loads.load(Ordering::Relaxed) == 0;
        let status = if changed || self.may_change_scripts(paths) {
            self.put_in_force(known, changed, began)
        } else {
            self.status()
        };
        // After the new rules are in force, so that nobody waits for it.
        known.retired.retain(|rules| Arc::strong_count(rules) > 1);
        status
    }

    /// Whether scripts have to be looked at again: they are no files of their own, but read with the rules that name
    /// them.
    fn may_change_scripts(&self, paths: Option<&[PathBuf]>) -> bool {
        match paths {
            Some(paths) => paths.iter().any(|path| path.extension().is_none_or(|it| it != "toml")),
            None => self.engine.rules().has_scripts(),
        }
    }

    /// Compiles what changed and swaps the rules. Where it is not known that anything `changed`, the compiler says.
    fn put_in_force(&self, known: &mut Known, changed: bool, began: Instant) -> Arc<ReloadStatus> {
        let Compiled { rules, pack, sources, diagnostics: found, files, is_same, .. } =
            known.compiler.compile_with(&known.inputs, &ScriptFiles);
        if is_same && !changed {
            return self.status();
        }
        let mut sources = sources;
        let mut joined = Rules { specs: rules, pack, plugins: known.plugins.clone() };
        let problems = joined.add(known.packs.packs(), &self.options.host);
        let mut diagnostics = report_unreadable(&known.unreadable, &problems, &mut sources);
        let by = sources.append(known.sources.clone());
        diagnostics.extend(known.diagnostics.iter().cloned().map(|mut it| {
            it.shift(by);
            it
        }));
        diagnostics.extend(found);
        let stale = files.iter().filter(|file| file.is_stale || known.carried.contains(&file.path));
        let stale_manifests = known.stale_manifests.iter().map(|path| path.display().to_string());
        let left_out = files.iter().filter(|it| it.rule.is_none());
        let mut status = ReloadStatus {
            generation: self.loads.fetch_add(1, Ordering::Relaxed).saturating_add(1),
            at: SystemTime::now(),
            took: Duration::ZERO,
            rules: joined.specs.len(),
            plugins: joined.plugins.len(),
            left_out: left_out.map(|it| it.path.clone()).chain(known.packs.bad(false)).collect(),
            stale: stale
                .map(|file| file.path.clone())
                .chain(stale_manifests)
                .chain(known.packs.bad(true))
                .collect(),
            diagnostics,
            sources,
            failure: None,
        };
        let before = self.engine.rules();
        match RuleSet::after(Some(&before), joined.specs, joined.pack, joined.plugins) {
            Ok(rules) => {
                self.engine.replace_rules(Arc::new(rules));
                known.retired.push(before);
            }
            Err(error) => status.failure = Some(error.to_string()),
        }
        status.took = began.elapsed();
        if !status.is_healthy() {
            self.broken.fetch_add(1, Ordering::Relaxed);
        }
        note(&status);
        let status = Arc::new(status);
        *self.status.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&status);
        status
    }
}

/// Writes to the log what became of a load.
fn note(status: &ReloadStatus) {
    let ReloadStatus { generation, rules, plugins, .. } = status;
    let (errors, took) = (status.errors(), status.took);
    if status.is_healthy() {
        tracing::info!(generation, rules, plugins, ?took, "rules loaded");
    } else {
        tracing::warn!(generation, rules, plugins, errors, ?took, "rules loaded; some files are bad");
    }
    for it in status.diagnostics.iter().filter(|it| it.severity == oracle_compiler::diag::Severity::Error) {
        let source = status.sources.get(it.primary.span.source);
        let file = source.map_or("", |source| source.name.as_str());
        let line = source.map_or(0, |source| source.place(it.primary.span.start).line);
        tracing::warn!(file, line, code = it.code.code(), "{}", it.message);
    }
    if let Some(failure) = &status.failure {
        tracing::error!("the rules stay as they were: {failure}");
    }
}

impl Known {
    /// Reads these files anew; whether any of them changed, or nothing when that takes a look at everything.
    fn read_some(&mut self, paths: &[PathBuf]) -> Option<bool> {
        if !self.unreadable.is_empty() {
            return None;
        }
        let mut read = Vec::with_capacity(paths.len());
        for path in paths {
            read.push((*self.at.get(&absolute(path))?, read_bounded(path).ok()?));
        }
        let mut changed = false;
        for (at, bytes) in read {
            let input = self.inputs.get_mut(at)?;
            // Whoever looks at everything next reads it once more: this content was read without a stamp.
            self.stamps.remove(Path::new(&input.path));
            if input.bytes != bytes {
                input.bytes = bytes;
                changed = true;
            }
        }
        Some(changed)
    }

    /// Looks at everything; whether anything changed.
    fn read_all(&mut self, options: &LoadOptions) -> bool {
        let before = std::mem::take(&mut self.inputs);
        let stamps = std::mem::take(&mut self.stamps);
        let mut disk = KnownDisk::new(&before, &stamps);
        let Found { mut inputs, mut unreadable } = gather(options, &mut disk);
        let mut found = discover_with(&options.plugins, &options.host, &mut disk, &mut self.manifests);
        let KnownDisk { stamps, links, .. } = disk;
        inputs.append(&mut found.inputs);
        unreadable.append(&mut found.unreadable);
        let carried = carry(&before, &mut inputs, &unreadable);
        carry_plugins(&self.plugins, &mut found, &unreadable);
        let same = same_files(&before, &inputs)
            && self.unreadable == unreadable
            && self.plugins == found.plugins
            && self.diagnostics == found.diagnostics;
        (self.inputs, self.unreadable, self.stamps, self.links) = (inputs, unreadable, stamps, links);
        self.carried = carried;
        let Discovered { plugins, diagnostics, sources, stale, .. } = found;
        (self.plugins, self.diagnostics, self.sources) = (plugins, diagnostics, sources);
        self.stale_manifests = stale;
        let places = self.inputs.iter().enumerate();
        self.at = places.map(|(at, input)| (absolute(Path::new(&input.path)), at)).collect();
        !same
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

fn same_files(before: &[RuleInput], now: &[RuleInput]) -> bool {
    let same =
        |(a, b): (&RuleInput, &RuleInput)| a.path == b.path && a.bytes == b.bytes && a.plugin == b.plugin;
    before.len() == now.len() && before.iter().zip(now).all(same)
}

/// Keeps the files that were there before, at and below paths that cannot be read now; their paths.
fn carry(before: &[RuleInput], now: &mut Vec<RuleInput>, unreadable: &[Unreadable]) -> Vec<String> {
    if unreadable.is_empty() {
        return Vec::new();
    }
    let there: std::collections::HashSet<&str> = now.iter().map(|input| input.path.as_str()).collect();
    let lost: Vec<RuleInput> = before
        .iter()
        .filter(|input| !there.contains(input.path.as_str()) && is_below(Path::new(&input.path), unreadable))
        .cloned()
        .collect();
    let paths = lost.iter().map(|input| input.path.clone()).collect();
    now.extend(lost);
    paths
}

/// Keeps plugins whose folders cannot be read now.
fn carry_plugins(before: &[Arc<Plugin>], found: &mut Discovered, unreadable: &[Unreadable]) {
    for plugin in before {
        let known = found.plugins.iter().any(|it| it.id == plugin.id);
        if !known && is_below(&plugin.folder, unreadable) {
            found.plugins.push(Arc::clone(plugin));
        }
    }
}

fn is_below(path: &Path, unreadable: &[Unreadable]) -> bool {
    unreadable.iter().any(|it| path.starts_with(&it.path))
}
