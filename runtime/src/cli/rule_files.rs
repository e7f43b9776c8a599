//! Rule files by the paths on the command line.

use std::path::{Path, PathBuf};

use super::status::CliError;
use crate::config::Config;

/// The paths that were given, else the configured folders, else `./rules`.
pub(super) fn or_default(paths: &[PathBuf], config: &Config) -> Result<Vec<PathBuf>, CliError> {
    let usual = Path::new("rules");
    match (paths, config.rules.as_slice()) {
        ([], []) if usual.is_dir() => Ok(vec![usual.to_owned()]),
        ([], []) => Err(CliError::Misuse(
            "there is no folder `rules` here: name the rule files or folders".to_owned(),
        )),
        ([], configured) => Ok(configured.to_owned()),
        (given, _) => Ok(given.to_owned()),
    }
}
