//! The trait that every storage implements.

use std::sync::Arc;

use oracle_vm::value::{Data, Map, Text};

use super::StateError;

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

/// Changes that happen all or not at all, in order; the last write of a key wins.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    /// The changes.
    pub writes: Vec<Write>,
}

/// Persistent state. Every call is safe from several threads.
pub trait Store: Send + Sync {
    /// The value of a key, if it has one.
    ///
    /// # Errors
    /// Storage that cannot be read.
    fn get(&self, namespace: &Namespace, key: &str) -> Result<Option<Data>, StateError> {
        Ok(self.snapshot(namespace)?.get(key).cloned())
    }

    /// Everything in a namespace, as of now. Called once per event: it must not touch the disk where the
    /// namespace was read before.
    ///
    /// # Errors
    /// Storage that cannot be read.
    fn snapshot(&self, namespace: &Namespace) -> Result<Arc<Map>, StateError>;

    /// The keys of a namespace, sorted.
    ///
    /// # Errors
    /// Storage that cannot be read.
    fn list(&self, namespace: &Namespace) -> Result<Vec<Text>, StateError> {
        let mut keys: Vec<Text> = self.snapshot(namespace)?.keys().cloned().collect();
        keys.sort();
        Ok(keys)
    }

    /// Applies all writes in one transaction; when it returns `Ok`, they are as durable as the store can.
    ///
    /// # Errors
    /// A write beyond the limits, or storage that failed; then nothing was written.
    fn commit(&self, batch: &Batch) -> Result<(), StateError>;

    /// Sets one key.
    ///
    /// # Errors
    /// As [`Store::commit`].
    fn set(&self, namespace: &Namespace, key: &str, value: Data) -> Result<(), StateError> {
        let write = Write { namespace: namespace.clone(), key: key.into(), value: Some(value) };
        self.commit(&Batch { writes: vec![write] })
    }

    /// Deletes one key.
    ///
    /// # Errors
    /// As [`Store::commit`].
    fn delete(&self, namespace: &Namespace, key: &str) -> Result<(), StateError> {
        let write = Write { namespace: namespace.clone(), key: key.into(), value: None };
        self.commit(&Batch { writes: vec![write] })
    }

    /// Deletes every key of a namespace.
    ///
    /// # Errors
    /// As [`Store::commit`].
    fn clear(&self, namespace: &Namespace) -> Result<(), StateError> {
        let keys = self.list(namespace)?;
        let delete = |key| Write { namespace: namespace.clone(), key, value: None };
        self.commit(&Batch { writes: keys.into_iter().map(delete).collect() })
    }
}
