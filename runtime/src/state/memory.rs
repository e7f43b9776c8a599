//! State that lives as long as the process.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, LazyLock, PoisonError, RwLock, RwLockReadGuard};

use oracle_vm::value::{Data, Map, Text};

use super::encode::{Encoded, EncodedWrite, size_of};
use super::entry::now;
use super::{
    Batch, Entry, Execution, ExecutionQuery, Namespace, Record, RecordKey, RecordKind, StateError, Store,
    StoreOptions, Times,
};

/// State in memory: for tests, `run` and `eval`.
#[derive(Debug, Default)]
pub struct MemoryStore {
    contents: RwLock<Contents>,
    options: StoreOptions,
}

#[derive(Debug, Default)]
struct Contents {
    spaces: BTreeMap<Namespace, Space>,
    records: BTreeMap<(RecordKind, RecordKey), (Data, Option<f64>)>,
    executions: VecDeque<Execution>,
    /// When records that nobody needs were last looked for.
    swept: f64,
}

/// One namespace.
#[derive(Debug, Default)]
struct Space {
    map: Arc<Map>,
    about: HashMap<Text, (Times, u64)>,
    bytes: u64,
}

/// Records that are not kept for ever at most: what limits remember of sessions must not fill the memory.
const MOST_RECORDS: usize = 100_000;
/// Seconds between two looks for records that nobody needs.
const SWEEP_EVERY: f64 = 60.0;

impl MemoryStore {
    /// An empty store.
    pub fn new() -> MemoryStore {
        MemoryStore::default()
    }

    /// An empty store with other bounds.
    pub fn with_options(options: StoreOptions) -> MemoryStore {
        MemoryStore { options, ..MemoryStore::default() }
    }

    fn read(&self) -> RwLockReadGuard<'_, Contents> {
        self.contents.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn snapshot(&self, namespace: &Namespace) -> Result<Arc<Map>, StateError> {
        static NOTHING: LazyLock<Arc<Map>> = LazyLock::new(Arc::default);
        Ok(Arc::clone(self.read().spaces.get(namespace).map_or(&NOTHING, |space| &space.map)))
    }

    fn commit(&self, batch: &Batch) -> Result<(), StateError> {
        let encoded = Encoded::of(batch)?;
        let mut contents = self.contents.write().unwrap_or_else(PoisonError::into_inner);
        let spaces = &contents.spaces;
        let used = |namespace: &Namespace| Ok(spaces.get(namespace).map_or(0, |space| space.bytes));
        let stored = |namespace: &Namespace, key: &str| {
            Ok(spaces.get(namespace).and_then(|space| space.about.get(key)).map_or(0, |(_, bytes)| *bytes))
        };
        encoded.usage_after(self.options.plugin_quota_bytes, used, stored)?;
        contents.apply(encoded, now(), &self.options);
        Ok(())
    }

    fn is_durable(&self) -> bool {
        false
    }

    fn entries(&self, namespace: &Namespace) -> Result<Vec<Entry>, StateError> {
        let contents = self.read();
        let Some(space) = contents.spaces.get(namespace) else { return Ok(Vec::new()) };
        let entry = |(key, value): (&Text, &Data)| Entry {
            namespace: namespace.clone(),
            key: key.clone(),
            value: value.clone(),
            times: space.about.get(key.as_str()).map(|(times, _)| *times).unwrap_or_default(),
        };
        Ok(space.map.iter().map(entry).collect())
    }

    fn namespaces(&self) -> Result<Vec<Namespace>, StateError> {
        Ok(self.read().spaces.keys().cloned().collect())
    }

    fn records(&self, kind: RecordKind, begin: &[&str]) -> Result<Vec<Record>, StateError> {
        let first: RecordKey =
            std::array::from_fn(|at| begin.get(at).map_or_else(|| "".into(), |it| (*it).into()));
        let contents = self.read();
        let found = contents
            .records
            .range((kind, first)..)
            .take_while(|((of, key), _)| *of == kind && Record::begins_with(key, begin))
            .map(|((_, key), (value, expires))| Record {
                kind,
                key: key.clone(),
                value: Some(value.clone()),
                expires: *expires,
            });
        Ok(found.collect())
    }

    fn executions(&self, query: &ExecutionQuery) -> Result<Vec<Execution>, StateError> {
        let contents = self.read();
        let found = contents.executions.iter().rev().filter(|it| query.takes(it)).take(query.most());
        Ok(found.cloned().collect())
    }
}

impl Contents {
    /// Applies a batch whose limits were checked.
    fn apply(&mut self, batch: Encoded, now: f64, options: &StoreOptions) {
        for namespace in &batch.clears {
            self.spaces.remove(namespace);
        }
        for write in batch.writes {
            let namespace = write.namespace.clone();
            let space = self.spaces.entry(namespace.clone()).or_default();
            space.apply(write, now);
            if space.map.is_empty() {
                self.spaces.remove(&namespace);
            }
        }
        for record in batch.records {
            let at = (record.kind, record.key);
            match record.value {
                Some((data, _)) => drop(self.records.insert(at, (data, record.expires))),
                None => drop(self.records.remove(&at)),
            }
        }
        self.executions.extend(batch.executions);
        let over = self.executions.len() as u64;
        for _ in options.executions_kept..over {
            self.executions.pop_front();
        }
        let oldest = now - options.executions_seconds;
        while self.executions.front().is_some_and(|it| it.at < oldest) {
            self.executions.pop_front();
        }
        if now - self.swept > SWEEP_EVERY {
            self.swept = now;
            self.records.retain(|_, (_, expires)| expires.is_none_or(|expires| expires > now));
        }
        if self.records.len() > MOST_RECORDS {
            self.drop_records();
        }
    }

    /// Drops the records that expire first, a tenth of the room.
    fn drop_records(&mut self) {
        let mut expiries: Vec<f64> = self.records.values().filter_map(|(_, expires)| *expires).collect();
        expiries.sort_by(f64::total_cmp);
        if let Some(cut) = expiries.get(expiries.len().min(MOST_RECORDS / 10)).or(expiries.last()).copied() {
            self.records.retain(|_, (_, expires)| expires.is_none_or(|expires| expires > cut));
        }
    }
}

impl Space {
    fn apply(&mut self, write: EncodedWrite, now: f64) {
        let map = Arc::make_mut(&mut self.map);
        let before = self.about.remove(write.key.as_str());
        self.bytes = self.bytes.saturating_sub(before.map_or(0, |(_, bytes)| bytes));
        match write.value {
            Some(value) => {
                let bytes = size_of(write.key.as_str(), value.json.len());
                let created = before.map_or(now, |(times, _)| times.created);
                let times = value.times.unwrap_or(Times { created, updated: now });
                self.bytes = self.bytes.saturating_add(bytes);
                self.about.insert(write.key.clone(), (times, bytes));
                put(map, write.key, value.data);
            }
            None => drop(map.shift_remove(write.key.as_str())),
        }
    }
}

/// Sets a key of a sorted map.
pub(super) fn put(map: &mut Map, key: Text, value: Data) {
    match map.get_mut(key.as_str()) {
        Some(place) => *place = value,
        None => drop(map.insert_sorted(key, value)),
    }
}
