//! Where log lines of rules go.

use std::sync::{Mutex, PoisonError};

use oracle_compiler::rule::LogLevel;
use serde::Serialize;

/// One log line with its fields.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LogRecord {
    /// How severe it is.
    pub level: LogLevel,
    /// The text.
    pub message: String,
    /// The rule, by qualified id.
    pub rule_id: String,
    /// The user.
    pub user_id: String,
    /// The project.
    pub project_id: String,
    /// The session.
    pub session_id: String,
    /// The event's time in seconds since 1970 (UTC).
    pub timestamp: f64,
}

/// Takes log lines. Called with a session locked: it must be quick and must not call the engine.
pub trait LogSink: Send + Sync {
    /// Takes one line.
    fn log(&self, record: &LogRecord);
}

/// Drops every line.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoLog;

impl LogSink for NoLog {
    fn log(&self, _: &LogRecord) {}
}

/// Keeps every line: for tests and short runs.
#[derive(Debug, Default)]
pub struct MemoryLog {
    records: Mutex<Vec<LogRecord>>,
}

impl MemoryLog {
    /// Takes what was logged so far.
    pub fn take(&self) -> Vec<LogRecord> {
        std::mem::take(&mut self.records.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl LogSink for MemoryLog {
    fn log(&self, record: &LogRecord) {
        self.records.lock().unwrap_or_else(PoisonError::into_inner).push(record.clone());
    }
}
