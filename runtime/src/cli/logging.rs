//! The log of a server.

use std::io::{self, IsTerminal};

use oracle_compiler::rule::LogLevel;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt;

use crate::action::{LogRecord, LogSink};
use crate::config::Config;

/// Writes spans and lines to the error stream from now on. Does nothing where somebody else did so before.
pub(super) fn start(config: &Config) {
    let level: LevelFilter = config.log_level.parse().unwrap_or(LevelFilter::INFO);
    let log = fmt().with_max_level(level).with_writer(io::stderr).with_target(false);
    // An embedder's subscriber stays.
    let _ = if config.log_format == "json" {
        log.json().flatten_event(true).with_span_list(false).try_init()
    } else {
        let colour =
            io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|it| it.is_empty());
        log.with_ansi(colour).try_init()
    };
}

/// Puts the log lines of rules into the log.
#[derive(Clone, Copy, Debug)]
pub(super) struct RuleLog;

impl LogSink for RuleLog {
    fn log(&self, record: &LogRecord) {
        let LogRecord { level, message, rule_id, user_id, project_id, session_id, timestamp } = record;
        macro_rules! line {
            ($level:ident) => {
                tracing::$level!(
                    rule_id,
                    user_id,
                    project_id,
                    session_id,
                    event_time = timestamp,
                    "{message}"
                )
            };
        }
        match level {
            LogLevel::Debug => line!(debug),
            LogLevel::Info => line!(info),
            LogLevel::Warning => line!(warn),
            LogLevel::Error => line!(error),
        }
    }
}
