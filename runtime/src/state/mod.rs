//! Persistent state: what plugins remember, by user, project, plugin and key.
//!
//! The engine talks to a [`Store`]: it takes one [snapshot](Store::snapshot) of a plugin's state per event and
//! commits all writes of an event as one [`Batch`]. [`MemoryStore`] keeps everything in memory.

mod error;
mod limits;
mod memory;
mod store;

pub use error::StateError;
pub use limits::{MAX_KEY_BYTES, MAX_VALUE_BYTES, check_write};
pub use memory::MemoryStore;
pub use store::{Batch, Namespace, Store, Write};

/// The plugin id of rules outside plugins.
pub const NO_PLUGIN: &str = "_rules";
