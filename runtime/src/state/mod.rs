//! Persistent state: what plugins remember, by user, project, plugin and key; what users chose; what limits remember;
//! and the execution log.
//!
//! The engine talks to a [`Store`]: it takes one [snapshot](Store::snapshot) of a plugin's state per event and
//! commits everything that an event changes as one [`Batch`]. [`MemoryStore`] keeps everything in memory,
//! [`RedbStore`] in one file. An [`ExecutionLog`] takes executions off the hands of those who must not wait.

mod choices;
mod disk;
mod encode;
mod entry;
mod error;
mod execution;
mod execution_log;
mod limits;
mod memory;
mod options;
mod store;

pub use choices::UserChoices;
pub use disk::{FileStorage, RedbStore, STATE_FILE, Storage, StorageBackend};
pub use entry::{Entry, Namespace, Record, RecordKey, RecordKind, Times, Write, now};
pub use error::StateError;
pub use execution::{Execution, ExecutionError, ExecutionQuery};
pub use execution_log::ExecutionLog;
pub use limits::{MAX_KEY_BYTES, MAX_VALUE_BYTES, MAX_VALUE_DEPTH, PLUGIN_QUOTA_BYTES, check_write};
pub use memory::MemoryStore;
pub use options::{Durability, StoreOptions};
pub use store::{Batch, Store};

/// The plugin id of rules outside plugins.
pub const NO_PLUGIN: &str = "_rules";
