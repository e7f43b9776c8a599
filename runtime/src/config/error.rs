//! What is wrong with the configuration.

use std::fmt;

/// One problem: where, what, and a way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// `oracle.toml:3:1`, or the name of the variable.
    pub place: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)?;
        match &self.help {
            Some(help) => write!(f, ": {help}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ConfigError {}
