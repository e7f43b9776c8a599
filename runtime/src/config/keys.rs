//! The table of keys: name, meaning, place in [`Config`].

use std::fmt;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use super::{Config, Secret};
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
    /// Text that is not empty and never shown.
    Secret(&'a mut Secret),
    /// One of these words.
    OneOf(&'a mut &'static str, &'static [&'static str]),
    /// A whole number in a range.
    Whole(&'a mut u64, RangeInclusive<u64>),
}

/// What is in a place.
#[derive(Clone, Debug, PartialEq)]
pub enum KeyValue {
    /// This.
    Set(toml::Value),
    /// Nothing.
    Unset,
    /// Something that is not shown.
    Hidden,
}

impl KeyValue {
    /// As TOML, where it can be shown.
    pub fn to_toml(&self) -> Option<String> {
        match self {
            KeyValue::Set(value) => Some(value.to_string()),
            KeyValue::Unset | KeyValue::Hidden => None,
        }
    }

    /// As JSON; null where it cannot be shown.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            KeyValue::Set(value) => serde_json::to_value(value).unwrap_or_default(),
            KeyValue::Unset | KeyValue::Hidden => serde_json::Value::Null,
        }
    }
}

impl Slot<'_> {
    /// What is in the place.
    pub fn value(&self) -> KeyValue {
        let path = |it: &PathBuf| toml::Value::from(it.display().to_string());
        KeyValue::Set(match self {
            Slot::Paths(paths) => toml::Value::Array(paths.iter().map(path).collect()),
            Slot::Words(words) => toml::Value::from(words.to_vec()),
            Slot::Path(place) => return place.as_ref().map_or(KeyValue::Unset, |it| KeyValue::Set(path(it))),
            Slot::Text(text) => toml::Value::from(text.as_str()),
            Slot::Secret(secret) if secret.is_empty() => return KeyValue::Unset,
            Slot::Secret(_) => return KeyValue::Hidden,
            Slot::OneOf(word, _) => toml::Value::from(**word),
            Slot::Whole(number, _) => toml::Value::from(i64::try_from(**number).unwrap_or(i64::MAX)),
        })
    }

    /// The type of the values, in words.
    pub fn wanted(&self) -> String {
        match self {
            Slot::Paths(_) => "a list of paths".to_owned(),
            Slot::Words(_) => "a list of texts that are not empty".to_owned(),
            Slot::Path(_) => "a path".to_owned(),
            Slot::Text(_) | Slot::Secret(_) => "text that is not empty".to_owned(),
            Slot::OneOf(_, words) => format!("one of {}", words.join(", ")),
            Slot::Whole(_, range) => format!("a whole number from {} to {}", range.start(), range.end()),
        }
    }
}

/// A few trillion: enough for any count of tokens.
pub const MOST_TOKENS: u64 = 1 << 42;

/// Whether a change of state waits for the disk.
pub const DURABILITIES: &[&str] = &["synced", RELAXED];
/// The word for changes that do not.
pub(super) const RELAXED: &str = "relaxed";
/// Levels of the log, most severe first.
pub const LOG_LEVELS: &[&str] = &["error", "warn", "info", "debug", "trace"];
/// How the log is written: for people, or one JSON object a line.
pub const LOG_FORMATS: &[&str] = &["text", "json"];

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
    KeyRow {
        name: "session_idle_minutes",
        doc: "minutes without an event after which `oracle serve` ends a session",
        slot: |it| Slot::Whole(&mut it.session_idle_minutes, 1..=525_600),
    },
    KeyRow { name: "data", doc: "folder of the state file", slot: |it| Slot::Path(&mut it.data) },
    KeyRow {
        name: "durability",
        doc: "when a change of state counts as done: `synced`, when it is on disk; `relaxed`, a tenth of a second before \
              that, which a crash then costs",
        slot: |it| Slot::OneOf(&mut it.durability, DURABILITIES),
    },
    KeyRow {
        name: "executions_kept",
        doc: "lines of the execution log in the state file; beyond, the oldest go",
        slot: |it| Slot::Whole(&mut it.executions_kept, 0..=100_000_000),
    },
    KeyRow {
        name: "executions_days",
        doc: "days after which lines of the execution log go",
        slot: |it| Slot::Whole(&mut it.executions_days, 1..=36_500),
    },
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
    KeyRow {
        name: "tokens",
        doc: "who may call the server, as `oracle token new` says it: `USER SCOPES HASH` each",
        slot: |it| Slot::Words(&mut it.tokens),
    },
    KeyRow {
        name: "jwt_secret",
        doc: "what JWTs are signed with (HS256), at least 32 bytes; better set as a variable",
        slot: |it| Slot::Secret(&mut it.jwt_secret),
    },
    KeyRow {
        name: "cors_origins",
        doc: "origins of pages that may call the server from a browser; `*` for all",
        slot: |it| Slot::Words(&mut it.cors_origins),
    },
    KeyRow {
        name: "max_body_bytes",
        doc: "bytes of the longest request body",
        slot: |it| Slot::Whole(&mut it.max_body_bytes, 1_024..=1 << 30),
    },
    KeyRow {
        name: "max_requests",
        doc: "requests that the server works on at the same time; more are refused",
        slot: |it| Slot::Whole(&mut it.max_requests, 1..=100_000),
    },
    KeyRow {
        name: "max_connections",
        doc: "connections to the server at the same time; more wait",
        slot: |it| Slot::Whole(&mut it.max_connections, 1..=1_000_000),
    },
    KeyRow {
        name: "max_sessions",
        doc: "sessions that the server keeps in memory; beyond, the least recently used are forgotten",
        slot: |it| Slot::Whole(&mut it.max_sessions, 1..=10_000_000),
    },
    KeyRow {
        name: "max_sessions_per_user",
        doc: "sessions of one user that the server keeps in memory; more are refused",
        slot: |it| Slot::Whole(&mut it.max_sessions_per_user, 1..=10_000_000),
    },
    KeyRow {
        name: "request_timeout_ms",
        doc: "milliseconds that a request may take",
        slot: |it| Slot::Whole(&mut it.request_timeout_ms, 10..=3_600_000),
    },
    KeyRow {
        name: "log_level",
        doc: "the least severe lines of the server's log",
        slot: |it| Slot::OneOf(&mut it.log_level, LOG_LEVELS),
    },
    KeyRow {
        name: "log_format",
        doc: "how the server's log is written",
        slot: |it| Slot::OneOf(&mut it.log_format, LOG_FORMATS),
    },
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
