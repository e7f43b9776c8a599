//! State in one file: redb, made to fail well.
//!
//! | file | does |
//! | --- | --- |
//! | `storage` | where the bytes are: a file, or what a test puts in its place |
//! | `lock` | one process at a time, and who it is |
//! | `staged` | keeps a file untouched until it is known to be ours and whole |
//! | `open` | opens, recognises, migrates |
//! | `tables` | what is stored where, and how |
//! | `apply` | the batches of many writers as one transaction |
//! | `committer` | the thread that writes, and opens the file again after a failure |
//! | `cache` | the snapshots that events read |
//! | `store` | all of it as a [`Store`](super::Store) |

mod apply;
mod cache;
mod committer;
mod lock;
mod open;
mod staged;
mod storage;
mod store;
mod tables;
#[cfg(test)]
mod tests;

pub use redb::StorageBackend;
pub use storage::{FileStorage, STATE_FILE, Storage};
pub use store::RedbStore;
