//! State that lives as long as the process.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use oracle_vm::value::Map;

use super::{Batch, Namespace, StateError, Store, check_write};

/// State in memory: for tests, `run` and `eval`.
#[derive(Debug, Default)]
pub struct MemoryStore {
    namespaces: RwLock<HashMap<Namespace, Arc<Map>>>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> MemoryStore {
        MemoryStore::default()
    }
}

impl Store for MemoryStore {
    fn snapshot(&self, namespace: &Namespace) -> Result<Arc<Map>, StateError> {
        let namespaces = self.namespaces.read().unwrap_or_else(PoisonError::into_inner);
        Ok(namespaces.get(namespace).cloned().unwrap_or_default())
    }

    fn commit(&self, batch: &Batch) -> Result<(), StateError> {
        for write in &batch.writes {
            if let Some(value) = &write.value {
                check_write(write.key.as_str(), value)?;
            }
        }
        let mut namespaces = self.namespaces.write().unwrap_or_else(PoisonError::into_inner);
        for write in &batch.writes {
            let map = Arc::make_mut(namespaces.entry(write.namespace.clone()).or_default());
            match &write.value {
                Some(value) => drop(map.insert(write.key.clone(), value.clone())),
                None => drop(map.shift_remove(write.key.as_str())),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use oracle_vm::value::Data;

    use super::*;
    use crate::state::{MAX_KEY_BYTES, MAX_VALUE_BYTES, Write};

    fn namespace(user: &str, plugin: &str) -> Namespace {
        Namespace { user: user.into(), project: "default".into(), plugin: plugin.into() }
    }

    #[test]
    fn namespaces_do_not_see_each_other() {
        let store = MemoryStore::new();
        store.set(&namespace("ann", "a"), "k", Data::Int(1)).unwrap();
        assert_eq!(store.get(&namespace("ann", "a"), "k").unwrap(), Some(Data::Int(1)));
        assert_eq!(store.get(&namespace("bob", "a"), "k").unwrap(), None);
        assert_eq!(store.get(&namespace("ann", "b"), "k").unwrap(), None);
    }

    #[test]
    fn a_snapshot_does_not_see_later_writes() {
        let store = MemoryStore::new();
        let here = namespace("ann", "a");
        store.set(&here, "k", Data::Int(1)).unwrap();
        let before = store.snapshot(&here).unwrap();
        store.set(&here, "k", Data::Int(2)).unwrap();
        store.delete(&here, "k").unwrap();
        assert_eq!(before.get("k"), Some(&Data::Int(1)));
        assert!(store.list(&here).unwrap().is_empty());
    }

    #[test]
    fn a_batch_with_one_bad_write_writes_nothing() {
        let store = MemoryStore::new();
        let here = namespace("ann", "a");
        let write = |key: &str, value| Write { namespace: here.clone(), key: key.into(), value: Some(value) };
        let long = Data::text("x".repeat(MAX_VALUE_BYTES));
        let batch = Batch { writes: vec![write("good", Data::Int(1)), write("bad", long)] };
        assert!(matches!(store.commit(&batch), Err(StateError::ValueTooLong(key, _)) if key == "bad"));
        assert!(store.snapshot(&here).unwrap().is_empty());
        let key = "k".repeat(MAX_KEY_BYTES + 1);
        assert_eq!(store.set(&here, &key, Data::None), Err(StateError::KeyTooLong(MAX_KEY_BYTES + 1)));
        assert_eq!(store.set(&here, "", Data::None), Err(StateError::EmptyKey));
        assert_eq!(store.set(&here, "n", Data::Float(f64::NAN)), Err(StateError::NotJson("n".to_owned())));
        store.set(&here, &"k".repeat(MAX_KEY_BYTES), Data::None).unwrap();
    }
}
