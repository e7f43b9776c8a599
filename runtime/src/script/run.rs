//! What one run of a script has: its deadline, what it sees, what it printed.

use std::collections::HashMap;
use std::time::Instant;

use oracle_vm::value::Data;

use super::error::ScriptError;
use super::limits::{CONTEXT_TABLES, PRINTED_BYTES, PRINTED_LINES, ScriptLimits};
use crate::template::{Inputs, Seen};

/// What a script sees: the same as a template.
pub type ScriptInput = Seen;

/// A line that a script printed.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Printed {
    /// The line of the script, from 1.
    pub line: i64,
    /// The text.
    pub text: String,
}

/// A part of what a script sees that became a table, or will when it is touched.
#[derive(Clone, Debug)]
pub(super) enum Node {
    /// `context`.
    Root,
    /// A group of paths, such as `context.turn`.
    Group(&'static str),
    /// `context.state`.
    State,
    /// `params` or `settings`.
    Inputs(Inputs),
    /// A list, map or record.
    Data(Data),
}

/// A table of the bridge.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) node: Node,
    /// Whether the table has its contents.
    pub(super) filled: bool,
}

/// Places for tables that every sandbox has and no script pays for.
const IDLE_TABLES: usize = 2048;

/// Bytes of a map of tables with so many places: a byte beside each entry, and an eighth stays empty.
fn bytes_of(places: usize) -> usize {
    (places / 7 * 8).saturating_mul(size_of::<(usize, Known)>() + 1)
}

/// The run that a sandbox is busy with; natives reach it through the sandbox.
#[derive(Debug, Default)]
pub(super) struct Run {
    deadline: Option<Instant>,
    memory: usize,
    /// Bytes that the host keeps for the script.
    kept: usize,
    /// Whether the deadline passed while the script ran.
    pub(super) expired: bool,
    /// Whether a native ran out of memory.
    pub(super) exhausted: bool,
    pub(super) input: Option<ScriptInput>,
    /// The tables that were made of the context, by address. An address that is used again is entered again, and a
    /// script's own tables are never read-only, so no table is taken for another one.
    pub(super) tables: HashMap<usize, Known, foldhash::fast::RandomState>,
    is_random: bool,
    printed: Vec<Printed>,
    printed_bytes: usize,
    is_cut: bool,
}

impl Run {
    pub(super) fn begin(&mut self, input: ScriptInput, limits: &ScriptLimits) {
        *self = Run { tables: std::mem::take(&mut self.tables), ..Run::default() };
        self.tables.clear();
        self.input = Some(input);
        self.memory = limits.memory;
        self.deadline = Instant::now().checked_add(limits.time);
    }

    /// Forgets everything but what was printed.
    pub(super) fn end(&mut self) -> Vec<Printed> {
        let printed = std::mem::take(&mut self.printed);
        let mut tables = std::mem::take(&mut self.tables);
        tables.clear();
        tables.shrink_to(IDLE_TABLES / 2);
        *self = Run { tables, ..Run::default() };
        printed
    }

    /// Bytes that the script may use.
    pub(super) fn memory(&self) -> usize {
        self.memory
    }

    /// Bytes of these that are left for the interpreter.
    pub(super) fn room(&self) -> usize {
        self.memory.saturating_sub(self.kept).max(1)
    }

    /// Whether the script may go on. Once the deadline has passed, it never may again.
    pub(super) fn may_go_on(&mut self) -> bool {
        self.expired |= self.deadline.is_some_and(|deadline| Instant::now() >= deadline);
        !self.expired
    }

    /// Notes a table of the bridge, if there is memory for it beside that of the interpreter.
    pub(super) fn know(&mut self, used: impl FnOnce() -> usize, address: usize, node: Node) -> bool {
        let places = self.tables.capacity();
        if self.tables.len() >= places && places >= IDLE_TABLES {
            // There are two maps while the entries move to one with twice the places.
            let needed = bytes_of(places).saturating_mul(3).saturating_add(used());
            self.exhausted |= needed > self.memory;
        }
        self.exhausted |= self.tables.len() >= CONTEXT_TABLES;
        if self.exhausted {
            return false;
        }
        self.tables.insert(address, Known { node, filled: false });
        if self.tables.capacity() > IDLE_TABLES {
            self.kept = bytes_of(self.tables.capacity());
        }
        true
    }

    /// Keeps a printed line, up to the bound.
    pub(super) fn print(&mut self, line: i64, text: &str) {
        if self.is_cut {
            return;
        }
        let left = PRINTED_BYTES.saturating_sub(self.printed_bytes);
        self.is_cut = self.printed.len() >= PRINTED_LINES || text.len() > left;
        let text = if self.is_cut { "more was printed than is kept: the rest is left out" } else { text };
        self.printed_bytes += text.len();
        self.printed.push(Printed { line, text: text.to_owned() });
    }

    /// Whether this is the first random number of the run.
    pub(super) fn begins_random(&mut self) -> bool {
        !std::mem::replace(&mut self.is_random, true)
    }

    /// The error that a limit made, whatever the script did with it.
    pub(super) fn limit_error(&self, limits: &ScriptLimits) -> Option<ScriptError> {
        if self.expired {
            Some(ScriptError::Timeout(limits.time))
        } else if self.exhausted {
            Some(ScriptError::Memory(limits.memory))
        } else {
            None
        }
    }
}
