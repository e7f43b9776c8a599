//! JSON to data and back. Numbers above 2^63 stay exact; nothing is nested deeper than the limit.

use oracle_vm::limits::DATA_DEPTH;
use oracle_vm::value::{Data, Map};
use serde_json::Value;

use super::{FieldError, FieldProblem, Path};

/// JSON as data.
///
/// # Errors
/// Data that is nested deeper than [`DATA_DEPTH`].
pub fn data_from_json(json: &Value, root: &str) -> Result<Data, FieldError> {
    convert(json, DATA_DEPTH).ok_or_else(|| FieldError {
        path: Path::Root(root).to_string(),
        value: String::new(),
        problem: FieldProblem::Depth(DATA_DEPTH),
    })
}

/// A JSON object as a map.
///
/// # Errors
/// Anything but an object, and data that is nested too deep.
pub fn map_from_json(json: &Value, root: &str) -> Result<Map, FieldError> {
    match data_from_json(json, root)? {
        Data::Map(map) => Ok(std::sync::Arc::unwrap_or_clone(map)),
        other => Err(FieldError::wrong_type(Path::Root(root), &other, "an object")),
    }
}

fn convert(json: &Value, depth: usize) -> Option<Data> {
    Some(match json {
        Value::Null => Data::None,
        Value::Bool(b) => Data::Bool(*b),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(int), _) => Data::Int(int),
            (None, Some(big)) => Data::Big(big),
            (None, None) => Data::Float(number.as_f64().unwrap_or(f64::INFINITY)),
        },
        Value::String(text) => Data::text(text.as_str()),
        Value::Array(items) => {
            let below = depth.checked_sub(1)?;
            Data::list(items.iter().map(|item| convert(item, below)).collect::<Option<_>>()?)
        }
        Value::Object(map) => {
            let below = depth.checked_sub(1)?;
            let convert_pair =
                |(key, value): (&String, &Value)| Some((key.as_str().into(), convert(value, below)?));
            Data::map(map.iter().map(convert_pair).collect::<Option<Map>>()?)
        }
    })
}

/// Data as JSON; floats that JSON lacks become null, records become objects.
pub fn json_from_data(data: &Data) -> Value {
    match data {
        Data::None => Value::Null,
        Data::Bool(b) => Value::Bool(*b),
        Data::Int(int) => Value::from(*int),
        Data::Big(big) => Value::from(*big),
        Data::Float(float) => Value::from(*float),
        Data::Str(text) => Value::from(text.as_str()),
        Data::List(items) => Value::Array(items.iter().map(json_from_data).collect()),
        Data::Map(map) => Value::Object(
            map.iter().map(|(key, value)| (key.as_str().to_owned(), json_from_data(value))).collect(),
        ),
        Data::Record(record) => {
            let names = record.id.row().map_or(&[][..], |row| row.fields);
            let pairs = names.iter().zip(&record.fields);
            Value::Object(pairs.map(|(row, value)| (row.name.to_owned(), json_from_data(value))).collect())
        }
    }
}
