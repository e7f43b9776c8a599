//! What is stored where, and how.

use oracle_vm::value::{Data, Map, Text};
use redb::{ReadableTable, TableDefinition};

use crate::state::encode::decode;
use crate::state::{Entry, Execution, Namespace, Record, RecordKey, RecordKind, StateError, Times};

/// The schema that this version writes. A change of what the tables hold raises it, and adds a step to
/// [`MIGRATIONS`](super::open::MIGRATIONS).
pub(super) const SCHEMA: u64 = 1;

/// `schema`: the schema. `commit`: the number of the last commit.
pub(super) const META: TableDefinition<'static, &str, u64> = TableDefinition::new("oracle_meta");
/// User, project, plugin, key: the times and the JSON.
pub(super) const STATE: TableDefinition<'static, (&str, &str, &str, &str), &[u8]> =
    TableDefinition::new("state");
/// User, project, plugin: bytes of keys and values.
pub(super) const USAGE: TableDefinition<'static, (&str, &str, &str), u64> = TableDefinition::new("usage");
/// Kind and key: when nobody needs it any more, and the JSON.
pub(super) const RECORDS: TableDefinition<'static, (u8, &str, &str, &str, &str), &[u8]> =
    TableDefinition::new("records");
/// Number: when it was recorded, and the JSON.
pub(super) const EXECUTIONS: TableDefinition<'static, u64, &[u8]> = TableDefinition::new("executions");

pub(super) const SCHEMA_KEY: &str = "schema";
pub(super) const COMMIT_KEY: &str = "commit";

/// Bytes of the times before the JSON of an entry.
pub(super) const TIMES: usize = 16;
/// Bytes of the time before the JSON of a record or an execution.
const TIME: usize = 8;

pub(super) type StateRow<'a> = (&'a str, &'a str, &'a str, &'a str);

/// One past the last name that equals this one: the least text that is greater.
pub(super) fn after(name: &Text) -> String {
    format!("{}\0", name.as_str())
}

/// A row of the state.
pub(super) fn entry_bytes(times: Times, json: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(TIMES.saturating_add(json.len()));
    bytes.extend_from_slice(&times.created.to_le_bytes());
    bytes.extend_from_slice(&times.updated.to_le_bytes());
    bytes.extend_from_slice(json);
    bytes
}

/// The times of a row of the state.
pub(super) fn times_of(bytes: &[u8]) -> Times {
    Times { created: time_at(bytes, 0), updated: time_at(bytes, TIME) }
}

/// A row of the records or executions.
pub(super) fn timed_bytes(time: f64, json: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(TIME.saturating_add(json.len()));
    bytes.extend_from_slice(&time.to_le_bytes());
    bytes.extend_from_slice(json);
    bytes
}

/// The time of a row of the records or executions.
pub(super) fn time_of(bytes: &[u8]) -> f64 {
    time_at(bytes, 0)
}

fn time_at(bytes: &[u8], at: usize) -> f64 {
    let time = bytes.get(at..at.saturating_add(TIME)).and_then(|it| it.try_into().ok());
    time.map_or(0.0, f64::from_le_bytes)
}

fn rest(bytes: &[u8], header: usize) -> &[u8] {
    bytes.get(header..).unwrap_or_default()
}

fn data_of(bytes: &[u8]) -> Result<Data, StateError> {
    decode(rest(bytes, TIMES))
}

/// What went wrong while reading.
pub(super) enum ReadError {
    /// The storage.
    Redb(redb::Error),
    /// What was read.
    Content(StateError),
}

impl<E: Into<redb::Error>> From<E> for ReadError {
    fn from(error: E) -> Self {
        ReadError::Redb(error.into())
    }
}

/// A namespace as events read it.
pub(super) fn read_map(
    table: &impl ReadableTable<StateRow<'static>, &'static [u8]>,
    namespace: &Namespace,
) -> Result<Map, ReadError> {
    let mut map = Map::default();
    each_entry(table, namespace, |key, bytes| {
        map.insert(key.into(), data_of(bytes)?);
        Ok(())
    })?;
    Ok(map)
}

/// A namespace with its times.
pub(super) fn read_entries(
    table: &impl ReadableTable<StateRow<'static>, &'static [u8]>,
    namespace: &Namespace,
) -> Result<Vec<Entry>, ReadError> {
    let mut entries = Vec::new();
    each_entry(table, namespace, |key, bytes| {
        let (namespace, key) = (namespace.clone(), key.into());
        entries.push(Entry { namespace, key, value: data_of(bytes)?, times: times_of(bytes) });
        Ok(())
    })?;
    Ok(entries)
}

fn each_entry(
    table: &impl ReadableTable<StateRow<'static>, &'static [u8]>,
    namespace: &Namespace,
    mut take: impl FnMut(&str, &[u8]) -> Result<(), StateError>,
) -> Result<(), ReadError> {
    let Namespace { user, project, plugin } = namespace;
    let beyond = after(plugin);
    let from = (user.as_str(), project.as_str(), plugin.as_str(), "");
    let to = (user.as_str(), project.as_str(), beyond.as_str(), "");
    for row in table.range::<StateRow<'_>>(from..to)? {
        let (key, value) = row?;
        take(key.value().3, value.value()).map_err(ReadError::Content)?;
    }
    Ok(())
}

pub(super) type RecordRow<'a> = (u8, &'a str, &'a str, &'a str, &'a str);

/// The row of a record.
pub(super) fn record_row(kind: RecordKind, key: &RecordKey) -> RecordRow<'_> {
    let [a, b, c, d] = key;
    (kind as u8, a.as_str(), b.as_str(), c.as_str(), d.as_str())
}

/// The records of a kind whose key begins with these parts.
pub(super) fn read_records(
    table: &impl ReadableTable<RecordRow<'static>, &'static [u8]>,
    kind: RecordKind,
    begin: &[&str],
) -> Result<Vec<Record>, ReadError> {
    let part = |at: usize| begin.get(at).copied().unwrap_or_default();
    let from: RecordRow<'_> = (kind as u8, part(0), part(1), part(2), part(3));
    let mut records = Vec::new();
    for row in table.range::<RecordRow<'_>>(from..)? {
        let (key, value) = row?;
        let (of, a, b, c, d) = key.value();
        let key: RecordKey = [a.into(), b.into(), c.into(), d.into()];
        if of != kind as u8 || !Record::begins_with(&key, begin) {
            break;
        }
        let bytes = value.value();
        let data = decode(rest(bytes, TIME)).map_err(ReadError::Content)?;
        let expires = Some(time_of(bytes)).filter(|it| it.is_finite());
        records.push(Record { kind, key, value: Some(data), expires });
    }
    Ok(records)
}

/// An execution of its row.
pub(super) fn execution_of(bytes: &[u8]) -> Result<Execution, ReadError> {
    serde_json::from_slice(rest(bytes, TIME)).map_err(|error| {
        ReadError::Content(StateError::Storage(format!(
            "a line of the execution log cannot be read: {error}"
        )))
    })
}
