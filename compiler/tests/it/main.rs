//! Tests of the compiler through its public surface.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking, their functions too")]

mod hostile_input;
mod print_roundtrip;
mod rule_files;
mod rule_mutations;
mod syntax_messages;
mod syntax_tree;
