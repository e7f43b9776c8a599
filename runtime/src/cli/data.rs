//! The state of a command: the file of `--data`, else memory.

use std::path::Path;
use std::sync::Arc;

use super::status::CliError;
use crate::config::Config;
use crate::state::{MemoryStore, RedbStore, STATE_FILE, StateError, Store};

/// The store that a command works with: a file where a folder is configured, made where it is missing.
pub(super) fn open(config: &Config) -> Result<Arc<dyn Store>, CliError> {
    match &config.data {
        Some(folder) => Ok(Arc::new(RedbStore::open(folder, config.store_options())?)),
        None => Ok(Arc::new(MemoryStore::new())),
    }
}

/// The file that a command is about; one that is missing is made only for commands that write.
pub(super) fn file(config: &Config, writes: bool) -> Result<RedbStore, CliError> {
    let folder = folder(config)?;
    let path = folder.join(STATE_FILE);
    if !writes && !path.exists() {
        let message =
            format!("there is no state at `{}`: name the folder that has it with `--data`", path.display());
        return Err(CliError::Input(message));
    }
    Ok(RedbStore::open(folder, config.store_options())?)
}

/// The configured folder.
pub(super) fn folder(config: &Config) -> Result<&Path, CliError> {
    config.data.as_deref().ok_or_else(|| {
        CliError::Misuse(
            "no folder with state was named: use `--data DIR`, or set `data` in oracle.toml or `ORACLE_DATA`"
                .to_owned(),
        )
    })
}

impl From<StateError> for CliError {
    fn from(error: StateError) -> CliError {
        CliError::Input(error.to_string())
    }
}
