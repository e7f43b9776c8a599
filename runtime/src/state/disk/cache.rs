//! The snapshots that events read: namespaces in memory, as of the last commit.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use oracle_vm::value::Map;

use crate::state::Namespace;
use crate::state::encode::Encoded;
use crate::state::memory::put;

/// What a namespace takes in memory beside its keys and values, about.
const OVERHEAD: u64 = 256;

/// Namespaces that were read, up to about so many bytes.
#[derive(Debug)]
pub(super) struct Cache {
    inner: RwLock<Inner>,
    uses: AtomicU64,
    most: u64,
}

#[derive(Debug, Default)]
struct Inner {
    spaces: HashMap<Namespace, Cached>,
    bytes: u64,
    /// Changes with every commit to a namespace that is not here: what was read before may be old.
    generation: u64,
}

#[derive(Debug)]
struct Cached {
    map: Arc<Map>,
    bytes: u64,
    used: AtomicU64,
}

impl Cache {
    pub(super) fn new(most: u64) -> Cache {
        Cache { inner: RwLock::default(), uses: AtomicU64::new(0), most }
    }

    fn read(&self) -> RwLockReadGuard<'_, Inner> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Inner> {
        self.inner.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The namespace, where it is here; else the generation to read it in.
    pub(super) fn get(&self, namespace: &Namespace) -> Result<Arc<Map>, u64> {
        let inner = self.read();
        let cached = inner.spaces.get(namespace).ok_or(inner.generation)?;
        cached.used.store(self.uses.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        Ok(Arc::clone(&cached.map))
    }

    /// Keeps what was read, unless something was committed since.
    pub(super) fn keep(&self, namespace: &Namespace, map: &Arc<Map>, bytes: u64, generation: u64) {
        let mut inner = self.write();
        if inner.generation != generation || inner.spaces.contains_key(namespace) {
            return;
        }
        let bytes = bytes.saturating_add(OVERHEAD);
        let used = AtomicU64::new(self.uses.fetch_add(1, Ordering::Relaxed));
        inner.bytes = inner.bytes.saturating_add(bytes);
        inner.spaces.insert(namespace.clone(), Cached { map: Arc::clone(map), bytes, used });
        inner.shrink(self.most);
    }

    /// Follows a batch that was committed; `usage` is what its namespaces take now.
    pub(super) fn follow(&self, batch: Encoded, usage: &BTreeMap<Namespace, u64>) {
        if usage.is_empty() {
            return;
        }
        let mut guard = self.write();
        let inner = &mut *guard;
        for (namespace, bytes) in usage {
            match inner.spaces.get_mut(namespace) {
                Some(cached) => {
                    let now = bytes.saturating_add(OVERHEAD);
                    inner.bytes = inner.bytes.saturating_sub(cached.bytes).saturating_add(now);
                    cached.bytes = now;
                }
                None => inner.generation = inner.generation.wrapping_add(1),
            }
        }
        for namespace in &batch.clears {
            if let Some(cached) = inner.spaces.get_mut(namespace) {
                cached.map = Arc::default();
            }
        }
        for write in batch.writes {
            let Some(cached) = inner.spaces.get_mut(&write.namespace) else { continue };
            let map = Arc::make_mut(&mut cached.map);
            match write.value {
                Some(value) => put(map, write.key, value.data),
                None => drop(map.shift_remove(write.key.as_str())),
            }
        }
        inner.shrink(self.most);
    }

    /// Forgets everything: the file may say something else.
    pub(super) fn forget(&self) {
        let mut inner = self.write();
        let generation = inner.generation.wrapping_add(1);
        *inner = Inner { generation, ..Inner::default() };
    }
}

impl Inner {
    /// Forgets the least recently used namespaces until a tenth of the room is free again.
    fn shrink(&mut self, most: u64) {
        if self.bytes <= most {
            return;
        }
        let used = |(namespace, cached): (&Namespace, &Cached)| {
            (cached.used.load(Ordering::Relaxed), namespace.clone())
        };
        let mut ranked: Vec<(u64, Namespace)> = self.spaces.iter().map(used).collect();
        ranked.sort_by_key(|(used, _)| *used);
        for (_, namespace) in ranked {
            if self.bytes <= most / 10 * 9 {
                return;
            }
            if let Some(cached) = self.spaces.remove(&namespace) {
                self.bytes = self.bytes.saturating_sub(cached.bytes);
            }
        }
    }
}
