//! Benchmarks by phase; `cargo bench -p oracle-benches -- PHASE` runs one of them.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark whose input cannot be made must stop"
)]

mod files;
mod front;
mod machine;
mod script;
mod state;

use criterion::{criterion_group, criterion_main};

criterion_group!(
    phases,
    front::lex,
    front::parse,
    front::check,
    front::compile,
    machine::verify,
    machine::bind,
    machine::evaluate,
    files::hook,
    files::load,
    files::pack,
    script::script,
    state::state
);
criterion_main!(phases);
