//! What a host offers its plugins, and what it lets them do.

use std::collections::BTreeSet;

/// What a host offers unless it says otherwise.
pub const DEFAULT_CAPABILITIES: &[&str] =
    &["vault_search", "vault_read", "vault_write", "web_search", "code_search", "thread_search"];

/// The host, as far as plugins are concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// What plugins may require. An empty set offers nothing: it is not the default set.
    pub capabilities: BTreeSet<String>,
    /// Ids of the plugins whose rules may be core; nobody else's may.
    pub core_plugins: BTreeSet<String>,
    /// Ids of the plugins that are listed and not run.
    pub disabled_plugins: BTreeSet<String>,
}

impl Default for Host {
    fn default() -> Host {
        Host {
            capabilities: DEFAULT_CAPABILITIES.iter().map(|it| (*it).to_owned()).collect(),
            core_plugins: BTreeSet::new(),
            disabled_plugins: BTreeSet::new(),
        }
    }
}
