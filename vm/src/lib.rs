//! Bytecode, verifier, values and interpreter of the Oracle Plugin System.
//!
//! A program that has a rule pack (`oracle compile` makes one) needs this crate alone to ask which rules match:
//!
//! ```
//! use oracle_vm::frame::{Frame, Scope};
//! use oracle_vm::hook::Hook;
//! use oracle_vm::machine::Machine;
//! use oracle_vm::schema::slot;
//! use oracle_vm::value::{Map, Value};
//! use oracle_vm::verify::VerifiedPack;
//!
//! # fn read_file() -> Vec<u8> { oracle_vm::pack::write(&Default::default()) }
//! let pack = VerifiedPack::load(&read_file())?;
//! let mut frame = Frame::empty();
//! frame.set(slot::TOKEN_USAGE, Value::Float(0.93));
//! let scope = Scope { params: &[], settings: &[], state: &Map::default() };
//! let mut machine = Machine::new();
//! for id in pack.rules_of(Hook::OnTurnStart) {
//!     let Some(rule) = pack.rules().get(*id) else { continue };
//!     let Some(condition) = rule.condition else { continue };
//!     if machine.truth(&pack, condition, &frame, &scope).is_ok_and(|matches| matches) {
//!         println!("{} matches", rule.id);
//!     }
//! }
//! # Ok::<(), oracle_vm::verify::LoadError>(())
//! ```
//!
//! The flow through this crate, top to bottom:
//!
//! | from | to | lives in |
//! | --- | --- | --- |
//! | bytes; or instructions, constants, rules | [`pack::Pack`] | [`pack`] |
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
