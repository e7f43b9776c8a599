//! The trait that every storage implements.

use std::sync::Arc;

use oracle_vm::value::{Data, Map, Text};

use super::{Entry, Execution, ExecutionQuery, Namespace, Record, RecordKind, StateError, Write};

/// Changes that happen all or not at all. Clears come first, then restored entries, then writes in order (the last
/// write of a key wins), then records, then executions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    /// Namespaces whose every key is deleted.
    pub clears: Vec<Namespace>,
    /// Entries that keep the times that they had elsewhere.
    pub restored: Vec<Entry>,
    /// Changes of keys.
    pub writes: Vec<Write>,
    /// Changes of what is kept beside the state of plugins.
    pub records: Vec<Record>,
    /// Additions to the execution log, oldest first.
    pub executions: Vec<Execution>,
}

impl Batch {
    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.clears.is_empty()
            && self.restored.is_empty()
            && self.writes.is_empty()
            && self.records.is_empty()
            && self.executions.is_empty()
    }

    /// Changes of keys alone.
    pub fn of_writes(writes: Vec<Write>) -> Batch {
        Batch { writes, ..Batch::default() }
    }

    /// Changes of records alone.
    pub fn of_records(records: Vec<Record>) -> Batch {
        Batch { records, ..Batch::default() }
    }
}

/// Persistent state. Every call is safe from several threads; what was committed is seen by every call that begins
/// after the commit returned.
pub trait Store: Send + Sync {
    /// Everything in a namespace, as of now, sorted by key. Called once per event: it must not touch the disk where
    /// the namespace was read before.
    ///
    /// # Errors
    /// Storage that cannot be read.
    fn snapshot(&self, namespace: &Namespace) -> Result<Arc<Map>, StateError>;

    /// Applies a batch in one transaction; when it returns `Ok`, it is as durable as the store can make it.
    ///
    /// # Errors
    /// A write beyond the limits: then nothing was written. Storage that failed: then all or nothing of the batch is
    /// there once the storage works again, and nothing is the rule.
    fn commit(&self, batch: &Batch) -> Result<(), StateError>;

    /// The entries of a namespace with their times, sorted by key.
    ///
    /// # Errors
    /// Storage that cannot be read.
    fn entries(&self, namespace: &Namespace) -> Result<Vec<Entry>, StateError>;

    /// Every namespace that has entries, sorted.
    ///
    /// # Errors
    /// Storage that cannot be read.
    fn namespaces(&self) -> Result<Vec<Namespace>, StateError>;

    /// The records of a kind whose key begins with these parts, sorted by key.
    ///
    /// # Errors
    /// Storage that cannot be read.
    fn records(&self, kind: RecordKind, begin: &[&str]) -> Result<Vec<Record>, StateError>;

    /// What the execution log has of a query, newest first.
    ///
    /// # Errors
    /// Storage that cannot be read.
    fn executions(&self, query: &ExecutionQuery) -> Result<Vec<Execution>, StateError>;

    /// Whether what is committed outlives the process.
    fn is_durable(&self) -> bool;

    /// The value of a key, if it has one.
    ///
    /// # Errors
    /// Storage that cannot be read.
    fn get(&self, namespace: &Namespace, key: &str) -> Result<Option<Data>, StateError> {
        Ok(self.snapshot(namespace)?.get(key).cloned())
    }

    /// The keys of a namespace, sorted.
    ///
    /// # Errors
    /// Storage that cannot be read.
    fn list(&self, namespace: &Namespace) -> Result<Vec<Text>, StateError> {
        Ok(self.snapshot(namespace)?.keys().cloned().collect())
    }

    /// Sets one key.
    ///
    /// # Errors
    /// As [`Store::commit`].
    fn set(&self, namespace: &Namespace, key: &str, value: Data) -> Result<(), StateError> {
        let write = Write { namespace: namespace.clone(), key: key.into(), value: Some(value) };
        self.commit(&Batch::of_writes(vec![write]))
    }

    /// Deletes one key.
    ///
    /// # Errors
    /// As [`Store::commit`].
    fn delete(&self, namespace: &Namespace, key: &str) -> Result<(), StateError> {
        let write = Write { namespace: namespace.clone(), key: key.into(), value: None };
        self.commit(&Batch::of_writes(vec![write]))
    }

    /// Deletes every key of a namespace.
    ///
    /// # Errors
    /// As [`Store::commit`].
    fn clear(&self, namespace: &Namespace) -> Result<(), StateError> {
        self.commit(&Batch { clears: vec![namespace.clone()], ..Batch::default() })
    }
}
