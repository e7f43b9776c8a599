//! One value against one type of the schema, in place.

use std::sync::Arc;

use oracle_vm::schema::{Range, RecordId, ShapeId};
use oracle_vm::ty::TyDesc;
use oracle_vm::value::{Data, Map, Record};

use super::{FieldError, Path, nearest, parse_rfc3339};

/// Checks a value against a declared type and range, and brings it into the declared form.
///
/// # Errors
/// The first field that has the wrong type, is out of range or, in a record, is unknown.
pub fn settle(ty: &TyDesc, range: Range, value: &mut Data, path: Path<'_>) -> Result<(), FieldError> {
    match *ty {
        TyDesc::Opt(_) if *value == Data::None => return Ok(()),
        TyDesc::Opt(inner) => return settle(inner, range, value, path),
        TyDesc::Dyn | TyDesc::State => {}
        TyDesc::Bool => expect(matches!(value, Data::Bool(_)), value, path, "true or false")?,
        TyDesc::Int => whole(value, path)?,
        TyDesc::Float => float(value, path)?,
        TyDesc::Time => time(value, path)?,
        TyDesc::Str => expect(matches!(value, Data::Str(_)), value, path, "text")?,
        TyDesc::OneOf(words) => one_of(words, value, path)?,
        TyDesc::DynMap | TyDesc::Map(&TyDesc::Dyn) => {
            expect(matches!(value, Data::Map(_)), value, path, "an object")?;
        }
        TyDesc::Map(inner) => {
            for (key, item) in map_of(value, path)? {
                settle(inner, range, item, Path::Key(&path, key.as_str()))?;
            }
            return Ok(());
        }
        TyDesc::List(inner) => {
            let Data::List(items) = value else { return Err(FieldError::wrong_type(path, value, "a list")) };
            for (at, item) in Arc::make_mut(items).iter_mut().enumerate() {
                settle(inner, range, item, Path::Index(&path, at))?;
            }
            return Ok(());
        }
        TyDesc::Record(id) => return record(id, value, path),
        TyDesc::Shape(id) => return shape(id, map_of(value, path)?, path),
    }
    in_range(range, value, path)
}

/// Checks the known keys of a map; a known key that is null counts as missing.
pub(crate) fn shape(id: ShapeId, map: &mut Map, path: Path<'_>) -> Result<(), FieldError> {
    for row in id.row().map_or(&[][..], |row| row.fields) {
        let Some(value) = lookup_mut(map, row.name) else { continue };
        if *value == Data::None && row.ty != TyDesc::Dyn {
            map.shift_remove(row.name);
            continue;
        }
        // Known words of a map are what conditions are checked against; hosts may have more of them.
        let ty = if matches!(row.ty, TyDesc::OneOf(_)) { &TyDesc::Str } else { &row.ty };
        settle(ty, range_of(row.name), value, Path::Key(&path, row.name))?;
    }
    Ok(())
}

/// Keys of a map that are compared one by one: for so few that is quicker than hashing.
const FEW: usize = 8;

/// The value of a key of a map that is probably small.
pub(crate) fn lookup<'m>(map: &'m Map, name: &str) -> Option<&'m Data> {
    if map.len() > FEW {
        return map.get(name);
    }
    map.iter().find(|(key, _)| key.as_str() == name).map(|(_, value)| value)
}

fn lookup_mut<'m>(map: &'m mut Map, name: &str) -> Option<&'m mut Data> {
    if map.len() > FEW {
        return map.get_mut(name);
    }
    map.iter_mut().find(|(key, _)| key.as_str() == name).map(|(_, value)| value)
}

/// The ranges of payload and record fields, by name: a name means the same everywhere.
fn range_of(name: &str) -> Range {
    match name {
        "turn_number" | "token_budget" | "context_window" | "turn" => Range::AtLeast(1),
        "iteration_count" | "iteration_limit" | "tokens_used" | "context_tokens" | "count" => {
            Range::AtLeast(0)
        }
        "token_usage" | "context_usage" => Range::Share,
        "duration_ms" => Range::NotNegative,
        _ => Range::Any,
    }
}

/// A record from an object: fields by position, what is missing is the empty value of its type.
fn record(id: RecordId, value: &mut Data, path: Path<'_>) -> Result<(), FieldError> {
    if matches!(value, Data::Record(record) if record.id == id) {
        return Ok(());
    }
    let rows = id.row().map_or(&[][..], |row| row.fields);
    let map = map_of(value, path)?;
    if let Some(key) = map.keys().find(|key| !rows.iter().any(|row| row.name == key.as_str())) {
        let near = nearest(key.as_str(), rows.iter().map(|row| row.name));
        return Err(FieldError::unknown(Path::Key(&path, key.as_str()), near));
    }
    let mut fields: Box<[Data]> =
        Box::from_iter(rows.iter().map(|row| map.get_mut(row.name).map(std::mem::take).unwrap_or_default()));
    settle_fields(id, &mut fields, u64::MAX, path)?;
    *value = Data::Record(Arc::new(Record { id, fields }));
    Ok(())
}

/// Checks the fields of a record that are wanted, one bit each, and brings them into the declared form; what is missing
/// becomes the empty value of its type.
pub(crate) fn settle_fields(
    id: RecordId,
    fields: &mut [Data],
    wanted: u64,
    path: Path<'_>,
) -> Result<(), FieldError> {
    let rows = id.row().map_or(&[][..], |row| row.fields);
    for (at, (row, field)) in (0..).zip(rows.iter().zip(fields)) {
        if wanted.checked_shr(at).is_none_or(|rest| rest & 1 == 0) {
            continue;
        }
        if matches!(field, Data::None) {
            *field = empty_of(&row.ty, row.name);
            continue;
        }
        // Most fields are so, and neither has a range.
        if let (TyDesc::Str, Data::Str(_)) | (TyDesc::Bool, Data::Bool(_)) = (row.ty, &*field) {
            continue;
        }
        if row.name == "result" && !matches!(field, Data::Str(_)) {
            *field = Data::text(super::json_from_data(field).to_string());
        }
        settle(&row.ty, range_of(row.name), field, Path::Key(&path, row.name))?;
    }
    Ok(())
}

/// What a record has where nothing was given: a call succeeded in turn 1, an event is informational.
fn empty_of(ty: &TyDesc, name: &str) -> Data {
    match (ty, name) {
        (TyDesc::Bool, _) => Data::Bool(true),
        (TyDesc::Int, _) => Data::Int(1),
        (TyDesc::Float | TyDesc::Time, _) => Data::Float(0.0),
        (TyDesc::OneOf(_), "severity") => Data::text("info"),
        (TyDesc::Str | TyDesc::OneOf(_), _) => Data::text(""),
        (TyDesc::DynMap | TyDesc::Map(_) | TyDesc::Shape(_), _) => Data::map(Map::default()),
        (TyDesc::List(_), _) => Data::list(Vec::new()),
        _ => Data::None,
    }
}

fn map_of<'d>(value: &'d mut Data, path: Path<'_>) -> Result<&'d mut Map, FieldError> {
    match value {
        Data::Map(map) => Ok(Arc::make_mut(map)),
        other => Err(FieldError::wrong_type(path, other, "an object")),
    }
}

fn expect(holds: bool, value: &Data, path: Path<'_>, wanted: &str) -> Result<(), FieldError> {
    if holds { Ok(()) } else { Err(FieldError::wrong_type(path, value, wanted)) }
}

/// A whole number; floats without a fraction are taken.
fn whole(value: &mut Data, path: Path<'_>) -> Result<(), FieldError> {
    match *value {
        Data::Int(_) => Ok(()),
        #[expect(clippy::cast_possible_truncation, reason = "the value has no fraction and is within 2^53")]
        Data::Float(float) if float.fract() == 0.0 && float.abs() < 9_007_199_254_740_992.0 => {
            *value = Data::Int(float as i64);
            Ok(())
        }
        Data::Big(_) => Err(FieldError::range(path, value, "a whole number of at most 64 bits")),
        _ => Err(FieldError::wrong_type(path, value, "a whole number")),
    }
}

fn float(value: &mut Data, path: Path<'_>) -> Result<(), FieldError> {
    #[expect(clippy::cast_precision_loss, reason = "a float was asked for: the nearest one is meant")]
    match *value {
        Data::Float(_) => {}
        Data::Int(int) => *value = Data::Float(int as f64),
        Data::Big(big) => *value = Data::Float(big as f64),
        _ => return Err(FieldError::wrong_type(path, value, "a number")),
    }
    Ok(())
}

/// A point in time: seconds since 1970, or RFC 3339 text.
fn time(value: &mut Data, path: Path<'_>) -> Result<(), FieldError> {
    const WANTED: &str = "seconds since 1970, or a time such as `2025-12-24T10:00:00Z`";
    if let Data::Str(text) = value {
        let Some(seconds) = parse_rfc3339(text.as_str()) else {
            return Err(FieldError::wrong_type(path, value, WANTED));
        };
        *value = Data::Float(seconds);
    }
    float(value, path).map_err(|_| FieldError::wrong_type(path, value, WANTED))?;
    match *value {
        Data::Float(seconds) if seconds.is_finite() => Ok(()),
        _ => Err(FieldError::range(path, value, "a finite number of seconds")),
    }
}

fn one_of(words: &[&str], value: &Data, path: Path<'_>) -> Result<(), FieldError> {
    match value {
        Data::Str(text) if words.contains(&text.as_str()) => Ok(()),
        _ => Err(FieldError::wrong_type(path, value, format!("one of {}", words.join(", ")))),
    }
}

fn in_range(range: Range, value: &Data, path: Path<'_>) -> Result<(), FieldError> {
    match (range, value) {
        (Range::AtLeast(least), Data::Int(int)) if *int < least => {
            Err(FieldError::range(path, value, format!("at least {least}")))
        }
        (Range::Share, Data::Float(share)) if !(0.0..=1.0).contains(share) => {
            Err(FieldError::range(path, value, "from 0.0 to 1.0"))
        }
        (Range::NotNegative, Data::Float(float)) if !(*float >= 0.0 && float.is_finite()) => {
            Err(FieldError::range(path, value, "a finite number of at least 0"))
        }
        _ => Ok(()),
    }
}
