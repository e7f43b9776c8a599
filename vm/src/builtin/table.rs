//! The rows of the functions and methods.

use super::Builtin;

/// All functions and methods, in order of their ids.
pub const TABLE: &[Builtin] = &[];
