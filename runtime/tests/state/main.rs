//! State: one suite on every store, and what is particular to the file.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod disk;
mod faults;
mod files;
mod model;
mod processes;
mod suite;
mod support;
mod threads;
