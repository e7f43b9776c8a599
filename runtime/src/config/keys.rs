//! The table of keys: name, meaning, place in [`Config`].

use std::fmt;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use super::Config;
use crate::input::nearest;

/// One thing that can be configured.
pub struct KeyRow {
    /// Its name in `oracle.toml`; the variable is `ORACLE_` and the same in capitals.
    pub name: &'static str,
    /// What it means.
    pub doc: &'static str,
    /// Where its value goes.
    pub slot: fn(&mut Config) -> Slot<'_>,
}

/// The place of a value, by its type.
#[derive(Debug)]
pub enum Slot<'a> {
    /// A list of paths.
    Paths(&'a mut Vec<PathBuf>),
    /// A list of words, which may be empty.
    Words(&'a mut Vec<String>),
    /// A path, or none.
    Path(&'a mut Option<PathBuf>),
    /// Text that is not empty.
    Text(&'a mut String),
    /// A whole number in a range.
    Whole(&'a mut u64, RangeInclusive<u64>),
}

impl Slot<'_> {
    /// The type of the values, in words.
    pub fn wanted(&self) -> String {
        match self {
            Slot::Paths(_) => "a list of paths".to_owned(),
            Slot::Words(_) => "a list of texts that are not empty".to_owned(),
            Slot::Path(_) => "a path".to_owned(),
            Slot::Text(_) => "text that is not empty".to_owned(),
            Slot::Whole(_, range) => format!("a whole number from {} to {}", range.start(), range.end()),
        }
    }
}

/// A few trillion: enough for any count of tokens.
pub const MOST_TOKENS: u64 = 1 << 42;

/// Every key, in the order of the handbook.
pub const KEYS: &[KeyRow] = &[
    KeyRow { name: "rules", doc: "folders of rules", slot: |it| Slot::Paths(&mut it.rules) },
    KeyRow { name: "plugins", doc: "folders of plugins", slot: |it| Slot::Paths(&mut it.plugins) },
    KeyRow {
        name: "trusted_keys",
        doc: "files of public keys; packs that none of them signed are refused",
        slot: |it| Slot::Paths(&mut it.trusted_keys),
    },
    KeyRow {
        name: "capabilities",
        doc: "what plugins may require; an empty list offers nothing",
        slot: |it| Slot::Words(&mut it.capabilities),
    },
    KeyRow {
        name: "core_plugins",
        doc: "ids of the plugins whose rules may be core, so that users cannot switch them off",
        slot: |it| Slot::Words(&mut it.core_plugins),
    },
    KeyRow {
        name: "disabled_plugins",
        doc: "ids of plugins that are listed and not run",
        slot: |it| Slot::Words(&mut it.disabled_plugins),
    },
    KeyRow { name: "data", doc: "folder of the state file", slot: |it| Slot::Path(&mut it.data) },
    KeyRow { name: "user", doc: "whom events are about", slot: |it| Slot::Text(&mut it.user) },
    KeyRow { name: "project", doc: "project of the events", slot: |it| Slot::Text(&mut it.project) },
    KeyRow {
        name: "lua_timeout_ms",
        doc: "milliseconds that a script may run",
        slot: |it| Slot::Whole(&mut it.lua_timeout_ms, 1..=3_600_000),
    },
    KeyRow {
        name: "lua_memory_mb",
        doc: "mebibytes that a script may use",
        slot: |it| Slot::Whole(&mut it.lua_memory_mb, 1..=65_536),
    },
    KeyRow {
        name: "token_budget",
        doc: "tokens that a replayed session may use",
        slot: |it| Slot::Whole(&mut it.token_budget, 1..=MOST_TOKENS),
    },
    KeyRow {
        name: "context_window",
        doc: "tokens that fit into the context of a replayed session",
        slot: |it| Slot::Whole(&mut it.context_window, 1..=MOST_TOKENS),
    },
    KeyRow { name: "listen", doc: "address of `oracle serve`", slot: |it| Slot::Text(&mut it.listen) },
];

impl fmt::Debug for KeyRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRow").field("name", &self.name).finish_non_exhaustive()
    }
}

impl KeyRow {
    /// The variable that sets the key.
    pub fn variable(&self) -> String {
        format!("{}{}", super::environment::PREFIX, self.name.to_ascii_uppercase())
    }
}

/// The row of a key; else the nearest known name.
pub(super) fn find(name: &str) -> Result<&'static KeyRow, Option<&'static str>> {
    KEYS.iter().find(|row| row.name == name).ok_or_else(|| nearest(name, KEYS.iter().map(|row| row.name)))
}
