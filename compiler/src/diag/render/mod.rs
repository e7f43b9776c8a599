//! Diagnostics for people, for programs and for code scanning. Every renderer takes the list of diagnostics and
//! the sources they point into, and writes nothing itself.

pub mod human;
pub mod json;
mod line;
pub mod sarif;
