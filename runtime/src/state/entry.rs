//! What is stored: entries of plugins' state, and records of what is kept beside it.

use std::time::{SystemTime, UNIX_EPOCH};

use oracle_vm::value::{Data, Text};
use serde::{Deserialize, Serialize};

/// Whose state it is: of a user, in a project, of a plugin. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Namespace {
    /// The user.
    pub user: Text,
    /// The project.
    pub project: Text,
    /// The plugin, or [`NO_PLUGIN`](super::NO_PLUGIN).
    pub plugin: Text,
}

/// One change of one key.
#[derive(Clone, Debug, PartialEq)]
pub struct Write {
    /// Whose state.
    pub namespace: Namespace,
    /// The key.
    pub key: Text,
    /// The new value, or `None` to delete the key.
    pub value: Option<Data>,
}

/// A key with its value and times.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Whose state.
    pub namespace: Namespace,
    /// The key.
    pub key: Text,
    /// The value.
    pub value: Data,
    /// When.
    pub times: Times,
}

/// When a key was first and last set, by the clock of the machine, in seconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Times {
    /// When it was set while it had no value.
    pub created: f64,
    /// When it was last set.
    pub updated: f64,
}

/// What is kept beside the state of plugins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum RecordKind {
    /// Whether a user switched a rule on or off: user, rule.
    Enabled = 1,
    /// The params that a user set: user, rule.
    Params = 2,
    /// The settings that a user set: user, plugin.
    Settings = 3,
    /// Where a session is: user, project, session.
    Session = 4,
    /// What the limits of a rule remember of a session: user, project, session, rule.
    Limit = 5,
    /// When a rule with `cooldown_seconds` last fired: user, project, rule.
    Cooldown = 6,
    /// Whether a user switched a plugin on or off: user, plugin.
    Plugin = 7,
}

impl RecordKind {
    /// Every kind.
    pub const ALL: [RecordKind; 7] = [
        RecordKind::Enabled,
        RecordKind::Params,
        RecordKind::Settings,
        RecordKind::Session,
        RecordKind::Limit,
        RecordKind::Cooldown,
        RecordKind::Plugin,
    ];

    /// What users chose.
    pub const CHOICES: [RecordKind; 4] =
        [RecordKind::Enabled, RecordKind::Plugin, RecordKind::Params, RecordKind::Settings];
}

/// The key of a record, up to four parts; parts that a kind does not use are empty.
pub type RecordKey = [Text; 4];

/// One record, or the change of one.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// What it is.
    pub kind: RecordKind,
    /// What it is about.
    pub key: RecordKey,
    /// The value; `None` deletes the record.
    pub value: Option<Data>,
    /// When nobody needs it any more, by the clock of the machine, in seconds since 1970.
    pub expires: Option<f64>,
}

impl Record {
    /// A record that is kept until it is deleted.
    pub fn new(kind: RecordKind, key: &[&Text], value: Option<Data>) -> Record {
        let mut parts = key.iter().copied().cloned();
        let key = std::array::from_fn(|_| parts.next().unwrap_or_else(|| Text::from("")));
        Record { kind, key, value, expires: None }
    }

    /// As it is, but not needed any more after so many seconds.
    #[must_use]
    pub fn kept_for(mut self, seconds: f64) -> Record {
        self.expires = Some(now() + seconds);
        self
    }

    /// Whether its key begins with these parts.
    pub(super) fn begins_with(key: &RecordKey, begin: &[&str]) -> bool {
        key.iter().zip(begin).all(|(part, wanted)| part.as_str() == *wanted)
    }
}

/// The machine's clock, in seconds since 1970.
pub fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}
