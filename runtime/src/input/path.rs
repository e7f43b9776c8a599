//! Where a value stands in a tree: built on the stack, put into words only when something is wrong.

use std::fmt;

/// A path such as `payload.messages[3].role`.
#[derive(Clone, Copy, Debug)]
pub enum Path<'a> {
    /// The start: `event`, `context.turn`; empty for the top.
    Root(&'a str),
    /// A key of a map.
    Key(&'a Path<'a>, &'a str),
    /// A position in a list.
    Index(&'a Path<'a>, usize),
}

impl Path<'_> {
    fn is_empty(&self) -> bool {
        matches!(self, Path::Root(""))
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Root(name) => f.write_str(name),
            Path::Key(above, key) if above.is_empty() => f.write_str(key),
            Path::Key(above, key) => write!(f, "{above}.{key}"),
            Path::Index(above, at) => write!(f, "{above}[{at}]"),
        }
    }
}
