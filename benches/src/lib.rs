//! Shared inputs of the benchmarks: the conditions C1 to C7, the contexts they run on, and the engines that answer
//! them.
//!
//! The criterion benchmarks (`benches/*.rs`) time one phase each. The program `compare` asks every [`engine`] the same
//! questions in one process: it checks first that all agree, then measures.

pub mod cases;
pub mod context;
pub mod engine;
pub mod host;
pub mod measure;
pub mod native;
pub mod oracle;
#[cfg(feature = "peers")]
pub mod peers;
pub mod shapes;
