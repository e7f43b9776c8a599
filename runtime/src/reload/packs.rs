//! Packs among the files that are watched.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

use crate::pack::file;
use crate::pack::join::{PackFile, PackProblem, Packs, open, split};
use crate::ruleset::LoadOptions;

/// The packs as they were read last.
#[derive(Debug, Default)]
pub(super) struct KnownPacks(Vec<KnownPack>);

#[derive(Debug)]
struct KnownPack {
    path: PathBuf,
    /// Of its bytes; nothing where they could not be read.
    hash: Option<u64>,
    /// The last version that was good.
    good: Option<PackFile>,
    /// What is wrong with the one that lies there now.
    problem: Option<PackProblem>,
}

impl KnownPacks {
    /// Reads all packs; whether any changed. One that is bad now stays as it was.
    pub(super) fn read(&mut self, options: &LoadOptions) -> bool {
        let (paths, _) = split(&options.paths);
        let mut before = std::mem::take(&mut self.0);
        let mut changed = before.len() != paths.len();
        for path in paths {
            let known = before.iter().position(|it| it.path == path).map(|at| before.swap_remove(at));
            let bytes = file::read(&path);
            let hash = bytes.as_ref().ok().map(|bytes| {
                let mut hasher = DefaultHasher::new();
                bytes.hash(&mut hasher);
                hasher.finish()
            });
            match known {
                Some(known) if known.hash == hash => self.0.push(known),
                known => {
                    changed = true;
                    let old = known.and_then(|it| it.good);
                    let (good, problem) = match open(&path, bytes, &options.trust) {
                        Ok(pack) => (Some(pack), None),
                        Err(problem) => (old, Some(problem)),
                    };
                    self.0.push(KnownPack { path, hash, good, problem });
                }
            }
        }
        changed
    }

    /// The paths of packs that are bad now: those of which an older version is in force, or those that gave nothing.
    pub(super) fn bad(&self, has_older: bool) -> impl Iterator<Item = String> {
        let bad = self.0.iter().filter(|it| it.problem.is_some());
        bad.filter(move |it| it.good.is_some() == has_older).map(|it| it.path.display().to_string())
    }

    /// The packs to be used, and what is wrong with those that are not.
    pub(super) fn packs(&self) -> Packs {
        Packs {
            files: self.0.iter().filter_map(|it| it.good.clone()).collect(),
            problems: self.0.iter().filter_map(|it| it.problem.clone()).collect(),
        }
    }
}
