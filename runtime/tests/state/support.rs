//! What the tests share: stores to test, and short ways to name things.

use std::sync::Arc;

use oracle_runtime::state::{MemoryStore, Namespace, RedbStore, Store, StoreOptions};
use tempfile::TempDir;

/// A store, and the folder that it may need.
pub(crate) struct Subject {
    pub(crate) name: &'static str,
    pub(crate) store: Arc<dyn Store>,
    _folder: Option<TempDir>,
}

/// Every store with these options, each empty.
pub(crate) fn subjects(options: StoreOptions) -> Vec<Subject> {
    let folder = tempfile::tempdir().unwrap();
    let file = RedbStore::open(folder.path(), options).unwrap();
    vec![
        Subject { name: "memory", store: Arc::new(MemoryStore::with_options(options)), _folder: None },
        Subject { name: "file", store: Arc::new(file), _folder: Some(folder) },
    ]
}

pub(crate) fn namespace(user: &str, project: &str, plugin: &str) -> Namespace {
    Namespace { user: user.into(), project: project.into(), plugin: plugin.into() }
}

pub(crate) fn here() -> Namespace {
    namespace("ann", "default", "_rules")
}

/// Numbers that look random and are the same at every run.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

/// A number from the environment, for longer runs than those of every day.
pub(crate) fn from_environment(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}
