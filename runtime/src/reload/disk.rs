//! Reading files again only where they may have changed.

use std::collections::HashMap;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use oracle_compiler::session::RuleInput;

use crate::ruleset::{Disk, read_bounded};

/// File systems note times in steps: a file that was written shortly before it was read may have been written again
/// in the same step.
const STEP: Duration = Duration::from_secs(2);

/// What tells the versions of a file apart without reading it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stamp {
    bytes: u64,
    modified: Option<SystemTime>,
    file: (u64, u64, i64, i64),
    /// Whether a later write would surely have another time.
    settled: bool,
}

impl Stamp {
    fn of(data: &Metadata, now: SystemTime) -> Stamp {
        let modified = data.modified().ok();
        let age = modified.and_then(|at| now.duration_since(at).ok());
        Stamp { bytes: data.len(), modified, file: file(data), settled: age.is_some_and(|age| age > STEP) }
    }

    /// Whether a file that had this stamp and now has the other is surely the same.
    fn is_same(&self, now: &Stamp) -> bool {
        self.settled && Stamp { settled: true, ..now.clone() } == *self
    }
}

/// Which file it is, and when anything about it changed.
#[cfg(unix)]
fn file(data: &Metadata) -> (u64, u64, i64, i64) {
    use std::os::unix::fs::MetadataExt;
    (data.dev(), data.ino(), data.ctime(), data.ctime_nsec())
}

#[cfg(not(unix))]
fn file(_data: &Metadata) -> (u64, u64, i64, i64) {
    (0, 0, 0, 0)
}

/// The stamps of files that were read.
pub(super) type Stamps = HashMap<PathBuf, Stamp>;

/// The disk, next to what was read from it the last time.
pub(super) struct KnownDisk<'a> {
    inputs: &'a [RuleInput],
    at: HashMap<&'a Path, usize>,
    before: &'a Stamps,
    /// The stamps of the files that were read this time.
    pub(super) stamps: Stamps,
    /// Where links lie that were followed.
    pub(super) links: Vec<PathBuf>,
}

impl<'a> KnownDisk<'a> {
    /// `inputs` are the files that were read before, when they had the stamps `before`.
    pub(super) fn new(inputs: &'a [RuleInput], before: &'a Stamps) -> KnownDisk<'a> {
        let at = inputs.iter().enumerate().map(|(at, input)| (Path::new(&input.path), at)).collect();
        let stamps = Stamps::with_capacity(before.len());
        KnownDisk { inputs, at, before, stamps, links: Vec::new() }
    }
}

impl Disk for KnownDisk<'_> {
    fn read(&mut self, path: &Path) -> io::Result<Vec<u8>> {
        // The stamp is taken before the content is read: what is written in between is seen the next time.
        let stamp = Stamp::of(&fs::metadata(path)?, SystemTime::now());
        let known = self.at.get(path).and_then(|at| self.inputs.get(*at));
        let bytes = match (known, self.before.get(path)) {
            (Some(known), Some(before)) if before.is_same(&stamp) => known.bytes.clone(),
            _ => read_bounded(path)?,
        };
        self.stamps.insert(path.to_owned(), stamp);
        Ok(bytes)
    }

    fn linked(&mut self, path: &Path) {
        self.links.push(path.to_owned());
    }
}
