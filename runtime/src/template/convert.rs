//! Between data and template values.

use minijinja::value::{Value, ValueKind};
use oracle_vm::limits::DATA_DEPTH;
use oracle_vm::value::{Data, Map, Text};

use super::object::{Dict, Fields, List};

/// Elements of the largest value that a template may give.
const MAX_ELEMENTS: usize = 100_000;

/// Data as a template sees it: containers are wrapped, not converted.
pub(super) fn to_template(data: &Data) -> Value {
    match data {
        Data::None => Value::from(()),
        Data::Bool(b) => Value::from(*b),
        Data::Int(int) => Value::from(*int),
        Data::Big(big) => Value::from(*big),
        Data::Float(float) => Value::from(*float),
        Data::Str(text) => Value::from(text.as_str()),
        Data::List(items) => Value::from_object(List(items.clone())),
        Data::Map(map) => Value::from_object(Dict(map.clone())),
        Data::Record(record) => Value::from_object(Fields(record.clone())),
    }
}

/// A template's value as data.
///
/// # Errors
/// What data cannot hold: undefined values, functions, numbers beyond 64 bits, too much of anything.
pub(super) fn to_data(value: &Value) -> Result<Data, String> {
    convert(value, DATA_DEPTH, &mut MAX_ELEMENTS.clone())
}

fn convert(value: &Value, depth: usize, left: &mut usize) -> Result<Data, String> {
    let below =
        depth.checked_sub(1).ok_or_else(|| format!("the value is nested deeper than {DATA_DEPTH} levels"))?;
    *left = left.checked_sub(1).ok_or_else(|| format!("the value has more than {MAX_ELEMENTS} elements"))?;
    if let Some(list) = value.downcast_object_ref::<List>() {
        return Ok(Data::List(list.0.clone()));
    }
    if let Some(map) = value.downcast_object_ref::<Dict>() {
        return Ok(Data::Map(map.0.clone()));
    }
    match value.kind() {
        ValueKind::Undefined => Err("the value is undefined".to_owned()),
        ValueKind::None => Ok(Data::None),
        ValueKind::Bool => Ok(Data::Bool(value.is_true())),
        ValueKind::Number => number(value),
        ValueKind::String => Ok(Data::text(value.as_str().unwrap_or_default())),
        ValueKind::Seq | ValueKind::Iterable => {
            let items = value.try_iter().map_err(|error| error.to_string())?;
            Ok(Data::list(items.map(|item| convert(&item, below, left)).collect::<Result<_, _>>()?))
        }
        ValueKind::Map => {
            let mut map = Map::default();
            for key in value.try_iter().map_err(|error| error.to_string())? {
                let item = value.get_item(&key).map_err(|error| error.to_string())?;
                map.insert(Text::from(key.to_string()), convert(&item, below, left)?);
            }
            Ok(Data::map(map))
        }
        kind => Err(format!("a value of kind {kind} cannot be stored")),
    }
}

fn number(value: &Value) -> Result<Data, String> {
    if !value.is_integer() {
        return f64::try_from(value.clone()).map(Data::Float).map_err(|error| error.to_string());
    }
    match (i64::try_from(value.clone()), u64::try_from(value.clone())) {
        (Ok(int), _) => Ok(Data::Int(int)),
        (_, Ok(big)) => Ok(Data::Big(big)),
        _ => Err(format!("the number {value} is beyond 64 bits")),
    }
}
