//! Traces: recorded agent sessions, read into events.
//!
//! | what the input is | who reads it |
//! | --- | --- |
//! | our own events, one JSON object a line | `native` |
//! | OpenAI chat messages: an array, an object with `messages` or `traj`, or one message a line | `openai` |
//! | what Claude Code writes to disk, one record a line | `claude_code` |
//!
//! [`lines`] splits the input with a bound on the length of a line, [`detect`] tells the formats apart by
//! content, `derive` turns messages into events. What comes out goes to a [`TraceSink`], one event at a time:
//! memory does not grow with the input. A line that cannot be read is a [`Problem`]; the lines after it are read
//! all the same.

mod claude_code;
mod derive;
pub mod detect;
pub mod lines;
mod native;
mod openai;
mod read;
#[cfg(test)]
mod tests;
pub mod time;

use std::io;

use oracle_vm::value::Text;

use crate::event::Event;

pub use detect::Format;
pub use read::read;

/// What a reader says about a session before its first event.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionHeader {
    /// The session's id: from the trace, or counted.
    pub id: String,
    /// The format that it was derived from.
    pub format: Format,
    /// Whether times come from the trace; else every message is a second after the one before.
    pub timed: bool,
    /// What else the trace says about it, in a few words; may be empty.
    pub detail: String,
}

/// What a derived session assumes where the trace does not say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumptions {
    /// Whom the session is about.
    pub user: Text,
    /// The project that it is part of.
    pub project: Text,
    /// Tokens that a session may use, at least 1.
    pub token_budget: u64,
    /// Tokens that fit into the context, at least 1.
    pub context_window: u64,
}

/// Something in a trace that cannot be read, or that is odd.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1; 0 for the input as a whole.
    pub line: u64,
    /// Whether something was lost; else it is only odd.
    pub error: bool,
    /// What is wrong, in one line.
    pub message: String,
    /// A way out.
    pub help: Option<String>,
}

impl Problem {
    /// Something that could not be read.
    pub fn error(line: u64, message: impl Into<String>) -> Problem {
        Problem { line, error: true, message: message.into(), help: None }
    }
    /// Something odd.
    pub fn warning(line: u64, message: impl Into<String>) -> Problem {
        Problem { line, error: false, message: message.into(), help: None }
    }
    /// Adds a way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Problem {
        self.help = Some(help.into());
        self
    }
}

/// Where readers put what they find, in the order of the trace. An error ends the reading: nobody wants more.
pub trait TraceSink {
    /// A derived session begins.
    ///
    /// # Errors
    /// When the reading is to end.
    fn session(&mut self, header: SessionHeader) -> io::Result<()>;
    /// An event, read or derived from the record at this line.
    ///
    /// # Errors
    /// When the reading is to end.
    fn event(&mut self, line: u64, event: Event) -> io::Result<()>;
    /// Something is wrong with the trace.
    ///
    /// # Errors
    /// When the reading is to end.
    fn problem(&mut self, problem: Problem) -> io::Result<()>;
}
