//! What may go wrong with a script.

use std::fmt;
use std::time::Duration;

/// Why a script could not be compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub message: String,
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for SyntaxError {}

/// Why a run of a script gave no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScriptError {
    /// It raised an error; the message begins with its name and the line where there is one.
    Raised(String),
    /// It ran for longer than it may.
    Timeout(Duration),
    /// It needed more bytes of memory than it may use.
    Memory(usize),
    /// It returned what is no answer.
    Answer(String),
    /// It does not parse.
    Syntax(SyntaxError),
    /// Nobody read the file with this path.
    Unread(String),
}

impl ScriptError {
    /// What kind of error it is, as results name it.
    pub fn kind(&self) -> &'static str {
        match self {
            ScriptError::Timeout(_) | ScriptError::Memory(_) => "limit",
            ScriptError::Raised(_)
            | ScriptError::Answer(_)
            | ScriptError::Syntax(_)
            | ScriptError::Unread(_) => "script",
        }
    }
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ScriptError::Raised(message) | ScriptError::Answer(message) => f.write_str(message),
            ScriptError::Timeout(time) => {
                write!(f, "the script ran for more than {} ms and was stopped", time.as_millis())
            }
            ScriptError::Memory(bytes) => {
                write!(
                    f,
                    "the script needed more than {} MB of memory and was stopped",
                    bytes / (1024 * 1024)
                )
            }
            ScriptError::Unread(path) => {
                write!(f, "`{path}` was not read when the rule was loaded: load it from its file")
            }
            ScriptError::Syntax(error) => write!(f, "the script does not parse: {error}"),
        }
    }
}

impl std::error::Error for ScriptError {}
