//! The limits of one write, the same for every store.

use oracle_vm::value::Data;

use super::StateError;

/// Bytes of the longest key.
pub const MAX_KEY_BYTES: usize = 512;
/// Bytes of the longest value, as JSON.
pub const MAX_VALUE_BYTES: usize = 1024 * 1024;

/// Whether a write keeps the limits.
///
/// # Errors
/// A key that is empty or too long; a value that is too long or cannot be JSON.
pub fn check_write(key: &str, value: &Data) -> Result<(), StateError> {
    if key.is_empty() {
        return Err(StateError::EmptyKey);
    }
    if key.len() > MAX_KEY_BYTES {
        return Err(StateError::KeyTooLong(key.len()));
    }
    let bytes = json_bytes(value).ok_or_else(|| StateError::NotJson(key.to_owned()))?;
    if bytes > MAX_VALUE_BYTES {
        return Err(StateError::ValueTooLong(key.to_owned(), bytes));
    }
    Ok(())
}

/// About the bytes that a value takes as JSON; `None` for what JSON cannot hold.
fn json_bytes(value: &Data) -> Option<usize> {
    Some(match value {
        Data::None | Data::Bool(_) => 4,
        Data::Int(_) | Data::Big(_) => 8,
        Data::Float(float) => float.is_finite().then_some(8)?,
        Data::Str(text) => text.as_str().len().saturating_add(2),
        Data::List(items) => sum(items.iter().map(json_bytes), items.len())?,
        Data::Map(map) => {
            let keys = map.keys().map(|key| Some(key.as_str().len().saturating_add(3)));
            sum(keys.chain(map.values().map(json_bytes)), map.len())?
        }
        Data::Record(record) => sum(record.fields.iter().map(json_bytes), record.fields.len())?,
    })
}

fn sum(parts: impl Iterator<Item = Option<usize>>, separators: usize) -> Option<usize> {
    parts.into_iter().try_fold(separators.saturating_add(2), |all, part| Some(all.saturating_add(part?)))
}
