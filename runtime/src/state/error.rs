//! What can be wrong with state.

use std::fmt;

use super::{MAX_KEY_BYTES, MAX_VALUE_BYTES, MAX_VALUE_DEPTH};

/// Why state was not read or written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StateError {
    /// The key has no text.
    EmptyKey,
    /// The key is longer than [`MAX_KEY_BYTES`]; its length in bytes.
    KeyTooLong(usize),
    /// The value is longer than [`MAX_VALUE_BYTES`] as JSON; the key and the length in bytes.
    ValueTooLong(String, usize),
    /// The value nests deeper than [`MAX_VALUE_DEPTH`]; the key.
    TooDeep(String),
    /// The value holds what JSON cannot: an infinite float or NaN; the key.
    NotJson(String),
    /// The state of a plugin would become larger than it may.
    Quota {
        /// The plugin.
        plugin: String,
        /// Bytes of its keys and values after the write.
        bytes: u64,
        /// The most it may have.
        most: u64,
    },
    /// Another process has the state open.
    InUse {
        /// The file.
        path: String,
        /// Who has it, where that is known.
        holder: Option<String>,
    },
    /// The file is there and is not a state file.
    Foreign {
        /// The file.
        path: String,
        /// What it is instead.
        what: String,
    },
    /// The file was written by a newer version.
    Newer {
        /// The file.
        path: String,
        /// Its schema.
        found: u64,
        /// The newest schema that this version knows.
        known: u64,
    },
    /// The file is damaged.
    Damaged {
        /// The file.
        path: String,
        /// What is wrong.
        what: String,
    },
    /// The storage failed; what it says.
    Storage(String),
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StateError::EmptyKey => f.write_str("a state key needs text: name it"),
            StateError::KeyTooLong(bytes) => {
                write!(f, "a state key of {bytes} bytes is over the limit of {MAX_KEY_BYTES}: shorten it")
            }
            StateError::ValueTooLong(key, bytes) => write!(
                f,
                "the state value of `{key}` has {bytes} bytes, over the limit of {MAX_VALUE_BYTES}: store less"
            ),
            StateError::TooDeep(key) => write!(
                f,
                "the state value of `{key}` nests deeper than {MAX_VALUE_DEPTH} levels: store a flatter one"
            ),
            StateError::NotJson(key) => {
                write!(f, "the state value of `{key}` holds a number that is not finite: store a finite one")
            }
            StateError::Quota { plugin, bytes, most } => write!(
                f,
                "the state of `{plugin}` would take {bytes} bytes, over its quota of {most}: delete keys that are \
                 not needed, or store less"
            ),
            StateError::InUse { path, holder: Some(holder) } => {
                write!(f, "`{path}` is in use by {holder}: stop it, or use another folder")
            }
            StateError::InUse { path, holder: None } => {
                write!(f, "`{path}` is in use by another process: stop it, or use another folder")
            }
            StateError::Foreign { path, what } => {
                write!(f, "`{path}` is not a state file: {what}; it was left as it is: name another folder")
            }
            StateError::Newer { path, found, known } => write!(
                f,
                "`{path}` was written by a newer version (schema {found}, this one knows up to {known}); it was left \
                 as it is: use that version"
            ),
            StateError::Damaged { path, what } => write!(
                f,
                "`{path}` is damaged: {what}; it was left as it is: restore it from a copy, or move it away to begin \
                 with empty state"
            ),
            StateError::Storage(what) => write!(f, "the state cannot be read or stored: {what}"),
        }
    }
}

impl std::error::Error for StateError {}
