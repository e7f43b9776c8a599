//! The state of plugins as of one event, read when the first rule asks for it.

use std::cell::OnceCell;
use std::sync::Arc;

use oracle_vm::value::Map;

use crate::error::RuleError;
use crate::state::{Namespace, Store};

/// What was read of a namespace, once it was.
type Snapshot = OnceCell<Result<Arc<Map>, RuleError>>;

/// The namespaces of a session, one for each plugin of the rule set, and what was read of them.
#[derive(Debug, Default)]
pub(super) struct States {
    plugins: Vec<(Namespace, Snapshot)>,
}

impl States {
    /// Nothing was read yet.
    pub(super) fn new(namespaces: impl Iterator<Item = Namespace>) -> States {
        States { plugins: namespaces.map(|namespace| (namespace, Snapshot::new())).collect() }
    }

    /// Forgets what was read: another event begins.
    pub(super) fn forget(&mut self) {
        for (_, read) in &mut self.plugins {
            read.take();
        }
    }

    /// The namespace of a plugin.
    pub(super) fn namespace(&self, plugin: usize) -> Option<&Namespace> {
        self.plugins.get(plugin).map(|(namespace, _)| namespace)
    }

    /// The state of a plugin; all rules of an event see the same.
    pub(super) fn of(&self, plugin: usize, store: &dyn Store) -> Result<&Arc<Map>, RuleError> {
        let Some((namespace, read)) = self.plugins.get(plugin) else {
            return Err(RuleError::new("state", "the rule's plugin has no state"));
        };
        let snapshot =
            || store.snapshot(namespace).map_err(|error| RuleError::new("state", error.to_string()));
        read.get_or_init(snapshot).as_ref().map_err(RuleError::clone)
    }
}
