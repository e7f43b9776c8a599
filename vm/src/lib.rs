//! Bytecode, verifier, values and interpreter of the Oracle Plugin System.
//!
//! The flow through this crate, top to bottom:
//!
//! | from | to | lives in |
//! | --- | --- | --- |
//! | instructions, constants, rules | [`pack::Pack`] | [`pack`] |
//! | [`pack::Pack`] | [`verify::VerifiedPack`] | [`verify`] |
//! | the host's data | [`frame::Frame`] | [`frame`] |
//! | [`verify::VerifiedPack`] + [`frame::Frame`] | a value, a truth or a [`fault::Fault`] | [`machine`] |
//!
//! Everything the language is made of is declared here once and read by the other crates: the hooks
//! ([`hook`]), the context's schema ([`schema`]), the types ([`ty`]), the functions ([`builtin`]), the
//! instructions ([`op`]) and the limits ([`limits`]).
//!
//! The crate does no I/O, reads no clock, starts no thread and never panics, whatever bytes, events or
//! contexts it is given.

pub mod asm;
pub mod builtin;
pub mod fault;
pub mod frame;
pub mod hook;
pub mod ids;
pub mod index;
mod lane;
pub mod limits;
pub mod listing;
pub mod machine;
pub mod op;
pub mod pack;
pub mod schema;
pub mod ty;
pub mod value;
pub mod verify;
