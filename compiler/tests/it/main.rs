//! Tests of the compiler through its public surface.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking, their functions too"
)]

mod agreement;
mod behaviour;
mod diagnostics;
mod hostile_input;
mod listings;
mod print_roundtrip;
mod rule_files;
mod rule_mutations;
mod support;
mod syntax_messages;
mod syntax_tree;
