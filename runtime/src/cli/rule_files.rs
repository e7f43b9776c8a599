//! Rule files and plugins by the paths on the command line.

use std::path::{Path, PathBuf};

use super::pack::trust;
use super::status::CliError;
use crate::config::Config;
use crate::pack::join::{PackProblem, Packs, open_all, split};
use crate::plugin::{Discovered, MANIFEST, discover};
use crate::ruleset::{Found, Unreadable, find};

/// The paths that were given, else the configured folders, else `./rules`; none where there are plugins instead.
pub(super) fn or_default(paths: &[PathBuf], config: &Config) -> Result<Vec<PathBuf>, CliError> {
    let usual = Path::new("rules");
    match (paths, config.rules.as_slice()) {
        ([], []) if usual.is_dir() => Ok(vec![usual.to_owned()]),
        ([], []) if !config.plugins.is_empty() => Ok(Vec::new()),
        ([], []) => Err(CliError::Misuse(
            "there is no folder `rules` here: name the rule files or folders".to_owned(),
        )),
        ([], configured) => Ok(configured.to_owned()),
        (given, _) => Ok(given.to_owned()),
    }
}

/// What a command about files works with.
#[derive(Debug)]
pub(super) struct Files {
    /// Rule files outside of plugins.
    pub(super) loose: Found,
    /// Plugins and their files.
    pub(super) plugins: Discovered,
    /// Packs.
    pub(super) packs: Packs,
}

impl Files {
    /// Everything that could not be read.
    pub(super) fn unreadable(&self) -> impl Iterator<Item = &Unreadable> {
        self.loose.unreadable.iter().chain(&self.plugins.unreadable)
    }

    /// What is wrong with packs that were refused.
    pub(super) fn refused(&self) -> &[PackProblem] {
        &self.packs.problems
    }

    /// How many rule files there are outside of packs.
    pub(super) fn count(&self) -> usize {
        self.loose.inputs.len() + self.plugins.inputs.len()
    }
}

/// The files at the paths that were given, else at the configured ones. A path that is a plugin's folder is read as
/// one; configured plugins are always part of it.
pub(super) fn gather(paths: &[PathBuf], config: &Config) -> Result<Files, CliError> {
    let (packs, paths) = split(&or_default(paths, config)?);
    let packs = open_all(&packs, &trust(config)?);
    let (mut plugins, loose): (Vec<PathBuf>, Vec<PathBuf>) =
        paths.into_iter().partition(|path| path.join(MANIFEST).exists());
    plugins.extend(config.plugins.iter().cloned());
    Ok(Files { loose: find(&loose), plugins: discover(&plugins, &config.host()), packs })
}
