//! How long the store takes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use oracle_vm::value::Map;

use super::Histogram;
use crate::state::{
    Batch, Entry, Execution, ExecutionQuery, Namespace, Record, RecordKind, StateError, Store,
};

/// What happened in a store.
#[derive(Debug, Default)]
pub struct StoreMetrics {
    /// How long commits took, with the wait for the disk.
    pub commits: Histogram,
    /// How long reading a namespace took.
    pub snapshots: Histogram,
    failed: AtomicU64,
}

impl StoreMetrics {
    /// Calls that failed.
    pub fn failed(&self) -> u64 {
        self.failed.load(Ordering::Relaxed)
    }
}

/// A store whose calls are counted.
pub struct MeasuredStore {
    inner: Arc<dyn Store>,
    metrics: Arc<StoreMetrics>,
}

impl MeasuredStore {
    /// Counts the calls of this store.
    pub fn new(inner: Arc<dyn Store>) -> MeasuredStore {
        MeasuredStore { inner, metrics: Arc::default() }
    }

    /// What happened so far, and happens.
    pub fn metrics(&self) -> Arc<StoreMetrics> {
        Arc::clone(&self.metrics)
    }

    fn count<T>(&self, outcome: Result<T, StateError>) -> Result<T, StateError> {
        if outcome.is_err() {
            self.metrics.failed.fetch_add(1, Ordering::Relaxed);
        }
        outcome
    }

    fn time<T>(
        &self,
        histogram: &Histogram,
        call: impl FnOnce() -> Result<T, StateError>,
    ) -> Result<T, StateError> {
        let began = Instant::now();
        let outcome = call();
        histogram.add(began.elapsed().as_secs_f64() * 1e6);
        self.count(outcome)
    }
}

impl Store for MeasuredStore {
    fn snapshot(&self, namespace: &Namespace) -> Result<Arc<Map>, StateError> {
        self.time(&self.metrics.snapshots, || self.inner.snapshot(namespace))
    }

    fn commit(&self, batch: &Batch) -> Result<(), StateError> {
        self.time(&self.metrics.commits, || self.inner.commit(batch))
    }

    fn is_durable(&self) -> bool {
        self.inner.is_durable()
    }

    fn entries(&self, namespace: &Namespace) -> Result<Vec<Entry>, StateError> {
        self.count(self.inner.entries(namespace))
    }

    fn namespaces(&self) -> Result<Vec<Namespace>, StateError> {
        self.count(self.inner.namespaces())
    }

    fn records(&self, kind: RecordKind, begin: &[&str]) -> Result<Vec<Record>, StateError> {
        self.count(self.inner.records(kind, begin))
    }

    fn executions(&self, query: &ExecutionQuery) -> Result<Vec<Execution>, StateError> {
        self.count(self.inner.executions(query))
    }
}

#[cfg(test)]
mod tests {
    use oracle_vm::value::Data;

    use super::*;
    use crate::state::MemoryStore;

    #[test]
    fn calls_are_passed_on_and_counted() {
        let store = MeasuredStore::new(Arc::new(MemoryStore::new()));
        let here = Namespace { user: "u".into(), project: "p".into(), plugin: "x".into() };
        store.set(&here, "k", Data::Int(1)).unwrap();
        assert_eq!(store.get(&here, "k").unwrap(), Some(Data::Int(1)));
        assert!(store.set(&here, "", Data::None).is_err());
        let metrics = store.metrics();
        assert_eq!(
            (metrics.commits.counts().count(), metrics.snapshots.counts().count(), metrics.failed()),
            (2, 1, 1)
        );
    }
}
