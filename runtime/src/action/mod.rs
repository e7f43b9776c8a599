//! Actions: what a fired rule does.
//!
//! All actions of a rule are [prepared](CompiledAction::prepare) before any takes effect, so a template that fails
//! leaves nothing half-done. The engine then applies what was prepared.

mod compiled;
mod log;
mod prepared;

pub use compiled::{Actions, Cause, CompiledAction, MAX_CHAIN};
pub use log::{LogRecord, LogSink, MemoryLog, NoLog};
pub use prepared::{Prepared, PreparedActions};
