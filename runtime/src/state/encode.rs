//! A batch that keeps the limits, with its values as JSON: what every store works with.

use std::collections::BTreeMap;

use oracle_vm::value::{Data, Text};

use super::limits::encode;
use super::{Batch, Execution, Namespace, RecordKey, RecordKind, StateError, Times};

/// A batch, ready to be stored.
#[derive(Debug, Default)]
pub(super) struct Encoded {
    pub(super) clears: Vec<Namespace>,
    pub(super) writes: Vec<EncodedWrite>,
    pub(super) records: Vec<EncodedRecord>,
    pub(super) executions: Vec<Execution>,
}

/// One key and what becomes of it.
#[derive(Debug)]
pub(super) struct EncodedWrite {
    pub(super) namespace: Namespace,
    pub(super) key: Text,
    pub(super) value: Option<EncodedValue>,
}

/// A value to store.
#[derive(Debug)]
pub(super) struct EncodedValue {
    pub(super) data: Data,
    pub(super) json: Vec<u8>,
    /// The times that it had elsewhere, for what is restored.
    pub(super) times: Option<Times>,
}

/// One record and what becomes of it.
#[derive(Debug)]
pub(super) struct EncodedRecord {
    pub(super) kind: RecordKind,
    pub(super) key: RecordKey,
    pub(super) value: Option<(Data, Vec<u8>)>,
    pub(super) expires: Option<f64>,
}

impl Encoded {
    /// Checks every write of a batch.
    pub(super) fn of(batch: &Batch) -> Result<Encoded, StateError> {
        let mut writes = Vec::with_capacity(batch.restored.len().saturating_add(batch.writes.len()));
        for entry in &batch.restored {
            let value = Some(EncodedValue::of(entry.key.as_str(), &entry.value, Some(entry.times))?);
            writes.push(EncodedWrite { namespace: entry.namespace.clone(), key: entry.key.clone(), value });
        }
        for write in &batch.writes {
            let value = write.value.as_ref().map(|it| EncodedValue::of(write.key.as_str(), it, None));
            writes.push(EncodedWrite {
                namespace: write.namespace.clone(),
                key: write.key.clone(),
                value: value.transpose()?,
            });
        }
        let mut records = Vec::with_capacity(batch.records.len());
        for record in &batch.records {
            let name = record.key.iter().rev().map(Text::as_str).find(|it| !it.is_empty()).unwrap_or("_");
            // The parts of a record's key have the bounds of ids, not of state keys.
            let json =
                record.value.as_ref().map(|it| encode("record", it).map_err(|error| named(error, name)));
            records.push(EncodedRecord {
                kind: record.kind,
                key: record.key.clone(),
                value: record.value.clone().zip(json.transpose()?),
                expires: record.expires,
            });
        }
        Ok(Encoded { clears: batch.clears.clone(), writes, records, executions: batch.executions.clone() })
    }

    /// The bytes that each namespace takes afterwards. `used` says what a namespace takes now, and `stored` what one
    /// key takes of that.
    ///
    /// # Errors
    /// A namespace that grows beyond the quota; and whatever `used` and `stored` fail with.
    pub(super) fn usage_after(
        &self,
        quota: u64,
        mut used: impl FnMut(&Namespace) -> Result<u64, StateError>,
        mut stored: impl FnMut(&Namespace, &str) -> Result<u64, StateError>,
    ) -> Result<BTreeMap<Namespace, u64>, StateError> {
        let mut after: BTreeMap<&Namespace, (u64, u64)> = BTreeMap::new();
        let mut keys: BTreeMap<(&Namespace, &str), u64> = BTreeMap::new();
        for namespace in &self.clears {
            after.insert(namespace, (used(namespace)?, 0));
        }
        for write in &self.writes {
            let namespace = &write.namespace;
            let (_, bytes) = match after.entry(namespace) {
                std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
                std::collections::btree_map::Entry::Vacant(entry) => {
                    let now = used(namespace)?;
                    entry.insert((now, now))
                }
            };
            let at = (namespace, write.key.as_str());
            let before = match keys.get(&at) {
                Some(bytes) => *bytes,
                None if self.clears.contains(namespace) => 0,
                None => stored(namespace, write.key.as_str())?,
            };
            let size = write.size();
            *bytes = bytes.saturating_sub(before).saturating_add(size);
            keys.insert(at, size);
        }
        for (namespace, (before, bytes)) in &after {
            // What is over a quota that was lowered may still shrink.
            if *bytes > quota && bytes > before {
                let plugin = namespace.plugin.as_str().to_owned();
                return Err(StateError::Quota { plugin, bytes: *bytes, most: quota });
            }
        }
        Ok(after.into_iter().map(|(namespace, (_, bytes))| (namespace.clone(), bytes)).collect())
    }
}

impl EncodedWrite {
    /// The bytes that the key takes of the quota afterwards.
    fn size(&self) -> u64 {
        self.value.as_ref().map_or(0, |value| size_of(self.key.as_str(), value.json.len()))
    }
}

/// The bytes that a key takes of its plugin's quota.
pub(super) fn size_of(key: &str, json: usize) -> u64 {
    (key.len() as u64).saturating_add(json as u64)
}

impl EncodedValue {
    fn of(key: &str, value: &Data, times: Option<Times>) -> Result<EncodedValue, StateError> {
        let json = encode(key, value)?;
        // A record of the schema is read back as a map: the memory of a store says what its file says.
        let data = if holds_record(value) { decode(&json)? } else { value.clone() };
        Ok(EncodedValue { data, json, times })
    }
}

/// The data that stored JSON holds.
pub(super) fn decode(json: &[u8]) -> Result<Data, StateError> {
    serde_json::from_slice(json)
        .map_err(|error| StateError::Storage(format!("a stored value cannot be read: {error}")))
}

/// Whether a value, whose depth was checked, holds a record of the schema.
fn holds_record(value: &Data) -> bool {
    match value {
        Data::Record(_) => true,
        Data::List(items) => items.iter().any(holds_record),
        Data::Map(map) => map.values().any(holds_record),
        _ => false,
    }
}

fn named(error: StateError, name: &str) -> StateError {
    match error {
        StateError::ValueTooLong(_, bytes) => StateError::ValueTooLong(name.to_owned(), bytes),
        StateError::TooDeep(_) => StateError::TooDeep(name.to_owned()),
        StateError::NotJson(_) => StateError::NotJson(name.to_owned()),
        other => other,
    }
}

impl Encoded {
    /// The bytes of its values, about.
    pub(super) fn bytes(&self) -> usize {
        let writes =
            self.writes.iter().filter_map(|write| write.value.as_ref()).map(|value| value.json.len());
        let records =
            self.records.iter().filter_map(|record| record.value.as_ref()).map(|(_, json)| json.len());
        writes.chain(records).fold(0, usize::saturating_add)
    }
}
