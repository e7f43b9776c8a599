//! The limits of one write, the same for every store.

use std::io;

use oracle_vm::value::Data;

use super::StateError;

/// Bytes of the longest key.
pub const MAX_KEY_BYTES: usize = 512;
/// Bytes of the longest value, as JSON.
pub const MAX_VALUE_BYTES: usize = 1024 * 1024;
/// Levels of lists and maps in a value: fewer than what JSON readers take.
pub const MAX_VALUE_DEPTH: usize = 100;
/// Bytes of keys and values that a plugin may keep for one user in one project.
pub const PLUGIN_QUOTA_BYTES: u64 = 16 * 1024 * 1024;

/// Whether a write keeps the limits.
///
/// # Errors
/// A key that is empty or too long; a value that is too long, too deep, or cannot be JSON.
pub fn check_write(key: &str, value: &Data) -> Result<(), StateError> {
    check_value(key, value)?;
    let mut counter = Counter::default();
    write_json(key, value, &mut counter)?;
    check_length(key, counter.bytes)
}

/// The JSON of a value that keeps the limits.
pub(super) fn encode(key: &str, value: &Data) -> Result<Vec<u8>, StateError> {
    check_value(key, value)?;
    let mut json = Vec::new();
    write_json(key, value, &mut json)?;
    check_length(key, json.len())?;
    Ok(json)
}

fn check_value(key: &str, value: &Data) -> Result<(), StateError> {
    if key.is_empty() {
        return Err(StateError::EmptyKey);
    }
    if key.len() > MAX_KEY_BYTES {
        return Err(StateError::KeyTooLong(key.len()));
    }
    match check_shape(value, MAX_VALUE_DEPTH) {
        Shape::Good => Ok(()),
        Shape::NotFinite => Err(StateError::NotJson(key.to_owned())),
        Shape::TooDeep => Err(StateError::TooDeep(key.to_owned())),
    }
}

fn check_length(key: &str, bytes: usize) -> Result<(), StateError> {
    if bytes > MAX_VALUE_BYTES { Err(StateError::ValueTooLong(key.to_owned(), bytes)) } else { Ok(()) }
}

fn write_json(key: &str, value: &Data, to: impl io::Write) -> Result<(), StateError> {
    serde_json::to_writer(to, value).map_err(|error| StateError::Storage(format!("`{key}`: {error}")))
}

#[derive(PartialEq)]
enum Shape {
    Good,
    NotFinite,
    TooDeep,
}

/// Goes down at most `depth` levels.
fn check_shape(value: &Data, depth: usize) -> Shape {
    let all = |mut items: &mut dyn Iterator<Item = &Data>| {
        let Some(below) = depth.checked_sub(1) else { return Shape::TooDeep };
        let bad = |item| Some(check_shape(item, below)).filter(|shape| *shape != Shape::Good);
        Iterator::find_map(&mut items, bad).unwrap_or(Shape::Good)
    };
    match value {
        Data::Float(float) if !float.is_finite() => Shape::NotFinite,
        Data::None | Data::Bool(_) | Data::Int(_) | Data::Big(_) | Data::Float(_) | Data::Str(_) => {
            Shape::Good
        }
        Data::List(items) => all(&mut items.iter()),
        Data::Map(map) => all(&mut map.values()),
        Data::Record(record) => all(&mut record.fields.iter()),
    }
}

/// Counts what is written.
#[derive(Default)]
struct Counter {
    bytes: usize,
}

impl io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes = self.bytes.saturating_add(bytes.len());
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
