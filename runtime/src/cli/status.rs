//! How a command ends.

use std::fmt;
use std::io;
use std::path::Path;

use crate::config::ConfigError;
use crate::ruleset::Unreadable;

/// The end of a command that did its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// All is well.
    Ok,
    /// The input has errors; they were reported.
    Problems,
}

impl Status {
    /// The exit code of a command that was called wrongly.
    pub(super) const MISUSE: u8 = 2;

    /// The exit code.
    pub(super) fn code(self) -> u8 {
        match self {
            Status::Ok => 0,
            Status::Problems => 1,
        }
    }

    /// The status of work with so many errors.
    pub(super) fn of(errors: impl TryInto<u64>) -> Status {
        if errors.try_into().is_ok_and(|errors| errors == 0) { Status::Ok } else { Status::Problems }
    }
}

/// The end of a command that could not do its work.
#[derive(Debug)]
pub(super) enum CliError {
    /// It was called wrongly.
    Misuse(String),
    /// The input cannot be worked with at all.
    Input(String),
    /// The configuration is wrong.
    Config(Vec<ConfigError>),
    /// The output cannot be written.
    Output(io::Error),
}

impl CliError {
    /// A file that is needed cannot be read.
    pub(super) fn unreadable(path: &Path, error: &io::Error) -> CliError {
        CliError::Input(Unreadable::new(path, error).to_string())
    }

    /// The exit code.
    pub(super) fn code(&self) -> u8 {
        match self {
            CliError::Misuse(_) | CliError::Config(_) => Status::MISUSE,
            CliError::Input(_) | CliError::Output(_) => 1,
        }
    }

    /// Whether the reader of the output went away: not an error, it has read enough.
    pub(super) fn is_closed_pipe(&self) -> bool {
        matches!(self, CliError::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

impl From<io::Error> for CliError {
    fn from(error: io::Error) -> CliError {
        CliError::Output(error)
    }
}

impl From<Vec<ConfigError>> for CliError {
    fn from(errors: Vec<ConfigError>) -> CliError {
        CliError::Config(errors)
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CliError::Misuse(message) | CliError::Input(message) => f.write_str(message),
            CliError::Config(errors) => {
                let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
                f.write_str(&lines.join("\nerror: "))
            }
            CliError::Output(error) => write!(f, "the output cannot be written: {error}"),
        }
    }
}
