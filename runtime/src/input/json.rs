//! JSON to data and back, with errors that name the field.

use std::sync::Arc;

use oracle_vm::limits::DATA_DEPTH;
use oracle_vm::value::json::from_json;
use oracle_vm::value::{Data, Map};
use serde_json::Value;

use super::{FieldError, FieldProblem, Path};

/// JSON as data.
///
/// # Errors
/// Data that is nested deeper than [`DATA_DEPTH`].
pub fn data_from_json(json: &Value, root: &str) -> Result<Data, FieldError> {
    from_json(json).map_err(|_| FieldError {
        path: root.to_owned(),
        value: String::new(),
        problem: FieldProblem::Depth(DATA_DEPTH),
    })
}

/// A JSON object as a map.
///
/// # Errors
/// Anything but an object, and data that is nested too deep.
pub fn map_from_json(json: &Value, root: &str) -> Result<Map, FieldError> {
    into_map(data_from_json(json, root)?, root)
}

/// A JSON object in text as a map.
///
/// # Errors
/// Text that is not JSON, anything but an object, and data that is nested too deep.
pub fn map_from_text(text: &str, root: &str) -> Result<Map, FieldError> {
    let data: Data = serde_json::from_str(text).map_err(|error| FieldError {
        path: root.to_owned(),
        value: String::new(),
        problem: FieldProblem::Json(error.to_string()),
    })?;
    into_map(data, root)
}

fn into_map(data: Data, root: &str) -> Result<Map, FieldError> {
    match data {
        Data::Map(map) => Ok(Arc::unwrap_or_clone(map)),
        other => Err(FieldError::wrong_type(Path::Root(root), &other, "an object")),
    }
}

/// Data as JSON; floats that JSON lacks are written as the machine writes them, records become objects.
pub fn json_from_data(data: &Data) -> Value {
    serde_json::to_value(data).unwrap_or_default()
}
