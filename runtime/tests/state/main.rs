//! State: one suite on every store, and what is particular to the file.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod suite;
mod support;
