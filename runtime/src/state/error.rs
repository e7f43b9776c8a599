//! What can be wrong with state.

use std::fmt;

use super::{MAX_KEY_BYTES, MAX_VALUE_BYTES};

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
    /// The value holds what JSON cannot: an infinite float or NaN; the key.
    NotJson(String),
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
            StateError::NotJson(key) => {
                write!(f, "the state value of `{key}` holds a number that is not finite: store a finite one")
            }
            StateError::Storage(what) => write!(f, "the state could not be stored: {what}"),
        }
    }
}

impl std::error::Error for StateError {}
