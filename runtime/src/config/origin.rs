//! Where values come from.

use std::collections::BTreeMap;
use std::fmt;

use super::keys;

/// Where a value comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// Nobody said anything.
    #[default]
    Default,
    /// A file: its name, line and column.
    File(String),
    /// A variable of the environment, by its name.
    Variable(String),
    /// A flag, by its name.
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => f.write_str("default"),
            Origin::File(name) | Origin::Variable(name) | Origin::Flag(name) => f.write_str(name),
        }
    }
}

/// The origin of each value that is not the default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins(BTreeMap<&'static str, Origin>);

impl Origins {
    /// Where the value of a key comes from.
    pub fn of(&self, key: &str) -> &Origin {
        self.0.get(key).unwrap_or(&Origin::Default)
    }

    /// Notes that a flag of the command line gave the value of a key; the flag has the key's name.
    pub fn flag(&mut self, key: &str) {
        if let Ok(row) = keys::find(key) {
            self.set(row.name, Origin::Flag(format!("--{}", row.name.replace('_', "-"))));
        }
    }

    pub(super) fn set(&mut self, key: &'static str, origin: Origin) {
        self.0.insert(key, origin);
    }
}
