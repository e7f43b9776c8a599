//! Every bound of a script, in one place. Each has a test that reaches it.

use std::time::Duration;

/// Bytes of the source of a script.
pub const SOURCE_BYTES: usize = 256 * 1024;
/// Lines that one run may print; the rest is dropped, and the log says so.
pub const PRINTED_LINES: usize = 100;
/// Bytes that one run may print.
pub const PRINTED_BYTES: usize = 8 * 1024;
/// Bytes of the message of an error; what is longer is cut.
pub const ERROR_BYTES: usize = 8 * 1024;
/// Bytes of a text that one call of the string library takes or makes.
pub const TEXT_BYTES: usize = 16 * 1024 * 1024;
/// Elements that `table.create` makes room for.
pub const CREATE_ITEMS: usize = 2 * 1024 * 1024;
/// Nesting of what a script returns.
pub const RETURN_DEPTH: usize = 32;
/// Values in what a script returns, at every depth.
pub const RETURN_VALUES: usize = 10_000;
/// Bytes of text in what a script returns, at every depth.
pub const RETURN_BYTES: usize = 1024 * 1024;
/// Actions that a script returns.
pub const RETURN_ACTIONS: usize = 100;
/// Tables that one run makes of the context.
pub const CONTEXT_TABLES: usize = 500_000;
/// Captures of a pattern.
pub const CAPTURES: usize = 32;
/// Nesting of a pattern match.
pub const PATTERN_DEPTH: usize = 200;

/// What a run of a script may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScriptLimits {
    /// Time from the start of the run to its end.
    pub time: Duration,
    /// Bytes of memory.
    pub memory: usize,
}

impl Default for ScriptLimits {
    fn default() -> Self {
        ScriptLimits { time: Duration::from_secs(5), memory: 100 * 1024 * 1024 }
    }
}
